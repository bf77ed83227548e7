"""Pages on which one officer proposes a later closing time and another confirms or declines it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from challenges import deadlines, policy, queries, readiness, service
from challenges.closing_models import DeadlineChange
from challenges.forms.steps import DeadlineForm, DecisionForm
from challenges.law import usual_later_closing
from challenges.lifecycle import Move, move_at, reopens_until
from challenges.models import Challenge
from challenges.views.room import Page, blueprint, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Permission, ensure
from marketplace.core.text import N_

_AT = "/work/challenges/<reference>/closing-time"
CONFIRM, DECLINE = _DECISIONS = ("confirm", "decline")


@blueprint.get(_AT)
@requires(Permission.CHALLENGE_PUBLISH)
def deadline(reference: str) -> Page:
    """Show the proposal that waits for a second officer, or the form to make one."""
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    challenge = queries.own_challenge(session, reference, actor)
    change = deadlines.waiting(session, challenge)
    if change is not None:
        return _waiting_page(challenge, change, DecisionForm(), 200)
    began = deadlines.opening_began(session, challenge)
    ensure(policy.can_propose_deadline(actor, challenge, now, opening_began=began))
    return _proposal_page(challenge, 200)


@blueprint.post(_AT)
@requires(Permission.CHALLENGE_PUBLISH)
def propose_deadline(reference: str) -> Page:
    """Propose a later closing time."""
    actor, clock = access.current_actor(), access.clock()
    form = DeadlineForm()
    if not form.validate():
        challenge = queries.own_challenge(db.session(), reference, actor)
        return _proposal_page(challenge, 422, form)
    try:
        service.propose_deadline(
            reference,
            closes_to=form.closes_at.data,
            reason=form.reason.data or "",
            actor=actor,
            clock=clock,
        )
    except (Invalid, WrongMoment) as error:
        status = refused(form, error)
        challenge = queries.own_challenge(db.session(), reference, actor)
        return _proposal_page(challenge, status, form)
    flash(_("Proposed. The closing time moves when another officer confirms it."))
    return redirect(url_for("challenges.deadline", reference=reference), 303)


@blueprint.post(f"{_AT}/decision")
@requires(Permission.CHALLENGE_PUBLISH)
def decide_deadline(reference: str) -> Page:
    """Confirm or decline what another officer proposed."""
    actor, clock = access.current_actor(), access.clock()
    form = DecisionForm()
    change_id = form.change_id
    if not form.validate() or change_id is None or form.decision.data not in _DECISIONS:
        raise NotFound(N_("There is no such proposal."))
    confirmed = form.decision.data == CONFIRM
    decide = service.confirm_deadline if confirmed else service.decline_deadline
    try:
        decide(reference, change_id, actor=actor, clock=clock)
    except WrongMoment as error:
        status = refused(form, error)
        challenge = queries.own_challenge(db.session(), reference, actor)
        change = deadlines.find(db.session(), challenge, change_id)
        return _waiting_page(challenge, change, form, status)
    flash(
        _("Confirmed. The new closing time holds, and everybody concerned is told.")
        if confirmed
        else _("Declined. The closing time stays as it is.")
    )
    return redirect(url_for("web.challenge", reference=reference), 303)


def _proposal_page(challenge: Challenge, status: int, form: DeadlineForm | None = None) -> Page:
    now, closes_at = access.clock().now(), challenge.stage.closes_at
    move = move_at(challenge.state, closes_at, now)
    if form is None:
        form = DeadlineForm(
            data={"closes_at": usual_later_closing(move, closes_at, now)} if closes_at else None
        )
    page = render_template(
        "challenges/deadline.html",
        challenge=challenge,
        stage=challenge.stage,
        form=form,
        reopens=move is Move.REOPEN,
        reopens_until=reopens_until(closes_at) if closes_at else None,
        waiting=deadlines.waiting(db.session(), challenge),
        moves=deadlines.moves(db.session(), challenge),
    )
    return page, status


def _waiting_page(
    challenge: Challenge, change: DeadlineChange, form: DecisionForm, status: int
) -> Page:
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    began = deadlines.opening_began(session, challenge)
    page = render_template(
        "challenges/deadline_waiting.html",
        challenge=challenge,
        change=change,
        form=form,
        confirming=policy.can_confirm_deadline(actor, challenge, change, now, opening_began=began),
        declining=policy.can_decline_deadline(actor, challenge, change, now),
        reopens_until=reopens_until(change.closes_from) if change.after_closing else None,
        findings=[] if change.outcome else list(readiness.of_closing(change.closes_to)),
    )
    return page, status
