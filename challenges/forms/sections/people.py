"""The form of the people whom a problem affects."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import People


class PeopleForm(SectionForm):
    """The people it affects."""

    affected = TextAreaField(
        _l("Who does it affect?"),
        widget=GovTextArea(),
        description=_l("Which people, how many of them, and what it does to their day."),
    )
    research = TextAreaField(
        _l("What did they tell you?"),
        widget=GovTextArea(),
        description=_l(
            "Whom you asked, how many, when, and what they said in their own words. Say too whom "
            "you have not reached yet. Name nobody."
        ),
    )

    def content(self) -> People:
        """Give what was typed."""
        return People(affected=typed(self.affected), research=typed(self.research))
