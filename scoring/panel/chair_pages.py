"""Reads what the chair's and the body's pages show: who has done what, open interests, moderation.

Until moderation begins these give counts and instants only; scores and reasons come from
`moderation_list` and `cell_page`, which the policy opens to members alone.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.asking import queries as bid_queries
from bids.asking.queries import ShownQuery
from bids.documents import Attachment
from bids.opened import FLAW_WORDS
from bids.queries import opened_bids
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.panel import queries
from scoring.panel.desk import notes
from scoring.panel.lifecycle import Interest, Obstacle, PanelPhase, Seat
from scoring.panel.models import PanelMember, ScoreDraft
from scoring.panel.queries import Bidder, DeclaredInterest, Meeting, Question


@dataclass(frozen=True)
class MemberProgress:
    """How far one member has come, in counts and instants, never in scores."""

    member: PanelMember
    undecided: int
    recused_from: Sequence[Bidder]
    expected: int
    written: int
    # Those an evaluator scores, where it is not all of them.
    questions: Sequence[Question]


@dataclass(frozen=True)
class PanelPage:
    """The panel as the chair and the body's people see it."""

    meeting: Meeting
    bidders: Sequence[Bidder]
    progress: Sequence[MemberProgress]
    left: Sequence[PanelMember]
    obstacles: Sequence[Obstacle]
    marked: Sequence[str]
    cells: int
    agreed: int

    @property
    def waiting(self) -> list[PanelMember]:
        """Give the evaluators who have not submitted."""
        return [m for m in self.meeting.evaluators if m.scores_submitted_at is None]

    @property
    def undecided(self) -> int:
        """Count the interests that wait for a decision."""
        return sum(row.undecided for row in self.progress)


def panel_page(session: Session, found: Meeting) -> PanelPage:
    """Give who has done what on a named panel.

    Raises:
        WrongMoment: no panel has been named.
    """
    panel = found.named_panel
    stage = found.stage
    all_bidders = queries.bidders(session, stage.id)
    interests = queries.declared_interests(session, stage.id)
    kept_apart = queries.recused_pairs(interests)
    undecided = Counter(item.declaration.member_id for item in interests if item.open)
    written: Mapping[uuid.UUID, int] = {}
    if panel.scoring_began_at is not None:
        written = dict(
            session.execute(
                select(ScoreDraft.member_id, func.count())
                .join(PanelMember, PanelMember.id == ScoreDraft.member_id)
                .where(
                    PanelMember.stage_id == stage.id,
                    ScoreDraft.value.is_not(None),
                    ScoreDraft.rationale != "",
                )
                .group_by(ScoreDraft.member_id)
            )
            .tuples()
            .all()
        )
    progress = []
    for member in found.members:
        scores = member.seat is Seat.EVALUATOR
        expected = len(queries.expected_cells(member, stage, all_bidders, kept_apart))
        submitted = member.scores_submitted_at is not None
        progress.append(
            MemberProgress(
                member=member,
                undecided=undecided[member.id],
                recused_from=[b for b in all_bidders if (member.id, b.bid_id) in kept_apart],
                expected=expected if scores else 0,
                # What was written on a question that is theirs no longer does not count.
                written=expected if submitted else min(written.get(member.id, 0), expected),
                questions=queries.questions_of(member, stage) if member.assigned else [],
            )
        )
    valid = queries.valid(all_bidders)
    marked = queries.marked_undecided(session, stage.id)
    return PanelPage(
        meeting=found,
        bidders=all_bidders,
        progress=progress,
        left=[m for m in queries.seats(session, stage.id) if m.left_at is not None],
        obstacles=queries.obstacles(found.members, all_bidders, interests, stage, marked),
        marked=marked,
        cells=len(valid) * len(queries.questions(stage)),
        agreed=_agreed_count(session, found, valid),
    )


def _agreed_count(session: Session, found: Meeting, valid: Sequence[Bidder]) -> int:
    if found.named_panel.moderation_began_at is None:
        return 0
    counted = {bidder.bid_id for bidder in valid}
    return sum(row.bid_id in counted for row in queries.current_consensus(session, found.stage.id))


@dataclass(frozen=True)
class InterestRow:
    """One declared interest, of whom, in whom."""

    member: PanelMember
    bidder: Bidder
    found: DeclaredInterest


def interest_rows(session: Session, found: Meeting) -> list[InterestRow]:
    """Give the declared interests of those who sit: the undecided first, then by bidder."""
    members = {member.id: member for member in found.members}
    bidders = {bidder.bid_id: bidder for bidder in queries.bidders(session, found.stage.id)}
    rows = [
        InterestRow(members[item.declaration.member_id], bidders[item.declaration.bid_id], item)
        for item in queries.declared_interests(session, found.stage.id)
        if item.declaration.interest is Interest.DECLARED
    ]
    return sorted(
        rows,
        key=lambda row: (
            row.found.decision is not None,
            row.bidder.supplier_name.casefold(),
            row.member.label,
        ),
    )


def interest_row(session: Session, found: Meeting, label: str, bid_reference: str) -> InterestRow:
    """Give one declared interest.

    Raises:
        NotFound: the member declared none in that bidder, or there is no such member.
    """
    for row in interest_rows(session, found):
        if (row.member.label, row.bidder.reference) == (
            label,
            bid_reference,
        ) and not row.found.late:
            return row
    raise NotFound(N_("This member declared no interest in that bidder."))


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


@dataclass(frozen=True)
class ModerationCell:
    """What the panel has to agree: one bid on one question."""

    question: Question
    bidder: Bidder
    scores: Sequence[GivenScore]
    agreed: AgreedScore | None

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

    A member does not get the bids they are recused from. Call only after the policy has allowed
    the actor to see all scores.
    """
    return _cells(
        session,
        found,
        queries.bidders(session, found.stage.id),
        queries.recusals(session, found.stage.id),
        _agreed_scores(session, found),
    )


Agreed = Mapping[tuple[uuid.UUID, uuid.UUID], Sequence[AgreedScore]]


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


def cell_page(session: Session, found: Meeting, key: str, bid_reference: str) -> CellPage:
    """Give one cell with the bid's answer.

    Only `service.read_cell` calls this: it asks the policy and records the read.

    Raises:
        NotFound: there is no such question or valid bid, or the actor is recused from it.
    """
    queries.load_scales(session, found.stage)
    opened = {bid.bid_id: bid for bid in opened_bids(session, found.stage.id)}
    kept_apart = queries.recusals(session, found.stage.id)
    agreed = _agreed_scores(session, found)
    bidders = [Bidder(b.bid_id, b.reference, b.supplier_name, b.state) for b in opened.values()]
    cells = _cells(session, found, bidders, kept_apart, agreed)
    place = next(
        (
            index
            for index, cell in enumerate(cells)
            if (cell.question.key, cell.bidder.reference) == (key, bid_reference)
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
    following = [other for other in cells[place + 1 :] + cells[:place] if other.agreed is None]
    return CellPage(
        reference=found.challenge.reference,
        challenge_title=found.challenge.title,
        phase=found.phase,
        chairs=found.own_seat.seat is Seat.CHAIR,
        cell=cell,
        answer=opened[bid_id].answers.get(key, ""),
        flaw=None if (flaw := opened[bid_id].flaw) is None else FLAW_WORDS[flaw],
        asked=bid_queries.shown_to_panel(session, [bid_id], key).get(bid_id, ()),
        files=opened[bid_id].attachments if opened[bid_id].intact else (),
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
        left=sum(other.agreed is None for other in cells),
        # Whoever has notes sees their own, and nobody else's.
        note=notes.own(session, found.own_seat).get((bid_id, cell.question.id), "")
        if found.own_seat.seat is Seat.EVALUATOR
        else "",
    )
