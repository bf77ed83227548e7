"""Pages ask the database a dozen things at most, however many rows they show."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.team import holding
from bids.team.lifecycle import InvitationState
from bids.team.models import TeamInvitation
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.permissions import Role
from tests.conftest import sign_in
from tests.factories import a_bid, a_challenge, a_declaration, a_person, a_supplier
from tests.integration.whole.stages import copy_of_decision
from tests.journeys import Journey, Step, a_journey, confirm
from tests.kept import database_url, journey, kept_databases, step

__all__ = ["database_url", "journey", "kept_databases", "step"]

MOST = 12
# A panel's page asks too, before scoring begins, who of the panel acts for a bidder.
MOST_OF_A_PANEL = 13
# A bid's own page asks besides whether evidence is asked of it.
MOST_OF_A_BID = 13
# The public page of a challenge and its hub tell its whole story, from many rooms; an outcome says
# what was asked, how it was judged, and who was told.
MOST_OF_A_STORY = 20
# A decision's pages gather what every room knows of it: result, panel, evidence, letters, holds.
MOST_OF_A_DECISION = 25
# A dashboard asks every room what waits there, each once.
MOST_OF_A_BOARD = 29
# What the entry of a recorded reading takes besides: lock, place, entry, fields, head.
ENTRY = 5
FEW, MANY = 3, 40


@contextmanager
def counted() -> Iterator[list[str]]:
    """Give the statements that are run meanwhile."""
    found: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().split(" ", 1)[0].upper() in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            found.append(statement)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def count(client: FlaskClient, path: str, more: int = 0) -> int:
    """Give how many statements a page takes that has been shown once before.

    `more` are those that it may take beyond what is usual.
    """
    assert client.get(path).status_code == 200, path
    with counted() as found:
        client.get(path)
    recorded = any("INTO log_entry" in statement for statement in found)
    # Every other entry completes a subtree of the log, whatever the page.
    found = [statement for statement in found if "INTO log_node" not in statement]
    story = re.fullmatch(r"(/work)?/challenges/CH-\w+|/bids/B-\w+/outcome", path) is not None
    panel = re.fullmatch(r"/work/challenges/CH-\w+/panel(/progress)?", path) is not None
    usual = MOST_OF_A_BOARD if path == "/work" else MOST_OF_A_PANEL if panel else MOST
    if re.fullmatch(r"/bids/B-\w+", path):
        usual = MOST_OF_A_BID
    if re.fullmatch(r"/work/challenges/CH-\w+/(contracts|decision(/sign-off|/contract)?)", path):
        usual = MOST_OF_A_DECISION
    most = (MOST_OF_A_STORY if story else usual) + ENTRY * recorded + more
    assert len(found) <= most, (path, len(found), found)
    return len(found)


def grows(
    client: FlaskClient, paths: list[str], more: Callable[[int], None]
) -> dict[str, tuple[int, int]]:
    """Give the pages whose statements differ between few rows and many."""
    more(FEW)
    few = {path: count(client, path) for path in paths}
    more(MANY - FEW)
    many = {path: count(client, path) for path in paths}
    return {path: (few[path], many[path]) for path in paths if few[path] != many[path]}


def test_lists_of_challenges_ask_as_much_for_many_as_for_few(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    def more(number: int) -> None:
        for _ in range(number):
            for state in (State.OPEN, State.DRAFT):
                a_challenge(session, clock.now(), journey.cast.body, journey.cast.lead, state)
        session.commit()

    sign_in(client, journey.cast.lead)
    more(20)  # a list that fits on one page knows its number without asking
    paths = [
        "/",
        "/challenges",
        "/challenges?state=open&order=closing",
        "/work",
        "/work/challenges",
    ]

    assert grows(client, paths, more) == {}


@pytest.mark.parametrize("step", [Step.SIGNED])
def test_awards_ask_as_much_for_many_as_for_few(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    def more(number: int) -> None:
        for _ in range(number):
            copy_of_decision(session, journey)

    paths = ["/", "/awards", "/awards?q=place", f"/awards/{journey.reference}"]

    assert grows(client, paths, more) == {}


def test_supplier_pages_ask_as_much_for_many_as_for_few(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    cast = journey.cast

    def draft() -> str:
        challenge = a_challenge(session, clock.now(), cast.body, cast.lead, State.OPEN)
        bid = a_bid(session, clock.now(), challenge, cast.supplier, cast.supplier_admin)
        return f"/bids/{bid.reference}"

    def more(number: int) -> None:
        for _ in range(number):
            draft()
        session.commit()

    sign_in(client, cast.supplier_admin)
    opened, written = f"/bids/{journey.own_bid}", draft()
    paths = ["/bids", "/work", opened, f"{opened}/answers/solves", f"{opened}/receipts/1"]
    paths += [written, f"{written}/check", f"{written}/answers/solves"]

    assert grows(client, paths, more) == {}


def test_teams_ask_as_much_for_many_partners_as_for_few(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    cast, now = journey.cast, clock.now()
    challenge = a_challenge(session, now, cast.body, cast.lead, State.OPEN)
    bid = a_bid(session, now, challenge, cast.supplier, cast.supplier_admin)
    other = a_challenge(session, now, cast.body, cast.lead, State.OPEN)

    def more(number: int) -> None:
        for _ in range(number):
            partner = a_supplier(session, now)
            person = a_person(session, now, partner, Role.SUPPLIER_ADMIN)
            a_declaration(session, now, partner, person)
            asking = a_bid(session, now, other, partner, person)
            for of, email, joined in ((bid, person.email, partner), (asking, "", cast.supplier)):
                key_id, terms = holding.lock_up(session, holding.Terms("It", "Work", 1), clock)
                session.add(
                    TeamInvitation(
                        bid_id=of.id,
                        email=email,
                        state=InvitationState.ACCEPTED,
                        key_id=key_id,
                        terms=terms,
                        asked_by_id=person.id,
                        asked_at=now,
                        partner_id=joined.id,
                        answered_by_id=person.id,
                        answered_at=now,
                    )
                )
        session.commit()

    sign_in(client, cast.supplier_admin)
    own = f"/bids/{bid.reference}"
    paths = [f"{own}/team", f"{own}/team/partners/invite", own, f"{own}/check"]

    assert grows(client, [*paths, "/organisation/partnerships", "/work"], more) == {}


@pytest.mark.parametrize("step", [Step.SIGNED])
def test_people_and_organisations_ask_as_much_for_many_as_for_few(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    def more(number: int) -> None:
        for _ in range(number):
            a_supplier(session, clock.now())
            a_person(session, clock.now(), journey.cast.platform, Role.FACILITATOR)
        session.commit()

    sign_in(client, journey.cast.platform_admin)
    paths = ["/admin/organisations", "/organisation", "/account", "/work"]

    assert grows(client, paths, more) == {}


def bidders(
    journey: Journey, at: datetime, state: BidState = BidState.VALID
) -> Callable[[int], None]:
    """Give what adds bids to a challenge, each of a supplier of its own."""
    session, challenge = journey.session, journey.challenge

    def more(number: int) -> None:
        for _ in range(number):
            supplier = a_supplier(session, at)
            user = a_person(session, at, supplier)
            a_bid(session, at, challenge, supplier, user, state, price_minor=25_000_00)
        session.commit()

    return more


@pytest.mark.parametrize(
    ("step", "who", "pages"),
    [
        (Step.OPENED, "officer", ["", "/bids", "/panel", "/panel/progress"]),
        (Step.OPENED, "auditor", ["", "/bids"]),
        (Step.SCORING, "evaluator", ["/panel", "/panel/questions/solves", "/panel/scores"]),
        (Step.SCORING, "chair", ["", "/panel", "/panel/progress", "/panel/interests/decide"]),
        (Step.MODERATING, "chair", ["/panel/moderation", "/panel/progress"]),
        (Step.MODERATING, "evaluator", ["/panel/moderation"]),
    ],
)
def test_pages_of_one_challenge_ask_as_much_for_many_bids_as_for_few(
    client: FlaskClient, journey: Journey, who: str, pages: list[str]
) -> None:
    person: User = journey.cast.evaluators[0] if who == "evaluator" else getattr(journey.cast, who)
    sign_in(client, person)
    base = f"/work/challenges/{journey.reference}"
    at = journey.closes_at - timedelta(days=1)

    assert grows(client, [base + page for page in pages], bidders(journey, at)) == {}


def test_pages_before_an_opening_ask_as_much_for_many_bids_as_for_few(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    cast = journey.cast
    closed = a_journey(session, clock, cast).to(Step.CLOSED)
    confirm(closed.reference, closed.actor(cast.officer), clock=clock)
    sign_in(client, cast.second_officer)
    base = f"/work/challenges/{closed.reference}"
    paths = [base, f"{base}/opening", f"{base}/openers", "/work", "/work/opening-passphrase"]
    more = bidders(closed, closed.closes_at - timedelta(days=1), BidState.SUBMITTED)

    assert grows(client, paths, more) == {}


@pytest.mark.parametrize(
    ("step", "who", "pages"),
    [
        (Step.MODERATING, "chair", ["/panel/moderation/solves/{own}"]),
        (Step.LOCKED, "chair", ["", "/decision", "/decision/recommend", "/decision/bids/{own}"]),
        (Step.RECOMMENDED, "approver", ["", "/decision/sign-off", "/decision"]),
        (Step.INTENTION, "officer", ["", "/decision/contract", "/decision"]),
        (Step.SIGNED, "auditor", ["", "/decision", "/bids/{own}", "/contracts"]),
    ],
)
def test_pages_of_a_decision_ask_a_dozen_things_at_most(
    client: FlaskClient, journey: Journey, who: str, pages: list[str]
) -> None:
    sign_in(client, getattr(journey.cast, who))

    for page in pages:
        # Whether a member was stopped from reading this very bid is asked too.
        more = 2 if "{own}" in page else 0
        path = f"/work/challenges/{journey.reference}" + page.format(own=journey.own_bid)
        count(client, path, more)


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_outcome_asks_no_more_than_the_rooms_that_tell_of_it(
    client: FlaskClient, journey: Journey
) -> None:
    sign_in(client, journey.cast.rival_admin)

    assert count(client, f"/bids/{journey.rival_bid}/outcome")
    challenge: Challenge = journey.challenge
    assert count(client, f"/challenges/{challenge.reference}")
