"""Tells bidders, drafters, followers and the body that a published challenge has ended."""

import uuid

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import hooks
from challenges.changing.letters import of_body, post_to
from challenges.ending.policy import kept_until
from challenges.following import letters as following
from challenges.law import law_holding
from challenges.lifecycle import NO_AWARD_WORDS, State
from challenges.models import Challenge
from challenges.stages.kinds import is_judged
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_day
from marketplace.core.permissions import Actor, Role


def tell_ended(session: Session, challenge: Challenge, actor: Actor, clock: Clock) -> None:
    """Tell each of them once why it ended, and bidders what becomes of their bids.

    Nothing is told of a challenge that was never published, and nothing to whoever ended it.
    """
    if challenge.published_at is None:
        return
    parties = [
        party
        for stage in filter(is_judged, challenge.stages)
        for party in hooks.of_bids().parties(session, stage)
    ]
    bidders = {each.user_id for each in parties if each.submitted}
    drafters = {each.user_id for each in parties} - bidders
    own = of_body(session, challenge, Role.PROCUREMENT_OFFICER)
    if challenge.owner_id in of_body(session, challenge, *Role):
        own.add(challenge.owner_id)
    draft = _("Your draft is kept as you left it, and you can still read it.")
    told = {actor.user_id}
    for people, said in ((bidders, _of_bids(challenge, clock)), (drafters, draft)):
        _tell(session, challenge, people - told, said, clock)
        told |= people
    told |= following.tell_followers(
        session,
        challenge,
        subject=_subject(challenge),
        text="\n\n".join(_why(challenge)),
        besides=told,
        clock=clock,
    )
    mine = _("%(name)s of your organisation ended it.", name=actor.name)
    _tell(session, challenge, own - told, mine, clock)


def _of_bids(challenge: Challenge, clock: Clock) -> str:
    """Say what becomes of submitted bids."""
    ended_at = challenge.ended_at or clock.now()
    years = law_holding(challenge, clock.now()).band.retention_years
    return str(
        _(
            "No contract comes of it, and no bid is judged any more. A bid that was not opened "
            "stays sealed: nobody at the public body can read it. The records, bids among them, "
            "are kept until at least %(day)s, as the law asks.",
            day=format_day(kept_until(ended_at, years)),
        )
    )


def _tell(
    session: Session, challenge: Challenge, people: set[uuid.UUID], said: str, clock: Clock
) -> None:
    post_to(
        session,
        people,
        subject=_subject(challenge),
        parts=[
            challenge.title,
            *_why(challenge),
            said,
            f"{current_settings().public_url}/challenges/{challenge.reference}",
        ],
        clock=clock,
    )


def _subject(challenge: Challenge) -> str:
    return str(_("This challenge has ended: %(title)s", title=challenge.title))


def _why(challenge: Challenge) -> list[str]:
    """Say how it ended and why."""
    if challenge.state is State.STOPPED:
        return [_("It was stopped, with lessons learned."), challenge.lessons or ""]
    how = (
        _("It ended without a contract.")
        if challenge.no_award is None
        else _("%(why)s.", why=_(NO_AWARD_WORDS[challenge.no_award]))
    )
    return [how, challenge.cancelled_because or ""]
