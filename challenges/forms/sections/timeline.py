"""The form of the timeline."""

from flask_babel import lazy_gettext as _l

from challenges.forms.sections.base import SectionForm
from challenges.sections import Timeline
from marketplace.core.forms import DayField, LondonInstantField


class TimelineForm(SectionForm):
    """When bidding and asking end, and what is planned after it."""

    questions_until = LondonInstantField(_l("Until when can bidders ask questions? (optional)"))
    closes_at = LondonInstantField(_l("When does bidding close?"))
    interviews_on = DayField(_l("When do you mean to meet bidders? (optional)"))
    decision_on = DayField(_l("When do you mean to decide? (optional)"))
    starts_on = DayField(_l("When should the work begin? (optional)"))

    def content(self) -> Timeline:
        """Give what was typed."""
        return Timeline(
            closes_at=self.closes_at.data,
            questions_until=self.questions_until.data,
            interviews_on=self.interviews_on.data,
            decision_on=self.decision_on.data,
            starts_on=self.starts_on.data,
        )
