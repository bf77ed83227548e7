"""Forms of stages, of what may be bought later, and of templates."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired

from challenges.forms import typed
from challenges.forms.numbers import WholeField
from challenges.sections import Later, Step
from challenges.sections.stages import ATTACHABLE
from challenges.stages.kinds import (
    KIND_WORDS,
    LATER_MEANINGS,
    LATER_WORDS,
    PAYMENT_WORDS,
    PROPERTY_WORDS,
    UNIT_WORDS,
    LaterKind,
    Payment,
    Property,
    StageKind,
    Unit,
)
from marketplace.core.forms import BaseForm, ExactDecimalField, MoneyField

_AMOUNT = re.compile(r"£?([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,2}))?", re.ASCII)


class CarryForm(BaseForm):
    """What is carried from an earlier stage; the choices are made for the stage."""

    source = RadioField(
        _l("What is carried?"),
        widget=GovRadioInput(),
        validators=[InputRequired(_l("Choose what is carried."))],
        validate_choice=False,
        choices=[],
    )
    weight = ExactDecimalField(
        _l("Weight"),
        validators=[InputRequired(_l("Enter a weight, such as 30."))],
        description=_l("How many of the 100 points of this stage it is worth."),
    )
    title = StringField(
        _l("Short name (optional)"),
        widget=GovTextInput(),
        description=_l("What bidders read. Without one it has the name that it has there."),
    )


class PrizesField(TextAreaField):
    """Prizes, a line each: `First prize: 25,000`. Data are pairs of name and minor units."""

    widget = GovTextArea()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(
            f"{name}: {amount // 100:,}" + (f".{amount % 100:02d}" if amount % 100 else "")
            for name, amount in self.data or ()
        )

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines; blank ones are passed over."""
        self.data: Any = ()
        found = []
        for line in filter(None, map(str.strip, "".join(valuelist).splitlines())):
            name, _colon, amount = line.rpartition(":")
            read = _AMOUNT.fullmatch(amount.strip())
            if not name.strip() or read is None:
                raise ValidationError(
                    _l("Give each prize a line with a name, a colon and an amount in pounds")
                )
            pence = (read[2] or "").ljust(2, "0")
            found.append((name.strip(), int(read[1].replace(",", "")) * 100 + int(pence)))
        self.data = tuple(found)


class KindForm(BaseForm):
    """Which kind of stage is added."""

    kind = RadioField(
        _l("What happens in this stage?"),
        widget=GovRadioInput(),
        choices=[(kind.value, _l(KIND_WORDS[kind])) for kind in StageKind],
        validate_choice=False,
    )

    def validate_kind(self, field: RadioField) -> None:
        """Ask for one of the kinds."""
        if field.data not in set(StageKind):
            raise ValidationError(_l("Choose what happens in this stage"))


class StageForm(BaseForm):
    """What one stage is."""

    seen = HiddenField()
    name = StringField(_l("Name"), widget=GovTextInput(), description=_l("At most 120 characters."))
    description = TextAreaField(
        _l("What happens?"),
        widget=GovTextArea(),
        description=_l("Two or three sentences that tell bidders what they would do."),
    )
    suppliers = WholeField(
        _l("How many suppliers take part, at most?"),
        description=_l("As many go on from the stage before. Leave it empty if anybody may."),
    )
    lasts = WholeField(_l("How long does it take?"))
    lasts_in = SelectField(
        _l("In"),
        widget=GovSelect(),
        choices=[("", _l("Choose")), *((unit.value, _l(UNIT_WORDS[unit])) for unit in Unit)],
        validate_choice=False,
    )
    payment = RadioField(
        _l("What is each supplier paid?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(PAYMENT_WORDS[each])) for each in Payment],
        validate_choice=False,
    )
    amount_minor = MoneyField(
        _l("Fee or cap for each supplier, in pounds without VAT"),
        description=_l("Leave it empty if nothing is paid."),
    )
    vat_on_top = RadioField(
        _l("Is VAT paid on top?"),
        widget=GovRadioInput(),
        choices=[
            ("yes", _l("Yes, where the supplier charges it")),
            ("no", _l("No, the amount is all that is paid")),
        ],
        validate_choice=False,
    )
    how_paid = TextAreaField(
        _l("When and for what is it paid? (optional)"),
        widget=GovTextArea(),
        description=_l("Such as: in tranches, each when a milestone is reached."),
    )
    options_minor = MoneyField(
        _l("Options, in pounds without VAT (optional)"),
        description=_l("What you may buy on top within this stage, from all suppliers together."),
    )
    prizes = PrizesField(
        _l("Prizes (optional)"),
        description=_l("A line for each: a name, a colon and the amount. First prize: 25,000"),
    )
    prizes_paid = TextAreaField(
        _l("How are prizes paid? (optional)"),
        widget=GovTextArea(),
        description=_l("Such as: within 30 days of the result, on an invoice."),
    )
    property = RadioField(
        _l("Who owns what is made (intellectual property)?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(PROPERTY_WORDS[each])) for each in Property],
        validate_choice=False,
        description=_l(
            "Keep it with the supplier unless you must not: then small companies come, and others "
            "can buy the result too. Changing it can change which legal route you may use."
        ),
    )
    property_note = TextAreaField(
        _l("What else must be said about ownership and licence? (optional)"), widget=GovTextArea()
    )

    milestones = TextAreaField(
        _l("Milestones with a price of their own (optional)"),
        widget=GovTextArea(),
        description=_l(
            "A line for each. Bids then give a price for each milestone, and the sum counts. "
            "Leave it empty to ask for one price, or where everyone is paid the same."
        ),
    )
    attach_kinds = SelectMultipleField(
        _l("Which files may be attached to a bid?"),
        widget=GovCheckboxesInput(),
        choices=list(ATTACHABLE.items()),
        validate_choice=False,
        description=_l(
            "Best none: answers with word limits are quicker to write and fairer to compare."
        ),
    )
    attach_most = WholeField(
        _l("How many files, at most?"), description=_l("Only if files may be attached. Up to 10.")
    )
    attach_mb = WholeField(
        _l("How large may each be, in megabytes?"),
        description=_l("Only if files may be attached. Up to 50."),
    )

    @classmethod
    def showing(cls, step: Step, **more: Any) -> "StageForm":
        """Make the form, showing what is saved where nothing was sent."""
        data = {**vars(step), "vat_on_top": "yes" if step.vat_on_top else "no"}
        data["attach_kinds"] = step.attach_kinds.split()
        return cls(data=data | more.pop("extra", {}), **more)

    def _kinds(self) -> set[str]:
        return set(self.attach_kinds.data or ())

    def content(self, kind: StageKind) -> Step:
        """Give what was typed, for a stage of this kind."""
        payment, unit, owner = self.payment.data, self.lasts_in.data, self.property.data
        return Step(
            kind=kind,
            name=typed(self.name),
            description=typed(self.description),
            suppliers=self.suppliers.data,
            # A value that no radio has was not typed by a person.
            payment=Payment(payment) if payment in set(Payment) else Payment.NONE,
            amount_minor=self.amount_minor.data,
            vat_on_top=self.vat_on_top.data != "no",
            how_paid=typed(self.how_paid),
            lasts=self.lasts.data,
            lasts_in=Unit(unit) if unit in set(Unit) else None,
            property=Property(owner) if owner in set(Property) else Property.SUPPLIER,
            property_note=typed(self.property_note),
            options_minor=self.options_minor.data,
            prizes=self.prizes.data or (),
            prizes_paid=typed(self.prizes_paid),
            milestones=typed(self.milestones),
            attach_kinds=" ".join(kind for kind in ATTACHABLE if kind in self._kinds()),
            attach_most=self.attach_most.data,
            attach_mb=self.attach_mb.data,
        )


class LaterForm(BaseForm):
    """What may be bought after the last stage."""

    seen = HiddenField()
    kind = RadioField(
        _l("What if you want to buy the result, or more of it?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(LATER_WORDS[each])) for each in LaterKind],
        validate_choice=False,
    )
    value_minor = MoneyField(
        _l("Up to what value, in pounds without VAT?"),
        description=_l("Only if it is part of this competition."),
    )
    bodies = TextAreaField(
        _l("Which bodies may buy?"),
        widget=GovTextArea(),
        description=_l("Only if it is part of this competition. Name them, one on each line."),
    )
    note = TextAreaField(_l("What else should bidders know? (optional)"), widget=GovTextArea())

    kind_meanings = LATER_MEANINGS

    def content(self) -> Later:
        """Give what was typed."""
        kind = self.kind.data
        return Later(
            kind=LaterKind(kind) if kind in set(LaterKind) else None,
            value_minor=self.value_minor.data,
            bodies=typed(self.bodies),
            note=typed(self.note),
        )


class PacksForm(BaseForm):
    """Which ready-made criteria are added; the choices are those that there are."""

    keys = SelectMultipleField(
        _l("Criteria"), widget=GovCheckboxesInput(), choices=[], validate_choice=False
    )


class TemplateNameForm(BaseForm):
    """The name under which a body keeps a template."""

    name = StringField(
        _l("Name of the template"),
        widget=GovTextInput(),
        description=_l("Such as “Our staged challenge 2027”. At most 120 characters."),
    )
