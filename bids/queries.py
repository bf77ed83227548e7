"""Reads of bids: a supplier's own, scoped by its organisation, and its declaration.

What officers and panels read after the opening stands in `bids.opened` and is given from here too.
"""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload

from bids import documents, drafts, envelopes, receipts
from bids.models import Bid, EligibilityDeclaration, Submission
from bids.opened import bid_counts, find_opened_bid, is_opened, opened_bids
from bids.opened_bid import OpenedBid
from bids.openings import OpeningStatus, opening_status
from bids.renewing.queries import is_awaited
from challenges.models import Challenge, Plan, Stage
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.permissions import Actor
from marketplace.core.text import N_

__all__ = [
    "NothingWritten",
    "OpenedBid",
    "OpeningStatus",
    "OwnBids",
    "Receipt",
    "bid_counts",
    "current_declaration",
    "find_opened_bid",
    "is_opened",
    "known_bid",
    "latest_submission",
    "opened_bids",
    "opening_status",
    "own_bid",
    "own_bids",
    "receipt",
    "shown_content",
    "submission",
    "versions",
]

NO_SUCH_BID = N_("There is no such bid.")
PAGE_LENGTH = 20
# The most that both databases can compare with a version.
_MOST_VERSION = 2**31 - 1


class NothingWritten(WrongMoment):
    """A bid has neither a draft nor a submission."""


@dataclass(frozen=True)
class OwnBids:
    """One page of a supplier's bids, the newest first; `next_after` leads to the page after."""

    bids: Sequence[Bid]
    next_after: str | None


@dataclass(frozen=True)
class Receipt:
    """What proves one submission. `place` is its entry's place in the log, from 0.

    `note` is the receipt as a file, signed; None while the log's key is not at hand. `document` is
    what was submitted, `titles` names its answers' keys; `counts` tells whether this version is
    the one that counts, `overtaken` that it would be, had no change come that asks for the bid to
    be confirmed. The document is None where the supplier's own copy cannot be read: what is
    proven does not hang on it.
    """

    bid: str
    challenge: str
    title: str
    buyer: str
    supplier: str
    version: int
    counts: bool
    overtaken: bool
    submitted_by: str
    arrived_at: datetime
    recorded_at: datetime
    closes_at: datetime
    sha256: str
    place: int
    note: str | None
    document: documents.BidDocument | None
    titles: Mapping[str, str]


def own_bids(session: Session, actor: Actor, after: str | None = None) -> OwnBids:
    """Give a page of the bids of the actor's organisation, the newest first.

    `after` is the reference of the last bid of the page before; an unknown one gives the start.
    """
    query = (
        select(Bid)
        .where(Bid.supplier_id == actor.organisation_id)
        .options(
            joinedload(Bid.challenge).joinedload(Challenge.buyer),
            joinedload(Bid.stage),
        )
        .order_by(Bid.created_at.desc(), Bid.id.desc())
        .limit(PAGE_LENGTH + 1)
    )
    last = session.execute(
        select(Bid.created_at, Bid.id).where(
            Bid.reference == after, Bid.supplier_id == actor.organisation_id
        )
    ).first() if after else None  # fmt: skip
    if last is not None:
        query = query.where(tuple_(Bid.created_at, Bid.id) < tuple_(last.created_at, last.id))
    found = session.scalars(query).all()
    page = found[:PAGE_LENGTH]
    return OwnBids(page, page[-1].reference if len(found) > PAGE_LENGTH else None)


def own_bid(session: Session, reference: str, actor: Actor) -> Bid:
    """Give a bid of the actor's organisation with all that its pages show.

    Raises:
        NotFound: there is no such bid, or it is another supplier's.
    """
    bid = session.scalar(
        select(Bid)
        .where(Bid.reference == reference, Bid.supplier_id == actor.organisation_id)
        .options(
            joinedload(Bid.challenge).options(
                joinedload(Challenge.buyer), selectinload(Challenge.plans).defer(Plan.canonical)
            ),
            joinedload(Bid.stage).options(
                joinedload(Stage.sealing_key), selectinload(Stage.criteria)
            ),
            joinedload(Bid.supplier),
            joinedload(Bid.draft_key),
            selectinload(Bid.fields),
        )
    )
    if bid is None:
        raise NotFound(NO_SUCH_BID)
    return bid


def known_bid(session: Session, challenge: Challenge, actor: Actor) -> str | None:
    """Give the reference of the bid that the actor's organisation has for a challenge, if any.

    Where it has gone on that is the bid of the latest stage.
    """
    return session.scalar(
        select(Bid.reference)
        .join(Stage, Stage.id == Bid.stage_id)
        .where(Bid.challenge_id == challenge.id, Bid.supplier_id == actor.organisation_id)
        .order_by(Stage.ordinal.desc())
        .limit(1)
    )


def current_declaration(session: Session, supplier_id: uuid.UUID) -> EligibilityDeclaration | None:
    """Give a supplier's latest declaration of eligibility, expired or not."""
    latest = (
        select(EligibilityDeclaration)
        .where(EligibilityDeclaration.supplier_id == supplier_id)
        .options(
            joinedload(EligibilityDeclaration.declared_by),
            joinedload(EligibilityDeclaration.grounds),
        )
        .order_by(EligibilityDeclaration.declared_at.desc(), EligibilityDeclaration.id.desc())
        .limit(1)
    )
    return session.scalars(latest).unique().one_or_none()


def submission(session: Session, bid_id: uuid.UUID, version: int | None) -> Submission | None:
    """Give one version of a bid, or nothing where it has none of that number."""
    return session.scalar(
        select(Submission).where(Submission.bid_id == bid_id, Submission.version == version)
    )


def versions(session: Session, bid: Bid) -> Sequence[Submission]:
    """Give all versions of a bid, the newest first, without their content."""
    return session.scalars(
        select(Submission)
        .where(Submission.bid_id == bid.id)
        .options(
            defer(Submission.receipt),
            joinedload(Submission.submitted_by),
        )
        .order_by(Submission.version.desc())
    ).all()


def latest_submission(session: Session, bid: Bid) -> Submission | None:
    """Give the last version of a bid, whether it counts or was withdrawn; None before the first."""
    return session.scalar(
        select(Submission)
        .where(Submission.bid_id == bid.id)
        .order_by(Submission.version.desc())
        .limit(1)
    )


def shown_content(session: Session, bid: Bid) -> documents.Content:
    """Give what a supplier's own pages show: the draft, else what was last submitted.

    Raises:
        NothingWritten: the supplier was invited to a stage and has not begun, or is heard.
        Unreadable: the supplier's own copy cannot be read.
        LostKey: the draft's key or its text cannot be read.
    """
    with suppress(drafts.NoDraft):
        return drafts.content_of(session, bid)
    latest = latest_submission(session, bid)
    if latest is None:
        raise NothingWritten(N_("Nothing is written for this stage."))
    return envelopes.own_document(session, bid, latest).content


def receipt(
    session: Session, reference: str, version: int, actor: Actor, *, whole: bool = True
) -> Receipt:
    """Give the receipt of one version of a bid of the actor's organisation.

    `whole` gives what was submitted as well, from the supplier's own copy.

    Raises:
        NotFound: there is no such bid or version, or it is another supplier's.
    """
    if version > _MOST_VERSION:
        raise NotFound(NO_SUCH_BID)
    found = session.scalar(
        select(Submission)
        .join(Submission.bid)
        .where(
            Bid.reference == reference,
            Bid.supplier_id == actor.organisation_id,
            Submission.version == version,
        )
        .options(
            contains_eager(Submission.bid).options(
                joinedload(Bid.challenge).joinedload(Challenge.buyer),
                joinedload(Bid.stage).selectinload(Stage.criteria),
                joinedload(Bid.supplier),
            ),
            joinedload(Submission.submitted_by),
        )
    )
    if found is None:
        raise NotFound(NO_SUCH_BID)
    bid = found.bid
    document = None
    if whole:
        with suppress(envelopes.Unreadable):
            document = envelopes.own_document(session, bid, found)
    titles = {criterion.key: criterion.title for criterion in bid.stage.criteria}
    if document is not None and document.content.answers.keys() - titles.keys():
        # It answered an earlier plan, in which a question stood that is asked no more.
        titles |= {k: v for k, v in drafts.titles_ever(bid.challenge).items() if k not in titles}
    awaited = bid.current_version == found.version and is_awaited(session, bid)
    return Receipt(
        bid=bid.reference,
        challenge=bid.challenge.reference,
        title=bid.challenge.title,
        buyer=bid.challenge.buyer.name,
        supplier=document.supplier_name if document else bid.supplier.name,
        version=found.version,
        counts=bid.current_version == found.version and not awaited,
        overtaken=awaited,
        submitted_by=found.submitted_by.name,
        arrived_at=found.arrived_at,
        recorded_at=found.recorded_at,
        closes_at=drafts.closes_at(bid),
        sha256=found.sha256,
        place=found.entry_n,
        note=receipts.signed(found.receipt),
        document=document,
        titles=titles,
    )
