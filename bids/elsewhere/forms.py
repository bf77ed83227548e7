"""Forms of bids from elsewhere: the ZIP, one bid by hand, and the last word of a second officer."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovTextArea, GovTextInput
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField

from bids.elsewhere.layout import (
    ARCHIVE_MEGABYTES_MOST,
    FILE_MEGABYTES_MOST,
    FILES_MOST,
    Column,
    Heading,
)
from bids.elsewhere.rows import KINDS, SIZES, Fault
from marketplace.core.dates import PLACE
from marketplace.core.forms import BaseForm, LondonInstantField

UPLOADS = "attached"


class ArchiveForm(BaseForm):
    """A ZIP with the sheet and the files."""

    file = FileField(
        _l("Choose the ZIP"),
        widget=GovFileInput(),
        description=_l(
            "The filled-in sheet and all files of the bids, up to %(most)s MB.",
            most=ARCHIVE_MEGABYTES_MOST,
        ),
    )


class ConfirmForm(BaseForm):
    """The button with which a second officer brings bids in; `seen` is what they looked at."""

    seen = HiddenField()


class OneForm(BaseForm):
    """One bid by hand: a field for each column of the sheet, `c0` and so on; `of` makes it."""

    attached = MultipleFileField(
        _l("Files (optional)"),
        widget=GovFileInput(),
        render_kw={"multiple": True},
        description=_l(
            "At most %(files)s files of at most %(most)s MB each.",
            files=FILES_MOST,
            most=FILE_MEGABYTES_MOST,
        ),
    )
    columns: Sequence[Heading] = ()

    @classmethod
    def of(cls, headings: Sequence[Heading]) -> "type[OneForm]":
        """Give a form with a field for each of these columns; files are attached, not named."""
        columns = [each for each in headings if each.key != Column.FILES]
        fields: dict[str, Any] = {
            f"c{place}": _field(heading) for place, heading in enumerate(columns)
        }
        return type("OneForm", (cls,), {**fields, "columns": columns})

    @property
    def fields(self) -> list[tuple[Heading, Field]]:
        """Give the columns with their fields, in their order."""
        return [(heading, self[f"c{place}"]) for place, heading in enumerate(self.columns)]

    @property
    def cells(self) -> Mapping[str, str]:
        """Give what was typed, by what a row calls its cells."""
        return {heading.key: _text(field) for heading, field in self.fields}

    def refuse_faults(self, faults: Sequence[Fault]) -> None:
        """Put what is wrong beside the fields that it is about."""
        fields = {heading.key: field for heading, field in self.fields}
        for fault in faults:
            field = fields.get(fault.key, self[UPLOADS])
            said = _(fault.message, **fault.data)
            field.errors = [*field.errors, f"{fault.file}: {said}" if fault.file else said]


def _field(heading: Heading) -> Any:
    if heading.key == Column.RECEIVED:
        return LondonInstantField(heading.text)
    if heading.key in _CHOICES:
        choices = [("", _l("Not told")), *((each, _l(each)) for each in _CHOICES[heading.key])]
        return SelectField(heading.text, widget=GovSelect(), choices=choices)
    hint = _HINTS.get(heading.key, "")
    if heading.key in _LONG or heading.key.startswith("answers."):
        return TextAreaField(heading.text, widget=GovTextArea(), description=hint)
    return StringField(heading.text, widget=GovTextInput(), description=hint)


_CHOICES: Mapping[str, Sequence[str]] = {
    Column.KIND: KINDS,
    Column.SIZE: SIZES,
    Column.CONTRACT: ("Yes", "No"),
}
_LONG = frozenset({Column.POINTS, Column.PARTNERS})
_HINTS: Mapping[str, Any] = {
    Column.NUMBER: _l("Such as SC123456. Leave it empty where there is none."),
    Column.PARTNERS: _l("Each name on its own line."),
    "price": _l("In pounds, such as 5,000 or 1250.50."),
}


def _text(field: Field) -> str:
    if isinstance(field, LondonInstantField):
        local = field.data.astimezone(PLACE) if field.data else None
        return f"{local:%d/%m/%Y %H:%M}" if local else ""
    return field.data or ""
