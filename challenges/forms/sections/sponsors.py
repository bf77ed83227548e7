"""The form of the joint sponsors."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Sponsors


class SponsorsForm(SectionForm):
    """Joint sponsors."""

    names = TextAreaField(
        _l("Which other bodies join in?"),
        widget=GovTextArea(),
        description=_l("One name on each line. Leave this empty if you do it alone."),
    )

    @classmethod
    def data_of(cls, content: Sponsors) -> dict[str, object]:
        """Give one name on each line."""
        return {"names": "\n".join(content.names)}

    def content(self) -> Sponsors:
        """Give what was typed."""
        return Sponsors(tuple(typed(self.names).splitlines()))
