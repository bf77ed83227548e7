"""A bidder's pages of the letters to it, and of what it asks more about the decision."""

import uuid

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    url_for,
)
from flask_babel import gettext as _

from bids.views.watching import watch
from marketplace.core import access, docx, printing
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.permissions import Permission
from scoring.award.letters import queries, reading, requests
from scoring.award.letters.forms import RequestForm
from scoring.award.views import outcome_page

blueprint = Blueprint("own_letters", __name__, url_prefix="/bids/<reference>/outcome")
watch(blueprint, ["own_letters.show", "own_letters.file"])

Answer = str | Response | tuple[str, int]


@blueprint.get("/letters/<uuid:letter_id>")
@requires(Permission.BID_DRAFT, Permission.BID_SUBMIT)
def show(reference: str, letter_id: uuid.UUID) -> Answer:
    """Show a letter to its bidder; the first time is kept."""
    letter = reading.read(reference, letter_id, actor=access.current_actor(), clock=access.clock())
    return render_template(
        "letters/own.html",
        letter=letter,
        paper=reading.paper(db.session(), letter),
        reference=reference,
    )


@blueprint.get("/letters/<uuid:letter_id>/letter.<any(docx, pdf):ending>")
@requires(Permission.BID_DRAFT, Permission.BID_SUBMIT)
def file(reference: str, letter_id: uuid.UUID, ending: str) -> Response:
    """Give a letter to its bidder as a file."""
    letter = reading.read(reference, letter_id, actor=access.current_actor(), clock=access.clock())
    session = db.session()
    paper, name = reading.paper(session, letter), f"letter-{reference}.{ending}"
    assert letter.available_at is not None  # else it could not be read
    if ending == "docx":
        content = docx.write(
            paper,
            base=queries.sent_template(session, letter.batch),
            created=letter.available_at,
        )
        return printing.as_file(content, docx.MEDIA_TYPE, name)
    content = printing.pdf(
        paper,
        environment=current_app.jinja_env,
        created=letter.available_at,
        identifier=letter.id.bytes,
    )
    return printing.as_file(content, "application/pdf", name)


@blueprint.post("/further-information")
@requires(Permission.BID_DRAFT, Permission.BID_SUBMIT)
def ask(reference: str) -> Answer:
    """Ask for further information about the decision."""
    form, status = RequestForm(), 422
    actor = access.current_actor()
    if form.validate():
        try:
            requests.ask(reference, words=form.words.data or "", actor=actor, clock=access.clock())
        except DomainError as error:
            form.refuse(error)
            status = 409 if isinstance(error, WrongMoment) else 422
        else:
            flash(_("Asked. The answer comes as a letter on this page, and we write to you then."))
            return make_response(redirect(url_for("award.outcome", reference=reference), 303))
    db.session.rollback()
    return outcome_page(reference, form), status
