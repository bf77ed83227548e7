"""Submitting and withdrawing a bid: what counts at closing is decided here, under the log's lock.

No receipt without a commit, no commit without an entry: the entry, the submission, the end of the
draft's key and the message to the person stand in one transaction; the envelope is sealed and on
the disk before it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bids import documents, drafts, envelopes, letters, log_words, policy, queries, receipts
from bids.documents import Content
from bids.lifecycle import BidEvent, BidState, TooLate, after, ensure_in_time
from bids.models import Bid, Submission
from bids.renewing import queries as renewals
from bids.service.loading import locked_bid
from bids.service.refusing import record_too_late
from challenges.changing import queries as changes
from challenges.models import Challenge
from marketplace.core.access import current_files, current_settings
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.files import store as files
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import sealing
from marketplace.core.vault.envelopes import MOST_DOCUMENT

# Gives what is to be submitted of a bid; see `drafts.content_of`.
Reader = Callable[[Session, Bid], Content]

NOTHING_SUBMITTED = N_("There is no submitted bid to confirm.")


@dataclass
class _Prepared:
    """What was made ready outside the transaction, and of which state of the draft."""

    row_version: int
    version: int
    gaps: list[policy.Gap]
    log_name: str
    # How many changes to the challenge had been published: a bid answers all of them.
    changes: int
    fields_root: bytes = b""
    # The digest of the sealed envelope; None where there was nothing complete to seal.
    envelope: str | None = None
    # The version that holds the very same, where one does.
    same_as: int | None = None

    def unused(self) -> None:
        """Say that the envelope is not needed after all."""
        if self.envelope is not None:
            envelopes.discard(self.envelope)


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
    prepared = _prepare(db.session(), reference, actor, arrived, drafts.content_of)
    with (
        _told_if_late(reference, "submit", actor, clock),
        _sealed(prepared),
        transaction() as session,
    ):
        bid, challenge = locked_bid(session, reference, actor)
        if (same := _already_submitted(session, bid, prepared, checked_version)) is not None:
            prepared.unused()
            return same
        _refuse_late(bid, challenge, arrived)
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
    prepared = _prepare(db.session(), reference, actor, arrived, read)
    with (
        _told_if_late(reference, "submit", actor, clock),
        _sealed(prepared),
        transaction() as session,
    ):
        bid, challenge = locked_bid(session, reference, actor)
        current = queries.submission(session, bid.id, bid.current_version)
        if current is not None and not renewals.is_awaited(session, bid):
            prepared.unused()
            return current
        _refuse_late(bid, challenge, arrived)
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
        closes_at = drafts.closes_at(bid)
        ensure_in_time(arrived, arrived, closes_at)
        state = after(bid.state, BidEvent.WITHDRAW)
        entry = log.append(
            session,
            clock=clock,
            action=log_words.WITHDRAWN,
            chain=challenge.reference,
            actor=actor,
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


def _prepare(
    session: Session, reference: str, actor: Actor, arrived: datetime, read: Reader
) -> _Prepared:
    """Read what is to be submitted, make its document and seal it, unless it is not complete.

    Raises:
        Invalid: the document is longer than an envelope takes.
        WrongMoment: the service cannot store the envelope.
    """
    bid = queries.own_bid(session, reference, actor)
    declaration = queries.current_declaration(session, bid.supplier_id)
    latest = queries.latest_submission(session, bid)
    version = latest.version + 1 if latest else 1
    log_name = receipts.origin(session)
    changed = changes.count(session, bid.challenge)
    try:
        content = read(session, bid)
    except drafts.NoDraft:
        return _Prepared(bid.row_version, version, [], log_name, changed)
    gaps = policy.gaps(
        drafts.asked_of(bid.stage),
        content,
        eligible_until=declaration.expires_at if declaration else None,
        now=arrived,
    )
    if declaration is None or gaps or bid.stage.sealing_key is None:
        return _Prepared(bid.row_version, version, gaps, log_name, changed)
    document = drafts.document_of(bid, content, declaration, version)
    written = documents.write(document)
    if len(written) > MOST_DOCUMENT:
        raise Invalid(
            N_("Your bid is too long for the service to keep. Shorten your longest answers.")
        )
    root = documents.fields_root(document)
    prepared = _Prepared(bid.row_version, version, gaps, log_name, changed, root)
    prepared.same_as = _same_as(session, bid, latest, written)
    if prepared.same_as is None:
        own = sealing.recipient(session, bid.copy_key_id)
        try:
            prepared.envelope = envelopes.seal(written, [bid.stage.sealing_key.recipient, own])
        except OSError as error:
            raise WrongMoment(
                N_(
                    "The service cannot store your bid at the moment, so it was not submitted. "
                    "Nothing you wrote is lost. Try again in a few minutes."
                )
            ) from error
    return prepared


def _same_as(session: Session, bid: Bid, latest: Submission | None, written: bytes) -> int | None:
    """Give the version that counts where it holds the very same; a damaged one is replaced.

    One that a change asks to confirm does not count: the same again is another version.
    """
    if latest is None or latest.version != bid.current_version or renewals.is_awaited(session, bid):
        return None
    try:
        held = documents.write(envelopes.own_document(session, bid, latest))
    except envelopes.Unreadable:
        return None
    return latest.version if documents.same_submission(held, written) else None


def _refuse_changed(
    session: Session, challenge: Challenge, prepared: _Prepared, checked_change: int | None
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


def _refuse_late(bid: Bid, challenge: Challenge, arrived: datetime) -> None:
    """Refuse what is late for certain already, so that the log's lock is not asked for.

    Raises:
        TooLate, WrongMoment: it arrived after closing, or the challenge takes no bids.
    """
    ensure_in_time(arrived, arrived, drafts.closes_at(bid))
    ensure(policy.takes_bids(challenge.state))


@contextmanager
def _told_if_late(reference: str, what: str, actor: Actor, clock: Clock) -> Iterator[None]:
    """Record a refusal of what was too late, after its transaction has ended."""
    try:
        yield
    except TooLate as refusal:
        record_too_late(reference, what, refusal=refusal, actor=actor, clock=clock)
        raise


@contextmanager
def _sealed(prepared: _Prepared) -> Iterator[None]:
    """Delete the envelope again where what follows is refused.

    After any other error nobody can be sure that nothing was committed: the database may have
    done it and been cut off while it said so. Then the envelope stays; at worst none needs it.
    """
    try:
        yield
    except DomainError:
        prepared.unused()
        raise


def _record(
    session: Session,
    bid: Bid,
    challenge: Challenge,
    prepared: _Prepared,
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
    session: Session, bid: Bid, prepared: _Prepared, checked_version: int | None
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
