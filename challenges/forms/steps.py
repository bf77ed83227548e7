"""Forms of the steps of a challenge: beginning it, reviewing it, ending it."""

import re
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField

from marketplace.core.forms import BaseForm, LondonInstantField

if TYPE_CHECKING:
    from challenges.openers import Candidate


def _as_id(value: object) -> uuid.UUID:
    return uuid.UUID(str(value))


class CreateForm(BaseForm):
    """How a challenge begins."""

    title = StringField(
        _l("What is your challenge, as a question?"),
        widget=GovTextInput(),
        description=_l(
            "Such as “How can technology help people in towns to see and improve the air they "
            "breathe?” You can change it later."
        ),
    )
    template = RadioField(
        _l("How do you want to buy?"),
        widget=GovRadioInput(),
        choices=[],
        default="",
        description=_l(
            "Each brings stages and criteria that you can change. You can choose later."
        ),
    )


class StepForm(BaseForm):
    """A step of review; `seen` is the version that the person read."""

    seen = HiddenField()

    @property
    def version(self) -> int | None:
        """Give the version, or nothing where none that is readable was sent."""
        text = self.seen.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


class ReasonForm(StepForm):
    """A step that needs its reason."""

    reason = TextAreaField(_l("Reason"), widget=GovTextArea())


class ApproveForm(StepForm):
    """An approval, with its reason where the check of the text warns."""

    because = TextAreaField(
        _l("Why do you approve it although the check warns?"),
        widget=GovTextArea(),
        description=_l("Your organisation’s log keeps the reason. The public does not see it."),
    )


class LessonsForm(StepForm):
    """How work ends with lessons."""

    lessons = TextAreaField(
        _l("What was learned?"),
        widget=GovTextArea(),
        description=_l(
            "What you wanted to find out, what you found, and what you would tell the next body "
            "with this problem. Everybody can read it."
        ),
    )


class OpenersForm(StepForm):
    """Which officers may open the bids."""

    # Whom one may choose is the service's to say: somebody may have left since the page was made.
    openers = SelectMultipleField(
        _l("Who may open the bids?"),
        widget=GovCheckboxesInput(),
        coerce=_as_id,
        validate_choice=False,
    )

    def offer(self, candidates: Sequence["Candidate"]) -> None:
        """Offer these officers."""
        self.openers.choices = [(each.user_id, each.name) for each in candidates]

    @property
    def chosen(self) -> Sequence[uuid.UUID]:
        """Give the officers that were ticked."""
        return self.openers.data or []


class DeadlineForm(BaseForm):
    """A later closing time, and why."""

    closes_at = LondonInstantField(_l("When should bidding close?"))
    reason = TextAreaField(_l("Reason"), widget=GovTextArea())


class DecisionForm(BaseForm):
    """What a second officer makes of a proposed closing time; `change` is the one they read."""

    change = HiddenField()
    decision = HiddenField()

    @property
    def change_id(self) -> uuid.UUID | None:
        """Give the proposal, or nothing where none that is readable was sent."""
        try:
            return uuid.UUID(self.change.data or "")
        except ValueError:
            return None
