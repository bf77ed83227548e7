"""A whole number as people type it."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField, ValidationError


class WholeField(StringField):
    """A whole number in plain digits; data is an int or None."""

    widget = GovTextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the digits."""
        text = valuelist[0].strip() if valuelist else ""
        self.data: Any = None
        if not text:
            return
        if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII):
            raise ValidationError(_l("Enter a whole number, such as 300"))
        self.data = int(text)
