"""The body's desk: what waits for an answer, and how a question is worded for everybody."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.asking import policy, queries, service
from challenges.asking.forms import PublishForm, RewordForm
from challenges.asking.views.room import blueprint
from challenges.live import queries as live
from challenges.queries import own_challenge
from challenges.topics import TOPIC_WORDS
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

_AT = "/work/challenges/<reference>/questions"


@blueprint.get(_AT)
@requires(Permission.CHALLENGE_WRITE, Permission.RECORD_AUDIT)
def desk(reference: str) -> str:
    """Show what waits for an answer, the drafts, and what was answered to whom."""
    actor, session, now = access.current_actor(), db.session(), access.clock().now()
    challenge = own_challenge(session, reference, actor)
    ensure(policy.can_read(actor, challenge))
    return render_template(
        "asking/desk.html",
        challenge=challenge,
        desk=queries.desk(session, challenge),
        asked_in=queries.asked_in,
        may_answer=policy.can_answer(actor, challenge, now),
        until=policy.asking_ends(challenge),
        topics=TOPIC_WORDS,
        form=PublishForm(),
        meetings=live.sessions(session, challenge),
    )


@blueprint.route(f"{_AT}/<uuid:question_id>/wording", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def reword(reference: str, question_id: uuid.UUID) -> Page:
    """Word a question so that it does not tell who asked."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    question = queries.question_of(session, challenge, question_id)
    form = RewordForm(data={"wording": question.public_text})
    status = 200
    if request.method == "GET":
        ensure(policy.can_answer(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.reword(
                reference,
                question_id,
                wording=form.wording.data or "",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = own_challenge(session, reference, actor)
            question = queries.question_of(session, challenge, question_id)
        else:
            flash(_("Everybody will read the question in these words."))
            return redirect(url_for("asking.desk", reference=reference), 303)
    page = render_template("asking/reword.html", challenge=challenge, question=question, form=form)
    return page, status
