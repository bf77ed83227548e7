"""Forms of live sessions."""

import re

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovTextArea, GovTextInput
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField

from challenges.live.models import LiveSession
from challenges.live.service import Meeting
from marketplace.core.forms import BaseForm, LondonInstantField


class _SeenForm(BaseForm):
    """Of something that somebody else may change meanwhile; `seen` is the version that was read."""

    seen = HiddenField()

    @property
    def version(self) -> int | None:
        """Give the version, or nothing where none that is readable was sent."""
        text = self.seen.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


class MeetingForm(_SeenForm):
    """What is announced."""

    title = StringField(
        _l("Title"), widget=GovTextInput(), description=_l("Such as “Meet the park rangers”.")
    )
    about = TextAreaField(
        _l("What is it about?"),
        widget=GovTextArea(),
        description=_l("Who is there, and what can be asked. At most 2,000 characters."),
    )
    starts_at = LondonInstantField(_l("When does it begin?"))
    minutes = IntegerField(_l("How many minutes does it take?"), widget=GovTextInput(), default=60)
    # Of a demo day alone.
    place = StringField(
        _l("Place"),
        widget=GovTextInput(),
        description=_l("The address, or how people find it. Leave it empty if it is online only."),
    )
    join_url = StringField(
        _l("Link to join"),
        widget=GovTextInput(),
        description=_l("The web address of the meeting, beginning with https://"),
    )
    join_for_all = BooleanField(
        _l("Show the link to everybody"),
        widget=GovCheckboxInput(),
        description=_l("Without a tick only people who sign in see the link to join."),
    )

    def meeting(self) -> Meeting:
        """Give what was typed."""
        return Meeting(
            title=self.title.data or "",
            about=self.about.data or "",
            starts_at=self.starts_at.data,
            minutes=self.minutes.data,
            join_url=self.join_url.data or "",
            join_for_all=self.join_for_all.data,
            place=(self.place.data or "") if self.place else "",
        )

    def offer(self, *, demo_day: bool) -> None:
        """Ask for a place where one can be told."""
        if not demo_day:
            del self.place

    @staticmethod
    def data_of(kept: LiveSession) -> dict[str, object]:
        """Give what the fields show of a session."""
        names = ("title", "about", "starts_at", "minutes", "join_url", "join_for_all", "place")
        return {**{name: getattr(kept, name) for name in names}, "seen": str(kept.row_version)}


class RecordForm(_SeenForm):
    """What remains of a session."""

    recording_url = StringField(
        _l("Web address of the recording"),
        widget=GovTextInput(),
        description=_l("Of a page that everybody can open, beginning with https://"),
    )
    notes = TextAreaField(
        _l("Notes"),
        widget=GovTextArea(),
        description=_l(
            "What was asked and said, without names. You can use blank lines between paragraphs, "
            "* for lists and ** for bold. At most 10,000 characters."
        ),
    )


class CancelForm(BaseForm):
    """Why a session is not held."""

    reason = TextAreaField(
        _l("Why is it cancelled?"),
        widget=GovTextArea(),
        description=_l("Everybody can read this."),
    )
