"""When the facts of an award are frozen, and how its files come from them."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bids.models import Bid
from marketplace.core import jobs
from marketplace.core.audit.log import chain_entries
from marketplace.core.jobs import Job
from scoring.panel.masking.models import AnswerMask
from scoring.report.facts import (
    AwardReport,
    Mask,
)
from scoring.report.gather import full_report
from scoring.report.models import FrozenReport, ReportFile
from scoring.report.service import MAKE
from scoring.report.values import Edition, Money, Withheld
from tests.journeys import Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed: two reports are frozen, no file is made."""
    return Step.SIGNED


def frozen(session: Session) -> list[AwardReport]:
    """Give the facts of all reports, the first first."""
    rows = session.scalars(select(FrozenReport).order_by(FrozenReport.number))
    return [AwardReport.from_json(json.loads(row.facts)) for row in rows]


def only_reports(session: Session) -> None:
    """Leave no job but the makers of reports."""
    session.execute(update(Job).where(Job.kind != MAKE).values(done_at=Job.due_at))
    session.commit()


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_report_before_the_announcement_is_not_frozen(journey: Journey, session: Session) -> None:
    assert frozen(session) == []


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_report_is_frozen_with_the_announcement(journey: Journey, session: Session) -> None:
    (report,) = frozen(session)

    assert report.number == f"{journey.reference}/1"
    assert report.decision.contract is None
    assert report.decision.recommended == journey.own_bid


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_report_tells_which_words_the_panel_did_not_read(
    journey: Journey, session: Session
) -> None:
    stage = journey.challenge.stage
    stage.names_withheld = True
    session.add(
        AnswerMask(
            bid_id=session.scalars(select(Bid.id).where(Bid.reference == journey.rival_bid)).one(),
            words="Rivalword",
            reason="It names the bidder.",
            masked_by_id=journey.cast.officer.id,
            masked_at=journey.clock.now(),
        )
    )
    session.commit()

    report = full_report(session, stage, number=2, now=journey.clock.now(), notice="")

    told = {bid.reference: bid.masks for bid in report.stages[0].bids}
    mask = Mask("Rivalword", "It names the bidder.", journey.clock.now())
    assert told == {journey.own_bid: (), journey.rival_bid: (mask,)}


def test_report_is_frozen_again_with_the_contract_and_the_first_stays(
    journey: Journey, session: Session
) -> None:
    first, second = frozen(session)

    assert (first.number, second.number) == (f"{journey.reference}/1", f"{journey.reference}/2")
    assert first.decision.contract is None
    assert second.decision.contract is not None
    assert first.frozen_at < second.frozen_at


def test_report_tells_what_the_rooms_recorded(journey: Journey, session: Session) -> None:
    report = frozen(session)[-1]
    stage = report.stages[0]
    own = next(bid for bid in stage.bids if bid.reference == journey.own_bid)

    assert own.supplier == journey.cast.supplier.name
    assert own.price == Money(20_000_00, "GBP")
    assert [cell.agreed for cell in own.scores] == ["4", "4"]
    alone = own.scores[0].individual
    assert not isinstance(alone, Withheld)
    assert len(alone) == 3
    assert {person.name for person in report.people} >= {
        "Cora Chair",
        "Eva Evaluator",
        "Oona Officer",
        "Omar Officer",
        "Asa Approver",
    }
    about = {interest.about for person in report.people for interest in person.interests}
    assert about == {journey.cast.rival.name}
    # What holds stands in each edition's words, as it does in those of the decision.
    (why,) = [event for event in report.timeline if report.decision.reason in event.text]
    assert why.public == (
        f"The chair recommended bid {report.decision.recommended}: {report.decision.reason}"
    )
    (approved,) = [each for each in report.timeline if report.decision.approval_reason in each.text]
    assert approved.public == approved.text
    told = [event.milestone for event in report.timeline if event.milestone]
    assert told == [
        "Published",
        "Closed",
        "Bids opened",
        "Quality locked",
        "Recommended",
        "Approved",
        "Intention announced",
        "Contract signed",
    ]


def test_report_says_who_was_present_when_a_score_was_agreed(
    journey: Journey, session: Session
) -> None:
    cell = frozen(session)[-1].stages[0].bids[0].scores[0]

    assert set(cell.present) == set(journey.labels.values())


def test_making_files_twice_makes_each_edition_once(journey: Journey, session: Session) -> None:
    only_reports(session)
    jobs.run_due(journey.clock)
    first = {
        (file.report_id, file.edition): file.sha256 for file in session.scalars(select(ReportFile))
    }
    session.execute(update(Job).where(Job.kind == MAKE).values(done_at=None, held_until=None))
    session.commit()

    assert jobs.run_due(journey.clock) == 2

    again = {
        (file.report_id, file.edition): file.sha256 for file in session.scalars(select(ReportFile))
    }
    assert again == first
    # The first report has no public edition: no contract was signed then.
    assert sorted(edition.value for _report, edition in again) == ["full", "full", "public"]
    made = [
        entry.fields["edition"]
        for entry in chain_entries(session, journey.reference)
        if entry.action == "report.made"
    ]
    assert sorted(made) == ["full", "full", "public"]
    assert all(job.error is None for job in session.scalars(select(Job).where(Job.kind == MAKE)))


def test_making_files_after_a_killed_worker_makes_what_is_missing(
    journey: Journey, session: Session
) -> None:
    """The worker died between two editions: its job is given out again when its lease is over."""
    only_reports(session)
    second = session.scalars(
        select(Job).where(Job.kind == MAKE).order_by(Job.due_at.desc())
    ).first()
    assert second is not None
    second.held_until, second.attempts = journey.clock.now() + jobs.LEASE, 1
    session.commit()

    jobs.run_due(journey.clock)
    before = {file.edition for file in session.scalars(select(ReportFile))}
    journey.clock.instant += jobs.LEASE + timedelta(seconds=1)
    jobs.run_due(journey.clock)

    assert before == {Edition.FULL}
    assert len(session.scalars(select(ReportFile)).all()) == 3
    session.expire_all()
    assert all(job.done_at for job in session.scalars(select(Job).where(Job.kind == MAKE)))
