"""Pages of the trial: the example, an evaluator's score of it, and how far apart they are."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.panel import queries as panels
from scoring.panel.forms import score_of, trial_form
from scoring.panel.trial import policy, queries, service
from scoring.panel.trial.forms import ExampleForm

blueprint = StagedBlueprint("panel_trial", __name__, "/panel/trial")

Page = str | Response | tuple[str, int]


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD, Permission.PANEL_NAME)
def show(at: Place) -> Page:
    """Show the example; take an evaluator's score of it; then show what the others gave."""
    actor, status = access.current_actor(), 200
    found = panels.meeting(db.session(), at, actor)
    seen = queries.trial(db.session(), found)
    may_score = policy.can_score_trial(
        actor, found.member, found.phase, exists=seen.question is not None, scored=seen.own
    )
    may_set = policy.can_set_example(actor, found.member, found.phase, scored=seen.scored)
    title = found.challenge.title
    form = trial_form(seen.question) if seen.question else BaseForm()
    if form.is_submitted():
        ensure(may_score)
        if form.validate():
            try:
                service.score_trial(
                    at,
                    value=score_of(form.value),
                    rationale=form.rationale.data or "",
                    actor=actor,
                    clock=access.clock(),
                )
            except DomainError as error:
                status = _refused(form, error)
            else:
                flash(_("Your score is kept. Below is what the others gave."))
                return redirect(url_for("panel_trial.show", reference=at.reference), 303)
        else:
            status = 422
    page = render_template(
        "panel/trial/show.html",
        form=form,
        title=title,
        reference=at.reference,
        trial=seen,
        may_score=may_score,
        may_set=may_set.allowed,
    )
    return page, status


@blueprint.route("/example", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR, Permission.PANEL_NAME)
def example(at: Place) -> Page:
    """Set the example, or change it while nobody has scored it."""
    actor, form, status = access.current_actor(), ExampleForm(), 200
    found = panels.meeting(db.session(), at, actor)
    seen = queries.trial(db.session(), found)
    ensure(policy.can_set_example(actor, found.member, found.phase, scored=seen.scored))
    form.key.choices = [
        (each.key, f"{each.number}. {each.title}") for each in panels.questions(found.stage)
    ]
    title = found.challenge.title
    if form.validate_on_submit():
        try:
            service.set_example(
                at,
                key=form.key.data,
                text=form.text.data or "",
                actor=actor,
                clock=access.clock(),
            )
        except DomainError as error:
            status = _refused(form, error)
        else:
            flash(_("The example is set. Evaluators can score it now."))
            return redirect(url_for("panel_trial.show", reference=at.reference), 303)
    elif form.is_submitted():
        status = 422
    elif seen.question is not None:
        form.key.data, form.text.data = seen.question.key, seen.text
    page = render_template(
        "panel/trial/example.html", form=form, title=title, reference=at.reference
    )
    return page, status


def _refused(form: BaseForm, error: DomainError) -> int:
    form.refuse(error)
    return 409 if isinstance(error, WrongMoment) else 422
