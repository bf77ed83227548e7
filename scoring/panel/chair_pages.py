"""Reads what the chair's and the body's pages show: who has done what, and open interests.

These give counts and instants only; scores and reasons come from `moderation_pages`, which the
policy opens to members alone.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.panel import declarations, queries
from scoring.panel.declarations import DeclaredInterest
from scoring.panel.lifecycle import Interest, Obstacle, Seat
from scoring.panel.models import BidderParty, PanelMember, ScoreDraft
from scoring.panel.obstacles import acting_for_bidders, marked_undecided, obstacles_of
from scoring.panel.queries import Bidder, Meeting, Question


@dataclass(frozen=True)
class MemberProgress:
    """How far one member has come, in counts and instants, never in scores."""

    member: PanelMember
    undecided: int
    # Names of parties.
    recused_from: Sequence[str]
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
    def stand(self) -> bool:
        """Tell whether each evaluator's score counts as it was given, and none is agreed."""
        return self.meeting.stage.scores_stand

    @property
    def ready_to_lock(self) -> bool:
        """Tell whether no score is left to agree."""
        return self.stand or self.agreed == self.cells

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
    interests = declarations.declared_interests(session, stage.id)
    kept_apart = declarations.recused_pairs(interests)
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
                recused_from=[
                    item.declaration.party.name
                    for item in interests
                    if item.recused and item.declaration.member_id == member.id
                ],
                expected=expected if scores else 0,
                # What was written on a question that is theirs no longer does not count.
                written=expected if submitted else min(written.get(member.id, 0), expected),
                questions=queries.questions_of(member, stage) if member.assigned else [],
            )
        )
    valid = queries.valid(all_bidders)
    marked = marked_undecided(session, stage.id)
    # Later the beginning of moderation asks again; this page has few statements to spend.
    began = panel.scoring_began_at is not None
    acting = set() if began else acting_for_bidders(session, stage.id)
    return PanelPage(
        meeting=found,
        bidders=all_bidders,
        progress=progress,
        left=[m for m in queries.seats(session, stage.id) if m.left_at is not None],
        obstacles=obstacles_of(found.members, all_bidders, interests, stage, marked, acting),
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
    party: BidderParty
    found: DeclaredInterest


def interest_rows(session: Session, found: Meeting) -> list[InterestRow]:
    """Give the declared interests of those who sit: the undecided first, then by party."""
    members = {member.id: member for member in found.members}
    rows = [
        InterestRow(members[item.declaration.member_id], item.declaration.party, item)
        for item in declarations.declared_interests(session, found.stage.id)
        if item.declaration.interest is Interest.DECLARED
    ]
    return sorted(
        rows,
        key=lambda row: (
            row.found.decision is not None,
            row.party.name.casefold(),
            row.member.label,
        ),
    )


def interest_row(session: Session, found: Meeting, label: str, party: str) -> InterestRow:
    """Give one declared interest.

    Raises:
        NotFound: the member declared none in that party, or there is no such member.
    """
    for row in interest_rows(session, found):
        if (row.member.label, row.party.key) == (label, party) and not row.found.late:
            return row
    raise NotFound(N_("This member declared no interest in that bidder."))
