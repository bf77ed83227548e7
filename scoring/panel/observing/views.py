"""The page with the record of a panel."""

from flask import Blueprint, render_template

from bids.views.watching import watch
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.permissions import Permission
from scoring.panel.lifecycle import EXPERTISE_WORDS, MEASURE_WORDS
from scoring.panel.observing import service

blueprint = Blueprint("panel_observing", __name__, url_prefix="/work/challenges/<reference>/panel")

watch(blueprint, ["panel_observing.record"])


@blueprint.get("/record")
@requires(Permission.SCORE_RECORD, Permission.RECORD_AUDIT)
def record(reference: str) -> str:
    """Show the record of a panel; the reading is recorded before the page is served."""
    found = service.read_record(reference, actor=access.current_actor(), clock=access.clock())
    return render_template(
        "panel/observing/record.html",
        record=found,
        reference=reference,
        expertise_words=EXPERTISE_WORDS,
        measure_words=MEASURE_WORDS,
    )
