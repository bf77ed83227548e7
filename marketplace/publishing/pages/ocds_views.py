"""A challenge as open data: its release package, for anybody and any program."""

import json

from flask import Blueprint, Response

from marketplace.core import access
from marketplace.core.access import public_alike
from marketplace.core.database import db
from marketplace.publishing.ocds.gather import Addresses, challenge_facts
from marketplace.publishing.ocds.release import Publisher, package

blueprint = Blueprint("ocds", __name__)

# Seconds: whoever asks every minute reads what was read for the last who asked.
_KEPT = 60


@blueprint.get("/challenges/<reference>/ocds.json")
@public_alike
def show(reference: str) -> Response:
    """Give the release package of a published challenge."""
    settings = access.current_settings()
    addresses = Addresses(settings.public_url.rstrip("/"))
    found = challenge_facts(db.session(), reference, access.clock().now(), addresses)
    made = package(found, Publisher(settings.service_name, addresses.site, settings.ocid_prefix))
    response = Response(json.dumps(made, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Content-Disposition"] = f"attachment; filename=ocds-{reference}.json"
    response.cache_control.public = True
    response.cache_control.max_age = _KEPT
    return response
