"""Reads of challenges: one of one's own, one that is public, what an officer must look at."""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, undefer
from sqlalchemy.orm.interfaces import ORMOption

from challenges.finding.queries import public_bodies, public_rounds
from challenges.joining.lifecycle import Joining
from challenges.joining.models import JointSponsor
from challenges.listing import (
    Filters,
    Listed,
    Order,
    Page,
    StateFilter,
    challenge_page,
    own_page,
)
from challenges.models import Challenge, Criterion, Plan, Stage
from challenges.plan import plan_document
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Permission
from marketplace.core.text import N_

__all__ = [
    "Filters",
    "Listed",
    "Order",
    "Page",
    "StateFilter",
    "challenge_page",
    "is_newest",
    "own_challenge",
    "own_page",
    "plan_document",
    "public_bodies",
    "public_challenge",
    "public_plan",
    "public_rounds",
    "published_challenge",
]

# The most that both databases can compare with a version.
_MOST_VERSION = 2**31 - 1
_NO_SUCH = N_("There is no challenge with this reference.")


def own_challenge(
    session: Session,
    reference: str,
    actor: Actor,
    *,
    lock: bool = False,
    whole: bool = False,
    jointly: bool = False,
) -> Challenge:
    """Give a challenge of the actor's own body, in any state, with its buyer and stages.

    `lock` holds its row until the transaction ends and reads it afresh; `whole` brings all that
    hangs on it in the same few statements. With `jointly` also one that the actor's body sponsors
    jointly is given; the caller asks the policy what its people may do.

    Raises:
        NotFound: there is none, or it belongs to another organisation.
    """
    query = (
        select(Challenge)
        .where(Challenge.reference == reference, _of(actor, jointly=jointly))
        .options(*(_WHOLE if whole else _BRIEF))
    )
    if lock:
        query = query.with_for_update(of=Challenge).execution_options(populate_existing=True)
    challenge = session.scalars(query).unique().one_or_none()
    if challenge is None:
        raise NotFound(_NO_SUCH)
    return challenge


def public_challenge(session: Session, reference: str) -> Challenge:
    """Give a challenge that was published, with all that hangs on it.

    Raises:
        NotFound: there is none, or it is not public.
    """
    query = (
        select(Challenge)
        .where(Challenge.reference == reference, Challenge.published_at.is_not(None))
        .options(*_WHOLE)
    )
    challenge = session.scalars(query).unique().one_or_none()
    if challenge is None:
        raise NotFound(_NO_SUCH)
    return challenge


def published_challenge(session: Session, reference: str) -> Challenge:
    """Give a challenge that was published, with its buyer and stages alone.

    Raises:
        NotFound: there is none, or it is not public.
    """
    challenge = session.scalar(
        select(Challenge)
        .where(Challenge.reference == reference, Challenge.published_at.is_not(None))
        .options(*_BRIEF)
    )
    if challenge is None:
        raise NotFound(_NO_SUCH)
    return challenge


def public_plan(session: Session, reference: str, version: int | None = None) -> bytes:
    """Give the bytes of the `plan/1` of a challenge that was published: the newest version, or one.

    Raises:
        NotFound: there is none, or it is not public.
    """
    query = (
        select(Plan.canonical)
        .join(Challenge, Challenge.id == Plan.challenge_id)
        .where(Challenge.reference == reference, Challenge.published_at.is_not(None))
        .order_by(Plan.version.desc())
        .limit(1)
    )
    if version is not None:
        query = query.where(Plan.version == min(version, _MOST_VERSION))
    plan = session.scalar(query)
    if plan is None:
        raise NotFound(_NO_SUCH)
    return plan


def is_newest() -> ColumnElement[bool]:
    """Give the condition that a row of `Plan` is the version that holds."""
    later = aliased(Plan)
    return ~exists().where(later.challenge_id == Plan.challenge_id, later.version > Plan.version)


def _of(actor: Actor, *, jointly: bool) -> ColumnElement[bool]:
    own = Challenge.buyer_id == actor.organisation_id
    if not jointly or not actor.may(Permission.CHALLENGE_WRITE):
        return own
    joined = select(JointSponsor.challenge_id).where(
        JointSponsor.body_id == actor.organisation_id, JointSponsor.joining == Joining.JOINED
    )
    return or_(own, Challenge.id.in_(joined))


_BRIEF: tuple[ORMOption, ...] = (
    joinedload(Challenge.buyer, innerjoin=True),
    joinedload(Challenge.plans).defer(Plan.canonical),
    selectinload(Challenge.stages),
)
_WHOLE: tuple[ORMOption, ...] = (
    undefer(Challenge.keeps_text),
    joinedload(Challenge.buyer, innerjoin=True),
    joinedload(Challenge.plans).defer(Plan.canonical),
    joinedload(Challenge.later),
    selectinload(Challenge.co_sponsors),
    selectinload(Challenge.documents),
    # Joined, each would repeat the challenge's long texts for each plan and for each other.
    selectinload(Challenge.codes),
    selectinload(Challenge.notices),
    selectinload(Challenge.stages).options(
        selectinload(Stage.prizes),
        selectinload(Stage.criteria).selectinload(Criterion.descriptors),
    ),
)
