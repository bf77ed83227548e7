"""Key pairs to which bids are sealed, and what opens them: this module alone knows where they are.

The service keeps the private parts, wrapped by the master key. Should officers keep them one day,
each of their statements will bring a share, and nothing outside this package will change.
"""

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.clock import Clock
from marketplace.core.errors import DomainError
from marketplace.core.vault import envelopes, master, officers, statements
from marketplace.core.vault.envelopes import Found, Reader, Writer
from marketplace.core.vault.keyring import LostKey
from marketplace.core.vault.models import KeyKind, OfficerKey, SealingKey
from marketplace.core.vault.statements import Statement

_REHEARSAL = b'{"rehearsal":true}'


class NotReleased(DomainError):
    """What was shown does not let a sealing key open anything; the message says why."""


@dataclass(frozen=True, repr=False)
class Opener:
    """Opens envelopes that were sealed to one key."""

    identity: str

    def open(self, envelope: Reader, targets: Sequence[Writer] = ()) -> Found:
        """Open an envelope as a stream, and write its files to `targets`, as far as given.

        Raises:
            DamagedEnvelope: it is none, was changed, or is sealed to other keys.
            OSError: it could not be read, which says nothing of it.
        """
        return envelopes.open_envelope(envelope, self.identity, targets)


@dataclass(frozen=True)
class SignedStatement:
    """An officer's statement as it is stored, and the key that is said to have signed it."""

    note: str
    key_id: uuid.UUID


def new_closing(session: Session, clock: Clock) -> SealingKey:
    """Make the key pair of a closing instant in the caller's transaction."""
    return _new(session, KeyKind.CLOSING, clock)


def new_copy(session: Session, clock: Clock) -> SealingKey:
    """Make the key pair of one supplier's own copies in the caller's transaction."""
    return _new(session, KeyKind.COPY, clock)


def _new(session: Session, kind: KeyKind, clock: Clock) -> SealingKey:
    identity, recipient = envelopes.new_identity()
    key = SealingKey(recipient=recipient, kind=kind, made_at=clock.now())
    key.wrapped = master.ring().wrap(identity.encode(), key.purpose)
    session.add(key)
    session.flush()
    return key


def recipient(session: Session, key_id: uuid.UUID) -> str:
    """Give the recipient to which whoever likes can seal for a key."""
    return session.get_one(SealingKey, key_id).recipient


def own_copy(session: Session, key_id: uuid.UUID) -> Opener:
    """Give what opens a supplier's own copies; the caller has asked whether the reader may.

    Raises:
        LostKey: the key was destroyed, cannot be unwrapped, or is a closing's.
    """
    return _opener(session.get_one(SealingKey, key_id), KeyKind.COPY)


def release(
    session: Session, key_id: uuid.UUID, signed: Sequence[SignedStatement]
) -> tuple[Statement, Opener]:
    """Give what opens a closing instant's bids: only against two officers' signed statements.

    Both must say the very same, name this key, and be signed by keys of two different people that
    the service made for them.

    Raises:
        NotReleased: they do not.
        LostKey: the key was destroyed, cannot be unwrapped, or is no closing's.
    """
    key = session.get_one(SealingKey, key_id)
    # First: without the master key no officer's key could be told from one that somebody made up.
    opener = _opener(key, KeyKind.CLOSING)
    keys = {
        found.id: found
        for found in session.scalars(
            select(OfficerKey).where(OfficerKey.id.in_([each.key_id for each in signed]))
        )
    }
    people, texts = set(), set()
    for each in signed:
        officer = keys.get(each.key_id)
        if officer is None or not officers.is_genuine(officer):
            raise NotReleased("A statement is signed by a key that is not known.")
        try:
            texts.add(statements.signed_text(each.note, officer.verifier))
        except statements.BadStatement as error:
            raise NotReleased(f"A statement is not its officer's: {error}") from error
        people.add(officer.user_id)
    if len(people) < 2:
        raise NotReleased("Two officers must each have signed.")
    if len(texts) != 1:
        raise NotReleased("The two officers' statements say different things.")
    try:
        statement = statements.read(texts.pop())
    except statements.BadStatement as error:
        raise NotReleased(f"What the two officers signed is no statement: {error}") from error
    if statement.key != key.recipient:
        raise NotReleased("The statements are about another key.")
    return statement, opener


def rehearse(session: Session, key_id: uuid.UUID) -> None:
    """Seal a test envelope to a closing's key and open it again; nothing else can be opened so.

    Raises:
        LostKey: the key was destroyed, cannot be unwrapped, or is no closing's.
        DamagedEnvelope: what was sealed does not open.
    """
    key = session.get_one(SealingKey, key_id)
    sealed = io.BytesIO()
    envelopes.seal(_REHEARSAL, [], [key.recipient], sealed)
    sealed.seek(0)
    if _opener(key, KeyKind.CLOSING).open(sealed).document != _REHEARSAL:
        raise envelopes.DamagedEnvelope("the test envelope held something else")


def _opener(key: SealingKey, kind: KeyKind) -> Opener:
    if key.kind is not kind:
        raise LostKey(f"This key is no {kind.value} key.")
    if key.wrapped is None:
        raise LostKey("This key was destroyed.")
    return Opener(master.ring().unwrap(key.wrapped, key.purpose).decode())
