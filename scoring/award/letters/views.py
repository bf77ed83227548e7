"""The officers' pages of letters to bidders who have no account here."""

import uuid

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.dates import format_instant
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.permissions import Permission
from scoring.award.letters import queries, service
from scoring.award.letters.forms import SendForm, SentForm
from scoring.award.letters.queries import LettersPage

blueprint = StagedBlueprint("award_letters", __name__, "/decision/letters")


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def show(at: Place) -> str | Response | tuple[str, int]:
    """Show the letter to each bidder, and take from an officer when they went out."""
    page, status = _page(at), 200
    if not page.challenge.bids_elsewhere:
        return _send(at, page)
    form = SentForm()
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                ends = service.record_sent(
                    at,
                    recommendation_id=_identifier(form.recommendation.data),
                    sent_at=form.sent_at.data,
                    electronic=form.way.data == "electronic",
                    actor=access.current_actor(),
                    clock=access.clock(),
                )
            except DomainError as error:
                form.refuse(error)
                status = 409 if isinstance(error, WrongMoment) else 422
            else:
                flash(
                    _(
                        "Recorded. No contract is signed before %(instant)s.",
                        instant=format_instant(ends),
                    )
                    if ends
                    else _("Recorded. No standstill applies, so the contract can be signed.")
                )
                away = url_for("award.result", reference=at.reference)
                return make_response(redirect(away, 303))
    else:
        recommended = page.decision.recommendation
        form.recommendation.data = str(recommended.id) if recommended else ""
    return render_template("award/letters.html", page=page, form=form, way=_way()), status


@blueprint.get("/<bid_reference>")
@requires(Permission.CONTRACT_SIGN)
def letter(at: Place, bid_reference: str) -> Response:
    """Give the letter to one bidder as a file of plain text."""
    answer = Response(_page(at).of(bid_reference).text, mimetype="text/plain")
    answer.headers["Content-Disposition"] = f"attachment; filename=letter-{bid_reference}.txt"
    return answer


def _send(at: Place, page: LettersPage) -> str | Response | tuple[str, int]:
    """Show what is sent to bidders who have an account here, and send it."""
    form, status = SendForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                service.send_now(
                    at,
                    recommendation_id=_identifier(form.recommendation.data),
                    actor=access.current_actor(),
                    clock=access.clock(),
                )
            except DomainError as error:
                form.refuse(error)
                status = 409
            else:
                flash(_("Sent. All bidders have been told of the intention to award."))
                away = url_for("award.result", reference=at.reference)
                return make_response(redirect(away, 303))
    else:
        recommended = page.decision.recommendation
        form.recommendation.data = str(recommended.id) if recommended else ""
    return render_template("award/letters.html", page=page, form=form, way="electronic"), status


def _page(at: Place) -> LettersPage:
    return queries.page_of(
        db.session(),
        at,
        access.clock().now(),
        access.current_actor(),
        electronic=_way() == "electronic",
    )


def _way() -> str:
    """Read how the letters are to go out, for the standstill follows from it."""
    return "other" if request.args.get("way") == "other" else "electronic"


def _identifier(text: str | None) -> uuid.UUID:
    """Read the identifier of a recommendation; one that nobody has where it is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.UUID(int=0)
