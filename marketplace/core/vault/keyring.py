"""The master key: it wraps every secret key that the database holds, and is never in it.

A wrapped key is one byte (1), eight bytes that name the master key, a nonce of 12 bytes, and
ChaCha20-Poly1305 with the purpose as associated data: so a wrapped key that is moved to another
row does not open.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from marketplace.core.errors import DomainError

_VERSION = b"\x01"
_START = "MASTER+KEY+"
_NONCE_BYTES, _ID_BYTES, _KEY_BYTES = 12, 8, 32
_HEAD_BYTES = len(_VERSION) + _ID_BYTES + _NONCE_BYTES


class BadMasterKey(ValueError):
    """A text or a file holds no master key; the message says what was expected."""


class LostKey(DomainError):
    """A wrapped key cannot be unwrapped: its master key is not at hand, or its bytes changed."""


@dataclass(frozen=True, repr=False)
class MasterKey:
    """One master key, 32 random bytes."""

    secret: bytes

    @property
    def key_id(self) -> bytes:
        """Give the eight bytes by which wrapped keys name it; they tell nothing of the key."""
        return hashlib.sha256(b"marketplace master key\n" + self.secret).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """Write the key for its file: `MASTER+KEY+id+base64`."""
        return f"{_START}{self.key_id.hex()}+{base64.b64encode(self.secret).decode()}"


@dataclass(frozen=True, repr=False)
class Keyring:
    """The master keys at hand: the first wraps, the others only unwrap what they once wrapped."""

    keys: tuple[MasterKey, ...]

    def wrap(self, secret: bytes, purpose: str) -> bytes:
        """Wrap a secret for a purpose, such as `draft:` and the key's identifier."""
        key, nonce = self.keys[0], os.urandom(_NONCE_BYTES)
        kept = ChaCha20Poly1305(key.secret).encrypt(nonce, secret, purpose.encode())
        return _VERSION + key.key_id + nonce + kept

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """Give the secret that was wrapped for this very purpose.

        Raises:
            LostKey: no key at hand wrapped it, or its bytes or its purpose are others.
        """
        key = next((key for key in self.keys if key.key_id == named_by(wrapped)), None)
        if key is None or wrapped[:1] != _VERSION:
            raise LostKey("A key is wrapped by a master key that is not at hand.")
        nonce = wrapped[_HEAD_BYTES - _NONCE_BYTES : _HEAD_BYTES]
        try:
            return ChaCha20Poly1305(key.secret).decrypt(
                nonce, wrapped[_HEAD_BYTES:], purpose.encode()
            )
        except InvalidTag:
            raise LostKey("A wrapped key has changed, or stands in another's place.") from None

    def is_current(self, wrapped: bytes) -> bool:
        """Tell whether the key in use wrapped this, and not one before it."""
        return named_by(wrapped) == self.keys[0].key_id


def named_by(wrapped: bytes) -> bytes:
    """Give the identifier of the master key that wrapped this."""
    return wrapped[len(_VERSION) : len(_VERSION) + _ID_BYTES]


def new_key() -> MasterKey:
    """Make a master key."""
    return MasterKey(os.urandom(_KEY_BYTES))


def parse(text: str) -> Keyring:
    """Read the keys in a text, the one in use first, parted by white space; `#` begins a remark.

    Raises:
        BadMasterKey: there is none, or one is not whole.
    """
    words = [word for line in text.splitlines() for word in line.partition("#")[0].split()]
    if not words:
        raise BadMasterKey("it holds no master key")
    return Keyring(tuple(_read(word) for word in words))


def read(file: Path) -> Keyring:
    """Read the keys in a file.

    Raises:
        BadMasterKey: it holds none, or is not for us to read.
        FileNotFoundError: there is no such file.
    """
    try:
        return parse(file.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise BadMasterKey("it is no text") from error
    except PermissionError as error:
        raise BadMasterKey("it may not be read by this account") from error


def write(ring: Keyring, file: Path, *, replace: bool = False) -> None:
    """Write keys to a file for our own account alone, whole or not at all.

    Raises:
        FileExistsError: the file is there already, and `replace` does not say that it may go.
        OSError: it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write("".join(f"{key}\n" for key in ring.keys))
            opened.flush()
            os.fsync(opened.fileno())
        if replace:
            draft.replace(file)
        else:
            os.link(draft, file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name must outlive a power cut as what it locks does
        finally:
            os.close(folder)
    finally:
        draft.unlink(missing_ok=True)


def _read(word: str) -> MasterKey:
    start, key_id, coded = word[: len(_START)], *word[len(_START) :].partition("+")[::2]
    try:
        key = MasterKey(base64.b64decode(coded, validate=True))
    except (binascii.Error, ValueError):
        raise BadMasterKey("a master key's bytes are written in base64") from None
    if start != _START or len(key.secret) != _KEY_BYTES or key.key_id.hex() != key_id:
        raise BadMasterKey(f"a master key is written {_START}id+base64, and one here is not whole")
    return key
