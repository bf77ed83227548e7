"""The forms of what was tried, what is fixed, and what bidders are given."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Constraints, Support, Tried


class TriedForm(SectionForm):
    """What has been tried."""

    tried = TextAreaField(
        _l("What has been tried?"),
        widget=GovTextArea(),
        description=_l("What you or others tried, and why it was not enough. Failures help most."),
    )

    def content(self) -> Tried:
        """Give what was typed."""
        return Tried(typed(self.tried))


class ConstraintsForm(SectionForm):
    """What every answer must respect."""

    constraints = TextAreaField(
        _l("What must every answer respect?"),
        widget=GovTextArea(),
        description=_l("Laws, safety, systems it must work with. Only what is really fixed."),
    )

    def content(self) -> Constraints:
        """Give what was typed."""
        return Constraints(typed(self.constraints))


class SupportForm(SectionForm):
    """What you offer."""

    support = TextAreaField(
        _l("Which data and places do you offer?"),
        widget=GovTextArea(),
        description=_l("What there is, how far back, in what state, and when it can be used."),
    )
    people_offered = TextAreaField(
        _l("Which people give their time?"),
        widget=GovTextArea(),
        description=_l("Who, how much of their week, and whom they can introduce a bidder to."),
    )

    def content(self) -> Support:
        """Give what was typed."""
        return Support(typed(self.support), typed(self.people_offered))
