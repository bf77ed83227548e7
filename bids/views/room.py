"""What the pages of bids share: the blueprint, the instant of arrival, the words of states."""

from datetime import datetime
from typing import cast

from flask import Blueprint, Flask, g, request, request_started
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from werkzeug.wrappers import Response

from bids.arrival import arrived_at
from bids.grounds.policy import VERDICT_WORDS
from bids.lifecycle import BID_STATE_WORDS
from bids.views.watching import watch
from marketplace.core import access
from marketplace.core.dates import PLACE
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.regimes.book import USUAL, regimes
from marketplace.core.regimes.grounds import (
    FORCE_WORDS,
    REMEDY_WORDS,
    GroundRules,
    ground_versions,
    grounds_of_version,
)
from marketplace.core.regimes.passport import passport_rules_on
from marketplace.core.regimes.sizes import SIZE_WORDS

blueprint = Blueprint("bids", __name__)

Page = str | Response | tuple[str, int] | tuple[Response, int]

STATE_COLOURS = {
    "invited": "govuk-tag--blue",
    "draft": "govuk-tag--grey",
    "submitted": "govuk-tag--green",
    "withdrawn": "govuk-tag--yellow",
    "valid": "govuk-tag--green",
    "ineligible": "govuk-tag--orange",
    "excluded": "govuk-tag--orange",
}


# Rooms in which it counts when a request arrived, by the names of their blueprints.
_TIMED = {blueprint.name}


def time_requests_of(room: str) -> None:
    """Have requests to another room be whole before they count as arrived."""
    _TIMED.add(room)


def note_arrival(_app: Flask, **_more: object) -> None:
    """Note when the whole of a request was there: before anything else is done for it.

    A form is read to its end first: whoever sends its beginning in time and holds the rest back
    has not arrived. A trusted proxy that handed it on whole tells when it did, which the time in
    the queue before us does not change.
    """
    if request.blueprint in _TIMED:
        _ = request.form
    header = access.current_settings().arrival_header
    told = request.headers.get(header) if header else None
    g.arrived = arrived_at(told, access.clock().now())


@blueprint.record_once
def _listen(state: BlueprintSetupState) -> None:
    request_started.connect(note_arrival, state.app)


def arrived() -> datetime:
    """Give the instant at which the present request arrived."""
    return cast(datetime, g.arrived)


def words() -> dict[str, object]:
    """Give the pages of bids the words of states, size classes and grounds of exclusion."""
    return {
        "ground_rules": _ground_rules,
        "ground_name": _ground_name,
        "remedy_words": REMEDY_WORDS,
        "force_words": FORCE_WORDS,
        "verdict_words": VERDICT_WORDS,
        "bid_state_words": BID_STATE_WORDS,
        "bid_state_colours": STATE_COLOURS,
        "size_words": SIZE_WORDS,
    }


def declaration_months() -> int:
    """Give for how many months a declaration made today holds."""
    return passport_rules_on(access.clock().now().astimezone(PLACE).date()).declaration.months


def _ground_rules(version: str) -> GroundRules:
    """Give the rules that a declaration names."""
    return grounds_of_version(USUAL, version)


def _ground_name(key: str) -> str:
    """Name a ground, by the newest rules that know it, the usual ones first."""
    for regime in regimes():
        for rules in reversed(ground_versions(regime)):
            if (ground := rules.find(key)) is not None:
                return str(gettext(ground.name))
    return key


blueprint.context_processor(words)
blueprint.add_app_template_global(declaration_months)
watch(
    blueprint,
    [
        f"bids.{page}"
        for page in (
            *("task_list", "answer", "price", "terms", "adjustments"),
            *("check", "receipt", "receipt_file"),
        )
    ],
)


def refused(form: BaseForm, error: Invalid | WrongMoment) -> int:
    """Put a refusal into the form and give the status of the page that shows it again."""
    form.refuse(error)
    return 409 if isinstance(error, WrongMoment) else 422
