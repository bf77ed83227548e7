"""A bidder's pages of its complaints about a decision."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from bids.queries import own_bid
from bids.views.room import arrived, time_requests_of
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.award.complaints import policy, queries, service
from scoring.award.complaints.forms import ComplainForm
from scoring.award.complaints.lifecycle import FINDING_WORDS, STANDING_WORDS, WAY_WORDS

blueprint = Blueprint("complaint", __name__, url_prefix="/bids/<reference>/complaint")
blueprint.context_processor(
    lambda: {
        "finding_words": FINDING_WORDS,
        "complaint_standing_words": STANDING_WORDS,
        "way_words": WAY_WORDS,
    }
)

# A complaint is in time by when it arrived.
time_requests_of(blueprint.name)

Page = str | Response | tuple[str, int]


@blueprint.get("")
@requires(Permission.BID_DRAFT, Permission.BID_SUBMIT)
def show(reference: str) -> Page:
    """Show the own complaints with what became of them, and the form for one."""
    return _page(reference, ComplainForm(), 200)


@blueprint.post("")
@requires(Permission.BID_SUBMIT)
def complain(reference: str) -> Page:
    """Complain about the decision on the own bid."""
    form = ComplainForm()
    status = 422
    if form.validate():
        try:
            number = service.complain(
                reference,
                grounds=form.grounds.data or "",
                asks=form.asks.data or "",
                arrived=arrived(),
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            form.refuse(error)
            status = 409 if isinstance(error, WrongMoment) else 422
        else:
            flash(
                _(
                    "We have your complaint. It has number %(number)d, and a receipt is on its "
                    "way to everybody who acts for your organisation.",
                    number=number,
                )
            )
            return _see(reference)
    return _page(reference, form, status)


@blueprint.route("/<int:number>/take-back", methods=["GET", "POST"])
@requires(Permission.BID_SUBMIT)
def take_back(reference: str, number: int) -> Page:
    """Ask whether to take a complaint back; do it."""
    actor, session, form = access.current_actor(), db.session(), BaseForm()
    bid = own_bid(session, reference, actor)
    row = queries.own_complaint(session, bid.id, number)
    if form.validate_on_submit():
        service.take_back(reference, number, actor=actor, clock=access.clock())
        flash(_("Your complaint is taken back."))
        return _see(reference)
    ensure(policy.can_take_back(actor, row.standing))
    return render_template("complaints/take_back.html", bid=bid, complaint=row, form=form)


def _page(reference: str, form: ComplainForm, status: int) -> Page:
    session, actor = db.session(), access.current_actor()
    bid = own_bid(session, reference, actor)
    told = queries.told_to(session, bid)
    page = render_template(
        "complaints/own.html",
        bid=bid,
        told=told,
        complaints=queries.of_bid(session, bid.id),
        may=policy.can_complain(actor, told=told is not None),
        takes_back=actor.may(Permission.BID_SUBMIT),
        form=form,
    )
    return page, status


def _see(reference: str) -> Response:
    return make_response(redirect(url_for("complaint.show", reference=reference), code=303))
