"""Forms of awards that a committee decides: shape and words of input."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from marketplace.core.forms import BaseForm, DayField
from marketplace.core.regimes.exemptions import Exemptions
from scoring.award.committee.kinds import OUTCOME_WORDS, Outcome

PERSON, COMMITTEE = "person", "committee"


class RouteForm(BaseForm):
    """Who decides the award."""

    who = RadioField(
        _l("Who decides this award?"),
        widget=GovRadioInput(),
        choices=[
            (PERSON, _l("An approver, by signing it off here")),
            (COMMITTEE, _l("A committee, which has a paper and keeps a minute")),
        ],
        validate_choice=False,
    )
    committee = StringField(
        _l("Name of the committee"),
        widget=GovTextInput(),
        description=_l(
            "Such as “Finance and Contracts Committee”. Only where a committee decides."
        ),
    )
    exemption = RadioField(
        _l("Why is the annex of its paper kept from the public?"),
        widget=GovRadioInput(),
        validate_choice=False,
    )

    def offer(self, found: Exemptions) -> None:
        """Offer these grounds."""
        self.exemption.choices = [
            (each.key, f"{each.name} ({each.provision})") for each in found.grounds
        ]

    @property
    def chosen(self) -> str | None:
        """Give the committee's name, empty where a person decides, nothing where it is not said."""
        if self.who.data == COMMITTEE:
            return (self.committee.data or "").strip()
        return "" if self.who.data == PERSON else None


class MinuteForm(BaseForm):
    """What a committee decided, as its minute has it."""

    recommendation = HiddenField()
    # Whether a choice was made is the rules' matter, which say it in their own words.
    outcome = RadioField(
        _l("What did the committee decide?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(OUTCOME_WORDS[each])) for each in Outcome],
        validate_choice=False,
    )
    met_on = DayField(_l("On which day did it meet?"))
    minute = StringField(
        _l("Reference of the minute"),
        widget=GovTextInput(),
        description=_l("Such as “FC/2027/03, item 7”."),
    )
    words = TextAreaField(
        _l("What does the minute say?"),
        widget=GovTextArea(),
        description=_l("The decision and its reason. It stands in the award report."),
    )
    file = FileField(
        _l("The minute as a file (optional)"),
        widget=GovFileInput(),
        description=_l("PDF, DOCX, ODT, XLSX, CSV, PNG or JPEG, up to 20 MB."),
    )

    @property
    def found(self) -> Outcome | None:
        """Give what was chosen, nothing where it is none of the choices."""
        return next((each for each in Outcome if each.value == self.outcome.data), None)
