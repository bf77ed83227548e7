"""Checking, submitting and withdrawing a bid, and the receipt."""

from io import BytesIO

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from bids import queries, service
from bids.forms import SubmitForm, WithdrawForm
from bids.lifecycle import BidState, TooLate
from bids.views.drafting import draft_facts, standing_facts
from bids.views.room import Page, arrived, blueprint, refused
from challenges.changing import queries as changes
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission
from marketplace.core.text import N_


@blueprint.get("/bids/<reference>/check")
@requires(Permission.BID_DRAFT)
def check(reference: str) -> Page:
    """Show the whole draft, with all that is missing named; else what was submitted."""
    session, actor = db.session(), access.current_actor()
    bid = queries.own_bid(session, reference, actor)
    if bid.draft_key_id is None and (latest := queries.latest_submission(session, bid)) is not None:
        return redirect(url_for("bids.receipt", reference=reference, version=latest.version))
    return render_template("bids/check.html", **draft_facts(bid, actor))


@blueprint.route("/bids/<reference>/submit", methods=["GET", "POST"])
@requires(Permission.BID_SUBMIT)
def submit(reference: str) -> Page:
    """Make the declaration and submit the bid."""
    actor = access.current_actor()
    form = SubmitForm()
    status = 200
    if request.method == "POST" and form.validate():
        try:
            made = service.submit_bid(
                reference,
                actor=actor,
                arrived=arrived(),
                clock=access.clock(),
                checked_version=form.checked_version,
                checked_change=form.checked_change,
            )
        except TooLate as late:
            return too_late(reference, late)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            target = url_for("bids.receipt", reference=reference, version=made.version)
            return redirect(target, 303)
    elif request.method == "POST":
        status = 422
    bid = queries.own_bid(db.session(), reference, actor)
    if bid.draft_key_id is None and not form.form_errors:
        return redirect(url_for("bids.task_list", reference=reference))
    if request.method == "GET":
        form.checked.data = request.args.get("checked") or str(bid.row_version)
        form.change.data = request.args.get("change") or str(
            changes.count(db.session(), bid.challenge)
        )
    facts = draft_facts(bid, actor) if bid.draft_key_id else standing_facts(bid, actor)
    return render_template("bids/submit.html", form=form, **facts), status


@blueprint.get("/bids/<reference>/receipts/<int:version>")
@requires(Permission.BID_DRAFT)
def receipt(reference: str, version: int) -> str:
    """Show the receipt of one version, with what was submitted."""
    found = queries.receipt(db.session(), reference, version, access.current_actor())
    return render_template("bids/receipt.html", receipt=found)


@blueprint.get("/bids/<reference>/receipts/<int:version>/file")
@requires(Permission.BID_DRAFT)
def receipt_file(reference: str, version: int) -> Response:
    """Give the receipt as the file that proves it."""
    found = queries.receipt(db.session(), reference, version, access.current_actor(), whole=False)
    if found.note is None:
        raise WrongMoment(
            N_("The receipt cannot be signed at the moment. It is kept; try again later.")
        )
    return send_file(
        BytesIO(found.note.encode()),
        mimetype="text/plain",
        as_attachment=True,
        download_name=f"receipt-{found.bid}-v{found.version}.txt",
        max_age=0,
    )


@blueprint.route("/bids/<reference>/withdraw", methods=["GET", "POST"])
@requires(Permission.BID_SUBMIT)
def withdraw(reference: str) -> Page:
    """Withdraw a submitted bid, after saying what that does."""
    actor = access.current_actor()
    form = WithdrawForm()
    status = 200
    if form.validate_on_submit():
        try:
            service.withdraw_bid(reference, actor=actor, arrived=arrived(), clock=access.clock())
        except TooLate as late:
            return too_late(reference, late)
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("Your bid is withdrawn. Nothing counts now."))
            return redirect(url_for("bids.task_list", reference=reference), 303)
    bid = queries.own_bid(db.session(), reference, actor)
    if request.method == "GET" and bid.state is not BidState.SUBMITTED:
        return redirect(url_for("bids.task_list", reference=reference))
    return (
        render_template("bids/withdraw.html", form=form, **standing_facts(bid, actor)),
        status,
    )


def too_late(reference: str, late: TooLate) -> Page:
    """Say which instant was too late, and where what was written still stands."""
    bid = queries.own_bid(db.session(), reference, access.current_actor())
    page = render_template("bids/too_late.html", bid=bid, challenge=bid.challenge, late=late)
    return page, 409
