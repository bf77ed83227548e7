"""Records attempts that were refused: bids sent too late, bids read by whom they are not for."""

from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from bids import log_words, opened, openings
from bids.lifecycle import TooLate
from bids.models import Bid
from challenges.models import Challenge, Stage
from marketplace.core.audit import refusals
from marketplace.core.audit.entries import write_instant
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
    chain = db.session.scalar(
        select(Challenge.reference)
        .join(Bid, Bid.challenge_id == Challenge.id)
        .where(Bid.reference == reference, Bid.supplier_id == actor.organisation_id)
    )
    if chain is None:
        return
    refusals.record(
        log_words.REFUSED,
        chain=chain,
        actor=actor,
        clock=clock,
        same={
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
) -> None:
    """Record that somebody asked for a page with bids on it and was refused.

    `status` is the answer's (403, 404 or 409), `page` names what was asked for, `challenge` and
    `bid` are references as they stood in the address. What does not exist is not recorded, nor is
    a page that an actor may have and that merely has nothing to show.
    """
    session: Session = db.session()
    found = _asked_for(session, challenge, bid)
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
        same={"bid": found["bid"], "reason": reason},
        page=page,
    )


def record_refused_opening(
    status: int, *, challenge: str | None, second_factor: bool, actor: Actor, clock: Clock
) -> None:
    """Record that somebody tried to open bids and was refused.

    `status` is the answer's: 403, 404, 409, or 422 where the passphrase was wrong.
    `second_factor` tells whether this sign-in was made with one.
    """
    session: Session = db.session()
    found = _asked_for(session, challenge, None)
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
        same={"reason": reason},
    )


def _asked_for(session: Session, challenge: str | None, bid: str | None) -> dict[str, Any] | None:
    """Find what an address names: by the challenge, and the bid in it; or by the bid alone."""
    session.rollback()
    query = select(
        Challenge.reference.label("chain"), Challenge.buyer_id, Stage.id.label("stage_id")
    ).join(Stage, and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1))
    of_bid = None
    if bid is not None:
        named = select(Bid.reference, Bid.supplier_id, Bid.stage_id).where(Bid.reference == bid)
        of_bid = session.execute(named).one_or_none()
    if challenge is not None:
        row = session.execute(query.where(Challenge.reference == challenge)).first()
    elif of_bid is not None:
        row = session.execute(query.where(Stage.id == of_bid.stage_id)).first()
    else:
        row = None
    if row is None:
        return None
    inside = of_bid is not None and of_bid.stage_id == row.stage_id
    return {
        "chain": row.chain,
        "stage": row.stage_id,
        "buyer": row.buyer_id,
        "supplier": of_bid.supplier_id if of_bid is not None and inside else None,
        "bid": bid if inside else None,
        "opened": opened.is_opened(session, row.stage_id),
    }
