"""Officers' and approvers' pages of the evidence of preferred bidders."""

from collections.abc import Callable
from typing import Any, BinaryIO

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from bids.asking.lifecycle import usual_limit
from bids.attachments.serving import file_response
from bids.evidence.kinds import EVIDENCE_WORDS
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Answer, Permission, ensure
from scoring.award import sealed_files
from scoring.award.evidence import answering, forms, kinds, policy, queries, service
from scoring.award.evidence.queries import EvidencePage

blueprint = StagedBlueprint("preferred", __name__, "/decision/evidence")
# A file and the fields beside it; a little more, so that most who are over hear of it by the field.
REQUEST_MOST = (kinds.MEGABYTES_MOST + 2) * 1024 * 1024

Page = str | Response | tuple[str, int]


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.record":
        request.max_content_length = REQUEST_MOST


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {
        "evidence_of_words": EVIDENCE_WORDS,
        "document_words": kinds.STANDING_WORDS,
        "concern_words": kinds.CONCERN_WORDS,
        "file_named": lambda row: sealed_files.named(db.session(), row),
    }


@blueprint.get("")
@requires(*policy.READERS)
def index(at: Place) -> str:
    """List what preferred bidders were asked for, and what was looked up about them."""
    page = _page(at)
    session, now = db.session(), access.clock().now()
    body = access.current_actor().organisation_id
    return render_template(
        "preferred/index.html",
        page=page,
        checks={
            each.bid.id: queries.checks_in_force(session, each.bid, body, now)
            for each in page.evidence.preferred
        },
    )


@blueprint.route("/<bid_reference>/ask", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def ask(at: Place, bid_reference: str) -> Page:
    """Ask a preferred bidder for documents."""
    form, session, clock = forms.AskForm(), db.session(), access.clock()
    page = _page(at)
    preferred = page.of(bid_reference)
    amount = current_app.jinja_env.filters["money"]
    found = queries.suggested(
        session, page.challenge, page.stage, preferred.bid, clock.now(), amount
    )
    asked = {
        each.request.document
        for each in preferred.asked
        if each.standing in kinds.UNDECIDED or each.standing is kinds.Standing.ACCEPTED
    }
    found = [each for each in found if _(each.words, **each.data) not in asked]
    form.offer(found)
    checks = queries.checks_in_force(session, preferred.bid, page.challenge.buyer_id, clock.now())
    if not form.is_submitted():
        form.answer_by.data = usual_limit(clock.now())
        covered = {check.kind for check in checks}
        form.documents.data = [each.key for each in found if each.kind not in covered]

    def do() -> str:
        service.ask(
            at,
            bid_reference,
            wanted=form.wanted(found),
            answer_by=form.answer_by.data,
            beyond=form.beyond.data or "",
            actor=access.current_actor(),
            clock=clock,
        )
        return str(_("The bidder is asked."))

    return _handle(
        "ask",
        at,
        form,
        page.handles,
        do,
        preferred=preferred,
        checks=checks,
        suggested=found,
        acts_here=queries.acts_here(session, preferred.bid),
    )


@blueprint.route("/<bid_reference>/look-up", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def look_up(at: Place, bid_reference: str) -> Page:
    """Record what was looked up about a preferred bidder."""
    form, page = forms.LookUpForm(), _page(at)

    def do() -> str:
        service.look_up(
            at,
            bid_reference,
            subject=form.subject.data or "",
            source=form.source.data or "",
            concern=form.found,
            result=form.result.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return str(_("Recorded."))

    return _handle("look_up", at, form, page.handles, do, preferred=page.of(bid_reference))


@blueprint.route("/<bid_reference>/fail", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def fail(at: Place, bid_reference: str) -> Page:
    """Ask why a preferred bidder cannot have the contract, and record that."""
    form, page = forms.FailForm(), _page(at)

    def do() -> str:
        service.fail(
            at,
            bid_reference,
            reason=form.reason.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return str(
            _("Recorded. The result is computed again, and the chair recommends a bid anew.")
        )

    return _handle("fail", at, form, page.fails, do, preferred=page.of(bid_reference))


@blueprint.route("/<bid_reference>/<int:number>", methods=["GET", "POST"])
@requires(*policy.READERS)
def document(at: Place, bid_reference: str, number: int) -> Page:
    """Show what came in for a document, and take an officer's decision about it."""
    form, page = forms.DecideForm(), _page(at)
    found = page.document(bid_reference, number)

    def do() -> str:
        service.decide(
            at,
            bid_reference,
            number,
            verdict=form.found,
            reason=form.reason.data or "",
            valid_until=form.valid_until.data,
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return str(_("Your decision is recorded."))

    form.offer(anything_came=bool(found.request.answers))
    return _handle(
        "document",
        at,
        form,
        None,
        do,
        page=page,
        found=found,
        bid=found.request.bid,
        decides=policy.can_decide(page.handles, found.standing).allowed,
        extends=policy.can_extend(page.handles, found.standing).allowed,
        asks_again=policy.can_ask_again(page.handles, found.standing).allowed,
    )


@blueprint.route("/<bid_reference>/<int:number>/again", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def ask_again(at: Place, bid_reference: str, number: int) -> Page:
    """Ask once more for a document that was refused."""
    form, page = forms.AskAgainForm(), _page(at)
    found = page.document(bid_reference, number)
    if not form.is_submitted():
        form.answer_by.data = usual_limit(access.clock().now())

    def do() -> str:
        service.ask_again(
            at,
            bid_reference,
            number,
            says=form.says.data or "",
            answer_by=form.answer_by.data,
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return str(_("The bidder is asked again."))

    allowed = policy.can_ask_again(page.handles, found.standing)
    return _handle("ask_again", at, form, allowed, do, found=found)


@blueprint.route("/<bid_reference>/<int:number>/more-time", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def extend(at: Place, bid_reference: str, number: int) -> Page:
    """Give a preferred bidder more time for a document."""
    form, page = forms.MoreTimeForm(), _page(at)
    found = page.document(bid_reference, number)

    def do() -> str:
        service.extend(
            at,
            bid_reference,
            number,
            answer_by=form.answer_by.data,
            because=form.because.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return str(_("The bidder has more time, and is told by e-mail."))

    allowed = policy.can_extend(page.handles, found.standing)
    return _handle("extend", at, form, allowed, do, found=found)


@blueprint.route("/<bid_reference>/<int:number>/record", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def record(at: Place, bid_reference: str, number: int) -> Page:
    """Record what came in some other way for a document."""
    form, page = forms.RecordForm(), _page(at)
    found = page.document(bid_reference, number)

    def do() -> str:
        answering.record(
            at,
            bid_reference,
            number,
            note=form.note.data or "",
            received_at=form.received_at.data,
            file=file_sent(form),
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return str(_("Recorded. Decide about it once all is there."))

    allowed = policy.can_decide(page.handles, found.standing)
    return _handle("record", at, form, allowed, do, found=found)


@blueprint.get("/<bid_reference>/<int:number>/files/<int:place>")
@requires(*policy.READERS)
def file(at: Place, bid_reference: str, number: int, place: int) -> Response:
    """Give a file that came in to be saved, after recording that it is read."""
    found = answering.read_file(
        at, bid_reference, number, place, actor=access.current_actor(), clock=access.clock()
    )
    return file_response(*found)


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that a file is too large to be taken in at all."""
    form, places = forms.RecordForm(formdata=None), request.view_args or {}
    form.file.errors = [_("The file is larger than 20 MB, so it was not taken.")]
    found = _page(places["at"]).document(places["bid_reference"], places["number"])
    return render_template("preferred/record.html", form=form, found=found), 413


def file_sent(form: BaseForm) -> tuple[str, BinaryIO] | None:
    """Give the name and content of the file that a form came with, if it did."""
    sent = form["file"].data
    return (sent.filename or "", sent.stream) if sent else None


def _page(at: Place) -> EvidencePage:
    return queries.page_of(db.session(), at, access.current_actor(), access.clock().now())


def _handle(
    name: str,
    at: Place,
    form: BaseForm,
    allowed: Answer | None,
    do: Callable[[], str],
    **shown: object,
) -> Page:
    """Show a form, or do what it asks for; a page with no `allowed` is shown to all its readers."""
    status = 200
    if request.method == "GET":
        if allowed is not None:
            ensure(allowed)
    elif not form.validate():
        status = 422
    else:
        try:
            said = do()
        except (Invalid, WrongMoment) as error:
            form.refuse(error)
            status = _status(error)
        else:
            flash(said)
            return redirect(url_for("preferred.index", reference=at.reference), 303)
    return render_template(f"preferred/{name}.html", form=form, **shown), status


def _status(error: DomainError) -> int:
    return 409 if isinstance(error, WrongMoment) else 422
