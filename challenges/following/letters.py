"""What followers of a challenge are told of its steps. Bidders have letters of their own."""

import uuid
from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import hooks
from challenges.alerts import tokens
from challenges.following.queries import followers
from challenges.lifecycle import Event
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import User
from marketplace.core.clock import Clock
from marketplace.core.notices import choices, post
from marketplace.core.notices.models import Kind
from marketplace.core.text import N_

# Subject and text by what happened. Endings and changes are told with their reasons elsewhere.
_TOLD: Mapping[Event, tuple[str, str]] = {
    Event.OPEN_BIDS: (
        N_("Bids opened: %(title)s"),
        N_("Two officers have opened the bids on this challenge. A panel judges them now."),
    ),
    Event.BRING_IN: (
        N_("Bids brought in: %(title)s"),
        N_(
            "Two officers have brought in the bids that were received elsewhere. A panel judges "
            "them now."
        ),
    ),
    Event.ANNOUNCE_INTENTION: (
        N_("Intention to award: %(title)s"),
        N_("The public body has said whom it intends to award a contract, and why."),
    ),
    Event.DECIDE_AGAIN: (
        N_("A decision is taken again: %(title)s"),
        N_(
            "The public body has taken its intention to award back, and takes the decision again. "
            "It says later to whom it means to award a contract."
        ),
    ),
    Event.SIGN_CONTRACT: (
        N_("Contract signed: %(title)s"),
        N_("The contract is signed. The award report says who scored what and why."),
    ),
    Event.BEGIN_WORK: (
        N_("Work begins: %(title)s"),
        N_("The supplier has begun the work. Its milestones are told on the challenge’s page."),
    ),
    Event.FINISH_WORK: (
        N_("Work finished: %(title)s"),
        N_("The work is finished. What it achieved is measured and told later."),
    ),
}


def tell_step(session: Session, challenge: Challenge, event: Event, clock: Clock) -> None:
    """Tell followers of a step that they wait for, in the caller's transaction."""
    if event in _TOLD:
        subject, text = _TOLD[event]
        bidders = hooks.of_bids().bidders(session, challenge)
        tell_followers(
            session,
            challenge,
            subject=_(subject, title=challenge.title),
            text=_(text),
            besides=bidders,
            clock=clock,
        )


def tell_followers(
    session: Session,
    challenge: Challenge,
    *,
    subject: str,
    text: str,
    besides: Collection[uuid.UUID],
    clock: Clock,
) -> set[uuid.UUID]:
    """Write to those who follow, but for `besides`, who are told in other words; say to whom.

    Nobody hears whose account has ended or who has switched such messages off.
    """
    reading = set(followers(session, challenge)) - set(besides)
    if not reading:
        return set()
    wanted = choices.who_wants(session, reading, Kind.FOLLOWED)
    people = session.scalars(
        select(User).where(User.id.in_(wanted), User.active).order_by(User.email)
    ).all()
    page = f"{current_settings().public_url}/challenges/{challenge.reference}"
    for person in people:
        stop = tokens.stop_url(tokens.FOLLOWED, person.id, challenge.id)
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=subject,
            text="\n\n".join(
                [
                    challenge.title,
                    text,
                    page,
                    _("You follow this challenge. Stop these e-mails:") + f"\n{stop}",
                ]
            )
            + "\n",
            stop_url=stop,
            clock=clock,
        )
    return {person.id for person in people}
