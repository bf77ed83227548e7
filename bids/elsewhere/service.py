"""Puts down bids that were received elsewhere, until a second officer brings them in.

Whatever is slow, as unpacking and writing files, is done before the transaction; what a refused
one has written is deleted again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

from sqlalchemy.orm import Session

from bids.drafts import asked_of
from bids.elsewhere import archive, log_words, policy, reading
from bids.elsewhere.checking import unfit
from bids.elsewhere.layout import BIDS_MOST, SHEET_NAME, headings
from bids.elsewhere.lifecycle import BringingState
from bids.elsewhere.models import (
    Bringing,
    BringingFile,
)
from bids.elsewhere.queries import check_of, moment_of, waiting_of
from bids.elsewhere.rows import Fault, Row
from challenges.documents.kinds import file_name
from challenges.queries import own_challenge
from marketplace.core.access import current_files, current_settings
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.database import db, new_id
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.files import store as files
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import afterwards, transaction

ARCHIVE_TYPE = "application/zip"
_CHUNK = 256 * 1024
NOTHING = N_("Nothing waits to be brought in.")


class BadBid(Invalid):
    """A bid that was filled in by form cannot be taken as it is; `faults` say why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].message, None, **faults[0].data)
        self.faults = faults


def bring_archive(reference: str, *, file: BinaryIO, actor: Actor, clock: Clock) -> None:
    """Put down the bids of a ZIP: its sheet, and the files beside it. Slow.

    They take the place of those of a ZIP before; what was filled in by form stays. Where nothing
    stays, the actor alone has put down what waits, so whoever brought the ZIP before can look it
    over as the second officer.

    Raises:
        NotFound: there is no such challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_bring`; or a virus scanner does not answer.
        BadArchive, BadSheet: the file is refused; what was there before stays.
        OSError: the disk is full or not writable.
    """
    session: Session = db.session()
    challenge = own_challenge(session, reference, actor, whole=True)
    ensure(policy.can_bring(actor, moment_of(challenge, clock)))
    columns = headings(asked_of(challenge.stage))
    with _kept() as keep:
        with archive.opened(file) as opened:
            with opened.sheet() as sheet:
                rows = reading.read(SHEET_NAME, sheet, columns)
            packed = list(opened.files(keep, current_settings().scanner))
        file.seek(0)
        whole = keep(file)
        with transaction() as session:
            bringing = _writing(session, reference, actor, clock)
            kept_rows = [each for each in bringing.rows if each["form"]]
            kept_files = [each for each in bringing.packed if each["form"]]
            _ensure_room(len(rows) + len(kept_rows))
            if not kept_rows:
                bringing.writers = [str(actor.user_id)]
            bringing.rows = [*(row.stored() for row in rows), *kept_rows]
            bringing.packed = [*(each.stored() for each in packed), *kept_files]
            former, bringing.archive_sha256 = bringing.kept_sha256, whole
            _hold(session, whole, ARCHIVE_TYPE, clock)
            bringing.kept_sha256 = whole
            _settle_files(session, bringing, clock)
            if former not in (None, whole):
                _forget(session, [former])
            _record(session, log_words.PUT_DOWN, reference, bringing, actor, clock)


def bring_one(
    reference: str,
    *,
    cells: Mapping[str, str],
    attached: Sequence[tuple[str, BinaryIO]],
    actor: Actor,
    clock: Clock,
) -> None:
    """Put down one bid by what an officer typed and attached. Slow.

    It is checked at once, with all that waits.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `bring_archive`.
        BadBid: a cell or a file is wrong; nothing is kept.
        OSError: the disk is full or not writable.
    """
    form = str(new_id())
    scanner = current_settings().scanner
    with _kept() as keep:
        packed = [
            archive.take(file_name(name), file, keep, scanner, form=form) for name, file in attached
        ]
        if wrong := unfit(packed):
            raise BadBid(wrong)
        with transaction() as session:
            bringing = _writing(session, reference, actor, clock)
            _ensure_room(len(bringing.rows) + 1)
            row = Row(None, {key: text for key, text in cells.items() if text}, form=form)
            bringing.rows = [*bringing.rows, row.stored()]
            bringing.packed = [*bringing.packed, *(each.stored() for each in packed)]
            _settle_files(session, bringing, clock)
            found = check_of(session, own_challenge(session, reference, actor), bringing, clock)
            if faults := found.bids[-1].faults:
                raise BadBid(faults)
            _record(session, log_words.PUT_DOWN, reference, bringing, actor, clock)


def read_waiting(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Record that what waits is read: it holds what bidders wrote in confidence.

    Raises:
        NotFound: there is no such challenge of the actor's body, or nothing waits.
        Forbidden, WrongMoment: by `policy.can_bring`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor)
        ensure(policy.can_bring(actor, moment_of(challenge, clock)))
        bringing = waiting_of(session, challenge.stage.id)
        if bringing is None:
            raise NotFound(NOTHING)
        _record(session, log_words.READ, reference, bringing, actor, clock)


def take_out(reference: str, form: str, *, actor: Actor, clock: Clock) -> None:
    """Take one bid that was filled in by form off what waits.

    Whoever leaves a bid out has a hand in what comes in, so another officer brings in the rest.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such form waits.
        Forbidden, WrongMoment: by `policy.can_bring`.
    """
    with transaction() as session:
        bringing = _writing(session, reference, actor, clock, begin=False)
        if not any(each["form"] == form for each in bringing.rows):
            raise NotFound(NOTHING)
        bringing.rows = [each for each in bringing.rows if each["form"] != form]
        bringing.packed = [each for each in bringing.packed if each["form"] != form]
        _settle_files(session, bringing, clock)
        if not bringing.rows:
            ended(session, bringing, BringingState.DISCARDED, actor, clock)
        _record(session, log_words.PUT_DOWN, reference, bringing, actor, clock)


def discard(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Throw away all that waits; its bytes are deleted from the disk.

    Raises:
        NotFound: there is no such challenge of the actor's body, or nothing waits.
        Forbidden: by `policy.can_discard`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_discard(actor))
        bringing = waiting_of(session, challenge.stage.id, lock=True)
        if bringing is None:
            raise NotFound(NOTHING)
        _record(session, log_words.DISCARDED, reference, bringing, actor, clock)
        ended(session, bringing, BringingState.DISCARDED, actor, clock)


def ended(
    session: Session, bringing: Bringing, state: BringingState, actor: Actor, clock: Clock
) -> None:
    """Say that nothing waits any more, and let go of all that is kept of it alone."""
    bringing.rows, bringing.packed = [], []
    _settle_files(session, bringing, clock)
    former, bringing.kept_sha256 = bringing.kept_sha256, None
    bringing.state = state
    bringing.ended_at, bringing.ended_by_id = clock.now(), actor.user_id
    session.flush()
    if former is not None:
        _forget(session, [former])


@contextmanager
def _kept() -> Iterator[archive.Keeper]:
    """Give what writes bytes into the store; at an error, what no row refers to is deleted."""
    store, written = current_files(), list[str]()

    def keep(file: BinaryIO) -> str:
        file.seek(0)
        with store.receive() as incoming:
            while chunk := file.read(_CHUNK):
                incoming.write(chunk)
        written.append(incoming.sha256)
        return incoming.sha256

    try:
        yield keep
    except BaseException:
        for sha256 in written:
            _discard(sha256)
        raise


def _writing(
    session: Session, reference: str, actor: Actor, clock: Clock, *, begin: bool = True
) -> Bringing:
    """Give what waits, locked, with the actor among those who wrote it; begin it where told."""
    challenge = own_challenge(session, reference, actor, lock=True)
    ensure(policy.can_bring(actor, moment_of(challenge, clock)))
    bringing = waiting_of(session, challenge.stage.id, lock=True)
    if bringing is None:
        if not begin:
            raise NotFound(NOTHING)
        bringing = Bringing(
            stage_id=challenge.stage.id,
            state=BringingState.WAITING,
            rows=[],
            packed=[],
            writers=[],
            begun_at=clock.now(),
            changed_at=clock.now(),
        )
        session.add(bringing)
        session.flush()
    if str(actor.user_id) not in bringing.writers:
        bringing.writers = [*bringing.writers, str(actor.user_id)]
    bringing.changed_at = clock.now()
    return bringing


def _ensure_room(count: int) -> None:
    if count > BIDS_MOST:
        message = N_("These would be more than %(most)s bids. Bring fewer.")
        raise Invalid(message, {"file": message}, most=BIDS_MOST)


def _settle_files(session: Session, bringing: Bringing, clock: Clock) -> None:
    """Keep the bytes that what waits refers to, and let go of those that it no longer does."""
    kinds = {each["sha256"]: each["media_type"] for each in bringing.packed if each["sha256"]}
    former = {each.sha256: each for each in bringing.files}
    for sha256 in sorted(kinds.keys() - former.keys()):
        _hold(session, sha256, kinds[sha256], clock)
        bringing.files.append(BringingFile(bringing_id=bringing.id, sha256=sha256))
    gone = sorted(former.keys() - kinds.keys())
    for sha256 in gone:
        bringing.files.remove(former[sha256])
    session.flush()
    _forget(session, gone)


def _hold(session: Session, sha256: str, media_type: str, clock: Clock) -> None:
    """Tie bytes that were just written to a row; nobody may have taken them away meanwhile."""
    store = current_files()
    files.hold(session, sha256)
    if not store.path(sha256).exists():
        raise WrongMoment(N_("Somebody threw the same file away just now. Bring it again."))
    files.keep(session, store, sha256, media_type=media_type, clock=clock)


def _forget(session: Session, digests: Sequence[str]) -> None:
    """Take rows of bytes away that nothing refers to, and the bytes once that is committed."""
    for sha256 in digests:
        files.hold(session, sha256)
        files.forget(session, sha256)
        if not files.is_kept(session, sha256):
            afterwards(session, partial(current_files().discard, sha256))


def _discard(sha256: str) -> None:
    """Delete bytes that no row refers to, whatever happens elsewhere meanwhile."""
    with transaction() as session:
        files.hold(session, sha256)
        if not files.is_kept(session, sha256):
            current_files().discard(sha256)


def _record(
    session: Session, action: str, reference: str, bringing: Bringing, actor: Actor, clock: Clock
) -> None:
    log.append(
        session,
        clock=clock,
        action=action,
        chain=reference,
        actor=actor,
        count=len(bringing.rows),
        archive=bringing.archive_sha256,
    )
