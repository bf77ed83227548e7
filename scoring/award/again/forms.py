"""Forms of a decision that is taken again: shape and words of input."""

import re
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextArea
from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField

from marketplace.core.forms import BaseForm
from scoring.award.complaints.models import AwardComplaint
from scoring.panel.again.lifecycle import POINT_WORDS, Point
from scoring.panel.queries import Question

NONE = "none"


class ProposeForm(BaseForm):
    """From where a decision is taken again, and why."""

    point = RadioField(
        _l("From where is the decision taken again?"), widget=GovRadioInput(), validate_choice=False
    )
    named = SelectMultipleField(
        _l("Which questions are judged again?"),
        widget=GovCheckboxesInput(),
        description=_l("Only where it is taken again from scoring or from moderation."),
        validate_choice=False,
    )
    complaint = RadioField(
        _l("Does it follow a complaint?"),
        widget=GovRadioInput(),
        default=NONE,
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Why?"),
        widget=GovTextArea(),
        description=_l(
            "The approver, the panel and auditors read it, and it stands in the award report."
        ),
    )

    def offer(
        self,
        points: Sequence[Point],
        questions: Sequence[Question],
        complaints: Sequence[AwardComplaint],
        *,
        leads_on: bool,
    ) -> None:
        """Offer what can be chosen here; `leads_on`: it is decided again who goes on."""
        self.point.choices = [
            (
                each.value,
                _l("From the list: the scores stand, the chair proposes again who goes on")
                if leads_on and each is Point.RECOMMENDATION
                else _l(POINT_WORDS[each]),
            )
            for each in points
        ]
        self.named.choices = [(each.key, f"{each.number}. {each.title}") for each in questions]
        self.complaint.choices = [
            *((str(each.number), _l("Complaint %(n)s", n=each.number)) for each in complaints),
            (NONE, _l("No")),
        ]

    @property
    def chosen(self) -> Point | None:
        """Give the point, nothing where it is none that is offered."""
        return next((each for each in Point if each.value == self.point.data), None)

    @property
    def number(self) -> int | None:
        """Give the complaint's number, None where it follows none."""
        typed = self.complaint.data or NONE
        return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed, re.ASCII) else None


class RestForm(BaseForm):
    """Why what is not signed ends without award."""

    reason = TextAreaField(
        _l("Why does the rest end without award?"),
        widget=GovTextArea(),
        description=_l("Every bidder and the public read it. It stands in the award report."),
    )


class AnswerForm(BaseForm):
    """An approver's answer, and why."""

    seen = HiddenField()
    answer = RadioField(
        _l("Your decision"),
        widget=GovRadioInput(),
        choices=[
            ("confirm", _l("Take the decision again")),
            ("return", _l("The decision stands: return the proposal")),
        ],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Reason for your decision"),
        widget=GovTextArea(),
        description=_l("It stands in the record for auditors."),
    )

    def about_rest(self) -> None:
        """Ask whether the rest ends, and not whether all is decided again."""
        self.answer.choices = [
            ("confirm", _l("End what is not signed without award")),
            ("return", _l("Return the proposal: contracts can still be signed")),
        ]

    @property
    def chosen(self) -> bool | None:
        """Tell whether it is confirmed; None where nothing was chosen."""
        return {"confirm": True, "return": False}.get(self.answer.data or "")
