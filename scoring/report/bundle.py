"""The files that travel inside an award report, and the manifest that names them. Pure.

`docs/verification.md`, section 13, describes each byte by byte. Nothing here decides what an
edition may show: it is given what is shown, and writes it down in one way.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from marketplace.core.audit.entries import write_instant
from marketplace.core.pdf import Attachment, Relationship
from scoring.engine.canonical import canonical
from scoring.report.facts import (
    AwardReport,
    Stage,
)
from scoring.report.values import CriterionKind, Withheld

MANIFEST: Final = "report-manifest/1"
PROOFS: Final = "report-proofs/1"
BIDS: Final = "report-bids/1"

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_SCORES: Final = ("stage", "bid", "criterion", "kind", "evaluator", "score", "reason")


@dataclass(frozen=True, slots=True)
class Shown:
    """A value with the salt of 32 bytes under which its digest was recorded."""

    salt: bytes
    value: object

    def written(self) -> dict[str, object]:
        """Give it as the files write it."""
        return {"salt": self.salt.hex(), "value": self.value}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the chain: its bytes, the fields that this edition shows, its proof."""

    body: bytes
    shown: Mapping[str, Shown]
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A checkpoint signed after the entry at `place`, with the proof that the last continues it."""

    place: int
    note: str
    consistency: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Proofs:
    """Why the entries are the log's own: the checkpoint over them, and who signs.

    `keys` are public keys, `changes` the notes that lead from one to the next; `stamp` is an RFC
    3161 token about the checkpoint, where an authority gave one.
    """

    chain: str
    note: str
    earlier: Sequence[Earlier]
    keys: Sequence[str]
    changes: Sequence[str]
    stamp: bytes | None


@dataclass(frozen=True, slots=True)
class SealedBid:
    """What a sealed bid held, as far as an edition shows it.

    `place` is that of its entry in the log; `digests` has the digest of every field, of 32 bytes,
    by name: their root is in the entry. `shown` are those fields whose values stand here.
    """

    stage: int
    bid: str
    version: int
    place: int
    digests: Mapping[str, bytes]
    shown: Mapping[str, Shown]


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the report: `form` names its format, such as `plan/1`."""

    name: str
    content: bytes
    form: str
    media_type: str
    description: str
    relationship: Relationship = Relationship.DATA


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as the pages of a report list it; `size` in bytes, `sha256` in hexadecimal digits."""

    name: str
    form: str
    description: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Left:
    """A file that the full edition has and this one has not, and on which ground.

    Never its digest: with all else in it known, a price that is withheld could be tried out.
    """

    name: str
    ground: str


def json_piece(name: str, value: object, form: str, description: str) -> Piece:
    """Write a value as a file of canonical JSON."""
    return Piece(name, canonical(value) + b"\n", form, "application/json", description)


def events_piece(entries: Iterable[Entry]) -> Piece:
    """Write the chain, an entry a line, in the order of the chain."""
    lines = [
        canonical(
            {
                "entry": each.body.decode(),
                "disclosed": {name: shown.written() for name, shown in each.shown.items()},
            }
        )
        for each in entries
    ]
    return Piece(
        "events.jsonl",
        b"".join(line + b"\n" for line in lines),
        "chain/1, an entry a line",
        "application/jsonl",
        "The log of this challenge, each entry as it was recorded",
        Relationship.SOURCE,
    )


def proofs_piece(proofs: Proofs, entries: Iterable[Entry]) -> Piece:
    """Write what proves the entries of `events.jsonl`, in their order."""
    return json_piece(
        "proofs.json",
        {
            "v": PROOFS,
            "chain": proofs.chain,
            "checkpoint": proofs.note,
            "inclusion": [[step.hex() for step in each.proof] for each in entries],
            "earlier": [
                {
                    "place": each.place,
                    "checkpoint": each.note,
                    "consistency": [step.hex() for step in each.consistency],
                }
                for each in proofs.earlier
            ],
            "keys": list(proofs.keys),
            "changes": list(proofs.changes),
            "stamp": base64.b64encode(proofs.stamp).decode() if proofs.stamp else None,
        },
        PROOFS,
        "Checkpoint and proofs of the log",
    )


def bids_piece(bids: Iterable[SealedBid]) -> Piece:
    """Write which values are those that were sealed, so that their digests can be made again."""
    return json_piece(
        "bids.json",
        {
            "v": BIDS,
            "bids": [
                {
                    "stage": each.stage,
                    "bid": each.bid,
                    "version": each.version,
                    "place": each.place,
                    "digests": {name: digest.hex() for name, digest in each.digests.items()},
                    "shown": {name: shown.written() for name, shown in each.shown.items()},
                }
                for each in bids
            ],
        },
        BIDS,
        "What was sealed in the bids, as far as it is shown here",
    )


def scores_piece(report: AwardReport) -> Piece:
    """Write every score that this edition shows, a line each, for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_SCORES)
    for stage in report.stages:
        for row in _scores(stage):
            writer.writerow([_cell(each) for each in row])
    return Piece(
        "scores.csv",
        # Spreadsheets read letters beyond ASCII only after this mark.
        b"\xef\xbb\xbf" + text.getvalue().encode(),
        "CSV",
        "text/csv",
        "The scores and reasons, a line each",
    )


def _scores(stage: Stage) -> Iterator[tuple[str, ...]]:
    for bid in stage.bids:
        for score in bid.scores:
            where = (stage.id, bid.reference, score.criterion)
            if not isinstance(score.individual, Withheld):
                for each in score.individual:
                    yield (*where, "individual", each.evaluator, each.value, each.reason)
            if isinstance(score.agreed, str):
                reason = score.reason if isinstance(score.reason, str) else ""
                yield (*where, "agreed", "", score.agreed, reason)


def _cell(text: str) -> str:
    """Give a text as a cell: one that a spreadsheet would work out is led by an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def manifest_piece(
    report: AwardReport,
    pieces: Sequence[Piece],
    *,
    chain: str,
    entries: int,
    size: int,
    engine: str,
    left: Sequence[Left] = (),
    about: str = "",
) -> Piece:
    """Write which files there are, with the digest of each, and what holds them together.

    `entries` is the number of the chain's last entry, `size` that of the log's entries that the
    checkpoint covers. `about` is the bid that a supplier's debrief is about.
    """
    found: dict[str, Any] = {
        "v": MANIFEST,
        "report": report.number,
        "edition": report.edition.value,
        "frozen_at": write_instant(report.frozen_at),
        "chain": chain,
        "entries": entries,
        "size": size,
        "engine": engine,
        "files": [
            {
                "name": each.name,
                "format": each.form,
                "size": len(each.content),
                "sha256": hashlib.sha256(each.content).hexdigest(),
            }
            for each in sorted(pieces, key=lambda each: each.name)
        ],
        "withheld": [{"name": each.name, "ground": each.ground} for each in left],
    }
    if about:
        found["about"] = about
    return json_piece("manifest.json", found, MANIFEST, "The files of this report")


def attachments(pieces: Iterable[Piece], created: datetime) -> tuple[Attachment, ...]:
    """Give the files as a PDF takes them in."""
    return tuple(
        Attachment(
            name=each.name,
            content=each.content,
            media_type=each.media_type,
            description=each.description,
            relationship=each.relationship,
            created=created,
        )
        for each in pieces
    )


def listed(pieces: Iterable[Piece]) -> tuple[Listed, ...]:
    """Give what the pages of a report say of its files."""
    return tuple(
        Listed(
            each.name,
            each.form,
            each.description,
            len(each.content),
            hashlib.sha256(each.content).hexdigest(),
        )
        for each in pieces
    )


# What of an evaluation document an edition holds back: the path of a value to the ground.
Hidden = Mapping[tuple[str, ...], str]
REDACTED: Final = "evaluation-redacted/1"


def redact_evaluation(
    document: Mapping[str, Any], hidden: Hidden, secret: bytes
) -> tuple[dict[str, Any], dict[str, str]]:
    """Put a digest in the place of each value that is held back.

    Returns the document as this edition shows it, and the salts of 32 bytes in hexadecimal digits,
    by the path of each value (RFC 6901), with which whoever has the full edition can make the
    digests again. The salts follow from `secret`, 32 bytes that belong to this report alone.

    Raises:
        KeyError: there is no value at a path.
    """
    salts: dict[str, str] = {}
    found = json.loads(canonical(document))
    for path, ground in sorted(hidden.items()):
        pointer = "".join(f"/{_escaped(step)}" for step in path)
        salt = hashlib.sha256(secret + pointer.encode()).digest()
        within: Any = found
        for step in path[:-1]:
            within = within[int(step)] if isinstance(within, list) else within[step]
        value = within[path[-1]]
        digest = hashlib.sha256(salt + canonical(value)).hexdigest()
        within[path[-1]] = {"withheld": ground, "sha256": digest}
        salts[pointer] = salt.hex()
    found["format"] = REDACTED
    return found, salts


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def hidden_values(
    document: Mapping[str, Any],
    *,
    shown: Iterable[str],
    names: bool,
    rejections: bool,
    priced_before: bool,
    commercial: str,
    advice: str,
    personal: str,
    others: bool = True,
    held_back: Collection[str] = (),
) -> dict[tuple[str, ...], str]:
    """Say which values of an evaluation document an edition holds back.

    `shown` are the bids whose price and name it shows; `names` and `rejections` whether it names
    all others, and says why bids were rejected; `priced_before` that what is carried tells a price.
    Without `others` no score of another bid is shown; `held_back` are the bids in whose reasons
    words are withheld. Each evaluator's own scores are never shown in such an edition.
    """
    named = set(shown)
    hidden: dict[tuple[str, ...], str] = {}
    for place, bid in enumerate(document["bids"]):
        at = ("bids", str(place))
        if bid["id"] not in named:
            if not names and "supplier" in bid:
                hidden[*at, "supplier"] = commercial
            if "price" in bid:
                hidden[*at, "price"] = commercial
            if (priced_before or not others) and "carried" in bid:
                hidden[*at, "carried"] = commercial
            if "reason" in bid and not (rejections and others):
                hidden[*at, "reason"] = commercial
        if "reason" in bid and bid["id"] in held_back:
            hidden[*at, "reason"] = advice
        for key, cell in bid.get("scores", {}).items():
            hidden[*at, "scores", key, "by_evaluator"] = advice
            if bid["id"] not in named and not others and "consensus" in cell:
                hidden[*at, "scores", key, "consensus"] = commercial
    for place, evaluator in enumerate(document["evaluators"]):
        if "recused_from" in evaluator:
            hidden["evaluators", str(place), "recused_from"] = personal
    return hidden


def carries_price(stage: Stage, earlier: Iterable[Stage]) -> bool:
    """Tell whether what is carried into a stage may tell a price of an earlier one."""
    return any(
        criterion.kind is CriterionKind.PRICE for former in earlier for criterion in former.criteria
    ) and any(criterion.kind is CriterionKind.CARRIED for criterion in stage.criteria)
