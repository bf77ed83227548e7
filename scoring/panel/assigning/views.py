"""The page that says which criteria an evaluator scores."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Permission, ensure
from scoring.panel import queries
from scoring.panel.assigning import policy, service
from scoring.panel.assigning.forms import CriteriaForm

blueprint = StagedBlueprint("panel_assigning", __name__, "/panel")


@blueprint.route("/members/<label>/criteria", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR, Permission.PANEL_NAME)
def criteria(at: Place, label: str) -> str | Response | tuple[str, int]:
    """Say which criteria an evaluator scores, and what they know best."""
    actor, form, status = access.current_actor(), CriteriaForm(), 200
    found = queries.meeting(db.session(), at, actor)
    ensure(policy.can_assign(actor, found.member, found.phase))
    evaluator = found.labelled(label)
    questions = queries.questions(found.stage)
    form.questions.choices = [(each.key, f"{each.number}. {each.title}") for each in questions]
    facts = {
        "title": found.challenge.title,
        "reference": at.reference,
        "person": evaluator.user.name,
        "minimum": found.stage.minimum_panel,
    }
    if form.validate_on_submit():
        try:
            service.assign(
                at,
                label,
                keys=form.questions.data or [],
                expertise=form.chosen_expertise,
                actor=actor,
                clock=access.clock(),
            )
        except WrongMoment as error:
            form.refuse(error)
            status = 409
        else:
            flash(_("What %(person)s scores is saved.", person=facts["person"]))
            return redirect(url_for("panel.chair", reference=at.reference), 303)
    elif form.is_submitted():
        status = 422
    else:
        ensure(policy.can_assign_to(evaluator))
        if evaluator.assigned:
            form.questions.data = [q.key for q in queries.questions_of(evaluator, found.stage)]
        form.expertise.data = evaluator.expertise.value if evaluator.expertise else ""
    return render_template("panel/assigning/criteria.html", form=form, **facts), status
