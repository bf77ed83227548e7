"""Whom a checker trusts, and what a checkpoint says. Pure: for those without a site or database.

`docs/verification.md`, sections 4 and 5, describes keys, changes of key and checkpoints.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.core.audit import keychain, signing, tree
from marketplace.core.audit.signing import BadNote, Verifier

_CHANGE = re.compile(
    rf"^{re.escape(keychain.KEY_CHANGE)}\n.+\n.+\n\n(?:— .+(?:\n|\Z))+", re.MULTILINE
)
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says: the log's name, its size, and the root of that size (32 bytes)."""

    origin: str
    size: int
    root: bytes


def read_keys(text: str) -> list[Verifier]:
    """Read trusted keys: public keys, one a line, and changes of key that lead on from them.

    Empty lines and lines that begin with # are skipped. Changes may stand in any order; one whose
    old key is not trusted leads nowhere and is left out.

    Raises:
        BadKey: a line is no public key, or a change of key is not signed by its old key.
    """
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    changes = [found[0] for found in _CHANGE.finditer(text)]
    lines = (line.strip() for line in _CHANGE.sub("\n", text).split("\n"))
    keys = [signing.parse_verifier(line) for line in lines if line and not line.startswith("#")]
    return follow(keys, changes)


def follow(keys: Iterable[Verifier], changes: Iterable[str]) -> list[Verifier]:
    """Give the keys, and those that notes signed by one of them name as its successor.

    Raises:
        BadKey: a change of a trusted key is not signed by it, or contradicts another.
    """
    trusted, notes = list(keys), list(changes)
    for key in tuple(trusted):
        trusted += [found for found in keychain.follow(key, notes) if found not in trusted]
    return trusted


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint: name, size and root; further lines are let be.

    Raises:
        BadNote: it has another form.
    """
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise BadNote("a checkpoint has a name, a size and a root, each on its line")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("a checkpoint's root is written in base64") from error
    if len(root) != tree.HASH_BYTES:
        raise BadNote("a checkpoint's root has 32 bytes")
    return Checkpoint(lines[0], int(lines[1]), root)


def open_checkpoint(note: str, known: Sequence[Verifier]) -> tuple[Checkpoint, Verifier | None]:
    """Read a signed checkpoint, and give which known key of the same name signed it, if any.

    Raises:
        BadNote: it is no checkpoint, or the signature of a known key is false.
    """
    opened = signing.open_note(note, known)
    checkpoint = read_checkpoint(opened.text)
    signer = next((key for key in opened.signed_by if key.name == checkpoint.origin), None)
    return checkpoint, signer
