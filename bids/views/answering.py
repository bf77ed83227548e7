"""Writing the answer to one question: saved, shown as it will be read, held against another's."""

from flask import jsonify, redirect, render_template, request, url_for

from bids import queries, service
from bids.drafts import fingerprint
from bids.forms import AnswerForm
from bids.views.drafting import back_to_list, standing_facts, status_of
from bids.views.room import Page, blueprint
from bids.wording import count_words
from challenges.kinds import CriterionKind
from challenges.models import Criterion, Stage
from challenges.views.differing import differences, take_both
from marketplace.core import access, keeping
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.keeping import BOTH, PREVIEW
from marketplace.core.markdown import markdown
from marketplace.core.permissions import Actor, Permission
from marketplace.core.presence.views import shown_at
from marketplace.core.text import N_


@blueprint.route("/bids/<reference>/answers/<key>", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def answer(reference: str, key: str) -> Page:
    """Write the answer to one question; the page's script saves through the same address.

    A preview, and both of two versions put together, are only shown: neither is saved.
    """
    actor = access.current_actor()
    form = AnswerForm()
    then = request.form.get("then")
    if request.method != "POST" or then == BOTH or not form.validate():
        return _answer_page(reference, key, form, actor, None)
    text = form.text.data or ""
    if then == PREVIEW:
        if keeping.scripted():
            _question(queries.own_bid(db.session(), reference, actor).stage, key)
            return jsonify(html=markdown(text, breaks=True))
        return _answer_page(reference, key, form, actor, None)
    try:
        seen = service.save_answer(
            reference, key, text, actor=actor, clock=access.clock(), seen=form.seen.data
        )
    except (Invalid, WrongMoment) as error:
        if keeping.scripted():
            return keeping.refused(error)
        return _answer_page(reference, key, form, actor, error)
    if keeping.scripted():
        return keeping.saved(seen)
    return _after_saving(reference, key)


def _answer_page(
    reference: str, key: str, form: AnswerForm, actor: Actor, error: Invalid | WrongMoment | None
) -> Page:
    bid = queries.own_bid(db.session(), reference, actor)
    questions = _questions(bid.stage)
    criterion = _question(bid.stage, key)
    stands = queries.shown_content(db.session(), bid).answers.get(key, "")
    saved = AnswerForm(formdata=None, prefix="saved-", data={"text": stands})
    then = request.form.get("then")
    if request.method == "GET":
        form.text.data, form.seen.data = stands, fingerprint(stands)
    elif then == BOTH:
        take_both(saved, form)
        form.seen.data = fingerprint(stands)
    status = status_of(form, error, fingerprint(stands))
    return (
        render_template(
            "bids/answer.html",
            **standing_facts(bid, actor),
            criterion=criterion,
            form=form,
            stands=stands,
            number=questions.index(criterion) + 1,
            count=len(questions),
            words=count_words(form.text.data or ""),
            differences=differences(saved, form) if isinstance(error, StaleEdit) else None,
            merged=then == BOTH,
            presence=shown_at(f"bid:{reference}/{key}", actor),
            preview=form.text.data or "" if then == PREVIEW else None,
        ),
        status,
    )


def _after_saving(reference: str, key: str) -> Page:
    """Go to the next question where that was asked for, else to the list of parts."""
    if request.form.get("then") == "next":
        bid = queries.own_bid(db.session(), reference, access.current_actor())
        keys = [criterion.key for criterion in _questions(bid.stage)]
        following = keys[keys.index(key) + 1 :]
        if following:
            target = url_for("bids.answer", reference=reference, key=following[0])
            return redirect(target, 303)
    return back_to_list(reference)


def _questions(stage: Stage) -> list[Criterion]:
    return [each for each in stage.criteria if each.kind is CriterionKind.QUALITY]


def _question(stage: Stage, key: str) -> Criterion:
    for criterion in _questions(stage):
        if criterion.key == key:
            return criterion
    raise NotFound(N_("There is no such question."))
