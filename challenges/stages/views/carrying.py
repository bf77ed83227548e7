"""The page on which a later stage takes over what bids reached in an earlier one."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from challenges.stages import service
from challenges.stages.carrying import sources
from challenges.stages.forms import CarryForm
from challenges.stages.queries import judged_stage
from challenges.stages.views.room import AT, blueprint, to_write
from challenges.views.room import Page, at_stage, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission


@blueprint.route(f"{AT}/<uuid:stage_id>/carry", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def carry(reference: str, stage_id: uuid.UUID) -> Page:
    """Choose what is carried from an earlier stage, and what it weighs here."""
    challenge = to_write(reference)
    stage = judged_stage(challenge, stage_id)
    form = CarryForm()
    form.source.choices = [(each.value, _(each.message, **each.data)) for each in sources(stage)]
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                service.carry(
                    reference,
                    stage_id,
                    form.source.data or "",
                    weight=form.weight.data,
                    title=form.title.data or "",
                    actor=access.current_actor(),
                    clock=access.clock(),
                )
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
            else:
                flash(_("What is carried is added. Now see that the weights add up to 100."))
                return redirect(url_for("challenges.criteria", **at_stage(challenge, stage)), 303)
    page = render_template(
        "stages/carry.html",
        challenge=challenge,
        stage=stage,
        at=at_stage(challenge, stage),
        form=form,
    )
    return page, status
