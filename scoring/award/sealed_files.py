"""Files of the decision that are kept encrypted: what a preferred bidder shows, a minute.

Each has a key of its own. What the file is called and what opens it stand sealed beside the row it
belongs to; once the key is destroyed nobody can read any of it.
"""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Protocol, cast

from sqlalchemy.orm import Session

from bids.attachments.kinds import file_name, media_type, size_of
from bids.attachments.scanning import ensure_clean
from bids.documents import Attachment
from challenges.sections.stages import ATTACHABLE
from marketplace.core.access import current_files, current_settings
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.files import store as files
from marketplace.core.files.store import DamagedFile
from marketplace.core.text import N_
from marketplace.core.vault import drafts, kept_files
from marketplace.core.vault.kept_files import MEDIA_TYPE, KeptFile
from marketplace.core.vault.keyring import LostKey
from marketplace.core.vault.piping import Piped

_FIELD = "file"
_CHUNK = 256 * 1024
KINDS = tuple(ATTACHABLE)


class HasFile(Protocol):
    """A row that may have such a file."""

    key_id: Any
    sealed: Any
    stored_sha256: Any
    file_sha256: Any


@dataclass(frozen=True, repr=False)
class Taken:
    """A file that was checked and lies encrypted in the store, tied to nothing yet."""

    attachment: Attachment
    kept: KeptFile


def take(name: str, file: BinaryIO, *, megabytes: int) -> Taken:
    """Check a file and encrypt it into the store. Slow: call it before the transaction.

    Raises:
        Invalid: it is refused (see `bids.attachments.kinds` and `scanning`).
        WrongMoment: the scanner does not answer.
        OSError: the disk is full or not writable.
    """
    name = file_name(name)
    kind = media_type(name, file, kinds=KINDS, megabytes=megabytes)
    ensure_clean(file, current_settings().scanner)
    attachment = Attachment(name, kind, size_of(file), _digest(file))
    return Taken(attachment, kept_files.keep(file, attachment.size, current_files()))


def tie(session: Session, taken: Taken | None, row: HasFile, clock: Clock) -> None:
    """Tie a file to the row that it belongs to, in the caller's transaction; none does nothing."""
    if taken is None:
        return
    files.keep(session, current_files(), taken.kept.sha256, media_type=MEDIA_TYPE, clock=clock)
    cipher = drafts.new(session, clock)
    row.key_id = cipher.draft
    row.sealed = cipher.encrypt(
        _FIELD, {**asdict(taken.attachment), "identity": taken.kept.identity}
    )
    row.stored_sha256 = taken.kept.sha256
    row.file_sha256 = taken.attachment.sha256


def same(row: HasFile, file: BinaryIO) -> bool:
    """Tell whether a row's file is this one, which is left at its beginning."""
    return bool(row.file_sha256 == _digest(file))


def discard(taken: Taken | None) -> None:
    """Delete a file that was refused after it was taken."""
    if taken is not None:
        current_files().discard(taken.kept.sha256)


def named(session: Session, row: HasFile) -> Attachment | None:
    """Say what a row's file is called; nothing where it has none, or its key was destroyed."""
    found = _unsealed(session, row)
    return found[0] if found else None


def opened(session: Session, row: HasFile) -> tuple[Attachment, Piped]:
    """Give a row's file to be read, with what it is called.

    Raises:
        WrongMoment: there is none, or it cannot be read any more.
    """
    found = _unsealed(session, row)
    if found is None:
        raise WrongMoment(N_("This file is not there any more."))
    attachment, identity = found
    try:
        return attachment, kept_files.reading(
            KeptFile(row.stored_sha256, identity), current_files()
        )
    except DamagedFile as error:
        raise WrongMoment(N_("This file is not there any more.")) from error


def _digest(file: BinaryIO) -> str:
    """Give a file's SHA-256 in hex, and leave it at its beginning."""
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _unsealed(session: Session, row: HasFile) -> tuple[Attachment, str] | None:
    if row.sealed is None:
        return None
    try:
        told = cast(
            dict[str, Any],
            drafts.find(session, cast(uuid.UUID, row.key_id)).decrypt(_FIELD, row.sealed),
        )
    except LostKey:
        return None
    return (
        Attachment(told["name"], told["media_type"], told["size"], told["sha256"]),
        told["identity"],
    )
