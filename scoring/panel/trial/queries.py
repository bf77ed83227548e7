"""Reads the trial of a panel, as the actor may see it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scoring.panel import queries
from scoring.panel.models import PanelMember
from scoring.panel.queries import Meeting, Question
from scoring.panel.trial.models import TrialExample, TrialScore
from scoring.panel.trial.policy import sees_spread


@dataclass(frozen=True)
class Tried:
    """What one evaluator gave the example."""

    name: str
    own: bool
    value: Decimal
    rationale: str


@dataclass(frozen=True)
class Trial:
    """The trial as the actor sees it: `spread` is empty until they may see it. `scored` counts
    those who sit and have scored, `expected` the evaluators."""

    question: Question | None
    text: str
    scale: Sequence[tuple[Decimal, str]]
    own: bool
    scored: int
    expected: int
    spread: Sequence[Tried]


def has_example(session: Session, stage_id: uuid.UUID) -> bool:
    """Tell whether a stage's panel has an example to try its scoring on."""
    return session.get(TrialExample, stage_id) is not None


def trial(session: Session, found: Meeting) -> Trial:
    """Give the trial of a panel; of those who left nothing is shown."""
    example = session.get(TrialExample, found.stage.id)
    if example is None:
        return Trial(None, "", (), False, 0, len(found.evaluators), ())
    queries.load_scales(session, found.stage)
    question = next(q for q in queries.questions(found.stage) if q.id == example.criterion_id)
    scores = scores_of(session, found)
    own = any(found.member is not None and s.member_id == found.member.id for s in scores)
    seen = sees_spread(
        found.member.seat if found.member else None,
        scored=own,
        all_scored=bool(scores) and len(scores) == len(found.evaluators),
    )
    return Trial(
        question=question,
        text=example.text,
        scale=queries.scale(found.stage, question),
        own=own,
        scored=len(scores),
        expected=len(found.evaluators),
        spread=[
            Tried(
                score.member.user.name,
                found.member is not None and score.member_id == found.member.id,
                score.value,
                score.rationale,
            )
            for score in scores
        ]
        if seen
        else (),
    )


def scores_of(session: Session, found: Meeting) -> Sequence[TrialScore]:
    """Give what those who sit gave the example, the lowest first."""
    rows = session.scalars(
        select(TrialScore)
        .join(PanelMember, PanelMember.id == TrialScore.member_id)
        .where(PanelMember.stage_id == found.stage.id, PanelMember.left_at.is_(None))
        .options(joinedload(TrialScore.member).joinedload(PanelMember.user))
    ).all()
    return sorted(rows, key=lambda row: (row.value, queries.numbered(row.member.label)))
