"""The supplier's pages: a query about its bid, the draft of the answer, and sending it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bids.asking import policy, queries, service
from bids.asking.forms import ReplyForm, SendForm
from bids.views.room import Page, arrived, blueprint, refused
from bids.views.watching import watch
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission, ensure

_AT = "/bids/<reference>/queries/<int:number>"
watch(blueprint, ["bids.query", "bids.send_answer"])


@blueprint.route(_AT, methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def query(reference: str, number: int) -> Page:
    """Read a query, and write at the answer until it is sent."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    found = queries.own_query(session, reference, number, actor)
    form = ReplyForm(data={"text": found.draft, "seen": str(found.row_version)})
    status, theirs = 200, None
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                service.save_draft(
                    reference,
                    number,
                    text=form.text.data or "",
                    seen=form.version,
                    actor=actor,
                    arrived=arrived(),
                    clock=clock,
                )
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
                found = queries.own_query(session, reference, number, actor)
                if isinstance(error, StaleEdit):
                    theirs = found.draft
                    form.seen.data = str(found.row_version)
            else:
                if request.form.get("then") == "check":
                    target = url_for("bids.send_answer", reference=reference, number=number)
                    return redirect(target, 303)
                flash(_("Saved. Nothing is sent yet."))
                return redirect(url_for("bids.query", reference=reference, number=number), 303)
    challenge, now = found.bid.challenge, clock.now()
    page = render_template(
        "bid_queries/own.html",
        query=found,
        challenge=challenge,
        standing=policy.standing(found, now),
        writable=policy.can_write(actor, found.bid.standing, found, now).allowed,
        theirs=theirs,
        form=form,
    )
    return page, status


@blueprint.route(f"{_AT}/send", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def send_answer(reference: str, number: int) -> Page:
    """Show the answer as the public body will read it; then send it, once and for all."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    found = queries.own_query(session, reference, number, actor)
    form = SendForm(data={"seen": str(found.row_version)})
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, found.bid.standing, found, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.send_answer(
                reference,
                number,
                seen=form.version,
                actor=actor,
                arrived=arrived(),
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            found = queries.own_query(session, reference, number, actor)
            form.seen.data = str(found.row_version)
        else:
            flash(_("Your answer is sent. The public body’s officers are told."))
            return redirect(url_for("bids.query", reference=reference, number=number), 303)
    challenge = found.bid.challenge
    page = render_template(
        "bid_queries/send.html",
        query=found,
        challenge=challenge,
        writable=policy.can_write(actor, found.bid.standing, found, clock.now()).allowed,
        sends=policy.can_send(actor, found.bid.standing, found, clock.now()),
        form=form,
    )
    return page, status
