"""The forms of the passport's subjects, made from what each asks for.

A list has as many rows as were given, and an empty one more: each press of "Add another" saves
what is there and shows the next. So a list works without script and loses nothing.
"""

import re
from datetime import date
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField

from bids.forms import WholeNumberField
from bids.passport.answers import Values
from bids.passport.kinds import Asked, Kind, Part
from bids.passport.subjects import ROWS_MOST
from marketplace.core.forms import BaseForm, DayField, MoneyField

_ROW = re.compile(r"rows-([0-9]{1,3})-", re.ASCII)


class SubjectForm(BaseForm):
    """One subject's answer; `seen` is the identifier of the answer that the page showed."""

    seen = HiddenField()
    asked: Asked
    rows_shown: int

    def field_of(self, part: Part, row: int | None = None) -> Any:
        """Give the field of a part, in a row or in none."""
        return self[_name(part, row)]

    @property
    def values(self) -> dict[str, Any]:
        """Give what was typed, as the service takes it."""
        given: dict[str, Any] = {
            part.name: _given(self.field_of(part)) for part in self.asked.parts
        }
        if self.asked.rows:
            given["rows"] = [
                {part.name: _given(self.field_of(part, row)) for part in self.asked.rows}
                for row in range(self.rows_shown)
            ]
        return given

    def show(self, values: Values) -> None:
        """Put an earlier answer into the fields."""
        for part in self.asked.parts:
            _put(self.field_of(part), part, values.get(part.name))
        for row, each in enumerate(values.get("rows", ())[: self.rows_shown]):
            for part in self.asked.rows:
                _put(self.field_of(part, row), part, each.get(part.name))


def rows_sent(data: "MultiDict[str, str]") -> int:
    """Tell how many rows were sent, by the highest of their numbers."""
    found = [int(match[1]) for name in data if (match := _ROW.match(name))]
    return min(max(found) + 1, ROWS_MOST + 1) if found else 0


@cache
def form_for(asked: Asked, rows: int) -> type[SubjectForm]:
    """Make the form of a subject with so many rows; from nought to one more than are kept."""
    fields: dict[str, Any] = {part.name: _field(part) for part in asked.parts}
    for row in range(rows):
        fields |= {_name(part, row): _field(part) for part in asked.rows}
    named = {"asked": asked, "rows_shown": rows, **fields}
    return type(f"{asked.subject.title()}Form", (SubjectForm,), named)


def _name(part: Part, row: int | None = None) -> str:
    return part.name if row is None else f"rows-{row}-{part.name}"


def _field(part: Part) -> Field:
    label, hint = _l(part.label), _l(part.hint) if part.hint else ""
    if part.kind is Kind.CHOICE:
        choices = [(value, _l(words)) for value, words in part.choices]
        # Whether a choice was made is the rules' matter, which say it in their own words.
        return RadioField(
            label, widget=GovRadioInput(), choices=choices, description=hint, validate_choice=False
        )
    if part.kind is Kind.LONG:
        return TextAreaField(label, widget=GovTextArea(), description=hint)
    if part.kind is Kind.MONEY:
        return MoneyField(label, description=hint)
    if part.kind in (Kind.WHOLE, Kind.PERCENT):
        return WholeNumberField(label, description=hint)
    if part.kind is Kind.DAY:
        return DayField(label, description=hint)
    return StringField(label, widget=GovTextInput(), description=hint)


def _given(field: Any) -> Any:
    return field.data.isoformat() if isinstance(field, DayField) and field.data else field.data


def _put(field: Any, part: Part, value: Any) -> None:
    field.data = date.fromisoformat(value) if part.kind is Kind.DAY and value else value
