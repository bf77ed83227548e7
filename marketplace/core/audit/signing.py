"""Keys and signatures of the log: C2SP signed notes with Ed25519.

A note is a text that ends in a new line, an empty line, and one line for each signature. Keys are
written as other tools of transparency logs write them, so that those can check what is signed
here without a line of ours.

Source: c2sp.org/signed-note.
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
# More signatures than any note has; a stranger's text must not keep us busy.
_MOST_SIGNATURES = 100


class BadKey(ValueError):
    """A text or a file is not a key; the message says why."""


class BadNote(ValueError):
    """A text is not a signed note, or a signature on it is false; the message says why."""


@dataclass(frozen=True)
class Verifier:
    """The public part of a key: its name, such as `market.example/log`, and 32 bytes."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Give the four bytes by which a signature names its key."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public
        return hashlib.sha256(named).digest()[:4]

    def __str__(self) -> str:
        """Write the key as `name+id+base64`, the id in hexadecimal digits."""
        coded = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{coded}"

    def verifies(self, signature: bytes, text: str) -> bool:
        """Tell whether this key made the signature of 64 bytes over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, repr=False)
class Signer:
    """A whole key: its name and the seed of 32 bytes that must not be shown to anybody."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        """Give the public part."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(self.name, key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Sign a text that ends in a new line, and give the note. The same text, the same note.

        Raises:
            ValueError: the text does not end in a new line.
        """
        if not text.endswith("\n"):
            raise ValueError("a note's text ends in a new line")
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        coded = base64.b64encode(self.verifier.key_id + key.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {coded}\n"

    def secret(self) -> str:
        """Write the whole key for its file: `PRIVATE+KEY+name+id+base64`."""
        coded = base64.b64encode(_ED25519 + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{coded}"


@dataclass(frozen=True)
class Opened:
    """A note that was read: its text, and which of the known keys signed it."""

    text: str
    signed_by: Sequence[Verifier]
    others: Sequence[str]


def open_note(note: str, known: Iterable[Verifier]) -> Opened:
    """Read a note and check the signatures of known keys; other names are given, not trusted.

    Raises:
        BadNote: it is no note, or the signature of a known key is false.
    """
    text, separator, signatures = note.rpartition("\n\n")
    lines = signatures.removesuffix("\n").split("\n")
    if not separator or not text or not signatures.endswith("\n"):
        raise BadNote("a text, an empty line and a line for each signature were expected")
    if len(lines) > _MOST_SIGNATURES:
        raise BadNote("there are too many signatures")
    text += "\n"
    keys = {(key.name, key.key_id): key for key in known}
    signed_by, others = [], []
    for line in lines:
        found = _SIGNATURE.fullmatch(line)
        if found is None:
            raise BadNote("a line is no signature")
        try:
            coded = base64.b64decode(found[2], validate=True)
        except binascii.Error as error:
            raise BadNote("a signature is not base64") from error
        if base64.b64encode(coded).decode() != found[2]:
            raise BadNote("a signature's base64 ends in bits that say nothing")
        key = keys.get((found[1], coded[:4]))
        if key is None:
            others.append(found[1])
        elif key.verifies(coded[4:], text):
            signed_by.append(key)
        else:
            raise BadNote(f"the signature of {key.name} does not fit the text")
    return Opened(text, tuple(signed_by), tuple(others))


def parse_verifier(text: str) -> Verifier:
    """Read the public part of a key.

    Raises:
        BadKey: the text is none, or its id is not that of the key.
    """
    # The base64 at the end may hold plus signs too.
    name, _, rest = text.strip().partition("+")
    key_id, _, coded = rest.partition("+")
    key = Verifier(_name(name), _raw(coded))
    if key.key_id.hex() != key_id:
        raise BadKey("the key's id does not fit its name and bytes")
    return key


def parse_signer(text: str) -> Signer:
    """Read a whole key as its file holds it.

    Raises:
        BadKey: the text is none, or its id is not that of the key.
    """
    start, text = "PRIVATE+KEY+", text.strip()
    if not text.startswith(start):
        raise BadKey("a private key begins with PRIVATE+KEY+")
    name, _, rest = text.removeprefix(start).partition("+")
    key_id, _, coded = rest.partition("+")
    signer = Signer(_name(name), _raw(coded))
    if signer.verifier.key_id.hex() != key_id:
        raise BadKey("the key's id does not fit its name and bytes")
    return signer


def new_signer(name: str) -> Signer:
    """Make a key.

    Raises:
        BadKey: the name has white space or a plus sign, or is empty.
    """
    return Signer(_name(name), os.urandom(32))


def load(file: Path) -> Signer | None:
    """Read the key in a file; None where there is no such file.

    Raises:
        BadKey: the file holds something else.
    """
    try:
        return parse_signer(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise BadKey(f"{file} holds no key") from error


def keep(signer: Signer, file: Path) -> Signer:
    """Write a key to a file that is not there yet, for our own account alone, and give it.

    Where another process was quicker, the key that it wrote is given.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(signer.secret() + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(draft, file)  # whole or not at all, and never over another
        except FileExistsError:
            return load(file) or signer
        sync_folder(file.parent)
        return signer
    finally:
        draft.unlink()


def sync_folder(folder: Path) -> None:
    """Have a folder's list of files outlive a power cut: a key that the log names must."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise BadKey("a key's name has no white space and no plus sign, and is not empty")
    return text


def _raw(coded: str) -> bytes:
    try:
        raw = base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("a key's bytes are written in base64") from error
    if len(raw) != 33 or raw[:1] != _ED25519:
        raise BadKey("the key is not for Ed25519")
    return raw[1:]
