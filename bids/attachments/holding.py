"""The files of a draft: what each is called, where it lies, and what opens it.

All of that stands in one encrypted field of the draft. A row beside it, which tells nothing, has
the file deleted when the draft goes.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.attachments.models import DraftFile
from bids.documents import Attachment
from bids.models import Bid
from marketplace.core.access import current_files
from marketplace.core.clock import Clock
from marketplace.core.database import new_id
from marketplace.core.files import store as files
from marketplace.core.transaction import afterwards
from marketplace.core.vault.kept_files import MEDIA_TYPE, KeptFile


@dataclass(frozen=True, repr=False)
class HeldFile:
    """One file of a draft; `id` is its row's, and stands in its address."""

    id: uuid.UUID
    attachment: Attachment
    kept: KeptFile


def written(held: Sequence[HeldFile]) -> list[dict[str, Any]]:
    """Give the value of the field that says which files a draft has."""
    return [
        {
            "id": str(each.id),
            **asdict(each.attachment),
            "kept": each.kept.sha256,
            "identity": each.kept.identity,
        }
        for each in held
    ]


def read(value: Any) -> list[HeldFile]:
    """Read that field back; a draft that never had a file has none."""
    return [
        HeldFile(
            uuid.UUID(each["id"]),
            Attachment(each["name"], each["media_type"], each["size"], each["sha256"]),
            KeptFile(each["kept"], each["identity"]),
        )
        for each in value or ()
    ]


def add(
    session: Session,
    bid: Bid,
    attachment: Attachment,
    kept: KeptFile,
    *,
    added_by: uuid.UUID,
    clock: Clock,
) -> HeldFile:
    """Tie an encrypted file to a bid's draft, in the caller's transaction."""
    files.keep(session, current_files(), kept.sha256, media_type=MEDIA_TYPE, clock=clock)
    row = DraftFile(
        id=new_id(),
        bid_id=bid.id,
        sha256=kept.sha256,
        added_by_id=added_by,
        added_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return HeldFile(row.id, attachment, kept)


def forget(session: Session, rows: Sequence[DraftFile]) -> None:
    """Take files of a draft away: the rows now, the bytes once that is committed."""
    store = current_files()
    for row in rows:
        session.delete(row)
    session.flush()
    for row in rows:
        sha256 = row.sha256
        files.forget(session, sha256)
        afterwards(session, partial(store.discard, sha256))


def forget_all(session: Session, bid: Bid) -> None:
    """Take all files of a bid's draft away."""
    if rows := session.scalars(select(DraftFile).where(DraftFile.bid_id == bid.id)).all():
        forget(session, rows)
