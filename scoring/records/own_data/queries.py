"""Reads what is held of a person, what keeps it, and who asked for it to be erased."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload

from challenges.closing_models import OpeningOfficer
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages import running
from marketplace.core.accounts.models import Membership, MembershipRole, Organisation, User
from marketplace.core.accounts.policy import caretaker_role
from marketplace.core.audit.entries import value_bytes
from marketplace.core.audit.models import IDENTIFIES, LogDetail, LogEntry
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
WHO = (
    *("actor_id", "asked_by_id", "chair", "member", "new_member", "officer_id", "old_member"),
    *("person_id", "proposed_by_id"),
)
# These name several people at once; each of them has a row in one of the tables of `_SEATS`.
WHO_TOGETHER = ("members", "officers")
# Tables that name people who may have done nothing yet.
_SEATS = (
    (PanelMember.user_id, PanelMember.stage_id),
    (OpeningOfficer.officer_id, OpeningOfficer.stage_id),
)
# So many purchases are told with the day until which they are kept.
TOLD_MOST = 50
PAGE = 50

# A decision that was announced can be taken back, and then the same panel judges again.
_JUDGING = (State.OPEN, State.OPENED, State.EVALUATING, State.INTENTION)


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
        .where(OpeningOfficer.officer_id == user.id, running.stands() == State.OPEN)
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


def named(session: Session, user_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Give those of these people whom the records of any purchase still name."""
    values = {value_bytes(str(each)): each for each in user_ids}
    entries = (
        select(LogDetail.value)
        .distinct()
        .join(LogEntry, LogEntry.n == LogDetail.n)
        .join(Challenge, Challenge.reference == LogEntry.chain)
        .where(*saying(values), *_kept())
    )
    found = {values[value] for value in session.scalars(entries)}
    for who, stage_id in _SEATS:
        seats = select(who).distinct().join(Stage, Stage.id == stage_id).join(Challenge)
        found.update(session.scalars(seats.where(who.in_(user_ids), *_kept())))
    return found


def saying(values: Collection[bytes]) -> Sequence[ColumnElement[bool]]:
    """Give the conditions that a field says by its value that one of some people is meant."""
    return (LogDetail.name.in_(WHO), LogDetail.value.in_(values), IDENTIFIES)


def _kept() -> Sequence[ColumnElement[bool]]:
    """Give the conditions that a challenge's records are to be kept, and still are.

    Those of one that was never published are not: nothing was bought by it.
    """
    erased = (
        select(Erasure.id)
        .join(ErasureRun, ErasureRun.erasure_id == Erasure.id)
        .where(Erasure.challenge_id == Challenge.id, ErasureRun.done_at.is_not(None))
    )
    return (Challenge.published_at.is_not(None), ~erased.exists())


def _naming(user_id: uuid.UUID) -> _Query:
    entries = (
        select(LogEntry.chain)
        .join(LogDetail, LogDetail.n == LogEntry.n)
        .where(*saying([value_bytes(str(user_id))]))
    )
    seats = [
        Challenge.id.in_(
            select(Stage.challenge_id)
            .join_from(Stage, who.class_, Stage.id == stage_id)
            .where(who == user_id)
        )
        for who, stage_id in _SEATS
    ]
    return (
        select(Challenge.reference)
        .where(or_(Challenge.reference.in_(entries), *seats), *_kept())
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


@dataclass(frozen=True)
class Page:
    """A page of requests; `after` is the last one where more follow."""

    requests: Sequence[OwnErasure]
    after: uuid.UUID | None


def requests(session: Session, actor: Actor, *, after: uuid.UUID | None = None) -> Page:
    """Give the requests of everybody: those that wait, the oldest first, then the newest.

    Raises:
        Forbidden: by `policy.can_read`.
    """
    ensure(policy.can_read(actor))
    waits, place = OwnErasureEnd.request_id.is_(None), tuple_(OwnErasure.asked_at, OwnErasure.id)
    query = (
        select(OwnErasure)
        .outerjoin(OwnErasureEnd, OwnErasureEnd.request_id == OwnErasure.id)
        .options(
            joinedload(OwnErasure.end), joinedload(OwnErasure.user), joinedload(OwnErasure.run)
        )
        .order_by(
            ~waits,
            case((waits, OwnErasure.asked_at)),
            case((waits, OwnErasure.id)),
            OwnErasure.asked_at.desc(),
            OwnErasure.id.desc(),
        )
        .limit(PAGE + 1)
    )
    if after is not None:
        last = request_of(session, after, actor)
        here = tuple_(literal(last.asked_at), literal(last.id))
        if last.end is None:
            query = query.where(or_(~waits, place > here))
        else:
            query = query.where(~waits, place < here)
    found = session.scalars(query).all()
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


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
