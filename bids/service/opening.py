"""The job that opens a stage's bids, once two officers have signed for it.

What it has read stands in rows of its own until all is read; one entry then says what was opened,
and only from then on does anybody see it. So a crash at any point loses nothing, and what was
opened is recorded once.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import log_words, opened, openings
from bids.attachments.models import OpenedFile
from bids.attachments.opening import TakenOut, are_those_of, take_out
from bids.envelopes import Hashed
from bids.lifecycle import BidEvent, after, opens_from
from bids.models import Bid, Flaw, OpenedSubmission, Opening, Submission
from bids.service.loading import locked_bids
from challenges.frozen import ensure_as_logged
from challenges.lifecycle import Event, State
from challenges.models import Challenge, Stage
from challenges.service import advance_stage
from challenges.stages.running import entries, said, stage_at, stored_state
from marketplace.core import jobs
from marketplace.core.access import current_files
from marketplace.core.audit import log
from marketplace.core.audit.stages import stage_of
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import DomainError
from marketplace.core.files import store
from marketplace.core.files.store import DamagedFile
from marketplace.core.transaction import transaction
from marketplace.core.vault import sealing
from marketplace.core.vault.envelopes import DamagedEnvelope
from marketplace.core.vault.keyring import LostKey
from marketplace.core.vault.sealing import NotReleased, Opener, SignedStatement

service_log = structlog.get_logger()

OPEN = openings.OPEN
# A worker that was killed lets go of the opening after this; officers are waiting at their screens.
LEASE = timedelta(minutes=1)
# So much is opened between two commits: progress is seen, a crash repeats little, and memory does
# not grow with the number of bids.
_AT_A_TIME = 16
_BYTES_AT_A_TIME = 8 * 1024 * 1024
# A disk that does not give an envelope may be mended; after so long the bid is flagged instead, for
# the others wait for it.
PATIENCE = timedelta(minutes=20)
# Why an opening stops: what was signed does not release the key, or the key cannot be used.
_STATEMENTS, _KEY = "statements", "key"


@jobs.handles(OPEN, lease=LEASE, insists=True)
def open_bids(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: open what is not opened yet, some envelopes at a time, then record it all.

    Raises:
        NotReleased, LostKey: the bids cannot be opened now. The record says so, once for each
            closing, and the officers' page while it lasts; the job is tried again.
        OSError: the store of files is away; the job is tried again.
    """
    reference, number = str(payload["challenge"]), stage_of(payload)
    try:
        _open(reference, number, clock)
    except DomainError as error:
        reason = _KEY if isinstance(error, LostKey) else _STATEMENTS
        _record_stop(reference, number, reason, clock)
        raise


def _open(reference: str, number: int, clock: Clock) -> None:
    session: Session = db.session()
    challenge = session.scalars(select(Challenge).where(Challenge.reference == reference)).one()
    stage = stage_at(challenge, number)
    closing = openings.closing_that_holds(session, stage)
    if closing is None or stored_state(challenge, stage) is not State.OPEN:
        return  # opened already, or cancelled meanwhile
    given = openings.confirmations(session, stage, closing.n)[:2]
    if stage.sealing_key_id is None:
        raise LookupError(f"{reference} has no key to seal bids to")
    if stage.closes_at is None or clock.now() < opens_from(stage.closes_at):
        raise NotReleased("Bids can be opened only after the closing time.")
    ensure_as_logged(session, stage)
    statement, opener = sealing.release(
        session,
        stage.sealing_key_id,
        [SignedStatement(each.statement, each.officer_key_id) for each in given],
    )
    # An envelope that differs is flagged below; other bids than were signed for are not opened.
    if openings.statement_for(session, stage, closing, statement.origin) != statement:
        raise NotReleased("The statements are not about what is to be opened.")
    give_up = clock.now() >= given[-1].confirmed_at + PATIENCE
    waiting: set[uuid.UUID] = set()
    closed_n, challenge_id, stage_id = closing.n, challenge.id, stage.id
    while read := list(
        _read_some(db.session(), stage_id, closed_n, opener, clock.now(), waiting, give_up)
    ):
        with transaction() as session:
            # Another worker may have opened some of them meanwhile; each is kept once.
            locked = session.scalars(
                select(Challenge).where(Challenge.id == challenge_id).with_for_update()
            ).one()
            if stored_state(locked, stage_at(locked, number)) is not State.OPEN:
                return
            known = _known(session, [each.submission_id for each, _files in read])
            new = [(each, files) for each, files in read if each.submission_id not in known]
            session.add_all(each for each, _files in new)
            session.flush()
            for each, files in new:
                for file in files:
                    _keep_file(session, each, file, clock)
    if waiting:
        raise OSError(f"{len(waiting)} envelopes of {reference} cannot be read now")
    _record(reference, number, closed_n, clock)


def _read_some(
    session: Session,
    stage_id: uuid.UUID,
    closed_n: int,
    opener: Opener,
    now: datetime,
    waiting: set[uuid.UUID],
    give_up: bool,
) -> Iterator[tuple[OpenedSubmission, Sequence[TakenOut]]]:
    """Open the next envelopes and compare each with what the log says of it.

    One that the disk does not give is put with those `waiting`, or flagged where it is time to
    `give_up`.
    """
    some = openings.unread(session, session.get_one(Stage, stage_id), _AT_A_TIME + len(waiting))
    logged = log.fields_of(session, [found.entry_n for _bid, found in some])
    held = 0
    for bid, submission in some:
        if submission.id in waiting:
            continue
        said = logged[submission.entry_n]
        try:
            read = _open_one(bid, submission, said, opener)
        except ReadError as error:
            service_log.error("envelope_unreadable", bid=bid.reference, exc_info=error)
            if not give_up:
                waiting.add(submission.id)
                continue
            read = _Envelope(flaw=Flaw.UNREADABLE)
        opened_now = OpenedSubmission(
            submission_id=submission.id,
            closed_n=closed_n,
            opened_at=now,
            found_sha256=read.sha256,
            document=read.document,
            flaw=read.flaw,
            grounds_declared=read.grounds_declared,
        )
        yield opened_now, read.files
        held += len(read.document or b"")
        if held > _BYTES_AT_A_TIME:
            return


class ReadError(Exception):
    """The disk does not give one envelope, whose file is there."""


@dataclass(frozen=True)
class _Envelope:
    """What one envelope held: its digest, its document, what is wrong, and its files.

    The digest is None where there is no envelope, or none that can be read to its end.
    """

    sha256: str | None = None
    document: bytes | None = None
    flaw: Flaw | None = None
    files: Sequence[TakenOut] = ()
    grounds_declared: bool = False


def _open_one(bid: Bid, submission: Submission, said: dict[str, Any], opener: Opener) -> _Envelope:
    """Open one envelope, and take its files out into the store where nothing is wrong.

    The digest is taken while it is decrypted, so that it is read once.

    Raises:
        OSError: the whole store of files is away; nothing can be said of any envelope.
        ReadError: the disk gives no more of this envelope.
    """
    try:
        file = current_files().open(submission.sha256)
    except DamagedFile:
        return _Envelope(flaw=Flaw.MISSING)
    with file:
        source, document, held = Hashed(file), None, None
        files: list[TakenOut] = []
        try:
            try:
                found = opener.open(source)
                document = found.document
            except DamagedEnvelope:
                flaw: Flaw | None = Flaw.UNREADABLE
            else:
                held = opened.read_document(document)
                flaw = opened.flaw_of(held, opened.expected_of(bid, submission), said)
                if flaw is None and held and not are_those_of(held, found):
                    flaw = Flaw.FIELDS
            digest = source.drain()
            if digest != said.get("envelope"):
                flaw = Flaw.DIFFERS
            if flaw is None and held:
                files = take_out(file, opener, held)
        except OSError as error:
            raise ReadError(str(error)) from error
    declares = held is not None and held.declares_a_ground
    return _Envelope(digest, document, flaw, files, declares)


def _keep_file(session: Session, read: OpenedSubmission, file: TakenOut, clock: Clock) -> None:
    """Tie a file that was taken out of an envelope to what was read of it."""
    what = file.attachment
    store.keep(session, current_files(), what.sha256, media_type=what.media_type, clock=clock)
    session.add(OpenedFile(submission_id=read.submission_id, place=file.place, sha256=what.sha256))
    session.flush()


def _record_stop(reference: str, number: int, reason: str, clock: Clock) -> None:
    """Record that the opening stopped, unless that stands since the closing for this reason."""
    with transaction() as session:
        challenge = session.scalars(
            select(Challenge).where(Challenge.reference == reference).with_for_update()
        ).one()
        stage = stage_at(challenge, number)
        closing = openings.closing_that_holds(session, stage)
        since = closing.n if closing else -1
        known = [each for each in entries(session, stage, log_words.STOPPED) if each.n > since]
        if all(entry.fields.get("reason") != reason for entry in known):
            log.append(
                session,
                clock=clock,
                action=log_words.STOPPED,
                chain=reference,
                **said(stage),
                reason=reason,
            )


def _known(session: Session, submissions: Sequence[Any]) -> set[Any]:
    return set(
        session.scalars(
            select(OpenedSubmission.submission_id).where(
                OpenedSubmission.submission_id.in_(submissions)
            )
        )
    )


def _record(reference: str, number: int, closed_n: int, clock: Clock) -> None:
    """Say in the log which bids were opened and what was found of each; now they can be read."""
    with transaction() as session:
        challenge = session.scalars(
            select(Challenge).where(Challenge.reference == reference).with_for_update()
        ).one()
        stage = stage_at(challenge, number)
        locked_bids(session, stage)
        if stored_state(challenge, stage) is not State.OPEN:
            return  # opened by another worker, or cancelled meanwhile
        pairs = openings.submitted(session, stage)
        found = {
            row.submission_id: row
            for row in session.execute(
                select(
                    OpenedSubmission.submission_id,
                    OpenedSubmission.found_sha256,
                    OpenedSubmission.flaw,
                ).where(OpenedSubmission.submission_id.in_([each.id for _bid, each in pairs]))
            )
        }
        flaws = {
            bid.reference: flaw.value
            for bid, submission in pairs
            if (flaw := found[submission.id].flaw) is not None
        }
        first, second = openings.confirmations(session, stage, closed_n)[:2]
        for bid, _submission in pairs:
            bid.state = after(bid.state, BidEvent.OPEN)
        advance_stage(session, stage, Event.OPEN_BIDS, clock=clock)
        session.flush()
        entry = log.append(
            session,
            clock=clock,
            action=log_words.OPENED,
            chain=reference,
            **said(stage),
            count=len(pairs),
            officers=[str(first.officer_id), str(second.officer_id)],
            bids={bid.reference: found[each.id].found_sha256 for bid, each in pairs},
            differing=sorted(flaws),
            flaws=flaws,
        )
        session.add(
            Opening(
                stage_id=stage.id,
                closed_n=closed_n,
                opened_at=entry.at,
                first_officer_id=first.officer_id,
                second_officer_id=second.officer_id,
            )
        )
