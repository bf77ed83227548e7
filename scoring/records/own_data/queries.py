"""Reads what is held of a person, what keeps it, and who asked for it to be erased."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from challenges.closing_models import OpeningOfficer
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Membership, MembershipRole, Organisation, User
from marketplace.core.accounts.policy import caretaker_role
from marketplace.core.audit.entries import value_bytes
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from scoring.panel.models import PanelMember
from scoring.records.keeping.models import Erasure, ErasureRun
from scoring.records.keeping.queries import Line, lines_of
from scoring.records.own_data import policy
from scoring.records.own_data.models import OwnErasure, OwnErasureEnd
from scoring.records.own_data.policy import Ties

_Query = Select[*tuple[Any, ...]]

# By these fields an entry says who did something, or whom it is about.
WHO = ("actor_id", "person_id", "asked_by_id", "officer_id", "proposed_by_id")
# So many purchases are told with the day until which they are kept.
TOLD_MOST = 50
PAGE = 50

_JUDGING = (State.OPEN, State.OPENED, State.EVALUATING)


@dataclass(frozen=True)
class Held:
    """What the log and the records of purchases keep of a person's name, the first due first.

    `lines` are at most `TOLD_MOST` of the `count` purchases.
    """

    count: int
    lines: Sequence[Line]

    @property
    def until(self) -> date | None:
        """Give the last day on which one of those told falls due; None while one has not begun."""
        days = [line.keeps.due_on for line in self.lines]
        known = [day for day in days if day is not None]
        return max(known) if known and len(known) == self.count else None


def ties_of(session: Session, user: User) -> Ties:
    """Give what a person still has to do, and whether a request of theirs waits."""
    sits = (
        select(Challenge.reference)
        .distinct()
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(PanelMember, PanelMember.stage_id == Stage.id)
        .where(
            PanelMember.user_id == user.id,
            PanelMember.left_at.is_(None),
            Challenge.state.in_(_JUDGING),
        )
    )
    opens = (
        select(Challenge.reference)
        .distinct()
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(OpeningOfficer, OpeningOfficer.stage_id == Stage.id)
        .where(OpeningOfficer.officer_id == user.id, Challenge.state == State.OPEN)
    )
    return Ties(
        example=user.demo_role is not None,
        waiting=session.scalar(_waiting().where(OwnErasure.user_id == user.id)) is not None,
        alone_at=session.scalars(_alone(user.id)).all(),
        judging=session.scalars(sits.order_by(Challenge.reference)).all(),
        opening=session.scalars(opens.order_by(Challenge.reference)).all(),
    )


def _waiting() -> _Query:
    ended = exists().where(OwnErasureEnd.request_id == OwnErasure.id)
    return select(OwnErasure.id).where(~ended)


def _alone(user_id: uuid.UUID) -> _Query:
    """Name the organisations whose people nobody but this person looks after."""
    caretakers = {caretaker_role(kind) for kind in ("body", "supplier", "platform")}
    mine, given = aliased(Membership), aliased(MembershipRole)
    another, theirs = aliased(Membership), aliased(MembershipRole)
    others = (
        select(another.id)
        .join(theirs, theirs.membership_id == another.id)
        .where(
            another.organisation_id == mine.organisation_id,
            another.user_id != user_id,
            another.ended_at.is_(None),
            theirs.role == given.role,
        )
    )
    return (
        select(Organisation.name)
        .join(mine, mine.organisation_id == Organisation.id)
        .join(given, given.membership_id == mine.id)
        .where(
            mine.user_id == user_id,
            mine.ended_at.is_(None),
            given.role.in_(sorted(caretakers)),
            ~others.exists(),
        )
        .order_by(Organisation.name)
    )


def held_of(session: Session, user_id: uuid.UUID) -> Held:
    """Give the purchases whose records name a person, and are not erased yet."""
    references = session.scalars(_naming(user_id)).all()
    told = lines_of(session, references[:TOLD_MOST])
    never = date.max
    return Held(
        len(references),
        sorted(told, key=lambda line: (line.keeps.due_on or never, line.reference)),
    )


def is_named(session: Session, user_id: uuid.UUID) -> bool:
    """Tell whether the records of any purchase still name a person."""
    return session.scalar(_naming(user_id).limit(1)) is not None


def _naming(user_id: uuid.UUID) -> _Query:
    erased = (
        select(Erasure.id)
        .join(ErasureRun, ErasureRun.erasure_id == Erasure.id)
        .where(Erasure.challenge_id == Challenge.id, ErasureRun.done_at.is_not(None))
    )
    named = (
        select(LogEntry.chain)
        .join(LogDetail, LogDetail.n == LogEntry.n)
        .where(LogDetail.name.in_(WHO), LogDetail.value == value_bytes(str(user_id)))
    )
    return (
        select(Challenge.reference)
        .where(Challenge.reference.in_(named), ~erased.exists())
        .order_by(Challenge.reference)
    )


def own_requests(session: Session, user_id: uuid.UUID) -> Sequence[OwnErasure]:
    """Give what a person has asked for, the newest first."""
    return session.scalars(
        select(OwnErasure)
        .where(OwnErasure.user_id == user_id)
        .options(joinedload(OwnErasure.end))
        .order_by(OwnErasure.asked_at.desc(), OwnErasure.id.desc())
        .limit(PAGE)
    ).all()


def requests(session: Session, actor: Actor) -> Sequence[OwnErasure]:
    """Give the requests of everybody, those that wait first, then the newest.

    Raises:
        Forbidden: by `policy.can_read`.
    """
    ensure(policy.can_read(actor))
    return session.scalars(
        select(OwnErasure)
        .outerjoin(OwnErasureEnd, OwnErasureEnd.request_id == OwnErasure.id)
        .options(
            joinedload(OwnErasure.end), joinedload(OwnErasure.user), joinedload(OwnErasure.run)
        )
        .order_by(
            OwnErasureEnd.request_id.is_not(None), OwnErasure.asked_at.desc(), OwnErasure.id.desc()
        )
        .limit(PAGE)
    ).all()


def request_of(session: Session, request_id: uuid.UUID, actor: Actor) -> OwnErasure:
    """Give one request.

    Raises:
        Forbidden: by `policy.can_read`.
        NotFound: there is none.
    """
    ensure(policy.can_read(actor))
    found = session.get(OwnErasure, request_id)
    if found is None:
        raise NotFound(N_("There is no such request."))
    return found


def waiting_count(session: Session, user_id: uuid.UUID) -> int:
    """Count the requests of others that wait for a decision."""
    query = _waiting().where(OwnErasure.user_id != user_id)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
