"""The master key: it wraps every secret key that the database holds, and is never in it.

A wrapped key is one byte (1), eight bytes that name the master key, a nonce of 12 bytes, and
ChaCha20-Poly1305 with the purpose as associated data: so a wrapped key that is moved to another
row does not open.
"""

import base64
import binascii
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from marketplace.core.errors import DomainError

_VERSION = b"\x01"
_START = "MASTER+KEY+"
_NONCE_BYTES, _ID_BYTES, _KEY_BYTES = 12, 8, 32
# The first bytes of a wrapped key: the version, and which master key wrapped it.
MARK_BYTES = len(_VERSION) + _ID_BYTES
_HEAD_BYTES = MARK_BYTES + _NONCE_BYTES
_TAG_BYTES = 16
# Others may neither read nor change a key's file; its group may read it.
_EXPOSING = 0o027


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

    @property
    def mark(self) -> bytes:
        """Give the bytes with which every key begins that this one wrapped."""
        return _VERSION + self.key_id

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
        return key.mark + nonce + kept

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """Give the secret that was wrapped for this very purpose.

        Raises:
            LostKey: no key at hand wrapped it, or its bytes or its purpose are others.
        """
        key = next((key for key in self.keys if key.mark == wrapped[:MARK_BYTES]), None)
        if key is None:
            raise LostKey("A key is wrapped by a master key that is not at hand.")
        nonce = wrapped[MARK_BYTES:_HEAD_BYTES]
        try:
            if len(wrapped) < _HEAD_BYTES + _TAG_BYTES:
                raise InvalidTag
            return ChaCha20Poly1305(key.secret).decrypt(
                nonce, wrapped[_HEAD_BYTES:], purpose.encode()
            )
        except InvalidTag:
            raise LostKey("A wrapped key has changed, or stands in another's place.") from None


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
    """Write keys to a file for one account alone, whole or not at all.

    A file that is replaced stays with the account and the group that have it, and as open to them.

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
            if replace:
                _make_alike(handle, file.stat())
            os.fsync(handle)
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


def is_exposed(file: Path) -> bool:
    """Tell whether other accounts may read or change a key's file; its group may read it."""
    return bool(file.stat().st_mode & _EXPOSING)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keep other changes of a key's file away; the lock ends with the process.

    Raises:
        BlockingIOError: one is under way.
    """
    handle = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _make_alike(handle: int, former: os.stat_result) -> None:
    """Give a new file the account, the group and the mode of the one that it replaces.

    What the mode of that one should not have let others do is left out.
    """
    if (os.geteuid(), os.fstat(handle).st_gid) != (former.st_uid, former.st_gid):
        os.fchown(handle, former.st_uid, former.st_gid)
    os.fchmod(handle, stat.S_IMODE(former.st_mode) & ~_EXPOSING)


def _read(word: str) -> MasterKey:
    start, key_id, coded = word[: len(_START)], *word[len(_START) :].partition("+")[::2]
    try:
        key = MasterKey(base64.b64decode(coded, validate=True))
    except (binascii.Error, ValueError):
        raise BadMasterKey("a master key's bytes are written in base64") from None
    if start != _START or len(key.secret) != _KEY_BYTES or key.key_id.hex() != key_id:
        raise BadMasterKey(f"a master key is written {_START}id+base64, and one here is not whole")
    return key
