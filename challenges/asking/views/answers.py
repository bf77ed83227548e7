"""Pages on which an answer is drafted, checked, published and corrected."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.asking import policy, queries, service
from challenges.asking.forms import ALL, ASKER, AnswerForm, CorrectForm, PublishForm
from challenges.asking.models import ClarificationAnswer
from challenges.asking.views.room import blueprint
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.topics import TOPIC_WORDS
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission, ensure

_AT = "/work/challenges/<reference>/answers"


@blueprint.route(f"{_AT}/new", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def compose(reference: str) -> Page:
    """Begin the answer to a question, or to several at once."""
    actor, clock = access.current_actor(), access.clock()
    challenge = own_challenge(db.session(), reference, actor)
    if request.method == "GET":
        ensure(policy.can_answer(actor, challenge, clock.now()))
        chosen = [each for each in [_id(request.args.get("question"))] if each]
        return _form_page(challenge, None, AnswerForm(data={"questions": chosen}), 200)
    return _save(reference, None)


@blueprint.route(f"{_AT}/<uuid:answer_id>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def draft(reference: str, answer_id: uuid.UUID) -> Page:
    """Go on with the draft of an answer."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    answer = queries.answer_of(session, challenge, answer_id)
    if request.method == "GET":
        ensure(policy.can_answer(actor, challenge, clock.now()))
        if answer.number is not None:
            return redirect(url_for("asking.show", reference=reference, number=answer.number), 303)
        return _form_page(challenge, answer, _form_of(answer), 200)
    return _save(reference, answer_id)


@blueprint.route(f"{_AT}/<uuid:answer_id>/publish", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def publish(reference: str, answer_id: uuid.UUID) -> Page:
    """Show an answer as it will be read, and by whom; then publish it."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    answer = queries.answer_of(session, challenge, answer_id)
    form = PublishForm(data={"seen": str(answer.row_version)})
    status = 200
    if request.method == "GET":
        ensure(policy.can_publish(actor, challenge, answer, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            number = service.publish_answer(
                reference, answer_id, seen=form.version, actor=actor, clock=clock
            )
        except WrongMoment as error:
            status = refused(form, error)
            challenge = own_challenge(session, reference, actor)
            answer = queries.answer_of(session, challenge, answer_id)
            form.seen.data = str(answer.row_version)
        else:
            flash(
                _("Sent to the supplier who asked, and to nobody else.")
                if number is None
                else _("Published. Followers and bidders are told.")
            )
            return redirect(url_for("asking.desk", reference=reference), 303)
    page = render_template(
        "asking/publish.html",
        challenge=challenge,
        answer=answer,
        asked=queries.asked_in(answer),
        topics=TOPIC_WORDS,
        form=form,
    )
    return page, status


@blueprint.post(f"{_AT}/<uuid:answer_id>/discard")
@requires(Permission.CHALLENGE_WRITE)
def discard(reference: str, answer_id: uuid.UUID) -> Page:
    """Throw a draft away."""
    service.discard_answer(reference, answer_id, actor=access.current_actor(), clock=access.clock())
    flash(_("The draft is gone. Its questions wait again."))
    return redirect(url_for("asking.desk", reference=reference), 303)


@blueprint.route(f"{_AT}/<uuid:answer_id>/correct", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def correct(reference: str, answer_id: uuid.UUID) -> Page:
    """Correct a published answer by a new version."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    answer = queries.answer_of(session, challenge, answer_id)
    form = CorrectForm(data={"text": answer.text, "seen": str(answer.row_version)})
    status, stale = 200, False
    if request.method == "GET":
        ensure(policy.can_correct(actor, challenge, answer, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.correct_answer(
                reference,
                answer_id,
                text=form.text.data or "",
                because=form.because.data or "",
                seen=form.version,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status, stale = refused(form, error), isinstance(error, StaleEdit)
            challenge = own_challenge(session, reference, actor)
            answer = queries.answer_of(session, challenge, answer_id)
            form.seen.data = str(answer.row_version)
        else:
            flash(_("Corrected. The earlier version stays readable below it."))
            return redirect(url_for("asking.show", reference=reference, number=answer.number), 303)
    page = render_template(
        "asking/correct.html",
        challenge=challenge,
        answer=answer,
        asked=queries.asked_in(answer),
        form=form,
        saved=answer.text if stale else None,
    )
    return page, status


def _save(reference: str, answer_id: uuid.UUID | None) -> Page:
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    form = AnswerForm()
    form.offer([])
    status, stale = 422, False
    if form.validate():
        try:
            kept = service.save_answer(
                reference,
                questions=form.questions.data or [],
                text=form.text.data or "",
                private_because=form.reason,
                answer_id=answer_id,
                seen=form.version,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status, stale = refused(form, error), isinstance(error, StaleEdit)
        else:
            return redirect(url_for("asking.publish", reference=reference, answer_id=kept), 303)
    challenge = own_challenge(session, reference, actor)
    answer = queries.answer_of(session, challenge, answer_id) if answer_id else None
    if answer is not None:
        form.seen.data = str(answer.row_version)
    return _form_page(challenge, answer, form, status, stale=stale)


def _form_of(answer: ClarificationAnswer) -> AnswerForm:
    return AnswerForm(
        data={
            "questions": [each.id for each in answer.questions],
            "text": answer.text,
            "audience": ALL if answer.private_because is None else ASKER,
            "private_because": answer.private_because,
            "seen": str(answer.row_version),
        }
    )


def _form_page(
    challenge: Challenge,
    answer: ClarificationAnswer | None,
    form: AnswerForm,
    status: int,
    *,
    stale: bool = False,
) -> Page:
    """Make the page of a draft; `stale` shows what somebody else saved beside what was typed."""
    actor, session, now = access.current_actor(), db.session(), access.clock().now()
    held = answer.id if answer else None
    offered = [
        each for each in queries.waiting(session, challenge) if each.answer_id in (None, held)
    ]
    form.offer(offered)
    page = render_template(
        "asking/answer.html",
        challenge=challenge,
        answer=answer,
        form=form,
        offered=offered,
        topics=TOPIC_WORDS,
        saved=answer.text if answer and stale else None,
        may_be_private=policy.can_answer_privately(actor, challenge, now).allowed,
    )
    return page, status


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
