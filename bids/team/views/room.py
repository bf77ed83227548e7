"""What the pages of teams share: the blueprint and the words of states."""

from flask import Blueprint

from bids.team.lifecycle import STATE_WORDS, InvitationState
from bids.team.policy import HURDLE_WORDS
from bids.views.room import words
from bids.views.watching import watch

blueprint = Blueprint("team", __name__)
blueprint.context_processor(words)

_COLOURS = {
    InvitationState.ASKED: "govuk-tag--yellow",
    InvitationState.ACCEPTED: "govuk-tag--green",
    InvitationState.DECLINED: "govuk-tag--grey",
    InvitationState.LEFT: "govuk-tag--grey",
    InvitationState.TAKEN_BACK: "govuk-tag--grey",
}


@blueprint.context_processor
def own_words() -> dict[str, object]:
    """Give the pages the words and colours of where an invitation stands."""
    return {
        "team_state_words": STATE_WORDS,
        "team_state_colours": _COLOURS,
        "hurdle_words": HURDLE_WORDS,
    }


watch(blueprint, [f"team.{page}" for page in ("index", "add", "change", "remove")])
watch(blueprint, ["team.invite", "team.take_back"])
