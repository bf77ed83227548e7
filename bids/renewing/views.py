"""The page on which a supplier reads what changed and confirms the bid it has submitted."""

from typing import Any

from flask import redirect, render_template, url_for

from bids import queries
from bids.envelopes import Unreadable
from bids.forms import SubmitForm
from bids.lifecycle import TooLate
from bids.models import Bid
from bids.renewing import queries as renewals
from bids.renewing.service import confirm_bid, gaps_of, submitted_content
from bids.views.drafting import standing_facts
from bids.views.room import Page, arrived, blueprint, refused
from bids.views.submitting import too_late
from challenges.changing import queries as changes
from challenges.changing import showing
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, Permission


@blueprint.get("/bids/<reference>/confirm")
@requires(Permission.BID_DRAFT)
def renewal(reference: str) -> Page:
    """Show what changed since the bid was submitted, and what it takes for the bid to count."""
    actor = access.current_actor()
    return _page(queries.own_bid(db.session(), reference, actor), actor, SubmitForm(), 200)


@blueprint.post("/bids/<reference>/confirm")
@requires(Permission.BID_SUBMIT)
def renew(reference: str) -> Page:
    """Confirm the bid: what was submitted is sealed again as a new version, with a new receipt."""
    actor, form, status = access.current_actor(), SubmitForm(), 422
    if form.validate():
        try:
            made = confirm_bid(
                reference,
                actor=actor,
                arrived=arrived(),
                clock=access.clock(),
                checked_change=form.checked_change,
            )
        except TooLate as late:
            return too_late(reference, late)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            target = url_for("bids.receipt", reference=reference, version=made.version)
            return redirect(target, 303)
    return _page(queries.own_bid(db.session(), reference, actor), actor, form, status)


def _page(bid: Bid, actor: Actor, form: SubmitForm, status: int) -> Page:
    session = db.session()
    current = queries.submission(session, bid.id, bid.current_version)
    if current is None or not renewals.is_awaited(session, bid):
        return redirect(url_for("bids.task_list", reference=bid.reference), 303)
    form.change.data = str(changes.count(session, bid.challenge))
    page = render_template(
        "bids/confirm.html",
        form=form,
        changes=[
            (change, showing.changes_between(change.before, change.after))
            for change in renewals.changes_to_read(session, bid, current)
        ],
        version=current.version,
        **_held(bid, actor),
    )
    return page, status


def _held(bid: Bid, actor: Actor) -> dict[str, Any]:
    """Give how what was submitted stands to what is asked now; nothing where it cannot be read."""
    session, facts = db.session(), standing_facts(bid, actor)
    current = queries.submission(session, bid.id, bid.current_version)
    if current is None:
        return facts
    try:
        content = submitted_content(session, bid, current)
    except Unreadable as error:
        return {**facts, "unreadable": error.message, "gaps": []}
    now = access.clock().now()
    return {**facts, "unreadable": None, "gaps": gaps_of(session, bid, content, now)}
