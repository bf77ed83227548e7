"""Pages of the steps that several people take: review, return, approve, publish, cancel, stop."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import openers, policy, queries, readiness, service
from challenges.ending.policy import can_end
from challenges.forms.steps import ApproveForm, LessonsForm, OpenersForm, ReasonForm
from challenges.notices.gate import FEWEST_TO_BRING, gate_of
from challenges.reviewing import queries as reviewing
from challenges.sections import SECTION_WORDS
from challenges.views.public import said_of
from challenges.views.recorded import recorded_of
from challenges.views.room import Page, blueprint, law_now, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

_AT = "/work/challenges/<reference>"


@blueprint.route(f"{_AT}/review", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE, Permission.CHALLENGE_APPROVE)
def review(reference: str) -> Page:
    """Check a draft and submit it; once submitted, read it to approve or return it."""
    form = ApproveForm()
    if not form.validate_on_submit():
        return _review_page(reference, form, 200 if request.method == "GET" else 422)
    try:
        service.submit_for_review(reference, actor=access.current_actor(), clock=access.clock())
    except (Invalid, WrongMoment) as error:
        return _review_page(reference, form, refused(form, error))
    flash(_("Submitted for review. A procurement officer of your organisation reads it now."))
    return _to_hub(reference)


@blueprint.post(f"{_AT}/approve")
@requires(Permission.CHALLENGE_APPROVE)
def approve(reference: str) -> Page:
    """Approve what was read on the review page."""
    form = ApproveForm()
    if not form.validate():
        return _review_page(reference, form, 422)
    try:
        service.approve(
            reference,
            seen=form.version,
            because=form.because.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except (Invalid, WrongMoment) as error:
        return _review_page(reference, form, refused(form, error))
    flash(_("Approved. It can be published now."))
    return _to_hub(reference)


@blueprint.route(f"{_AT}/return", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_APPROVE)
def return_(reference: str) -> Page:
    """Give a challenge back to its writer, with the reason."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor)
    form = ReasonForm(data={"seen": str(challenge.row_version)})
    status = 200
    if request.method == "GET":
        ensure(policy.can_return(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.return_to_draft(
                reference,
                reason=form.reason.data or "",
                seen=form.version,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Returned to draft, with your reason."))
            return _to_hub(reference)
    return render_template("challenges/return.html", challenge=challenge, form=form), status


@blueprint.route(f"{_AT}/publish", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_PUBLISH)
def publish(reference: str) -> Page:
    """Show what publication settles for good, then publish."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
    form = OpenersForm(data={"seen": str(challenge.row_version)})
    status = 200
    if request.method == "GET":
        ensure(policy.can_publish(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.publish(
                reference, openers_named=form.chosen, seen=form.version, actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
        else:
            flash(
                _("Published. Anybody can read it, and where to bid.")
                if challenge.bids_elsewhere
                else _("Published. Anybody can read it and bid now.")
            )
            return redirect(url_for("challenges.show", reference=reference), 303)
    candidates = openers.candidates(db.session(), challenge)
    form.offer(candidates)
    page = render_template(
        "challenges/publish.html",
        challenge=challenge,
        stage=challenge.stage,
        form=form,
        law=law_now(challenge),
        needed=readiness.needed(challenge, clock.now()),
        candidates=candidates,
        fewest=FEWEST_TO_BRING if challenge.bids_elsewhere else openers.FEWEST,
        gate=gate_of(challenge, len(candidates), clock.now()),
    )
    return page, status


@blueprint.route(f"{_AT}/cancel", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_CANCEL, Permission.CHALLENGE_WRITE)
def cancel(reference: str) -> Page:
    """End a draft with the reason; what is published ends where the law's reason is asked for."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor)
    if challenge.published_at is not None:
        ensure(can_end(actor, challenge, clock.now()))
        return redirect(url_for("ending.end", reference=reference), 303)
    form = ReasonForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_cancel(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.cancel(reference, reason=form.reason.data or "", actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The challenge is cancelled."))
            return _to_hub(reference)
    return render_template("challenges/cancel.html", challenge=challenge, form=form), status


@blueprint.route(f"{_AT}/stop", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_CANCEL)
def stop(reference: str) -> Page:
    """End the work with the lessons."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor)
    form = LessonsForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_stop(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.stop(reference, lessons=form.lessons.data or "", actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Stopped, with the lessons for all to read."))
            return _to_hub(reference)
    return render_template("challenges/stop.html", challenge=challenge, form=form), status


def _review_page(reference: str, form: ApproveForm, status: int) -> Page:
    actor, now = access.current_actor(), access.clock().now()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
    form.seen.data = str(challenge.row_version)
    page = render_template(
        "challenges/review.html",
        challenge=challenge,
        stage=challenge.stage,
        state=policy.current_state(challenge, now),
        form=form,
        findings=readiness.check(challenge, now),
        section_words=SECTION_WORDS,
        comments=reviewing.open_counts(db.session(), challenge),
        comment_sections=SECTION_WORDS,
        law=law_now(challenge),
        officers=openers.count(db.session(), challenge),
        submit=policy.can_submit_for_review(actor, challenge, now),
        approval=policy.can_approve(actor, challenge, now),
        may_publish=policy.can_publish(actor, challenge, now).allowed,
        may_return=policy.can_return(actor, challenge, now).allowed,
        **said_of(challenge),
        **recorded_of(challenge),
    )
    return page, status


def _to_hub(reference: str) -> Page:
    return redirect(url_for("web.challenge", reference=reference), 303)
