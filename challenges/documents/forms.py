"""The form that attaches a file."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovFileInput, GovTextInput
from wtforms import BooleanField, StringField

from challenges.documents.kinds import OFFERED
from marketplace.core.forms import BaseForm


class DocumentForm(BaseForm):
    """A file, what it is called on the page, and whether it is the draft contract."""

    file = FileField(
        _l("Choose a file"),
        widget=GovFileInput(),
        description=_l("%(kinds)s, up to 10 MB.", kinds=OFFERED),
    )
    title = StringField(
        _l("What is it? (optional)"),
        widget=GovTextInput(),
        description=_l("Such as “Map of all gauges”. Without it, the name of the file is shown."),
    )
    is_contract = BooleanField(_l("This is the draft contract"), widget=GovCheckboxInput())
