"""Pages on which one officer proposes a later closing time and another confirms or declines it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from challenges import deadlines, policy, queries, readiness, service
from challenges.closing_models import DeadlineChange
from challenges.forms.steps import DeadlineForm, DecisionForm
from challenges.law import usual_later_closing
from challenges.lifecycle import Move, move_at, reopens_until
from challenges.models import Stage
from challenges.stages.standing import stage_at, stored_state
from challenges.views.room import AT, AT_STAGE, Page, blueprint, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.audit.stages import FIRST
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Permission, ensure
from marketplace.core.text import N_

_HERE = {"stage": FIRST}
CONFIRM, DECLINE = _DECISIONS = ("confirm", "decline")


@blueprint.get(f"{AT}/closing-time", defaults=_HERE)
@blueprint.get(f"{AT_STAGE}/closing-time")
@requires(Permission.CHALLENGE_PUBLISH)
def deadline(reference: str, stage: int) -> Page:
    """Show the proposal that waits for a second officer, or the form to make one."""
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    at = stage_at(queries.own_challenge(session, reference, actor), stage)
    change = deadlines.waiting(session, at)
    if change is not None:
        return _waiting_page(at, change, DecisionForm(), 200)
    began = deadlines.opening_began(session, at)
    ensure(policy.can_propose_deadline(actor, at, now, opening_began=began))
    return _proposal_page(at, 200)


@blueprint.post(f"{AT}/closing-time", defaults=_HERE)
@blueprint.post(f"{AT_STAGE}/closing-time")
@requires(Permission.CHALLENGE_PUBLISH)
def propose_deadline(reference: str, stage: int) -> Page:
    """Propose a later closing time."""
    actor, clock = access.current_actor(), access.clock()
    form = DeadlineForm()
    if not form.validate():
        return _proposal_page(_stage(reference, stage), 422, form)
    try:
        service.propose_deadline(
            reference,
            stage=stage,
            closes_to=form.closes_at.data,
            reason=form.reason.data or "",
            actor=actor,
            clock=clock,
        )
    except (Invalid, WrongMoment) as error:
        status = refused(form, error)
        at = _stage(reference, stage)
        if at.closes_at is None:
            raise  # a stage that takes no bids has no page to show this on
        return _proposal_page(at, status, form)
    flash(_("Proposed. The closing time moves when another officer confirms it."))
    return redirect(url_for("challenges.deadline", reference=reference, stage=stage), 303)


@blueprint.post(f"{AT}/closing-time/decision", defaults=_HERE)
@blueprint.post(f"{AT_STAGE}/closing-time/decision")
@requires(Permission.CHALLENGE_PUBLISH)
def decide_deadline(reference: str, stage: int) -> Page:
    """Confirm or decline what another officer proposed."""
    actor, clock = access.current_actor(), access.clock()
    form = DecisionForm()
    change_id = form.change_id
    if not form.validate() or change_id is None or form.decision.data not in _DECISIONS:
        raise NotFound(N_("There is no such proposal."))
    confirmed = form.decision.data == CONFIRM
    decide = service.confirm_deadline if confirmed else service.decline_deadline
    try:
        decide(reference, change_id, stage=stage, actor=actor, clock=clock)
    except WrongMoment as error:
        status = refused(form, error)
        at = _stage(reference, stage)
        change = deadlines.find(db.session(), at, change_id)
        return _waiting_page(at, change, form, status)
    flash(
        _("Confirmed. The new closing time holds, and everybody concerned is told.")
        if confirmed
        else _("Declined. The closing time stays as it is.")
    )
    return redirect(url_for("web.challenge", reference=reference), 303)


def _stage(reference: str, number: int) -> Stage:
    challenge = queries.own_challenge(db.session(), reference, access.current_actor())
    return stage_at(challenge, number)


def _proposal_page(stage: Stage, status: int, form: DeadlineForm | None = None) -> Page:
    now, closes_at = access.clock().now(), stage.closes_at
    move = move_at(
        stored_state(stage.challenge, stage),
        closes_at,
        now,
        elsewhere=stage.challenge.bids_elsewhere,
    )
    if form is None:
        form = DeadlineForm(
            data={"closes_at": usual_later_closing(move, closes_at, now)} if closes_at else None
        )
    page = render_template(
        "challenges/deadline.html",
        challenge=stage.challenge,
        stage=stage,
        form=form,
        reopens=move is Move.REOPEN,
        reopens_until=reopens_until(closes_at) if closes_at else None,
        waiting=deadlines.waiting(db.session(), stage),
        moves=deadlines.moves(db.session(), stage),
    )
    return page, status


def _waiting_page(stage: Stage, change: DeadlineChange, form: DecisionForm, status: int) -> Page:
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    began = deadlines.opening_began(session, stage)
    page = render_template(
        "challenges/deadline_waiting.html",
        challenge=stage.challenge,
        stage=stage,
        change=change,
        form=form,
        confirming=policy.can_confirm_deadline(actor, stage, change, now, opening_began=began),
        declining=policy.can_decline_deadline(actor, stage, change, now),
        reopens_until=reopens_until(change.closes_from) if change.after_closing else None,
        findings=[] if change.outcome else list(readiness.of_closing(change.closes_to)),
    )
    return page, status
