"""Pages for whoever keeps a panel going: reminders and due days."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts import mail
from marketplace.core.database import db
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.permissions import Permission, ensure
from scoring.panel import queries as panels
from scoring.panel.reminding import policy, queries, service
from scoring.panel.reminding.forms import DueForm
from scoring.panel.reminding.lifecycle import Step

blueprint = StagedBlueprint("panel_reminding", __name__, "/panel")

Page = str | Response | tuple[str, int]
_MAY = (Permission.PANEL_CHAIR, Permission.PANEL_NAME)


@blueprint.post("/remind")
@requires(*_MAY)
def everybody(at: Place) -> Page:
    """Remind all for whom the panel waits."""
    return _remind(at, "")


@blueprint.post("/members/<label>/remind")
@requires(*_MAY)
def one(at: Place, label: str) -> Page:
    """Remind one member."""
    return _remind(at, label)


def _remind(at: Place, label: str) -> Page:
    names = service.remind(
        at,
        label=label,
        actor=access.current_actor(),
        clock=access.clock(),
        link=mail.link("panel.home", reference=at.reference),
    )
    flash(_("A reminder is sent to %(people)s.", people=", ".join(names)))
    return redirect(url_for("panel.chair", reference=at.reference), 303)


@blueprint.route("/due", methods=["GET", "POST"])
@requires(*_MAY)
def due(at: Place) -> Page:
    """Say by which day each step is done."""
    actor, form, status = access.current_actor(), DueForm(), 200
    found = panels.meeting(db.session(), at, actor)
    ensure(policy.can_remind(actor, found.member, found.phase))
    title = found.challenge.title
    if form.validate_on_submit():
        try:
            service.set_due(at, form.chosen, actor=actor, clock=access.clock())
        except DomainError as error:
            form.refuse(error)
            status = 409 if isinstance(error, WrongMoment) else 422
        else:
            flash(_("The due days are saved."))
            return redirect(url_for("panel.chair", reference=at.reference), 303)
    elif form.is_submitted():
        status = 422
    else:
        days = queries.due_days(db.session(), found.stage.id)
        for step in Step:
            form[f"due_{step.value}"].data = days.get(step)
    page = render_template(
        "panel/reminding/due.html", form=form, title=title, reference=at.reference
    )
    return page, status
