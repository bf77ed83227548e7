"""Forms of saved searches and of which messages are wanted."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextInput
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length

from challenges.alerts.timing import FREQUENCY_WORDS, Frequency
from marketplace.core.forms import BaseForm
from marketplace.core.notices.models import KIND_WORDS, Kind


class SearchForm(BaseForm):
    """A saved search's name, and how often it writes."""

    name = StringField(
        _l("Name"),
        widget=GovTextInput(),
        description=_l("For yourself, such as “Health in Tayside”"),
        validators=[
            DataRequired(_l("Enter a name")),
            Length(max=120, message=_l("The name must be 120 characters or fewer")),
        ],
    )
    frequency = RadioField(
        _l("When we write to you"),
        widget=GovRadioInput(),
        default=Frequency.DAILY.value,
        choices=[(each.value, _l(FREQUENCY_WORDS[each])) for each in Frequency],
    )


class StepForm(BaseForm):
    """Nothing but the button."""


class KindsForm(BaseForm):
    """Which kinds of messages are wanted."""

    kinds = SelectMultipleField(
        _l("E-mails that you want"),
        widget=GovCheckboxesInput(),
        choices=[(kind.value, _l(KIND_WORDS[kind])) for kind in Kind],
    )

    @property
    def wanted(self) -> set[Kind]:
        """Give the kinds that were ticked."""
        return {Kind(value) for value in self.kinds.data or []}
