"""An evaluator's pages: one question across all bids, the check, submission, correction."""

from typing import Any

from flask import Response, flash, jsonify, render_template, request
from flask_babel import gettext as _

from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.dates import format_time
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.panel import evaluator_pages, policy, queries, service
from scoring.panel.evaluator_pages import QuestionPage
from scoring.panel.forms import correction_form, score_of, scoring_form, show_score
from scoring.panel.lifecycle import FAULT_WORDS
from scoring.panel.queries import Bidder
from scoring.panel.service import DraftCell
from scoring.panel.views.frame import Answer, answer, blueprint, meet, see


@blueprint.get("/questions/<key>")
@requires(Permission.SCORE_RECORD)
def question(reference: str, key: str) -> Answer:
    """Show one question across all bids; the reading is recorded before the page is served."""
    page = _read(reference, key)
    form = scoring_form(page.current.question, [score.bidder for score in page.current.scores])
    for score in page.current.scores:
        show_score(form[f"score-{score.bidder.reference}"], score.value)
        form[f"reason-{score.bidder.reference}"].data = score.rationale
    return answer("panel/question.html", form, None, page=page)


@blueprint.post("/questions/<key>")
@requires(Permission.SCORE_RECORD)
def save(reference: str, key: str) -> Answer | Response:
    """Keep what was written on one question, complete or not, and go where the person asked."""
    found = meet(reference)
    ensure(policy.can_write_scores(access.current_actor(), found.own_seat, found.phase))
    asked = queries.question_named(found.stage, key)
    work = evaluator_pages.own_work(db.session(), found)
    keys = [item.question.key for item in work.questions]
    bidders = [score.bidder for score in work.on(asked).scores]
    form = scoring_form(asked, bidders)
    scripted = request.headers.get("X-Requested-With") == "autosave"
    try:
        if not form.validate_on_submit():
            raise Invalid("")
        service.save_draft(
            reference,
            key,
            _cells(form, bidders),
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except Invalid as error:
        if error.fields:
            form.refuse(error)
        if scripted:
            return Response(status=422)
        return answer("panel/question.html", form, error, page=_read(reference, key))
    now = access.clock().now()
    if scripted:
        return jsonify({"saved": _("Saved at %(time)s", time=format_time(now, seconds=True))})
    match request.form.get("then", "").partition(":"):
        case ("next", _sign, _key):
            following = keys[keys.index(asked.key) + 1 :]
            if not following:
                return see("panel.check", reference)
            return see("panel.question", reference, key=following[0])
        case ("go", _sign, wanted) if wanted in keys:
            return see("panel.question", reference, key=wanted)
    flash(_("Saved at %(time)s.", time=format_time(now, seconds=True)))
    return see("panel.home", reference)


def _read(reference: str, key: str) -> QuestionPage:
    return service.read_question(reference, key, actor=access.current_actor(), clock=access.clock())


def _cells(form: Any, bidders: list[Bidder]) -> dict[str, DraftCell]:
    """Take the bids that the browser sent: a page loaded before a change may lack one."""
    return {
        bidder.reference: DraftCell(
            value=score_of(form[f"score-{bidder.reference}"]),
            rationale=form[f"reason-{bidder.reference}"].data or "",
        )
        for bidder in bidders
        if f"reason-{bidder.reference}" in request.form
    }


@blueprint.route("/scores", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD)
def check(reference: str) -> Answer:
    """Show all own scores; submit them. Afterwards show what was submitted."""
    form = BaseForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.submit_scores(reference, actor=access.current_actor(), clock=access.clock())
        except Invalid as error:
            refused = error
        else:
            flash(_("Your scores are submitted."))
            return see("panel.check", reference)
    found = meet(reference)
    member = found.own_seat
    if member.scores_submitted_at is None:
        ensure(policy.can_write_scores(access.current_actor(), member, found.phase))
    work = evaluator_pages.own_work(db.session(), found)
    page = {
        "work": work,
        "found": found,
        "fault_words": FAULT_WORDS,
        "may_correct": policy.can_correct_score(
            access.current_actor(), member, found.phase
        ).allowed,
    }
    if member.scores_submitted_at is not None:
        return render_template("panel/submitted.html", **page)
    status = 422 if refused else 200
    return render_template("panel/check.html", form=form, refused=bool(refused), **page), status


@blueprint.route("/scores/<key>/<bid_reference>/correct", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD)
def correct(reference: str, key: str, bid_reference: str) -> Answer:
    """Correct one submitted score, with a reason, until moderation begins."""
    page = service.read_own_score(
        reference, key, bid_reference, actor=access.current_actor(), clock=access.clock()
    )
    own = page.current.scores[0]
    form = correction_form(page.current.question)
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.correct_score(
                reference,
                key,
                bid_reference,
                value=score_of(form.value),
                rationale=form.rationale.data or "",
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("The score is corrected. The one before stays on record."))
            return see("panel.check", reference)
    elif not form.is_submitted():
        show_score(form.value, own.value)
        form.rationale.data = own.rationale
    return answer("panel/correct.html", form, refused, page=page, own=own)
