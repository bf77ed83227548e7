"""The form with which an auditor draws a sample."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Optional

from marketplace.core.forms import BaseForm


class SampleForm(BaseForm):
    """The seed of a sample, and how many to draw."""

    seed = StringField(
        _l("Seed"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("Enter a seed, such as a number you have diced"))],
    )
    size = IntegerField(_l("How many to draw"), widget=GovTextInput(), validators=[Optional()])
