"""The forms with which files are attached and taken off."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput

from marketplace.core.forms import BaseForm


class AttachForm(BaseForm):
    """A file to attach."""

    file = FileField(_l("Choose a file"), widget=GovFileInput())
