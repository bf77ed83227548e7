"""What the pages of challenges share: the blueprint, the law that holds, a refused form."""

from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from challenges.law import Law, law_holding
from challenges.models import Challenge, Stage
from marketplace.core import access
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm

blueprint = Blueprint("challenges", __name__)

# Where the pages of a stage stand: the first one's, which need no number, and any other's.
AT = "/work/challenges/<reference>"
AT_STAGE = f"{AT}/stages/<int:stage>"

Page = str | Response | tuple[str, int]


def refused(form: BaseForm, error: Invalid | WrongMoment) -> int:
    """Put a refusal into the form and give the status of the page that shows it again."""
    form.refuse(error)
    return 409 if isinstance(error, WrongMoment) else 422


def law_now(challenge: Challenge) -> Law | None:
    """Give the rules that follow from a challenge's value, or nothing before there is one."""
    if challenge.value_minor is None:
        return None
    return law_holding(challenge, access.clock().now())


def at_stage(challenge: Challenge, stage: Stage) -> dict[str, Any]:
    """Give the places of the addresses of a stage's criteria: the first stage needs no name."""
    if stage is challenge.stage:
        return {"reference": challenge.reference}
    return {"reference": challenge.reference, "stage_id": stage.id}
