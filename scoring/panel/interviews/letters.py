"""Tells bidders and the panel of interviews, with a file for their calendars.

A letter to the one side never says who on the other side comes, and none names another bidder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges import telling
from challenges.models import Stage
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from scoring.panel.interviews import queries
from scoring.panel.interviews.calendar import Appointment, calendar_of
from scoring.panel.interviews.lifecycle import free_until
from scoring.panel.interviews.models import Interview, InterviewSlot
from scoring.panel.interviews.queries import Row


@dataclass(frozen=True)
class At:
    """When and where an interview is, as it stood at some moment."""

    slot: InterviewSlot
    starts_at: datetime
    minutes: int
    where: str

    @property
    def line(self) -> str:
        """Say when, and for how long."""
        said: str = _(
            "%(when)s, %(minutes)d minutes",
            when=format_instant(self.starts_at),
            minutes=self.minutes,
        )
        return said


def at(slot: InterviewSlot) -> At:
    """Keep how a time stands now, before it changes."""
    return At(slot, slot.starts_at, slot.minutes, slot.place or slot.join_url or "")


def own_page(bid: Bid) -> str:
    """Give the full address of the bidder's page."""
    return f"{current_settings().public_url}/bids/{bid.reference}/interview"


def panel_page(stage: Stage) -> str:
    """Give the full address of the panel's page."""
    base = f"{current_settings().public_url}/work/challenges/{stage.challenge.reference}"
    later = f"/stages/{stage.ordinal}" if stage.ordinal > 1 else ""
    return f"{base}{later}/panel/interviews"


def own_file(interview: Interview, at: At, *, cancelled: bool = False) -> str:
    """Write the bidder's file for its calendar."""
    title = _("Interview: %(title)s", title=interview.bid.challenge.title)
    return _file([_appointment(interview, at, title, own_page(interview.bid))], cancelled)


def panel_calendar(stage: Stage, rows: Iterable[Row]) -> str:
    """Write all interviews that stand into one file for the calendars of the panel."""
    return _file(
        [
            _of_panel(row.interview, at(row.slot), row.bidder.shown, stage)
            for row in rows
            if row.interview and row.slot
        ],
        False,
    )


def _of_panel(interview: Interview, at: At, shown: str, stage: Stage) -> Appointment:
    title = _("Interview with %(bidder)s: %(title)s", bidder=shown, title=stage.challenge.title)
    return _appointment(interview, at, title, panel_page(stage))


def _appointment(interview: Interview, at: At, title: str, page: str) -> Appointment:
    return Appointment(
        id=interview.id,
        edition=interview.edition,
        changed_at=interview.changed_at,
        starts_at=at.starts_at,
        minutes=at.minutes,
        title=title,
        where=at.where,
        page=page,
    )


def _file(appointments: Sequence[Appointment], cancelled: bool) -> str:
    settings = current_settings()
    return calendar_of(
        appointments,
        public_url=settings.public_url,
        organiser=settings.mail_from,
        cancelled=cancelled,
    )


def _to_bidder(session: Session, bid: Bid, subject: str, *words: str, clock: Clock) -> None:
    """Write to whoever acts for a bidder, with the page of its interview."""
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=subject,
        parts=[bid.challenge.title, *words, own_page(bid)],
        clock=clock,
    )


def tell_offered(session: Session, bid: Bid, choose_by: datetime, clock: Clock) -> None:
    """Ask a bidder to choose a time."""
    _to_bidder(
        session,
        bid,
        _("Choose a time for your interview: %(title)s", title=bid.challenge.title),
        _(
            "%(body)s would like to meet you about your bid. Choose a time before %(when)s. "
            "Each time can be chosen once: who chooses first has it.",
            body=bid.challenge.buyer.name,
            when=format_instant(choose_by),
        ),
        clock=clock,
    )


def tell_chosen(session: Session, interview: Interview, before: At | None, clock: Clock) -> None:
    """Confirm to both which time the bidder has chosen; `before` is the one that it left."""
    _tell_both(
        session,
        interview,
        _("Your interview") if before is None else _("Your interview has another time"),
        _("An interview") if before is None else _("An interview has another time"),
        _("You have chosen:") if before is None else _("You have chosen another time:"),
        _("The bidder has chosen:") if before is None else _("The bidder has chosen another time:"),
        "",
        clock,
    )


def tell_moved(session: Session, interview: Interview, reason: str, clock: Clock) -> None:
    """Tell both that those who offered a time have changed it."""
    _tell_both(
        session,
        interview,
        _("Your interview has changed"),
        _("An interview has changed"),
        _("The public body has changed your interview. It is now:"),
        _("The interview is now:"),
        reason,
        clock,
    )


def tell_reminded(session: Session, interview: Interview, clock: Clock) -> None:
    """Remind both on the day before."""
    _tell_both(
        session,
        interview,
        _("Tomorrow: your interview"),
        _("Tomorrow: an interview"),
        _("Your interview is tomorrow:"),
        _("The interview is tomorrow:"),
        "",
        clock,
    )


def tell_withdrawn(
    session: Session,
    interview: Interview,
    before: At,
    reason: str,
    clock: Clock,
    *,
    again: bool = True,
) -> None:
    """Tell both that a chosen time is not held; the bidder can choose another, if `again`."""
    bid = interview.bid
    told = [_("%(line)s is withdrawn.", line=before.line), _because(reason)]
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=_("Your interview is withdrawn: %(title)s", title=bid.challenge.title),
        parts=[
            bid.challenge.title,
            *told,
            *([_("You can choose another time, as soon as one is free:")] if again else []),
            own_page(bid),
        ],
        clock=clock,
        calendar=own_file(interview, before, cancelled=True),
    )
    _tell_panel(
        session,
        interview,
        before,
        _("An interview is withdrawn"),
        told,
        clock,
        cancelled=True,
    )


def tell_again(session: Session, bid: Bid, clock: Clock) -> None:
    """Tell a bidder that it may choose a time again."""
    _to_bidder(
        session,
        bid,
        _("You can choose a time again: %(title)s", title=bid.challenge.title),
        _("You can choose a time for your interview again, as soon as one is free:"),
        clock=clock,
    )


def tell_missed(session: Session, bid: Bid, reason: str, clock: Clock) -> None:
    """Tell a bidder that nobody came, as the panel has recorded it."""
    _to_bidder(
        session,
        bid,
        _("Your interview was missed: %(title)s", title=bid.challenge.title),
        _(
            "The panel has recorded that nobody came to your interview. It decides whether "
            "you can choose another time. If this is not right, write to the public body now."
        ),
        reason,
        clock=clock,
    )


def tell_without(session: Session, bid: Bid, reason: str, clock: Clock) -> None:
    """Tell a bidder that the panel judges its bid without an interview."""
    _to_bidder(
        session,
        bid,
        _("The panel goes on without your interview: %(title)s", title=bid.challenge.title),
        _("The panel judges your bid without an interview."),
        _because(reason),
        clock=clock,
    )


def _tell_both(
    session: Session,
    interview: Interview,
    own_subject: str,
    panel_subject: str,
    own_words: str,
    panel_words: str,
    reason: str,
    clock: Clock,
) -> None:
    slot, bid = interview.slot, interview.bid
    assert slot is not None  # all of these tell of a time that stands
    now = at(slot)
    because = [_because(reason)] if reason else []
    until = free_until(slot.starts_at, slot.notice_hours)
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=f"{own_subject}: {bid.challenge.title}",
        parts=[
            bid.challenge.title,
            f"{own_words}\n{now.line}\n{now.where}",
            *because,
            _(
                "You can choose another free time before %(when)s:",
                when=format_instant(until),
            )
            if clock.now() < until
            else _("More about it:"),
            own_page(bid),
        ],
        clock=clock,
        calendar=own_file(interview, now),
    )
    words = f"{panel_words}\n{now.line}\n{now.where}"
    _tell_panel(
        session,
        interview,
        now,
        panel_subject,
        [words, *because],
        clock,
    )


def _tell_panel(
    session: Session,
    interview: Interview,
    at: At,
    subject: str,
    told: Sequence[str],
    clock: Clock,
    *,
    cancelled: bool = False,
) -> None:
    bid = interview.bid
    shown = queries.shown_of(session, bid)
    telling.queue(
        session,
        telling.people(session, queries.attending(session, at.slot, bid.id)),
        subject=f"{subject}: {bid.challenge.title}",
        parts=[
            bid.challenge.title,
            _("Bidder: %(bidder)s", bidder=shown),
            *told,
            panel_page(bid.stage),
        ],
        clock=clock,
        calendar=_file([_of_panel(interview, at, shown, bid.stage)], cancelled),
    )


def _because(reason: str) -> str:
    said: str = _("Reason: %(reason)s", reason=reason)
    return said
