"""The messages about bids that must be confirmed after a change, and about those that were not."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.renewing.queries import Unconfirmed
from challenges import telling
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant


def remind(
    session: Session, challenge: Challenge, bids: Sequence[Unconfirmed], clock: Clock
) -> None:
    """Remind the people of each supplier that its bid is not confirmed yet."""
    closes_at = challenge.stage.closes_at
    for each in bids:
        _post(
            session,
            each,
            subject=_("Confirm your bid: %(title)s", title=challenge.title),
            parts=[
                challenge.title,
                _(
                    "This challenge changed after you submitted your bid %(bid)s, and you have "
                    "not confirmed the bid yet.",
                    bid=each.bid,
                ),
                _(
                    "Read the change, then confirm your bid as it is, or change it and submit it "
                    "again, before bids close at %(closes)s. A bid that is not confirmed by then "
                    "does not count: it stays sealed and is not opened.",
                    closes=format_instant(closes_at) if closes_at else "",
                ),
                f"{current_settings().public_url}/bids/{each.bid}/confirm",
            ],
            clock=clock,
        )


def tell_lapsed(
    session: Session, challenge: Challenge, bids: Sequence[Unconfirmed], clock: Clock
) -> None:
    """Tell the people of each supplier that its bid lapsed, and what becomes of it."""
    for each in bids:
        _post(
            session,
            each,
            subject=_("Your bid does not count: %(title)s", title=challenge.title),
            parts=[
                challenge.title,
                _(
                    "Bids have closed, and your bid %(bid)s was not confirmed after the challenge "
                    "changed. So it does not count and is not opened. Nobody at the public body "
                    "has read it or can read it.",
                    bid=each.bid,
                ),
                _("It stays sealed in the record. You can still read it yourself:"),
                f"{current_settings().public_url}/bids/{each.bid}",
            ],
            clock=clock,
        )


def _post(
    session: Session, bid: Unconfirmed, *, subject: str, parts: Sequence[str], clock: Clock
) -> None:
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=subject,
        parts=parts,
        clock=clock,
    )
