"""Reads opened bids as their entries in the log can prove them: values, salts and digests."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import documents
from bids.lifecycle import OPENED_STATES
from bids.models import Bid, OpenedSubmission, Submission
from bids.opened import read_document
from marketplace.core.audit.entries import field_digest, value_bytes


@dataclass(frozen=True)
class ProvenBid:
    """What a sealed bid held. Its entry is at `place` in the log.

    `values` are its fields by name, `salts` and `digests` of 32 bytes each belong to them.
    """

    reference: str
    version: int
    place: int
    values: Mapping[str, object]
    salts: Mapping[str, bytes]
    digests: Mapping[str, bytes]


def proven_bids(session: Session, stage_id: uuid.UUID) -> list[ProvenBid]:
    """Give the opened bids of a stage that were sealed and could be read, by their references."""
    rows = session.execute(
        select(Bid.reference, Submission.version, Submission.entry_n, OpenedSubmission.document)
        .join(Submission, Submission.bid_id == Bid.id)
        .join(OpenedSubmission, OpenedSubmission.submission_id == Submission.id)
        .where(
            Bid.stage_id == stage_id,
            Bid.state.in_(OPENED_STATES),
            Submission.version == Bid.current_version,
        )
        .order_by(Bid.reference)
    )
    found = []
    for row in rows:
        document = read_document(row.document)
        if document is not None:
            found.append(_proven(row.reference, row.version, row.entry_n, document))
    return found


def _proven(reference: str, version: int, place: int, document: documents.BidDocument) -> ProvenBid:
    values = documents.field_values(document)
    return ProvenBid(
        reference,
        version,
        place,
        values,
        document.salts,
        {
            name: field_digest(document.salts[name], value_bytes(value))
            for name, value in values.items()
        },
    )
