"""Forms of queries about bids."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextArea
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField

from bids.asking.lifecycle import DECISION_WORDS, PART_WORDS, QueryDecision, QueryPart
from bids.asking.service import Concern
from marketplace.core.forms import BaseForm, LondonInstantField

_QUESTION = "question:"
SHOW, KEEP = "show", "keep"


class AskForm(BaseForm):
    """A query to one bidder."""

    # Which may be chosen is the service's to say: it depends on the questions of the challenge.
    concern = RadioField(
        _l("Which part of the bid does it concern?"), widget=GovRadioInput(), validate_choice=False
    )
    text = TextAreaField(
        _l("What do you want to know?"),
        widget=GovTextArea(),
        description=_l(
            "Say what is unclear or missing, and where. Ask one thing at a time. At most 2,000 "
            "characters."
        ),
    )
    answer_by = LondonInstantField(
        _l("By when must they answer?"),
        description=_l(
            "A working day, and at least 24 hours from now that are not a weekend or a holiday."
        ),
    )
    changes_nothing = BooleanField(
        _l("This query does not invite the bidder to change its price or what it offers"),
        widget=GovCheckboxInput(),
    )

    def offer(self, questions: Sequence[tuple[str, str]], *, price: bool) -> None:
        """Offer these questions, by key and title, and the other parts of a bid."""
        choices: list[tuple[Any, Any]] = [
            (f"{_QUESTION}{key}", _l("Answer: %(title)s", title=title)) for key, title in questions
        ]
        for part in QueryPart:
            if part is not QueryPart.ANSWER and (price or part is not QueryPart.PRICE):
                choices.append((part.value, _l(PART_WORDS[part])))
        self.concern.choices = choices

    @property
    def about(self) -> Concern | None:
        """Give what was chosen, or nothing."""
        chosen = self.concern.data or ""
        if chosen.startswith(_QUESTION):
            return Concern(QueryPart.ANSWER, chosen.removeprefix(_QUESTION))
        parts = {part.value: part for part in QueryPart if part is not QueryPart.ANSWER}
        return Concern(parts[chosen]) if chosen in parts else None


class ExtendForm(BaseForm):
    """More time."""

    answer_by = LondonInstantField(
        _l("By when must they answer now?"),
        description=_l("A working day, after the present limit."),
    )
    because = TextAreaField(
        _l("Why do they get more time?"),
        widget=GovTextArea(),
        description=_l("The reason is recorded. At most 2,000 characters."),
    )


class WithdrawForm(BaseForm):
    """Taking a query back."""

    because = TextAreaField(
        _l("Why is it taken back?"),
        widget=GovTextArea(),
        description=_l("The reason is recorded. At most 2,000 characters."),
    )


class DecideForm(BaseForm):
    """What an officer makes of an answer, and whether the panel sees it."""

    decision = RadioField(
        _l("What do you make of the answer?"), widget=GovRadioInput(), validate_choice=False
    )
    because = TextAreaField(
        _l("Why?"),
        widget=GovTextArea(),
        description=_l("The reason is recorded. At most 2,000 characters."),
    )
    panel = RadioField(
        _l("May the panel see the query, the answer and your decision?"),
        widget=GovRadioInput(),
        choices=[
            (SHOW, _l("Yes, on its scoring pages from now on")),
            (KEEP, _l("Not yet: keep it from the panel for now")),
        ],
        validate_choice=False,
    )
    kept_because = TextAreaField(
        _l("Why is it kept from the panel?"),
        widget=GovTextArea(),
        description=_l("The reason is recorded. At most 2,000 characters."),
    )

    def offer(self, *, answered: bool) -> None:
        """Offer the decisions that fit."""
        fitting = [
            each for each in QueryDecision if (each is not QueryDecision.NO_ANSWER) is answered
        ]
        self.decision.choices = [(each.value, _l(DECISION_WORDS[each])) for each in fitting]

    @property
    def decided(self) -> QueryDecision | None:
        """Give what was chosen, or nothing."""
        by_value = {each.value: each for each in QueryDecision}
        return by_value.get(self.decision.data or "")


class SendForm(BaseForm):
    """Sending the draft that was just checked; `seen` is its version."""

    seen = HiddenField()

    @property
    def version(self) -> int | None:
        """Give the version, or nothing where none that is readable was sent."""
        text = self.seen.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


class ReplyForm(SendForm):
    """The draft of an answer; `seen` is the version that its writer read."""

    text = TextAreaField(
        _l("Your answer"),
        widget=GovTextArea(),
        description=_l("At most 10,000 characters. Only text: files cannot be sent here."),
    )
