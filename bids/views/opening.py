"""The officers' pages: opening the bids, reading them, deciding about eligibility."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bids import policy, queries, service
from bids.forms import ConfirmOpeningForm, FindingForm
from bids.lifecycle import BidState, opens_from
from bids.models import EligibilityFinding
from bids.views.room import Page, refused, words
from bids.views.watching import watch, watch_opening
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.queries import own_challenge
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, Permission, ensure

blueprint = Blueprint("opening", __name__)
blueprint.context_processor(words)
watch(blueprint, ["opening.bids", "opening.bid", "opening.decide"])
watch_opening(blueprint, "opening.confirm")

_AT = "/work/challenges/<reference>"
_READERS = (Permission.BID_READ_OPENED, Permission.RECORD_AUDIT)


@blueprint.get(f"{_AT}/opening")
@requires(Permission.BID_OPEN)
def show(reference: str) -> Page:
    """Show who has confirmed, who is missing, what the opening does and when it can be."""
    if (away := stale_sign_in()) is not None:
        return away
    challenge = own_challenge(db.session(), reference, access.current_actor())
    return _opening_page(challenge, ConfirmOpeningForm(), 200)


@blueprint.post(f"{_AT}/opening")
@requires(Permission.BID_OPEN)
def confirm(reference: str) -> Page:
    """Confirm the opening as one of two officers, each with a password given a short while ago."""
    if (away := stale_sign_in()) is not None:
        return away
    actor, form = access.current_actor(), ConfirmOpeningForm()
    if not form.validate():
        challenge = own_challenge(db.session(), reference, actor)
        return _opening_page(challenge, form, 422)
    try:
        opened = service.confirm_opening(reference, actor=actor, clock=access.clock())
    except WrongMoment as error:
        status = refused(form, error)
        return _opening_page(own_challenge(db.session(), reference, actor), form, status)
    if opened:
        flash(_("The bids are open. Check who may bid before the panel begins."))
        return redirect(url_for("opening.bids", reference=reference), 303)
    flash(_("You have confirmed. A second procurement officer must confirm too."))
    return redirect(url_for("opening.show", reference=reference), 303)


def _opening_page(challenge: Challenge, form: ConfirmOpeningForm, status: int) -> Page:
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    stage = challenge.stage
    standing = queries.opening_status(session, challenge)
    closed = stage.closes_at is not None and now >= stage.closes_at
    answer = policy.can_confirm_opening(
        actor,
        verified=challenge.buyer.verified_at is not None,
        state=challenge.state,
        closes_at=stage.closes_at,
        now=now,
        opened=standing.opened,
        confirmed=[officer.officer_id for officer in standing.confirmed],
    )
    page = render_template(
        "opening/show.html",
        challenge=challenge,
        stage=stage,
        standing=standing,
        # Until closing nobody is told even how many there are.
        count=queries.bid_counts(session, [stage.id])[stage.id] if closed else None,
        opens_from=opens_from(stage.closes_at) if stage.closes_at else None,
        answer=answer,
        form=form,
    )
    return page, status


@blueprint.get(f"{_AT}/bids")
@requires(*_READERS)
def bids(reference: str) -> str:
    """List the opened bids by supplier, without what they say."""
    session, actor = db.session(), access.current_actor()
    challenge = own_challenge(session, reference, actor)
    opened = queries.is_opened(session, challenge.stage.id)
    ensure(policy.can_read_opened(actor, challenge.state, opened=opened))
    return render_template(
        "opening/bids.html",
        challenge=challenge,
        bids=queries.opened_bids(session, challenge.stage.id),
        deciding=_deciding(actor, challenge.state),
    )


@blueprint.get(f"{_AT}/bids/<bid_reference>")
@requires(*_READERS)
def bid(reference: str, bid_reference: str) -> str:
    """Show one opened bid, after recording that it is read."""
    actor = access.current_actor()
    reading = service.read_bid(reference, bid_reference, actor=actor, clock=access.clock())
    return render_template(
        "opening/bid.html",
        reading=reading,
        bid=reading.bid,
        sees_price=policy.may_see_price(actor, reading.state),
        deciding=_deciding(actor, reading.state),
    )


@blueprint.route(f"{_AT}/bids/<bid_reference>/eligibility", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def decide(reference: str, bid_reference: str) -> Page:
    """Decide about a bid's eligibility, with the reason."""
    actor, clock = access.current_actor(), access.clock()
    form = FindingForm()
    status = 200
    if request.method == "POST" and form.validate():
        try:
            service.decide_eligibility(
                reference,
                bid_reference,
                finding=EligibilityFinding(form.finding.data),
                reason=form.reason.data or "",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Your decision about bid %(bid)s is recorded.", bid=bid_reference))
            return redirect(url_for("opening.bids", reference=reference), 303)
    elif request.method == "POST":
        status = 422
    # The declaration is part of the bid, so showing it is reading the bid.
    reading = service.read_bid(
        reference,
        bid_reference,
        actor=actor,
        clock=clock,
        # What was typed comes back even where the moment to decide has passed.
        to_decide=request.method == "GET",
    )
    page = render_template("opening/decide.html", reading=reading, bid=reading.bid, form=form)
    return page, status


def _deciding(actor: Actor, state: State) -> bool:
    """Tell whether the actor decides about eligibility now."""
    return policy.can_decide_eligibility(actor, state, BidState.VALID).allowed
