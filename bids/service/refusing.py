"""Records attempts that were refused: bids sent too late, bids read by whom they are not for."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import log_words, opened, openings
from bids.lifecycle import TooLate
from bids.models import Bid
from challenges.models import Challenge, Stage
from challenges.stages.standing import said
from marketplace.core.audit import refusals
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.stages import FIRST
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.permissions import Actor, Permission

# Why somebody was refused: not their organisation's, not in their role, not at that moment.
ORGANISATION, ROLE, MOMENT = "organisation", "role", "moment"
# And why an opening was: a wrong passphrase, not one of those named, no second step at sign-in.
PASSPHRASE, NOT_NAMED, SECOND_STEP = "passphrase", "not named", "second step"


def record_too_late(
    reference: str, what: str, *, refusal: TooLate, actor: Actor, clock: Clock
) -> None:
    """Record that a bid of the actor's organisation was refused as too late.

    `what` is `submit` or `withdraw`.
    """
    bid = db.session.scalar(
        select(Bid).where(Bid.reference == reference, Bid.supplier_id == actor.organisation_id)
    )
    if bid is None:
        return
    refusals.record(
        log_words.REFUSED,
        chain=bid.challenge.reference,
        actor=actor,
        clock=clock,
        same={
            **said(bid.stage),
            "bid": reference,
            "what": what,
            "reason": refusal.lateness.value,
            "closes_at": write_instant(refusal.closes_at),
        },
        arrived=write_instant(refusal.arrived),
    )


def record_refused_reading(
    status: int,
    page: str,
    *,
    challenge: str | None,
    bid: str | None,
    actor: Actor,
    clock: Clock,
    stage: int = FIRST,
) -> None:
    """Record that somebody asked for a page with bids on it and was refused.

    `status` is the answer's (403, 404 or 409), `page` names what was asked for, `challenge`,
    `bid` and `stage` are as they stood in the address. What does not exist is not recorded, nor is
    a page that an actor may have and that merely has nothing to show.
    """
    session: Session = db.session()
    found = _asked_for(session, challenge, bid, stage)
    if found is None:
        return
    if actor.organisation_id == found["supplier"]:
        return  # its own bid
    own = actor.organisation_id == found["buyer"]
    if status == 404 and own and (found["opened"] or found["bid"] is None):
        return
    reason = ORGANISATION if not own else ROLE if status == 403 else MOMENT
    refusals.record(
        log_words.READ_REFUSED,
        chain=found["chain"],
        actor=actor,
        clock=clock,
        same={**found["said"], "bid": found["bid"], "reason": reason},
        page=page,
    )


def record_refused_opening(
    status: int,
    *,
    challenge: str | None,
    second_factor: bool,
    actor: Actor,
    clock: Clock,
    stage: int = FIRST,
) -> None:
    """Record that somebody tried to open bids and was refused.

    `status` is the answer's: 403, 404, 409, or 422 where the passphrase was wrong.
    `second_factor` tells whether this sign-in was made with one.
    """
    session: Session = db.session()
    found = _asked_for(session, challenge, None, stage)
    if found is None:
        return
    if actor.organisation_id != found["buyer"]:
        reason = ORGANISATION
    elif status != 403:
        reason = PASSPHRASE if status == 422 else MOMENT
    elif not actor.may(Permission.BID_OPEN):
        reason = ROLE
    elif not openings.is_named(session, found["stage"], actor.user_id):
        reason = NOT_NAMED
    else:
        reason = ROLE if second_factor else SECOND_STEP
    refusals.record(
        log_words.OPENING_REFUSED,
        chain=found["chain"],
        actor=actor,
        clock=clock,
        same={**found["said"], "reason": reason},
    )


def _asked_for(
    session: Session, challenge: str | None, bid: str | None, stage: int
) -> dict[str, Any] | None:
    """Find what an address names: by the challenge, and the bid in it; or by the bid alone.

    The stage is that of the bid, where it is one of this challenge.
    """
    session.rollback()
    query = select(Challenge, Stage).join(Stage, Stage.challenge_id == Challenge.id)
    of_bid = None
    if bid is not None:
        named = select(Bid.supplier_id, Bid.stage_id, Challenge.reference).join(
            Challenge, Challenge.id == Bid.challenge_id
        )
        of_bid = session.execute(named.where(Bid.reference == bid)).one_or_none()
    inside = of_bid is not None and challenge in (None, of_bid.reference)
    if of_bid is not None and inside:
        query = query.where(Stage.id == of_bid.stage_id)
    elif challenge is not None:
        query = query.where(Challenge.reference == challenge, Stage.ordinal == stage)
    else:
        return None
    row = session.execute(query).unique().one_or_none()
    if row is None:
        return None
    found, at = row.tuple()
    return {
        "chain": found.reference,
        "stage": at.id,
        "said": said(at),
        "buyer": found.buyer_id,
        "supplier": of_bid.supplier_id if of_bid is not None and inside else None,
        "bid": bid if inside else None,
        "opened": opened.is_opened(session, at.id),
    }
