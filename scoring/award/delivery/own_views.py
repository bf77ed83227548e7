"""Pages of the supplier: its contract, what is due when, and the report of a milestone."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from challenges.views.room import Page
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.permissions import Permission
from scoring.award.delivery import agreements, queries
from scoring.award.delivery.milestones import service
from scoring.award.delivery.queries import Work
from scoring.award.delivery.views import (
    REQUEST_MOST,
    give,
    reached_in,
    report_form,
    too_large_page,
    words,
)

blueprint = Blueprint("own_delivery", __name__)
blueprint.context_processor(words)

AT = "/contracts/<uuid:contract_id>"


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.report":
        request.max_content_length = REQUEST_MOST


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that the files are too large to be taken in at all."""
    return too_large_page(None)


@blueprint.get("/contracts")
@requires(Permission.BID_DRAFT)
def index() -> str:
    """List the contracts of a supplier, the newest first."""
    session, supplier = db.session(), access.current_actor().organisation_id
    found = agreements.recent(session, suppliers=[supplier])
    return render_template("delivery/own_index.html", works=queries.works(session, found))


@blueprint.get(AT)
@requires(Permission.BID_DRAFT)
def show(contract_id: uuid.UUID) -> str:
    """Show a supplier its contract: what is due when, what was accepted and what was paid."""
    work = _work(contract_id)
    return render_template(
        "delivery/own.html",
        work=work,
        challenge=work.agreement.challenge,
        now=access.clock().now(),
    )


@blueprint.route(f"{AT}/milestones/<int:number>", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def report(contract_id: uuid.UUID, number: int) -> Page:
    """Report a milestone as delivered."""
    work = _work(contract_id)
    reached = reached_in(work, number)
    form, status, done = report_form(work, reached, service.Party(contract_id))
    if done:
        address = url_for("own_delivery.show", contract_id=contract_id)
        return redirect(address, 303)
    page = render_template(
        "delivery/report.html",
        challenge=work.agreement.challenge,
        work=work,
        reached=reached,
        form=form,
        for_supplier=False,
    )
    return page, status


@blueprint.get(f"{AT}/files/<uuid:report_id>/<int:place>")
@requires(Permission.BID_DRAFT)
def file(contract_id: uuid.UUID, report_id: uuid.UUID, place: int) -> Response:
    """Give the supplier a file of its own report."""
    return give(_work(contract_id), report_id, place)


def _work(contract_id: uuid.UUID) -> Work:
    session = db.session()
    return queries.work_of(
        session, agreements.as_supplier(session, contract_id, access.current_actor())
    )
