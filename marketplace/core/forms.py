"""The base of every form, and fields for what GOV.UK's widgets do not know: money, exact
decimals, instants in London's time. Shape and words of input only; rules stand in services."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import Field, StringField, ValidationError

from marketplace.core.errors import DomainError, Invalid

LONDON = ZoneInfo("Europe/London")

# Control characters other than tab and line ends have no place in what people type, and
# PostgreSQL refuses the first of them.
# A word processor's breaks of line and page are breaks here too.
_BREAK = re.compile(r"\r\n|[\x0b\x0c]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def clean(text: str | None) -> str | None:
    """Drop control characters, unify line ends, and strip the ends of what was typed."""
    if text is None:
        return None
    return _CONTROL.sub("", _BREAK.sub("\n", text)).strip()


def _clean_text(value: Any) -> Any:
    # A field that reads amounts or numbers has made something else than text of it by now.
    return clean(value) if isinstance(value, str) else value


# What the library says of a choice that no page offers, in our words. It is met by those who
# followed an old link or kept a page open while what it offers changed.
_NOT_OFFERED = _l("Choose one of the options on this page")
_LIBRARY = {
    "Not a valid choice.": _NOT_OFFERED,
    "Invalid Choice: could not coerce.": _NOT_OFFERED,
    "Invalid choice(s): one or more data inputs could not be coerced.": _NOT_OFFERED,
    "'%(value)s' is not a valid choice for this field.": _NOT_OFFERED,
    "Not a valid integer value.": _l("Enter a whole number, such as 12"),
    "Not a valid date value.": _l("Enter a real date"),
}


class _Words:
    """Gives the library's messages in the words of this product."""

    def gettext(self, message: str) -> str:
        """Give our words for a message, or the message."""
        return str(_LIBRARY.get(message, message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Do the same for a message that counts, known here by its singular."""
        return self.gettext(singular if number == 1 or singular in _LIBRARY else plural)


class BaseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose refusals by a use case are shown where its own are."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """Clean every text before it is validated."""

        def bind_field(self, form: Any, unbound_field: Any, options: Mapping[str, Any]) -> Field:
            """Add the cleaning to text fields."""
            if issubclass(unbound_field.field_class, StringField):
                filters = [*unbound_field.kwargs.get("filters", []), _clean_text]
                options = {**options, "filters": filters}
            field: Field = unbound_field.bind(form=form, **options)
            return field

        def get_translations(self, form: Any) -> _Words:
            """Have the library speak in our words."""
            return _Words()

    def refuse(self, error: DomainError) -> None:
        """Put a use case's refusal into the form, by field where it names fields."""
        fields: Mapping[str, str] = error.fields if isinstance(error, Invalid) else {}
        general = True
        for name, message in fields.items():
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, _(message, **error.data)]
                general = False
        if general:
            self.form_errors.append(_(error.message, **error.data))


class ExactDecimalField(StringField):
    """A decimal in plain digits, at most `places` after the point; data is a Decimal or None."""

    widget = GovTextInput()

    def __init__(self, *args: Any, places: int = 3, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the digits."""
        text = clean(valuelist[0]) if valuelist else ""
        self.data: Any = None
        if not text:
            return
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", text, re.ASCII):
            raise ValidationError(_l("Enter a number, such as 30 or 12.5"))
        number = Decimal(text)
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.places:
            raise ValidationError(
                _("Enter at most %(places)d digits after the point", places=self.places)
            )
        self.data = number


class MoneyField(StringField):
    """Pounds and pence as people type them (£1,250.50); data are minor units or None."""

    widget = GovTextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        whole, rest = divmod(self.data, 100)
        return f"{whole:,}" + (f".{rest:02d}" if rest else "")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the amount."""
        text = (clean(valuelist[0]) or "" if valuelist else "").lstrip("£").strip()
        self.data: Any = None
        if not text:
            return
        if not re.fullmatch(
            r"([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?", text, re.ASCII
        ):
            raise ValidationError(_l("Enter an amount in pounds, such as 5,000 or 1,250.50"))
        try:
            self.data = int(Decimal(text.replace(",", "")) * 100)
        except InvalidOperation:  # pragma: no cover  (the pattern admits digits only)
            raise ValidationError(_l("Enter an amount in pounds")) from None


class LondonInstantField(Field):
    """A day, month, year and time in London; data is an aware instant in UTC, or None.

    The browser sends five values under one name, in the order day, month, year, hour, minute. A
    time that the clocks skip in spring, or have twice in autumn, is refused or taken as the first.
    """

    widget: Any = None

    @property
    def parts(self) -> list[str]:
        """Give the five values to show: as typed, or from the instant."""
        if self.raw_data:
            return [str(part) for part in self.raw_data][:5] + [""] * (5 - len(self.raw_data))
        if self.data is None:
            return ["", "", "", "12", "00"]
        local = self.data.astimezone(LONDON)
        return [
            str(local.day),
            str(local.month),
            str(local.year),
            f"{local.hour:02d}",
            f"{local.minute:02d}",
        ]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the five values."""
        self.data: datetime | None = None
        parts = [(clean(value) or "") for value in valuelist]
        if not any(parts[:3]):
            return
        try:
            day, month, year, hour, minute = (int(part) for part in parts)
            local = datetime(year, month, day, hour, minute, tzinfo=LONDON)
        except (ValueError, TypeError, OverflowError):
            raise ValidationError(
                _l("Enter a real date and time, such as 8 12 2026 at 12 00")
            ) from None
        instant = local.astimezone(UTC)
        if instant.astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise ValidationError(_l("The clocks go forward then: that time does not exist"))
        self.data = instant


class DayField(Field):
    """A day, month and year; data is a date, or None. The browser sends three values."""

    widget: Any = None

    @property
    def parts(self) -> list[str]:
        """Give the three values to show: as typed, or from the date."""
        if self.raw_data:
            return [str(part) for part in self.raw_data][:3] + [""] * (3 - len(self.raw_data))
        if self.data is None:
            return ["", "", ""]
        return [str(self.data.day), str(self.data.month), str(self.data.year)]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three values."""
        self.data: date | None = None
        parts = [(clean(value) or "") for value in valuelist]
        if not any(parts):
            return
        try:
            day, month, year = (int(part) for part in parts)
            self.data = date(year, month, day)
        except (ValueError, TypeError, OverflowError):
            raise ValidationError(_l("Enter a real date, such as 8 12 2026")) from None
