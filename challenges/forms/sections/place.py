"""The form of place and sector."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Place
from challenges.words import REGION_WORDS, SECTOR_WORDS


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

    def content(self) -> Place:
        """Give what was typed."""
        return Place(
            region=typed(self.region) or None,
            sector=typed(self.sector) or None,
            round=typed(self.round) or None,
        )
