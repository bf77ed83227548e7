"""The `bid/1` document: one submitted version of a bid, complete, in canonical bytes. Pure.

What was submitted is read from here and never from the draft's tables, which go on changing.
Each field has a salt of its own, so that one can be shown later and the others stay unseen.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from bids.grounds import document as grounds
from bids.grounds.document import Eligibility, listed
from bids.passport import document as frozen
from bids.passport.document import Frozen
from bids.team import document as teams
from bids.team.document import Member
from marketplace.core.audit import receipts
from marketplace.core.audit.entries import (
    SALT_BYTES,
    field_digest,
    read_count,
    read_digest,
    read_text,
    value_bytes,
)
from scoring.engine.canonical import canonical

_Facts = TypeVar("_Facts")
FORMAT = "bid/1"


class DamagedDocument(ValueError):
    """The bytes are not a `bid/1` document in its canonical form; the message says why."""


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a bid: its size in bytes, and its SHA-256 in hex."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Milestone:
    """What is asked for one milestone, in minor units without VAT; None: not entered yet."""

    name: str
    amount_minor: int | None


@dataclass(frozen=True)
class Content:
    """What a supplier writes: answers by criterion key, price, contract, statement.

    `price_minor` is in minor units, or None where none is asked or given yet; with milestones it
    is their sum. `contract_accepted` is None until it is answered. `adjustments` is what the
    supplier needs so that it can take part; it is not scored. The attachments stand in the order
    of the envelope's files. `team` is who does the work besides the bidder; a draft's has no
    partners yet (`bids.team.joining`).
    """

    answers: Mapping[str, str]
    price_minor: int | None
    contract_accepted: bool | None
    contract_points: str
    ai_statement: str
    adjustments: str = ""
    milestones: Sequence[Milestone] = ()
    attachments: Sequence[Attachment] = ()
    team: Sequence[Member] = ()


@dataclass(frozen=True)
class BidDocument:
    """All facts of one submitted version. `plan_sha256` is the digest of the evaluation plan.

    `salts` holds 32 random bytes for each of the document's fields (`field_values`). `further`
    tells whether it has the keys of what not every stage asks for: all of them, or none. Those
    that the service makes have them even where they are empty, for when a price is shown alone
    the number of fields is seen, and must not tell who asked for adjustments. `passport` is the
    frozen copy of the supplier's answers that held, by subject.
    """

    challenge: str
    stage: int
    plan_sha256: str
    bid: str
    version: int
    supplier_id: str
    supplier_name: str
    currency: str
    content: Content
    eligibility: Eligibility
    salts: Mapping[str, bytes]
    further: bool = False
    passport: Mapping[str, Frozen] = field(default_factory=dict)

    @property
    def declares_a_ground(self) -> bool:
        """Tell whether anybody who would do the work declared a ground of exclusion."""
        declared = [self.eligibility, *(p.eligibility for p in teams.partners(self.content.team))]
        return any(each.declares_a_ground for each in declared)


def salted(document: BidDocument) -> BidDocument:
    """Give the same document with new salts, one for each of its fields."""
    names = field_values(document)
    return replace(document, salts={name: secrets.token_bytes(SALT_BYTES) for name in names})


def field_values(document: BidDocument) -> dict[str, object]:
    """Give the document's fields: every key but `format` and `salts`, each answer by itself.

    An answer's field is `answers.` and then its key; all others have the key's own name.
    """
    facts = _facts(document)
    answers = facts.pop("answers")
    return {**facts, **{f"answers.{key}": said for key, said in answers.items()}}


def fields_root(document: BidDocument) -> bytes:
    """Compute the root over the salted fields, 32 bytes: the log holds it, and receipts say it.

    Raises:
        NotCanonical: a text is not Unicode.
        KeyError: a field has no salt.
    """
    return receipts.fields_root(
        {
            name: field_digest(document.salts[name], value_bytes(value))
            for name, value in field_values(document).items()
        }
    )


def write(document: BidDocument) -> bytes:
    """Write the RFC 8785 bytes. Money is text, so that no reader takes it for a float.

    Raises:
        NotCanonical: a text is not Unicode.
        ValueError: the salts are not those of the document's fields, or there is content for keys
            that the document does not have.
    """
    if not document.further and any(_further(document).values()):
        raise ValueError("what goes with the bid needs the keys that say it")
    if document.salts.keys() != field_values(document).keys():
        raise ValueError("each field of a bid has one salt")
    salts = {name: salt.hex() for name, salt in document.salts.items()}
    return canonical({"format": FORMAT, **_facts(document), "salts": salts})


def _facts(document: BidDocument) -> dict[str, Any]:
    """Give all that the document says, as its bytes have it."""
    content = document.content
    return {
        **(_further(document) if document.further else {}),
        "challenge": document.challenge,
        "stage": document.stage,
        "plan_sha256": document.plan_sha256,
        "bid": document.bid,
        "version": document.version,
        "supplier": {"id": document.supplier_id, "name": document.supplier_name},
        "currency": document.currency,
        "answers": dict(content.answers),
        "price_minor": None if content.price_minor is None else str(content.price_minor),
        "contract": {"accepted": content.contract_accepted, "points": content.contract_points},
        "ai_statement": content.ai_statement,
        "eligibility": grounds.written(document.eligibility),
    }


def _further(document: BidDocument) -> dict[str, Any]:
    """Give the keys of what not every stage asks for, and not every supplier has."""
    content = document.content
    return {
        "adjustments": content.adjustments,
        "passport": frozen.written(document.passport),
        "attachments": [asdict(each) for each in content.attachments],
        "milestones": [
            {"name": each.name, "amount_minor": str(each.amount_minor)}
            for each in content.milestones
        ],
        "team": teams.written(content.team),
    }


def read(document: bytes) -> BidDocument:
    """Read a document back, strictly.

    The facts read are written again and must give the same bytes: so an unknown or repeated key,
    another order or another spelling of a number is refused without a rule for each.

    Raises:
        DamagedDocument: the bytes are anything else than what `write` makes.
    """
    return read_strictly(document, FORMAT, _read, write)


def read_strictly(
    document: bytes, name: str, read: Callable[[Any], _Facts], write: Callable[[_Facts], bytes]
) -> _Facts:
    """Give what `read` makes of a document, when `write` makes the same bytes of it again.

    `name` is what the format is called.

    Raises:
        DamagedDocument: the bytes are anything else than what `write` makes.
    """
    try:
        found = read(json.loads(document))
        same = write(found) == document
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedDocument(f"not a {name} document: {error!r}") from error
    if not same:
        raise DamagedDocument(f"not the canonical form of a {name} document")
    return found


def same_submission(one: bytes, other: bytes) -> bool:
    """Tell whether two documents differ in nothing but their version and their salts."""
    aside = {"version": 0, "salts": {}}
    try:
        return {**json.loads(one), **aside} == {**json.loads(other), **aside}
    except (ValueError, TypeError):
        return False


def _read(found: dict[str, object]) -> BidDocument:
    if found["format"] != FORMAT:
        raise ValueError("another format")
    supplier, contract = _object(found["supplier"]), _object(found["contract"])
    answers, price = _object(found["answers"]), found["price_minor"]
    accepted, further = contract["accepted"], "attachments" in found
    return BidDocument(
        challenge=read_text(found["challenge"]),
        stage=read_count(found["stage"]),
        plan_sha256=read_text(found["plan_sha256"]),
        bid=read_text(found["bid"]),
        version=read_count(found["version"]),
        supplier_id=read_text(supplier["id"]),
        supplier_name=read_text(supplier["name"]),
        currency=read_text(found["currency"]),
        content=Content(
            answers={key: read_text(answer) for key, answer in answers.items()},
            price_minor=None if price is None else int(read_text(price)),
            contract_accepted=None if accepted is None else _truth(accepted),
            contract_points=read_text(contract["points"]),
            ai_statement=read_text(found["ai_statement"]),
            **(_read_further(found) if further else {}),
        ),
        eligibility=grounds.read(_object(found["eligibility"])),
        salts={name: read_digest(salt) for name, salt in _object(found["salts"]).items()},
        further=further,
        passport=frozen.read(_object(found["passport"])) if further else {},
    )


def _read_further(found: dict[str, object]) -> dict[str, Any]:
    return {
        "adjustments": read_text(found["adjustments"]),
        "milestones": tuple(
            Milestone(read_text(each["name"]), int(read_text(each["amount_minor"])))
            for each in map(_object, listed(found["milestones"]))
        ),
        "attachments": tuple(
            Attachment(
                name=read_text(each["name"]),
                media_type=read_text(each["media_type"]),
                size=read_count(each["size"]),
                sha256=read_text(each["sha256"]),
            )
            for each in map(_object, listed(found["attachments"]))
        ),
        "team": teams.read(found["team"]),
    }


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false was expected")
    return value


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    return value
