"""Work under a signed contract: what is agreed, delivered, accepted and paid, and how it ends."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Stage
from challenges.stages.kinds import Payment, Property, StageKind
from marketplace.core import jobs
from marketplace.core.access import current_files
from marketplace.core.audit import log
from marketplace.core.errors import Forbidden, Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor, Role
from scoring.award.contracts import service as contracts
from scoring.award.contracts.changing import ChangeKind, Wanted
from scoring.award.delivery import agreements, queries, running
from scoring.award.delivery.benefits import awaiting
from scoring.award.delivery.benefits import service as benefits
from scoring.award.delivery.benefits.lifecycle import Measured
from scoring.award.delivery.gates import service as gates
from scoring.award.delivery.gates.lifecycle import Decision, Finding, Found
from scoring.award.delivery.milestones import service
from scoring.award.delivery.milestones.lifecycle import Standing, Written
from scoring.award.delivery.milestones.models import MilestonePayment
from scoring.award.delivery.queries import Work
from scoring.award.models import Contract
from tests.factories import a_body, a_person, actor_for
from tests.journeys import A_YEAR, OWN_PRICE, Journey, Step

DAY = date(2030, 3, 1)


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


class Under:
    """The contract of a journey, and what people do under it."""

    def __init__(self, journey: Journey) -> None:
        self.journey, self.cast = journey, journey.cast
        self.id = journey.session.scalars(select(Contract.id)).one()
        self.lead = actor_for(journey.cast.lead)
        self.officer = actor_for(journey.cast.officer)
        self.approver = actor_for(journey.cast.approver)
        self.supplier = actor_for(journey.cast.supplier_admin)

    @property
    def work(self) -> Work:
        """Read it afresh."""
        session = self.journey.session
        session.expire_all()
        agreement = agreements.own(session, self.journey.reference, self.id, self.officer)
        return queries.work_of(session, agreement)

    def plan(
        self, *payments: int, seen: int = 0, rows: Sequence[Written] = (), reason: str = ""
    ) -> None:
        """Write milestones with these payments."""
        rows = rows or [
            Written(f"Milestone {at}", "Something.", "We tried it.", DAY, payment)
            for at, payment in enumerate(payments, 1)
        ]
        service.plan(
            self.journey.reference,
            self.id,
            rows,
            reason=reason,
            seen=seen,
            actor=self.officer,
            clock=self.journey.clock,
        )

    def report(self, number: int = 1) -> None:
        """Report as the supplier."""
        service.report(
            service.Party(self.id),
            number,
            words="It is there.",
            actor=self.supplier,
            clock=self.journey.clock,
            store=current_files(),
        )

    def answer(
        self, *, accepted: bool, number: int = 1, report: int = 1, actor: Actor | None = None
    ) -> None:
        """Answer as the lead."""
        service.answer(
            self.journey.reference,
            self.id,
            number,
            report_number=report,
            accepted=accepted,
            words="We tried it with six people.",
            actor=actor or self.lead,
            clock=self.journey.clock,
        )

    def pay(self, amount: int, *, number: int = 1, actor: Actor | None = None) -> None:
        """Pay as the officer."""
        service.pay(
            self.journey.reference,
            self.id,
            number,
            amount_minor=amount,
            paid_on=queries.day_of(self.journey.clock.now()),
            payment_reference="BACS 1",
            actor=actor or self.officer,
            clock=self.journey.clock,
        )


@pytest.fixture
def under(journey: Journey) -> Under:
    """Give the signed contract."""
    return Under(journey)


def actions(under: Under) -> list[str]:
    """Give what the log says happened after the signing."""
    found = [e.action for e in log.chain_entries(under.journey.session, under.journey.reference)]
    after = found[found.index("contract.signed") + 1 :]
    return [each for each in after if not each.startswith("report.")]


def test_work_is_agreed_delivered_sent_back_accepted_paid_and_finished(under: Under) -> None:
    half = OWN_PRICE // 2
    with pytest.raises(Invalid) as refused:
        under.plan(half, half - 1)
    assert refused.value.data["difference"] == "£0.01"
    under.plan(half, OWN_PRICE - half)
    under.report()
    with pytest.raises(WrongMoment):
        under.report()
    under.answer(accepted=False)
    under.report()
    with pytest.raises(WrongMoment):  # another tab still shows the first report
        under.answer(accepted=True, report=1)
    with pytest.raises(WrongMoment):
        under.pay(half)
    under.answer(accepted=True, report=2)
    under.pay(half)
    with pytest.raises(WrongMoment):
        under.pay(half)
    with pytest.raises(WrongMoment):
        running.finish_one(
            under.journey.reference,
            under.id,
            words="x",
            actor=under.lead,
            clock=under.journey.clock,
        )
    under.report(2)
    under.answer(accepted=True, number=2)
    running.finish_one(
        under.journey.reference,
        under.id,
        words="A map that people use.",
        actor=under.lead,
        clock=under.journey.clock,
    )

    assert under.journey.challenge.state is State.FINISHED
    assert [each.standing for each in under.work.milestones] == [Standing.PAID, Standing.ACCEPTED]
    under.pay(OWN_PRICE - half, number=2)
    assert under.work.paid_minor == OWN_PRICE
    assert actions(under) == [
        "milestones.planned",
        "milestone.reported",
        "milestone.returned",
        "milestone.reported",
        "milestone.accepted",
        "milestone.paid",
        "milestone.reported",
        "milestone.accepted",
        "work.begun",
        "work.ended",
        "work.finished",
        "milestone.paid",
    ]


def test_nobody_accepts_their_own_report_nor_pays_what_they_accepted(
    under: Under, session: Session
) -> None:
    both = a_person(
        session,
        under.journey.clock.now(),
        under.cast.body,
        Role.CHALLENGE_LEAD,
        Role.PROCUREMENT_OFFICER,
    )
    session.commit()
    actor = actor_for(both)
    under.plan(OWN_PRICE)
    service.report(
        service.Party(under.id, under.journey.reference),
        1,
        words="They showed it to us.",
        actor=actor,
        clock=under.journey.clock,
        store=current_files(),
    )
    with pytest.raises(Forbidden):
        under.answer(accepted=True, actor=actor)
    for nobody in (under.supplier, under.officer, under.approver):
        with pytest.raises((Forbidden, NotFound)):
            under.answer(accepted=True, actor=nobody)
    under.answer(accepted=True)
    with pytest.raises(Forbidden):
        under.pay(OWN_PRICE, actor=replace(actor, user_id=under.lead.user_id))
    with pytest.raises(Invalid):
        under.pay(OWN_PRICE + 1)

    reached = under.work.milestones[0]
    assert reached.answer is not None
    values = {
        "milestone_id": reached.terms.milestone_id,
        "report_id": reached.answer.report_id,
        "accepted_minor": OWN_PRICE,
        "accepted_by_id": under.lead.user_id,
        "amount_minor": OWN_PRICE,
        "paid_on": DAY,
        "reference": "x",
        "note": "",
        "recorded_by_id": under.officer.user_id,
        "recorded_at": under.journey.clock.now(),
    }
    for wrong in ({"recorded_by_id": under.lead.user_id}, {"amount_minor": OWN_PRICE + 1}):
        session.add(MilestonePayment(**{**values, **wrong}))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_value_falls_to_what_was_accepted_at_most_and_the_milestones_follow_first(
    under: Under,
) -> None:
    journey, half = under.journey, OWN_PRICE // 2
    under.plan(half, OWN_PRICE - half)
    under.report()
    under.answer(accepted=True)
    ground = next(iter(contracts.grounds_of(journey.challenge, journey.clock.now())), None)

    def lower(to: int) -> int:
        wanted = Wanted(
            ChangeKind.VALUE, "Fewer wards.", "One closed.", ground, value_after_minor=to
        )
        return contracts.describe_change(
            journey.reference, under.id, wanted, actor=under.officer, clock=journey.clock
        )

    with pytest.raises(Invalid) as refused:
        lower(half - 1)
    assert set(refused.value.fields) == {"value_after"}
    number = lower(half + 1)
    contracts.answer_change(
        journey.reference,
        number,
        confirmed=True,
        reason="So it is.",
        actor=under.approver,
        clock=journey.clock,
    )
    under.report(2)
    with pytest.raises(WrongMoment, match="milestones first"):
        under.answer(accepted=True, number=2)
    with pytest.raises(WrongMoment, match="milestones first"):
        under.pay(half)
    under.answer(accepted=False, number=2)
    first = Written("Milestone 1", "Something.", "We tried it.", DAY, half, 1)
    second = Written("Milestone 2", "Something.", "We tried it.", DAY, 1, 2)
    under.plan(seen=1, rows=[first, second], reason="The value fell.")
    under.pay(half)
    assert under.work.paid_minor == half


def test_contract_of_others_is_not_there(under: Under, session: Session) -> None:
    under.plan(OWN_PRICE)
    now = under.journey.clock.now()
    other = a_body(session, now, "Another Council")
    stranger = actor_for(a_person(session, now, other, *Role))
    session.commit()
    rival = actor_for(under.cast.rival_admin)

    with pytest.raises(NotFound):
        agreements.own(session, under.journey.reference, under.id, stranger)
    for outsider in (rival, stranger):
        with pytest.raises(NotFound):
            agreements.as_supplier(session, under.id, outsider)
    with pytest.raises(NotFound):
        agreements.as_supplier(session, uuid.uuid4(), under.supplier)


def test_changed_milestones_keep_what_is_accepted_and_tell_why(under: Under) -> None:
    under.plan(OWN_PRICE - 100, 100)
    under.report()
    under.answer(accepted=True)
    first = Written("Milestone 1", "Something.", "We tried it.", DAY, OWN_PRICE - 100, 1)
    second = Written("Better", "More.", "We tried it.", DAY + timedelta(days=9), 100)

    with pytest.raises(StaleEdit):
        under.plan(seen=0, rows=[first, second], reason="Later.")
    with pytest.raises(Invalid) as refused:
        under.plan(seen=1, rows=[replace(first, payment_minor=100), second], reason="Later.")
    assert "title_0" in refused.value.fields
    under.plan(seen=1, rows=[first, second], reason="It takes longer.")

    found = under.work
    assert [(each.number, each.terms.title) for each in found.milestones] == [
        (1, "Milestone 1"),
        (3, "Better"),
    ]
    assert [plan.reason for plan in found.plans] == ["", "It takes longer."]


def test_work_begins_by_itself_on_the_day_on_which_the_contract_starts(
    under: Under, session: Session
) -> None:
    job = session.scalars(select(jobs.Job).where(jobs.Job.kind == running.BEGIN)).one()
    assert queries.day_of(job.due_at) == A_YEAR.starts_on
    under.plan(OWN_PRICE)
    under.journey.clock.instant = job.due_at - timedelta(seconds=1)
    running.begin_on_its_day(job.payload, under.journey.clock)
    assert "work.begun" not in actions(under)
    under.journey.clock.instant += timedelta(seconds=1)
    for _again in range(2):
        running.begin_on_its_day(job.payload, under.journey.clock)

    assert under.journey.challenge.state is State.DELIVERING
    assert actions(under).count("work.begun") == 1


def a_stage(under: Under, kind: StageKind) -> Stage:
    """Add a stage of work to the challenge."""
    stage = Stage(
        challenge_id=under.journey.challenge.id,
        ordinal=len(under.journey.challenge.stages) + 1,
        name=kind.value.title(),
        kind=kind,
        payment=Payment.NONE,
        property=Property.SUPPLIER,
        minimum_panel=3,
    )
    under.journey.session.add(stage)
    under.journey.session.commit()
    return stage


def test_gate_that_stops_the_last_work_stops_the_challenge_with_its_lessons(
    under: Under, session: Session, client: FlaskClient
) -> None:
    former = session.get_one(Contract, under.id)
    accelerator = a_stage(under, StageKind.ACCELERATOR)
    gated = Contract(
        stage_id=former.stage_id,
        bid_id=former.bid_id,
        recommendation_id=former.recommendation_id,
        work_stage_id=accelerator.id,
        reference="C-2",
        value_minor=OWN_PRICE,
        signed_at=under.journey.clock.now(),
        recorded_by_id=under.officer.user_id,
    )
    session.add(gated)
    session.commit()
    reference, clock = under.journey.reference, under.journey.clock
    # What was signed before stages of work were told of is done with first.
    under.plan(OWN_PRICE)
    under.report()
    under.answer(accepted=True)
    running.finish_one(reference, under.id, words="Done.", actor=under.lead, clock=clock)
    under.id = gated.id
    under.plan(OWN_PRICE)
    found = [Found("People can use it.", Finding.PARTLY, "Four of six could.")]

    def propose(decision: Decision, lessons: str) -> uuid.UUID:
        return gates.propose(
            reference,
            gated.id,
            found,
            decision=decision,
            reason="Too few could use it.",
            lessons=lessons,
            actor=under.lead,
            clock=clock,
        )

    with pytest.raises(Invalid):
        propose(Decision.STOPS, "")
    proposal = propose(Decision.STOPS, "Ask people in winter, not in summer.")
    with pytest.raises(Forbidden):
        gates.answer(
            reference,
            gated.id,
            gate_id=proposal,
            confirmed=True,
            reason="x",
            actor=replace(under.approver, user_id=under.lead.user_id),
            clock=clock,
        )
    assert "Ask people in winter" not in client.get(f"/challenges/{reference}").text
    gates.answer(
        reference,
        gated.id,
        gate_id=proposal,
        confirmed=True,
        reason="I agree.",
        actor=under.approver,
        clock=clock,
    )

    session.expire_all()
    assert under.journey.challenge.state is State.STOPPED
    assert under.journey.challenge.lessons == "Ask people in winter, not in summer."
    shown = client.get(f"/challenges/{reference}").text
    assert "Stopped, lessons learned" in shown
    assert "Ask people in winter" in shown
    assert "BACS" not in shown
    assert 'id="learned"' in shown
    award = client.get(f"/awards/{reference}").text
    assert f'href="/challenges/{reference}#learned"' in award
    with pytest.raises(WrongMoment):
        propose(Decision.GOES_ON, "")


def test_benefits_are_asked_for_when_due_and_told_to_everybody_where_published(
    under: Under, session: Session, client: FlaskClient
) -> None:
    reference, clock = under.journey.reference, under.journey.clock
    under.plan(OWN_PRICE)
    under.report()
    under.answer(accepted=True)
    running.finish_one(reference, under.id, words="A map.", actor=under.lead, clock=clock)

    def measure(months: int, *, publish: bool, seen: int = 0) -> None:
        benefits.measure(
            reference,
            months,
            [Measured("Half of those asked used it.", "10%", "62%")],
            words=f"Fewer wait in the cold after {months}.",
            lessons="",
            publish=publish,
            seen=seen,
            actor=under.lead,
            clock=clock,
        )

    with pytest.raises(WrongMoment):
        measure(6, publish=True)
    due = select(jobs.Job).where(jobs.Job.kind == awaiting.DUE).order_by(jobs.Job.due_at)
    first, second = session.scalars(due).all()
    assert (second.due_at - clock.now()).days in (364, 365)
    clock.instant = first.due_at
    awaiting.remind(first.payload, clock)
    asked = session.scalars(select(Notice.to_email).where(Notice.subject.contains("Measure"))).all()
    assert set(asked) >= {under.cast.lead.email, under.cast.officer.email}
    measure(6, publish=True)
    with pytest.raises(StaleEdit):
        measure(6, publish=False)
    shown = client.get(f"/challenges/{reference}").text
    assert "62%" in shown
    measure(6, publish=False, seen=1)
    assert "62%" not in client.get(f"/challenges/{reference}").text
