"""Puts together which files an edition has, from the facts and what proves them. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from marketplace.core.pdf import Relationship
from scoring.award.letters.lifecycle import stands_in
from scoring.engine import ENGINE_VERSION
from scoring.report import bundle
from scoring.report.bundle import Entry, Left, Piece, Proofs, SealedBid, Shown
from scoring.report.facts import (
    AwardReport,
    Stage,
)
from scoring.report.values import Edition, Money, Withheld
from scoring.report.withholding import ADVICE, COMMERCIAL, PERSONAL, Disclosure, own_bids

FACTS: Final = "award-report/1"
# What of a sealed bid stands in the full edition: what was judged. What was declared is personal.
_JUDGED: Final = ("currency", "price_minor", "supplier")
_PRICE: Final = ("currency", "price_minor")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry of the log: all that is still held of its fields, and which the public may see."""

    place: int
    body: bytes
    fields: Mapping[str, Shown]
    public: frozenset[str]
    proof: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a bid's envelope held: every field's value, salt and digest, by name."""

    stage: int
    bid: str
    version: int
    place: int
    fields: Mapping[str, Shown]
    digests: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a report's facts: the plans, the log, what was sealed, and the open data.

    `plans` are the bytes of each version of the `plan/1`, the first first. `size` is the number of
    the log's entries that the checkpoint covers. `release` is a release package, or None where it
    was frozen before there were any. `secret`, 32 bytes, salts what editions hold back.
    """

    plans: Sequence[bytes]
    entries: Sequence[Recorded]
    proofs: Proofs
    size: int
    sealed: Sequence[Sealed]
    release: bytes | None
    secret: bytes


def pieces_of(
    edition: AwardReport, full: AwardReport, evidence: Evidence, rules: Disclosure | None = None
) -> list[Piece]:
    """Give the files of an edition, the manifest first.

    `edition` is the report as this edition has it, `full` the same report in full.
    """
    rules = rules or Disclosure()
    whole = edition.edition is Edition.FULL
    told = {*full.decision.winners, *own_bids(full, edition.about)}
    entries = [
        Entry(
            each.body,
            each.fields
            if whole
            else {name: shown for name, shown in each.fields.items() if name in each.public},
            each.proof,
        )
        for each in evidence.entries
    ]
    pieces = [
        bundle.json_piece(
            "report.json", edition.to_json(), FACTS, "The facts of this report, as it prints them"
        ),
        *_plans(evidence.plans),
        *_stages(edition, full, evidence.secret, told, rules),
        bundle.events_piece(entries),
        bundle.proofs_piece(evidence.proofs, entries),
        bundle.bids_piece(_sealed(each, edition, whole=whole) for each in evidence.sealed),
        bundle.scores_piece(edition),
    ]
    if evidence.release is not None:
        pieces.append(
            Piece(
                "release.json",
                evidence.release,
                "OCDS 1.1.5, a release package",
                "application/json",
                "This challenge as open data",
            )
        )
    manifest = bundle.manifest_piece(
        edition,
        pieces,
        chain=evidence.proofs.chain,
        entries=len(evidence.entries),
        size=evidence.size,
        engine=ENGINE_VERSION,
        left=[] if whole else _left(full),
        about=edition.about,
    )
    return [manifest, *pieces]


def _plans(plans: Sequence[bytes]) -> list[Piece]:
    """Give the plan that holds, and under their numbers those that it replaced."""
    *former, holding = plans
    return [
        Piece("plan.json", holding, "plan/1", "application/json", "The plan that was published"),
        *(
            Piece(
                f"plan-v{version}.json",
                content,
                "plan/1",
                "application/json",
                f"Version {version} of the plan, which a later one replaced",
            )
            for version, content in enumerate(former, 1)
        ),
    ]


def suffix(stage: Stage, report: AwardReport) -> str:
    """Give what tells the files of several stages apart: nothing where there is one."""
    return f"-{stage.id}" if len(report.stages) > 1 else ""


def _stages(
    edition: AwardReport,
    full: AwardReport,
    secret: bytes,
    told: Collection[str],
    rules: Disclosure,
) -> list[Piece]:
    pieces = []
    salts: dict[str, Mapping[str, str]] = {}
    for place, (shown, stage) in enumerate(zip(edition.stages, full.stages, strict=True)):
        if isinstance(stage.evaluation, Withheld):
            continue
        ending = suffix(stage, full)
        document = json.loads(stage.evaluation)
        before = bundle.carries_price(stage, full.stages[:place])
        key = secret + stage.id.encode()
        if edition.edition is Edition.FULL:
            everything = _hidden(document, (), Disclosure(), priced_before=before, others=False)
            salts[f"evaluation{ending}.json"] = bundle.redact_evaluation(document, everything, key)[
                1
            ]
            pieces += [
                Piece(
                    f"evaluation{ending}.json",
                    stage.evaluation.encode(),
                    "evaluation/1",
                    "application/json",
                    f"The evaluation document: {stage.name}",
                    Relationship.SOURCE,
                ),
                bundle.json_piece(
                    f"result{ending}.json",
                    stage.result,
                    "evaluation-result/1",
                    f"The result document: {stage.name}",
                ),
            ]
            continue
        hidden = _hidden(
            document,
            told,
            rules,
            priced_before=before,
            others=edition.edition is Edition.PUBLIC,
            held_back=_held_back(stage, document),
        )
        redacted, _salts = bundle.redact_evaluation(document, hidden, key)
        pieces += [
            bundle.json_piece(
                f"evaluation{ending}.json",
                redacted,
                bundle.REDACTED,
                f"The evaluation document, as far as it is shown: {stage.name}",
            ),
            bundle.json_piece(
                f"result{ending}.json",
                shown.result,
                str(shown.result["format"]),
                f"The result document, as far as it is shown: {stage.name}",
            ),
        ]
    if salts:
        pieces.append(
            bundle.json_piece(
                "salts.json",
                {"v": "report-salts/1", "files": salts},
                "report-salts/1",
                "With these the digests in the other editions can be made again",
            )
        )
    return pieces


def _held_back(stage: Stage, document: Mapping[str, Any]) -> set[str]:
    """Name the bids in whose reasons, as the evaluation document has them, words are withheld."""
    if isinstance(stage.held_back, Withheld):
        return set()
    reasons = {bid["id"]: bid.get("reason", "") for bid in document["bids"]}
    return {
        each.bid
        for each in stage.held_back
        if each.bid in reasons and stands_in(each.words, [reasons[each.bid]])
    }


def _hidden(
    document: Mapping[str, Any],
    told: Collection[str],
    rules: Disclosure,
    *,
    priced_before: bool,
    others: bool,
    held_back: Collection[str] = (),
) -> dict[tuple[str, ...], str]:
    return bundle.hidden_values(
        document,
        shown=told,
        names=rules.losing_names,
        rejections=rules.rejection_reasons,
        priced_before=priced_before,
        commercial=COMMERCIAL,
        advice=ADVICE,
        personal=PERSONAL,
        others=others,
        held_back=held_back,
    )


def _sealed(sealed: Sealed, edition: AwardReport, *, whole: bool) -> SealedBid:
    """Show of a sealed bid what was judged, or its price where this edition shows that."""
    if whole:
        names = {n for n in sealed.fields if n in _JUDGED or n.startswith("answers.")}
    else:
        names = set(_PRICE) if _shows_price(edition, sealed) else set()
    return SealedBid(
        sealed.stage,
        sealed.bid,
        sealed.version,
        sealed.place,
        sealed.digests,
        {name: sealed.fields[name] for name in sorted(names)},
    )


def _shows_price(edition: AwardReport, sealed: Sealed) -> bool:
    return any(
        bid.reference == sealed.bid and isinstance(bid.price, Money)
        for stage in edition.stages
        for bid in stage.bids
    )


def _left(full: AwardReport) -> list[Left]:
    """Name the files that are in the full edition alone."""
    return [
        Left("salts.json", COMMERCIAL),
        *(
            Left(f"{kind}{suffix(stage, full)}.json, in full", COMMERCIAL)
            for stage in full.stages
            for kind in ("evaluation", "result")
        ),
    ]
