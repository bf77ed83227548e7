"""Forms of what a court ordered about a contract: shape and words of input."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import RadioField, StringField, TextAreaField

from marketplace.core.forms import BaseForm, DayField, MoneyField
from scoring.award.contracts.ordered.lifecycle import ORDER_WORDS, Ordered, OrderKind


class OrderForm(BaseForm):
    """An order, as the court's paper has it."""

    kind = RadioField(
        _l("What did the court order?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(ORDER_WORDS[each])) for each in OrderKind],
        validate_choice=False,
    )
    made_on = DayField(_l("On which day was the order made?"))
    ends_on = DayField(_l("Last day of the contract by the order"))
    penalty = MoneyField(
        _l("Penalty in pounds"),
        description=_l("Leave it empty where the court ordered none."),
    )
    court = StringField(
        _l("Which court?"), widget=GovTextInput(), description=_l("Such as: the Court of Session.")
    )
    reference = StringField(_l("The court’s reference"), widget=GovTextInput())
    says = TextAreaField(
        _l("What does the order say?"),
        widget=GovTextArea(),
        description=_l(
            "In a few sentences. Everybody can read it on the public page once it is confirmed."
        ),
    )
    file = FileField(
        _l("The order as a file (optional)"),
        widget=GovFileInput(),
        description=_l("PDF, DOCX, ODT, XLSX, CSV, PNG or JPEG, up to 20 MB."),
    )

    @property
    def content(self) -> Ordered:
        """Give what was typed."""
        return Ordered(
            kind=next((each for each in OrderKind if each.value == self.kind.data), None),
            made_on=self.made_on.data,
            court=self.court.data or "",
            reference=self.reference.data or "",
            says=self.says.data or "",
            ends_on=self.ends_on.data,
            penalty_minor=self.penalty.data,
        )


class AnswerForm(BaseForm):
    """A second person's answer, and why."""

    answer = RadioField(
        _l("Your decision"),
        widget=GovRadioInput(),
        choices=[
            ("confirm", _l("Confirm it: the order says so")),
            ("return", _l("Return it to who recorded it")),
        ],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Reason for your decision"),
        widget=GovTextArea(),
        description=_l("Such as where you read the order. It stands in the record for auditors."),
    )

    @property
    def chosen(self) -> bool | None:
        """Tell whether it is confirmed; None where nothing was chosen."""
        return {"confirm": True, "return": False}.get(self.answer.data or "")
