"""Forms of the decision: shape and words of input."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.core.forms import BaseForm, MoneyField


class RecommendForm(BaseForm):
    """Which of the bids ranked first, and why."""

    bid = RadioField(
        _l("Which bid does the panel recommend?"),
        widget=GovRadioInput(),
        validators=[InputRequired(_l("Choose a bid that the result ranks first"))],
    )
    reason = TextAreaField(
        _l("Why this bid?"),
        widget=GovTextArea(),
        description=_l(
            "Its characteristics and relative advantages, in words that every bidder may read."
        ),
        validators=[
            InputRequired(_l("Say why the panel recommends this bid")),
            Length(max=10_000, message=_l("Use at most 10,000 characters")),
        ],
    )

    @property
    def chosen(self) -> list[str]:
        """Give the references that were chosen."""
        return [self.bid.data] if self.bid.data else []


class RecommendSeveralForm(BaseForm):
    """Which of the bids above the line, and why."""

    # How many can be chosen is the rules' matter, which say it in their own words.
    bid = SelectMultipleField(
        _l("Which bids does the panel recommend?"),
        widget=GovCheckboxesInput(),
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Why these bids?"),
        widget=GovTextArea(),
        description=_l(
            "Their characteristics and relative advantages, in words that every bidder may read."
        ),
        validators=[
            InputRequired(_l("Say why the panel recommends these bids")),
            Length(max=10_000, message=_l("Use at most 10,000 characters")),
        ],
    )

    @property
    def chosen(self) -> list[str]:
        """Give the references that were chosen."""
        return list(self.bid.data or ())


class SignOffForm(BaseForm):
    """Approve or return, and why."""

    recommendation = HiddenField()
    answer = RadioField(
        _l("Your decision"),
        widget=GovRadioInput(),
        choices=[
            ("approve", _l("Approve: letters to all bidders follow")),
            ("return", _l("Return to the chair")),
        ],
        validators=[InputRequired(_l("Choose whether to approve or to return"))],
    )
    reason = TextAreaField(
        _l("Reason for your decision"),
        widget=GovTextArea(),
        description=_l("It stands in the award report."),
        validators=[
            InputRequired(_l("Give the reason for your decision")),
            Length(max=10_000, message=_l("Use at most 10,000 characters")),
        ],
    )


class ContractForm(BaseForm):
    """What was signed, and with whom where several win."""

    bid = RadioField(
        _l("Who signed it?"),
        widget=GovRadioInput(),
        validate_choice=False,
    )
    reference = StringField(
        _l("Contract reference"),
        widget=GovTextInput(),
        description=_l("As in your contracts register."),
        validators=[
            InputRequired(_l("Enter the contract’s reference in your register")),
            Length(max=80, message=_l("Use at most 80 characters")),
        ],
    )
    value = MoneyField(
        _l("Value without VAT, in pounds"),
        validators=[InputRequired(_l("Enter the contract’s value"))],
    )
    # Asked of suppliers whose bids were brought in alone.
    supplier_check = TextAreaField(
        _l("How did you check who the supplier is?"),
        widget=GovTextArea(),
        description=_l(
            "Such as: company number SC123456 looked up at Companies House on 3 March 2027. "
            "Auditors read it."
        ),
        validators=[Length(max=2_000, message=_l("Use at most 2,000 characters"))],
    )
