"""Pages on which the stages of a draft are listed, added, changed, moved and deleted."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import readiness
from challenges.forms.steps import StepForm
from challenges.sections import Section, edition
from challenges.service.criteria import Move
from challenges.stages import service
from challenges.stages.forms import KindForm, LaterForm, StageForm
from challenges.stages.kinds import KIND_MEANINGS, StageKind
from challenges.stages.queries import find_stage
from challenges.stages.terms import read_later, read_step, total_cost
from challenges.stages.views.room import AT, blueprint, ensure_writable, own, to_write
from challenges.views.differing import differences
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission
from marketplace.core.text import N_


@blueprint.get(AT)
@requires(Permission.CHALLENGE_WRITE)
def index(reference: str) -> str:
    """List the stages, with what they add up to."""
    ensure_writable(own(reference))
    return _list(reference, StepForm())


@blueprint.post(f"{AT}/<uuid:stage_id>/move")
@requires(Permission.CHALLENGE_WRITE)
def move(reference: str, stage_id: uuid.UUID) -> Page:
    """Move a stage one step up or down."""
    direction = request.form.get("direction", "")
    if direction not in set(Move):
        raise NotFound(N_("There is no such step."))
    form = StepForm()
    try:
        service.move_stage(
            reference,
            stage_id,
            Move(direction),
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except WrongMoment as error:
        ensure_writable(own(reference))
        status = refused(form, error)
        return _list(reference, form), status
    return _to_list(reference)


@blueprint.route(f"{AT}/new", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def add(reference: str) -> Page:
    """Ask what kind of stage it is, add it, and go on to what is said of it."""
    challenge = to_write(reference)
    form = KindForm()
    status = 200
    if form.is_submitted():
        if form.validate():
            try:
                made = service.add_stage(
                    reference,
                    StageKind(form.kind.data),
                    actor=access.current_actor(),
                    clock=access.clock(),
                )
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
            else:
                return redirect(url_for("stages.change", reference=reference, stage_id=made), 303)
        else:
            status = 422
    page = render_template(
        "stages/add.html", challenge=challenge, form=form, meanings=KIND_MEANINGS
    )
    return page, status


@blueprint.route(f"{AT}/<uuid:stage_id>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def change(reference: str, stage_id: uuid.UUID) -> Page:
    """Say what a stage is."""
    challenge = to_write(reference)
    stage = find_stage(challenge, stage_id)
    present = read_step(stage)
    form = StageForm.showing(present, extra={"seen": edition(present)})
    status, differing = 200, None
    if form.is_submitted() and not form.validate():
        status = 422
    elif form.is_submitted():
        try:
            service.change_stage(
                reference,
                stage_id,
                form.content(stage.kind),
                seen=form.seen.data or None,
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            if isinstance(error, StaleEdit):
                present = read_step(find_stage(own(reference), stage_id))
                form.seen.data = edition(present)
                saved = StageForm.showing(present, formdata=None, prefix="saved-")
                differing = differences(saved, form)
        else:
            flash(_("Saved: %(stage)s.", stage=form.name.data))
            return _to_list(reference)
    page = render_template(
        "stages/change.html",
        challenge=challenge,
        stage=stage,
        first=stage is challenge.stage,
        form=form,
        differences=differing,
    )
    return page, status


@blueprint.route(f"{AT}/<uuid:stage_id>/delete", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def delete(reference: str, stage_id: uuid.UUID) -> Page:
    """Ask whether a stage is to go, then take it out."""
    challenge = to_write(reference)
    stage = find_stage(challenge, stage_id)
    form = StepForm()
    status = 200
    if form.is_submitted():
        try:
            service.delete_stage(
                reference, stage_id, actor=access.current_actor(), clock=access.clock()
            )
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("The stage is deleted."))
            return _to_list(reference)
    return render_template(
        "stages/delete.html", challenge=challenge, stage=stage, form=form
    ), status


@blueprint.route(f"{AT}/later", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def later(reference: str) -> Page:
    """Say what may be bought after the last stage."""
    challenge = to_write(reference)
    present = read_later(challenge)
    form = LaterForm(data={**vars(present), "seen": edition(present)})
    status, differing = 200, None
    if form.is_submitted() and not form.validate():
        status = 422
    elif form.is_submitted():
        try:
            service.save_later(
                reference,
                form.content(),
                seen=form.seen.data or None,
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            if isinstance(error, StaleEdit):
                present = read_later(own(reference))
                form.seen.data = edition(present)
                saved = LaterForm(formdata=None, prefix="saved-", data=vars(present))
                differing = differences(saved, form)
        else:
            flash(_("Saved: after the last stage."))
            return _to_list(reference)
    page = render_template(
        "stages/later.html", challenge=challenge, form=form, differences=differing
    )
    return page, status


def _list(reference: str, form: StepForm) -> str:
    challenge = own(reference)
    found = readiness.check(challenge, access.clock().now())
    return render_template(
        "stages/index.html",
        challenge=challenge,
        form=form,
        total=total_cost(challenge),
        findings=[finding for finding in found if finding.section is Section.STAGES],
    )


def _to_list(reference: str) -> Page:
    return redirect(url_for("stages.index", reference=reference), 303)
