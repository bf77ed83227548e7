"""Forms of bids, eligibility and opening: shape and words of input."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovPasswordInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, ValidationError

from bids.models import EligibilityFinding
from marketplace.core.forms import BaseForm, MoneyField

YES_NO = [("yes", _l("Yes")), ("no", _l("No"))]


class WholeNumberField(StringField):
    """A whole number in plain digits, with or without commas; data is an int or None."""

    widget = GovTextInput()
    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the digits."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        if not re.fullmatch(r"[0-9]{1,7}|[0-9]{1,3}(,[0-9]{3}){1,2}", text, re.ASCII):
            raise ValidationError(_l("Enter a whole number, such as 12"))
        self.data = int(text.replace(",", ""))


class DraftForm(BaseForm):
    """A part of a draft; `seen` marks what the page showed when it was made."""

    seen = HiddenField()


class AnswerForm(DraftForm):
    """The answer to one question."""

    text = TextAreaField(_l("Your answer"), widget=GovTextArea())


class PriceForm(DraftForm):
    """The price."""

    price = MoneyField(
        _l("Your price, without VAT"), validators=[InputRequired(_l("Enter your price"))]
    )


class MilestonesForm(DraftForm):
    """A price for each milestone that a stage names; `of` gives the form for these."""

    @classmethod
    def of(cls, names: Sequence[str]) -> "type[MilestonesForm]":
        """Give a form with a field for each milestone: `m0` and so on."""
        fields = {
            f"m{place}": MoneyField(name, validators=[InputRequired(_l("Enter a price"))])
            for place, name in enumerate(names)
        }
        return type("MilestonesForm", (cls,), fields)

    @property
    def amounts(self) -> list[Any]:
        """Give the fields of the prices, in the order of the milestones."""
        return [each for each in self if each.short_name.removeprefix("m").isdigit()]


class AdjustmentsForm(DraftForm):
    """What the supplier needs so that it can take part."""

    text = TextAreaField(
        _l("What would help you to take part? (optional)"),
        widget=GovTextArea(),
        description=_l(
            "Such as a sign language interpreter, a room without stairs, or breaks in an "
            "interview. Say what you need; you need not say why."
        ),
    )


class TermsForm(DraftForm):
    """The draft contract, and what is said about the use of AI."""

    contract = RadioField(
        _l("Do you accept the draft contract?"),
        widget=GovRadioInput(),
        choices=[
            ("yes", _l("Yes, as it stands")),
            ("no", _l("Not quite: there are points we want to discuss")),
        ],
        validators=[InputRequired(_l("Say whether you accept the draft contract"))],
    )
    points = TextAreaField(
        _l("Points you want to discuss"),
        widget=GovTextArea(),
        description=_l("Only if you do not accept it as it stands. Name the clause and say why."),
    )
    ai_statement = TextAreaField(
        _l("How did you use AI in writing this bid? (optional)"),
        widget=GovTextArea(),
        description=_l("This is not scored. It helps the public body to understand your bid."),
    )

    def validate_points(self, field: TextAreaField) -> None:
        """Ask for the points where the contract is not accepted."""
        if self.contract.data == "no" and not field.data:
            raise ValidationError(_l("Say which points of the contract you want to discuss"))


class ChangeForm(BaseForm):
    """The button that begins a change: `question` is where to go on; `empty` begins anew."""

    question = HiddenField()
    empty = HiddenField()


class SubmitForm(BaseForm):
    """The declaration with which a bid is submitted; `checked` is the draft's row version.

    `change` is the number of the last change to the challenge when the page was made.
    """

    checked = HiddenField()
    change = HiddenField()
    agreed = BooleanField(
        _l("I declare this for the supplier"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(_l("Tick the box to make the declaration"))],
    )

    @property
    def checked_version(self) -> int | None:
        """Give the row version, or nothing where none that is readable was sent."""
        return _whole(self.checked.data)

    @property
    def checked_change(self) -> int | None:
        """Give the number of the last change, or nothing where none that is readable was sent."""
        return _whole(self.change.data)


def _whole(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


class WithdrawForm(BaseForm):
    """The confirmation of a withdrawal."""


def _passphrase(label: str, missing: str) -> PasswordField:
    # Whoever keeps passwords for people must not put the one of their sign-in here.
    return PasswordField(
        label,
        widget=GovPasswordInput(),
        render_kw={"params": {"autocomplete": "off"}},
        validators=[InputRequired(missing)],
    )


class PassphraseForm(BaseForm):
    """A new opening passphrase, typed twice."""

    passphrase = _passphrase(_l("Opening passphrase"), _l("Enter an opening passphrase"))
    passphrase_again = _passphrase(
        _l("The same passphrase again"), _l("Enter the passphrase a second time")
    )

    def validate_passphrase_again(self, field: PasswordField) -> None:
        """Refuse two that differ: one of them has a typing error."""
        if field.data != self.passphrase.data:
            raise ValidationError(_l("Enter the same passphrase in both boxes"))


class OpeningForm(BaseForm):
    """The passphrase with which an officer signs for an opening, or tests that they can."""

    passphrase = _passphrase(_l("Your opening passphrase"), _l("Enter your opening passphrase"))


class FindingForm(BaseForm):
    """What an officer finds about an opened bid."""

    finding = RadioField(
        _l("What do you decide about the bid?"),
        widget=GovRadioInput(),
        choices=[
            (EligibilityFinding.VALID.value, _l("Valid: the bid goes to the panel")),
            (
                EligibilityFinding.INELIGIBLE.value,
                _l("Does not meet the requirements: it is not scored"),
            ),
            (EligibilityFinding.EXCLUDED.value, _l("Excluded on a ground of the law")),
        ],
        validators=[InputRequired(_l("Choose what you find"))],
    )
    reason = TextAreaField(
        _l("Reason"),
        widget=GovTextArea(),
        description=_l(
            "The supplier gets it with the result, and it stands in the record for good."
        ),
    )
