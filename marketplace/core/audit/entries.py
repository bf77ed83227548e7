"""The `entry/1` format: the bytes of an entry, and the salted digests of its fields. Pure.

`docs/verification.md` describes both byte by byte. An entry names its fields and commits to each
by a digest; the values and salts stand beside the log, so that a value can be withheld, or erased
when its time has come, and everything else can still be checked.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from scoring.engine.canonical import LARGEST_INTEGER, canonical

FORMAT = "entry/1"
SALT_BYTES = 32

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEYS = {"v", "n", "at", "action", "chain", "cn", "prev", "fields"}


class DamagedEntry(ValueError):
    """The bytes are no entry in its canonical form; the message says what is wrong."""


@dataclass(frozen=True)
class Entry:
    """What the bytes of an entry say.

    `n` is its place in the log, from 0; `cn` its place in its chain, from 1; `prev` the leaf hash
    of the chain's entry before (32 bytes), None for the first; `fields` maps names to digests of
    32 bytes.
    """

    n: int
    at: datetime
    action: str
    chain: str
    cn: int
    prev: bytes | None
    fields: Mapping[str, bytes]


def value_bytes(value: object) -> bytes:
    """Write a field's value as the bytes that are stored and hashed: RFC 8785.

    Raises:
        NotCanonical: the value has no exact form in JSON, such as a float.
    """
    return canonical(value)


def field_digest(salt: bytes, value: bytes) -> bytes:
    """Commit to a field: SHA-256 of its salt of 32 bytes and then its value's bytes."""
    return hashlib.sha256(salt + value).digest()


def write(entry: Entry) -> bytes:
    """Write the bytes of an entry, which are stored and hashed as they are: RFC 8785.

    Put together from its parts: whoever verifies a whole log writes every entry anew.
    """
    names = sorted(entry.fields)
    if not "".join(names).isascii():
        names.sort(key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    fields = ",".join([f'{_quoted(name)}:"{entry.fields[name].hex()}"' for name in names])
    prev = "null" if entry.prev is None else f'"{entry.prev.hex()}"'
    return (
        f'{{"action":{_quoted(entry.action)},"at":"{write_instant(entry.at)}",'
        f'"chain":{_quoted(entry.chain)},"cn":{entry.cn},"fields":{{{fields}}},'
        f'"n":{entry.n},"prev":{prev},"v":"{FORMAT}"}}'
    ).encode()


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return canonical(text).decode()


def read(body: bytes) -> Entry:
    """Read the bytes of an entry back, strictly: they must be what `write` makes.

    Raises:
        DamagedEntry: they are not.
    """
    try:
        found = json.loads(body)
        if set(found) != _KEYS or found["v"] != FORMAT:
            raise DamagedEntry(f"not an {FORMAT} entry")
        entry = Entry(
            n=read_count(found["n"]),
            at=read_instant(read_text(found["at"])),
            action=read_text(found["action"]),
            chain=read_text(found["chain"]),
            cn=read_count(found["cn"]),
            prev=None if found["prev"] is None else read_digest(found["prev"]),
            fields={name: read_digest(digest) for name, digest in found["fields"].items()},
        )
        same = write(entry) == body
    except DamagedEntry:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise DamagedEntry(f"not an {FORMAT} entry: {error}") from error
    if not same:
        raise DamagedEntry("not in canonical form")
    return entry


def write_instant(instant: datetime) -> str:
    """Write an aware instant in UTC with six places, as in `2026-12-01T09:30:00.000000Z`."""
    plain = instant.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="microseconds") + "Z"


_LIKE = "2026-12-01T09:30:00.000000Z"


def read_instant(text: str) -> datetime:
    """Read an instant that `write_instant` wrote.

    Raises:
        ValueError: the text has another form.
    """
    if not _INSTANT.fullmatch(text):
        raise ValueError(
            f"an instant such as 2026-12-01T09:30:00.000000Z was expected, not {text!r}"
        )
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def read_digest(text: object) -> bytes:
    """Read 32 bytes from 64 lower-case hexadecimal digits.

    Raises:
        ValueError: it is anything else.
    """
    if not isinstance(text, str) or not _DIGEST.fullmatch(text):
        raise ValueError("64 hexadecimal digits in lower case were expected")
    return bytes.fromhex(text)


def read_text(value: object) -> str:
    """Give a value that must be text.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, str):
        raise TypeError("text was expected")
    return value


def read_count(value: object) -> int:
    """Give a value that must be a whole number from 0, as far as JSON keeps it exact.

    Raises:
        TypeError: it is none.
        ValueError: it is out of that range.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a whole number was expected")
    if not 0 <= value <= LARGEST_INTEGER:
        raise ValueError("a number from 0 was expected")
    return value
