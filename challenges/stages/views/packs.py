"""The page on which ready-made criteria are chosen for a stage."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask_babel import ngettext

from challenges.stages import library, service
from challenges.stages.forms import PacksForm
from challenges.stages.queries import judged_stage
from challenges.stages.views.room import AT, blueprint, to_write
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission


@blueprint.route("/work/challenges/<reference>/write/packs", methods=["GET", "POST"])
@blueprint.route(f"{AT}/<uuid:stage_id>/packs", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def packs(reference: str, stage_id: uuid.UUID | None = None) -> Page:
    """Choose criteria from packs, and add them to the stage."""
    challenge = to_write(reference)
    stage = judged_stage(challenge, stage_id)
    form = PacksForm()
    form.keys.choices = [(key, asked.title) for key, asked in library.pack_criteria().items()]
    status = 200
    if form.is_submitted():
        try:
            added = service.add_from_packs(
                reference,
                form.keys.data or [],
                stage_id=stage_id,
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(
                ngettext(
                    "%(num)d criterion is added. Now share out the weight.",
                    "%(num)d criteria are added. Now share out the weight.",
                    added,
                )
            )
            address = url_for("challenges.criteria", reference=reference, stage_id=stage_id)
            return redirect(address, 303)
    page = render_template(
        "stages/packs.html",
        challenge=challenge,
        stage=stage,
        stage_id=stage_id,
        form=form,
        packs=library.packs(),
        present={criterion.key for criterion in stage.criteria},
    )
    return page, status
