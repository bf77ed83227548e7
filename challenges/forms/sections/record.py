"""The form of the record before approval: each question, and whether it applies."""

from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovTextArea
from wtforms import BooleanField, TextAreaField

from challenges.drafting.kinds import TOPIC_GROUPS, TOPIC_WORDS, Topic
from challenges.forms import typed
from challenges.forms.sections.base import SectionForm
from challenges.sections import Record, Recorded
from marketplace.core.text import N_

_HINTS = {
    Topic.BUSINESS_CASE: N_("Its reference, who approved it, and when."),
    Topic.BUDGET: N_("The budget and its holder, and that the money is there."),
    Topic.RUNNING: N_("A new service that nobody pays for is switched off. Say who has agreed."),
    Topic.ROUTE: N_("Why this way of buying suits the value and what you do not know yet."),
    Topic.FRAMEWORKS: N_("Which ones, and why you do or do not buy through them."),
    Topic.COMPONENTS: N_("For identity, payments, cloud and others. If none is used, why not."),
    Topic.LOTS: N_("Small parts let small firms bid. If it is one, why."),
    Topic.ENGAGEMENT: N_("Whom, when, about what, and what you learned."),
    Topic.SHARED: N_("Whatever one supplier heard, all must be able to read."),
    Topic.INCUMBENT: N_("What they know that others do not, and how you make up for it."),
    Topic.DATA_PROTECTION: N_("Its reference, or when it will be done."),
    Topic.EQUALITY: N_("Its reference, or when it will be done."),
    Topic.CYBER: N_("The reference that the assessment tool gave you."),
}


class RecordForm(SectionForm):
    """Your record before approval. Each topic has two fields, `TOPIC` and `TOPIC_na`."""

    @property
    def groups(self) -> list[tuple[str, list[tuple[Topic, Any, Any]]]]:
        """Give the headings, and under each the topics with their two fields."""
        return [
            (heading, [(topic, self[topic], self[f"{topic}_na"]) for topic in topics])
            for heading, topics in TOPIC_GROUPS.items()
        ]

    def content(self) -> Record:
        """Give what was typed."""
        return Record(
            tuple(
                Recorded(topic, typed(self[topic]), bool(self[f"{topic}_na"].data))
                for topic in Topic
            )
        )

    @classmethod
    def data_of(cls, content: Record) -> dict[str, object]:
        """Give what the fields show of a saved record."""
        data: dict[str, object] = {}
        for answer in content.answers:
            data[answer.topic] = answer.text
            data[f"{answer.topic}_na"] = answer.not_applicable
        return data


for _topic in Topic:
    setattr(
        RecordForm,
        _topic,
        TextAreaField(
            _l(TOPIC_WORDS[_topic]), widget=GovTextArea(), description=_l(_HINTS[_topic])
        ),
    )
    setattr(
        RecordForm,
        f"{_topic}_na",
        BooleanField(
            _l("Not applicable, because of what I wrote above"), widget=GovCheckboxInput()
        ),
    )
