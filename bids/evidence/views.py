"""The pages on which officers record what they checked, and suppliers say who sees it."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from bids.evidence import policy, queries, service
from bids.evidence.forms import CheckForm, SharingForm, WithdrawCheckForm
from bids.evidence.kinds import EVIDENCE_WORDS, STANDING_WORDS, Evidence
from bids.views.room import Page, refused
from challenges.documents.kinds import FILE_MOST
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("evidence", __name__)

_AT = "/work/challenges/<reference>/bids/<bid_reference>/evidence"
# A file and the fields beside it; a little more, so that most who are over hear of it by the field.
_REQUEST_MOST = FILE_MOST + 2 * 1024 * 1024


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.record":
        request.max_content_length = _REQUEST_MOST


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"evidence_words": EVIDENCE_WORDS, "standing_words": STANDING_WORDS}


@blueprint.get(_AT)
@requires(Permission.ELIGIBILITY_DECIDE, Permission.RECORD_AUDIT)
def show(reference: str, bid_reference: str) -> str:
    """Show what this body checked about a bidder, and what others did and the supplier shares."""
    session, actor = db.session(), access.current_actor()
    bidder = queries.bidder(session, reference, bid_reference, actor)
    ensure(policy.can_see(actor, opened=bidder.opened))
    now = access.clock().now()
    return render_template(
        "evidence/show.html",
        bidder=bidder,
        checks=queries.seen_by_body(session, bidder.supplier_id, actor.organisation_id, now),
        may_check=policy.can_check(actor, bidder.state, bidder.bid_state).allowed,
        may_withdraw=policy.can_withdraw(actor, withdrawn=False).allowed,
    )


@blueprint.route(f"{_AT}/record", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def record(reference: str, bid_reference: str) -> Page:
    """Record a check."""
    actor, form, status = access.current_actor(), CheckForm(), 200
    bidder = queries.bidder(db.session(), reference, bid_reference, actor)
    if request.method == "GET":
        ensure(policy.can_check(actor, bidder.state, bidder.bid_state))
    elif not form.validate():
        status = 422
    else:
        try:
            service.record_check(
                reference, bid_reference, _seen(form), actor=actor, clock=access.clock()
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Your check is recorded."))
            return _to_list(reference, bid_reference)
    return render_template("evidence/record.html", bidder=bidder, form=form), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that a file is too large to be taken in at all."""
    form, places = CheckForm(formdata=None), request.view_args or {}
    form.file.errors = [_("The file is larger than 10 MB. Leave it out, or choose a smaller one.")]
    bidder = queries.bidder(
        db.session(), places["reference"], places["bid_reference"], access.current_actor()
    )
    return render_template("evidence/record.html", bidder=bidder, form=form), 413


@blueprint.route(f"{_AT}/<uuid:check_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def withdraw(reference: str, bid_reference: str, check_id: uuid.UUID) -> Page:
    """Ask why a check no longer stands, then withdraw it."""
    session, actor, form = db.session(), access.current_actor(), WithdrawCheckForm()
    bidder, status = queries.bidder(session, reference, bid_reference, actor), 200
    check = queries.own_check(session, check_id, bidder, actor)
    if request.method == "GET":
        ensure(policy.can_withdraw(actor, withdrawn=check.withdrawal is not None))
    elif not form.validate():
        status = 422
    else:
        try:
            service.withdraw_check(
                reference,
                bid_reference,
                check_id,
                reason=form.reason.data or "",
                actor=actor,
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The check is withdrawn."))
            return _to_list(reference, bid_reference)
    page = render_template("evidence/withdraw.html", bidder=bidder, check=check, form=form)
    return page, status


@blueprint.get("/organisation/evidence")
@requires(Permission.SUPPLIER_DECLARE, Permission.BID_DRAFT)
def own() -> str:
    """Show a supplier what bodies checked about it, and who sees that."""
    actor = access.current_actor()
    return render_template(
        "evidence/own.html",
        checks=queries.seen_by_supplier(db.session(), actor, access.clock().now()),
        may_share=policy.can_share(actor).allowed,
        form=SharingForm(),
    )


@blueprint.post("/organisation/evidence/<uuid:check_id>/share")
@requires(Permission.SUPPLIER_DECLARE)
def share(check_id: uuid.UUID) -> Response:
    """Let other bodies see a check."""
    service.set_sharing(check_id, shared=True, actor=access.current_actor(), clock=access.clock())
    flash(_("Other public bodies see this check once they have opened a bid of yours."))
    return redirect(url_for("evidence.own"), 303)


@blueprint.post("/organisation/evidence/<uuid:check_id>/hide")
@requires(Permission.SUPPLIER_DECLARE)
def hide(check_id: uuid.UUID) -> Response:
    """Hide a check from other bodies again."""
    service.set_sharing(check_id, shared=False, actor=access.current_actor(), clock=access.clock())
    flash(_("Other public bodies no longer see this check."))
    return redirect(url_for("evidence.own"), 303)


def _seen(form: CheckForm) -> service.Seen:
    upload = request.files.get(form.file.name)
    return service.Seen(
        kind=Evidence(form.kind.data),
        document=form.document.data or "",
        seen=form.seen.data or "",
        valid_until=form.valid_until.data,
        file_sha256=service.digest_of(upload.read()) if upload else None,
    )


def _to_list(reference: str, bid_reference: str) -> Response:
    return redirect(url_for("evidence.show", reference=reference, bid_reference=bid_reference), 303)
