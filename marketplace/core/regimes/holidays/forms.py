"""The form of a local holiday."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField

from marketplace.core.forms import BaseForm, DayField


class HolidayForm(BaseForm):
    """A day to come on which the body does not work, and what it is called."""

    day = DayField(
        _l("Which day?"),
        description=_l("A day to come, such as 19 4 2027."),
    )
    name = StringField(
        _l("What is it called?"),
        widget=GovTextInput(),
        description=_l("Such as Edinburgh Spring Holiday."),
    )
