"""Forms of contracts: shape and words of input."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from challenges.forms import typed
from challenges.forms.numbers import WholeField
from marketplace.core.forms import BaseForm, DayField, MoneyField
from marketplace.core.regimes.notice_forms import ChangeGround
from scoring.award.contracts.changing import ChangeKind, Wanted
from scoring.award.contracts.terms import Terms

_REASON = Length(max=5_000, message=_l("Use at most 5,000 characters"))


class DetailForm(BaseForm):
    """The purchase order, and who manages the contract."""

    purchase_order = StringField(
        _l("Purchase order number (optional)"),
        widget=GovTextInput(),
        description=_l("You can add it later."),
        validators=[Length(max=80, message=_l("Use at most 80 characters"))],
    )
    manager = StringField(
        _l("Who manages the contract for you? (optional)"),
        widget=GovTextInput(),
        description=_l("A name or a role, such as: Digital services manager."),
        validators=[Length(max=200, message=_l("Use at most 200 characters"))],
    )


class ContractForm(DetailForm):
    """What was signed, for what, and with whom where there are several."""

    bid = RadioField(
        _l("Who signed it?"),
        widget=GovRadioInput(),
        validate_choice=False,
    )
    work = RadioField(
        _l("What is it for?"),
        widget=GovRadioInput(),
        validate_choice=False,
    )
    bought_by = StringField(
        _l("Which body buys, if it is not yours? (optional)"),
        widget=GovTextInput(),
        description=_l("One of the bodies that were named. Only for a later purchase."),
        validators=[Length(max=200, message=_l("Use at most 200 characters"))],
    )
    reference = StringField(
        _l("Contract reference"),
        widget=GovTextInput(),
        description=_l("As in your contracts register."),
        validators=[
            InputRequired(_l("Enter the contract’s reference in your register")),
            Length(max=80, message=_l("Use at most 80 characters")),
        ],
    )
    value = MoneyField(
        _l("Value without VAT, in pounds"),
        validators=[InputRequired(_l("Enter the contract’s value"))],
    )
    starts_on = DayField(
        _l("First day of the contract"), description=_l("For example, 27 11 2026.")
    )
    ends_on = DayField(
        _l("Last day of the contract"),
        description=_l("Without any extension. Leave it empty where there is no last day."),
    )
    ends_when = StringField(
        _l("If there is no last day: what brings the contract to an end?"),
        widget=GovTextInput(),
        description=_l("Such as: when the last milestone is accepted."),
        validators=[Length(max=2_000, message=_l("Use at most 2,000 characters"))],
    )
    extensions_most = WholeField(
        _l("How many times may it be extended?"),
        description=_l("As the contract says. 0 or empty: not at all."),
    )
    extension_months = WholeField(_l("By how many months each time?"))
    # Asked of suppliers whose bids were brought in alone.
    supplier_check = TextAreaField(
        _l("How did you check who the supplier is?"),
        widget=GovTextArea(),
        description=_l(
            "Such as: company number SC123456 looked up at Companies House on 3 March 2027. "
            "Auditors read it."
        ),
        validators=[Length(max=2_000, message=_l("Use at most 2,000 characters"))],
    )

    def terms(self) -> Terms:
        """Give what was typed of the contract beside its reference and value."""
        return Terms(
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            ends_when=typed(self.ends_when),
            extensions_most=self.extensions_most.data or 0,
            extension_months=self.extension_months.data,
            purchase_order=typed(self.purchase_order),
            manager=typed(self.manager),
            bought_by=typed(self.bought_by),
        )


class ChangeForm(BaseForm):
    """What is to be changed, and why; of the rest only what the kind of change asks."""

    value_after = MoneyField(_l("Value after the change, in pounds without VAT"))
    ends_on = DayField(_l("New last day"), description=_l("For example, 27 11 2027."))
    supplier = StringField(
        _l("Name of the supplier who takes the contract over"),
        widget=GovTextInput(),
        description=_l("As it is registered here. It must be verified."),
    )
    supplier_check = TextAreaField(
        _l("How did you check that it is not excluded, and can do the work?"),
        widget=GovTextArea(),
        description=_l("It has to meet what bidders had to meet. Approvers and auditors read it."),
    )
    what = TextAreaField(
        _l("What is changed?"),
        widget=GovTextArea(),
        description=_l("In plain words. Everybody can read it."),
    )
    why = TextAreaField(
        _l("Why?"),
        widget=GovTextArea(),
        description=_l("What made it necessary. Everybody can read it."),
    )
    ground = RadioField(
        _l("On which ground may the contract be changed?"),
        widget=GovRadioInput(),
        validate_choice=False,
    )

    def ask(self, kind: ChangeKind, grounds: Mapping[str, ChangeGround]) -> None:
        """Ask only what a change of this kind needs, with these grounds."""
        asked = {
            ChangeKind.VALUE: {"value_after"},
            ChangeKind.EXTENSION: {"ends_on"},
            ChangeKind.SCOPE: set(),
            ChangeKind.NOVATION: {"supplier", "supplier_check"},
        }[kind]
        for name in ("value_after", "ends_on", "supplier", "supplier_check"):
            if name not in asked:
                delattr(self, name)
        if not grounds:
            del self.ground
            return
        self.ground.choices = [
            (key, f"{ground.says} ({ground.provision})") for key, ground in grounds.items()
        ]

    def content(self, kind: ChangeKind) -> Wanted:
        """Give what was typed."""
        return Wanted(
            kind=kind,
            what=typed(self.what),
            why=typed(self.why),
            ground=(self.ground.data or None) if self.ground else None,
            value_after_minor=self.value_after.data if self.value_after else None,
            ends_on=self.ends_on.data if self.ends_on else None,
            supplier=typed(self.supplier) if self.supplier else "",
            supplier_check=typed(self.supplier_check) if self.supplier_check else "",
        )


class AnswerForm(BaseForm):
    """Confirm or return a change, and why."""

    answer = RadioField(
        _l("Your decision"),
        widget=GovRadioInput(),
        choices=[
            ("confirm", _l("Confirm: the contract is changed from now on")),
            ("return", _l("Do not confirm: the contract stays as it is")),
        ],
        validators=[InputRequired(_l("Choose whether to confirm"))],
    )
    reason = TextAreaField(
        _l("Reason for your decision"),
        widget=GovTextArea(),
        validators=[InputRequired(_l("Give the reason for your decision")), _REASON],
    )
