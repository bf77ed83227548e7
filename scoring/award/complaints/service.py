"""What people do about a complaint: make it, take it back, record, propose, decide."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bids.queries import own_bid
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.texts import refuse_all, text_faults
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.complaints import letters, log_words, policy, queries
from scoring.award.complaints.lifecycle import (
    MOST,
    RECORDED_WAYS,
    SHORT_MOST,
    TEXT_MOST,
    Finding,
    Way,
    received_fault,
)
from scoring.award.complaints.models import (
    AwardComplaint,
    ComplaintAnswer,
    ComplaintProposal,
    ComplaintWithdrawal,
)

_ANSWERED = N_("This has been answered already.")


@dataclass(frozen=True)
class Received:
    """A complaint that came by other means, as an officer tells it."""

    bid: str
    sender: str
    way: Way | None
    received_at: datetime | None
    grounds: str
    asks: str


def complain(
    bid_reference: str,
    *,
    grounds: str,
    asks: str,
    arrived: datetime,
    actor: Actor,
    clock: Clock,
) -> int:
    """Complain about the decision on the own bid; give the complaint's number.

    `arrived` is when the complete request was there: it tells whether the complaint was in time,
    also where it stands in the record only after the standstill. The same words sent twice are one
    while the first is not settled and the decision that they are about stands.

    Raises:
        NotFound: the bid is another supplier's.
        Forbidden, WrongMoment: by `policy.can_complain`.
        Invalid: nothing is said against the decision. Fields: `grounds`, `asks`.
    """
    with transaction() as session:
        bid = own_bid(session, bid_reference, actor)
        stage = queries.held_stage(session, bid)
        told = queries.told_to(session, bid)
        ensure(policy.can_complain(actor, told=told is not None))
        said, wanted = grounds.strip(), asks.strip()
        _refuse_words(said, wanted)
        before = queries.of_bid(session, bid.id)
        assert told is not None  # the policy has said so
        for each in before:
            if each.open_since(told.at) and (each.grounds, each.asks) == (said, wanted):
                return each.number
        if len(before) >= MOST:
            raise WrongMoment(
                N_("You have complained many times. Write to the public body with anything more.")
            )
        row = AwardComplaint(
            stage_id=stage.id,
            bid_id=bid.id,
            number=queries.next_number(session, AwardComplaint, stage),
            way=Way.HERE,
            sender="",
            grounds=said,
            asks=wanted,
            arrived_at=min(arrived, clock.now()),
            recorded_at=clock.now(),
            recorded_by_id=actor.user_id,
            standstill_ends_at=told.ends_at,
        )
        _keep(session, stage, row, bid.reference, actor, clock)
        letters.tell_received(session, stage, row, told, bid, actor, clock)
        return row.number


def record(at: Where, received: Received, *, actor: Actor, clock: Clock) -> int:
    """Record a complaint that came by other means; give its number. It keeps contracts back as one
    that was made here does. The same recorded twice is one, by the same rule as there.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_record`.
        Invalid: something is missing. Fields: those of `Received`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        told = queries.told_of(session, stage)
        ensure(policy.can_record(actor, told=told is not None))
        assert told is not None  # the policy has said so
        now = clock.now()
        bids = {each.reference: each for each in queries.bids_of(session, stage)}
        bid = bids.get(received.bid)
        faults = {
            **({"bid": N_("Choose whose complaint it is")} if bid is None else {}),
            **text_faults(received.sender.strip(), "sender", N_("Enter who sent it"), SHORT_MOST),
            **({"way": N_("Choose how it came")} if received.way not in RECORDED_WAYS else {}),
            **_word_faults(received.grounds.strip(), received.asks.strip()),
        }
        fault = received_fault(received.received_at, told_at=told.at, now=now)
        if fault is not None:
            faults["received_at"] = fault
        refuse_all(faults)
        assert bid is not None  # refused before, as are these
        assert received.way is not None
        assert received.received_at is not None
        for each in queries.of_bid(session, bid.id):
            if each.open_since(told.at) and _tells(each, received):
                return each.number
        row = AwardComplaint(
            stage_id=stage.id,
            bid_id=bid.id,
            number=queries.next_number(session, AwardComplaint, stage),
            way=received.way,
            sender=received.sender.strip(),
            grounds=received.grounds.strip(),
            asks=received.asks.strip(),
            arrived_at=received.received_at,
            recorded_at=now,
            recorded_by_id=actor.user_id,
            standstill_ends_at=told.ends_at,
        )
        _keep(session, stage, row, bid.reference, actor, clock)
        letters.tell_received(session, stage, row, told, bid, actor, clock)
        return row.number


def take_back(bid_reference: str, number: int, *, actor: Actor, clock: Clock) -> None:
    """Take the own complaint back; what it kept back can be signed again.

    Raises:
        NotFound: the bid is another supplier's, or has no such complaint.
        Forbidden, WrongMoment: by `policy.can_take_back`.
    """
    with transaction() as session:
        bid = own_bid(session, bid_reference, actor)
        stage = queries.held_stage(session, bid)
        row = queries.own_complaint(session, bid.id, number)
        ensure(policy.can_take_back(actor, row.standing))
        session.add(
            ComplaintWithdrawal(
                complaint_id=row.id, withdrawn_by_id=actor.user_id, withdrawn_at=clock.now()
            )
        )
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.TAKEN_BACK,
            actor=actor,
            number=number,
            bid=bid.reference,
        )
        letters.tell_taken_back(session, stage, row, actor, clock)


def propose(
    at: Where, number: int, *, finding: Finding | None, reason: str, actor: Actor, clock: Clock
) -> None:
    """Propose what to decide about a complaint; an approver decides.

    Raises:
        NotFound: the challenge is another body's, or has no such complaint.
        Forbidden, WrongMoment: by `policy.can_propose`.
        Invalid: the finding or its reason is missing. Fields: `finding`, `reason`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        row = queries.complaint_numbered(session, stage, number)
        sat = queries.has_sat(session, stage, actor.user_id)
        ensure(policy.can_propose(actor, row.standing, on_panel=sat))
        faults = text_faults(
            reason.strip(), "reason", N_("Give the reason: whoever complained reads it"), TEXT_MOST
        )
        if finding is None:
            faults = {"finding": N_("Choose what you propose"), **faults}
        refuse_all(faults)
        assert finding is not None  # refused before
        session.add(
            ComplaintProposal(
                complaint_id=row.id,
                finding=finding,
                reason=reason.strip(),
                proposed_by_id=actor.user_id,
                proposed_at=clock.now(),
            )
        )
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.PROPOSED,
            actor=actor,
            number=number,
            bid=row.bid.reference,
            finding=finding.value,
            reason=reason.strip(),
        )
        letters.tell_approvers(session, stage, row, actor, clock)


def decide(
    at: Where,
    number: int,
    *,
    confirmed: bool,
    reason: str,
    seen: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Confirm what an officer proposed about a complaint, or return it. Whoever complained is told
    once it is confirmed.

    `seen` is the identifier of the proposal that the page showed.

    Raises:
        NotFound: the challenge is another body's, or has no such complaint.
        Forbidden, WrongMoment: by `policy.can_decide`; or another proposal stands now.
        Invalid: the reason is missing. Field: `reason`.
    """
    with transaction(taken=WrongMoment(_ANSWERED)) as session:
        stage = own_stage(session, at, actor, lock=True)
        row = queries.complaint_numbered(session, stage, number)
        proposal = row.proposal
        ensure(
            policy.can_decide(
                actor,
                row.standing,
                proposed_by_id=proposal.proposed_by_id if proposal else None,
                on_panel=queries.has_sat(session, stage, actor.user_id),
            )
        )
        assert proposal is not None  # the policy has said so
        if str(proposal.id) != seen:
            raise WrongMoment(N_("Another proposal stands now. Read it first."))
        refuse_all(text_faults(reason.strip(), "reason", N_("Give the reason"), TEXT_MOST))
        session.add(
            ComplaintAnswer(
                proposal_id=proposal.id,
                proposed_by_id=proposal.proposed_by_id,
                answered_by_id=actor.user_id,
                confirmed=confirmed,
                reason=reason.strip(),
                answered_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.DECIDED if confirmed else log_words.RETURNED,
            actor=actor,
            number=number,
            bid=row.bid.reference,
            finding=proposal.finding.value,
            reason=reason.strip(),
        )
        if confirmed:
            letters.tell_decided(session, stage, row, proposal, clock)
        else:
            letters.tell_returned(session, stage, row, proposal, reason.strip(), clock)


def _keep(
    session: Session, stage: Stage, row: AwardComplaint, bid: str, actor: Actor, clock: Clock
) -> None:
    session.add(row)
    session.flush()
    recording.append(
        session,
        stage,
        clock=clock,
        action=log_words.RECEIVED,
        actor=actor,
        number=row.number,
        bid=bid,
        way=row.way.value,
        arrived=write_instant(row.arrived_at),
        in_time=row.in_time,
        sha256=hashlib.sha256(f"{row.grounds}\n\n{row.asks}".encode()).hexdigest(),
    )


def _tells(row: AwardComplaint, received: Received) -> bool:
    return (row.way, row.arrived_at, row.sender, row.grounds, row.asks) == (
        received.way,
        received.received_at,
        received.sender.strip(),
        received.grounds.strip(),
        received.asks.strip(),
    )


def _refuse_words(grounds: str, asks: str) -> None:
    refuse_all(_word_faults(grounds, asks))


def _word_faults(grounds: str, asks: str) -> dict[str, str]:
    faults = text_faults(grounds, "grounds", N_("Say what is wrong with the decision"), TEXT_MOST)
    if asks:
        faults.update(text_faults(asks, "asks", "", TEXT_MOST))
    return faults
