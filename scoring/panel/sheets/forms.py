"""Forms of scoring sheets: the file, and what stands where page and sheet both changed."""

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import HiddenField, RadioField
from wtforms.validators import Optional

from marketplace.core.forms import BaseForm
from scoring.panel.sheets.comparing import Change
from scoring.panel.sheets.layout import MEGABYTES_MOST

PAGE, SHEET = "page", "sheet"


class BringForm(BaseForm):
    """A sheet to bring."""

    file = FileField(
        _l("Choose your sheet"),
        widget=GovFileInput(),
        description=_l(
            "The Excel workbook (.xlsx) that you took here, up to %(most)s MB.",
            most=MEGABYTES_MOST,
        ),
    )


def taking_form(conflicts: Sequence[Change]) -> Any:
    """Make the form that takes a sheet in: for each row changed in both places, which counts.

    What is saved stays unless the person says otherwise.
    """
    fields: dict[str, Any] = {"seen": HiddenField()}
    for change in conflicts:
        fields[f"keep-{change.line.identifier}"] = RadioField(
            _(
                "%(bid)s, %(question)s: what counts?",
                bid=change.line.shown,
                question=change.line.question,
            ),
            choices=[(PAGE, _("What is saved on the page")), (SHEET, _("What is in the sheet"))],
            default=PAGE,
            validators=[Optional()],
        )
    return cast(Any, type("TakingForm", (BaseForm,), fields))()
