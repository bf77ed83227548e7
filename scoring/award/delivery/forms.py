"""Forms of work under contracts: shape and words of input.

Those with rows have a fixed number of them for one request; their fields end in the row's place.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovFileInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from challenges.documents.kinds import OFFERED
from marketplace.core.forms import BaseForm, DayField, MoneyField
from scoring.award.delivery.benefits.lifecycle import MEASURES_MOST, Measured
from scoring.award.delivery.gates.lifecycle import (
    CRITERIA_MOST,
    DECISION_WORDS,
    FINDING_WORDS,
    Decision,
    Finding,
    Found,
)
from scoring.award.delivery.milestones.lifecycle import MILESTONES_MOST, Written


def _text(field: Field) -> str:
    return str(field.data or "")


def rows_sent(sent: Mapping[str, str], name: str, most: int) -> int:
    """Count the rows that a form was sent with, by the places in the names of one field."""
    places = [int(found[1]) for key in sent if (found := re.fullmatch(rf"{name}_(\d{{1,2}})", key))]
    return min(max(places, default=0) + 1, most)


class _SeenForm(BaseForm):
    """Of something that somebody else may change meanwhile; `seen` is the version that was read."""

    seen = HiddenField()

    @property
    def version(self) -> int:
        """Give the version, 0 where none that is readable was sent."""
        text = self.seen.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else 0


class PlanForm(_SeenForm):
    """The milestones of a contract; `row_numbers` are their places."""

    count = 0
    reason = TextAreaField(
        _l("Why do the milestones change?"),
        widget=GovTextArea(),
        description=_l("The supplier reads this, and so do auditors."),
    )

    @classmethod
    def of(cls, rows: Sequence[Written], *, seen: int, count: int) -> "PlanForm":
        """Make the form with `count` rows, showing what is written where nothing was sent."""
        fields: dict[str, Any] = {"count": count}
        data: dict[str, Any] = {"seen": str(seen)}
        for at in range(count):
            fields |= {
                f"number_{at}": HiddenField(),
                f"title_{at}": StringField(_l("What is it called?"), widget=GovTextInput()),
                f"deliverable_{at}": TextAreaField(
                    _l("What does the supplier deliver?"), widget=GovTextArea()
                ),
                f"accepted_when_{at}": TextAreaField(
                    _l("How will you tell that it is done?"), widget=GovTextArea()
                ),
                f"due_on_{at}": DayField(_l("By which day?")),
                f"payment_{at}": MoneyField(_l("Payment without VAT, in pounds")),
            }
            if at < len(rows):
                row = rows[at]
                data |= {
                    f"number_{at}": str(row.number or ""),
                    f"title_{at}": row.title,
                    f"deliverable_{at}": row.deliverable,
                    f"accepted_when_{at}": row.accepted_when,
                    f"due_on_{at}": row.due_on,
                    f"payment_{at}": row.payment_minor,
                }
        made: PlanForm = type("PlanFormOfRows", (cls,), fields)(data=data)
        return made

    def rows(self) -> list[Written]:
        """Give what was typed."""
        return [
            Written(
                title=_text(self[f"title_{at}"]),
                deliverable=_text(self[f"deliverable_{at}"]),
                accepted_when=_text(self[f"accepted_when_{at}"]),
                due_on=self[f"due_on_{at}"].data,
                payment_minor=self[f"payment_{at}"].data,
                number=_number(_text(self[f"number_{at}"])),
            )
            for at in range(self.count)
        ]

    most = MILESTONES_MOST


class ReportForm(BaseForm):
    """That a milestone was delivered."""

    words = TextAreaField(
        _l("What did you deliver?"),
        widget=GovTextArea(),
        description=_l("And where can it be seen? You can give web addresses."),
    )
    file = MultipleFileField(
        _l("Files (optional)"),
        widget=GovFileInput(multiple=True),
        description=_l("Up to 5 files, 10 MB each, together 20 MB: %(kinds)s.", kinds=OFFERED),
    )

    def sent(self) -> list[tuple[str, bytes]]:
        """Give the files that were sent, names with contents."""
        return [(each.filename, each.read()) for each in self.file.data or () if each.filename]


class AnswerForm(BaseForm):
    """Accept or send back, and why."""

    report = HiddenField()

    @property
    def number(self) -> int:
        """Give which report was read, 0 where none that is readable was sent."""
        return _number(_text(self.report)) or 0

    answer = RadioField(
        _l("Do you accept it?"),
        widget=GovRadioInput(),
        choices=[("accept", _l("Accept it")), ("return", _l("Send it back"))],
        validators=[InputRequired(_l("Choose whether you accept it or send it back"))],
    )
    words = TextAreaField(
        _l("What did you see?"),
        widget=GovTextArea(),
        description=_l(
            "If you accept it: how you know that it does what was agreed, such as a test, a visit "
            "or a document. If you send it back: what is missing. The supplier reads this."
        ),
    )


class PaymentForm(BaseForm):
    """What was paid, when, under which reference."""

    amount = MoneyField(_l("Amount paid without VAT, in pounds"))
    paid_on = DayField(_l("When was it paid?"))
    reference = StringField(
        _l("Reference of the payment"),
        widget=GovTextInput(),
        description=_l("As in your finance system."),
    )
    note = TextAreaField(
        _l("Why is less paid than was accepted? (only if so)"), widget=GovTextArea()
    )


class FinishForm(BaseForm):
    """That work is done, in a few words."""

    words = TextAreaField(
        _l("What was made?"),
        widget=GovTextArea(),
        description=_l("In a few words that everybody can read."),
    )


class GateForm(BaseForm):
    """What was found at a gate, and what follows."""

    count = 0
    decision = RadioField(
        _l("What follows?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(DECISION_WORDS[each])) for each in Decision],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Why?"), widget=GovTextArea(), description=_l("The supplier reads it.")
    )
    lessons = TextAreaField(
        _l("What was learned?"),
        widget=GovTextArea(),
        description=_l(
            "Needed if the work stops: everybody can read it, so that others can use it. Stopping "
            "with lessons is a good end of a trial."
        ),
    )
    most = CRITERIA_MOST

    @classmethod
    def of(cls, rows: Sequence[Found], *, count: int) -> "GateForm":
        """Make the form with `count` criteria, showing some where nothing was sent."""
        fields: dict[str, Any] = {"count": count}
        data: dict[str, Any] = {}
        for at in range(count):
            fields |= {
                f"criterion_{at}": TextAreaField(_l("What was asked?"), widget=GovTextArea()),
                f"finding_{at}": RadioField(
                    _l("Is it met?"),
                    widget=GovRadioInput(),
                    choices=[(each.value, _l(FINDING_WORDS[each])) for each in Finding],
                    validate_choice=False,
                ),
                f"words_{at}": TextAreaField(_l("What did you find?"), widget=GovTextArea()),
            }
            if at < len(rows):
                data |= {
                    f"criterion_{at}": rows[at].criterion,
                    f"finding_{at}": rows[at].finding,
                    f"words_{at}": rows[at].words,
                }
        made: GateForm = type("GateFormOfRows", (cls,), fields)(data=data)
        return made

    def found(self) -> list[Found]:
        """Give what was typed."""
        return [
            Found(
                _text(self[f"criterion_{at}"]),
                next((e for e in Finding if e.value == self[f"finding_{at}"].data), None),
                _text(self[f"words_{at}"]),
            )
            for at in range(self.count)
        ]

    @property
    def chosen(self) -> Decision | None:
        """Give what was chosen, if it is something that we know."""
        return next((each for each in Decision if each.value == self.decision.data), None)


class ConfirmForm(BaseForm):
    """Confirm what follows from a gate, or return it, and why."""

    gate = HiddenField()
    answer = RadioField(
        _l("Your decision"),
        widget=GovRadioInput(),
        choices=[("confirm", _l("Confirm it")), ("return", _l("Return it to the challenge lead"))],
        validators=[InputRequired(_l("Choose whether to confirm or to return"))],
    )
    reason = TextAreaField(_l("Reason for your decision"), widget=GovTextArea())


class BenefitForm(_SeenForm):
    """What was measured, and what was learned."""

    count = 0
    words = TextAreaField(
        _l("What did the work achieve?"),
        widget=GovTextArea(),
        description=_l("In a few plain sentences."),
    )
    lessons = TextAreaField(
        _l("What did you learn since? (optional)"),
        widget=GovTextArea(),
        description=_l("What would you tell another body that buys or uses this?"),
    )
    publish = BooleanField(_l("Publish it on the page of the challenge"), widget=GovCheckboxInput())
    most = MEASURES_MOST

    @classmethod
    def of(
        cls,
        rows: Sequence[Measured],
        *,
        seen: int,
        count: int,
        words: str = "",
        lessons: str = "",
        publish: bool = True,
    ) -> "BenefitForm":
        """Make the form with `count` measures, showing some where nothing was sent."""
        fields: dict[str, Any] = {"count": count}
        data: dict[str, Any] = {
            "seen": str(seen),
            "words": words,
            "lessons": lessons,
            "publish": publish,
        }
        for at in range(count):
            fields |= {
                f"measure_{at}": TextAreaField(_l("What was measured?"), widget=GovTextArea()),
                f"before_{at}": StringField(
                    _l("Before the work (optional)"), widget=GovTextInput()
                ),
                f"now_{at}": StringField(_l("Now"), widget=GovTextInput()),
            }
            if at < len(rows):
                data |= {
                    f"measure_{at}": rows[at].measure,
                    f"before_{at}": rows[at].before,
                    f"now_{at}": rows[at].now,
                }
        made: BenefitForm = type("BenefitFormOfRows", (cls,), fields)(data=data)
        return made

    def rows(self) -> list[Measured]:
        """Give what was typed."""
        return [
            Measured(
                _text(self[f"measure_{at}"]), _text(self[f"before_{at}"]), _text(self[f"now_{at}"])
            )
            for at in range(self.count)
        ]


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else None
