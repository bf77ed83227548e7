"""Keeps drafts unreadable at rest: each field is encrypted under a key of the draft's own.

A ciphertext is a nonce of 12 bytes and ChaCha20-Poly1305 over the value's JSON, with spaces after
it up to a multiple of 256 bytes (the length of a price would tell its size), and with the draft's
and the field's names as associated data.
"""

import json
import os
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.clock import Clock
from marketplace.core.database import new_id
from marketplace.core.vault import master
from marketplace.core.vault.keyring import LostKey
from marketplace.core.vault.models import DraftKey
from scoring.engine.canonical import canonical

_BLOCK = 256
_NONCE_BYTES = 12


@dataclass(frozen=True, repr=False)
class DraftCipher:
    """Encrypts and decrypts the fields of one draft."""

    draft: uuid.UUID
    secret: bytes

    def encrypt(self, name: str, value: object) -> bytes:
        """Encrypt the value of the field `name`: a JSON value without floats."""
        plain = canonical(value)
        plain += b" " * (-len(plain) % _BLOCK)
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + ChaCha20Poly1305(self.secret).encrypt(nonce, plain, self._about(name))

    def decrypt(self, name: str, ciphertext: bytes) -> object:
        """Give the value back.

        Raises:
            LostKey: the bytes changed, or are another field's or another draft's.
        """
        nonce, kept = ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:]
        try:
            if not kept:
                raise InvalidTag
            plain = ChaCha20Poly1305(self.secret).decrypt(nonce, kept, self._about(name))
        except InvalidTag:
            raise LostKey("A draft's stored text has changed and cannot be read.") from None
        return json.loads(plain)

    def _about(self, name: str) -> bytes:
        return f"{self.draft}:{name}".encode()


def new(session: Session, clock: Clock) -> DraftCipher:
    """Make a draft's key in the caller's transaction."""
    cipher = DraftCipher(new_id(), os.urandom(32))
    key = DraftKey(id=cipher.draft, made_at=clock.now())
    key.wrapped = master.ring().wrap(cipher.secret, key.purpose)
    session.add(key)
    session.flush()
    return cipher


def find(session: Session, draft: uuid.UUID) -> DraftCipher:
    """Give the cipher of a draft whose key stands.

    Raises:
        LostKey: the key was destroyed, or cannot be unwrapped.
    """
    key = session.get(DraftKey, draft)
    if key is None:
        raise LostKey("This draft's key was destroyed.")
    return DraftCipher(draft, master.ring().unwrap(key.wrapped, key.purpose))


@contextmanager
def at_hand(session: Session, drafts: Collection[uuid.UUID]) -> Iterator[None]:
    """Read the keys of several drafts in one statement; meanwhile `find` asks for none of them."""
    # The session forgets rows that nobody holds.
    held = session.scalars(select(DraftKey).where(DraftKey.id.in_(drafts))).all()
    yield
    del held


def destroy(session: Session, draft: uuid.UUID) -> None:
    """Destroy a draft's key in the caller's transaction: what it encrypted is gone for good."""
    key = session.get(DraftKey, draft)
    if key is not None:
        session.delete(key)
        session.flush()
