"""Forms by which a passport comes in from a file."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import FileField, HiddenField

from marketplace.core.forms import BaseForm


class BringForm(BaseForm):
    """The file of a passport."""

    file = FileField(
        _l("Choose the file passport.json"),
        widget=GovFileInput(),
        description=_l("At most 500 kB. Nothing changes before you have seen what would change."),
    )


class TakeForm(BaseForm):
    """What is taken over: the file again, and the mark of what the page showed beside it."""

    content = HiddenField()
    mark = HiddenField()
