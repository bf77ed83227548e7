"""Beginning a bid, and the list of a supplier's bids."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from bids import drafts, queries, service
from bids.asking import queries as bid_queries
from bids.renewing.queries import renewals
from bids.views.room import Page, blueprint
from challenges.lifecycle import State, state_at
from challenges.queries import public_challenge
from marketplace.core import access
from marketplace.core.access import public, requires
from marketplace.core.database import db
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission


@blueprint.get("/bids")
@requires(Permission.BID_DRAFT)
def index() -> str:
    """List the supplier's bids, the newest first."""
    session, actor = db.session(), access.current_actor()
    page = queries.own_bids(session, actor, request.args.get("after"))
    standing = renewals(session, [bid.id for bid in page.bids], access.clock().now())
    return render_template(
        "bids/index.html",
        page=page,
        renewals=standing,
        to_answer=bid_queries.waiting_of_supplier(
            session, actor.organisation_id, access.clock().now()
        ),
    )


@blueprint.get("/challenges/<reference>/bid")
@public
def start(reference: str) -> Page:
    """Say what a bid needs, and let those begin who can."""
    session, actor = db.session(), access.optional_actor()
    challenge = public_challenge(session, reference)
    if actor is not None and actor.may(Permission.BID_DRAFT):
        known = queries.known_bid(session, challenge, actor)
        if known is not None:
            return redirect(url_for("bids.task_list", reference=known))
    if challenge.bids_elsewhere:
        return redirect(url_for("challenges.show", reference=reference))
    stage = challenge.stage
    return render_template(
        "bids/start.html",
        challenge=challenge,
        stage=stage,
        asked=drafts.asked_of(stage),
        is_open=state_at(challenge.state, stage.closes_at, access.clock().now()) is State.OPEN,
        may_bid=actor is not None and actor.may(Permission.BID_DRAFT),
        visitor=not current_user.is_authenticated,
        form=BaseForm(),
    )


@blueprint.post("/challenges/<reference>/bid")
@requires(Permission.BID_DRAFT)
def begin(reference: str) -> Page:
    """Begin the supplier's bid, or go to the one it has."""
    bid = service.start_bid(reference, actor=access.current_actor(), clock=access.clock())
    flash(_("Your bid is started. Only people of your organisation can see it."))
    return redirect(url_for("bids.task_list", reference=bid.reference), 303)
