"""Takes the files out of an envelope at the opening, and gives them to those who may read a bid."""

import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.attachments.models import OpenedFile
from bids.documents import Attachment, BidDocument
from bids.elsewhere.models import BroughtFile
from bids.models import Submission
from marketplace.core.access import current_files
from marketplace.core.vault.envelopes import Found
from marketplace.core.vault.sealing import Opener


@dataclass(frozen=True)
class TakenOut:
    """A file as it lies in the store: its place in the bid, from 0, and what it is."""

    place: int
    attachment: Attachment


def are_those_of(document: BidDocument, found: Found) -> bool:
    """Tell whether an envelope's files are those that its document names, in their order."""
    named = [(each.size, each.sha256) for each in document.content.attachments]
    return named == [tuple(each) for each in found.files]


def take_out(envelope: BinaryIO, opener: Opener, document: BidDocument) -> list[TakenOut]:
    """Write the files of an envelope into the store; the caller has compared their digests.

    Raises:
        DamagedEnvelope, OSError: as for opening it; nothing is left behind.
    """
    attachments = document.content.attachments
    if not attachments:
        return []
    envelope.seek(0)
    with ExitStack() as stack:
        targets = [stack.enter_context(current_files().receive()) for _each in attachments]
        opener.open(envelope, targets)
    return [TakenOut(place, each) for place, each in enumerate(attachments)]


def find(
    session: Session, bid_id: uuid.UUID, version: int, place: int
) -> OpenedFile | BroughtFile | None:
    """Give the file at a place of an opened version of a bid, or nothing.

    Version 0 is that of a bid which was not submitted here.
    """
    if version == 0:
        return session.get(BroughtFile, (bid_id, place))
    return session.scalar(
        select(OpenedFile)
        .join(Submission, Submission.id == OpenedFile.submission_id)
        .where(
            Submission.bid_id == bid_id,
            Submission.version == version,
            OpenedFile.place == place,
        )
    )
