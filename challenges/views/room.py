"""What the pages of challenges share: the blueprint, the law that holds, a refused form."""

from flask import Blueprint
from werkzeug.wrappers import Response

from challenges.law import Law, law_holding
from challenges.models import Challenge
from marketplace.core import access
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm

blueprint = Blueprint("challenges", __name__)

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
