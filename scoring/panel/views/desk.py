"""Pages of one bid across all questions, and of own texts for one score."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.stages.place import Place
from marketplace.core import access, keeping
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid, NotFound
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from marketplace.core.text import N_
from scoring.panel import evaluator_pages, policy, service
from scoring.panel.desk import service as desk
from scoring.panel.desk.pages import BidPage
from scoring.panel.desk.texts import own_texts
from scoring.panel.evaluator_pages import OwnScore
from scoring.panel.forms import scoring_form
from scoring.panel.queries import Question
from scoring.panel.views.drafting import (
    beside,
    fill,
    onward,
    refusal,
    saved,
    sent,
    told_to_script,
)
from scoring.panel.views.frame import Answer, answer, blueprint, meet, see


@blueprint.get("/bids/<handle>")
@requires(Permission.SCORE_RECORD)
def bid(at: Place, handle: str) -> Answer:
    """Show one bid across all questions; the reading is recorded before the page is served."""
    page = _read(at, handle)
    form = _form([cell.item.question for cell in page.cells])
    fill(form, _by_question(page))
    return answer("panel/desk/bid.html", form, None, page=page, newer={})


@blueprint.post("/bids/<handle>")
@requires(Permission.SCORE_RECORD)
def save_bid(at: Place, handle: str) -> Answer | Response:
    """Keep what was written on one bid, complete or not, and go where the person asked."""
    found = meet(at)
    if (refused := refusal(found)) is not None:
        return refused
    work = evaluator_pages.own_work(db.session(), found)
    order = [bidder.handle for bidder, _left in work.bids]
    if handle not in order:
        raise NotFound(N_("That bid is not among those you score."))
    questions = [
        item.question
        for item in work.questions
        if any(own.bidder.handle == handle for own in item.scores)
    ]
    form = _form(questions)
    cells = sent(form, [question.key for question in questions])
    try:
        if not form.validate_on_submit():
            raise Invalid("")
        desk.save_bid(at, handle, cells, actor=access.current_actor(), clock=access.clock())
    except DomainError as error:
        if (told := told_to_script(form, error)) is not None:
            return told
        if not isinstance(error, Invalid):
            raise
        page = _read(at, handle)
        newer = beside(form, error, _by_question(page))
        return answer("panel/desk/bid.html", form, error, page=page, newer=newer)
    if keeping.scripted():
        return saved(cells)
    place = order.index(handle)
    if place + 1 < len(order):
        then = see("panel.bid", at, handle=order[place + 1])
    else:
        then = see("panel.check", at)
    return onward(at, work, then)


@blueprint.route("/texts/<key>/<handle>", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD)
def texts(at: Place, key: str, handle: str) -> Answer:
    """Show the own reasons that may serve for one score; put one of them below its reason."""
    found = meet(at)
    ensure(policy.can_write_scores(access.current_actor(), found.own_seat, found.phase))
    form = BaseForm()
    status = 200
    if form.validate_on_submit():
        source = request.form.get("text", "").partition("/")
        try:
            desk.use_text(
                at,
                key,
                handle,
                (source[0], source[2]),
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except Invalid as error:
            form.refuse(error)
            status = 422
        else:
            flash(_("Your text is put below the reason. Change what does not fit."))
            return make_response(redirect(_back(at, key, handle), code=303))
        found = meet(at)
    page = render_template(
        "panel/desk/texts.html",
        found=found,
        form=form,
        texts=own_texts(db.session(), found, key, handle),
        back=_back(at, key, handle),
    )
    return page, status


def _read(at: Place, handle: str) -> BidPage:
    return service.read_bid(at, handle, actor=access.current_actor(), clock=access.clock())


def _by_question(page: BidPage) -> dict[str, OwnScore]:
    return {cell.item.question.key: cell.own for cell in page.cells}


def _form(questions: list[Question]) -> Any:
    return scoring_form((question.key, question.title, question) for question in questions)


def _back(at: Place, key: str, handle: str) -> str:
    """Give the address from which a person came, at the reason that they were writing."""
    if request.args.get("back") == "bid":
        return url_for(
            "panel.bid",
            reference=at.reference,
            handle=handle,
            _anchor=f"reason-{key}",
        )
    return url_for("panel.question", reference=at.reference, key=key, _anchor=f"reason-{handle}")
