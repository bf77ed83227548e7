"""Pages of complaints and court proceedings for people of the body."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.models import Stage
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from challenges.stages.queries import own_stage
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.award import blocking
from scoring.award import queries as awards
from scoring.award.complaints import court, policy, queries, service
from scoring.award.complaints.forms import (
    AnswerForm,
    EndedForm,
    ProposeForm,
    RecordForm,
    ServedForm,
)
from scoring.award.complaints.lifecycle import (
    COURT_END_WORDS,
    FINDING_WORDS,
    STANDING_WORDS,
    WAY_WORDS,
)

blueprint = StagedBlueprint("complaints", __name__)

Page = str | Response | tuple[str, int]

_AT = "/work/challenges/<reference>/decision/complaints"
_COURT = "/work/challenges/<reference>/decision/court"


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "finding_words": FINDING_WORDS,
        "complaint_standing_words": STANDING_WORDS,
        "way_words": WAY_WORDS,
        "court_end_words": COURT_END_WORDS,
    }


@blueprint.get(_AT)
@requires(*policy.READERS)
def index(at: Place) -> str:
    """List complaints and court proceedings about a decision, and what keeps contracts back."""
    stage = _readable(at)
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    found = awards.decision(session, stage)
    told = queries.told_of(session, stage)
    return render_template(
        "complaints/index.html",
        stage=stage,
        challenge=stage.challenge,
        brought=queries.brought(session, stage),
        holds=blocking.holds(session, stage, now, found) if found.unsigned else (),
        records=policy.can_record(actor, told=told is not None),
        told=told,
    )


@blueprint.get(f"{_AT}/<int:number>")
@requires(*policy.READERS)
def show(at: Place, number: int) -> str:
    """Show one complaint, and what was proposed and decided about it."""
    stage = _readable(at)
    return _complaint_page("complaints/show.html", stage, number)


@blueprint.route(f"{_AT}/record", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def record(at: Place) -> Page:
    """Record a complaint that came by other means."""
    stage, form = _readable(at), RecordForm()
    session, actor = db.session(), access.current_actor()
    told = queries.told_of(session, stage)
    if not form.is_submitted():
        ensure(policy.can_record(actor, told=told is not None))
    form.offer(queries.bids_of(session, stage))

    def act() -> Response:
        number = service.record(at, form.content, actor=actor, clock=access.clock())
        flash(_("Complaint %(number)d is recorded.", number=number))
        return _see("complaints.show", at, number=number)

    return _answered(form, act, "complaints/record.html", stage)


@blueprint.route(f"{_AT}/<int:number>/propose", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def propose(at: Place, number: int) -> Page:
    """Propose what to decide about a complaint."""
    stage, form = _readable(at), ProposeForm()
    session, actor = db.session(), access.current_actor()
    row = queries.complaint_numbered(session, stage, number)
    if not form.is_submitted():
        sat = queries.has_sat(session, stage, actor.user_id)
        ensure(policy.can_propose(actor, row.standing, on_panel=sat))

    def act() -> Response:
        service.propose(
            at,
            number,
            finding=form.found,
            reason=form.reason.data or "",
            actor=actor,
            clock=access.clock(),
        )
        flash(_("Your proposal is recorded. An approver decides now."))
        return _see("complaints.show", at, number=number)

    return _answered(form, act, "complaints/propose.html", stage, complaint=row)


@blueprint.route(f"{_AT}/<int:number>/decide", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def decide(at: Place, number: int) -> Page:
    """Confirm or return what was proposed about a complaint."""
    if request.method == "GET" and (away := stale_sign_in()) is not None:
        return away
    stage, form = _readable(at), AnswerForm()
    session, actor = db.session(), access.current_actor()
    row = queries.complaint_numbered(session, stage, number)
    if not form.is_submitted():
        proposal = row.proposal
        ensure(
            policy.can_decide(
                actor,
                row.standing,
                proposed_by_id=proposal.proposed_by_id if proposal else None,
                on_panel=queries.has_sat(session, stage, actor.user_id),
            )
        )
        form.seen.data = str(proposal.id) if proposal else ""

    def act() -> Response:
        confirmed = _chosen(form)
        service.decide(
            at,
            number,
            confirmed=confirmed,
            reason=form.reason.data or "",
            seen=form.seen.data or "",
            actor=actor,
            clock=access.clock(),
        )
        flash(
            _("Decided. Whoever complained is told.")
            if confirmed
            else _("Returned with your reason.")
        )
        return _see("complaints.show", at, number=number)

    return _answered(form, act, "complaints/decide.html", stage, complaint=row)


@blueprint.route(f"{_COURT}/record", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def record_court(at: Place) -> Page:
    """Record proceedings in court."""
    stage, form = _readable(at), ServedForm()
    actor = access.current_actor()
    if not form.is_submitted():
        told = queries.told_of(db.session(), stage)
        ensure(policy.can_record(actor, told=told is not None))

    def act() -> Response:
        court.record(at, form.content, actor=actor, clock=access.clock())
        flash(_("The proceedings are recorded. No contract is signed until they have ended."))
        return _see("complaints.index", at)

    return _answered(form, act, "complaints/record_court.html", stage)


@blueprint.route(f"{_COURT}/<int:number>/end", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def end(at: Place, number: int) -> Page:
    """Record how proceedings ended."""
    stage, form = _readable(at), EndedForm()
    actor = access.current_actor()
    found = queries.proceedings_numbered(db.session(), stage, number)
    if not form.is_submitted():
        ensure(
            policy.can_record_end(
                actor, ended=found.ended is not None, proposed=found.end is not None
            )
        )

    def act() -> Response:
        court.record_end(at, number, form.content, actor=actor, clock=access.clock())
        flash(_("The end is recorded. A second person confirms it now."))
        return _see("complaints.index", at)

    return _answered(form, act, "complaints/end.html", stage, proceedings=found)


@blueprint.route(f"{_COURT}/<int:number>/confirm", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN, Permission.AWARD_APPROVE)
def confirm_end(at: Place, number: int) -> Page:
    """Confirm or return the recorded end of proceedings."""
    if request.method == "GET" and (away := stale_sign_in()) is not None:
        return away
    stage, form = _readable(at), AnswerForm()
    actor = access.current_actor()
    found = queries.proceedings_numbered(db.session(), stage, number)
    if not form.is_submitted():
        ensure(
            policy.can_confirm_end(
                actor,
                recorded_by_id=found.end.recorded_by_id if found.end else None,
                ended=found.ended is not None,
            )
        )
        form.seen.data = str(found.end.id) if found.end else ""

    def act() -> Response:
        confirmed = _chosen(form)
        court.answer_end(
            at,
            number,
            confirmed=confirmed,
            reason=form.reason.data or "",
            seen=form.seen.data or "",
            actor=actor,
            clock=access.clock(),
        )
        flash(
            _("Confirmed: the proceedings have ended.")
            if confirmed
            else _("Returned with your reason.")
        )
        return _see("complaints.index", at)

    return _answered(form, act, "complaints/confirm_end.html", stage, proceedings=found)


def _readable(at: Place) -> Stage:
    """Give the stage, to whoever may read complaints about it."""
    session, actor = db.session(), access.current_actor()
    stage = own_stage(session, at, actor)
    panel = awards.panel_of(session, stage.id)
    ensure(
        policy.can_read(
            actor,
            chair_id=awards.chair_id(panel),
            unnamed=awards.judges_unnamed(stage, panel, actor),
        )
    )
    return stage


def _complaint_page(template: str, stage: Stage, number: int, **more: object) -> str:
    session, actor = db.session(), access.current_actor()
    row = queries.complaint_numbered(session, stage, number)
    sat = queries.has_sat(session, stage, actor.user_id)
    proposal = row.proposal
    return render_template(
        template,
        stage=stage,
        challenge=stage.challenge,
        complaint=row,
        proposes=policy.can_propose(actor, row.standing, on_panel=sat),
        decides=policy.can_decide(
            actor,
            row.standing,
            proposed_by_id=proposal.proposed_by_id if proposal else None,
            on_panel=sat,
        ),
        **more,
    )


def _answered(
    form: BaseForm, act: Callable[[], Response], template: str, stage: Stage, **more: object
) -> Page:
    """Do what a form asks for; show it with what is wrong where it cannot be done."""
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                return act()
            except (Invalid, WrongMoment) as error:
                form.refuse(error)
                status = 409 if isinstance(error, WrongMoment) else 422
    return (
        render_template(template, stage=stage, challenge=stage.challenge, form=form, **more),
        status,
    )


def _chosen(form: AnswerForm) -> bool:
    """Give what a second person chose.

    Raises:
        Invalid: nothing.
    """
    if form.chosen is None:
        choose = _("Choose whether you confirm it or return it")
        fields: Mapping[str, str] = {"answer": choose}
        raise Invalid(choose, fields)
    return form.chosen


def _see(endpoint: str, at: Place, **more: Any) -> Response:
    return make_response(redirect(url_for(endpoint, reference=at.reference, **more), code=303))
