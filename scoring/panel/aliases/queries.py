"""Reads what was drawn at the beginning of scoring, and from whom names are withheld."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from bids.elsewhere import log_words as elsewhere
from bids.log_words import READ
from challenges.models import Challenge, Stage
from marketplace.core.audit.models import LogEntry
from scoring.panel.aliases.models import BidAlias, ReadingOrder
from scoring.panel.aliases.policy import JUDGING
from scoring.panel.lifecycle import Seat
from scoring.panel.models import Panel, PanelMember

_UNDER_NAMES = (READ, elsewhere.PUT_DOWN, elsewhere.READ, elsewhere.BROUGHT)


@dataclass(frozen=True)
class Drawn:
    """The seed of the orders of reading, empty before scoring, and each bid's word, if it has."""

    seed: bytes
    words: Mapping[uuid.UUID, str]


def drawn(session: Session, stage_id: uuid.UUID) -> Drawn:
    """Give what was drawn for a stage's panel, in one statement."""
    rows = session.execute(
        select(ReadingOrder.seed, BidAlias.bid_id, BidAlias.word)
        .outerjoin(BidAlias, BidAlias.stage_id == ReadingOrder.stage_id)
        .where(ReadingOrder.stage_id == stage_id)
    ).all()
    seed = rows[0].seed if rows else b""
    return Drawn(seed, {row.bid_id: row.word for row in rows if row.bid_id is not None})


def words_of(session: Session, stage: Stage) -> Mapping[uuid.UUID, str]:
    """Give each bid's word; where names are not withheld nothing is asked."""
    return drawn(session, stage.id).words if stage.names_withheld else {}


def judges_unnamed(session: Session, reference: str, user_id: uuid.UUID) -> bool:
    """Tell whether somebody sits on a panel of a challenge that judges bids without their names.

    From the naming of the panel until quality is locked; for evaluators and observers, who may have
    to judge again, until the decision is out.
    """
    return bool(
        session.scalar(
            select(
                exists()
                .where(PanelMember.user_id == user_id, PanelMember.left_at.is_(None))
                .where(
                    Panel.stage_id == PanelMember.stage_id,
                    or_(Panel.quality_locked_at.is_(None), PanelMember.seat != Seat.CHAIR),
                )
                .where(
                    Stage.id == Panel.stage_id,
                    Stage.names_withheld,
                    Challenge.id == Stage.challenge_id,
                    Challenge.reference == reference,
                    Challenge.state.in_(JUDGING),
                )
            )
        )
    )


def read_under_names(session: Session, stage: Stage) -> frozenset[uuid.UUID]:
    """Give the people who read bids of a stage on the officers' pages, which name the bidders, as
    the log has it; and those who put bids from elsewhere down, or brought them in."""
    entries = session.scalars(
        select(LogEntry).where(
            LogEntry.chain == stage.challenge.reference, LogEntry.action.in_(_UNDER_NAMES)
        )
    )
    return frozenset(
        uuid.UUID(entry.actor_id)
        for entry in entries
        # What is read on the panel's pages has the label of who reads.
        if entry.actor_id is not None
        and "label" not in entry.fields
        and entry.fields.get("stage", 1) == stage.ordinal
    )
