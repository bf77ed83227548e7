"""The form of the outcome."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Outcome


class OutcomeForm(SectionForm):
    """The outcome."""

    outcome = TextAreaField(
        _l("What outcome do you want?"),
        widget=GovTextArea(),
        description=_l(
            "What will be different for people when this works. Say the outcome, never the product."
        ),
    )
    measures = TextAreaField(
        _l("How would you know that it works?"),
        widget=GovTextArea(),
        description=_l("Two to four measures that you can take, a line each, beginning with *."),
    )
    tried = TextAreaField(
        _l("What has been tried?"),
        widget=GovTextArea(),
        description=_l("What you or others tried, and why it was not enough. Failures help most."),
    )
    constraints = TextAreaField(
        _l("What must every answer respect?"),
        widget=GovTextArea(),
        description=_l("Laws, safety, systems it must work with. Only what is really fixed."),
    )
    support = TextAreaField(
        _l("What do you offer?"),
        widget=GovTextArea(),
        description=_l("Data, places, people and their time, introductions."),
    )

    def content(self) -> Outcome:
        """Give what was typed."""
        return Outcome(
            outcome=typed(self.outcome),
            measures=typed(self.measures),
            tried=typed(self.tried),
            constraints=typed(self.constraints),
            support=typed(self.support),
        )
