"""Plan and text of a published challenge, as the very bytes whose digests the log holds."""

from flask import Blueprint, Response

from challenges import queries
from challenges.drafting import approved
from marketplace.core.access import public_alike
from marketplace.core.database import db

blueprint = Blueprint("plans", __name__)

# Seconds. A version never changes, but the next one may stand at the first address any day.
_SHORT = 60
_LONG = 86_400


@blueprint.get("/challenges/<reference>/plan.json")
@public_alike
def show(reference: str) -> Response:
    """Give the `plan/1` that holds of a challenge that was published: its newest version."""
    plan = queries.public_plan(db.session(), reference)
    return _file(plan, f"plan-{reference}.json", _SHORT)


@blueprint.get("/challenges/<reference>/plan/<int:version>.json")
@public_alike
def version(reference: str, version: int) -> Response:
    """Give one version of the `plan/1` of a challenge that was published."""
    plan = queries.public_plan(db.session(), reference, version)
    return _file(plan, f"plan-{reference}-v{version}.json", _LONG)


@blueprint.get("/challenges/<reference>/text.json")
@public_alike
def text(reference: str) -> Response:
    """Give the `challenge-text/1` of a challenge: the text that was approved and published."""
    found = approved.public_text(db.session(), reference)
    return _file(found, f"text-{reference}.json", _LONG)


def _file(content: bytes, name: str, max_age: int) -> Response:
    response = Response(content, mimetype="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.cache_control.public = True
    response.cache_control.max_age = max_age
    return response
