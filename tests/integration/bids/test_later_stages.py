"""A stage that suppliers are invited to, played by the services: sealed, or heard."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import opened, openings, queries, service
from bids.inviting.service import invite, open_stage, start_invited
from bids.lifecycle import BidState, TooLate
from bids.models import Bid
from challenges.frozen import ensure_as_logged
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.service import close, confirm_deadline, propose_deadline
from challenges.stages.kinds import Source
from challenges.stages.models import StageRun
from challenges.stages.standing import state_of
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.transaction import transaction
from tests.conftest import NOW, sign_in
from tests.factories import a_later_stage
from tests.integration.bids.damage import damage, written_over
from tests.journeys import Journey, Step, a_cast, a_journey, confirm, open_the_bids

TICK = timedelta(microseconds=1)


@pytest.fixture
def journey(session: Session, clock: FixedClock) -> Journey:
    """Play a challenge of two stages until its first is being scored."""
    found = a_journey(session, clock, a_cast(session, NOW))
    a_later_stage(session, found.challenge, ("talk", "60"), ("team", "40"))
    session.commit()
    return found.to(Step.SCORING)


def stage_of(journey: Journey, number: int = 2) -> Stage:
    return journey.challenge.stages[number - 1]


def go_on(journey: Journey, *references: str) -> list[str]:
    """Let the suppliers of these bids go on; give the references of the bids they then have."""
    with transaction() as session:
        challenge = session.scalars(
            sa.select(Challenge).where(Challenge.reference == journey.reference).with_for_update()
        ).one()
        bids = [session.scalars(sa.select(Bid).filter_by(reference=r)).one() for r in references]
        invite(
            session,
            challenge.stage,
            bids,
            actor=journey.actor(journey.cast.approver),
            clock=journey.clock,
        )
    found = journey.session.scalars(
        sa.select(Bid).where(Bid.stage_id == stage_of(journey).id).order_by(Bid.reference)
    )
    return [bid.reference for bid in found]


def begin(journey: Journey, source: Source = Source.SEALED, **more: object) -> None:
    said: dict[str, object] = {
        "closes_at": journey.clock.now() + timedelta(days=7),
        "openers_named": [officer.id for officer in journey.cast.officers],
        **more,
    }
    open_stage(
        journey.reference,
        2,
        source=source,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
        **said,  # type: ignore[arg-type]
    )


def write(journey: Journey, reference: str) -> None:
    actor, clock = journey.actor(journey.cast.supplier_admin), journey.clock
    start_invited(reference, actor=actor, clock=clock)
    for key in ("talk", "team"):
        service.save_answer(reference, key, f"We would {key}.", actor=actor, clock=clock)


def submit(journey: Journey, reference: str) -> None:
    actor, clock = journey.actor(journey.cast.supplier_admin), journey.clock
    service.submit_bid(reference, actor=actor, arrived=clock.now(), clock=clock)


def standing(journey: Journey) -> list[State]:
    challenge = journey.challenge
    return [state_of(challenge, stage, journey.clock.now()) for stage in challenge.stages]


def letters(session: Session, start: str) -> list[str]:
    found = session.scalars(sa.select(Notice).where(Notice.subject.startswith(start)))
    return sorted({notice.to_email for notice in found})


def test_second_stage_is_written_sealed_closed_and_opened_like_the_first(
    journey: Journey, session: Session
) -> None:
    cast, clock = journey.cast, journey.clock
    supplier = journey.actor(cast.supplier_admin)
    [reference] = go_on(journey, journey.own_bid)
    assert standing(journey) == [State.ADVANCED, State.WAITING]
    assert letters(session, "You are invited") == sorted(
        [cast.supplier_admin.email, cast.contributor.email]
    )
    with pytest.raises(WrongMoment):
        start_invited(reference, actor=supplier, clock=clock)

    begin(journey)

    assert journey.challenge.state is State.EVALUATING
    assert standing(journey) == [State.ADVANCED, State.OPEN]
    with pytest.raises(NotFound):
        start_invited(reference, actor=journey.actor(cast.rival_admin), clock=clock)
    write(journey, reference)
    draft = queries.shown_content(session, queries.own_bid(session, reference, supplier))
    assert (draft.contract_accepted, draft.ai_statement) == (True, "We used none.")
    submit(journey, reference)

    closes_at = stage_of(journey).closes_at
    assert closes_at is not None
    service.change_bid(reference, actor=supplier, clock=clock)
    service.save_answer(reference, "talk", "Better.", actor=supplier, clock=clock)
    clock.instant = closes_at
    with pytest.raises(TooLate):
        submit(journey, reference)
    assert standing(journey) == [State.ADVANCED, State.CLOSED]
    with pytest.raises(WrongMoment):
        confirm(journey.reference, journey.actor(cast.officer), clock=clock, stage=2)
    clock.instant = closes_at + timedelta(minutes=1)
    close({"challenge": journey.reference, "stage": 2}, clock)
    open_the_bids(
        journey.reference,
        journey.actor(cast.officer),
        journey.actor(cast.third_officer),
        clock=clock,
        stage=2,
    )

    assert standing(journey) == [State.ADVANCED, State.OPENED]
    [bid] = opened.opened_bids(session, stage_of(journey).id)
    assert (bid.reference, bid.received, bid.version) == (reference, Source.SEALED, 1)
    assert bid.answers == {"talk": "We would talk.", "team": "We would team."}
    assert bid.eligibility is not None
    assert openings.opening_status(session, stage_of(journey, 1)).count == 2
    assert damage() == []
    told = session.scalars(sa.select(LogEntry).where(LogEntry.chain == journey.reference))
    of_second = {entry.action for entry in told if entry.fields.get("stage") == 2}
    assert of_second >= {
        *("bids.invited", "stage.opened", "opening.officer_named", "bid.submitted"),
        *("bid.refused", "challenge.closed", "opening.confirmed", "bids.opened"),
    }


def test_suppliers_who_are_heard_take_part_at_once_and_write_nothing(
    journey: Journey, session: Session, client: FlaskClient
) -> None:
    references = go_on(journey, journey.own_bid, journey.rival_bid)
    begin(journey, Source.HEARD, closes_at=None, openers_named=[])

    assert standing(journey) == [State.ADVANCED, State.OPENED]
    stage = stage_of(journey)
    assert opened.is_opened(session, stage.id)
    found = opened.opened_bids(session, stage.id)
    assert sorted(bid.reference for bid in found) == references
    assert {(bid.received, bid.state, bid.price_minor) for bid in found} == {
        (Source.HEARD, BidState.VALID, None)
    }
    assert all(bid.readable and bid.intact and bid.eligibility for bid in found)
    assert damage() == []
    own = session.scalars(
        sa.select(Bid).filter_by(stage_id=stage.id, supplier_id=journey.cast.supplier.id)
    ).one()
    sign_in(client, journey.cast.supplier_admin)
    assert "You need not write anything" in client.get(f"/bids/{own.reference}").text
    assert client.get(f"/bids/{own.reference}/check").status_code == 409


def test_stage_begins_once_and_only_with_what_it_needs(journey: Journey, session: Session) -> None:
    with pytest.raises(WrongMoment, match="who goes on"):
        begin(journey)
    go_on(journey, journey.own_bid)
    for more in (
        {"closes_at": None},
        {"closes_at": journey.clock.now()},
        {"openers_named": [journey.cast.officer.id]},
    ):
        with pytest.raises(Invalid):
            begin(journey, **more)
    assert session.scalar(sa.select(sa.func.count()).select_from(StageRun)) == 1

    begin(journey)

    with pytest.raises(WrongMoment):
        begin(journey)
    with pytest.raises(WrongMoment):
        go_on(journey, journey.rival_bid)


def test_closing_of_a_later_stage_is_moved_by_two_officers(
    journey: Journey, session: Session
) -> None:
    [reference] = go_on(journey, journey.own_bid)
    begin(journey)
    stage, first = stage_of(journey), stage_of(journey, 1).closes_at
    assert stage.closes_at is not None
    later = stage.closes_at + timedelta(days=3)
    change = propose_deadline(
        journey.reference,
        stage=2,
        closes_to=later,
        reason="A holiday.",
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )
    confirm_deadline(
        journey.reference,
        change.id,
        stage=2,
        actor=journey.actor(journey.cast.second_officer),
        clock=journey.clock,
    )

    assert (stage_of(journey).closes_at, stage_of(journey, 1).closes_at) == (later, first)
    ensure_as_logged(session, stage_of(journey))
    journey.clock.instant = later - TICK
    write(journey, reference)
    submit(journey, reference)
    assert damage() == []


def test_check_of_the_log_names_what_is_not_so_in_the_second_stage_alone(
    journey: Journey, session: Session
) -> None:
    [reference] = go_on(journey, journey.own_bid)
    begin(journey)
    write(journey, reference)
    submit(journey, reference)
    stage = stage_of(journey)
    assert stage.closes_at is not None

    with written_over(
        db.engine, Stage, Stage.id == stage.id, {"closes_at": stage.closes_at + timedelta(hours=1)}
    ):
        assert damage() == [
            f"failed challenge {journey.reference}, stage 2: It closes at another instant than "
            "the log says"
        ]
    with written_over(db.engine, StageRun, StageRun.stage_id == stage.id, {"source": "elsewhere"}):
        assert len(damage()) == 1
    assert damage() == []


def test_pages_of_stages_are_for_those_who_are_concerned(
    journey: Journey, session: Session, client: FlaskClient
) -> None:
    [reference] = go_on(journey, journey.own_bid)
    at = f"/work/challenges/{journey.reference}/stages"
    sign_in(client, journey.cast.officer)
    assert "1 supplier goes on to this stage." in client.get(at).text
    page = client.get(f"{at}/2/begin")
    assert page.status_code == 200
    assert client.get(f"{at}/1/opening").location == f"{at[:-7]}/opening"
    assert client.get(f"{at}/3/begin").status_code == 404
    sign_in(client, journey.cast.supplier_admin)
    assert "It has not begun yet" in client.get(f"/bids/{reference}").text
    assert client.get(at).status_code == 403
    sign_in(client, journey.cast.rival_admin)
    assert client.get(f"/bids/{reference}").status_code == 404
    begin(journey)
    sign_in(client, journey.cast.supplier_admin)
    assert "answer by" in client.get(f"/bids/{reference}").text
    assert client.post(f"/bids/{reference}/start").status_code == 303
    assert "Your bid" in client.get(f"/bids/{reference}").text
