"""What the panel's pages share: the blueprint, the panel as one meets it, answers to forms."""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for

from bids.views.watching import watch
from marketplace.core import access
from marketplace.core.database import db
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.forms import BaseForm
from scoring.panel import queries
from scoring.panel.queries import Meeting

blueprint = Blueprint("panel", __name__, url_prefix="/work/challenges/<reference>/panel")

watch(blueprint, ["panel.question", "panel.bid", "panel.correct", "panel.cell", "panel.file"])

Answer = str | Response | tuple[str, int]


def meet(reference: str) -> Meeting:
    """Give the panel as the person who asks meets it."""
    return queries.meeting(db.session(), reference, access.current_actor())


def answer(template: str, form: BaseForm, refused: DomainError | None, **page: object) -> Answer:
    """Show a form: 200 at first, 422 or 409 with what is wrong; what was typed is still there."""
    status = 200
    if form.errors:
        status = 409 if isinstance(refused, WrongMoment) else 422
    return render_template(template, form=form, **page), status


def see(endpoint: str, reference: str, **place: str) -> Response:
    """Send the browser on after a change."""
    return make_response(redirect(address(endpoint, reference, **place), code=303))


def address(endpoint: str, reference: str, **place: str) -> str:
    """Write the path of one of the panel's pages."""
    return url_for(endpoint, _anchor=None, reference=reference, **place)  # type: ignore[arg-type]  # values are strings, not Flask's own options


def own_link(reference: str) -> str:
    """Write the full address of the panel's page, for messages."""
    return access.current_settings().public_url + url_for("panel.home", reference=reference)
