"""What the panel's pages share: the blueprint, the panel as one meets it, answers to forms."""

from flask import Response, make_response, redirect, render_template, url_for

from bids.views.watching import watch
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.database import db
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.forms import BaseForm
from scoring.panel import queries
from scoring.panel.queries import Meeting

blueprint = StagedBlueprint("panel", __name__, "/panel")

watch(blueprint, ["panel.question", "panel.bid", "panel.correct", "panel.cell", "panel.file"])

Answer = str | Response | tuple[str, int]


def meet(at: Place) -> Meeting:
    """Give the panel as the person who asks meets it."""
    return queries.meeting(db.session(), at, access.current_actor())


def answer(template: str, form: BaseForm, refused: DomainError | None, **page: object) -> Answer:
    """Show a form: 200 at first, 422 or 409 with what is wrong; what was typed is still there."""
    status = 200
    if form.errors:
        status = 409 if isinstance(refused, WrongMoment) else 422
    return render_template(template, form=form, **page), status


def see(endpoint: str, at: Place, **parts: str) -> Response:
    """Send the browser on after a change."""
    return make_response(redirect(address(endpoint, at, **parts), code=303))


def address(endpoint: str, at: Place, **parts: str) -> str:
    """Write the path of one of the panel's pages."""
    values: dict[str, str | int] = {"reference": at.reference, "stage": at.stage, **parts}
    return url_for(endpoint, **values)  # type: ignore[arg-type]  # none is one of Flask's own options


def own_link(at: Place) -> str:
    """Write the full address of the panel's page, for messages."""
    return access.current_settings().public_url + address("panel.home", at)
