"""The officers' pages on which bids that were received elsewhere are brought in."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge

from bids.drafts import asked_of
from bids.elsewhere import bringing_in, policy, queries, service, writing
from bids.elsewhere.archive import BadArchive
from bids.elsewhere.checking import place_of
from bids.elsewhere.forms import UPLOADS, ArchiveForm, ConfirmForm, OneForm
from bids.elsewhere.layout import ARCHIVE_MEGABYTES_MOST, SHEET_NAME, headings
from bids.elsewhere.models import Bringing
from bids.elsewhere.reading import BadSheet
from bids.policy import may_see_price
from bids.views.room import Page, refused, words
from bids.views.watching import watch
from challenges.documents.kinds import MEDIA_TYPES
from challenges.models import Challenge
from challenges.queries import own_challenge
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.dates import format_instant
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission, ensure
from marketplace.core.text import N_

blueprint = Blueprint("elsewhere", __name__, url_prefix="/work/challenges/<reference>/bring")
blueprint.context_processor(words)
watch(blueprint, ["elsewhere.check"])

# The file and what a browser puts around it.
REQUEST_MOST = (ARCHIVE_MEGABYTES_MOST + 2) * 1024 * 1024
_TAKES_FILES = frozenset({f"{blueprint.name}.show", f"{blueprint.name}.one"})


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the pages that take files take them, before their form is read for the first time."""
    if endpoint in _TAKES_FILES:
        request.max_content_length = REQUEST_MOST


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.BID_OPEN)
def show(reference: str) -> Page:
    """Say how bids are brought in and how far it has come, and take a ZIP."""
    challenge, form, status = _challenge(reference), ArchiveForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate() and not form.file.data:
            form.file.errors = [_("Choose the ZIP")]
        elif not form.errors:
            try:
                service.bring_archive(
                    reference,
                    file=form.file.data.stream,
                    actor=access.current_actor(),
                    clock=access.clock(),
                )
            except (BadArchive, BadSheet) as error:
                form.file.errors = [_(error.message, **error.data)]
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
            else:
                return _to("check", reference)
            challenge = _challenge(reference)
    return _show(challenge, form), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that a file is too large to be taken in at all."""
    challenge = _challenge((request.view_args or {}).get("reference", ""))
    form = ArchiveForm(formdata=None)
    form.file.errors = [
        _(
            "What you sent is larger than %(most)s MB. Bring smaller files.",
            most=ARCHIVE_MEGABYTES_MOST,
        )
    ]
    return _show(challenge, form), 413


@blueprint.get("/bids.xlsx")
@requires(Permission.BID_OPEN)
def sheet(reference: str) -> Response:
    """Give the empty sheet of this challenge."""
    challenge = _challenge(reference)
    stage = challenge.stage
    if not challenge.bids_elsewhere or stage.closes_at is None:
        raise WrongMoment(policy.NOT_HERE)
    asked = asked_of(stage)
    content = writing.write(
        headings(asked),
        asked,
        title=challenge.title,
        reference=reference,
        closes=format_instant(stage.closes_at),
        now=access.clock().now(),
        translate=_,
    )
    response = make_response(content)
    response.mimetype = MEDIA_TYPES["xlsx"]
    response.headers.set("Content-Disposition", "attachment", filename=SHEET_NAME)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.route("/check", methods=["GET", "POST"])
@requires(Permission.BID_OPEN)
def check(reference: str) -> Page:
    """Show every bid and file that waits, and what is wrong; bring them in as a second officer."""
    actor, clock, status = access.current_actor(), access.clock(), 200
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            count = bringing_in.bring_in(
                reference, seen=form.seen.data or "", actor=actor, clock=clock
            )
        except (StaleEdit, Invalid, WrongMoment) as error:
            form.form_errors.append(_(error.message, **error.data))
            status = 422 if isinstance(error, Invalid) else 409
        else:
            flash(
                ngettext(
                    "%(num)s bid is brought in. Now decide who may go on.",
                    "%(num)s bids are brought in. Now decide who may go on.",
                    count,
                )
            )
            return redirect(url_for("opening.bids", reference=reference), 303)
    elif form.is_submitted():
        status = 422
    service.read_waiting(reference, actor=actor, clock=clock)
    challenge = _challenge(reference)
    bringing = _waiting(challenge)
    session = db.session()
    found = queries.check_of(session, challenge, bringing, clock)
    form.seen.data = found.digest
    page = render_template(
        "elsewhere/check.html",
        challenge=challenge,
        bringing=bringing,
        people=queries.people_of(session, bringing),
        found=found,
        asked=asked_of(challenge.stage),
        columns={each.key: each.text for each in headings(asked_of(challenge.stage))},
        place_of=place_of,
        form=form,
        confirms=policy.can_confirm(
            actor,
            queries.moment_of(challenge, clock),
            verified=challenge.buyer.verified_at is not None,
            writers=queries.writers_of(bringing),
        ),
        sees_price=may_see_price(actor, challenge.state),
    )
    return page, status


@blueprint.post("/discard")
@requires(Permission.BID_OPEN)
def discard(reference: str) -> Page:
    """Throw away all that waits."""
    service.discard(reference, actor=access.current_actor(), clock=access.clock())
    flash(_("What waited is thrown away. Nothing of it is kept but that it was here."))
    return _to("show", reference)


@blueprint.route("/one", methods=["GET", "POST"])
@requires(Permission.BID_OPEN)
def one(reference: str) -> Page:
    """Put down one bid by hand."""
    actor, clock, status = access.current_actor(), access.clock(), 200
    challenge = _challenge(reference)
    form = OneForm.of(headings(asked_of(challenge.stage)))()
    if request.method == "GET":
        ensure(policy.can_bring(actor, queries.moment_of(challenge, clock)))
    elif not form.validate():
        status = 422
    else:
        try:
            service.bring_one(
                reference,
                cells=form.cells,
                attached=[
                    (each.filename or "", each.stream)
                    for each in (form[UPLOADS].data or ())
                    if each
                ],
                actor=actor,
                clock=clock,
            )
        except service.BadBid as error:
            form.refuse_faults(error.faults)
            status = 422
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The bid is put down, and waits with the others."))
            return _to("check", reference)
        challenge = _challenge(reference)
    page = render_template(
        "elsewhere/one.html",
        challenge=challenge,
        form=form,
        again=bool(request.method == "POST" and any(form[UPLOADS].data or ())),
    )
    return page, status


@blueprint.post("/one/<uuid:form>/remove")
@requires(Permission.BID_OPEN)
def remove(reference: str, form: str) -> Page:
    """Take one bid that was put down by hand away again."""
    service.take_out(reference, str(form), actor=access.current_actor(), clock=access.clock())
    flash(_("The bid is taken away."))
    waits = queries.waiting_of(db.session(), _challenge(reference).stage.id)
    return _to("check" if waits else "show", reference)


def _challenge(reference: str) -> Challenge:
    return own_challenge(db.session(), reference, access.current_actor(), whole=True)


def _waiting(challenge: Challenge) -> Bringing:
    bringing = queries.waiting_of(db.session(), challenge.stage.id)
    if bringing is None:
        raise NotFound(N_("Nothing waits to be brought in."))
    return bringing


def _show(challenge: Challenge, form: ArchiveForm) -> str:
    session, actor, clock = db.session(), access.current_actor(), access.clock()
    moment = queries.moment_of(challenge, clock)
    if not challenge.bids_elsewhere:
        raise WrongMoment(policy.NOT_HERE)
    stage = challenge.stage
    return render_template(
        "elsewhere/show.html",
        challenge=challenge,
        stage=stage,
        form=form,
        answer=policy.can_bring(actor, moment),
        waits=queries.waiting_of(session, stage.id) is not None,
        brought=queries.brought_of(session, stage.id),
        most=ARCHIVE_MEGABYTES_MOST,
        sheet_name=SHEET_NAME,
    )


def _to(view: str, reference: str) -> Page:
    return redirect(url_for(f"{blueprint.name}.{view}", reference=reference), 303)
