"""Tells the lead of a draft what another body wrote, and two bodies of each other."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import telling
from challenges.models import Challenge
from challenges.partners.models import PartnerMessage
from challenges.partners.queries import Offered
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Organisation
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor


def tell_written(
    session: Session, challenge: Challenge, message: PartnerMessage, clock: Clock
) -> None:
    """Carry a message to the lead and the officers of a draft's body."""
    writer = f"{message.by.name}, {message.organisation.name}"
    telling.queue(
        session,
        telling.lead_and_officers(session, challenge),
        subject=_("A message about your draft: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _("%(writer)s writes:", writer=writer) + "\n\n" + message.text,
            _("Reply by e-mail to %(email)s.", email=message.by.email),
            f"{_base()}/work/challenges/{challenge.reference}/partners",
        ],
        clock=clock,
    )


def tell_connected(
    session: Session,
    challenge: Challenge,
    offered: Offered,
    body: Organisation,
    note: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Tell both bodies of each other, with whom to speak to."""
    theirs = telling.officers(session, body.id)
    contacts = "\n".join(f"{person.name}, {person.email}" for person in theirs)
    common = [_("%(name)s writes:", name=actor.name) + "\n\n" + note]
    telling.queue(
        session,
        telling.lead_and_officers(session, challenge),
        subject=_("Another body may have the same problem: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _("A facilitator connects you with %(body)s.", body=body.name),
            *common,
            *([_("Their procurement officers:") + "\n" + contacts] if contacts else []),
            f"{_base()}/work/challenges/{challenge.reference}/partners",
        ],
        clock=clock,
    )
    telling.queue(
        session,
        theirs,
        subject=_("Another body may have the same problem: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _("A facilitator connects you with %(body)s.", body=offered.body),
            *common,
            _("Their challenge lead:") + f"\n{offered.lead}, {offered.lead_email}",
            f"{_base()}/work/partners/{challenge.reference}",
        ],
        clock=clock,
    )


def _base() -> str:
    return current_settings().public_url
