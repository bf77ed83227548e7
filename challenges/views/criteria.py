"""Pages on which the criteria of a draft are weighed, ordered, added, changed and deleted."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import policy, queries, readiness, service
from challenges.forms.criteria import QuestionForm, WeightsForm
from challenges.forms.steps import StepForm
from challenges.models import Challenge, Criterion, Stage
from challenges.plan import WEIGHTS_TOTAL, plain
from challenges.sections import Section, edition
from challenges.service.criteria import (
    Move,
    find_deletable,
    find_question,
    read_question,
    read_weights,
)
from challenges.stages.queries import judged_stage
from challenges.stages.sharing import Share
from challenges.views.differing import Difference, differences
from challenges.views.room import Page, at_stage, blueprint, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission, ensure

_AT = "/work/challenges/<reference>/write/criteria"
# Those of a later stage that is judged; the first stage has the shorter address.
_LATER = "/work/challenges/<reference>/write/stages/<uuid:stage_id>/criteria"


@blueprint.route(_AT, methods=["GET", "POST"])
@blueprint.route(_LATER, methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def criteria(reference: str, stage_id: uuid.UUID | None = None) -> Page:
    """List the criteria; save all weights at once, and move one criterion where asked."""
    actor, clock = access.current_actor(), access.clock()
    challenge, stage = _load(reference, stage_id)
    form = WeightsForm.over(stage.criteria, seen=edition(read_weights(stage)))
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        action = request.form.get("action", "")
        try:
            service.arrange(
                reference,
                form.weights(),
                move=_wanted_move(action),
                share=_wanted_share(action),
                stage_id=stage_id,
                seen=form.seen.data or None,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, _by_field(error))
            challenge, stage = _load(reference, stage_id)
            if isinstance(error, StaleEdit):
                form.seen.data = edition(read_weights(stage))
        else:
            flash(_("The criteria are saved."))
            return _to_list(reference, stage_id)
    return _list(challenge, stage, form), status


@blueprint.route(f"{_AT}/new", methods=["GET", "POST"])
@blueprint.route(f"{_LATER}/new", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def add_criterion(reference: str, stage_id: uuid.UUID | None = None) -> Page:
    """Add a criterion."""
    actor, clock = access.current_actor(), access.clock()
    challenge, stage = _load(reference, stage_id)
    form = QuestionForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.add_criterion(
                reference, form.content(), stage_id=stage_id, actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The criterion is added."))
            return _to_list(reference, stage_id)
    return _question(challenge, stage, form), status


@blueprint.route(f"{_AT}/<key>", methods=["GET", "POST"])
@blueprint.route(f"{_LATER}/<key>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def change_criterion(reference: str, key: str, stage_id: uuid.UUID | None = None) -> Page:
    """Change a criterion."""
    actor, clock = access.current_actor(), access.clock()
    challenge, stage = _load(reference, stage_id)
    present = read_question(find_question(stage, key))
    form = QuestionForm(data={**vars(present), "seen": edition(present)})
    status, differing = 200, None
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.change_criterion(
                reference,
                key,
                form.content(),
                stage_id=stage_id,
                seen=form.seen.data or None,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            if isinstance(error, StaleEdit):
                present = read_question(find_question(_load(reference, stage_id)[1], key))
                form.seen.data = edition(present)
                saved = QuestionForm(formdata=None, prefix="saved-", data=vars(present))
                differing = differences(saved, form)
        else:
            flash(_("The criterion is saved."))
            return _to_list(reference, stage_id)
    return _question(challenge, stage, form, key=key, differing=differing), status


@blueprint.route(f"{_AT}/<key>/delete", methods=["GET", "POST"])
@blueprint.route(f"{_LATER}/<key>/delete", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def delete_criterion(reference: str, key: str, stage_id: uuid.UUID | None = None) -> Page:
    """Ask whether a criterion is to go, then take it out."""
    actor, clock = access.current_actor(), access.clock()
    challenge, stage = _load(reference, stage_id)
    criterion = find_deletable(stage, key)
    form = StepForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif form.validate():
        try:
            service.delete_criterion(reference, key, stage_id=stage_id, actor=actor, clock=clock)
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("The criterion is deleted."))
            return _to_list(reference, stage_id)
    page = render_template(
        "challenges/delete_criterion.html",
        challenge=challenge,
        criterion=criterion,
        form=form,
        at=at_stage(challenge, stage),
    )
    return page, status


def _load(reference: str, stage_id: uuid.UUID | None) -> tuple[Challenge, Stage]:
    actor = access.current_actor()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True, jointly=True)
    return challenge, judged_stage(challenge, stage_id)


def _to_list(reference: str, stage_id: uuid.UUID | None) -> Page:
    address = url_for("challenges.criteria", reference=reference, stage_id=stage_id)
    return redirect(address, 303)


def _list(challenge: Challenge, stage: Stage, form: WeightsForm) -> str:
    def field_of(criterion: Criterion) -> object:
        return form._fields.get(WeightsForm.field_name(criterion.key))

    found = readiness.check(challenge, access.clock().now())
    return render_template(
        "challenges/write_criteria.html",
        challenge=challenge,
        stage=stage,
        at=at_stage(challenge, stage),
        form=form,
        rows=[(criterion, field_of(criterion)) for criterion in stage.criteria],
        total=plain(readiness.weights_sum(stage)),
        wanted=plain(WEIGHTS_TOTAL),
        findings=[each for each in found if each.section is Section.CRITERIA]
        if stage is challenge.stage
        else list(readiness.of_criteria(stage)),
    )


def _question(
    challenge: Challenge,
    stage: Stage,
    form: QuestionForm,
    key: str | None = None,
    differing: Sequence[Difference] | None = None,
) -> str:
    return render_template(
        "challenges/criterion.html",
        challenge=challenge,
        stage=stage,
        at=at_stage(challenge, stage),
        form=form,
        key=key,
        differences=differing,
    )


def _wanted_move(action: str) -> tuple[str, Move] | None:
    """Read which button was pressed: `up:KEY`, `down:KEY`, or plain saving."""
    direction, _colon, key = action.partition(":")
    return (key, Move(direction)) if direction in set(Move) and key else None


def _wanted_share(action: str) -> Share | None:
    """Read whether a button was pressed that shares out the weight."""
    return Share(action) if action in set(Share) else None


def _by_field(error: Invalid | WrongMoment) -> Invalid | WrongMoment:
    """Name the faults of weights by field instead of by key."""
    if not isinstance(error, Invalid):
        return error
    fields = {WeightsForm.field_name(key): fault for key, fault in error.fields.items()}
    return Invalid(error.message, fields, **error.data)
