"""Forms of interviews: shape and words of input."""

import re
import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from marketplace.core.dates import format_instant
from marketplace.core.forms import BaseForm, LondonInstantField
from scoring.panel.interviews.lifecycle import (
    STEP_WORDS,
    USUAL_GAP,
    USUAL_MINUTES,
    USUAL_NOTICE,
    Offer,
    Step,
)
from scoring.panel.interviews.models import InterviewSlot
from scoring.panel.interviews.service import Moved

REMOTE, PLACE = "remote", "place"


def _where() -> RadioField:
    return RadioField(
        _l("Where do you meet?"),
        widget=GovRadioInput(),
        choices=[(REMOTE, _l("Remotely, by video")), (PLACE, _l("At a place"))],
        default=REMOTE,
    )


def _join_url() -> StringField:
    return StringField(
        _l("Link to join, if you meet remotely"),
        widget=GovTextInput(),
        description=_l(
            "The web address of the meeting, beginning with https://. Only whoever chooses a time "
            "sees it. Let people in one by one: all times share this link."
        ),
    )


def _place() -> StringField:
    return StringField(
        _l("Place, if you meet at one"),
        widget=GovTextInput(),
        description=_l("With the way in for people who do not use stairs."),
    )


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Why?"),
        widget=GovTextArea(),
        description=_l("Whoever has chosen this time reads it, and so does the panel."),
    )


class OfferForm(BaseForm):
    """Times that are offered together."""

    first = LondonInstantField(_l("When does the first interview begin?"))
    minutes = IntegerField(
        _l("How many minutes does each take?"),
        validators=[Optional()],
        widget=GovTextInput(),
        default=USUAL_MINUTES,
    )
    gap = IntegerField(
        _l("How many minutes lie between two?"),
        validators=[Optional()],
        widget=GovTextInput(),
        description=_l("To write down what was said, and to rest."),
        default=USUAL_GAP,
    )
    number = IntegerField(
        _l("How many times do you offer?"),
        validators=[Optional()],
        widget=GovTextInput(),
        description=_l("One for each bidder at least. With a few more everybody has a choice."),
    )
    where, join_url, place = _where(), _join_url(), _place()
    choose_by = LondonInstantField(_l("By when do bidders choose?"))
    notice = IntegerField(
        _l("Until how many hours before can a time be chosen or changed?"),
        validators=[Optional()],
        widget=GovTextInput(),
        default=USUAL_NOTICE,
    )

    @property
    def offer(self) -> Offer:
        """Give what was typed."""
        return Offer(
            first=self.first.data,
            minutes=self.minutes.data,
            gap=self.gap.data,
            number=self.number.data,
            choose_by=self.choose_by.data,
            notice=self.notice.data,
            place=self.place.data or "",
            join_url=self.join_url.data or "",
            remote=self.where.data != PLACE,
        )


class MoveForm(BaseForm):
    """What one time becomes, and why."""

    starts_at = LondonInstantField(_l("When does it begin?"))
    minutes = IntegerField(
        _l("How many minutes does it take?"), validators=[Optional()], widget=GovTextInput()
    )
    where, join_url, place = _where(), _join_url(), _place()
    reason = _reason()
    seen = HiddenField()

    @property
    def moved(self) -> Moved:
        """Give what was typed."""
        return Moved(
            starts_at=self.starts_at.data,
            minutes=self.minutes.data,
            place=self.place.data or "",
            join_url=self.join_url.data or "",
            remote=self.where.data != PLACE,
        )

    @property
    def version(self) -> int:
        """Give the edition that the page showed; none that is readable is none that stands."""
        return _number(self.seen.data)

    def show(self, slot: InterviewSlot) -> None:
        """Show a time as it stands."""
        self.starts_at.data, self.minutes.data = slot.starts_at, slot.minutes
        self.where.data = PLACE if slot.place else REMOTE
        self.place.data, self.join_url.data = slot.place, slot.join_url
        self.seen.data = str(slot.edition)


class WithdrawForm(BaseForm):
    """Why a time is withdrawn."""

    reason = _reason()


class RecordForm(BaseForm):
    """What came of an interview; what can be said of it is set by the view."""

    step = RadioField(_l("What do you record?"), widget=GovRadioInput(), validators=[Optional()])
    reason = TextAreaField(
        _l("What happened, or why?"),
        widget=GovTextArea(),
        description=_l("The bidder reads it. Not needed where the interview was held."),
    )

    def allow(self, steps: Sequence[Step]) -> None:
        """Offer these steps."""
        self.step.choices = [(step.value, _(STEP_WORDS[step])) for step in steps]

    @property
    def chosen(self) -> Step | None:
        """Give what was chosen."""
        return Step(self.step.data) if self.step.data else None


class ChooseForm(BaseForm):
    """Which of the free times a bidder takes; they are set by the view."""

    time = RadioField(_l("Choose a time"), widget=GovRadioInput(), validators=[Optional()])

    def allow(self, free: Sequence[InterviewSlot]) -> None:
        """Offer the free times, each as it is now."""
        self.time.choices = [
            (f"{slot.id}.{slot.edition}", format_instant(slot.starts_at)) for slot in free
        ]

    def asked(self) -> tuple[uuid.UUID, int] | None:
        """Give the time that was asked for, free still or not; None where none was chosen."""
        key, _dot, edition = (self.time.data or "").partition(".")
        try:
            return uuid.UUID(key), _number(edition)
        except ValueError:
            return None


def _number(text: str | None) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text or "", re.ASCII) and text else -1
