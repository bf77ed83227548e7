"""Invites suppliers to the next stage, and begins that stage: what they write for it, or nothing.

A stage begins as publication begins the first one: with its closing instant, a key of its own that
bids are sealed to, and the officers who may open them. Or suppliers are only heard; then nothing is
sealed, and the panel can begin at once.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bids import drafts, envelopes, log_words, policy
from bids.documents import Content
from bids.inviting import letters, queries
from bids.inviting.policy import can_be_heard, can_open_stage, closing_fault
from bids.inviting.taking_back import invited_before, may_begin
from bids.lifecycle import BidEvent, BidState, after
from bids.models import Bid
from bids.queries import latest_submission
from bids.service.drafting import EMPTY, mark_changed, new_reference
from bids.service.loading import locked_bid, locked_bids
from bids.team.document import subcontractors
from challenges import log_words as challenge_words
from challenges import openers
from challenges.frozen import frozen_evaluation
from challenges.lifecycle import Event
from challenges.models import Stage
from challenges.queries import own_challenge
from challenges.service import await_closing
from challenges.stages import running
from challenges.stages.kinds import Source
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import sealing


def invite(
    session: Session, stage: Stage, bids: Sequence[Bid], *, actor: Actor, clock: Clock
) -> Stage:
    """Let the suppliers of some bids of a stage go on, and give the stage they are invited to.

    It is called in the transaction that confirms who goes on, which holds the challenge's row
    locked and has recorded that: so nobody is ever invited without it, nor it confirmed without
    the invitations. From here on the stage they come from is over.

    Raises:
        ValueError: nobody goes on, or one of the bids is another stage's.
        LookupError: no later stage is judged.
        WrongMoment: the stage is not being evaluated.
    """
    if not bids or any(bid.stage_id != stage.id for bid in bids):
        raise ValueError("those who go on have bids in the stage that they come from")
    challenge = stage.challenge
    following = running.next_judged(challenge, stage)
    if following is None:
        raise LookupError(f"no stage follows stage {stage.ordinal} of {challenge.reference}")
    running.go_on(session, stage, actor=actor, clock=clock)
    now = clock.now()
    # Who was invited by a decision that was taken back keeps the bid that it had then.
    before = invited_before(session, bids)
    for each in before.values():
        each.state = after(each.state, BidEvent.INVITE)
        mark_changed(each, clock)
    invited = [
        before.get(bid.id)
        or Bid(
            reference=new_reference(),
            challenge_id=challenge.id,
            stage_id=following.id,
            supplier_id=bid.supplier_id,
            state=BidState.INVITED,
            created_by_id=actor.user_id,
            created_at=now,
            changed_at=now,
            copy_key_id=sealing.new_copy(session, clock).id,
            previous_id=bid.id,
        )
        for bid in bids
    ]
    session.add_all(invited)
    session.flush()
    letters.tell_invited(session, following, invited, clock)
    log.append(
        session,
        clock=clock,
        action=log_words.INVITED,
        chain=challenge.reference,
        actor=actor,
        **running.said(following),
        count=len(invited),
        bids={bid.reference: each.reference for bid, each in zip(bids, invited, strict=True)},
    )
    return following


def open_stage(
    reference: str,
    number: int,
    *,
    source: Source,
    closes_at: datetime | None = None,
    openers_named: Collection[uuid.UUID] = (),
    actor: Actor,
    clock: Clock,
) -> None:
    """Begin a stage for the suppliers who were invited to it, and tell them.

    `openers_named` are the officers who may open the bids, at least three, any two of whom do.
    Where suppliers are only heard there is nothing to close and nothing to open.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such stage.
        Forbidden, WrongMoment: by `policy.can_open_stage`.
        Invalid: the closing instant is missing or will not do; fewer than three officers are
            named; or suppliers cannot only be heard, for the stage asks for something.
        PlanDiffers: the stored criteria are not those that were published.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        stage = running.stage_at(challenge, number)
        invited = [each for each in locked_bids(session, stage) if each.state is BidState.INVITED]
        now = clock.now()
        ensure(
            can_open_stage(
                actor,
                own=challenge.buyer_id == actor.organisation_id,
                state=running.state_of(challenge, stage, now),
                invited=len(invited),
            )
        )
        ensure(may_begin(session, stage))
        frozen_evaluation(session, stage)
        asked = drafts.asked_of(stage)
        if source is Source.HEARD and not can_be_heard(
            price=asked.price,
            files=asked.files is not None,
            names_withheld=stage.names_withheld,
        ):
            message = N_(
                "This stage asks for a price or for files, or is judged without names, so "
                "suppliers must write."
            )
            raise Invalid(message, {"source": message})
        if (fault := closing_fault(source, closes_at, now)) is not None:
            raise Invalid(fault, {"closes_at": fault})
        if source is Source.HEARD:
            _hear(session, stage, invited, actor, clock)
        else:
            named = openers.chosen(session, challenge, openers_named)
            stage.closes_at = closes_at
            stage.sealing_key_id = sealing.new_closing(session, clock).id
            running.begin(session, stage, source, Event.OPEN_STAGE, actor=actor, clock=clock)
            await_closing(session, stage, clock)
            letters.tell_begun(session, stage, invited, clock)
            _record(session, stage, source, actor, clock)
            openers.name(session, stage, named, actor, clock)


def _hear(
    session: Session, stage: Stage, invited: Sequence[Bid], actor: Actor, clock: Clock
) -> None:
    """Begin a stage in which suppliers are heard: each of them takes part as it came."""
    stage.closes_at = None
    running.begin(session, stage, Source.HEARD, Event.HEAR, actor=actor, clock=clock)
    for bid in invited:
        bid.state, bid.unsealed = after(bid.state, BidEvent.HEAR), True
        mark_changed(bid, clock)
    session.flush()
    letters.tell_heard(session, stage, invited, clock)
    _record(session, stage, Source.HEARD, actor, clock)


def _record(session: Session, stage: Stage, source: Source, actor: Actor, clock: Clock) -> None:
    challenge = stage.challenge
    session.refresh(stage, ["sealing_key"])
    log.append(
        session,
        clock=clock,
        action=challenge_words.STAGE_OPENED,
        chain=challenge.reference,
        actor=actor,
        **running.said(stage),
        plan=challenge.plan.sha256 if challenge.plan else None,
        source=source.value,
        closes_at=stage.closes_at and write_instant(stage.closes_at),
        sealing_key=stage.sealing_key.recipient if stage.sealing_key else None,
    )


def start_invited(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Begin to write for a stage that the supplier is invited to; begun before, it is left so.

    What it said before of the contract, of the use of AI, of adjustments and of subcontractors is
    there again, to be changed where that has changed. Partners are asked anew, for each of them
    declares for itself.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `bids.policy.can_start`.
    """
    with transaction() as session:
        bid, _challenge = locked_bid(session, reference, actor)
        if bid.draft_key_id is not None:
            return
        ensure(policy.can_start(actor, bid.standing, bid.stage.closes_at, clock.now()))
        bid.state = after(bid.state, BidEvent.START)
        drafts.begin(session, bid, _carried(session, bid), clock)
        mark_changed(bid, clock)


def _carried(session: Session, bid: Bid) -> Content:
    """Give what is carried from the last bid that was written; nothing where it cannot be read."""
    for earlier in queries.earlier_bids(session, bid):
        submitted = latest_submission(session, earlier)
        if submitted is None:
            continue
        try:
            said = envelopes.own_document(session, earlier, submitted).content
        except envelopes.Unreadable:
            return EMPTY
        return replace(
            EMPTY,
            contract_accepted=said.contract_accepted,
            contract_points=said.contract_points,
            ai_statement=said.ai_statement,
            adjustments=said.adjustments,
            team=tuple(subcontractors(said.team)),
        )
    return EMPTY
