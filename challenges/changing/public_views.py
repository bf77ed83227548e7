"""What anybody sees of changes to a challenge: their list, and each with the difference."""

from flask import Blueprint, Response, render_template

from challenges import queries
from challenges.changing import queries as changes
from challenges.changing import showing
from marketplace.core.access import public, public_alike
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.text import N_

blueprint = Blueprint("public_changes", __name__)

_AT = "/challenges/<reference>/changes"


@blueprint.get(_AT)
@public
def index(reference: str) -> str:
    """List the changes to a published challenge, the newest first."""
    challenge = queries.public_challenge(db.session(), reference)
    return render_template(
        "changes/index.html",
        challenge=challenge,
        changes=changes.published(db.session(), challenge),
    )


@blueprint.get(f"{_AT}/<int:number>")
@public
def show(reference: str, number: int) -> str:
    """Show one change: why, when, and what it says before and after."""
    session = db.session()
    challenge = queries.public_challenge(session, reference)
    change = changes.find(session, challenge, number)
    return render_template(
        "changes/public.html",
        challenge=challenge,
        change=change,
        found=showing.changes_between(change.before, change.after),
        last=changes.count(session, challenge),
    )


@blueprint.get(f"{_AT}/<int:number>/<side>.json")
@public_alike
def text(reference: str, number: int, side: str) -> Response:
    """Give the text before or after a change as the very bytes whose digest the log holds."""
    session = db.session()
    change = changes.find(session, queries.public_challenge(session, reference), number)
    if side not in ("before", "after"):
        raise NotFound(N_("There is no such page."))
    response = Response(
        change.before if side == "before" else change.after, mimetype="application/json"
    )
    name = f"challenge-{reference}-{side}-change-{number}.json"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.cache_control.public = True
    response.cache_control.max_age = 86400
    return response
