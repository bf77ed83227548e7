"""The `bid-brought/1` document: one bid that was received elsewhere, in canonical bytes. Pure.

What was brought is read from here and never from what else is stored of it. It has no salts and no
declaration: nothing of it was sealed here, and it was declared elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from bids.documents import Attachment, Milestone, read_strictly
from bids.grounds.document import listed
from marketplace.core.audit.entries import read_count, read_instant, read_text, write_instant
from scoring.engine.canonical import canonical

FORMAT = "bid-brought/1"


@dataclass(frozen=True)
class BroughtDocument:
    """All facts of one bid from elsewhere, as officers brought them.

    `plan_sha256` is the digest of the evaluation plan, `received_at` when the bid came in, as told
    from there. `number` and `size_class` are empty where nobody told them. The attachments stand
    in the order in which the bid's files are kept. Money is in minor units.
    """

    challenge: str
    stage: int
    plan_sha256: str
    bid: str
    supplier_id: str
    supplier_name: str
    number: str
    size_class: str
    currency: str
    received_at: datetime
    answers: Mapping[str, str]
    price_minor: int | None
    milestones: Sequence[Milestone]
    contract_accepted: bool | None
    contract_points: str
    partners: Sequence[str]
    attachments: Sequence[Attachment]


def write(document: BroughtDocument) -> bytes:
    """Write the RFC 8785 bytes. Money is text, so that no reader takes it for a float.

    Raises:
        NotCanonical: a text is not Unicode.
    """
    return canonical(
        {
            "format": FORMAT,
            "challenge": document.challenge,
            "stage": document.stage,
            "plan_sha256": document.plan_sha256,
            "bid": document.bid,
            "supplier": {
                "id": document.supplier_id,
                "name": document.supplier_name,
                "number": document.number,
                "size_class": document.size_class,
            },
            "currency": document.currency,
            "received_at": write_instant(document.received_at),
            "answers": dict(document.answers),
            "price_minor": None if document.price_minor is None else str(document.price_minor),
            "milestones": [
                {"name": each.name, "amount_minor": str(each.amount_minor)}
                for each in document.milestones
            ],
            "contract": {
                "accepted": document.contract_accepted,
                "points": document.contract_points,
            },
            "partners": list(document.partners),
            "attachments": [asdict(each) for each in document.attachments],
        }
    )


def read(document: bytes) -> BroughtDocument:
    """Read a document back, strictly: what was read is written again and must be the same bytes.

    Raises:
        DamagedDocument: the bytes are anything else than what `write` makes.
    """
    return read_strictly(document, FORMAT, _read, write)


def _read(found: dict[str, Any]) -> BroughtDocument:
    supplier, contract, price = found["supplier"], found["contract"], found["price_minor"]
    return BroughtDocument(
        challenge=read_text(found["challenge"]),
        stage=read_count(found["stage"]),
        plan_sha256=read_text(found["plan_sha256"]),
        bid=read_text(found["bid"]),
        supplier_id=read_text(supplier["id"]),
        supplier_name=read_text(supplier["name"]),
        number=read_text(supplier["number"]),
        size_class=read_text(supplier["size_class"]),
        currency=read_text(found["currency"]),
        received_at=read_instant(found["received_at"]),
        answers={key: read_text(answer) for key, answer in found["answers"].items()},
        price_minor=None if price is None else int(read_text(price)),
        milestones=tuple(
            Milestone(read_text(each["name"]), int(read_text(each["amount_minor"])))
            for each in _objects(found["milestones"])
        ),
        contract_accepted=_truth(contract["accepted"]),
        contract_points=read_text(contract["points"]),
        partners=tuple(read_text(each) for each in listed(found["partners"])),
        attachments=tuple(
            Attachment(
                name=read_text(each["name"]),
                media_type=read_text(each["media_type"]),
                size=read_count(each["size"]),
                sha256=read_text(each["sha256"]),
            )
            for each in _objects(found["attachments"])
        ),
    )


def _objects(value: object) -> list[dict[str, Any]]:
    found = listed(value)
    if not all(isinstance(each, dict) for each in found):
        raise TypeError("objects were expected")
    return cast(list[dict[str, Any]], found)


def _truth(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise TypeError("true, false or null was expected")
    return value
