"""The page with the record of a panel."""

from flask import render_template

from bids.views.watching import watch
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.permissions import Permission
from scoring.panel.lifecycle import EXPERTISE_WORDS, MEASURE_WORDS
from scoring.panel.observing import service

blueprint = StagedBlueprint("panel_observing", __name__, "/panel")

watch(blueprint, ["panel_observing.record"])


@blueprint.get("/record")
@requires(Permission.SCORE_RECORD, Permission.RECORD_AUDIT)
def record(at: Place) -> str:
    """Show the record of a panel; the reading is recorded before the page is served."""
    found = service.read_record(at, actor=access.current_actor(), clock=access.clock())
    return render_template(
        "panel/observing/record.html",
        record=found,
        reference=at.reference,
        expertise_words=EXPERTISE_WORDS,
        measure_words=MEASURE_WORDS,
    )
