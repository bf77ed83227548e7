"""How much a supplier is asked: its first bid and its second, walked as a person does, and counted.

An answer is a box that is typed into or an option that is chosen; a group of grounds of exclusion
is one. What the walk never touches is not needed: each page takes what was answered. There is no
script in this browser.
"""

import re
from collections.abc import Callable, Mapping

from sqlalchemy import select

from challenges.kinds import PriceModel
from challenges.lifecycle import State
from marketplace.core.database import db
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from tests.browser.bidding import newest_grounds
from tests.browser.conftest import Site
from tests.browser.person import PASSWORD, Person
from tests.conftest import NOW
from tests.factories import a_body, a_challenge, a_person

FIRST_MOST, SECOND_MOST = 40, 8
# What the published sift of a usual challenge asks, with weights that leave 30 to the price.
QUESTIONS = [("solves", "30"), ("innovation", "15"), ("commercial", "15"), ("commitment", "10")]
CONFIRMATION = "I declare this for the supplier"
WROTE = "We would ask the people who wait first, then build the smallest thing that helps."


class Counting:
    """Somebody whose answers are kept, each by what was asked."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.answers: list[str] = []

    def fill(self, fields: Mapping[str, str]) -> None:
        """Type into boxes."""
        self.person.fill(dict(fields))
        self.answers += fields

    def choose(self, option: str, group: str | None = None) -> None:
        """Choose an option, or tick a box."""
        self.person.choose(option, group=group)
        self.answers.append(group or option)

    def answer(self, number: int, text: str) -> None:
        """Answer a question of the challenge."""
        self.person.fill({"Your answer": text})
        self.answers.append(f"question {number}")


def usual_challenges(site: Site) -> list[str]:
    """Publish two challenges that ask what the usual ones ask; give their references."""
    with site.app.app_context():
        session = db.session()
        body = a_body(session, NOW)
        lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
        made = [
            a_challenge(
                session,
                NOW,
                body,
                lead,
                State.OPEN,
                title=f"How can technology help people find a warm place to {what}?",
                price_model=PriceModel.FIXED_BOUNDS,
                questions=QUESTIONS,
            ).reference
            for what in ("wait", "learn")
        ]
        session.commit()
        db.session.remove()
    return made


def confirm_address(site: Site, founder: Person) -> None:
    """Follow the link of the letter that asks whether the address is theirs."""
    with site.app.app_context():
        letter = db.session.scalars(
            select(Notice.text).where(Notice.to_email == founder.email)
        ).one()
        db.session.remove()
    link = re.search(r"https?://[^/\s]+(/\S*)", letter)
    assert link, letter
    founder.go(link[1])
    founder.press("Confirm my address")


def register(site: Site, founder: Counting) -> None:
    """Make an account and register the supplier."""
    person = founder.person
    person.follow("Create an account")
    founder.fill({"Full name": person.name, "E-mail address": person.email, "Password": PASSWORD})
    person.press("Create account")
    confirm_address(site, person)
    person.sign_in()
    person.go("/organisation")
    person.press("Register an organisation")
    person.follow("A supplier")
    founder.fill({"Name of the organisation": "Measured Fictional Lanterns Ltd"})
    founder.choose("Company")
    person.press("Register")


def declare(founder: Counting) -> None:
    """Declare eligibility: a group of grounds is one answer."""
    founder.person.follow("Eligibility")
    founder.person.press("Declare your eligibility")
    for group in newest_grounds().groups:
        founder.choose("No", group=group.asks)
    founder.fill(
        {
            "How many people work for you?": "7",
            "Your turnover in the last full year, in pounds": "400,000",
            "Your balance sheet total, in pounds": "100,000",
        }
    )
    founder.choose("These answers are true, and I may make this declaration for the supplier")
    founder.person.press("Make the declaration")


def write_and_submit(founder: Counting) -> None:
    """Answer what the bid's task list still asks, check it and submit it."""
    person = founder.person
    person.follow(f"Criterion {QUESTIONS[0][0]}")
    for number in range(1, len(QUESTIONS) + 1):
        founder.answer(number, WROTE)
        last = number == len(QUESTIONS)
        person.press("Save and go back to your bid" if last else "Save and go to the next question")
    person.follow("Price")
    founder.fill({"Your price, without VAT": "4,200"})
    person.press("Save")
    person.follow("Contract, and use of AI")
    founder.choose("Yes, as it stands")
    person.press("Save")
    person.follow("Check your answers and submit")
    person.press("Go on to submit")
    founder.choose(CONFIRMATION)
    person.press("Submit your bid")
    assert person.heading == "Bid submitted"


def test_first_bid_takes_few_answers_and_the_second_only_that_challenges_questions(
    site: Site, person: Callable[..., Person]
) -> None:
    first, second = usual_challenges(site)
    walker = person("Rowan Founder", "rowan@measured.example")
    founder = Counting(walker)
    walker.go(f"/challenges/{first}/bid")
    register(site, founder)
    walker.go(f"/challenges/{first}/bid")
    walker.press("Start your bid")
    at = walker.path
    declare(founder)
    assert walker.path == at
    write_and_submit(founder)

    again = Counting(walker)
    walker.go(f"/challenges/{second}/bid")
    walker.press("Start your bid")
    walker.told("Declared")
    write_and_submit(again)

    *questions, confirmation = again.answers
    print(
        f"first bid of a new supplier: {len(founder.answers)} answers; second bid: "
        f"{len(questions)} questions and one confirmation"
    )
    assert len(founder.answers) <= FIRST_MOST
    assert len(questions) <= SECOND_MOST
    assert confirmation == CONFIRMATION
    # Nothing that says who the supplier is was asked again.
    known = set(founder.answers[: founder.answers.index("question 1")])
    assert not known & set(again.answers)
