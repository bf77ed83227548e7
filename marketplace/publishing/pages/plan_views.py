"""Plan and text of a published challenge, as the very bytes whose digests the log holds."""

from flask import Blueprint, Response

from challenges import queries
from challenges.drafting import approved
from marketplace.core.access import public_alike
from marketplace.core.database import db

blueprint = Blueprint("plans", __name__)

# Seconds. A plan does not change under its digest, but a later version may stand here one day.
_SHORT = 60


@blueprint.get("/challenges/<reference>/plan.json")
@public_alike
def show(reference: str) -> Response:
    """Give the `plan/1` of a challenge that was published."""
    return _file(queries.public_plan(db.session(), reference), f"plan-{reference}.json")


@blueprint.get("/challenges/<reference>/text.json")
@public_alike
def text(reference: str) -> Response:
    """Give the `challenge-text/1` of a challenge: the text that was approved and published."""
    return _file(approved.public_text(db.session(), reference), f"text-{reference}.json")


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.cache_control.public = True
    response.cache_control.max_age = _SHORT
    return response
