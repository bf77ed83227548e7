"""Opening by two officers, what is unseen before it, and deciding about eligibility."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bids import queries, service
from bids.grounds.document import DeclaredGround
from bids.grounds.policy import Found, Verdict
from bids.lifecycle import BidState
from bids.models import EligibilityFinding, OpeningConfirmation
from challenges.lifecycle import State
from marketplace.core import jobs
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Role
from scoring.panel import service as panels
from scoring.panel.lifecycle import Seat
from scoring.panel.obstacles import marked_undecided
from tests.conftest import NOW
from tests.factories import a_bid, a_body, a_panel, a_person, a_supplier, actor_for, no_interests
from tests.integration.bids.conftest import Scene, the_bid
from tests.journeys import confirm, open_the_bids


@pytest.fixture
def submitted(scene: Scene, clock: FixedClock) -> str:
    """Submit the supplier's bid and let the closing time and the minute after it pass."""
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    clock.instant = scene.closes_at + timedelta(seconds=60)
    return reference


def open_all(scene: Scene, clock: FixedClock) -> None:
    open_the_bids(scene.challenge.reference, scene.officer(0), scene.officer(1), clock=clock)


def test_opening_by_two_officers_makes_bids_valid_and_records_who(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    reference = scene.challenge.reference
    assert not confirm(reference, scene.officer(0), clock=clock)
    assert the_bid(session, submitted).state is BidState.SUBMITTED
    assert confirm(reference, scene.officer(1), clock=clock)
    assert the_bid(session, submitted).state is BidState.SUBMITTED
    jobs.run_due(clock)
    bid = the_bid(session, submitted)
    assert bid.state is BidState.VALID
    assert bid.challenge.state is State.OPENED
    entries = chain_entries(session, reference)
    assert [entry.action for entry in entries[-3:]] == [
        "opening.confirmed",
        "opening.confirmed",
        "bids.opened",
    ]
    made = bid.submissions[0]
    assert entries[-1].fields["bids"] == {submitted: made.sha256}
    assert entries[-1].fields["differing"] == []
    assert entries[-1].fields["officers"] == [
        str(scene.officer(0).user_id),
        str(scene.officer(1).user_id),
    ]
    assert made.entry_n < entries[-1].n


def test_opening_by_one_officer_twice_is_refused_and_opens_nothing(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    reference = scene.challenge.reference
    confirm(reference, scene.officer(0), clock=clock)
    with pytest.raises(WrongMoment):
        confirm(reference, scene.officer(0), clock=clock)
    assert the_bid(session, submitted).state is BidState.SUBMITTED
    assert session.query(OpeningConfirmation).count() == 1


def test_opening_again_after_the_opening_is_refused(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    open_all(scene, clock)
    with pytest.raises(WrongMoment):
        confirm(scene.challenge.reference, scene.officer(2), clock=clock)


@pytest.mark.parametrize("early", [timedelta(days=1), timedelta(0), timedelta(seconds=-59)])
def test_opening_before_the_minute_after_closing_has_passed_is_refused(
    scene: Scene, clock: FixedClock, submitted: str, early: timedelta
) -> None:
    clock.instant = scene.closes_at - early
    with pytest.raises(WrongMoment):
        confirm(scene.challenge.reference, scene.officer(0), clock=clock)


def test_opening_by_an_officer_of_another_body_finds_nothing(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    other = a_body(session, NOW, "Another Example Council")
    officer = a_person(session, NOW, other, Role.PROCUREMENT_OFFICER)
    session.commit()
    with pytest.raises(NotFound):
        confirm(scene.challenge.reference, actor_for(officer), clock=clock)


def test_opening_by_the_lead_is_forbidden(scene: Scene, clock: FixedClock, submitted: str) -> None:
    with pytest.raises(Forbidden):
        confirm(scene.challenge.reference, actor_for(scene.lead), clock=clock)


def test_opening_by_a_body_that_is_not_verified_is_refused(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    scene.body.verified_at = None
    session.commit()
    with pytest.raises(WrongMoment, match="verified"):
        confirm(scene.challenge.reference, scene.officer(0), clock=clock)


def test_opening_without_any_bid_opens_and_records_that_there_were_none(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    clock.instant = scene.closes_at + timedelta(minutes=2)
    open_all(scene, clock)
    assert chain_entries(session, scene.challenge.reference)[-1].fields["count"] == 0
    assert queries.opened_bids(session, scene.challenge.stage.id) == []


def test_opening_leaves_drafts_and_withdrawn_bids_unopened(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.withdraw_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    other = a_supplier(session, NOW)
    person = a_person(session, NOW, other, Role.SUPPLIER_ADMIN)
    a_bid(session, NOW, scene.challenge, other, person)
    session.commit()
    clock.instant = scene.closes_at + timedelta(minutes=2)
    open_all(scene, clock)
    assert queries.opened_bids(session, scene.challenge.stage.id) == []


def test_opened_bids_before_the_opening_are_refused(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    session.rollback()
    stage = scene.challenge.stage
    assert queries.bid_counts(session, [stage.id]) == {stage.id: 1}
    with pytest.raises(WrongMoment):
        queries.opened_bids(session, stage.id)
    assert queries.find_opened_bid(session, stage.id, submitted) is None


def test_opened_bids_give_what_was_submitted_and_not_the_later_draft(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock, "As submitted")
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.change_bid(reference, actor=scene.admin, clock=clock)
    service.save_answer(reference, "team", "Changed later", actor=scene.admin, clock=clock)
    clock.instant = scene.closes_at + timedelta(minutes=2)
    open_all(scene, clock)
    (found,) = queries.opened_bids(session, scene.challenge.stage.id)
    assert found.answers == {"solves": "As submitted (solves)", "team": "As submitted (team)"}
    assert (found.supplier_name, found.size_class) == (scene.supplier.name, "micro")
    assert found.intact


def test_opened_bids_stand_in_the_order_of_the_suppliers_names(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    for name in ("zinnia Fictional Ltd", "Aster Fictional Ltd"):
        supplier = a_supplier(session, NOW, name)
        person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
        a_bid(session, NOW, scene.challenge, supplier, person, BidState.SUBMITTED)
    session.commit()
    open_all(scene, clock)
    names = [
        found.supplier_name for found in queries.opened_bids(session, scene.challenge.stage.id)
    ]
    assert names == ["Aster Fictional Ltd", scene.supplier.name, "zinnia Fictional Ltd"]


def decide(
    scene: Scene,
    clock: FixedClock,
    bid: str,
    finding: EligibilityFinding = EligibilityFinding.EXCLUDED,
    reason: str = "Convicted of fraud in 2025; nothing was put right.",
) -> None:
    # Known from elsewhere: the bidder declared nothing.
    fraud = Found(str(scene.supplier.id), "fraud", Verdict.APPLIES, "It stands in the register.")
    service.decide_eligibility(
        scene.challenge.reference,
        bid,
        finding=finding,
        reason=reason,
        found=[fraud] if finding is EligibilityFinding.EXCLUDED else [],
        actor=scene.officer(0),
        clock=clock,
    )


def test_decide_eligibility_changes_the_bid_and_records_the_reason(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    open_all(scene, clock)
    decide(scene, clock, submitted)
    assert the_bid(session, submitted).state is BidState.EXCLUDED
    (found,) = queries.opened_bids(session, scene.challenge.stage.id)
    assert found.reason == "Convicted of fraud in 2025; nothing was put right."
    entry = chain_entries(session, scene.challenge.reference)[-1]
    assert (entry.action, entry.fields["finding"]) == ("eligibility.decided", "excluded")
    (ground,) = entry.fields["grounds"]
    assert (ground["ground"], ground["verdict"]) == ("fraud", "applies")


def test_a_declared_ground_that_must_exclude_is_decided_before_anything_is_scored(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    scene.challenge.value_minor = 1_000_000_00  # well above the GPA threshold
    session.commit()
    convicted = DeclaredGround("fraud", NOW.date(), "We paid it back.")
    declared = service.Declared([convicted], 3, 0, 0)
    service.declare_eligibility(declared, actor=scene.admin, clock=clock)
    bid = scene.written_bid(clock)
    service.submit_bid(bid, actor=scene.admin, arrived=clock.now(), clock=clock)
    clock.instant = scene.closes_at + timedelta(seconds=60)
    open_all(scene, clock)
    assert marked_undecided(session, scene.challenge.stage.id) == [scene.supplier.name]
    panel = a_panel(session, NOW, scene.challenge)
    session.commit()
    for member in panel.members:
        member_of = actor_for(member.user)
        panels.accept_briefing(scene.challenge.reference, actor=member_of, clock=clock)
        panels.declare_interests(
            scene.challenge.reference,
            no_interests(session, scene.challenge),
            actor=member_of,
            clock=clock,
        )
    chair = next(actor_for(m.user) for m in panel.members if m.seat is Seat.CHAIR)
    with pytest.raises(WrongMoment, match="declare a ground of exclusion"):
        panels.begin_scoring(scene.challenge.reference, actor=chair, clock=clock)
    with pytest.raises(Invalid, match="what you find of this ground"):
        decide(scene, clock, bid, EligibilityFinding.VALID)

    def find(verdict: Verdict, finding: EligibilityFinding) -> None:
        service.decide_eligibility(
            scene.challenge.reference,
            bid,
            finding=finding,
            reason="As found of each ground.",
            found=[Found(str(scene.supplier.id), "fraud", verdict, "Seen the papers.")],
            actor=scene.officer(0),
            clock=clock,
        )

    with pytest.raises(Invalid, match="must exclude applies"):
        find(Verdict.APPLIES, EligibilityFinding.VALID)
    find(Verdict.CLEARED, EligibilityFinding.VALID)
    (read,) = queries.opened_bids(session, scene.challenge.stage.id)
    (found,) = read.findings[-1].grounds
    assert (found.ground, found.verdict, found.reason) == (
        "fraud",
        Verdict.CLEARED,
        "Seen the papers.",
    )
    assert marked_undecided(session, scene.challenge.stage.id) == []


def test_decide_eligibility_again_keeps_both_and_the_latest_counts(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    open_all(scene, clock)
    decide(scene, clock, submitted)
    clock.instant += timedelta(minutes=1)
    decide(scene, clock, submitted, EligibilityFinding.VALID, "The conviction was another firm's.")
    (found,) = queries.opened_bids(session, scene.challenge.stage.id)
    assert found.state is BidState.VALID
    assert [finding.finding for finding in found.findings] == ["excluded", "valid"]
    assert found.reason == "The conviction was another firm's."


def test_decide_eligibility_the_same_twice_is_recorded_once(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    open_all(scene, clock)
    decide(scene, clock, submitted)
    decide(scene, clock, submitted)
    (found,) = queries.opened_bids(session, scene.challenge.stage.id)
    assert len(found.findings) == 1


def test_decide_eligibility_without_a_reason_is_refused(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    open_all(scene, clock)
    with pytest.raises(Invalid):
        decide(scene, clock, submitted, reason="  ")
    assert the_bid(session, submitted).state is BidState.VALID


def test_decide_eligibility_before_the_opening_finds_no_bid(
    scene: Scene, clock: FixedClock, submitted: str
) -> None:
    with pytest.raises(NotFound):
        decide(scene, clock, submitted)


def test_decide_eligibility_after_the_sign_off_is_the_wrong_moment(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    open_all(scene, clock)
    scene.challenge.state = State.INTENTION
    session.commit()
    with pytest.raises(WrongMoment):
        decide(scene, clock, submitted)


def test_reading_an_opened_bid_is_recorded_with_its_reader(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    open_all(scene, clock)
    service.read_bid(scene.challenge.reference, submitted, actor=actor_for(scene.lead), clock=clock)
    entry = chain_entries(session, scene.challenge.reference)[-1]
    assert (entry.action, entry.actor_id) == ("bid.read", str(scene.lead.id))


def test_reading_before_the_opening_is_refused_and_records_no_reading(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    with pytest.raises(WrongMoment):
        service.read_bid(scene.challenge.reference, submitted, actor=scene.officer(0), clock=clock)
    session.rollback()
    assert chain_entries(session, scene.challenge.reference)[-1].action == "bid.submitted"


@pytest.mark.parametrize(
    "table", ["opening", "opening_confirmation", "eligibility_decision", "eligibility_declaration"]
)
def test_the_record_of_an_opening_in_the_database_cannot_be_deleted(
    scene: Scene, session: Session, clock: FixedClock, submitted: str, table: str
) -> None:
    open_all(scene, clock)
    decide(scene, clock, submitted)
    session.rollback()
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(sa.text(f"DELETE FROM {table}"))
    session.rollback()
