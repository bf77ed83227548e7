"""An evaluator's pages: one question across all bids, the check, submission, correction."""

from typing import Any

from flask import Response, flash, render_template
from flask_babel import gettext as _

from challenges.stages.place import Place
from marketplace.core import access, keeping
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.panel import evaluator_pages, policy, queries, service
from scoring.panel.evaluator_pages import OwnQuestion, OwnScore, QuestionPage
from scoring.panel.forms import correction_form, score_of, scoring_form, show_score
from scoring.panel.interests.queries import has_seen_others
from scoring.panel.interviews import queries as interviews
from scoring.panel.lifecycle import FAULT_WORDS
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


@blueprint.get("/questions/<key>")
@requires(Permission.SCORE_RECORD)
def question(at: Place, key: str) -> Answer:
    """Show one question across all bids; the reading is recorded before the page is served."""
    page = _read(at, key)
    form = _form(page.current)
    fill(form, _by_bid(page.current))
    return answer("panel/question.html", form, None, page=page, newer={})


@blueprint.post("/questions/<key>")
@requires(Permission.SCORE_RECORD)
def save(at: Place, key: str) -> Answer | Response:
    """Keep what was written on one question, complete or not, and go where the person asked."""
    found = meet(at)
    if (refused := refusal(found)) is not None:
        return refused
    asked = queries.question_named(found.stage, key)
    work = evaluator_pages.own_work(db.session(), found)
    current = work.on(asked)
    form = _form(current)
    cells = sent(form, _by_bid(current))
    try:
        if not form.validate_on_submit():
            raise Invalid("")
        service.save_draft(at, key, cells, actor=access.current_actor(), clock=access.clock())
    except DomainError as error:
        if (told := told_to_script(form, error)) is not None:
            return told
        if not isinstance(error, Invalid):
            raise
        page = _read(at, key)
        newer = beside(form, error, _by_bid(page.current))
        return answer("panel/question.html", form, error, page=page, newer=newer)
    if keeping.scripted():
        return saved(cells)
    following = work.questions[work.questions.index(current) + 1 :]
    if following:
        then = see("panel.question", at, key=following[0].question.key)
    else:
        then = see("panel.check", at)
    return onward(at, work, then)


def _read(at: Place, key: str) -> QuestionPage:
    return service.read_question(at, key, actor=access.current_actor(), clock=access.clock())


def _by_bid(current: OwnQuestion) -> dict[str, OwnScore]:
    return {own.bidder.handle: own for own in current.scores}


def _form(current: OwnQuestion) -> Any:
    return scoring_form(
        (own.bidder.handle, own.bidder.shown, current.question) for own in current.scores
    )


@blueprint.route("/scores", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD)
def check(at: Place) -> Answer:
    """Show all own scores; submit them. Afterwards show what was submitted."""
    form = BaseForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.submit_scores(at, actor=access.current_actor(), clock=access.clock())
        except Invalid as error:
            refused = error
        else:
            flash(_("Your scores are submitted."))
            return see("panel.check", at)
    found = meet(at)
    member = found.own_seat
    if member.scores_submitted_at is None:
        ensure(policy.can_write_scores(access.current_actor(), member, found.phase))
    work = evaluator_pages.own_work(db.session(), found)
    page = {
        "work": work,
        "found": found,
        "fault_words": FAULT_WORDS,
        "may_correct": policy.can_correct_score(access.current_actor(), member, found.phase).allowed
        and not has_seen_others(db.session(), member),
    }
    if member.scores_submitted_at is not None:
        return render_template("panel/submitted.html", **page)
    status = 422 if refused else 200
    return render_template(
        "panel/check.html",
        form=form,
        refused=bool(refused),
        to_meet=interviews.outstanding(
            db.session(),
            found.stage.id,
            [bidder for bidder, _left in work.bids],
            access.clock().now(),
        ),
        **page,
    ), status


@blueprint.route("/scores/<key>/<handle>/correct", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD)
def correct(at: Place, key: str, handle: str) -> Answer:
    """Correct one submitted score, with a reason, until moderation begins."""
    page = service.read_own_score(
        at, key, handle, actor=access.current_actor(), clock=access.clock()
    )
    own = page.current.scores[0]
    form = correction_form(page.current.question)
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.correct_score(
                at,
                key,
                handle,
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
            return see("panel.check", at)
    elif not form.is_submitted():
        show_score(form.value, own.value)
        form.rationale.data = own.rationale
    return answer("panel/correct.html", form, refused, page=page, own=own)
