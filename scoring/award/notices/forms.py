"""The form that describes a change of a contract."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField

from challenges.forms import typed
from marketplace.core.forms import BaseForm, MoneyField
from marketplace.core.regimes.notice_forms import ChangeGround
from scoring.award.notices.service import Described


class ChangeForm(BaseForm):
    """What is changed, why, and what the contract is worth then."""

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
    value_after = MoneyField(_l("Value after the change, in pounds without VAT"))

    def offer(self, grounds: Mapping[str, ChangeGround]) -> None:
        """Offer these grounds."""
        self.ground.choices = [
            (key, f"{ground.says} ({ground.provision})") for key, ground in grounds.items()
        ]

    def content(self) -> Described:
        """Give what was typed."""
        return Described(
            what=typed(self.what),
            why=typed(self.why),
            value_after_minor=self.value_after.data,
            ground=self.ground.data or None,
        )
