"""Forms of the decision: shape and words of input."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovTextArea,
)
from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.core.forms import BaseForm


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
            "Its characteristics and relative advantages, in words that every bidder, and later "
            "everybody, may read. Do not say what others ask, what their totals are or by how much "
            "they differ: that is withheld."
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
            "Their characteristics and relative advantages, in words that every bidder, and later "
            "everybody, may read. Do not say what others ask, what their totals are or by how much "
            "they differ: that is withheld."
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
