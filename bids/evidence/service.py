"""Records that evidence was checked, that a check is withdrawn, and who may see it."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bids.evidence import log_words, policy, queries
from bids.evidence.kinds import DOCUMENT_MOST, TEXT_MOST, Evidence
from bids.evidence.models import EvidenceCheck, EvidenceSharing, EvidenceWithdrawal
from challenges.queries import own_challenge
from challenges.stages.standing import said
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, on_one_line, pasted
from marketplace.core.transaction import transaction

__all__ = [
    "Seen",
    "check_within",
    "digest_of",
    "log_words",
    "record_check",
    "set_sharing",
    "withdraw_check",
]


@dataclass(frozen=True)
class Seen:
    """What an officer saw: a document, what it said, and the last day on which that holds.

    `file_sha256` is the digest of its file, None where there was none to hand.
    """

    kind: Evidence
    document: str
    seen: str
    valid_until: date | None
    file_sha256: str | None = None


def digest_of(content: bytes) -> str | None:
    """Give the SHA-256 of a file in hexadecimal digits; None where it is empty."""
    return hashlib.sha256(content).hexdigest() if content else None


def record_check(
    reference: str, bid_reference: str, found: Seen, *, actor: Actor, clock: Clock
) -> None:
    """Record that an officer checked a document of a bidder of their own body.

    The same check sent twice is recorded once.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such opened bid.
        Forbidden, WrongMoment: by `policy.can_check`.
        Invalid: a text is missing or too long, or the document has expired.
    """
    with transaction() as session:
        own_challenge(session, reference, actor, lock=True)
        check_within(session, reference, bid_reference, found, actor=actor, clock=clock)


def check_within(
    session: Session,
    reference: str,
    bid_reference: str,
    found: Seen,
    *,
    actor: Actor,
    clock: Clock,
) -> uuid.UUID:
    """Record a check as `record_check` does, and give its identifier.

    It is the caller's transaction, which holds the challenge.

    Raises:
        NotFound, Forbidden, WrongMoment, Invalid: as it does.
    """
    document, seen = on_one_line(found.document), pasted(found.seen)
    bidder = queries.bidder(session, reference, bid_reference, actor)
    ensure(policy.can_check(actor, bidder.state, bidder.bid_state))
    now = clock.now()
    _ensure_valid(document, seen, found.valid_until, now.astimezone(PLACE).date())
    check = EvidenceCheck(
        supplier_id=bidder.supplier_id,
        body_id=actor.organisation_id,
        bid_id=bidder.bid_id,
        kind=found.kind,
        document=document,
        seen=seen,
        valid_until=found.valid_until,
        file_sha256=found.file_sha256,
        checked_by_id=actor.user_id,
        checked_at=now,
    )
    if (same := _same_as_newest(session, check)) is not None:
        return same
    session.add(check)
    session.flush()
    log.append(
        session,
        clock=clock,
        action=log_words.CHECKED,
        chain=bidder.challenge,
        actor=actor,
        **bidder.said,
        check=str(check.id),
        bid=bidder.bid,
        kind=found.kind.value,
        document=document,
        seen=seen,
        valid_until=found.valid_until.isoformat() if found.valid_until else None,
        file=found.file_sha256,
    )
    return check.id


def withdraw_check(
    reference: str,
    bid_reference: str,
    check_id: uuid.UUID,
    *,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Withdraw a check of the actor's body, with the reason; whoever sees the check sees both.

    Raises:
        NotFound: there is no such bidder, or no such check of the actor's body.
        Forbidden, WrongMoment: by `policy.can_withdraw`.
        Invalid: the reason is missing or too long.
    """
    reason = pasted(reason)
    with transaction() as session:
        own_challenge(session, reference, actor, lock=True)
        bidder = queries.bidder(session, reference, bid_reference, actor)
        check = queries.own_check(session, check_id, bidder, actor)
        ensure(policy.can_withdraw(actor, withdrawn=check.withdrawal is not None))
        _ensure_text(reason, "reason", N_("Say why this check no longer stands"))
        session.add(
            EvidenceWithdrawal(
                check_id=check.id,
                reason=reason,
                withdrawn_by_id=actor.user_id,
                withdrawn_at=clock.now(),
            )
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.WITHDRAWN,
            chain=check.bid.challenge.reference,
            actor=actor,
            **said(check.bid.stage),
            check=str(check.id),
            bid=check.bid.reference,
            reason=reason,
        )


def set_sharing(check_id: uuid.UUID, *, shared: bool, actor: Actor, clock: Clock) -> None:
    """Let other bodies see a check about the actor's supplier, or no longer.

    Said twice, it is recorded once. It goes for every body before which the supplier bids.

    Raises:
        NotFound: there is no such check about the actor's organisation.
        Forbidden: the actor is no administrator of the supplier.
    """
    with transaction() as session:
        # One of two who say it at once waits here for the other.
        supplier = session.scalars(
            select(Organisation).where(Organisation.id == actor.organisation_id).with_for_update()
        ).one()
        check = session.scalar(
            select(EvidenceCheck)
            .where(
                EvidenceCheck.id == check_id,
                EvidenceCheck.supplier_id == actor.organisation_id,
            )
            .options(joinedload(EvidenceCheck.body))
        )
        if check is None:
            raise NotFound(N_("There is no such check."))
        ensure(policy.can_share(actor))
        if queries.is_shared(session, check.id) is shared:
            return
        session.add(
            EvidenceSharing(check_id=check.id, shared=shared, by_id=actor.user_id, at=clock.now())
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.SHARED if shared else log_words.UNSHARED,
            actor=actor,
            check=str(check.id),
            supplier=supplier.name,
            body=check.body.name,
            document=check.document,
        )


def _ensure_valid(document: str, seen: str, valid_until: date | None, today: date) -> None:
    if not document or len(document) > DOCUMENT_MOST:
        message = N_("Name the document, in at most 200 characters")
        raise Invalid(message, {"document": message})
    _ensure_text(seen, "seen", N_("Say what you saw in it"))
    if valid_until is not None and valid_until < today:
        message = N_("This day is past: what has expired is no evidence. Ask for a newer document")
        raise Invalid(message, {"valid_until": message})


def _ensure_text(text: str, field: str, missing: str) -> None:
    if not text:
        raise Invalid(missing, {field: missing})
    if len(text) > TEXT_MOST:
        message = N_("Shorten this to at most 5,000 characters")
        raise Invalid(message, {field: message})


def _same_as_newest(session: Session, check: EvidenceCheck) -> uuid.UUID | None:
    """Give the last check of this bid where it stands and says the very same."""
    last = session.scalars(
        select(EvidenceCheck)
        .where(EvidenceCheck.bid_id == check.bid_id)
        .options(joinedload(EvidenceCheck.withdrawal))
        .order_by(EvidenceCheck.checked_at.desc(), EvidenceCheck.id.desc())
        .limit(1)
    ).first()
    same = (
        last is not None
        and last.withdrawal is None
        and all(
            getattr(last, name) == getattr(check, name)
            for name in ("kind", "document", "seen", "valid_until", "file_sha256")
        )
    )
    return last.id if last is not None and same else None
