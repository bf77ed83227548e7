"""The form that says where bids go."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextInput
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from marketplace.core.forms import BaseForm

HERE, ELSEWHERE = "here", "elsewhere"


class ChooseForm(BaseForm):
    """Here, sealed until two officers open them; or elsewhere, with the place."""

    where = RadioField(
        _l("Where do bids go?"),
        widget=GovRadioInput(),
        choices=[
            (HERE, _l("Here: they are sealed, and two officers open them after closing")),
            (ELSEWHERE, _l("Elsewhere: officers bring them here to be judged")),
        ],
        validators=[InputRequired(_l("Choose where bids go"))],
    )
    reference = StringField(
        _l("Reference of the notice there"),
        widget=GovTextInput(),
        description=_l("Such as the reference on Public Contracts Scotland."),
    )
    link = StringField(
        _l("Web address where suppliers can bid"),
        widget=GovTextInput(),
        description=_l("A web address that begins with https://"),
    )
