"""The forms of the outcome and of the benefits beyond it."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField

from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Benefits, Outcome


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

    def content(self) -> Outcome:
        """Give what was typed."""
        return Outcome(
            outcome=typed(self.outcome),
            measures=typed(self.measures),
        )


class BenefitsForm(SectionForm):
    """Wider benefits."""

    benefits = TextAreaField(
        _l("What good should it do besides? (optional)"),
        widget=GovTextArea(),
        description=_l(
            "For the place, for work and training, for the climate, for people left out until now. "
            "Only what you will ask about afterwards."
        ),
    )

    def content(self) -> Benefits:
        """Give what was typed."""
        return Benefits(typed(self.benefits))
