"""The page on which a body chooses how price and quality make the result."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import policy, queries, service
from challenges.forms.method import MethodForm
from challenges.method.rules import USUAL_MODELS
from challenges.method.words import FURTHER
from challenges.models import Stage
from challenges.readiness.method import of_method, of_panel
from challenges.sections import edition
from challenges.stages.queries import judged_stage
from challenges.views.differing import Difference, differences
from challenges.views.room import Page, at_stage, blueprint, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission, ensure


@blueprint.route("/work/challenges/<reference>/write/method", methods=["GET", "POST"])
@blueprint.route(
    "/work/challenges/<reference>/write/stages/<uuid:stage_id>/method", methods=["GET", "POST"]
)
@requires(Permission.CHALLENGE_WRITE)
def method(reference: str, stage_id: uuid.UUID | None = None) -> Page:
    """Choose how price and quality count, with what each choice does and is known for."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
    stage = judged_stage(challenge, stage_id)
    present = service.read_method(stage)
    form = MethodForm.over(stage, present)
    status, changed = 200, None
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
        form.seen.data = edition(present)
    elif not form.validate():
        status = 422
    else:
        try:
            service.choose_method(
                reference,
                form.content(),
                stage_id=stage_id,
                seen=form.seen.data or None,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            if isinstance(error, StaleEdit):
                challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
                stage = judged_stage(challenge, stage_id)
                changed = _changed(form, stage)
        else:
            flash(_("How price and quality count is saved."))
            return redirect(url_for("challenges.criteria", **at_stage(challenge, stage)), 303)
    page = render_template(
        "challenges/method/write.html",
        challenge=challenge,
        stage=stage,
        at=at_stage(challenge, stage),
        form=form,
        usual=USUAL_MODELS,
        further=FURTHER,
        differences=changed,
        findings=[*of_method(stage), *of_panel(stage)],
    )
    return page, status


def _changed(form: MethodForm, stage: Stage) -> list[Difference]:
    """Show the second of two editors what is saved now; saving again overwrites with open eyes."""
    present = service.read_method(stage)
    form.seen.data = edition(present)
    saved = MethodForm.over(stage, present, formdata=None, prefix="saved-")
    return differences(saved, form)
