"""Beginning to change a bid that was submitted, and giving the changes up again."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bids import queries, service
from bids.drafts import question_keys
from bids.envelopes import Unreadable
from bids.forms import ChangeForm
from bids.models import Bid
from bids.views.drafting import standing_facts
from bids.views.room import Page, blueprint, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission


@blueprint.post("/bids/<reference>/change")
@requires(Permission.BID_DRAFT)
def change(reference: str) -> Page:
    """Begin to change what was submitted, and go to the bid, or to the question in hand."""
    actor = access.current_actor()
    form = ChangeForm()
    try:
        service.change_bid(
            reference, actor=actor, clock=access.clock(), empty=form.empty.data == "yes"
        )
    except Unreadable as error:
        bid = queries.own_bid(db.session(), reference, actor)
        status = refused(form, error)
        return render_template(
            "bids/unreadable.html", form=form, **standing_facts(bid, actor)
        ), status
    bid = queries.own_bid(db.session(), reference, actor)
    flash(_begun(bid))
    if form.question.data in question_keys(bid.stage):
        return redirect(url_for("bids.answer", reference=reference, key=form.question.data), 303)
    return redirect(url_for("bids.task_list", reference=reference), 303)


def _begun(bid: Bid) -> str:
    if bid.current_version is None:
        return str(_("You can go on with your bid. Nothing counts until you submit it."))
    return str(
        _(
            "You can change your bid now. Version %(number)d goes on counting until you submit "
            "again.",
            number=bid.current_version,
        )
    )


@blueprint.route("/bids/<reference>/discard", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def discard(reference: str) -> Page:
    """Give up the changes to what was submitted, after saying what that does."""
    actor = access.current_actor()
    form = BaseForm()
    status = 200
    if form.validate_on_submit():
        try:
            service.discard_changes(reference, actor=actor, clock=access.clock())
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("Your changes are given up. What you submitted is as it was."))
            return redirect(url_for("bids.task_list", reference=reference), 303)
    session = db.session()
    bid = queries.own_bid(session, reference, actor)
    facts = standing_facts(bid, actor)
    possible = facts["drafted"] and facts["editable"] and queries.latest_submission(session, bid)
    if request.method == "GET" and not possible:
        return redirect(url_for("bids.task_list", reference=reference))
    return render_template("bids/discard.html", form=form, **facts), status
