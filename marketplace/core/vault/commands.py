"""What `marketplace keys …` says and answers, on an installation."""

import sys

from marketplace.core.clock import Clock
from marketplace.core.vault import master, rotation


def run(words: list[str], clock: Clock) -> int:
    """Run one of the commands that need the application; return its exit code, 2 for no such.

    Raises:
        DomainError: it could not be done; the message says why.
    """
    try:
        match words:
            case ["rotate"]:
                return _rotate(clock)
            case ["rotate", "--forget"]:
                return _forget()
            case ["give-up"]:
                return _give_up(clock)
    except OSError as error:
        name = error.filename or "the master key's file"
        sys.stderr.write(f"marketplace: {name} cannot be written: {error.strerror}\n")
        return 1
    return 2


def _rotate(clock: Clock) -> int:
    """Wrap every key under a new master key, or finish doing so."""
    if rotation.is_unfinished():
        sys.stdout.write("An earlier run is finished; no other master key is made.\n")
    else:
        rotation.begin()
    wanted, done = rotation.standing().former, 0
    for some in rotation.rewrap():
        done += some
        sys.stdout.write(f"{done} of {wanted} keys are wrapped anew.\n")
        sys.stdout.flush()
    found = rotation.standing()
    if found.former:
        sys.stderr.write(
            f"marketplace: {found.former} keys are still under former master keys; run this again."
            " Where it says the same again they have changed, and only a backup has them.\n"
        )
        return 1
    rotation.record(clock)
    sys.stdout.write(f"All {found.current} keys are under the new master key.\n")
    if master.file() is not None:
        sys.stdout.write(
            f"Back up {master.file()} now, apart from the database. Former keys stay in it until:"
            " marketplace keys rotate --forget\n"
        )
    if found.lost:
        sys.stderr.write(f"marketplace: {say_lost(found.lost)}\n")
    return 0


def _forget() -> int:
    """Remove former master keys from the file."""
    count = rotation.forget()
    sys.stdout.write(
        f"{count} former master keys were removed. Backups of the database from before"
        " need them: keep a copy as long as those.\n"
        if count
        else "There is no former master key.\n"
    )
    return 0


def _give_up(clock: Clock) -> int:
    """Record that keys are lost for good."""
    count = rotation.give_up(clock)
    sys.stdout.write(f"{count} keys are lost for good, and the log says so.\n")
    return 0


def say_lost(count: int) -> str:
    """Say that keys are wrapped by a master key that is not at hand, and what to do."""
    return (
        f"{count} keys in the database are wrapped by a master key that is not at hand, and what"
        " they encrypt cannot be read; put that key back, after the one in use, or if it is lost"
        " for good run: marketplace keys give-up"
    )
