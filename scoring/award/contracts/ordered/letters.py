"""Tells the body and the supplier what a court ordered about a contract."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import telling
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor
from scoring.award.contracts.ordered.lifecycle import ORDER_WORDS
from scoring.award.contracts.ordered.models import CourtOrder
from scoring.award.contracts.queries import Kept
from scoring.panel.interests.queries import approvers


def ask_second(
    session: Session,
    challenge: Challenge,
    kept: Kept,
    order: CourtOrder,
    actor: Actor,
    clock: Clock,
) -> None:
    """Ask the body's officers and approvers to confirm what was recorded, but for who did."""
    people = {
        each.id: each
        for each in (
            *telling.officers(session, challenge.buyer_id, besides=actor.user_id),
            *approvers(session, challenge.buyer_id),
        )
        if each.id != actor.user_id
    }
    telling.queue(
        session,
        list(people.values()),
        subject=_("A court’s order about a contract: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _(
                "%(who)s recorded what a court ordered about contract %(contract)s. It holds once "
                "a second person has confirmed it.",
                who=actor.name,
                contract=kept.contract.reference,
            ),
            f"{_page(challenge, kept)}/orders/{order.number}/answer",
        ],
        clock=clock,
    )


def tell_returned(
    session: Session, challenge: Challenge, kept: Kept, order: CourtOrder, clock: Clock
) -> None:
    """Tell whoever recorded an order that it was returned."""
    telling.queue(
        session,
        telling.people(session, [order.recorded_by_id]),
        subject=_("A court’s order was returned: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _(
                "What you recorded of a court’s order about contract %(contract)s was not "
                "confirmed. Read why.",
                contract=kept.contract.reference,
            ),
            _page(challenge, kept),
        ],
        clock=clock,
    )


def tell_confirmed(
    session: Session,
    challenge: Challenge,
    kept: Kept,
    order: CourtOrder,
    actor: Actor,
    clock: Clock,
) -> None:
    """Tell the supplier, the lead and the body's officers what holds now."""
    said = [
        challenge.title,
        _(
            "%(court)s ordered about contract %(contract)s (%(reference)s): %(what)s.",
            court=order.court,
            contract=kept.contract.reference,
            reference=order.reference,
            what=_(ORDER_WORDS[order.kind]),
        ),
        order.says,
    ]
    subject = _("A court’s order about a contract: %(title)s", title=challenge.title)
    own = f"{current_settings().public_url}/contracts/{kept.contract.id}"
    told = telling.acting_for(session, kept.supplier.id)
    telling.queue(session, told, subject=subject, parts=[*said, own], clock=clock)
    telling.queue(
        session,
        telling.lead_and_officers(session, challenge, besides=actor.user_id),
        subject=subject,
        parts=[*said, _page(challenge, kept)],
        clock=clock,
    )


def _page(challenge: Challenge, kept: Kept) -> str:
    return (
        f"{current_settings().public_url}/work/challenges/{challenge.reference}"
        f"/contracts/{kept.contract.id}"
    )
