"""A stage that suppliers are invited to, played by the services: sealed, or heard."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import opened, openings, queries, service
from bids.inviting import queries as stages
from bids.inviting.service import invite, open_stage, start_invited
from bids.lifecycle import BidState, TooLate
from bids.models import Bid, Opening
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.service import close, confirm_deadline, propose_deadline
from challenges.stages.kinds import Source
from challenges.stages.models import StageRun
from challenges.stages.standing import state_of
from marketplace.core.audit import chains, checkpoints, entries, receipt_check
from marketplace.core.audit.log import chain_entries
from marketplace.core.audit.models import LogEntry
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.clock import FixedClock
from marketplace.core.database import Base, db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.transaction import transaction
from marketplace.web.timeline import public_file
from scoring.records.own_data.queries import ties_of
from tests.conftest import NOW, sign_in
from tests.factories import a_later_stage
from tests.integration.bids.damage import damage, written_over
from tests.journeys import Journey, Step, a_cast, a_journey, confirm, open_the_bids

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)


@pytest.fixture
def journey(session: Session, clock: FixedClock) -> Journey:
    """Play a challenge of two stages until its first is being scored."""
    found = a_journey(session, clock, a_cast(session, NOW))
    a_later_stage(session, found.challenge, ("talk", "60"), ("team", "40"))
    session.commit()
    return found.to(Step.SCORING)


def stage_of(journey: Journey, number: int = 2) -> Stage:
    return journey.challenge.stages[number - 1]


class Killed(Exception):
    """The process ended before its transaction was committed."""


def go_on(journey: Journey, *references: str, killed: bool = False) -> list[str]:
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
        if killed:
            raise Killed
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
        **said,  # type: ignore[arg-type]  # as the test says
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
    journey: Journey, session: Session, client: FlaskClient
) -> None:
    cast, clock = journey.cast, journey.clock
    supplier = journey.actor(cast.supplier_admin)
    with pytest.raises(WrongMoment, match="who goes on"):
        begin(journey)
    [reference] = go_on(journey, journey.own_bid)
    assert standing(journey) == [State.ADVANCED, State.WAITING]
    assert letters(session, "You are invited") == sorted(
        [cast.supplier_admin.email, cast.contributor.email]
    )
    with pytest.raises(WrongMoment):
        start_invited(reference, actor=supplier, clock=clock)
    for more in (
        {"closes_at": None},
        {"closes_at": clock.now()},
        {"openers_named": [cast.officer.id]},
    ):
        with pytest.raises(Invalid):
            begin(journey, **more)

    sign_log(clock)
    begin(journey)

    assert journey.challenge.state is State.EVALUATING
    assert standing(journey) == [State.ADVANCED, State.OPEN]
    # Whoever is named to open what comes cannot have their account erased.
    assert ties_of(session, cast.third_officer).opening == [journey.reference]
    for again in (lambda: begin(journey), lambda: go_on(journey, journey.rival_bid)):
        with pytest.raises(WrongMoment):
            again()
    with pytest.raises(NotFound):
        start_invited(reference, actor=journey.actor(cast.rival_admin), clock=clock)
    write(journey, reference)
    draft = queries.shown_content(session, queries.own_bid(session, reference, supplier))
    assert (draft.contract_accepted, draft.ai_statement) == (True, "We used none.")
    closes_at = moved(journey)
    clock.instant = closes_at - TICK
    submit(journey, reference)
    service.change_bid(reference, actor=supplier, clock=clock)
    service.save_answer(reference, "talk", "Better.", actor=supplier, clock=clock)
    clock.instant = closes_at
    with pytest.raises(TooLate):
        submit(journey, reference)
    assert standing(journey) == [State.ADVANCED, State.CLOSED]
    with pytest.raises(WrongMoment):
        confirm(journey.reference, journey.actor(cast.officer), clock=clock, stage=2)
    sign_log(clock)
    assert "bids.invited" in in_public_file(journey)
    assert "stage.opened" not in in_public_file(journey)
    shown = client.get(f"/challenges/{journey.reference}/log").text
    assert "Stage 2 was opened to the suppliers who go on" in shown
    assert journey.own_bid in shown
    assert reference not in shown
    clock.instant = closes_at + timedelta(minutes=1)
    close({"challenge": journey.reference, "stage": 2}, clock)
    officers = (journey.actor(cast.officer), journey.actor(cast.third_officer))
    open_the_bids(journey.reference, *officers, clock=clock, stage=2)

    assert standing(journey) == [State.ADVANCED, State.OPENED]
    [bid] = opened.opened_bids(session, stage_of(journey).id)
    assert (bid.reference, bid.received, bid.version) == (reference, Source.SEALED, 1)
    assert bid.answers == {"talk": "We would talk.", "team": "We would team."}
    assert bid.eligibility is not None
    assert openings.opening_status(session, stage_of(journey, 1)).count == 2
    receipt = queries.receipt(session, reference, 1, supplier)
    assert receipt.note is not None
    found = receipt_check.check(receipt.note, [])
    assert found.verdict is Verdict.SIGNER_UNKNOWN
    told = session.scalars(sa.select(LogEntry).where(LogEntry.chain == journey.reference))
    of_second = {entry.action for entry in told if entry.fields.get("stage") == 2}
    assert of_second >= {
        *("bids.invited", "stage.opened", "opening.officer_named", "bid.submitted"),
        *("deadline.extended", "bid.refused", "challenge.closed", "opening.confirmed"),
        "bids.opened",
    }
    assert damage() == []
    stage = stage_of(journey)
    invited = session.scalars(sa.select(LogEntry.n).filter_by(action="bids.invited")).one()
    assert named_by(Stage, Stage.id == stage.id, closes_at=closes_at + DAY) == [
        f"challenge {journey.reference}, stage 2: It closes at another instant than the log says"
    ]
    assert len(named_by(StageRun, StageRun.stage_id == stage.id, source="elsewhere")) == 1
    assert named_by(Bid, Bid.reference == reference, previous_id=None) == [
        f"bid {reference}: No entry records that its supplier was invited to stage 2",
        f"entry {invited}: It invites by bid {reference}, which is not stored",
    ]
    assert len(named_by(Opening, Opening.stage_id == stage.id, opened_at=NOW)) == 1
    assert damage() == []
    session.rollback()
    assert reference in client.get(f"/challenges/{journey.reference}/log").text
    sign_log(clock)
    assert in_public_file(journey).count("bids.opened") == 2
    sign_in(client, cast.officer)
    at = f"/work/challenges/{journey.reference}"
    assert "We would talk." in client.get(f"{at}/bids/{reference}").text
    assert reference in client.get(f"{at}/stages/2/bids").text
    assert reference not in client.get(f"{at}/bids").text


def moved(journey: Journey) -> datetime:
    """Have two officers move the closing of the second stage alone; give the new one."""
    stage, first = stage_of(journey), stage_of(journey, 1).closes_at
    assert stage.closes_at is not None
    later = stage.closes_at + 3 * DAY
    officers = [journey.actor(each) for each in (journey.cast.officer, journey.cast.second_officer)]
    change = propose_deadline(
        journey.reference,
        stage=2,
        closes_to=later,
        reason="A holiday.",
        actor=officers[0],
        clock=journey.clock,
    )
    confirm_deadline(journey.reference, change.id, stage=2, actor=officers[1], clock=journey.clock)
    assert (stage_of(journey).closes_at, stage_of(journey, 1).closes_at) == (later, first)
    return later


def sign_log(clock: FixedClock) -> None:
    with transaction() as session:
        checkpoints.make(session, clock=clock)


def in_public_file(journey: Journey) -> list[str]:
    """Name the actions in the chain's file that everybody may have, which agrees with itself."""
    journey.session.rollback()
    content = public_file(journey.session, journey.reference)
    checked = chains.check(content, [])
    assert checked.verdict is Verdict.SIGNER_UNKNOWN
    assert checked.chain is not None
    return [entries.read(link.entry).action for link in checked.chain.links]


def named_by(table: type[Base], which: sa.ColumnElement[bool], **values: object) -> list[str]:
    """Say what a check of the log names while values stand over those of a row."""
    with written_over(db.engine, table, which, values):
        return damage()


def test_suppliers_who_are_heard_take_part_at_once_and_write_nothing(
    journey: Journey, session: Session, client: FlaskClient
) -> None:
    cast = journey.cast
    [reference] = go_on(journey, journey.own_bid)
    at = f"/work/challenges/{journey.reference}/stages"
    sign_in(client, cast.officer)
    assert "1 supplier goes on to this stage." in client.get(at).text
    assert client.get(f"{at}/2/begin").status_code == 200
    assert client.get(f"{at}/1/opening").location.endswith(f"{at[:-7]}/opening")
    assert client.get(f"{at}/3/begin").status_code == 404
    wrong = client.post(f"{at}/2/begin", data={"source": "sealed"})
    assert "Say when bidding closes" in wrong.text
    sign_in(client, cast.supplier_admin)
    assert "It has not begun yet" in client.get(f"/bids/{reference}").text
    assert client.get(at).status_code == 403
    sign_in(client, cast.rival_admin)
    assert client.get(f"/bids/{reference}").status_code == 404

    sign_in(client, cast.officer)
    stage_of(journey).names_withheld = True
    session.commit()
    with pytest.raises(Invalid, match="judged without names"):
        begin(journey, Source.HEARD)
    session.rollback()
    stage_of(journey).names_withheld = False
    session.commit()
    assert client.post(f"{at}/2/begin", data={"source": "heard"}).status_code == 303

    assert standing(journey) == [State.ADVANCED, State.OPENED]
    stage = stage_of(journey)
    assert opened.is_opened(session, stage.id)
    [bid] = opened.opened_bids(session, stage.id)
    assert (bid.received, bid.state, bid.price_minor) == (Source.HEARD, BidState.VALID, None)
    assert bid.readable
    assert bid.eligibility
    assert damage() == []
    assert client.get(f"{at}/2/panel/questions/talk").status_code == 403
    session.rollback()
    refused = chain_entries(session, journey.reference)[-1]
    assert (refused.action, refused.fields["stage"]) == ("bid.read_refused", 2)
    sign_in(client, cast.supplier_admin)
    page = client.get(f"/bids/{reference}").text
    assert "You need not write anything" in page
    assert f"/bids/{reference}/interview" not in page  # no time is offered yet
    assert client.get(f"/bids/{reference}/check").status_code == 409


def test_confirmation_that_fails_leaves_nobody_invited(journey: Journey, session: Session) -> None:
    with pytest.raises(Killed):
        go_on(journey, journey.own_bid, killed=True)

    assert standing(journey) == [State.EVALUATING, State.WAITING]
    assert stages.invited(session, [stage_of(journey).id]) == {}
    assert letters(session, "You are invited") == []
