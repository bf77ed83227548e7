"""Who may have a challenge's case file, and when. Pure."""

from challenges.lifecycle import AWARDED_STATES, State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

# From then on nothing that is decided can be disturbed by who reads the file.
READY = AWARDED_STATES | {State.STOPPED, State.CANCELLED}

_TELLS_NAMES = N_("You judge these bids without the names of their bidders, which the file tells.")


def can_ask(actor: Actor, state: State, *, published: bool, unnamed: bool) -> Answer:
    """Tell whether the actor may have the case file made.

    `unnamed`: the actor judges or observes without knowing yet whose bid is which.
    """
    if (refused := _reads(actor)) is not None:
        return refused
    if unnamed:
        return lacks_right(_TELLS_NAMES)
    if not published or state not in READY:
        return wrong_moment(
            N_(
                "The case file can be made when the award is announced, or when the challenge "
                "has ended."
            )
        )
    return ALLOWED


def can_download(actor: Actor, *, whole: bool, unnamed: bool) -> Answer:
    """Tell whether the actor may have a file that was made; one that is `whole` is for auditors.

    `unnamed`: as in `can_ask`; who asked for the file before may have to judge again since.
    """
    if (refused := _reads(actor)) is not None:
        return refused
    if unnamed:
        return lacks_right(_TELLS_NAMES)
    if whole and not reads_whole(actor):
        return lacks_right(
            N_("An auditor asked for this file. It holds what is for auditors alone.")
        )
    return ALLOWED


def reads_whole(actor: Actor) -> bool:
    """Tell whether the actor may have what is for auditors alone."""
    return actor.may(Permission.RECORD_AUDIT)


def _reads(actor: Actor) -> Answer | None:
    if actor.may(Permission.CONTRACT_SIGN) or actor.may(Permission.RECORD_AUDIT):
        return None
    return lacks_right(N_("The case file is for the body’s procurement officers and auditors."))
