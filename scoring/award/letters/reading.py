"""Gives a bidder its own letters, and keeps when the first of its people read each."""

import uuid

from sqlalchemy.orm import Session

from challenges.stages import recording
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound
from marketplace.core.papers import Letterhead, Paper
from marketplace.core.permissions import Actor
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import queries as awards
from scoring.award.letters import log_words, queries
from scoring.award.letters.models import Letter


def read(bid_reference: str, letter_id: uuid.UUID, *, actor: Actor, clock: Clock) -> Letter:
    """Give a letter to the actor's supplier, and keep that it was read, the first time.

    Raises:
        NotFound: the bid is another supplier's, or it has no such letter to be read.
    """
    with transaction() as session:
        bid = awards.own_outcome_bid(session, bid_reference, actor.organisation_id)
        letter = next(
            (each for each in queries.own_letters(session, bid.id) if each.id == letter_id), None
        )
        if letter is None or letter.content is None:
            raise NotFound(N_("There is no such letter."))
        if letter.read_at is None:
            letter.read_at, letter.read_by_id = clock.now(), actor.user_id
            stage = letter.batch.stage
            recording.append(
                session,
                stage,
                clock=clock,
                action=log_words.READ,
                actor=actor,
                bid=bid.reference,
                letter=letter.kind.value,
            )
        return letter


def paper(session: Session, letter: Letter) -> Paper:
    """Give a letter that went out as it did."""
    head = queries.sent_head(session, letter.batch) or Letterhead("")
    return queries.paper_of(letter.content or {}, head)
