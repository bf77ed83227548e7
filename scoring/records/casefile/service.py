"""Has the case file of a challenge made, gives it, and discards it when its time has come."""

import uuid
from datetime import timedelta
from typing import Any, BinaryIO

from flask_babel import gettext as _
from sqlalchemy import func, select

from challenges.models import Challenge
from challenges.queries import own_challenge
from marketplace.core import jobs
from marketplace.core.access import current_files, current_templates
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.files import store as files
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import afterwards, transaction
from scoring.records.casefile import policy, queries
from scoring.records.casefile.models import CaseFile
from scoring.records.casefile.parts import parts_of
from scoring.records.casefile.writing import Front, write
from scoring.records.log_words import CASE_FILE_DOWNLOADED, CASE_FILE_MADE

MAKE, DISCARD = "case_file.make", "case_file.discard"
MEDIA_TYPE = "application/zip"
# Long enough to carry it into the body's own records system: then nothing lies about twice.
KEPT_FOR = timedelta(days=14)
# The most that is read and packed before the work is given to another worker.
_LEASE = timedelta(hours=2)


def ask(reference: str, *, actor: Actor, clock: Clock) -> int:
    """Have the case file made, and give its number; while one is being made that is it.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_ask`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(queries.may_ask(session, challenge, actor))
        whole = policy.reads_whole(actor)
        waiting = session.scalar(
            select(CaseFile).where(
                CaseFile.challenge_id == challenge.id,
                CaseFile.made_at.is_(None),
                CaseFile.whole.is_(whole),
            )
        )
        if waiting is not None:
            return waiting.number
        last = session.scalar(
            select(func.max(CaseFile.number)).where(CaseFile.challenge_id == challenge.id)
        )
        row = CaseFile(
            challenge_id=challenge.id,
            number=(last or 0) + 1,
            whole=whole,
            asked_by_id=actor.user_id,
            asked_at=clock.now(),
        )
        session.add(row)
        session.flush()
        jobs.enqueue(session, MAKE, clock=clock, case_file=str(row.id))
        return row.number


@jobs.handles(MAKE, _LEASE)
def make(payload: dict[str, Any], clock: Clock) -> None:
    """Make a case file; after a worker was killed it is begun again, and nothing is made twice."""
    row = db.session.get_one(CaseFile, uuid.UUID(payload["case_file"]))
    if row.made_at is not None:
        return
    row_id, whole, now = row.id, row.whole, clock.now()
    challenge = db.session.get_one(Challenge, row.challenge_id)
    front = Front(challenge.reference, challenge.title, challenge.buyer.name, now)
    store = current_files()
    parts, left = parts_of(db.session(), challenge, store, current_templates(), whole=whole)
    db.session.rollback()

    def done(number: int) -> None:
        # Seldom enough that others who write do not wait for it.
        if number % 5 == 0 or number == len(parts):
            with transaction() as session:
                kept = session.get_one(CaseFile, row_id)
                kept.parts, kept.parts_all = number, len(parts)

    with store.receive() as incoming:
        write(parts, left, front, incoming, translate=_, done=done)
    with transaction() as session:
        files.hold(session, incoming.sha256)
        files.keep(session, store, incoming.sha256, media_type=MEDIA_TYPE, clock=clock)
        kept = session.get_one(CaseFile, row_id)
        if kept.made_at is not None:
            return
        kept.made_at, kept.kept_until = now, now + KEPT_FOR
        kept.sha256 = kept.stored_sha256 = incoming.sha256
        kept.size, kept.parts, kept.parts_all = incoming.size, len(parts), len(parts)
        jobs.enqueue(session, DISCARD, clock=clock, due_at=kept.kept_until, case_file=str(row_id))
        log.append(
            session,
            clock=clock,
            action=CASE_FILE_MADE,
            chain=front.reference,
            number=kept.number,
            whole=whole,
            parts=len(parts),
            sha256=incoming.sha256,
        )


def download(
    reference: str, number: int, *, actor: Actor, clock: Clock
) -> tuple[BinaryIO, CaseFile]:
    """Give a finished case file to be read, and record that first.

    Raises:
        NotFound: the challenge is another body's, or it has no such file.
        Forbidden: by `policy.can_download`.
        WrongMoment: it is not made yet, or discarded again.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor)
        ensure(queries.may_download(session, challenge, actor, whole=False))
        row = session.scalar(
            select(CaseFile).where(CaseFile.challenge_id == challenge.id, CaseFile.number == number)
        )
        if row is None:
            raise NotFound(N_("There is no such case file."))
        ensure(queries.may_download(session, challenge, actor, whole=row.whole))
        if row.stored_sha256 is None:
            raise WrongMoment(
                N_("This case file is still being made.")
                if row.made_at is None
                else N_("This case file is not kept any more. Have another made.")
            )
        opened = current_files().open(row.stored_sha256)
        log.append(
            session,
            clock=clock,
            action=CASE_FILE_DOWNLOADED,
            chain=reference,
            actor=actor,
            number=number,
            sha256=row.sha256,
        )
        return opened, row


@jobs.handles(DISCARD)
def discard(payload: dict[str, Any], _clock: Clock) -> None:
    """Discard the bytes of a case file whose time has come; that it was made stays on record."""
    with transaction() as session:
        row = session.get_one(CaseFile, uuid.UUID(payload["case_file"]))
        if (sha256 := row.stored_sha256) is None:
            return
        row.stored_sha256 = None
        session.flush()
        files.hold(session, sha256)
        files.forget(session, sha256)
        if not files.is_kept(session, sha256):
            store = current_files()
            afterwards(session, lambda: store.discard(sha256))
