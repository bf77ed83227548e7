"""The page on which anybody checks a report, receipt or passport, without an account.

It writes nothing.
"""

from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, Flask, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovTextArea
from werkzeug.exceptions import RequestEntityTooLarge
from wtforms import FileField, TextAreaField

from marketplace.core.access import public
from marketplace.core.accounts import limits
from marketplace.core.audit import entries, passports, receipts
from marketplace.core.audit.findings import STATUS_WORDS, Finding, failed_first, printable
from marketplace.core.audit.receipt_check import VERDICT_WORDS
from marketplace.core.audit.receipts import DamagedReceipt
from marketplace.core.audit.signing import Verifier
from marketplace.core.database import db
from marketplace.core.dates import format_instant
from marketplace.core.errors import Invalid
from marketplace.core.forms import BaseForm
from marketplace.core.text import N_
from marketplace.publishing.pages import verify_queries
from scoring.report.verifying import files, report

blueprint = Blueprint("verify", __name__)

# A receipt has about four thousand characters, an e-mail around it a few more; a passport's file
# is the largest text that is checked here. A report is larger: one of 200 pages has some 10 MB.
LARGEST = passports.LARGEST
LARGEST_REPORT = 40 * 1024 * 1024
_REQUEST_MOST = LARGEST_REPORT + 2 * 1024 * 1024
_TOO_LARGE = N_(
    "This is larger than 40 MB. Check it on your own computer: the command stands below"
)
# What one address may ask in a while: a receipt costs little, and a whole office may share one. A
# report costs seconds, so that it counts for as many as a dozen; no receipt is as large as one.
_RATE = "60 per minute; 600 per hour"
_REPORT_COST = 12
_RECEIPT_MOST = 64 * 1024


class VerifyForm(BaseForm):
    """A report, a receipt or a passport: its file, or its text."""

    file = FileField(
        _l("Choose the file of the award report, receipt or passport"), widget=GovFileInput()
    )
    text = TextAreaField(
        _l("Or paste it here"),
        widget=GovTextArea(),
        description=_l("The text of the file, or the whole e-mail that brought it."),
    )

    def given(self) -> str | bytes:
        """Give what was brought: a PDF, the note of a receipt, or the text of a passport's file.

        Raises:
            Invalid: it is nothing, too large, no text, or none of the three.
        """
        upload = request.files.get(self.file.name)
        if upload is not None and upload.filename:
            content = upload.stream.read(LARGEST + 1)
            if not files.looks_like(content):
                return self._note("file", content)
            content += upload.stream.read(LARGEST_REPORT + 1 - len(content))
            if len(content) > LARGEST_REPORT:
                raise _refusal("file", _TOO_LARGE)
            return content
        if not self.text.data:
            raise _refusal(
                "file",
                N_("Choose the file of a report, receipt or passport, or paste the text of one"),
            )
        return self._note("text", self.text.data.encode("utf-8", "surrogatepass"))

    def _note(self, field: str, content: bytes) -> str:
        if len(content) > LARGEST:
            raise _refusal(
                field,
                N_(
                    "This is larger than 500 kB. A receipt has about 4 kB, a passport some more: "
                    "choose its own file"
                ),
            )
        try:
            if passports.looks_like(content):
                return content.decode()
            note = receipts.find_note(content.decode())
        except UnicodeDecodeError:
            raise _refusal(
                field,
                N_(
                    "This is not a report, a receipt or a passport: "
                    "it is neither a PDF nor plain text (UTF-8)"
                ),
            ) from None
        except DamagedReceipt:
            raise _refusal(
                field,
                N_(
                    "What stands between the two lines of dashes was shortened or changed. "
                    "Copy the whole e-mail again, or take the file from the page of your receipt"
                ),
            ) from None
        if not receipts.looks_like(note):
            raise _refusal(
                field,
                N_(
                    "This is not a report, a receipt or a passport. A report is a PDF. A receipt "
                    "or a passport is the text file as it was downloaded, and of a receipt also "
                    "the whole e-mail that brought it"
                ),
            )
        return note


def _refusal(field: str, message: str) -> Invalid:
    return Invalid(message, {field: message})


@blueprint.route("/verify", methods=["GET", "POST"])
@public
def show() -> tuple[str, int]:
    """Show the form, and what was found."""
    form, checked, status = VerifyForm(), None, 200
    session = db.session()
    known = verify_queries.known_keys(session)
    if request.method == "POST" and form.validate():
        try:
            given = form.given()
            checked = (
                verify_queries.check_report(session, given, known)
                if isinstance(given, bytes)
                else verify_queries.check(session, given, known)
            )
            form.text.data = ""  # the form below is for another one
        except Invalid as error:
            form.refuse(error)
            status = 422
    return _page(form, checked, known), status


def _page(form: VerifyForm, checked: verify_queries.Checked | None, known: list[Verifier]) -> str:
    return render_template(
        "verify/show.html",
        form=form,
        checked=checked,
        is_passport=isinstance(checked, passports.Checked),
        passport=checked.read if isinstance(checked, passports.Checked) else None,
        report=checked if isinstance(checked, report.Checked) else None,
        rows=[readable(each) for each in failed_first(checked.findings)] if checked else [],
        keys=known,
        status_words=STATUS_WORDS,
        verdict_words=VERDICT_WORDS,
    )


@blueprint.url_value_preprocessor
def allow_reports(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let a whole report in: other pages take less."""
    request.max_content_length = _REQUEST_MOST


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """Say by the field what to do with a file that is larger than anything checked here."""
    form = VerifyForm(formdata=None)
    form.file.errors = [_(_TOO_LARGE)]
    return _page(form, None, verify_queries.known_keys(db.session())), 413


@blueprint.record
def _limit(state: BlueprintSetupState) -> None:
    """Limit the form once the view is in the application."""
    limits.limit_sending(cast(Flask, state.app), f"{blueprint.name}.show", _RATE, _cost)


def _cost() -> int:
    return _REPORT_COST if (request.content_length or 0) > _RECEIPT_MOST else 1


def readable(finding: Finding) -> tuple[Finding, dict[str, Any]]:
    """Give a finding with what fills its sentence, instants as people read them."""
    shown = replace(finding, where=printable(finding.where))
    return shown, {name: _readable(value) for name, value in finding.data}


def _readable(value: object) -> object:
    try:
        return format_instant(entries.read_instant(str(value)), seconds=True)
    except ValueError:
        return printable(value) if isinstance(value, str) else value
