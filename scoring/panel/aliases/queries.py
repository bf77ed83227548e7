"""Reads what was drawn at the beginning of scoring, and from whom names are withheld."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from bids.asking.queries import ShownQuery
from bids.elsewhere import log_words as elsewhere
from bids.log_words import READ
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages.models import StageRun
from marketplace.core.audit.models import LogEntry
from scoring.panel.aliases.models import BidAlias, ReadingOrder
from scoring.panel.aliases.policy import JUDGING
from scoring.panel.lifecycle import Seat
from scoring.panel.masking.finding import masked
from scoring.panel.masking.models import AnswerMask
from scoring.panel.models import Panel, PanelMember

_UNDER_NAMES = (READ, elsewhere.PUT_DOWN, elsewhere.READ, elsewhere.BROUGHT)


@dataclass(frozen=True)
class Drawn:
    """The seed of the orders of reading, empty before scoring, and each bid's word, if it has.

    `masks` are the words that the panel does not read in a bid's answers.
    """

    seed: bytes = b""
    words: Mapping[uuid.UUID, str] = field(default_factory=dict)
    masks: Mapping[uuid.UUID, Collection[str]] = field(default_factory=dict)

    def answer(self, bid_id: uuid.UUID, text: str) -> str:
        """Give an answer as the panel reads it."""
        return masked(text, self.masks.get(bid_id, ()))

    def answers(self, bid_id: uuid.UUID, texts: Mapping[str, str]) -> Mapping[str, str]:
        """Give answers by question as the panel reads them."""
        return {key: self.answer(bid_id, text) for key, text in texts.items()}

    def asked(
        self, queries: Mapping[uuid.UUID, Sequence[ShownQuery]]
    ) -> Mapping[uuid.UUID, Sequence[ShownQuery]]:
        """Give queries about bids as the panel reads them, by bid."""
        return {
            bid_id: [
                replace(
                    query,
                    text=self.answer(bid_id, query.text),
                    answer=None if query.answer is None else self.answer(bid_id, query.answer),
                    because=self.answer(bid_id, query.because),
                )
                for query in of_bid
            ]
            for bid_id, of_bid in queries.items()
        }


def drawn(session: Session, stage_id: uuid.UUID) -> Drawn:
    """Give what was drawn for a stage's panel, in one statement."""
    rows = session.execute(
        select(ReadingOrder.seed, BidAlias.bid_id, BidAlias.word, AnswerMask.words)
        .outerjoin(BidAlias, BidAlias.stage_id == ReadingOrder.stage_id)
        .outerjoin(AnswerMask, AnswerMask.bid_id == BidAlias.bid_id)
        .where(ReadingOrder.stage_id == stage_id)
    ).all()
    seed = rows[0].seed if rows else b""
    words: dict[uuid.UUID, str] = {}
    masks: dict[uuid.UUID, list[str]] = defaultdict(list)
    for _seed, bid_id, word, mask in rows:
        if bid_id is not None:
            words[bid_id] = word
        if mask is not None:
            masks[bid_id].append(mask)
    return Drawn(seed, words, masks)


def drawn_unnamed(session: Session, stage: Stage) -> Drawn:
    """Give what was drawn for bids without names; where names are not withheld nothing is asked."""
    return drawn(session, stage.id) if stage.names_withheld else Drawn()


def judges_unnamed(session: Session, reference: str, user_id: uuid.UUID) -> bool:
    """Tell whether somebody sits on a panel of a challenge that judges bids without their names."""
    judged = judged_unnamed(user_id).where(Challenge.reference == reference)
    return bool(session.scalar(select(judged.exists())))


def judged_unnamed(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """Select the challenges that somebody judges without the names of the bidders.

    From the naming of the panel until quality is locked; for evaluators and observers, who may have
    to judge again, until the decision is out or suppliers have gone on to the next stage.
    """
    return (
        select(Challenge.id)
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(Panel, Panel.stage_id == Stage.id)
        .join(PanelMember, PanelMember.stage_id == Panel.stage_id)
        .where(
            PanelMember.user_id == user_id,
            PanelMember.left_at.is_(None),
            or_(Panel.quality_locked_at.is_(None), PanelMember.seat != Seat.CHAIR),
            Stage.names_withheld,
            Challenge.state.in_(JUDGING),
            Stage.id.not_in(select(StageRun.stage_id).where(StageRun.state == State.ADVANCED)),
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
