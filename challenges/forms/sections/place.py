"""The form of place and sector."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import RadioField, SelectField, StringField, TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Place
from challenges.words import REACH_WORDS, REGION_WORDS, SECTOR_WORDS


class PlaceForm(SectionForm):
    """Place and sector."""

    region = SelectField(
        _l("Region"),
        widget=GovSelect(),
        choices=[("", _l("Choose a region")), *((k, _l(v)) for k, v in REGION_WORDS.items())],
        description=_l("Where the outcome is wanted."),
    )
    sector = SelectField(
        _l("Sector"),
        widget=GovSelect(),
        choices=[("", _l("Choose a sector")), *((k, _l(v)) for k, v in SECTOR_WORDS.items())],
        description=_l("The part of public life that the problem belongs to most."),
    )
    round = StringField(
        _l("Round (optional)"),
        widget=GovTextInput(),
        description=_l("If this belongs to a programme, its round, such as 12."),
    )

    reach = RadioField(
        _l("How far does the problem reach?"),
        widget=GovRadioInput(),
        choices=[(key, _l(words)) for key, words in REACH_WORDS.items()],
        validate_choice=False,
    )
    pooling = TextAreaField(
        _l("Who could buy this together with you? (optional)"),
        widget=GovTextArea(),
        description=_l(
            "Other bodies that have the problem, and whether they pool money, data or people."
        ),
    )

    def content(self) -> Place:
        """Give what was typed."""
        return Place(
            region=typed(self.region) or None,
            sector=typed(self.sector) or None,
            round=typed(self.round) or None,
            reach=typed(self.reach) or None,
            pooling=typed(self.pooling),
        )
