"""Submitting and withdrawing a bid: what counts at closing is decided here, under the log's lock.

No receipt without a commit, no commit without an entry: the entry, the submission, the end of the
draft's key and the message to the person stand in one transaction; the envelope is sealed and on
the disk before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from bids import drafts, envelopes, letters, log_words, policy, queries, receipts
from bids.lifecycle import BidEvent, BidState, TooLate, after, ensure_in_time
from bids.models import Bid, Submission
from bids.renewing import queries as renewals
from bids.service.loading import locked_bid
from bids.service.preparing import Prepared, Reader, prepare, sealed
from bids.service.refusing import record_too_late
from challenges.changing import queries as changes
from challenges.models import Challenge
from challenges.stages.standing import said
from marketplace.core.access import current_files, current_settings
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.files import store as files
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

NOTHING_SUBMITTED = N_("There is no submitted bid to confirm.")


def submit_bid(
    reference: str,
    *,
    actor: Actor,
    arrived: datetime,
    clock: Clock,
    checked_version: int | None = None,
    checked_change: int | None = None,
) -> Submission:
    """Submit the draft as the version that counts, and give that submission.

    `arrived` is when the service began to handle the complete request. `checked_version` is the
    row version of the draft that the person checked; None submits the draft as it stands.
    `checked_change` is the number of the last change to the challenge that they could read. The
    same draft sent twice, or a draft that says what was submitted before, gives that submission.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden: the actor is no administrator of the supplier.
        TooLate: it is not in time; the refusal is recorded.
        Invalid: something is missing or too long.
        StaleEdit: the draft changed since it was checked, or the challenge did.
        WrongMoment: the challenge or the bid takes no submission.
    """
    ensure(policy.can_submit(actor))
    prepared = prepare(db.session(), reference, actor, arrived, drafts.content_of)
    with (
        _told_if_late(reference, "submit", actor, clock),
        sealed(prepared),
        transaction() as session,
    ):
        bid, challenge = locked_bid(session, reference, actor)
        if (same := _already_submitted(session, bid, prepared, checked_version)) is not None:
            prepared.unused()
            return same
        _refuse_late(bid, arrived)
        ensure(policy.has_draft(bid.draft_key_id is not None, bid.state))
        _refuse_changed(session, challenge, prepared, checked_change)
        state = after(bid.state, BidEvent.SUBMIT)
        if prepared.gaps:
            raise Invalid(_missing(prepared.gaps))
        if bid.row_version != prepared.row_version or checked_version not in (
            None,
            bid.row_version,
        ):
            raise StaleEdit(N_("The draft changed after you checked it. Check it again."))
        # All that can be is done before the log's lock, for which everybody waits.
        bid.state, bid.current_version = state, prepared.version
        drafts.destroy(session, bid)
        submission = _record(session, bid, challenge, prepared, actor, arrived, clock)
        _send_receipt(session, bid, challenge, submission, actor, clock)
    return submission


def submit_again(
    reference: str,
    *,
    read: Reader,
    actor: Actor,
    arrived: datetime,
    clock: Clock,
    checked_change: int | None = None,
) -> Submission:
    """Seal what stands submitted once more, as `read` gives it, and give the new version.

    There is no draft in between, so a refusal leaves nothing behind. A bid that counts already, as
    after a button pressed twice, is left as it is.

    Raises:
        NotFound, Forbidden, TooLate, Invalid, StaleEdit: as for `submit_bid`; or the bid is not
            submitted.
        WrongMoment: the challenge takes no bids, or there is a draft that changes the bid.
    """
    ensure(policy.can_submit(actor))
    prepared = prepare(db.session(), reference, actor, arrived, read)
    with (
        _told_if_late(reference, "submit", actor, clock),
        sealed(prepared),
        transaction() as session,
    ):
        bid, challenge = locked_bid(session, reference, actor)
        current = queries.submission(session, bid.id, bid.current_version)
        if current is not None and not renewals.is_awaited(session, bid):
            prepared.unused()
            return current
        _refuse_late(bid, arrived)
        if current is None:
            raise NotFound(NOTHING_SUBMITTED)
        if bid.draft_key_id is not None:
            raise WrongMoment(
                N_(
                    "You have begun to change this bid. Submit your changes, or give them up and "
                    "confirm what you submitted."
                )
            )
        _refuse_changed(session, challenge, prepared, checked_change)
        if bid.row_version != prepared.row_version:
            # A partner left, or the invitation was taken back, while the bid was being sealed.
            raise StaleEdit(N_("Who does the work changed meanwhile. Look at your bid again."))
        if prepared.gaps:
            raise Invalid(
                N_(
                    "Your bid does not answer all that is asked now. Change it, then submit it "
                    "again."
                )
            )
        bid.state = after(bid.state, BidEvent.SUBMIT)
        bid.current_version = prepared.version
        submission = _record(session, bid, challenge, prepared, actor, arrived, clock)
        _send_receipt(session, bid, challenge, submission, actor, clock)
    return submission


def withdraw_bid(reference: str, *, actor: Actor, arrived: datetime, clock: Clock) -> None:
    """Withdraw a submitted bid; its versions stay in the record, and a draft that changes it too.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden: the actor is no administrator of the supplier.
        TooLate: it is not in time; the refusal is recorded.
        WrongMoment: the bid is not submitted.
    """
    ensure(policy.can_withdraw(actor))
    with _told_if_late(reference, "withdraw", actor, clock), transaction() as session:
        bid, challenge = locked_bid(session, reference, actor)
        if bid.stage.closes_at is None:
            after(bid.state, BidEvent.WITHDRAW)  # refuses: nothing is, or was, to be submitted
        closes_at = drafts.closes_at(bid)
        ensure_in_time(arrived, arrived, closes_at)
        state = after(bid.state, BidEvent.WITHDRAW)
        entry = log.append(
            session,
            clock=clock,
            action=log_words.WITHDRAWN,
            chain=challenge.reference,
            actor=actor,
            **said(bid.stage),
            bid=bid.reference,
            version=bid.current_version,
            arrived=write_instant(arrived),
            closes_at=write_instant(closes_at),
        )
        ensure_in_time(arrived, entry.at, closes_at)
        bid.state, bid.current_version = state, None
        subject, text = letters.withdrawal(
            challenge=challenge.reference,
            title=challenge.title,
            bid=bid.reference,
            recorded=entry.at,
            closes_at=closes_at,
            address=_address(bid.reference),
        )
        _post(session, actor, subject, text, clock)


def _refuse_changed(
    session: Session, challenge: Challenge, prepared: Prepared, checked_change: int | None
) -> None:
    """Refuse a bid whose writer could not know what the challenge says now.

    Raises:
        StaleEdit: a change was published since the bid was checked, or while it was being sealed.
    """
    now = changes.count(session, challenge)
    if prepared.changes != now or checked_change not in (None, now):
        raise StaleEdit(
            N_(
                "The challenge was changed after you checked your bid, so it was not submitted. "
                "Nothing you wrote is lost. Read the change, then check your bid again."
            )
        )


def _refuse_late(bid: Bid, arrived: datetime) -> None:
    """Refuse what is late for certain already, so that the log's lock is not asked for.

    Raises:
        TooLate, WrongMoment: it arrived after closing, or the challenge takes no bids.
    """
    if bid.stage.closes_at is not None:
        ensure_in_time(arrived, arrived, bid.stage.closes_at)
    ensure(policy.takes_bids(bid.standing))


@contextmanager
def _told_if_late(reference: str, what: str, actor: Actor, clock: Clock) -> Iterator[None]:
    """Record a refusal of what was too late, after its transaction has ended."""
    try:
        yield
    except TooLate as refusal:
        record_too_late(reference, what, refusal=refusal, actor=actor, clock=clock)
        raise


def _record(
    session: Session,
    bid: Bid,
    challenge: Challenge,
    prepared: Prepared,
    actor: Actor,
    arrived: datetime,
    clock: Clock,
) -> Submission:
    """Tie the envelope to the bid, under the log's lock and in time."""
    if prepared.envelope is None:
        raise LookupError(f"{challenge.reference} has no key to seal bids to")
    closes_at = drafts.closes_at(bid)
    files.keep(
        session,
        current_files(),
        prepared.envelope,
        media_type=envelopes.MEDIA_TYPE,
        clock=clock,
    )
    made = log.append_proven(
        session,
        clock=clock,
        action=log_words.SUBMITTED,
        chain=challenge.reference,
        actor=actor,
        **said(bid.stage),
        bid=bid.reference,
        version=prepared.version,
        arrived=write_instant(arrived),
        closes_at=write_instant(closes_at),
        envelope=prepared.envelope,
        fields_root=prepared.fields_root.hex(),
    )
    ensure_in_time(arrived, made.entry.at, closes_at)
    submission = Submission(
        bid_id=bid.id,
        version=prepared.version,
        submitted_by_id=actor.user_id,
        arrived_at=arrived,
        recorded_at=made.entry.at,
        entry_n=made.entry.n,
        sha256=prepared.envelope,
        draft_version=prepared.row_version,
        receipt=receipts.text_of(made, prepared.log_name),
    )
    session.add(submission)
    session.flush()
    return submission


def _already_submitted(
    session: Session, bid: Bid, prepared: Prepared, checked_version: int | None
) -> Submission | None:
    """Give the submission that counts where this is the same again: a button pressed twice."""
    if bid.state is not BidState.SUBMITTED:
        return None
    current = queries.submission(session, bid.id, bid.current_version)
    if current is None:
        return None
    if bid.draft_key_id is None and checked_version in (None, current.draft_version):
        return current
    if (
        prepared.same_as == current.version
        and prepared.row_version == bid.row_version
        and checked_version in (None, bid.row_version)
        and not renewals.is_awaited(session, bid)
    ):
        drafts.destroy(session, bid)
        return current
    return None


def _missing(gaps: list[policy.Gap]) -> str:
    """Say in one sentence what keeps a bid from being submitted; the pages name each gap."""
    if len(gaps) == 1:
        return N_("One thing is missing from this bid or needs to change before you submit it.")
    return N_("Some things are missing from this bid or need to change before you submit it.")


def _send_receipt(
    session: Session,
    bid: Bid,
    challenge: Challenge,
    submission: Submission,
    actor: Actor,
    clock: Clock,
) -> None:
    subject, text = letters.receipt(
        challenge=challenge.reference,
        title=challenge.title,
        bid=bid.reference,
        version=submission.version,
        arrived=submission.arrived_at,
        recorded=submission.recorded_at,
        closes_at=drafts.closes_at(bid),
        sha256=submission.sha256,
        place=submission.entry_n,
        note=receipts.signed(submission.receipt),
        verify=f"{current_settings().public_url}/verify",
        address=_address(f"{bid.reference}/receipts/{submission.version}"),
    )
    _post(session, actor, subject, text, clock)


def _post(session: Session, actor: Actor, subject: str, text: str, clock: Clock) -> None:
    person = session.get_one(User, actor.user_id)
    post.queue(
        session,
        to_email=person.email,
        user_id=person.id,
        subject=subject,
        text=text,
        clock=clock,
    )


def _address(path: str) -> str:
    return f"{current_settings().public_url}/bids/{path}"
