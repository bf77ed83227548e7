"""Forms of questions and answers."""

import re
import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovRadioInput,
    GovTextArea,
)
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
)

from challenges.asking.models import Clarification
from challenges.topics import TOPIC_WORDS, Topic, topic_of
from marketplace.core.forms import BaseForm

ALL, ASKER = _AUDIENCES = ("all", "asker")
_TOPICS = [(topic.value, _l(words)) for topic, words in TOPIC_WORDS.items()]


def _as_id(value: object) -> uuid.UUID:
    return uuid.UUID(str(value))


class AskForm(BaseForm):
    """A question."""

    topic = RadioField(
        _l("What is your question about?"),
        widget=GovRadioInput(),
        choices=_TOPICS,
        validate_choice=False,
    )
    text = TextAreaField(
        _l("Your question"),
        widget=GovTextArea(),
        description=_l(
            "Everybody will read it with its answer, so leave out who you are and what your idea "
            "is. At most 2,000 characters."
        ),
    )
    names_supplier = BooleanField(
        _l("Tell the public body, and nobody else, which organisation asks"),
        widget=GovCheckboxInput(),
    )

    @property
    def about(self) -> Topic | None:
        """Give the topic, or nothing where none was chosen."""
        return topic_of(self.topic.data)


class _SeenForm(BaseForm):
    """Of something that somebody else may change meanwhile; `seen` is the version that was read."""

    seen = HiddenField()

    @property
    def version(self) -> int | None:
        """Give the version, or nothing where none that is readable was sent."""
        text = self.seen.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


class AnswerForm(_SeenForm):
    """The draft of an answer."""

    # Which may be chosen is the service's to say: one may have been answered meanwhile.
    questions = SelectMultipleField(
        _l("Which questions does it answer?"),
        widget=GovCheckboxesInput(),
        coerce=_as_id,
        validate_choice=False,
    )
    text = TextAreaField(
        _l("Answer"),
        widget=GovTextArea(),
        description=_l(
            "In plain words, complete by itself. You can use blank lines between paragraphs, * for "
            "lists and ** for bold. At most 10,000 characters."
        ),
    )
    audience = RadioField(
        _l("Who gets this answer?"),
        widget=GovRadioInput(),
        choices=[(ALL, _l("Everybody")), (ASKER, _l("Only the supplier who asked"))],
        default=ALL,
    )
    private_because = TextAreaField(
        _l("Why only the supplier who asked?"),
        widget=GovTextArea(),
        description=_l(
            "Such as: the question gives away the supplier’s own idea. The reason is recorded, and "
            "auditors see it. At most 2,000 characters."
        ),
    )

    def offer(self, questions: Sequence[Clarification]) -> None:
        """Offer these questions."""
        choices: list[tuple[Any, str]] = [(each.id, each.public_text) for each in questions]
        self.questions.choices = choices

    @property
    def reason(self) -> str | None:
        """Give why the answer is private, or nothing where it is for everybody."""
        return (self.private_because.data or "") if self.audience.data == ASKER else None


class RewordForm(BaseForm):
    """How the public reads a question."""

    wording = TextAreaField(
        _l("How everybody will read this question"),
        widget=GovTextArea(),
        description=_l("Keep its sense. At most 2,000 characters."),
    )


class CorrectForm(_SeenForm):
    """A new version of an answer."""

    text = TextAreaField(_l("Answer"), widget=GovTextArea())
    because = TextAreaField(
        _l("Why is it corrected?"),
        widget=GovTextArea(),
        description=_l("Everybody can read this. At most 2,000 characters."),
    )


class PublishForm(_SeenForm):
    """Publishing what was just read."""
