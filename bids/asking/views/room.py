"""What the officers' pages of queries share: the blueprint, its words, and who was refused."""

from flask import Blueprint

from bids.asking.lifecycle import DECISION_WORDS, PART_WORDS, STATE_WORDS
from bids.views.watching import watch

blueprint = Blueprint("bid_queries", __name__)
watch(
    blueprint,
    [f"bid_queries.{page}" for page in ("index", "show", "ask", "extend", "withdraw", "decide")],
)

AT = "/work/challenges/<reference>/bids/<bid_reference>/queries"


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """Give every page the words of queries: bids, panel and record show them too."""
    return {
        "query_parts": PART_WORDS,
        "query_decisions": DECISION_WORDS,
        "query_states": STATE_WORDS,
    }
