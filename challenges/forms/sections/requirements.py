"""The form of what bidders must show of themselves."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Requirements
from marketplace.core.forms import MoneyField


class RequirementsForm(SectionForm):
    """What you ask of bidders."""

    required_turnover_minor = MoneyField(
        _l("Yearly turnover that a bidder must have (optional)"),
        description=_l("In pounds. Leave this empty unless you would turn a good bid down by it."),
    )
    required_insurance_minor = MoneyField(
        _l("Insurance that a bidder must have (optional)"),
        description=_l("In pounds, by the time the contract begins."),
    )
    requirements = TextAreaField(
        _l("Why do you ask this, and what else? (optional)"),
        widget=GovTextArea(),
        description=_l(
            "The risk that each requirement answers, and what would do instead. Bidders read this."
        ),
    )

    def content(self) -> Requirements:
        """Give what was typed."""
        return Requirements(
            self.required_turnover_minor.data,
            self.required_insurance_minor.data,
            typed(self.requirements),
        )
