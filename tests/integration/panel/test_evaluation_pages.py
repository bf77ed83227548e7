"""What pages answer to people whom the table of access does not have: a panel's other members.

`pytest tests/integration/panel/test_evaluation_pages.py --write-tables` writes the table anew;
what changed in it is then read, line by line, before it is committed. The right itself is asked of
the policies in `tests/golden/evaluation.txt`.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.kinds import Combine
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from scoring.panel import service as panel
from scoring.panel.lifecycle import Seat
from scoring.panel.models import PanelMember
from tests.conftest import sign_in
from tests.factories import a_person, actor_for, no_interests
from tests.integration.challenges.browser import Browser
from tests.integration.recomputing.test_interests import decide, find
from tests.journeys import QUESTIONS, RIVAL_SCORE, Journey, Step, a_cast, a_journey

TABLE = Path(__file__).parents[2] / "golden" / "evaluation_pages.txt"
LEGEND = """\
What pages of one challenge answer while its bids are judged: 200 the page, 403 not theirs, 404 no
such thing for this person, 409 not at this moment.

  evaluator of the panel                      observer  observes the panel
  recused   evaluator, recused from the bid   left      was an evaluator, was replaced
  guest     evaluator from elsewhere          chair-2   chairs another panel of the body
"""
PAGES = (
    "/panel",
    "/panel/progress",
    "/panel/questions/solves",
    "/panel/bids/{bid}",
    "/panel/scores/solves/{bid}/correct",
    "/panel/moderation",
    "/panel/moderation/solves/{bid}",
    "/panel/record",
    "/panel/interests/decide",
    "/bids",
    "/decision",
    "/decision/bids/{bid}",
)
WIDTH = max(map(len, PAGES)) + 2


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


def come(journey: Journey, name: str, role: Role = Role.EVALUATOR) -> User:
    """Add a person to the body, on no panel yet."""
    person = a_person(journey.session, journey.clock.now(), journey.cast.body, role, name=name)
    journey.session.commit()
    return person


def seat(journey: Journey, person: User, seat: Seat) -> None:
    """Give somebody a seat of their own."""
    journey.labels[person.id] = panel.add_member(
        journey.reference,
        user_id=person.id,
        seat=seat,
        reason="One more.",
        actor=actor_for(journey.cast.lead),
        clock=journey.clock,
    )


def get_ready(journey: Journey, person: User) -> None:
    """Accept the briefing and declare no interest."""
    actor = actor_for(person)
    panel.accept_briefing(journey.reference, actor=actor, clock=journey.clock)
    nothing = no_interests(journey.session, journey.challenge)
    panel.declare_interests(journey.reference, nothing, actor=actor, clock=journey.clock)


def score(journey: Journey, person: User, *bids: str) -> None:
    """Score bids on everything, and submit."""
    actor = actor_for(person)
    for key in QUESTIONS:
        cells = {bid: panel.DraftCell(RIVAL_SCORE, "Fair.") for bid in bids}
        panel.save_draft(journey.reference, key, cells, actor=actor, clock=journey.clock)
    panel.submit_scores(journey.reference, actor=actor, clock=journey.clock)


def crawl(client: FlaskClient, journey: Journey, people: Mapping[str, User]) -> list[str]:
    """Ask for every page as everybody, and write a line for each page."""
    journey.session.rollback()
    found: dict[str, list[str]] = {page: [] for page in PAGES}
    for person in people.values():
        sign_in(client, person)
        for page in PAGES:
            path = page.format(bid=journey.own_bid)
            answer = client.get(f"/work/challenges/{journey.reference}{path}")
            found[page].append(str(answer.status_code))
    return [
        f"  {page:{WIDTH}}" + "".join(f"{cell:>10}" for cell in cells)
        for page, cells in found.items()
    ]


def test_pages_answer_members_of_the_panel_as_the_table_says(
    client: FlaskClient, session: Session, clock: FixedClock, request: pytest.FixtureRequest
) -> None:
    cast = a_cast(session, clock.now())
    journey = a_journey(session, clock, cast, combine=Combine.MEAN).to(Step.CLOSED)
    writing, recused, last = cast.evaluators
    observer, left, new = (come(journey, name) for name in ("Oda", "Leo", "Nina"))
    guest = come(journey, "Gia", Role.GUEST_EVALUATOR)
    seat(journey, observer, Seat.OBSERVER)
    seat(journey, left, Seat.EVALUATOR)
    stage_id = journey.challenge.stage.id
    session.add(PanelMember(stage_id=stage_id, user_id=guest.id, seat=Seat.EVALUATOR, label="E9"))
    session.commit()
    journey.take(Step.OPENED)
    for person in (observer, left, guest):
        get_ready(journey, person)
    journey.take(Step.SCORING)
    panel.replace_member(
        journey.reference,
        journey.labels[left.id],
        user_id=new.id,
        reason="Has no time.",
        actor=actor_for(cast.lead),
        clock=clock,
    )
    get_ready(journey, new)
    find(journey, recused)
    decide(journey, recused)
    people = {
        "evaluator": writing,
        "recused": recused,
        "guest": guest,
        "observer": observer,
        "left": left,
        "chair-2": come(journey, "Carl", Role.CHAIR),
    }
    head = f"  {'':{WIDTH}}" + "".join(f"{name:>10}" for name in people)

    lines = [LEGEND, "while they score", head, *crawl(client, journey, people)]
    both = (journey.own_bid, journey.rival_bid)
    for person in (writing, last, guest, new):
        score(journey, person, *both)
    score(journey, recused, journey.rival_bid)
    lines += ["", "all have submitted", head, *crawl(client, journey, people)]
    journey.take(Step.MODERATING)
    lines += ["", "in moderation", head, *crawl(client, journey, people)]
    journey.take(Step.LOCKED)
    lines += ["", "locked", head, *crawl(client, journey, people)]

    if request.config.getoption("--write-tables"):
        TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "\n".join(lines).splitlines() == TABLE.read_text(encoding="utf-8").splitlines()
