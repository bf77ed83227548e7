"""The page on which an officer looks for names in answers and masks them."""

from flask import flash, redirect, render_template
from flask_babel import ngettext
from werkzeug.wrappers import Response

from bids.views.watching import watch
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Permission
from scoring.panel.masking import service
from scoring.panel.masking.forms import masking_form
from scoring.panel.views.frame import address

blueprint = StagedBlueprint("panel_masking", __name__, "/panel/masks")

watch(blueprint, ["panel_masking.masks"])


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def masks(at: Place) -> str | Response | tuple[str, int]:
    """Show what may tell the bidders, which is recorded as reading their bids; mask it."""
    actor, clock, status = access.current_actor(), access.clock(), 200
    page = service.read_answers(at, actor=actor, clock=clock)
    form = masking_form(page.bids)
    if form.validate_on_submit():
        try:
            count = service.mask(
                at,
                {
                    bid.reference: [
                        *(form[f"found-{bid.reference}"].data or []),
                        *(form[f"more-{bid.reference}"].data or "").splitlines(),
                    ]
                    for bid in page.bids
                },
                reason=form.reason.data or "",
                actor=actor,
                clock=clock,
            )
        except Invalid as error:
            form.refuse(error)
            status = 422
        else:
            flash(
                ngettext(
                    "%(num)d name is masked for the panel.",
                    "%(num)d names are masked for the panel.",
                    count,
                )
            )
            return redirect(address("panel_masking.masks", at), 303)
    elif form.is_submitted():
        status = 422
    return (
        render_template("panel/masking/masks.html", page=page, form=form, reference=at.reference),
        status,
    )
