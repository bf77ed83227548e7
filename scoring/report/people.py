"""Names everybody who took part in an award, with the interests that they declared."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.core.accounts.models import User
from scoring.panel.declarations import declared_interests
from scoring.panel.lifecycle import SEAT_WORDS
from scoring.panel.models import Measure, PanelMember, Seat
from scoring.report import facts, values
from scoring.report.gathered import Gathered


def people(session: Session, followed: Sequence[Gathered]) -> tuple[facts.Person, ...]:
    """Name everybody who took part, stage by stage: the panel, those who opened, who approved."""
    several = len(followed) > 1
    return tuple(
        person for found in followed for person in _of_stage(session, found, several=several)
    )


def _of_stage(session: Session, found: Gathered, *, several: bool) -> list[facts.Person]:
    def told(role: str) -> str:
        """Say of which stage somebody is, where there are several."""
        if not several:
            return role
        return str(_("%(role)s, stage %(number)d", role=role, number=found.stage.ordinal))

    interests: dict[uuid.UUID, list[facts.Interest]] = defaultdict(list)
    for item in declared_interests(session, found.stage.id, of_all=True):
        declared = item.declaration
        if declared.interest.value == "declared":
            measure = item.decision.measure if item.decision else Measure.KEEP
            interests[declared.member_id].append(
                facts.Interest(
                    about=declared.party.name,
                    declared=declared.statement,
                    decision=values.InterestDecision(measure.value),
                    reason=item.decision.reason if item.decision else "",
                    found_at=declared.declared_at if item.late else None,
                )
            )
    named = [
        facts.Person(
            id=found.person(member.label),
            name=member.user.name,
            role=told(_role(member)),
            name_withheld=member.seat is Seat.EVALUATOR,
            declared_at=member.interests_declared_at,
            interests=tuple(interests[member.id]),
        )
        for member in found.members
    ]
    others = _officers(found)
    answer = found.advance.answer if found.advance else found.decision.sign_off
    if answer is not None:
        others.append(("approver", answer.decided_by_id, _("Approver")))
    named += [
        facts.Person(
            found.person(key), session.get_one(User, user_id).name, told(role), False, None, ()
        )
        for key, user_id, role in others
    ]
    return named


def _officers(found: Gathered) -> list[tuple[str, uuid.UUID, str]]:
    """Name the two officers by whom bids came before the panel: label, identifier, role."""
    if found.opening is not None:
        return [
            (
                "first-officer",
                found.opening.first_officer_id,
                _("Procurement officer who opened the bids"),
            ),
            (
                "second-officer",
                found.opening.second_officer_id,
                _("Second officer who opened the bids"),
            ),
        ]
    if found.brought is not None:
        return [
            (
                "first-officer",
                found.brought.first_id,
                _("Procurement officer who put down the bids from elsewhere"),
            ),
            (
                "second-officer",
                found.brought.second_id,
                _("Second officer, who brought the bids in"),
            ),
        ]
    return []


def _role(member: PanelMember) -> str:
    seat = _(SEAT_WORDS[member.seat])
    told = seat if member.left_at is None else _("%(seat)s, who left the panel", seat=seat)
    return str(told)
