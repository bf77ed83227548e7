"""The auditors' room: the body's awards with their evidence, and the check of one to print."""

from io import BytesIO
from typing import cast

from flask import Blueprint, Flask, Response, current_app, render_template, request, send_file
from flask.blueprints import BlueprintSetupState

from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts import limits
from marketplace.core.audit.findings import STATUS_WORDS
from marketplace.core.audit.receipt_check import VERDICT_WORDS
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.files.store import FileStore
from marketplace.core.permissions import Permission
from marketplace.core.text import N_
from marketplace.publishing.pages.auditing import queries, service
from marketplace.publishing.pages.verify_views import readable
from scoring.records.periods import year_words
from scoring.report.values import Edition

blueprint = Blueprint("auditing", __name__, url_prefix="/work/audit")

_READERS = (Permission.CONTRACT_SIGN, Permission.RECORD_AUDIT)
# A check takes seconds of work.
_RATE = "30 per minute"
WORDS_MOST = 200
# Those that are one for all; of a bidder’s own the room tells how many there are.
_EDITIONS = (Edition.FULL, Edition.PUBLIC)


@blueprint.get("")
@requires(*_READERS)
def index() -> str:
    """Show the body's awards, the newest first, each with all that proves it."""
    words = request.args.get("q", "")[:WORDS_MOST].strip()
    after = request.args.get("after")
    room = queries.room(db.session(), access.current_actor(), words, after)
    return render_template(
        "auditing/index.html", room=room, words=words, first=after is None, year_words=year_words
    )


@blueprint.get("/<reference>/check")
@requires(Permission.RECORD_AUDIT)
def check(reference: str) -> str:
    """Check the full report of an award, and show what was found as a page to print."""
    store: FileStore = current_app.extensions["files"]
    found = service.check_full(
        reference, actor=access.current_actor(), store=store, clock=access.clock()
    )
    groups = {
        heading: [readable(finding) for finding in findings]
        for heading, findings in found.groups.items()
    }
    return render_template(
        "auditing/check.html",
        found=found,
        groups=groups,
        status_words=STATUS_WORDS,
        verdict_words=VERDICT_WORDS,
    )


@blueprint.get("/<reference>/reports/<int:ordinal>/<int:number>/<edition>.pdf")
@requires(Permission.RECORD_AUDIT)
def report(reference: str, ordinal: int, number: int, edition: str) -> Response:
    """Give an auditor an edition of any report of an award, also of one that was taken back."""
    if edition not in _EDITIONS:
        raise NotFound(N_("There is no such report of this challenge."))
    store: FileStore = current_app.extensions["files"]
    content = service.download_earlier(
        Place(reference, ordinal),
        number,
        Edition(edition),
        actor=access.current_actor(),
        store=store,
        clock=access.clock(),
    )
    name = f"award-report-{reference}-{number}-{edition}.pdf"
    return send_file(
        BytesIO(content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=name,
        max_age=0,
    )


@blueprint.record
def _limit(state: BlueprintSetupState) -> None:
    """Limit how often one address may ask for a check."""
    limits.limit_reading(cast(Flask, state.app), f"{blueprint.name}.check", _RATE)
