"""Invites suppliers to the next stage, once it is decided who goes on."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bids import log_words
from bids.inviting import letters
from bids.lifecycle import BidState
from bids.models import Bid
from bids.service.drafting import new_reference
from challenges.models import Stage
from challenges.stages import running
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor
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
    invited = [
        Bid(
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
