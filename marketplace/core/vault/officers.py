"""Officers' own signing keys, locked by a passphrase: the service keeps them but cannot use them.

A locked key is the cost (memory in KiB and passes, four bytes each), a salt of 16 bytes, a nonce of
12 bytes, and ChaCha20-Poly1305 over the key's 32 bytes under Argon2id of the passphrase. It is
wrapped by the master key besides: without that, a stolen database would let passphrases be tried.
"""

import os
import struct
import unicodedata
import uuid

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.access import current_settings
from marketplace.core.audit import signing
from marketplace.core.audit.signing import Signer
from marketplace.core.clock import Clock
from marketplace.core.errors import DomainError
from marketplace.core.text import N_
from marketplace.core.vault import master
from marketplace.core.vault.keyring import LostKey
from marketplace.core.vault.models import OfficerKey

_COST = struct.Struct(">II")
_SALT_BYTES, _NONCE_BYTES = 16, 12
# What stays wrapped of a key that ended.
_ENDED = b"ended"


class WrongPassphrase(DomainError):
    """The passphrase does not unlock the officer's key."""


def in_use(session: Session, user_id: uuid.UUID) -> OfficerKey | None:
    """Give the key with which a person signs, None where they have none."""
    return session.scalar(
        select(OfficerKey).where(OfficerKey.user_id == user_id, OfficerKey.ended_at.is_(None))
    )


def prepare(origin: str, passphrase: str) -> tuple[Signer, bytes]:
    """Make a key and lock it. Slow by intent: call it outside the transaction.

    `origin` is the log's name, with which the key's name begins; a random mark ends it, so that it
    tells nothing of the person.
    """
    signer = signing.new_signer(f"{origin}/opener/{os.urandom(4).hex()}")
    memory, passes = current_settings().opening_memory_kib, current_settings().opening_passes
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    kept = ChaCha20Poly1305(_derive(passphrase, salt, memory, passes)).encrypt(
        nonce, signer.seed, str(signer.verifier).encode()
    )
    return signer, _COST.pack(memory, passes) + salt + nonce + kept


def keep(
    session: Session, user_id: uuid.UUID, signer: Signer, locked: bytes, clock: Clock
) -> tuple[OfficerKey, OfficerKey | None]:
    """Put a locked key in use in the caller's transaction; give it, and the one that ended."""
    former = in_use(session, user_id)
    if former is not None:
        former.ended_at = clock.now()
        former.wrapped = master.ring().wrap(_ENDED, former.purpose)
        session.flush()
    key = OfficerKey(user_id=user_id, verifier=str(signer.verifier), made_at=clock.now())
    key.wrapped = master.ring().wrap(locked, key.purpose)
    session.add(key)
    session.flush()
    return key, former


def unlock(key: OfficerKey, passphrase: str) -> Signer:
    """Unlock a person's key in use. Slow by intent: call it outside the transaction.

    Raises:
        WrongPassphrase: the passphrase is another, or the key is no longer in use.
        LostKey: the master key that wrapped it is not at hand.
    """
    locked = master.ring().unwrap(key.wrapped, key.purpose)
    if locked == _ENDED:
        raise WrongPassphrase(N_("A new passphrase took the place of this one."))
    memory, passes = _COST.unpack_from(locked)
    rest = locked[_COST.size :]
    salt, nonce = rest[:_SALT_BYTES], rest[_SALT_BYTES : _SALT_BYTES + _NONCE_BYTES]
    try:
        seed = ChaCha20Poly1305(_derive(passphrase, salt, memory, passes)).decrypt(
            nonce, rest[_SALT_BYTES + _NONCE_BYTES :], key.verifier.encode()
        )
    except InvalidTag:
        raise WrongPassphrase(N_("This is not your opening passphrase")) from None
    return Signer(signing.parse_verifier(key.verifier).name, seed)


def is_genuine(key: OfficerKey) -> bool:
    """Tell whether the service made this key for this person, in use or ended.

    Whoever writes into the database without the master key cannot make a row that passes.
    """
    try:
        master.ring().unwrap(key.wrapped, key.purpose)
    except LostKey:
        return False
    return True


def _derive(passphrase: str, salt: bytes, memory: int, passes: int) -> bytes:
    # The same words typed on another machine may come in another Unicode form.
    text = unicodedata.normalize("NFKC", passphrase).strip()
    return hash_secret_raw(text.encode(), salt, passes, memory, 1, 32, Type.ID)
