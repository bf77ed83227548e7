"""The messages about partners: short, with the page, and without what was said or shared."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from bids.team.lifecycle import InvitationState
from bids.team.models import TeamInvitation
from challenges import telling
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from marketplace.core.notices import post


def tell_invited(
    session: Session, bid: Bid, invitation: TeamInvitation, by: str, clock: Clock
) -> None:
    """Tell an invited person who asks, for which challenge, and where to answer."""
    challenge, closes_at = bid.challenge, bid.stage.closes_at
    parts = [
        challenge.title,
        _(
            "%(person)s of %(lead)s asks your organisation to be a partner in a bid for this "
            "challenge of %(body)s.",
            person=by,
            lead=bid.supplier.name,
            body=challenge.buyer.name,
        ),
        _(
            "Read what you are asked to do, then accept or decline. Sign in with this e-mail "
            "address, or create an account with it."
        ),
        _page(invitation),
    ]
    if closes_at is not None:
        parts.append(_("Answer before bids close: %(closes)s.", closes=format_instant(closes_at)))
    post.queue(
        session,
        to_email=invitation.email,
        subject=_("Join a bid as a partner: %(title)s", title=challenge.title),
        text="\n\n".join(parts),
        clock=clock,
    )


def tell_taken_back(session: Session, bid: Bid, invitation: TeamInvitation, clock: Clock) -> None:
    """Tell the invited person, or the people of the partner, that nothing is wanted any more."""
    subject = _("An invitation was taken back: %(title)s", title=bid.challenge.title)
    parts = [
        bid.challenge.title,
        _(
            "%(lead)s has taken back the invitation to be a partner in its bid. You need do "
            "nothing.",
            lead=bid.supplier.name,
        ),
        _page(invitation),
    ]
    if invitation.partner_id is not None:
        people = telling.acting_for(session, invitation.partner_id)
        telling.queue(session, people, subject=subject, parts=parts, clock=clock)
    else:
        post.queue(
            session,
            to_email=invitation.email,
            subject=subject,
            text="\n\n".join(parts),
            clock=clock,
        )


def tell_answered(session: Session, bid: Bid, invitation: TeamInvitation, clock: Clock) -> None:
    """Tell the bidder's people that a partner accepted or declined."""
    if invitation.state is InvitationState.ACCEPTED:
        subject = _("A partner has accepted: %(title)s", title=bid.challenge.title)
        text = _(
            "A partner has joined your bid %(bid)s and made its own declaration. Check the bid "
            "again before you submit it.",
            bid=bid.reference,
        )
    else:
        subject = _("A partner has declined: %(title)s", title=bid.challenge.title)
        text = _(
            "Somebody you invited to your bid %(bid)s has declined. Look at who does the work.",
            bid=bid.reference,
        )
    _to_lead(session, bid, subject, text, clock)


def tell_left(session: Session, bid: Bid, clock: Clock) -> None:
    """Tell the bidder's people that a partner left, and what that means for what was submitted."""
    text = _("A partner has left your bid %(bid)s. Look at who does the work.", bid=bid.reference)
    if bid.state is BidState.SUBMITTED:
        text += " " + _(
            "If the version that you submitted names it, that version stands as it is. Change "
            "your bid and submit it again before bids close."
        )
    subject = _("A partner has left: %(title)s", title=bid.challenge.title)
    _to_lead(session, bid, subject, text, clock)


def _to_lead(session: Session, bid: Bid, subject: str, text: str, clock: Clock) -> None:
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=subject,
        parts=[
            bid.challenge.title,
            text,
            f"{current_settings().public_url}/bids/{bid.reference}/team",
        ],
        clock=clock,
    )


def _page(invitation: TeamInvitation) -> str:
    return f"{current_settings().public_url}/organisation/partnerships/{invitation.id}"
