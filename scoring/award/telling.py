"""Tells people of the body that an award waits for them, and what was decided about it."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import telling
from challenges.models import Stage
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import User
from marketplace.core.clock import Clock
from marketplace.core.notices import choices
from marketplace.core.notices.models import Kind
from marketplace.core.permissions import Actor
from scoring.award import queries
from scoring.award.queries import Decision
from scoring.panel.interests.queries import approvers


def tell_recommended(session: Session, stage: Stage, actor: Actor, clock: Clock) -> None:
    """Tell the approvers that a recommendation waits for them, but for who made it.

    Whoever sits on a panel that judges without names cannot read the result, so is not told.
    """
    panel = queries.panel_of(session, stage.id)
    seated = {
        member.user_id
        for member in (panel.members if panel and stage.names_withheld else ())
        if member.left_at is None
    }
    people = [
        each
        for each in approvers(session, stage.challenge.buyer_id)
        if each.id != actor.user_id and each.id not in seated
    ]
    _tell(
        session,
        stage,
        people,
        _("An award waits for your decision: %(title)s", title=stage.challenge.title),
        _(
            "The chair of the panel recommends a bid. Read the result and the reasons, then "
            "approve it or return it."
        ),
        "/sign-off",
        clock,
    )


def tell_answered(
    session: Session, stage: Stage, found: Decision, approved: bool, actor: Actor, clock: Clock
) -> None:
    """Tell the officers, who go on from there, and the chair of one that was returned."""
    title = stage.challenge.title
    officers = telling.officers(session, stage.challenge.buyer_id, besides=actor.user_id)
    if approved:
        _tell(
            session,
            stage,
            officers,
            _("An award is approved: %(title)s", title=title),
            _("Look at the letters to the bidders next. Nobody is told before you send them."),
            "/letters",
            clock,
        )
        return
    chair = queries.chair_id(found.panel)
    chairs = telling.people(session, [chair] if chair else [])
    known: set[uuid.UUID] = {each.id for each in chairs}
    _tell(
        session,
        stage,
        [*chairs, *(each for each in officers if each.id not in known)],
        _("A recommendation was returned: %(title)s", title=title),
        _("Read why. The chair of the panel can recommend a bid again."),
        "",
        clock,
    )


def _tell(
    session: Session,
    stage: Stage,
    people: Sequence[User],
    subject: str,
    text: str,
    page: str,
    clock: Clock,
) -> None:
    wanted = choices.who_wants(session, [each.id for each in people], Kind.AWARD)
    ordinal = f"/stages/{stage.ordinal}" if stage.ordinal > 1 else ""
    site, reference = current_settings().public_url, stage.challenge.reference
    telling.queue(
        session,
        [each for each in people if each.id in wanted],
        subject=subject,
        parts=[
            stage.challenge.title,
            text,
            f"{site}/work/challenges/{reference}{ordinal}/decision{page}",
        ],
        clock=clock,
    )
