"""Forms of the steps of a challenge: beginning it, reviewing it, ending it."""

import re

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import HiddenField, StringField, TextAreaField

from marketplace.core.forms import BaseForm


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
