"""The page of a bid in a stage that its supplier is invited to, before anything is written."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bids import drafts, hooks, policy
from bids.inviting import service
from bids.lifecycle import BidState
from bids.models import Bid
from bids.views.room import Page, blueprint
from challenges.stages.standing import source_of, state_of
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Actor, Permission


def nothing_written(bid: Bid) -> bool:
    """Tell whether a bid has no words of its supplier: it has not begun, or is heard."""
    return bid.state is BidState.INVITED or bid.unsealed


def page(bid: Bid, actor: Actor) -> str:
    """Say what a supplier is invited to, and what it can do now."""
    now = access.clock().now()
    return render_template(
        "bids/invited.html",
        bid=bid,
        challenge=bid.challenge,
        stage=bid.stage,
        state=state_of(bid.challenge, bid.stage, now),
        source=source_of(bid.stage),
        asked=drafts.asked_of(bid.stage),
        starts=policy.can_start(actor, bid.standing, bid.stage.closes_at, now).allowed,
        told=hooks.told_of(db.session(), bid, now),
        form=BaseForm(),
    )


@blueprint.post("/bids/<reference>/start")
@requires(Permission.BID_DRAFT)
def start_invited(reference: str) -> Page:
    """Begin to write for a stage that the supplier is invited to."""
    service.start_invited(reference, actor=access.current_actor(), clock=access.clock())
    flash(_("Your answer is started. Only people of your organisation can see it."))
    return redirect(url_for("bids.task_list", reference=reference), 303)
