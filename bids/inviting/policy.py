"""Who may begin a later stage, and when. Pure."""

from datetime import datetime, timedelta

from challenges.lifecycle import State
from challenges.stages.kinds import Source
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

# More than a slip of the keyboard in the year, less than any stage waits.
LONGEST = timedelta(days=366)
# An invited supplier has other work too; whoever errs by a date does not leave it minutes.
SHORTEST = timedelta(days=1)


def can_open_stage(actor: Actor, *, own: bool, state: State, invited: int) -> Answer:
    """Answer whether the actor may begin a stage that suppliers were invited to.

    `own` tells whether the challenge is their body's, `invited` how many suppliers go on.
    """
    if not own:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CHALLENGE_PUBLISH):
        return lacks_right(N_("Only a procurement officer begins a stage."))
    if state is not State.WAITING:
        return wrong_moment(N_("This stage has begun already, or the challenge has ended."))
    if invited == 0:
        return wrong_moment(
            N_("First it must be decided, and confirmed, who goes on from the stage before.")
        )
    return ALLOWED


def can_be_heard(*, price: bool, files: bool, names_withheld: bool) -> bool:
    """Tell whether a stage can be an interview without writing: it asks for nothing to be sent,
    and the panel may know whom it meets."""
    return not price and not files and not names_withheld


def closing_fault(source: Source, closes_at: datetime | None, now: datetime) -> str | None:
    """Say what is wrong with a closing instant, if anything; who is heard sends nothing."""
    if source is Source.HEARD:
        return None
    if closes_at is None:
        return N_("Say when bidding closes")
    if closes_at < now + SHORTEST:
        return N_("Give suppliers one day at least: choose a later time")
    if closes_at > now + LONGEST:
        return N_("Choose a time within a year from now")
    return None
