"""Pages on which the criteria of a draft are weighed, ordered, added, changed and deleted."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import policy, queries, readiness, service
from challenges.forms.criteria import QuestionForm, WeightsForm
from challenges.forms.steps import StepForm
from challenges.models import Challenge, Criterion
from challenges.plan import WEIGHTS_TOTAL, plain
from challenges.sections import Section, edition
from challenges.service.criteria import Move, find_question, read_question, read_weights
from challenges.views.differing import Difference, differences
from challenges.views.room import Page, blueprint, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission, ensure

_AT = "/work/challenges/<reference>/write/criteria"


@blueprint.route(_AT, methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def criteria(reference: str) -> Page:
    """List the criteria; save all weights at once, and move one criterion where asked."""
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    form = WeightsForm.over(challenge.stage.criteria, seen=edition(read_weights(challenge.stage)))
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        move = _wanted_move(request.form.get("action", ""))
        try:
            service.arrange(
                reference,
                form.weights(),
                move=move,
                seen=form.seen.data or None,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, _by_field(error))
            challenge = _load(reference)
            if isinstance(error, StaleEdit):
                form.seen.data = edition(read_weights(challenge.stage))
        else:
            flash(_("The criteria are saved."))
            return redirect(url_for("challenges.criteria", reference=reference), 303)
    return _list(challenge, form), status


@blueprint.route(f"{_AT}/new", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def add_criterion(reference: str) -> Page:
    """Add a criterion."""
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    form = QuestionForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.add_criterion(reference, form.content(), actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The criterion is added."))
            return redirect(url_for("challenges.criteria", reference=reference), 303)
    return _question(reference, form), status


@blueprint.route(f"{_AT}/<key>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def change_criterion(reference: str, key: str) -> Page:
    """Change a criterion."""
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    present = read_question(find_question(challenge, key))
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
                seen=form.seen.data or None,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            if isinstance(error, StaleEdit):
                present = read_question(find_question(_load(reference), key))
                form.seen.data = edition(present)
                saved = QuestionForm(formdata=None, prefix="saved-", data=vars(present))
                differing = differences(saved, form)
        else:
            flash(_("The criterion is saved."))
            return redirect(url_for("challenges.criteria", reference=reference), 303)
    return _question(reference, form, key=key, differing=differing), status


@blueprint.route(f"{_AT}/<key>/delete", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def delete_criterion(reference: str, key: str) -> Page:
    """Ask whether a criterion is to go, then take it out."""
    actor, clock = access.current_actor(), access.clock()
    challenge = _load(reference)
    criterion = find_question(challenge, key)
    form = StepForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif form.validate():
        try:
            service.delete_criterion(reference, key, actor=actor, clock=clock)
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("The criterion is deleted."))
            return redirect(url_for("challenges.criteria", reference=reference), 303)
    page = render_template(
        "challenges/delete_criterion.html", challenge=challenge, criterion=criterion, form=form
    )
    return page, status


def _load(reference: str) -> Challenge:
    return queries.own_challenge(db.session(), reference, access.current_actor(), whole=True)


def _list(challenge: Challenge, form: WeightsForm) -> str:
    def field_of(criterion: Criterion) -> object:
        return form._fields.get(WeightsForm.field_name(criterion.key))

    return render_template(
        "challenges/write_criteria.html",
        challenge=challenge,
        form=form,
        rows=[(criterion, field_of(criterion)) for criterion in challenge.stage.criteria],
        total=plain(readiness.weights_sum(challenge.stage)),
        wanted=plain(WEIGHTS_TOTAL),
        findings=[
            finding
            for finding in readiness.check(challenge, access.clock().now())
            if finding.section is Section.CRITERIA
        ],
    )


def _question(
    reference: str,
    form: QuestionForm,
    key: str | None = None,
    differing: Sequence[Difference] | None = None,
) -> str:
    return render_template(
        "challenges/criterion.html", reference=reference, form=form, key=key, differences=differing
    )


def _wanted_move(action: str) -> tuple[str, Move] | None:
    """Read which button was pressed: `up:KEY`, `down:KEY`, or plain saving."""
    direction, _colon, key = action.partition(":")
    return (key, Move(direction)) if direction in set(Move) and key else None


def _by_field(error: Invalid | WrongMoment) -> Invalid | WrongMoment:
    """Name the faults of weights by field instead of by key."""
    if not isinstance(error, Invalid):
        return error
    fields = {WeightsForm.field_name(key): fault for key, fault in error.fields.items()}
    return Invalid(error.message, fields, **error.data)
