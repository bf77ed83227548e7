"""The form of a panel's due days."""

from datetime import date

from flask_babel import lazy_gettext as _l

from marketplace.core.forms import BaseForm, DayField
from scoring.panel.reminding.lifecycle import Step


class DueForm(BaseForm):
    """By which day each step is done; every one may be left empty."""

    due_briefing = DayField(_l("Accept the briefing by"))
    due_interests = DayField(
        _l("Declare interests by"), description=_l("After the bids are opened.")
    )
    due_scores = DayField(_l("Submit scores by"))

    @property
    def chosen(self) -> dict[Step, date | None]:
        """Give the days by step."""
        return {step: self[f"due_{step.value}"].data for step in Step}
