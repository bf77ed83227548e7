"""Reads who sits on a panel and how far it has come; `queries` gives it to all others."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from bids.models import Opening
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages.kinds import is_judged
from challenges.stages.models import StageRun
from challenges.stages.place import Where, place_of
from challenges.stages.queries import own_stage
from challenges.stages.running import state_of, stored_state
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.errors import Forbidden, NotFound, WrongMoment
from marketplace.core.permissions import GUEST_ROLES, ROLE_PERMISSIONS, Actor, Permission, Role
from marketplace.core.text import N_
from scoring.panel.aliases.policy import names_kept
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
    `opened_at` until its bids may be read; `member` is the actor's own seat. `members` sit now, the
    chair first, then by label."""

    challenge: Challenge
    stage: Stage
    panel: Panel | None
    opened_at: datetime | None
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

    @property
    def names_open(self) -> bool:
        """Tell whether whoever meets may know which bid is whose."""
        seat = self.member.seat if self.member else None
        return not (self.stage.names_withheld and names_kept(seat, self.phase, self.state))

    @property
    def interests_open(self) -> bool:
        """Tell whether whoever meets may know of others who is kept away from whose bid.

        Where names are withheld, a score that is missing would tell an evaluator which bid it is.
        The chair decides about interests, and so has to know.
        """
        return self.names_open or self.member is None or self.member.seat is Seat.CHAIR

    @property
    def state(self) -> State:
        """Give the state of the stage as it is kept: OPEN also after its closing instant."""
        return stored_state(self.challenge, self.stage)

    def state_at(self, now: datetime) -> State:
        """Give the state of the stage at `now`."""
        return state_of(self.challenge, self.stage, now)

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


def meeting(session: Session, at: Where, actor: Actor, *, lock: bool = False) -> Meeting:
    """Give the panel of a stage of the actor's body; with `lock`, hold the challenge's row.

    Raises:
        NotFound: there is no such challenge, it is another body's, nothing is judged at such a
            stage of it, or the actor is the body's guest on another panel.
    """
    if lock:
        return meeting_of(session, own_stage(session, at, actor, lock=True), actor)
    place = place_of(at)
    # Pages have few statements to spend, so this one brings the challenge too, in the same scope.
    row = (
        session.execute(
            select(Challenge, Stage, Panel, _READ_FROM)
            .select_from(Challenge)
            .join(Stage, and_(Stage.challenge_id == Challenge.id, Stage.ordinal == place.stage))
            .outerjoin(Panel, Panel.stage_id == Stage.id)
            .outerjoin(Opening, Opening.stage_id == Stage.id)
            .outerjoin(Stage.run)
            .where(
                Challenge.reference == place.reference, Challenge.buyer_id == actor.organisation_id
            )
            .options(contains_eager(Stage.run), *_MEMBERS)
            .execution_options(**_AFRESH)
        )
        .unique()
        .one_or_none()
    )
    if row is None or not is_judged(row[1]):
        raise NotFound(_NO_SUCH_CHALLENGE)
    challenge, stage, panel, opened_at = row
    return _meeting(challenge, stage, panel, opened_at, actor)


def meeting_of(session: Session, stage: Stage, actor: Actor) -> Meeting:
    """Give the panel of a stage whose challenge the caller has loaded in its scope.

    Raises:
        NotFound: the actor is the body's guest on another panel.
    """
    row = (
        session.execute(
            select(Panel, _READ_FROM)
            .select_from(Panel)
            .outerjoin(Opening, Opening.stage_id == Panel.stage_id)
            .outerjoin(StageRun, StageRun.stage_id == Panel.stage_id)
            .where(Panel.stage_id == stage.id)
            .options(*_MEMBERS)
            .execution_options(**_AFRESH)
        )
        .unique()
        .one_or_none()
    )
    panel, opened_at = row if row is not None else (None, None)
    return _meeting(stage.challenge, stage, panel, opened_at, actor)


# Those who sit, as they are now and not as they were when first read.
_MEMBERS = (
    joinedload(Panel.members).joinedload(PanelMember.user),
    # Rows of one criterion each, a handful for a member: cheaper than a statement more.
    joinedload(Panel.members).joinedload(PanelMember.assigned),
)
_AFRESH = {"populate_existing": True}
# From when the bids of a stage may be read, sealed ones or others.
_READ_FROM = func.coalesce(Opening.opened_at, StageRun.bids_at)


def _meeting(
    challenge: Challenge,
    stage: Stage,
    panel: Panel | None,
    opened_at: datetime | None,
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
        opened_at=opened_at,
        phase=panel_phase(panel, opened_at),
        members=members,
        member=member,
    )


def panel_phase(panel: Panel | None, opened_at: datetime | None) -> PanelPhase | None:
    """Give how far a panel has come, or nothing where none is named.

    `opened_at` is from when the stage's bids may be read.
    """
    if panel is None:
        return None
    return phase_of(
        opened_at=opened_at,
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
