"""Reads what the pages of moderation show: each cell's scores side by side, and what was agreed.

The policy opens these to members alone, once everybody has submitted.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from statistics import mean, median

from sqlalchemy.orm import Session

from bids.asking import queries as bid_queries
from bids.asking.queries import ShownQuery
from bids.documents import Attachment
from bids.opened_bid import FLAW_WORDS
from bids.queries import opened_bids
from challenges.kinds import Combine
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.engine.numbers import display_text
from scoring.panel import declarations, queries
from scoring.panel.aliases import queries as aliases
from scoring.panel.aliases.files import as_given
from scoring.panel.desk import notes
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.queries import Bidder, Meeting, Question


@dataclass(frozen=True)
class GivenScore:
    """One evaluator's score with its reason, as the panel sees it in moderation."""

    label: str
    name: str
    value: Decimal
    rationale: str
    correction_reason: str | None


@dataclass(frozen=True)
class AgreedScore:
    """A score the panel agreed; `present` are the names of those who were there."""

    value: Decimal
    rationale: str
    present: Sequence[str]
    present_labels: frozenset[str]
    recorded_by: str
    recorded_at: datetime
    # It stands no longer: somebody who was present was recused later.
    void: bool = False


Agreed = Mapping[tuple[uuid.UUID, uuid.UUID], Sequence[AgreedScore]]


@dataclass(frozen=True)
class ModerationCell:
    """What the panel has to agree: one bid on one question."""

    question: Question
    bidder: Bidder
    scores: Sequence[GivenScore]
    agreed: AgreedScore | None
    combine: Combine = Combine.CONSENSUS

    @property
    def counts(self) -> str | None:
        """Give, as shown, the score that counts where those given stand: their mean or median."""
        given = [Fraction(score.value) for score in self.scores]
        if not given or self.combine is Combine.CONSENSUS:
            return None
        whole = mean(given) if self.combine is Combine.MEAN else median(given)
        return display_text(whole, 2)

    @property
    def open(self) -> bool:
        """Tell whether a score has still to be agreed."""
        return self.combine is Combine.CONSENSUS and self.agreed is None

    @property
    def lowest(self) -> Decimal | None:
        """Give the lowest individual score."""
        return min((score.value for score in self.scores), default=None)

    @property
    def highest(self) -> Decimal | None:
        """Give the highest individual score."""
        return max((score.value for score in self.scores), default=None)

    @property
    def difference(self) -> Decimal:
        """Give the highest less the lowest, in points of the scale."""
        if self.lowest is None or self.highest is None:
            return Decimal(0)
        return self.highest - self.lowest

    @property
    def spread(self) -> Fraction:
        """Give the difference as a part of the scale, 0..1, so that scales compare exactly."""
        return Fraction(self.difference) / Fraction(self.question.max_score)


def moderation_list(session: Session, found: Meeting) -> list[ModerationCell]:
    """Give what there is to agree, the widest difference first, then by question and bidder.

    Where scores stand, there is nothing to agree, and it is there to look at.

    A member does not get the bids they are recused from. Call only after the policy has allowed
    the actor to see all scores.
    """
    return _cells(
        session,
        found,
        queries.bidders(session, found.stage.id, named=found.names_open),
        declarations.recusals(session, found.stage.id),
        _agreed_scores(session, found),
    )


def _cells(
    session: Session,
    found: Meeting,
    all_bidders: Sequence[Bidder],
    kept_apart: Set[tuple[uuid.UUID, uuid.UUID]],
    agreed: Agreed,
) -> list[ModerationCell]:
    names = {member.label: member.user.name for member in found.members}
    by_cell: dict[tuple[uuid.UUID, uuid.UUID], list[GivenScore]] = defaultdict(list)
    for score in queries.current_scores(session, found.stage.id):
        if (score.member_id, score.bid_id) not in kept_apart:
            label = score.member.label
            by_cell[(score.bid_id, score.criterion_id)].append(
                GivenScore(
                    label, names[label], score.value, score.rationale, score.correction_reason
                )
            )
    cells = [
        ModerationCell(
            question=question,
            bidder=bidder,
            scores=sorted(
                by_cell[(bidder.bid_id, question.id)],
                key=lambda score: queries.numbered(score.label),
            ),
            agreed=_standing(agreed.get((bidder.bid_id, question.id), [])),
            combine=found.stage.combine,
        )
        for question in queries.questions(found.stage)
        for bidder in queries.valid(all_bidders)
        if (found.own_seat.id, bidder.bid_id) not in kept_apart
    ]
    return sorted(cells, key=lambda cell: -cell.spread)


def _standing(scores: Sequence[AgreedScore]) -> AgreedScore | None:
    """Give the agreed score that counts, out of all that were recorded of a cell."""
    return scores[-1] if scores and not scores[-1].void else None


def _agreed_scores(session: Session, found: Meeting) -> Agreed:
    """Give every agreed score by cell, in the order of recording: the last one counts."""
    names = {member.label: member.user.name for member in found.members}
    agreed: dict[tuple[uuid.UUID, uuid.UUID], list[AgreedScore]] = defaultdict(list)
    for each in queries.all_consensus(session, found.stage.id):
        row = each.score
        labels = row.present.split(", ")
        agreed[(row.bid_id, row.criterion_id)].append(
            AgreedScore(
                value=row.value,
                rationale=row.rationale,
                present=[names.get(label, label) for label in labels],
                present_labels=frozenset(labels),
                recorded_by=row.recorded_by.name,
                recorded_at=row.recorded_at,
                void=each.void,
            )
        )
    return agreed


@dataclass(frozen=True)
class CellPage:
    """One cell in moderation: the bid's answer, everybody's scores, what was agreed so far.

    Plain values throughout: the page outlives the transaction that recorded its reading.
    `may_be_present` are label, name and seat of the members who may deal with the bid;
    `last_present` the labels recorded last, on any cell; `flaw` says what is wrong with a bid that
    is not as it was submitted; `asked` what its bidder was asked after the opening, as far as the
    panel may see it; `files` what goes with the bid, if it is as it was submitted.
    """

    reference: str
    challenge_title: str
    phase: PanelPhase | None
    chairs: bool
    cell: ModerationCell
    answer: str
    flaw: str | None
    asked: Sequence[ShownQuery]
    files: Sequence[Attachment]
    scale: Sequence[tuple[Decimal, str]]
    earlier: Sequence[AgreedScore]
    may_be_present: Sequence[tuple[str, str, Seat]]
    last_present: frozenset[str]
    next_cell: ModerationCell | None
    left: int
    note: str


def cell_page(session: Session, found: Meeting, key: str, handle: str) -> CellPage:
    """Give one cell with the bid's answer.

    Only `service.read_cell` calls this: it asks the policy and records the read.

    Raises:
        NotFound: there is no such question or valid bid, or the actor is recused from it.
    """
    queries.load_scales(session, found.stage)
    opened = {bid.bid_id: bid for bid in opened_bids(session, found.stage.id)}
    kept_apart = declarations.recusals(session, found.stage.id)
    agreed = _agreed_scores(session, found)
    drawn = aliases.drawn_unnamed(session, found.stage)
    bidders = queries.bidders_of(opened.values(), drawn.words, named=found.names_open)
    cells = _cells(session, found, bidders, kept_apart, agreed)
    place = next(
        (
            index
            for index, cell in enumerate(cells)
            if (cell.question.key, cell.bidder.handle) == (key, handle)
        ),
        None,
    )
    if place is None:
        raise NotFound(N_("There is no such score to agree."))
    cell = cells[place]
    bid_id = cell.bidder.bid_id
    latest = max(
        (score for scores in agreed.values() for score in scores),
        key=lambda score: score.recorded_at,
        default=None,
    )
    # What is still to agree; where scores stand, whatever comes next in the list.
    following = (
        cells[place + 1 :]
        if found.stage.scores_stand
        else [other for other in cells[place + 1 :] + cells[:place] if other.open]
    )
    return CellPage(
        reference=found.challenge.reference,
        challenge_title=found.challenge.title,
        phase=found.phase,
        chairs=found.own_seat.seat is Seat.CHAIR,
        cell=cell,
        answer=drawn.answer(bid_id, opened[bid_id].answers.get(key, "")),
        flaw=None if (flaw := opened[bid_id].flaw) is None else FLAW_WORDS[flaw],
        asked=drawn.asked(bid_queries.shown_to_panel(session, [bid_id], key)).get(bid_id, ()),
        files=as_given(cell.bidder, opened[bid_id].attachments) if opened[bid_id].intact else (),
        scale=queries.scale(found.stage, cell.question),
        earlier=[
            score
            for score in agreed.get((bid_id, cell.question.id), [])
            if score is not cell.agreed
        ],
        may_be_present=[
            (member.label, member.user.name, member.seat)
            for member in found.members
            if (member.id, bid_id) not in kept_apart
        ],
        last_present=latest.present_labels if latest else frozenset(),
        next_cell=following[0] if following else None,
        left=sum(other.open for other in cells),
        # Whoever has notes sees their own, and nobody else's.
        note=notes.own(session, found.own_seat).get((bid_id, cell.question.id), "")
        if found.own_seat.seat is Seat.EVALUATOR
        else "",
    )
