"""The evaluation plan of a published challenge, as the very bytes whose digest the log holds."""

from flask import Blueprint, Response

from challenges import queries
from marketplace.core.access import public_alike
from marketplace.core.database import db

blueprint = Blueprint("plans", __name__)

# Seconds. A plan does not change under its digest, but a later version may stand here one day.
_SHORT = 60


@blueprint.get("/challenges/<reference>/plan.json")
@public_alike
def show(reference: str) -> Response:
    """Give the `plan/1` of a challenge that was published."""
    response = Response(queries.public_plan(db.session(), reference), mimetype="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename=plan-{reference}.json"
    response.cache_control.public = True
    response.cache_control.max_age = _SHORT
    return response
