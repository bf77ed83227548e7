"""Reads what members have still to do, by when, and when they were reminded."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scoring.panel.lifecycle import PanelPhase
from scoring.panel.models import PanelMember
from scoring.panel.queries import Meeting
from scoring.panel.reminding.lifecycle import WORKING, Step, day_of, overdue, steps_left
from scoring.panel.reminding.models import PanelDue, PanelReminder


@dataclass(frozen=True)
class Waiting:
    """What the panel waits for from one member: `late` once a due day is over, `reminded_at` when
    they were last reminded, `remindable` while they may be today; nobody reminds themselves."""

    steps: list[Step]
    late: bool
    reminded_at: datetime | None
    remindable: bool


@dataclass(frozen=True)
class Outstanding:
    """What a panel waits for: by member's label, and the due day of each step that has one."""

    of: dict[str, Waiting]
    due: dict[Step, date]

    @property
    def remindable(self) -> bool:
        """Tell whether anybody may be reminded today."""
        return any(each.remindable for each in self.of.values())


def due_days(session: Session, stage_id: uuid.UUID) -> dict[Step, date]:
    """Give the due day of each step that has one."""
    rows = session.scalars(select(PanelDue).where(PanelDue.stage_id == stage_id))
    return {row.step: row.due_on for row in rows}


def outstanding(session: Session, found: Meeting, now: datetime) -> Outstanding:
    """Give what the panel waits for from each of those who sit, and who may be reminded; nothing
    once they work together, so that nothing is asked either."""
    if found.phase not in WORKING:
        nothing = Waiting([], late=False, reminded_at=None, remindable=False)
        return Outstanding({member.label: nothing for member in found.members}, {})
    last = dict(
        session.execute(
            select(PanelReminder.member_id, func.max(PanelReminder.sent_at))
            .join(PanelMember, PanelMember.id == PanelReminder.member_id)
            .where(PanelMember.stage_id == found.stage.id)
            .group_by(PanelReminder.member_id)
        )
        .tuples()
        .all()
    )
    due = due_days(session, found.stage.id)
    return Outstanding(
        {
            member.label: _waiting(
                member,
                found.phase,
                due,
                last.get(member.id),
                now,
                own=member is found.member,
            )
            for member in found.members
        },
        due,
    )


def _waiting(
    member: PanelMember,
    phase: PanelPhase | None,
    due: dict[Step, date],
    reminded_at: datetime | None,
    now: datetime,
    *,
    own: bool,
) -> Waiting:
    steps = (
        steps_left(
            member.seat,
            phase,
            briefed=member.briefed_at is not None,
            declared=member.interests_declared_at is not None,
            submitted=member.scores_submitted_at is not None,
        )
        if phase is not None
        else []
    )
    today = day_of(now)
    again = reminded_at is None or day_of(reminded_at) < today
    return Waiting(
        steps, overdue(steps, due, today), reminded_at, bool(steps) and again and not own
    )
