"""Pages of drafts under public comment: for everybody, and for the body."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from challenges.consulting import policy, queries, service
from challenges.consulting.forms import CommentForm, HideForm, OpenForm, ReplyForm
from challenges.queries import own_challenge
from challenges.topics import TOPIC_WORDS
from challenges.views.public import said_of
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import public, requires, signed_in
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("consulting", __name__)

_WORK = "/work/challenges/<reference>/consultation"


@blueprint.get("/drafts")
@public
def index() -> str:
    """List the drafts that can be commented on."""
    found = queries.drafts(db.session(), access.clock().now())
    return render_template("consulting/index.html", drafts=found)


@blueprint.get("/drafts/<reference>")
@public
def show(reference: str) -> str:
    """Show a draft while it is open for comment, and what people said about it."""
    session, now = db.session(), access.clock().now()
    challenge, consultation = queries.draft(session, reference)
    found, following = queries.comments(session, challenge, after=_id(request.args.get("after")))
    return render_template(
        "consulting/show.html",
        challenge=challenge,
        stage=challenge.stage,
        consultation=consultation,
        takes_comments=policy.takes_comments(challenge, consultation, now),
        comments=found,
        following=following,
        topics=TOPIC_WORDS,
        **said_of(challenge),
    )


@blueprint.route("/drafts/<reference>/comment", methods=["GET", "POST"])
@signed_in
def comment(reference: str) -> Page:
    """Comment on a draft."""
    session, clock = db.session(), access.clock()
    challenge, consultation = queries.draft(session, reference)
    form = CommentForm(data={"topic": request.args.get("about")})
    status = 200
    if request.method == "GET":
        ensure(policy.can_comment(challenge, consultation, clock.now()))
    elif not form.validate():
        status = 422
    else:
        actor = access.optional_actor()
        try:
            service.comment(
                reference,
                topic=form.about,
                text=form.text.data or "",
                named=form.named.data,
                user_id=current_user.id,
                organisation_id=actor.organisation_id if actor else None,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge, consultation = queries.draft(session, reference)
        else:
            flash(_("Your comment is there for everybody to read."))
            return redirect(url_for("consulting.show", reference=reference), 303)
    page = render_template(
        "consulting/comment.html", challenge=challenge, consultation=consultation, form=form
    )
    return page, status


@blueprint.route(_WORK, methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def manage(reference: str) -> Page:
    """Open a draft for comment, move the end, and see what people said."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    consultation = queries.consultation_of(session, challenge)
    form = OpenForm(data={"ends_at": consultation.ends_at if consultation else None})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                service.open_for_comment(
                    reference, ends_at=form.ends_at.data, actor=actor, clock=clock
                )
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
                challenge = own_challenge(session, reference, actor)
                consultation = queries.consultation_of(session, challenge)
            else:
                flash(_("Open for comment. Everybody can read the draft."))
                return redirect(url_for("consulting.manage", reference=reference), 303)
    now = clock.now()
    found, following = queries.comments(
        session, challenge, hidden=True, after=_id(request.args.get("after"))
    )
    page = render_template(
        "consulting/manage.html",
        challenge=challenge,
        consultation=consultation,
        takes_comments=consultation and policy.takes_comments(challenge, consultation, now),
        may_open=policy.can_open(actor, challenge, now),
        comments=found,
        following=following,
        topics=TOPIC_WORDS,
        form=form,
    )
    return page, status


@blueprint.post(f"{_WORK}/end")
@requires(Permission.CHALLENGE_APPROVE)
def end(reference: str) -> Page:
    """End public comment now."""
    service.end(reference, actor=access.current_actor(), clock=access.clock())
    flash(_("Nobody can comment any more. What was said stays readable."))
    return redirect(url_for("consulting.manage", reference=reference), 303)


@blueprint.route(f"{_WORK}/<uuid:comment_id>/reply", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def reply(reference: str, comment_id: uuid.UUID) -> Page:
    """Reply to a comment in public."""
    return _moderate(reference, comment_id, hides=False)


@blueprint.route(f"{_WORK}/<uuid:comment_id>/hide", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def hide(reference: str, comment_id: uuid.UUID) -> Page:
    """Hide a comment, with the reason."""
    return _moderate(reference, comment_id, hides=True)


def _moderate(reference: str, comment_id: uuid.UUID, *, hides: bool) -> Page:
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    found = queries.comment_of(session, challenge, comment_id)
    form = HideForm() if hides else ReplyForm(data={"reply": found.reply})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                if isinstance(form, HideForm):
                    text = form.because.data or ""
                    service.hide(reference, comment_id, because=text, actor=actor, clock=clock)
                    flash(_("Hidden. Its author is told why."))
                else:
                    text = form.reply.data or ""
                    service.reply(reference, comment_id, text=text, actor=actor, clock=clock)
                    flash(_("Your reply is there for everybody to read."))
                return redirect(url_for("consulting.manage", reference=reference), 303)
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
                challenge = own_challenge(session, reference, actor)
                found = queries.comment_of(session, challenge, comment_id)
    page = render_template(
        "consulting/moderate.html", challenge=challenge, comment=found, form=form, hides=hides
    )
    return page, status


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
