"""Forms of complaints and court proceedings: shape and words of input."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from bids.models import Bid
from marketplace.core.forms import BaseForm, DayField, LondonInstantField
from scoring.award.complaints.court import Ended, Served
from scoring.award.complaints.lifecycle import (
    COURT_END_WORDS,
    FINDING_WORDS,
    RECORDED_WAYS,
    WAY_WORDS,
    CourtEnd,
    Finding,
    Way,
)
from scoring.award.complaints.service import Received


def _grounds() -> TextAreaField:
    return TextAreaField(
        _l("What is wrong with the decision?"),
        widget=GovTextArea(),
        description=_l("In your own words. Say what happened and what should have happened."),
    )


def _asks() -> TextAreaField:
    return TextAreaField(
        _l("What do you ask for?"),
        widget=GovTextArea(),
        description=_l("For example that a question is scored again. You can leave this empty."),
    )


class ComplainForm(BaseForm):
    """What a bidder says against the decision on its bid."""

    grounds, asks = _grounds(), _asks()


class RecordForm(BaseForm):
    """A complaint that came by other means."""

    bid = RadioField(_l("Whose complaint is it?"), widget=GovRadioInput(), validate_choice=False)
    sender = StringField(
        _l("Who sent it?"),
        widget=GovTextInput(),
        description=_l("The person or firm that signed it, such as the bidder’s solicitor."),
    )
    way = RadioField(
        _l("How did it come?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(WAY_WORDS[each])) for each in RECORDED_WAYS],
        validate_choice=False,
    )
    received_at = LondonInstantField(_l("When did it arrive?"))
    grounds = TextAreaField(
        _l("What does it say is wrong with the decision?"), widget=GovTextArea()
    )
    asks = TextAreaField(
        _l("What does it ask for?"),
        widget=GovTextArea(),
        description=_l("Leave this empty where it asks for nothing in particular."),
    )

    def offer(self, bids: Sequence[Bid]) -> None:
        """Offer the bids that were judged."""
        self.bid.choices = [
            (bid.reference, f"{bid.supplier.name} ({bid.reference})") for bid in bids
        ]

    @property
    def content(self) -> Received:
        """Give what was typed."""
        return Received(
            bid=self.bid.data or "",
            sender=self.sender.data or "",
            way=next((each for each in Way if each.value == self.way.data), None),
            received_at=self.received_at.data,
            grounds=self.grounds.data or "",
            asks=self.asks.data or "",
        )


class ProposeForm(BaseForm):
    """What an officer proposes to decide, and why."""

    finding = RadioField(
        _l("What do you propose?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(FINDING_WORDS[each])) for each in Finding],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Reason"),
        widget=GovTextArea(),
        description=_l("Whoever complained reads it, so name no other bidder."),
    )

    @property
    def found(self) -> Finding | None:
        """Give what was chosen, nothing where it is none of the choices."""
        return next((each for each in Finding if each.value == self.finding.data), None)


class AnswerForm(BaseForm):
    """A second person's answer, and why."""

    seen = HiddenField()
    answer = RadioField(
        _l("Your decision"),
        widget=GovRadioInput(),
        choices=[("confirm", _l("Confirm it")), ("return", _l("Return it"))],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Reason for your decision"),
        widget=GovTextArea(),
        description=_l("It stands in the record for auditors."),
    )

    @property
    def chosen(self) -> bool | None:
        """Tell whether it is confirmed; None where nothing was chosen."""
        return {"confirm": True, "return": False}.get(self.answer.data or "")


class ServedForm(BaseForm):
    """Proceedings, as the papers that were served tell them."""

    served_on = DayField(_l("On which day was it served?"))
    court = StringField(
        _l("Which court?"), widget=GovTextInput(), description=_l("Such as: the Court of Session.")
    )
    reference = StringField(_l("The court’s reference"), widget=GovTextInput())
    about = TextAreaField(
        _l("What is it about?"),
        widget=GovTextArea(),
        description=_l("For your own file. You can leave this empty."),
    )

    @property
    def content(self) -> Served:
        """Give what was typed."""
        return Served(
            served_on=self.served_on.data,
            court=self.court.data or "",
            reference=self.reference.data or "",
            about=self.about.data or "",
        )


class EndedForm(BaseForm):
    """How proceedings ended, and what shows it."""

    how = RadioField(
        _l("How did it end?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(COURT_END_WORDS[each])) for each in CourtEnd],
        validate_choice=False,
    )
    ended_on = DayField(_l("On which day?"))
    evidence = TextAreaField(
        _l("What shows it?"),
        widget=GovTextArea(),
        description=_l("Such as the court’s order with its date and reference."),
    )

    @property
    def content(self) -> Ended:
        """Give what was typed."""
        return Ended(
            how=next((each for each in CourtEnd if each.value == self.how.data), None),
            ended_on=self.ended_on.data,
            evidence=self.evidence.data or "",
        )
