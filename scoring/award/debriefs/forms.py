"""Forms of debrief meetings: shape and words of input."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from marketplace.core.dates import format_instant
from marketplace.core.forms import BaseForm, LondonInstantField
from scoring.award.debriefs.lifecycle import USUAL_MINUTES
from scoring.award.debriefs.service import Offer

REMOTE, PLACE, NONE = "remote", "place", "none"


class AskForm(BaseForm):
    """What a bidder would like to talk about."""

    wishes = TextAreaField(
        _l("What would you like to talk about?"),
        widget=GovTextArea(),
        description=_l(
            "The public body prepares for it. Say too what you need so that you can take part. You "
            "can leave this empty."
        ),
    )


class OfferForm(BaseForm):
    """Up to three times, and where one meets."""

    first = LondonInstantField(_l("First time"))
    second = LondonInstantField(_l("Second time, if you offer one"))
    third = LondonInstantField(_l("Third time, if you offer one"))
    minutes = IntegerField(
        _l("How many minutes does it take?"),
        validators=[Optional()],
        widget=GovTextInput(),
        default=USUAL_MINUTES,
    )
    where = RadioField(
        _l("Where do you meet?"),
        widget=GovRadioInput(),
        choices=[(REMOTE, _l("Remotely, by video")), (PLACE, _l("At a place"))],
        default=REMOTE,
    )
    join_url = StringField(
        _l("Link to join, if you meet remotely"),
        widget=GovTextInput(),
        description=_l("The web address of the meeting, beginning with https://."),
    )
    place = StringField(
        _l("Place, if you meet at one"),
        widget=GovTextInput(),
        description=_l("With the way in for people who do not use stairs."),
    )

    @property
    def offer(self) -> Offer:
        """Give what was typed."""
        times = (self.first.data, self.second.data, self.third.data)
        return Offer(
            times=[each for each in times if each is not None],
            minutes=self.minutes.data,
            place=self.place.data or "",
            join_url=self.join_url.data or "",
            remote=self.where.data != PLACE,
        )


class ChooseForm(BaseForm):
    """Which of the times suits, or none."""

    time = RadioField(_l("Which time suits you?"), widget=GovRadioInput(), validate_choice=False)
    words = TextAreaField(
        _l("If none suits, when could you?"),
        widget=GovTextArea(),
        description=_l("You can leave this empty."),
    )

    def allow(self, free: Sequence[datetime]) -> None:
        """Offer these times, and that none suits."""
        self.time.choices = [
            *((each.isoformat(), format_instant(each)) for each in free),
            (NONE, _l("None of these")),
        ]

    def chosen(self, free: Sequence[datetime]) -> tuple[bool, datetime | None]:
        """Tell whether something that can be chosen was, and which time; None where none suits."""
        if self.time.data == NONE:
            return True, None
        found = next((each for each in free if each.isoformat() == self.time.data), None)
        return found is not None, found


class RecordForm(BaseForm):
    """Who was at a meeting, and what was said."""

    attended = TextAreaField(
        _l("Who was there?"), widget=GovTextArea(), description=_l("From both sides.")
    )
    notes = TextAreaField(
        _l("What was said?"),
        widget=GovTextArea(),
        description=_l("The bidder reads it, so name no other bidder’s answers."),
    )
