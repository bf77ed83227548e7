"""Reads for the home page, the board of a person, the hub of a challenge, and the outbox."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select, text
from sqlalchemy.orm import Session, aliased, joinedload

from bids.opened import bid_counts, opened_at
from bids.renewing.queries import how_many
from challenges import openers
from challenges.joining import queries as joining
from challenges.lifecycle import AWARDED_STATES, State, move_at
from challenges.models import Challenge, Stage
from challenges.queries import own_challenge
from challenges.stages.running import stage_at
from marketplace.core.accounts.models import Organisation, OrganisationKind
from marketplace.core.accounts.queries import acted_for
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor, Permission
from marketplace.core.regimes.changing import queries as proposed_rules
from marketplace.web import timeline
from marketplace.web.standings import Line, line_of, standings
from marketplace.web.steps import Standing, Step
from scoring.award.models import (
    Intention,
)
from scoring.award.standing import intention_stands, was_taken_back
from scoring.panel.models import Panel, PanelMember

OUTBOX_PAGE = 20
BOARD_ROWS = 100


@dataclass(frozen=True)
class FrontPage:
    """What the home page shows: the open challenges that close soonest, and a few figures."""

    closing_next: Sequence[Row[*tuple[Any, ...]]]
    open_count: int
    body_count: int
    award_count: int
    latest_awards: Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True)
class Board:
    """What waits for a person of a body, or of those who run the service."""

    lines: list[Line]
    unverified: int
    joint: Sequence[joining.Joined]
    # How many changes of the rules somebody else has proposed.
    proposed_rules: int


@dataclass(frozen=True)
class Hub:
    """One challenge as its body's people see it.

    `stage` is the last one that has begun, `stage_state` where it stands. `lapsed` counts, from the
    opening on, the bids that were not confirmed after a change.
    `deadline_moves` tells whether its closing instant can still be moved; `officers` counts those
    who could be named to open its bids, None once it is published.
    """

    challenge: Challenge
    state: State
    stage: Stage
    stage_state: State
    steps: list[Step]
    bid_count: int | None
    lapsed: int
    opened_at: datetime | None
    panel: Panel | None
    intention: Intention | None
    # Whether an announced decision was taken back and none stands now.
    taken_back: bool
    latest: Sequence[timeline.Told]
    thing: Standing
    deadline_moves: bool
    officers: int | None


def answers(session: Session) -> None:
    """Ask the database something; it raises when it cannot answer."""
    session.execute(text("SELECT 1"))


def front_page(session: Session, now: datetime) -> FrontPage:
    """Read what the home page shows."""
    is_open = and_(
        Challenge.state == State.OPEN, Stage.closes_at > now, Challenge.bids_elsewhere.is_(False)
    )
    listed = (
        select(
            Challenge.reference,
            Challenge.title,
            Challenge.summary,
            Organisation.name.label("buyer"),
            Stage.closes_at,
            Challenge.value_minor,
        )
        .join(Stage, and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1))
        .join(Organisation, Organisation.id == Challenge.buyer_id)
    )
    counts = session.execute(
        select(
            func.count(Challenge.id),
            func.count(func.distinct(Challenge.buyer_id)),
        )
        .join(Stage, and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1))
        .where(is_open)
    ).one()
    # The stage that decided may be a later one, and several may win at one instant.
    deciding = aliased(Stage)
    announced = (
        select(deciding.challenge_id, func.min(Intention.announced_at).label("announced_at"))
        .join(Intention, and_(Intention.stage_id == deciding.id, intention_stands()))
        .group_by(deciding.challenge_id)
        .subquery()
    )
    awarded = (
        listed.join(announced, announced.c.challenge_id == Challenge.id)
        .add_columns(Challenge.state, announced.c.announced_at)
        .where(Challenge.state.in_(AWARDED_STATES))
        .order_by(announced.c.announced_at.desc(), Challenge.id)
        .limit(3)
    )
    return FrontPage(
        closing_next=session.execute(
            listed.where(is_open).order_by(Stage.closes_at, Challenge.id).limit(5)
        ).all(),
        open_count=counts[0],
        body_count=counts[1],
        award_count=session.scalar(
            select(func.count(func.distinct(Intention.stage_id))).where(intention_stands())
        )
        or 0,
        latest_awards=session.execute(awarded).all(),
    )


def board(session: Session, actor: Actor, now: datetime) -> Board:
    """Read what waits for the actor, newest challenges first."""
    query = standings(actor).order_by(Challenge.created_at.desc()).limit(BOARD_ROWS)
    lines = [line_of(row, actor, now) for row in session.execute(query)]
    unverified = 0
    if actor.may(Permission.ORGANISATION_VERIFY):
        unverified = (
            session.scalar(
                select(func.count())
                .select_from(Organisation)
                .where(
                    Organisation.verified_at.is_(None),
                    acted_for(),
                    Organisation.kind != OrganisationKind.PLATFORM,
                )
            )
            or 0
        )
    joint = joining.of_body(session, actor)
    proposed = proposed_rules.waiting_for(session, actor)
    return Board(lines=lines, unverified=unverified, joint=joint, proposed_rules=proposed)


def hub(session: Session, reference: str, actor: Actor, now: datetime) -> Hub:
    """Read one challenge of the actor's body, with its next steps and its log.

    Raises:
        NotFound: the challenge is another body's.
    """
    challenge = own_challenge(session, reference, actor)
    row = session.execute(standings(actor).where(Challenge.id == challenge.id)).one()
    line = line_of(row, actor, now)
    stage = stage_at(challenge, line.thing.stage)
    closed = line.thing.state not in (State.DRAFT, State.IN_REVIEW, State.READY, State.OPEN)
    opened = opened_at(session, stage.id)
    return Hub(
        challenge=challenge,
        state=line.state,
        stage=stage,
        stage_state=line.thing.state,
        steps=line.steps,
        bid_count=bid_counts(session, [stage.id]).get(stage.id, 0) if closed else None,
        lapsed=how_many(session, stage.id) if opened else 0,
        opened_at=opened,
        panel=session.scalar(
            select(Panel)
            .where(Panel.stage_id == stage.id)
            .options(joinedload(Panel.members).joinedload(PanelMember.user))
        ),
        intention=session.scalar(
            select(Intention).where(Intention.stage_id == stage.id, intention_stands()).limit(1)
        ),
        latest=timeline.latest(session, challenge, actor),
        thing=line.thing,
        taken_back=was_taken_back(session, reference),
        deadline_moves=move_at(
            challenge.state,
            challenge.stage.closes_at,
            now,
            elsewhere=challenge.bids_elsewhere,
        )
        is not None,
        officers=None if challenge.published_at else openers.count(session, challenge),
    )


def is_partner(session: Session, reference: str, actor: Actor) -> bool:
    """Tell whether the actor's body sponsors another body's challenge, or is asked to."""
    return any(each.reference == reference for each in joining.of_body(session, actor))


def outbox(session: Session, before: str | None) -> tuple[Sequence[Notice], str | None]:
    """Read messages, newest first; `before` is the id where the page before ended."""
    query = select(Notice).order_by(Notice.id.desc()).limit(OUTBOX_PAGE + 1)
    if before is not None:
        try:
            query = query.where(Notice.id < uuid.UUID(before))
        except ValueError:
            query = query.where(text("1 = 0"))
    rows = session.scalars(query).all()
    more = str(rows[OUTBOX_PAGE - 1].id) if len(rows) > OUTBOX_PAGE else None
    return rows[:OUTBOX_PAGE], more
