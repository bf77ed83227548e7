"""Keeps whoever judges bids without their names away from the pages that name them.

Somebody may have several roles in a body: an officer who scores could open the officers' pages of
bids, and hold what bidders wrote under their names against what the panel reads without.
"""

from flask import current_app, request

from marketplace.core import access
from marketplace.core.database import db
from marketplace.core.errors import Forbidden
from marketplace.core.text import N_
from scoring.panel.aliases.queries import judges_unnamed
from scoring.panel.views.frame import blueprint

_ROOMS = "bids."
_CHALLENGES = "/work/challenges/"
# Of those rooms, what is done before and at the opening, and shows of bids no more than how many.
_WITHOUT_NAMES = frozenset({"opening.show", "opening.rehearse", "opening.confirm"})
_REFUSAL = N_(
    "You sit on a panel that judges these bids without the names of their bidders, so somebody "
    "else deals with this page until the panel has finished."
)


@blueprint.before_app_request
def keep_names() -> None:
    """Refuse every page of a challenge in the rooms of bids to whoever must not know the names.

    Raises:
        Forbidden: the person judges bids of this challenge without their names.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if (
        view is None
        or not view.__module__.startswith(_ROOMS)
        or not request.path.startswith(_CHALLENGES)
        or request.endpoint in _WITHOUT_NAMES
    ):
        return
    reference = request.path.removeprefix(_CHALLENGES).partition("/")[0]
    actor = access.optional_actor()
    if actor is not None and judges_unnamed(db.session(), reference, actor.user_id):
        raise Forbidden(_REFUSAL)
