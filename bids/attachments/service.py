"""Attaches files to the draft of a bid, and takes them off again."""

import hashlib
import uuid
from typing import BinaryIO

from sqlalchemy.orm import Session

from bids import drafts, policy
from bids.attachments import holding
from bids.attachments.kinds import BadAttachment, file_name, media_type, size_of
from bids.attachments.models import DraftFile
from bids.attachments.scanning import ensure_clean
from bids.documents import Attachment
from bids.models import Bid
from bids.service.drafting import editable, mark_changed
from marketplace.core.access import current_files, current_settings
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import kept_files

NO_SUCH_FILE = N_("There is no such file.")
NOT_ASKED = N_("This challenge takes no files with a bid.")


def attach(reference: str, *, name: str, file: BinaryIO, actor: Actor, clock: Clock) -> Attachment:
    """Attach a file to a draft, encrypted; where it is refused, nothing of it is left.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or its stage takes no files.
        Forbidden, WrongMoment: by `policy.can_edit`; or the scanner does not answer.
        Invalid: the file is refused (see `kinds` and `scanning`), there already, or one too many.
        OSError: the disk is full or not writable.
    """
    with transaction() as session:
        asked, _held = _room_for(session, editable(session, reference, actor, clock), "")
    name = file_name(name)
    kind = media_type(name, file, kinds=asked.kinds, megabytes=asked.megabytes)
    ensure_clean(file, current_settings().scanner)
    found = Attachment(name, kind, size_of(file), _digest(file))
    kept = kept_files.keep(file, found.size, current_files())
    try:
        with transaction() as session:
            bid = editable(session, reference, actor, clock)
            _asked, held = _room_for(session, bid, found.sha256)
            added = holding.add(session, bid, found, kept, added_by=actor.user_id, clock=clock)
            drafts.write_files(session, bid, [*held, added])
            mark_changed(bid, clock)
    except BaseException:
        current_files().discard(kept.sha256)
        raise
    return found


def remove(reference: str, file_id: uuid.UUID, *, actor: Actor, clock: Clock) -> None:
    """Take a file off a draft; its bytes are deleted from the disk.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no such file.
        Forbidden, WrongMoment: by `policy.can_edit`.
    """
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        held = drafts.held_files(session, bid)
        row = session.get(DraftFile, file_id)
        if row is None or row.bid_id != bid.id:
            raise NotFound(NO_SUCH_FILE)
        drafts.write_files(session, bid, [each for each in held if each.id != file_id])
        holding.forget(session, [row])
        mark_changed(bid, clock)


def _digest(file: BinaryIO) -> str:
    """Give a file's SHA-256 in hex, and leave it at its beginning."""
    digest = hashlib.sha256()
    while chunk := file.read(256 * 1024):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _room_for(
    session: Session, bid: Bid, sha256: str
) -> tuple[policy.Attaching, list[holding.HeldFile]]:
    """Give what the stage takes, and the files that are there; refuse one more than that."""
    asked = drafts.asked_of(bid.stage).files
    if asked is None:
        raise NotFound(NOT_ASKED)
    held = drafts.held_files(session, bid)
    if len(held) >= asked.most:
        raise BadAttachment(
            N_("A bid may have %(most)d files. Remove one first, or join some."), most=asked.most
        )
    if any(each.attachment.sha256 == sha256 for each in held):
        raise BadAttachment(N_("This file is attached already."))
    return asked, held
