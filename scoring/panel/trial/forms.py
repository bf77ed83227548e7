"""The form of the example that a panel tries its scoring on."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired

from marketplace.core.forms import BaseForm


class ExampleForm(BaseForm):
    """The question and the example answer; the questions are set by the view."""

    key = SelectField(
        _l("Question"), widget=GovSelect(), validators=[InputRequired(_l("Choose a question"))]
    )
    text = TextAreaField(
        _l("Example answer"),
        widget=GovTextArea(),
        description=_l("Make one up. Never use words of a real bid."),
    )
