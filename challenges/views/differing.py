"""What the second of two editors is shown: what is saved now beside what they typed; and both."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField

from challenges.comparing import Row, compare, differs
from marketplace.core.dates import format_day, format_instant
from marketplace.core.forms import BaseForm, DayField, LondonInstantField, MoneyField
from marketplace.core.text import pasted


class Difference(NamedTuple):
    """One question whose two answers differ, line by line."""

    label: str
    rows: Sequence[Row]


def differences(saved: BaseForm, typed: BaseForm) -> list[Difference]:
    """Give the questions on which what is saved and what was typed differ, in their order."""
    found = []
    for field in saved:
        if isinstance(field, HiddenField) or field.short_name == "csrf_token":
            continue
        rows = compare(shown(field), shown(typed[field.short_name]))
        if differs(rows):
            found.append(Difference(_asked(field), rows))
    return found


def take_both(saved: BaseForm, typed: BaseForm) -> None:
    """Put what is saved and what was typed below one another, in each text in which they differ.

    Where one holds the other already, it is enough by itself. What is no text stays as typed.
    """
    for field in typed:
        if not isinstance(field, TextAreaField):
            continue
        theirs, mine = shown(saved[field.short_name]), shown(field)
        if theirs not in mine:
            field.data = theirs if mine in theirs else f"{theirs}\n\n{mine}"


def _asked(field: Any) -> str:
    """Give what a field asks; that it need not be answered says nothing about a difference."""
    return str(field.label.text).removesuffix(_(" (optional)"))


def shown(field: Any) -> str:
    """Give what a field of a form holds in the words that a person reads beside it."""
    if isinstance(field, BooleanField):
        return str(_("Yes") if field.data else _("No"))
    if isinstance(field, LondonInstantField):
        return format_instant(field.data) if field.data else ""
    if isinstance(field, DayField):
        return format_day(field.data) if field.data else ""
    if isinstance(field, SelectField):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        wanted = {str(value) for value in chosen if value}
        offered = [(str(each[0]), str(each[1])) for each in field.iter_choices()]
        return "\n".join(label for value, label in offered if value in wanted)
    text = pasted(str(field._value() or ""))
    return f"£{text}" if isinstance(field, MoneyField) and field.data is not None else text
