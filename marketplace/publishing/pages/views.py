"""Public pages of awards, and the downloads behind them."""

from io import BytesIO

from flask import Blueprint, Response, current_app, render_template, request, send_file
from flask_babel import gettext as _
from markupsafe import Markup

from bids.queries import own_bid
from bids.views.watching import watch
from challenges.stages.place import FIRST, Place
from marketplace.core import access
from marketplace.core.access import public, requires
from marketplace.core.colours import Brand
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.files.store import FileStore
from marketplace.core.permissions import Permission
from marketplace.core.text import N_
from marketplace.publishing.pages import queries
from scoring.report import service as reports
from scoring.report import workbook
from scoring.report.reading import DamagedReport, read_back
from scoring.report.rendering import report_sections

blueprint = Blueprint("awards", __name__)
watch(blueprint, ["awards.debrief", "awards.debrief_page"])


@blueprint.get("/awards")
@public
def index() -> str:
    """List awards, newest first."""
    session = db.session()
    words = request.args.get("q", "")[:200]
    found = queries.awards(session, words, request.args.get("after"))
    return render_template(
        "awards/index.html",
        found=found,
        words=words,
        suppliers=queries.supplier_names(session, found),
    )


@blueprint.get("/awards/<reference>")
@public
def show(reference: str) -> str:
    """Tell the public story of one award."""
    session = db.session()
    try:
        page = queries.award(session, reference)
    except NotFound:
        # Who was told of an award that is none now is told that, and no more.
        gone = queries.taken_back(session, reference)
        if gone is None:
            raise
        return render_template("awards/taken_back.html", gone=gone)
    return render_template("awards/show.html", page=page)


@blueprint.get("/awards/<reference>/report.pdf")
@public
def report(reference: str) -> Response:
    """Give the public edition of the award report."""
    content, _title = _published(reference)
    return _attachment(content, "application/pdf", f"award-report-{reference}.pdf")


@blueprint.get("/awards/<reference>/report")
@public
def report_page(reference: str) -> str:
    """Show the public edition of the award report as a page: what the PDF says."""
    content, title = _published(reference)
    return render_template(
        "awards/report.html", reference=reference, title=title, sections=_sections(content)
    )


@blueprint.get("/awards/<reference>/report-full.pdf")
@requires(Permission.RECORD_AUDIT)
def report_full(reference: str) -> Response:
    """Give an auditor the full edition of the award report."""
    content, _number = reports.download_full(
        reference, actor=access.current_actor(), store=_store(), clock=access.clock()
    )
    return _attachment(content, "application/pdf", f"award-report-{reference}-full.pdf")


@blueprint.get("/awards/<reference>/scores.xlsx")
@public
def scores(reference: str) -> Response:
    """Give the scores that everybody may know as a workbook that works the result out again."""
    page = queries.award(db.session(), reference)
    if page.file is None:
        raise NotFound(N_("The scores are published with the award report."))
    content = workbook.of_report(_store().read(page.file.sha256), _)
    return _attachment(content, workbook.MEDIA_TYPE, f"scores-{reference}.xlsx")


@blueprint.get("/awards/<reference>/scores-full.xlsx")
@requires(Permission.RECORD_AUDIT)
def scores_full(reference: str) -> Response:
    """Give an auditor all scores as a workbook that works the result out again."""
    content, _number = reports.download_full(
        reference,
        actor=access.current_actor(),
        store=_store(),
        clock=access.clock(),
        part="scores.xlsx",
    )
    made = workbook.of_report(content, _)
    return _attachment(made, workbook.MEDIA_TYPE, f"scores-{reference}-full.xlsx")


@blueprint.get("/bids/<reference>/award-report.pdf")
@requires(Permission.BID_DRAFT, Permission.BID_SUBMIT)
def debrief(reference: str) -> Response:
    """Give a supplier the edition of the award report about its own bid."""
    content = reports.download_debrief(
        reference, actor=access.current_actor(), store=_store(), clock=access.clock()
    )
    return _attachment(content, "application/pdf", f"award-report-{reference}.pdf")


@blueprint.get("/bids/<reference>/award-report")
@requires(Permission.BID_DRAFT, Permission.BID_SUBMIT)
def debrief_page(reference: str) -> str:
    """Show a supplier the edition about its own bid as a page, or how far it is made."""
    session, actor = db.session(), access.current_actor()
    bid = own_bid(session, reference, actor)
    progress = reports.debrief_progress(session, reference, actor)
    sections = None
    if progress is None:
        content = reports.download_debrief(
            reference, actor=actor, store=_store(), clock=access.clock(), part="page"
        )
        sections = _sections(content)
    return render_template(
        "awards/debrief.html",
        reference=reference,
        title=bid.challenge.title,
        progress=progress,
        sections=sections,
    )


@blueprint.get("/awards/<reference>/evaluation.json")
@requires(Permission.RECORD_AUDIT)
def evaluation(reference: str) -> Response:
    """Give an auditor the evaluation document of a stage: of the first where none is asked for."""
    stage = request.args.get("stage", FIRST, type=int)
    content = reports.download_evaluation(
        Place(reference, stage), actor=access.current_actor(), clock=access.clock()
    )
    return _attachment(content, "application/json", f"evaluation-{reference}.json")


def _published(reference: str) -> tuple[bytes, str]:
    """Give the public edition of an award report, and the title of its challenge.

    Raises:
        NotFound: none is published.
        DamagedFile: the stored file is gone or has changed.
    """
    page = queries.award(db.session(), reference)
    if page.file is None:
        raise NotFound(
            N_("The award report is published when the contract is signed.")
            if not page.signed
            else N_("The award report is being made. Try again in a minute.")
        )
    return _store().read(page.file.sha256), page.report.challenge.title


def _sections(pdf: bytes) -> Markup:
    """Write what a finished report says for a page, from the facts that it carries.

    Raises:
        NotFound: it was made by an earlier version of the service, in another form.
    """
    try:
        facts, files = read_back(pdf)
    except DamagedReport as error:
        raise NotFound(
            N_("This report was made in an earlier form. Read it as PDF instead.")
        ) from error
    settings = access.current_settings()
    return report_sections(
        facts,
        environment=current_app.jinja_env,
        brand=Brand(settings.service_name, settings.brand_colour, settings.public_url),
        files=files,
        translate=_,
    )


def _attachment(content: bytes, media_type: str, name: str) -> Response:
    """Give a file to keep: nothing of it may run in the page."""
    return send_file(
        BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name, max_age=0
    )


def _store() -> FileStore:
    store: FileStore = current_app.extensions["files"]
    return store
