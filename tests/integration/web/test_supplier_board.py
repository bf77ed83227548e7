"""A supplier's dashboard: what presses, where each bid stands, and nothing that is not its own."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.asking import service as queries
from bids.asking.lifecycle import QueryPart, earliest_limit
from bids.asking.service import Concern
from bids.lifecycle import BidState
from bids.models import Bid, EligibilityDeclaration
from bids.passport import service as passport
from bids.passport.kinds import Subject
from challenges.alerts import service as alerts
from challenges.alerts.timing import Frequency
from challenges.asking import service as asking
from challenges.following import service as following
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.topics import Topic
from marketplace.core.accounts.models import Membership, MembershipRole, Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from tests.conftest import sign_in
from tests.factories import a_bid, a_challenge, a_person, a_supplier, actor_for
from tests.integration.whole.test_queries import grows
from tests.journeys import Journey, Step

DRAFTS, SEALED = "Drafts", "Submitted and sealed"
OPENED, PAST = "Being evaluated, and outcomes", "Not in the competition any more"
Making = Callable[..., Challenge]


def words(page: str) -> str:
    """Give what a person reads on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


def headed(client: FlaskClient) -> dict[str, str]:
    """Give the parts of the dashboard by their headings, in order."""
    page = client.get("/work")
    assert page.status_code == 200
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    found = re.split(r"<h2[^>]*>(.*?)</h2>", main)
    return dict(zip(found[1::2], found[2::2], strict=True))


@pytest.fixture
def make(session: Session, journey: Journey) -> Making:
    """Give the way to add a published challenge of the body, by the days until it closes."""

    def challenge(title: str, *, days: int = 14) -> Challenge:
        now, cast = journey.clock.now(), journey.cast
        closes_at = now + timedelta(days=days)
        return a_challenge(
            session, now, cast.body, cast.lead, State.OPEN, title=title, closes_at=closes_at
        )

    return challenge


def acts_for(
    session: Session, person: User, supplier: Organisation, at: Step | None = None
) -> None:
    """Have a person act for another supplier too."""
    membership = Membership(
        user=person, organisation=supplier, created_at=person.created_at + timedelta(days=1)
    )
    membership.roles = [MembershipRole(role=Role.SUPPLIER_ADMIN)]
    session.add(membership)
    session.flush()


def test_each_bid_stands_under_one_heading_with_its_next_step(
    client: FlaskClient, journey: Journey, session: Session, make: Making
) -> None:
    now, cast = journey.clock.now(), journey.cast

    def bid(title: str, state: BidState = BidState.DRAFT, days: int = 14) -> str:
        challenge = make(title, days=days)
        made = a_bid(session, now, challenge, cast.supplier, cast.supplier_admin, state)
        return made.reference

    placed = {
        bid("A draft", days=20): DRAFTS,
        bid("A sealed one", BidState.SUBMITTED): SEALED,
        bid("A waiting one", BidState.SUBMITTED, days=-1): SEALED,
        journey.own_bid: OPENED,
        bid("A missed one", days=-1): PAST,
    }
    theirs = a_bid(session, now, make("A rival’s"), cast.rival, cast.rival_admin).reference
    session.commit()
    sign_in(client, cast.supplier_admin)

    parts = headed(client)

    for reference, heading in placed.items():
        at = f'href="/bids/{reference}"'
        assert [each for each in parts if at in parts[each]] == [heading], reference
    assert "4 of 4 parts done" not in words(parts[DRAFTS])
    assert "All parts are done" in words(parts[DRAFTS])
    assert words(parts[SEALED]).count("See its receipt") == 2
    whole = "".join(parts.values())
    assert theirs not in whole
    assert journey.rival_bid not in whole


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_nothing_of_an_outcome_is_told_before_the_letters(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    rival = session.scalars(select(Bid).where(Bid.reference == journey.rival_bid)).one()
    rival.state = BidState.EXCLUDED
    session.commit()
    told = []
    for person, own in (
        (journey.cast.supplier_admin, journey.own_bid),
        (journey.cast.rival_admin, journey.rival_bid),
    ):
        sign_in(client, person)
        parts = headed(client)
        assert "To do now" not in parts
        told.append(words(parts[OPENED]).replace(own, ""))

    assert told[0] == told[1]
    assert "Being evaluated" in told[0]


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_outcome_is_led_to_until_the_standstill_ends(client: FlaskClient, journey: Journey) -> None:
    for person, own, standing in (
        (journey.cast.supplier_admin, journey.own_bid, "Preferred bidder"),
        (journey.cast.rival_admin, journey.rival_bid, "Unsuccessful"),
    ):
        sign_in(client, person)
        parts = headed(client)
        assert f'href="/bids/{own}/outcome"' in parts["To do now"]
        assert "left to raise anything" in parts["To do now"]
        assert standing in parts[OPENED]


@pytest.mark.parametrize("step", [Step.SCORING])
def test_what_presses_stands_in_its_order_and_a_contributor_is_told_who_finishes_it(
    client: FlaskClient, journey: Journey, session: Session, make: Making, clock: FixedClock
) -> None:
    cast, now = journey.cast, journey.clock.now()
    for title, days in (("Closes in five", 5), ("Closes tomorrow", 1), ("Closes later", 8)):
        a_bid(session, now, make(title, days=days), cast.supplier, cast.supplier_admin)
    declaration = session.scalars(
        select(EligibilityDeclaration).where(EligibilityDeclaration.supplier_id == cast.supplier.id)
    ).one()
    clock.instant = now
    until = earliest_limit(now) + timedelta(hours=1)
    session.commit()
    queries.ask(
        journey.reference,
        journey.own_bid,
        concern=Concern(QueryPart.OTHER),
        text="Which lamp?",
        answer_by=until,
        changes_nothing=True,
        actor=journey.actor(cast.officer),
        clock=clock,
    )
    sign_in(client, cast.contributor)

    parts = headed(client)
    to_do = words(parts["To do now"])

    assert "Closes later" not in to_do
    order = ["Closes tomorrow", "Answer a query about your bid", "Closes in five"]
    assert sorted(order, key=to_do.index) == order
    assert "An administrator sends it" in to_do
    assert "An administrator submits" in to_do
    assert "submits, confirms and withdraws: Sam Supplier" in words(client.get("/work").text)
    # The declaration presses once a draft hangs on it and it ends within 30 days.
    assert "Declare again" not in to_do
    clock.instant = declaration.expires_at - timedelta(days=20)
    a_bid(session, clock.now(), make("Much later", days=400), cast.supplier, cast.supplier_admin)
    session.commit()
    sign_in(client, cast.supplier_admin)
    assert "Your declaration expires on" in words(headed(client)["To do now"])


def test_what_expires_while_nothing_hangs_on_it_is_told_apart(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    cast = journey.cast
    passport.answer(
        Subject.FAIR_WORK, {"living_wage": "yes"}, actor=actor_for(cast.rival_admin), clock=clock
    )
    clock.instant += timedelta(days=350)
    sign_in(client, cast.rival_admin)

    parts = headed(client)

    assert "To do now" not in parts
    assert "Fair work" in words(parts["Answers that expire"])
    assert "Declare again that you may bid" in words(parts["Answers that expire"])


def test_new_supplier_is_told_what_to_do_first(
    client: FlaskClient, journey: Journey, session: Session, make: Making
) -> None:
    supplier = a_supplier(session, journey.clock.now())
    person = a_person(session, journey.clock.now(), supplier, Role.SUPPLIER_ADMIN)
    new = make("How can we begin?")
    session.commit()
    sign_in(client, person)

    parts = headed(client)

    assert list(parts) == ["What to do first", "New challenges", "Your supplier"]
    assert 'href="/organisation/passport"' in parts["What to do first"]
    assert f'href="/challenges/{new.reference}/check"' in parts["New challenges"]


def test_new_challenges_are_those_that_were_asked_for_and_not_bid_for(
    client: FlaskClient, journey: Journey, session: Session, make: Making, clock: FixedClock
) -> None:
    cast, now = journey.cast, clock.now()
    found, other, followed, known, old = (
        make(f"How can we {what}?")
        for what in ("count otters", "paint", "follow", "count more otters", "count old otters")
    )
    a_bid(session, now, known, cast.supplier, cast.supplier_admin)
    old.published_at = now - timedelta(days=31)
    session.commit()
    person = cast.supplier_admin.id
    sign_in(client, cast.supplier_admin)
    # Nobody has asked for anything: what is like the bid stands first.
    titles = re.findall(r'challenges/(CH-\w+)">', headed(client)["New challenges"])
    assert titles[0] == found.reference
    assert other.reference in titles

    following.follow(followed.reference, person=person, clock=clock)
    for text in ("otters", "otter counting", "count"):
        alerts.save(text, {"q": text}, Frequency.WEEKLY, person=person, clock=clock)
    new = headed(client)["New challenges for you"]

    assert set(re.findall(r'challenges/(CH-\w+)">', new)) == {
        found.reference,
        followed.reference,
    }
    assert "You follow it" in new
    assert "Answers your saved search “count”" in new


def test_questions_are_shown_with_their_answers(
    client: FlaskClient, journey: Journey, session: Session, make: Making, clock: FixedClock
) -> None:
    challenge, cast = make("How can we answer?"), journey.cast
    session.commit()
    for text, person in (
        ("May we count by night?", cast.supplier_admin),
        ("May a rival ask?", cast.rival_admin),
    ):
        question = asking.ask(
            challenge.reference,
            topic=Topic.PROBLEM,
            text=text,
            actor=actor_for(person),
            clock=clock,
        )
    sign_in(client, cast.supplier_admin)
    before = headed(client)["Your questions about challenges"]
    assert "May we count by night?" in before
    assert "May a rival ask?" not in before
    assert "Waiting for an answer" in before

    officer = actor_for(cast.officer)
    kept = asking.save_answer(
        challenge.reference,
        questions=[question.id],
        topic=Topic.PROBLEM,
        text="Yes.",
        actor=officer,
        clock=clock,
    )
    asking.publish_answer(challenge.reference, kept, actor=officer, clock=clock)
    sign_in(client, cast.rival_admin)
    parts = headed(client)

    at = f'href="/challenges/{challenge.reference}/questions/1"'
    assert at in parts["Your questions about challenges"]
    assert at in parts["To do now"]


def test_what_waits_at_another_supplier_is_counted_and_one_button_away(
    client: FlaskClient, journey: Journey, session: Session, make: Making
) -> None:
    now, person = journey.clock.now(), journey.cast.rival_admin
    other = a_supplier(session, now, "Second Fictional Ltd")
    acts_for(session, person, other)
    secret = a_bid(session, now, make("A quiet draft", days=2), other, person)
    session.commit()
    sign_in(client, person, journey.cast.rival.id)

    page = client.get("/work").text

    # The draft, and the declaration that it needs.
    assert "2 things wait at Second Fictional Ltd" in words(page)
    assert secret.reference not in page
    membership = re.search(r'name="membership" value="([^"]+)"', page)
    assert membership is not None
    client.post("/account/act-for", data={"membership": membership[1]})
    there = client.get("/work").text
    assert secret.reference in there
    assert journey.rival_bid not in there


def test_dashboard_asks_as_much_for_many_of_everything_as_for_few(
    client: FlaskClient, journey: Journey, session: Session, make: Making, clock: FixedClock
) -> None:
    person, cast = journey.cast.contributor, journey.cast
    challenge = make("How can we ask much?")
    session.commit()
    actor = actor_for(person)

    def more(number: int) -> None:
        for _ in range(number):
            supplier = a_supplier(session, clock.now())
            acts_for(session, person, supplier)
            a_bid(session, clock.now(), make("Another"), supplier, person)
            a_bid(session, clock.now(), make("Ours", days=3), cast.supplier, person)
        session.commit()
        for each in range(min(number, 5)):
            alerts.save(
                f"{number} {each}", {"q": "warm"}, Frequency.PAUSED, person=person.id, clock=clock
            )
            asking.ask(
                challenge.reference,
                topic=Topic.PROBLEM,
                text=f"Why {number} {each}?",
                actor=actor,
                clock=clock,
            )

    sign_in(client, person)

    assert grows(client, ["/work"], more) == {}
