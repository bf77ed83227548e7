"""Reads who sits on a panel and how far it has come; `queries` gives it to all others."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from bids.models import Opening
from challenges.lifecycle import State, state_at
from challenges.models import Challenge, Stage
from challenges.queries import own_challenge
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.errors import Forbidden, NotFound, WrongMoment
from marketplace.core.permissions import GUEST_ROLES, ROLE_PERMISSIONS, Actor, Permission, Role
from marketplace.core.text import N_
from scoring.panel.lifecycle import PanelPhase, Seat, phase_of
from scoring.panel.models import Panel, PanelMember

# Who may be seated without being asked: whose role lets them declare interests and score.
SITTING_ROLES = (
    frozenset(role for role, given in ROLE_PERMISSIONS.items() if Permission.SCORE_RECORD in given)
    - GUEST_ROLES
)
_NO_SUCH_CHALLENGE = N_("There is no challenge with this reference.")


@dataclass(frozen=True)
class Meeting:
    """A stage's panel as the actor meets it: `panel` and `phase` are None until it is named,
    `member` is the actor's own seat. `members` sit now, the chair first, then by label."""

    challenge: Challenge
    stage: Stage
    panel: Panel | None
    opening: Opening | None
    phase: PanelPhase | None
    members: Sequence[PanelMember]
    member: PanelMember | None

    @property
    def evaluators(self) -> list[PanelMember]:
        """Give those who score."""
        return [member for member in self.members if member.seat is Seat.EVALUATOR]

    @property
    def own_seat(self) -> PanelMember:
        """Give the actor's own seat.

        Raises:
            Forbidden: the actor does not sit on this panel.
        """
        if self.member is None:
            raise Forbidden(N_("You are not on this panel."))
        return self.member

    @property
    def named_panel(self) -> Panel:
        """Give the panel.

        Raises:
            WrongMoment: it has not been named yet.
        """
        if self.panel is None:
            raise WrongMoment(N_("The panel has not been named yet."))
        return self.panel

    def state_at(self, now: datetime) -> State:
        """Give the state of the challenge at `now`."""
        return state_at(self.challenge.state, self.stage.closes_at, now)

    def labelled(self, label: str) -> PanelMember:
        """Give the member with this label.

        Raises:
            NotFound: nobody who sits has it.
        """
        for member in self.members:
            if member.label == label:
                return member
        raise NotFound(N_("There is no such member of this panel."))


@dataclass(frozen=True)
class Candidate:
    """A person of the body who may sit on a panel."""

    user_id: uuid.UUID
    name: str
    email: str
    may_chair: bool


def meeting(session: Session, reference: str, actor: Actor, *, lock: bool = False) -> Meeting:
    """Give the panel of a challenge of the actor's body; with `lock`, hold the challenge's row.

    Raises:
        NotFound: there is no such challenge, it is another body's, or the actor is the body's guest
            on another panel.
    """
    if lock:
        return meeting_of(session, own_challenge(session, reference, actor, lock=True).stage, actor)
    # Pages have few statements to spend, so this one brings the challenge too, in the same scope.
    row = (
        session.execute(
            select(Challenge, Stage, Panel, Opening)
            .select_from(Challenge)
            .join(Stage, and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1))
            .outerjoin(Panel, Panel.stage_id == Stage.id)
            .outerjoin(Opening, Opening.stage_id == Stage.id)
            .where(Challenge.reference == reference, Challenge.buyer_id == actor.organisation_id)
            .options(*_MEMBERS)
            .execution_options(**_AFRESH)
        )
        .unique()
        .one_or_none()
    )
    if row is None:
        raise NotFound(_NO_SUCH_CHALLENGE)
    challenge, stage, panel, opening = row
    return _meeting(challenge, stage, panel, opening, actor)


def meeting_of(session: Session, stage: Stage, actor: Actor) -> Meeting:
    """Give the panel of a stage whose challenge the caller has loaded in its scope.

    Raises:
        NotFound: the actor is the body's guest on another panel.
    """
    row = (
        session.execute(
            select(Panel, Opening)
            .select_from(Panel)
            .outerjoin(Opening, Opening.stage_id == Panel.stage_id)
            .where(Panel.stage_id == stage.id)
            .options(*_MEMBERS)
            .execution_options(**_AFRESH)
        )
        .unique()
        .one_or_none()
    )
    panel, opening = row if row is not None else (None, None)
    return _meeting(stage.challenge, stage, panel, opening, actor)


# Those who sit, as they are now and not as they were when first read.
_MEMBERS = (
    joinedload(Panel.members).joinedload(PanelMember.user),
    # Rows of one criterion each, a handful for a member: cheaper than a statement more.
    joinedload(Panel.members).joinedload(PanelMember.assigned),
)
_AFRESH = {"populate_existing": True}


def _meeting(
    challenge: Challenge,
    stage: Stage,
    panel: Panel | None,
    opening: Opening | None,
    actor: Actor,
) -> Meeting:
    sitting = panel.members if panel else []
    members = sorted(sitting, key=lambda m: (m.seat is not Seat.CHAIR, numbered(m.label)))
    member = next((m for m in members if m.user_id == actor.user_id), None)
    if member is None and actor.guest:
        raise NotFound(_NO_SUCH_CHALLENGE)
    return Meeting(
        challenge=challenge,
        stage=stage,
        panel=panel,
        opening=opening,
        phase=panel_phase(panel, opening),
        members=members,
        member=member,
    )


def panel_phase(panel: Panel | None, opening: Opening | None) -> PanelPhase | None:
    """Give how far a panel has come, or nothing where none is named."""
    if panel is None:
        return None
    return phase_of(
        opened_at=opening.opened_at if opening else None,
        scoring_began_at=panel.scoring_began_at,
        moderation_began_at=panel.moderation_began_at,
        quality_locked_at=panel.quality_locked_at,
    )


def numbered(label: str) -> tuple[str, int]:
    """Sort E2 before E10."""
    return label[:1], int(label[1:]) if label[1:].isdecimal() else 0


def member_of(session: Session, stage_id: uuid.UUID, user_id: uuid.UUID) -> PanelMember | None:
    """Give a person's seat on a stage's panel, or nothing for one who never sat or has left."""
    return session.scalar(
        select(PanelMember).where(
            PanelMember.stage_id == stage_id,
            PanelMember.user_id == user_id,
            PanelMember.left_at.is_(None),
        )
    )


def seats(session: Session, stage_id: uuid.UUID) -> Sequence[PanelMember]:
    """Give everybody who ever sat on a stage's panel, for the record."""
    found = session.scalars(
        select(PanelMember)
        .where(PanelMember.stage_id == stage_id)
        .options(joinedload(PanelMember.user), joinedload(PanelMember.assigned))
        .order_by(PanelMember.label)
    )
    return found.unique().all()


def candidates(session: Session, organisation_id: uuid.UUID) -> list[Candidate]:
    """Give the people of a body who may sit on its panels, by name."""
    rows = session.execute(
        select(User, MembershipRole.role)
        .join(Membership, Membership.user_id == User.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            User.active.is_(True),
            MembershipRole.role.in_(SITTING_ROLES),
        )
    )
    roles: dict[User, set[Role]] = defaultdict(set)
    for user, role in rows:
        roles[user].add(role)
    found = [
        Candidate(user.id, user.name, user.email, Role.CHAIR in held)
        for user, held in roles.items()
    ]
    return sorted(found, key=lambda person: (person.name.casefold(), person.email))
