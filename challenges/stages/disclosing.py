"""Reads a challenge's chain as everybody may have it once its bids were opened."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.log_words import STAGE_OPENED
from challenges.models import Challenge
from challenges.stages.running import last_entry, stored_state
from marketplace.core.audit import chain_reading, log


def disclosed(session: Session, reference: str) -> Challenge | None:
    """Give a published challenge whose chain is disclosed to everybody; None where it is not."""
    challenge = session.scalar(
        select(Challenge).where(
            Challenge.reference == reference, Challenge.published_at.is_not(None)
        )
    )
    return challenge if challenge and log.is_disclosed(session, reference) else None


def sealed_from(session: Session, challenge: Challenge) -> int | None:
    """Give the place from which on entries are about a later stage whose bids are still sealed."""
    for stage in challenge.stages:
        if stage.ordinal > 1 and stored_state(challenge, stage) is State.OPEN:
            began = last_entry(session, stage, STAGE_OPENED)
            return None if began is None else began.n
    return None


def public_file(session: Session, reference: str) -> bytes | None:
    """Give a disclosed chain as a file, with the values that everybody may see.

    None where there is no such challenge, its chain is not disclosed, or no checkpoint covers any
    of it.
    """
    challenge = disclosed(session, reference)
    if challenge is None:
        return None
    return chain_reading.chain_file(
        session, reference, log.public_fields, sealed_from(session, challenge)
    )
