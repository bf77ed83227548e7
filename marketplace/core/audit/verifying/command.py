"""`marketplace log verify`: the whole log of an installation, with progress and a verdict."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from marketplace.core.audit.findings import Status
from marketplace.core.audit.verifying import Verification

# A log that is damaged throughout would fill the screen without saying more.
LISTED = 50


def main(engine: Engine, roots: bytes | None = None) -> int:
    """Verify the log, list what was found and say the verdict: 0 where all agrees, else 1.

    `roots` are the certificates (PEM) by which time stamps are trusted.
    """
    count = 0
    progress = _Progress(sys.stderr)
    # Millions of rows come and go, none in a circle: looking for circles would take a third longer.
    gc.disable()
    try:
        with one_instant(engine) as connection:
            verification = Verification(connection, progress, roots)
            for found in verification.run():
                count += found.status is Status.FAILED
                if count <= LISTED:
                    progress.clear()
                    sys.stdout.write(f"{found}\n")
    except DBAPIError as error:
        sys.stderr.write(f"marketplace: the database cannot be read: {error.orig}\n")
        return 1
    finally:
        gc.enable()
        progress.clear()
    if count > LISTED:
        sys.stdout.write(f"And {count - LISTED} more.\n")
    sys.stdout.write("\n".join(_verdict(verification, count)) + "\n")
    return 1 if count else 0


@contextmanager
def one_instant(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees the database as it is at its first statement."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _verdict(found: Verification, damages: int) -> Iterator[str]:
    if damages:
        yield f"The log is damaged. Things that do not agree: {damages}."
        return
    yield (
        f"The log is whole. Entries: {found.entries}, checkpoints: {found.checkpoints};"
        " they agree in every byte."
    )
    if found.erased:
        yield f"Fields that were erased under a rule: {found.erased}. The log says which, and why."
    if found.unstamped:
        yield f"Checkpoints without a time stamp, not independently witnessed: {found.unstamped}."
    if found.unchecked:
        yield (
            f"Time stamps that were not checked: {found.unchecked}. The settings name no"
            " certificates of their authority."
        )


class _Progress:
    """Says how far it is: in one line that changes on a screen, in a few lines anywhere else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._screen = stream.isatty()
        self._said = 0

    def __call__(self, done: int, total: int) -> None:
        """Say the percentage, where it has grown enough to be worth a line."""
        percent = 100 * done // total
        if percent < self._said + (1 if self._screen else 10):
            return
        self._said = percent
        line = f"{percent} % of {total} entries"
        self._stream.write(f"\r{line}" if self._screen else f"{line}\n")
        self._stream.flush()

    def clear(self) -> None:
        """Leave the line of a screen to what is written next."""
        if self._screen:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
