"""Opening a stage's bids: two officers sign for it, then a job opens every envelope.

What the job has read stands in rows of its own until all is read; one entry then says what was
opened, and only from then on does anybody see it. So a crash at any point loses nothing, and what
was opened is recorded once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import log_words, opened, openings, policy, receipts
from bids.envelopes import Hashed
from bids.lifecycle import BidEvent, after, opens_from
from bids.models import (
    Bid,
    Flaw,
    OpenedSubmission,
    Opening,
    OpeningConfirmation,
    OpeningRehearsal,
    Submission,
)
from bids.service.loading import locked_bids
from challenges.lifecycle import Event
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.service import advance, record_closing
from marketplace.core import jobs
from marketplace.core.access import current_files
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.audit.signing import Signer
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.files.store import DamagedFile
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import officers, sealing, statements
from marketplace.core.vault.envelopes import DamagedEnvelope
from marketplace.core.vault.keyring import LostKey
from marketplace.core.vault.models import OfficerKey
from marketplace.core.vault.sealing import NotReleased, Opener, SignedStatement

service_log = structlog.get_logger()

OPEN = openings.OPEN
# A worker that was killed lets go of the opening after this; officers are waiting at their screens.
LEASE = timedelta(minutes=1)
# So many envelopes are opened between two commits: progress is seen, and a crash repeats little.
_AT_A_TIME = 16
# Why an opening stops: what was signed does not release the key, or the key cannot be used.
_STATEMENTS, _KEY = "statements", "key"


_NOT_YOURS = N_("This is not your opening passphrase")


class WrongPassphrase(Invalid):
    """What an officer typed does not unlock their key."""


def confirm_opening(
    reference: str, *, passphrase: str, second_factor: bool, actor: Actor, clock: Clock
) -> bool:
    """Sign for the opening of a challenge's bids; the second officer's signature begins it.

    `second_factor` tells whether this sign-in was made with one. Gives whether two have signed now.
    A stage without bids is opened all the same, so that the record says that there were none.

    Raises:
        NotFound: there is no such challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_confirm_opening`; or the service cannot use the
            officer's stored key now.
        WrongPassphrase: the passphrase is not the officer's.
        Invalid: they have set none.
    """
    session: Session = db.session()
    challenge = own_challenge(session, reference, actor)
    ensure(_may_confirm(session, challenge, actor, second_factor, clock))
    key, signer = _unlock(session, actor, passphrase)
    origin = receipts.origin(session)
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        # Before the log's lock, like everywhere: a submission under way is waited for here.
        locked_bids(session, challenge.stage)
        ensure(_may_confirm(session, challenge, actor, second_factor, clock))
        if key.ended_at is not None:  # replaced while it was being unlocked
            raise WrongPassphrase(_NOT_YOURS, {"passphrase": _NOT_YOURS})
        # Nothing opens before its closing stands in the log; the sweeper may not have come yet.
        record_closing(session, challenge, clock)
        closing = openings.closing_that_holds(session, challenge)
        if closing is None:
            raise WrongMoment(N_("The closing is not recorded yet. Try again in a moment."))
        before = openings.confirmations(session, challenge.stage, closing.n)
        statement = openings.statement_for(session, challenge, closing, origin)
        note = signer.sign(statements.write(statement))
        now = clock.now()
        session.add(
            OpeningConfirmation(
                stage_id=challenge.stage.id,
                closed_n=closing.n,
                officer_id=actor.user_id,
                confirmed_at=now,
                officer_key_id=key.id,
                statement=note,
            )
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.CONFIRMED,
            chain=reference,
            actor=actor,
            place=len(before) + 1,
            key=key.verifier,
            statement=note,
        )
        if before:
            jobs.enqueue(session, OPEN, clock=clock, challenge=reference)
    return bool(before)


def rehearse_opening(reference: str, *, passphrase: str, actor: Actor, clock: Clock) -> None:
    """Test before closing that an officer can open: with a test envelope, never with a bid.

    Raises:
        NotFound: there is no such challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_rehearse`; or the service cannot use a key, which is
            what the test is there to find out.
        WrongPassphrase: the passphrase is not the officer's.
        Invalid: they have set none.
    """
    session: Session = db.session()
    challenge = own_challenge(session, reference, actor)
    stage = challenge.stage
    ensure(
        policy.can_rehearse(
            actor,
            state=challenge.state,
            closes_at=stage.closes_at,
            now=clock.now(),
            named=openings.is_named(session, stage.id, actor.user_id),
        )
    )
    key, signer = _unlock(session, actor, passphrase)
    # Signing itself is tested too: a statement about nothing, which is thrown away.
    statements.signed_text(signer.sign("rehearsal\n"), key.verifier)
    if stage.sealing_key_id is None:
        raise LookupError(f"{reference} has no key to seal bids to")
    try:
        sealing.rehearse(session, stage.sealing_key_id)
    except (LostKey, DamagedEnvelope) as error:
        service_log.error("opening_test_failed", challenge=reference, exc_info=error)
        raise WrongMoment(
            N_(
                "The test did not work: the service cannot use the key to which these bids are "
                "sealed. Tell the service team now, before bids close."
            )
        ) from error
    with transaction() as session:
        session.add(
            OpeningRehearsal(stage_id=stage.id, officer_id=actor.user_id, rehearsed_at=clock.now())
        )
        session.flush()
        log.append(session, clock=clock, action=log_words.REHEARSED, chain=reference, actor=actor)


def _may_confirm(
    session: Session, challenge: Challenge, actor: Actor, second_factor: bool, clock: Clock
) -> Answer:
    stage = challenge.stage
    closing = openings.closing_that_holds(session, challenge)
    given = openings.confirmations(session, stage, closing.n) if closing else []
    return policy.can_confirm_opening(
        actor,
        verified=challenge.buyer.verified_at is not None,
        state=challenge.state,
        closes_at=stage.closes_at,
        now=clock.now(),
        named=openings.is_named(session, stage.id, actor.user_id),
        second_factor=second_factor,
        opened=opened.is_opened(session, stage.id),
        confirmed=[each.officer_id for each in given],
    )


def _unlock(session: Session, actor: Actor, passphrase: str) -> tuple[OfficerKey, Signer]:
    key = officers.in_use(session, actor.user_id)
    if key is None:
        message = N_("Set your opening passphrase first")
        raise Invalid(message, {"passphrase": message})
    try:
        return key, officers.unlock(key, passphrase)
    except officers.WrongPassphrase as error:
        raise WrongPassphrase(error.message, {"passphrase": error.message}) from error
    except LostKey as error:
        service_log.error("officer_key_lost", key=key.verifier, exc_info=error)
        raise WrongMoment(
            N_("The service cannot use your stored key now. Tell the service team.")
        ) from error


@jobs.handles(OPEN, lease=LEASE, insists=True)
def open_bids(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: open what is not opened yet, some envelopes at a time, then record it all.

    Raises:
        NotReleased, LostKey: the bids cannot be opened now. The record says so, once for each
            closing, and the officers' page while it lasts; the job is tried again.
        OSError: the store of files is away; the job is tried again.
    """
    reference = str(payload["challenge"])
    try:
        _open(reference, clock)
    except (NotReleased, LostKey) as error:
        _record_stop(reference, _STATEMENTS if isinstance(error, NotReleased) else _KEY, clock)
        raise


def _open(reference: str, clock: Clock) -> None:
    session: Session = db.session()
    challenge = session.scalars(select(Challenge).where(Challenge.reference == reference)).one()
    closing = openings.closing_that_holds(session, challenge)
    if closing is None or opened.is_opened(session, challenge.stage.id):
        return
    given = openings.confirmations(session, challenge.stage, closing.n)[:2]
    key_id = challenge.stage.sealing_key_id
    if key_id is None:
        raise LookupError(f"{reference} has no key to seal bids to")
    closes_at = challenge.stage.closes_at
    if closes_at is None or clock.now() < opens_from(closes_at):
        raise NotReleased("Bids can be opened only after the closing time.")
    statement, opener = sealing.release(
        session,
        key_id,
        [SignedStatement(each.statement, each.officer_key_id) for each in given],
    )
    # Of the bids themselves each that differs is flagged below, and the others go on.
    said = openings.statement_for(session, challenge, closing, statement.origin)
    if replace(said, count=statement.count, bids=statement.bids) != statement:
        raise NotReleased("The statements are about another closing or another plan.")
    while read := list(_read_some(db.session(), challenge.id, closing.n, opener, clock.now())):
        with transaction() as session:
            # Another worker may have opened some of them meanwhile; each is kept once.
            session.scalars(
                select(Challenge.id).where(Challenge.reference == reference).with_for_update()
            ).one()
            known = _known(session, [each.submission_id for each in read])
            session.add_all(each for each in read if each.submission_id not in known)
    _record(reference, closing.n, clock)


def _read_some(
    session: Session, challenge_id: Any, closed_n: int, opener: Opener, now: datetime
) -> Iterator[OpenedSubmission]:
    """Open the next envelopes and compare each with what the log says of it."""
    challenge = session.get_one(Challenge, challenge_id)
    some = openings.unread(session, challenge.stage, _AT_A_TIME)
    logged = log.fields_of(session, [found.entry_n for _bid, found in some])
    for bid, submission in some:
        said = logged[submission.entry_n]
        found_sha256, document, flaw = _open_one(bid, submission, said, opener)
        yield OpenedSubmission(
            submission_id=submission.id,
            closed_n=closed_n,
            opened_at=now,
            found_sha256=found_sha256,
            document=document,
            flaw=flaw,
        )


def _open_one(
    bid: Bid, submission: Submission, said: dict[str, Any], opener: Opener
) -> tuple[str | None, bytes | None, Flaw | None]:
    """Open one envelope: give its digest, what it held, and what is wrong, each None if nothing.

    The digest is taken while it is decrypted, so that it is read once. It is None where there is
    no envelope, or none that can be read to its end.

    Raises:
        OSError: the whole store of files is away; nothing can be said of any envelope.
    """
    try:
        file = current_files().open(submission.sha256)
    except DamagedFile:
        return None, None, Flaw.MISSING
    with file:
        source, document = Hashed(file), None
        try:
            document = opener.open(source).document
        except DamagedEnvelope:
            flaw: Flaw | None = Flaw.UNREADABLE
        else:
            held = opened.read_document(document)
            flaw = opened.flaw_of(held, bid.reference, submission, said)
        try:
            digest = source.drain()
        except OSError:
            return None, None, Flaw.UNREADABLE
    if digest != said.get("envelope"):
        flaw = Flaw.DIFFERS
    return digest, document, flaw


def _record_stop(reference: str, reason: str, clock: Clock) -> None:
    """Record that the opening stopped, unless that stands since the closing for this reason."""
    with transaction() as session:
        challenge = session.scalars(
            select(Challenge).where(Challenge.reference == reference).with_for_update()
        ).one()
        closing = openings.closing_that_holds(session, challenge)
        known = session.scalars(
            select(LogEntry).where(
                LogEntry.chain == reference,
                LogEntry.action == log_words.STOPPED,
                LogEntry.n > (closing.n if closing else -1),
            )
        )
        if all(entry.fields.get("reason") != reason for entry in known):
            log.append(
                session, clock=clock, action=log_words.STOPPED, chain=reference, reason=reason
            )


def _known(session: Session, submissions: Sequence[Any]) -> set[Any]:
    return set(
        session.scalars(
            select(OpenedSubmission.submission_id).where(
                OpenedSubmission.submission_id.in_(submissions)
            )
        )
    )


def _record(reference: str, closed_n: int, clock: Clock) -> None:
    """Say in the log which bids were opened and what was found of each; now they can be read."""
    with transaction() as session:
        challenge = session.scalars(
            select(Challenge).where(Challenge.reference == reference).with_for_update()
        ).one()
        stage = challenge.stage
        locked_bids(session, stage)
        if opened.is_opened(session, stage.id):
            return
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
        advance(session, challenge, Event.OPEN_BIDS, clock=clock)
        session.flush()
        entry = log.append(
            session,
            clock=clock,
            action=log_words.OPENED,
            chain=reference,
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
