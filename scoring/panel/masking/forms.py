"""The form by which words are masked: of each bid what was found, and what an officer adds."""

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextArea
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from marketplace.core.forms import BaseForm
from scoring.panel.masking.service import Checked

LONGEST = 10_000


def masking_form(bids: Sequence[Checked]) -> Any:
    """Make the form of a stage's bids."""
    long = Length(max=LONGEST, message=_("Use at most 10,000 characters"))
    fields: dict[str, Any] = {}
    for bid in bids:
        fields[f"found-{bid.reference}"] = SelectMultipleField(
            _("What may tell who bids"),
            widget=GovCheckboxesInput(),
            choices=[(each.words, each.words) for each in bid.found],
            validators=[Optional()],
        )
        fields[f"more-{bid.reference}"] = TextAreaField(
            _("Other words in the answers of %(supplier)s", supplier=bid.supplier),
            widget=GovTextArea(),
            description=_(
                "Parts of names and of web addresses that were not found, as they stand there, "
                "each on a line of its own. Words that name nobody cannot be masked."
            ),
            validators=[Optional(), long],
        )
    fields["reason"] = TextAreaField(
        _("Why are these words masked?"),
        widget=GovTextArea(),
        description=_("It stands in the record."),
        validators=[InputRequired(_("Say why these words are masked")), long],
    )
    return cast(Any, type("MaskingForm", (BaseForm,), fields))()
