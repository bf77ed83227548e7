"""The job that reminds suppliers before closing that their draft is not submitted.

It follows the closing that holds when it runs: where that was moved, it waits for the reminders
before the new one. A submitted bid that nobody is changing, and a challenge that ended, need none.
"""

import uuid
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import drafts, policy, queries
from bids.lifecycle import BidState
from bids.models import Bid
from bids.reminding.models import ClosingReminder
from bids.reminding.service import REMIND, await_next
from bids.reminding.timing import is_reminder
from bids.team import queries as teams
from challenges.alerts import tokens
from challenges.lifecycle import State, state_at
from challenges.telling import acting_for
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant, time_left
from marketplace.core.notices import choices, post
from marketplace.core.notices.models import Kind
from marketplace.core.transaction import transaction
from marketplace.core.vault.keyring import LostKey


@jobs.handles(REMIND)
def look(payload: dict[str, Any], clock: Clock) -> None:
    """Look at one bid's draft: remind its people if it is time, and await the next time."""
    bid_id, due = uuid.UUID(payload["bid"]), datetime.fromisoformat(payload["due"])
    with transaction() as session:
        # Whoever submits holds the bid too: it is reminded of, or submitted, one after the other.
        bid = session.scalars(select(Bid).where(Bid.id == bid_id).with_for_update()).one()
        known = session.get(ClosingReminder, bid_id)
        if known is None or known.due_at != due:
            return
        closes_at = bid.stage.closes_at
        is_open = state_at(bid.standing, closes_at, clock.now()) is State.OPEN
        if bid.draft_key_id is None or closes_at is None or not is_open:
            known.due_at = None
            return
        if is_reminder(due, closes_at):
            _tell(session, bid, closes_at, clock)
        await_next(session, bid_id, closes_at, clock)


def lacking(session: Session, bid: Bid, now: datetime) -> int | None:
    """Count what a draft lacks before it can be submitted; None where it cannot be read."""
    declaration = queries.current_declaration(session, bid.supplier_id)
    try:
        content = drafts.content_of(session, bid)
    except (LostKey, drafts.NoDraft):
        return None
    return len(
        policy.gaps(
            drafts.asked_of(bid.stage),
            content,
            eligible_until=declaration.expires_at if declaration else None,
            now=now,
            team=teams.gaps_of(teams.team_of(session, bid), now),
        )
    )


def _tell(session: Session, bid: Bid, closes_at: datetime, clock: Clock) -> None:
    """Queue the reminder to everybody who acts for the supplier and wants such messages."""
    people = acting_for(session, bid.supplier_id)
    wanted = choices.who_wants(session, [person.id for person in people], Kind.CLOSING)
    title, left = bid.challenge.title, time_left(clock.now(), closes_at)
    parts = [title, *_parts(session, bid, closes_at, clock.now())]
    for person in people:
        if person.id not in wanted:
            continue
        stop = tokens.stop_url(tokens.CLOSING, person.id, person.id)
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=_("%(left)s left for your bid: %(title)s", left=left, title=title),
            text="\n\n".join([*parts, _("Stop these e-mails:") + f"\n{stop}"]) + "\n",
            stop_url=stop,
            clock=clock,
        )


def _parts(session: Session, bid: Bid, closes_at: datetime, now: datetime) -> list[str]:
    """Say how the draft stands, without a word of what is in it."""
    if bid.state is BidState.SUBMITTED:
        stands = _(
            "You are changing your bid %(bid)s. Your changes are not submitted. What you submitted "
            "before goes on counting until you submit again.",
            bid=bid.reference,
        )
    else:
        stands = _("Your bid %(bid)s is not submitted. A draft does not count.", bid=bid.reference)
    number = lacking(session, bid, now)
    if number:
        stands += " " + ngettext(
            "It still lacks %(num)d thing.", "It still lacks %(num)d things.", number
        )
    elif number == 0:
        stands += " " + _("It has all that it needs: check it and submit it.")
    return [
        stands,
        _(
            "Bids close at %(closes)s. Your bid must arrive before then: at the closing time is "
            "too late.",
            closes=format_instant(closes_at),
        ),
        f"{current_settings().public_url}/bids/{bid.reference}",
    ]
