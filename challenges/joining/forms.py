"""Forms with which bodies join in a challenge and settle who pays what."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import RadioField, SelectField, StringField, TextAreaField

from challenges.joining.lifecycle import Measure, Shares
from marketplace.core.accounts.models import Organisation
from marketplace.core.forms import BaseForm, ExactDecimalField

ACCEPT, DECLINE = "accept", "decline"


class InviteForm(BaseForm):
    """Which body is invited, and with what words."""

    body = SelectField(_l("Which public body?"), widget=GovSelect(), validate_choice=False)
    message = TextAreaField(
        _l("What do you want to say to them? (optional)"),
        widget=GovTextArea(),
        description=_l("Such as: “We talked about this in May. Shall we do it together?”"),
    )

    def offer(self, bodies: Sequence[Organisation]) -> None:
        """Offer these bodies."""
        choices = [("", _l("Choose a body")), *((str(each.id), each.name) for each in bodies)]
        self.body.choices = choices

    @property
    def body_id(self) -> uuid.UUID | None:
        """Give the body, or nothing where none that is readable was sent."""
        try:
            return uuid.UUID(self.body.data or "")
        except ValueError:
            return None


class AskForm(BaseForm):
    """Which draft a body wants to join in, and why."""

    reference = StringField(
        _l("Reference of the draft"),
        widget=GovTextInput(),
        description=_l("Such as CH-7K2M9P. The organisation that writes it can tell you."),
    )
    message = TextAreaField(
        _l("Why does your organisation have this problem too?"),
        widget=GovTextArea(),
        description=_l("The lead organisation reads this and decides."),
    )


class AnswerForm(BaseForm):
    """Whether a body joins; a reason where it does not."""

    decision = RadioField(
        _l("Your answer"),
        widget=GovRadioInput(),
        choices=[(ACCEPT, _l("Join")), (DECLINE, _l("Do not join"))],
    )
    reason = TextAreaField(
        _l("Why not? (only if you do not join)"),
        widget=GovTextArea(),
        description=_l("The other organisation reads it."),
    )

    @property
    def accepts(self) -> bool:
        """Whether the answer is yes."""
        return bool(self.decision.data == ACCEPT)


class LeaveForm(BaseForm):
    """Why a body leaves."""

    reason = TextAreaField(
        _l("Why does your organisation leave?"),
        widget=GovTextArea(),
        description=_l("The lead organisation reads it."),
    )


class WritingForm(BaseForm):
    """Whether a body's people may change the draft: said by the button."""

    writes = StringField()


class SharesForm(BaseForm):
    """What each body pays; the fields are made for the bodies that there are."""

    measure = RadioField(
        _l("How do you share the cost?"),
        widget=GovRadioInput(),
        choices=[
            (Measure.PERCENT.value, _l("In per cent, adding up to 100")),
            (Measure.POUNDS.value, _l("In pounds without VAT, adding up to the total value")),
        ],
    )

    @classmethod
    def over(cls, bodies: Sequence[tuple[uuid.UUID, str]], present: Shares | None) -> "SharesForm":
        """Make the form for these bodies, showing what holds where nothing is sent."""

        class Made(cls):  # type: ignore[valid-type, misc]  # WTForms reads fields off a class
            pass

        data: dict[str, object] = {}
        for body_id, name in bodies:
            setattr(Made, f"share-{body_id}", ExactDecimalField(name, places=2))
            if present is not None:
                data[f"share-{body_id}"] = present.of.get(body_id)
        data["measure"] = (present.measure if present else Measure.PERCENT).value
        form = cast("SharesForm", Made(data=data))
        form.bodies = [body_id for body_id, _name in bodies]
        return form

    bodies: Sequence[uuid.UUID] = ()

    @property
    def fields(self) -> list[ExactDecimalField]:
        """Give the fields of the shares, in the order of the bodies."""
        return [self[f"share-{body_id}"] for body_id in self.bodies]

    def shares(self) -> Shares:
        """Give what was typed; an empty share is nothing."""
        return Shares(
            Measure(self.measure.data or Measure.PERCENT.value),
            {each: self[f"share-{each}"].data or Decimal(0) for each in self.bodies},
        )
