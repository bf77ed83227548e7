"""Where the files of a bid are read from: a draft's own, or the envelope of what was submitted.

Wherever they go, they are opened and sealed again while they are read.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from sqlalchemy.orm import Session

from bids import drafts, envelopes
from bids.attachments.holding import HeldFile
from bids.documents import Attachment, Content
from bids.models import Bid, Submission
from marketplace.core.access import current_files
from marketplace.core.errors import WrongMoment
from marketplace.core.files.store import DamagedFile
from marketplace.core.text import N_
from marketplace.core.vault import kept_files, sealing
from marketplace.core.vault.envelopes import Part, Writer
from marketplace.core.vault.kept_files import KeptFile
from marketplace.core.vault.keyring import LostKey
from marketplace.core.vault.piping import Nothing, Piped, Stretch

log = structlog.get_logger()


class LostFile(WrongMoment):
    """A file of a draft cannot be read. The message is for the person; the log says why."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "One of your files cannot be read, so the bid was not submitted. Remove your "
                "files, attach them again, then submit."
            )
        )


@contextmanager
def parts_of(
    session: Session, bid: Bid, content: Content, latest: Submission | None
) -> Iterator[list[Part]]:
    """Give the files of what is to be sealed: from the draft, or from what was submitted last.

    Raises:
        LostFile: a file of the draft is missing or was changed.
        Unreadable: the supplier's own copy cannot be read.
    """
    if not content.attachments:
        yield []
        return
    opened: list[Piped] = []
    try:
        if bid.draft_key_id is not None:
            for each in drafts.held_files(session, bid):
                opened.append(kept_files.reading(each.kept, current_files()))
            sources: Sequence[Piped | Stretch] = opened
        else:
            assert latest is not None
            opened.append(own_files(session, bid, latest, content.attachments))
            sources = [Stretch(opened[0], each.size) for each in content.attachments]
        pairs = zip(content.attachments, sources, strict=True)
        yield [Part(each.size, source) for each, source in pairs]
    except (DamagedFile, ValueError) as error:
        log.error("draft_file_unreadable", bid=bid.reference, why=str(error))
        raise LostFile from error
    finally:
        for source in opened:
            source.close()


def own_files(
    session: Session,
    bid: Bid,
    submission: Submission,
    attachments: Sequence[Attachment],
    only: int | None = None,
) -> Piped:
    """Give the files of a submission, one after another, from the supplier's own copy.

    With `only` it is the file at that place alone. The caller has asked whether the reader may.

    Raises:
        Unreadable: the envelope is missing, or the key of the copy cannot be unwrapped.
    """
    try:
        opener = sealing.own_copy(session, bid.copy_key_id)
        envelope = current_files().open(submission.sha256)
    except (DamagedFile, LostKey, OSError) as error:
        log.error("own_copy_unreadable", bid=bid.reference, why=str(error))
        raise envelopes.Unreadable from error

    def work(target: Writer) -> None:
        places = range(len(attachments))
        opener.open(envelope, [target if only in (None, place) else Nothing() for place in places])

    return Piped(work, envelope)


def copied(
    session: Session, bid: Bid, submission: Submission, attachments: Sequence[Attachment]
) -> list[tuple[Attachment, KeptFile]]:
    """Encrypt the files of a submission anew, for a draft that changes it. Slow.

    Raises:
        Unreadable: the supplier's own copy cannot be read; nothing is left behind.
        OSError: the disk is full; nothing is left behind.
    """
    if not attachments:
        return []
    store, made = current_files(), []
    source = own_files(session, bid, submission, attachments)
    try:
        for each in attachments:
            kept = kept_files.keep(Stretch(source, each.size), each.size, store)
            made.append((each, kept))
    except BaseException as error:
        for _each, kept in made:
            store.discard(kept.sha256)
        if isinstance(error, ValueError):
            raise envelopes.Unreadable from error
        raise
    finally:
        source.close()
    return made


def draft_file(held: HeldFile) -> Piped:
    """Give one file of a draft to be read.

    Raises:
        DamagedFile: it is missing.
    """
    return kept_files.reading(held.kept, current_files())
