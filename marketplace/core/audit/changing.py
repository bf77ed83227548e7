"""Changes the key that signs for the log, so that a crash at any instant leaves one key in use.

The new key waits in a file beside the old one until the log names it. From that commit on it is in
use (`keys.signer` looks into both files), and only then does it take the old one's place.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from marketplace.core import access
from marketplace.core.audit import checkpoints, keychain, keys, log, signing
from marketplace.core.audit.signing import Signer, Verifier
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def change(clock: Clock) -> Verifier:
    """Begin to sign with a new key, which the old one names in the log.

    Raises:
        WrongKey: the old key is not at hand.
        WrongMoment: somebody else is changing it.
    """
    file = access.current_settings().log_key
    with _alone(file):
        with transaction() as session:
            log.lock(session)
            old = keys.name_first(session, clock)
            # Under the lock no change of another's is half done: what the log does not name now
            # it never will.
            _put_in_place(file, old.verifier)
            new = _make_waiting(file, old.name)
            entry = log.append(
                session,
                clock=clock,
                action="log.key_changed",
                old=str(old.verifier),
                new=str(new),
                signature=keychain.hand_over(old, new),
            )
            keys.keep_named(session, entry, str(new))
            checkpoints.make(session, clock=clock)
        _put_in_place(file, new)
    return new


def begin_again(clock: Clock) -> Verifier:
    """Begin to sign with a new key where the old one is lost for good.

    Nothing leads from the old key to the new one: who trusts the old one has to be told.

    Raises:
        WrongMoment: the old key is at hand, or another file is in its place.
    """
    file = access.current_settings().log_key
    with _alone(file):
        with transaction() as session:
            log.lock(session)
            named = keys.named_last(session)
            if named is None or named in [key.verifier for key in keys.held_keys() if key]:
                raise WrongMoment(N_("The log's key is not lost. Change it without --lost."))
            if file.exists():
                raise WrongMoment(N_("Another key is in %(file)s. Move it away first."), file=file)
            new = _make_waiting(file, named.name)
            entry = log.append(session, clock=clock, action="log.key_named", key=str(new))
            keys.keep_named(session, entry, str(new))
            checkpoints.make(session, clock=clock)
        _put_in_place(file, new)
    return new


def settle() -> None:
    """Put a key in its place that the log named just before a crash; without one, do nothing."""
    file = access.current_settings().log_key
    if not keys.next_file(file).exists():
        return
    session: Session = db.session()
    try:
        with _alone(file):
            named = keys.named_last(session)
            _key, waiting = keys.held_keys()
            if waiting and waiting.verifier == named:
                _put_in_place(file, named)
    except (WrongMoment, keys.WrongKey):
        # Who changes the key just now puts it in its place too; a wrong key fails where it signs.
        return
    finally:
        session.rollback()


def _make_waiting(file: Path, name: str) -> Verifier:
    """Make a new key beside the one in use; one that waited in vain may have been seen: it goes."""
    waiting = keys.next_file(file)
    waiting.unlink(missing_ok=True)
    return signing.keep(signing.new_signer(name), waiting).verifier


def _put_in_place(file: Path, named: Verifier) -> None:
    """Let the waiting key take the old one's place where it is the one that the log names."""
    waiting = keys.next_file(file)
    found: Signer | None = signing.load(waiting)
    if found and found.verifier == named:
        os.replace(waiting, file)
        signing.sync_folder(file.parent)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Keep other changes of this file away; the lock ends with the process.

    Raises:
        WrongMoment: one is under way.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WrongMoment(N_("Somebody else is changing the log's key just now.")) from error
        yield
    finally:
        os.close(handle)
