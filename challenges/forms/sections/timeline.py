"""The form of the closing time."""

from flask_babel import lazy_gettext as _l

from challenges.forms.sections.base import SectionForm
from challenges.sections import Timeline
from marketplace.core.forms import LondonInstantField


class TimelineForm(SectionForm):
    """Closing time."""

    closes_at = LondonInstantField(_l("When does bidding close?"))

    def content(self) -> Timeline:
        """Give what was typed."""
        return Timeline(self.closes_at.data)
