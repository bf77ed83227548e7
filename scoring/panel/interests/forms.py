"""The form that says an interest was found: whose, in whom, and what it is."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.core.forms import BaseForm


class ReopenForm(BaseForm):
    """Why scoring begins again."""

    reason = TextAreaField(
        _l("Who will join, and why?"),
        widget=GovTextArea(),
        description=_l("It stands in the record."),
        validators=[
            InputRequired(_l("Say who joins and why")),
            Length(max=10_000, message=_l("Use at most 10,000 characters")),
        ],
    )


class FoundForm(BaseForm):
    """Whose interest, in whom, and what it is. Choices are set by the view."""

    member = SelectField(
        _l("Whose interest is it?"),
        widget=GovSelect(),
        validators=[InputRequired(_l("Choose a member of the panel"))],
    )
    party = RadioField(
        _l("In whom?"),
        widget=GovRadioInput(),
        validators=[InputRequired(_l("Choose a bidder, partner or subcontractor"))],
    )
    statement = TextAreaField(
        _l("What is the interest?"),
        widget=GovTextArea(),
        description=_l("What it is, since when, and how it came to be known."),
        validators=[
            InputRequired(_l("Say what the interest is")),
            Length(max=10_000, message=_l("Use at most 10,000 characters")),
        ],
    )
