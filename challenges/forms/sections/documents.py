"""The form of the terms that would hold."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import StringField, TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Terms


class TermsForm(SectionForm):
    """Which terms hold, where the draft contract is no file."""

    terms = TextAreaField(
        _l("Which terms would the contract have? (optional)"),
        widget=GovTextArea(),
        description=_l(
            "The name of your standard terms, or the main points: what is paid when, who owns the "
            "result, how either side can end it."
        ),
    )
    terms_link = StringField(
        _l("Where can they be read? (optional)"),
        widget=GovTextInput(),
        description=_l("A web address that begins with https://"),
    )

    def content(self) -> Terms:
        """Give what was typed."""
        return Terms(typed(self.terms), typed(self.terms_link))
