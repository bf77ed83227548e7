"""Brings in all bids that wait, as a second officer says so.

It is one transaction over rows alone, for the files were kept when they were put down: either all
bids are in, or none.
"""

import hashlib
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bids.documents import Attachment
from bids.elsewhere import document, log_words, policy
from bids.elsewhere.checking import Candidate
from bids.elsewhere.document import BroughtDocument
from bids.elsewhere.lifecycle import BringingState
from bids.elsewhere.models import BroughtBid, BroughtFile, BroughtSupplier
from bids.elsewhere.queries import check_of, moment_of, waiting_of, writers_of
from bids.elsewhere.rows import Entry
from bids.elsewhere.service import NOTHING, ended
from bids.lifecycle import BidState
from bids.models import Bid
from bids.service.drafting import new_reference
from challenges.documents.kinds import file_name
from challenges.lifecycle import Event
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.service import advance
from challenges.service.closing import record_closing
from challenges.stages.kinds import Source
from challenges.stages.models import StageRun
from marketplace.core.accounts.models import Organisation, OrganisationKind, SupplierType
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.database import new_id
from marketplace.core.errors import Invalid, NotFound, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import sealing

_CHANGED = N_("What waits here has changed since you looked. Look at it again, then bring it in.")
_WRONG = N_("Something is still wrong, so none of these bids can be brought in.")


@dataclass(frozen=True)
class _Made:
    """A bid that is being brought in, with its document and the digest of that."""

    bid: Bid
    entry: Entry
    document: bytes
    sha256: str
    files: list[str]


def bring_in(reference: str, *, seen: str, actor: Actor, clock: Clock) -> int:
    """Bring in all that waits, as a second officer, and give how many bids there are.

    `seen` is the digest of the check that the officer looked at. From here on the bids are read,
    scored and decided about as if they had been opened here.

    Raises:
        NotFound: there is no such challenge of the actor's body, or nothing waits.
        Forbidden, WrongMoment: by `policy.can_confirm`.
        StaleEdit: what waits is not what was seen.
        Invalid: something of it is wrong.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        moment = moment_of(challenge, clock)
        ensure(policy.can_bring(actor, moment))
        bringing = waiting_of(session, challenge.stage.id, lock=True)
        if bringing is None:
            raise NotFound(NOTHING)
        writers = writers_of(bringing)
        verified = challenge.buyer.verified_at is not None
        ensure(policy.can_confirm(actor, moment, verified=verified, writers=writers))
        check = check_of(session, challenge, bringing, clock)
        if check.digest != seen:
            raise StaleEdit(_CHANGED)
        if not check.sound:
            raise Invalid(_WRONG)
        record_closing(session, challenge.stage, clock)
        made = [_made(session, challenge, each, actor, clock) for each in check.bids]
        session.flush()
        entry = log.append(
            session,
            clock=clock,
            action=log_words.BROUGHT,
            chain=challenge.reference,
            actor=actor,
            count=len(made),
            bids=sorted(each.bid.reference for each in made),
            documents={each.bid.reference: each.sha256 for each in made},
            archive=bringing.archive_sha256,
            put_down_by=sorted(bringing.writers),
        )
        for each in made:
            session.add(
                BroughtBid(
                    bid_id=each.bid.id,
                    document=each.document,
                    sha256=each.sha256,
                    received_at=each.entry.received_at,
                    brought_by_id=writers[0],
                    confirmed_by_id=actor.user_id,
                    entry_n=entry.n,
                )
            )
        session.flush()
        session.add_all(
            BroughtFile(bid_id=each.bid.id, place=place, sha256=sha256)
            for each in made
            for place, sha256 in enumerate(each.files)
        )
        session.flush()
        stage = challenge.stage
        stage.run = StageRun(
            stage_id=stage.id,
            source=Source.ELSEWHERE,
            begun_at=entry.at,
            begun_by_id=actor.user_id,
            bids_at=entry.at,
        )
        advance(session, challenge, Event.BRING_IN, clock=clock)
        ended(session, bringing, BringingState.BROUGHT, actor, clock)
    return len(made)


def _made(
    session: Session, challenge: Challenge, candidate: Candidate, actor: Actor, clock: Clock
) -> _Made:
    """Make a bid of what was checked, counted as valid until an officer finds otherwise."""
    entry, stage, now = candidate.entry, challenge.stage, clock.now()
    if entry is None:
        raise Invalid(_WRONG)
    supplier = _supplier(session, challenge, candidate, entry, clock)
    bid = Bid(
        id=new_id(),
        reference=new_reference(),
        challenge_id=challenge.id,
        stage_id=stage.id,
        supplier_id=supplier.id,
        state=BidState.VALID,
        unsealed=True,
        created_by_id=actor.user_id,
        created_at=now,
        changed_at=now,
        copy_key_id=sealing.new_copy(session, clock).id,
    )
    session.add(bid)
    held = document.write(
        BroughtDocument(
            challenge=challenge.reference,
            stage=stage.ordinal,
            plan_sha256=challenge.plan.sha256 if challenge.plan else "",
            bid=bid.reference,
            supplier_id=str(supplier.id),
            supplier_name=entry.supplier,
            number=entry.number,
            size_class=entry.size_class,
            currency=challenge.currency,
            received_at=entry.received_at,
            answers=entry.answers,
            price_minor=entry.price_minor,
            milestones=entry.milestones,
            contract_accepted=entry.contract_accepted,
            contract_points=entry.contract_points,
            partners=entry.partners,
            attachments=[
                Attachment(_saved_as(each.name), each.media_type, each.size, each.sha256)
                for each in candidate.files
            ],
        )
    )
    digests = [each.sha256 for each in candidate.files]
    return _Made(bid, entry, held, hashlib.sha256(held).hexdigest(), digests)


def _supplier(
    session: Session, challenge: Challenge, candidate: Candidate, entry: Entry, clock: Clock
) -> Organisation:
    """Give the supplier that the body knows, or make it known. Nobody acts for it here."""
    if candidate.known is not None:
        known = session.get_one(BroughtSupplier, uuid.UUID(candidate.known.identifier))
        known.number = known.number or entry.number
        return session.get_one(Organisation, known.organisation_id)
    supplier = Organisation(
        id=new_id(),
        kind=OrganisationKind.SUPPLIER,
        name=entry.supplier,
        supplier_type=SupplierType(entry.kind),
        created_at=clock.now(),
    )
    session.add(supplier)
    session.flush()
    session.add(
        BroughtSupplier(
            organisation_id=supplier.id, body_id=challenge.buyer_id, number=entry.number
        )
    )
    session.flush()
    return supplier


def _saved_as(name: str) -> str:
    """Give a safe name for saving a file of the archive."""
    return file_name(name) or "file"
