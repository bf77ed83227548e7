"""The form with which an officer says that the letters went out."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from marketplace.core.forms import BaseForm, LondonInstantField


class SendForm(BaseForm):
    """Which recommendation the letters tell of that are sent."""

    recommendation = HiddenField()


class SentForm(BaseForm):
    """When the letters went out, and how; `recommendation` is the one that they tell of."""

    recommendation = HiddenField()
    sent_at = LondonInstantField(_l("When did the last letter go out?"))
    way = RadioField(
        _l("How did they go out?"),
        widget=GovRadioInput(),
        choices=[
            ("electronic", _l("All by e-mail, or another electronic way")),
            ("other", _l("By post or by hand, some of them at least")),
        ],
        validators=[InputRequired(_l("Choose how the letters went out"))],
    )
