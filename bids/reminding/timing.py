"""When suppliers are reminded of a draft. Pure."""

from datetime import datetime, timedelta

# Time to plan the work, to finish it, and to press the button.
BEFORE_CLOSING = (timedelta(days=7), timedelta(days=2), timedelta(hours=4))


def next_look(closes_at: datetime, now: datetime) -> datetime | None:
    """Give when to look at a draft next, after `now`: at a reminder, last at the closing itself.

    At the closing the draft is looked at once more, because the closing may have been moved after
    the last reminder. None from the closing on.
    """
    instants = [*(closes_at - before for before in BEFORE_CLOSING), closes_at]
    return next((instant for instant in instants if instant > now), None)


def is_reminder(due_at: datetime, closes_at: datetime) -> bool:
    """Tell whether a look that was due is one of the reminders before the closing that holds.

    One that was due before an earlier closing, which was moved since, is not.
    """
    return due_at in {closes_at - before for before in BEFORE_CLOSING}
