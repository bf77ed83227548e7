"""The form of a letterhead."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovFileInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from marketplace.core.forms import BaseForm


class LetterheadForm(BaseForm):
    """How a body presents itself in letters and papers."""

    address = TextAreaField(
        _l("Address"),
        widget=GovTextArea(),
        description=_l("As it stands at the head of your letters, one line beneath the other."),
        validators=[Length(max=500, message=_l("Use at most 500 characters"))],
    )
    contact = TextAreaField(
        _l("Whom can a bidder ask?"),
        widget=GovTextArea(),
        description=_l("An e-mail address, a telephone number, and when somebody answers."),
        validators=[Length(max=500, message=_l("Use at most 500 characters"))],
    )
    signatory_name = StringField(
        _l("Who signs the letters?"),
        widget=GovTextInput(),
        validators=[Length(max=120, message=_l("Use at most 120 characters"))],
    )
    signatory_role = StringField(
        _l("What is this person at your body?"),
        widget=GovTextInput(),
        description=_l("Such as “Head of Procurement”."),
        validators=[Length(max=120, message=_l("Use at most 120 characters"))],
    )
    reference_prefix = StringField(
        _l("Prefix of your references (optional)"),
        widget=GovTextInput(),
        description=_l("It stands before the reference of the challenge, such as “PROC/”."),
        validators=[Length(max=20, message=_l("Use at most 20 characters"))],
    )
    logo = FileField(
        _l("Logo (optional)"),
        widget=GovFileInput(),
        description=_l("A picture as PNG or JPEG, up to 2 MB."),
    )
    without_logo = BooleanField(_l("Take the logo away"), widget=GovCheckboxInput())
    template = FileField(
        _l("Your own template as a Word document (optional)"),
        widget=GovFileInput(),
        description=_l(
            "Up to 2 MB, without macros. Its head, foot, margins and styles are kept. The letter "
            "takes the place of a paragraph that says only [text], or of all its text."
        ),
    )
    without_template = BooleanField(_l("Take the template away"), widget=GovCheckboxInput())
