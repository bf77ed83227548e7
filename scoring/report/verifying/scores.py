"""Checks that every score and reason that counts is one that the log recorded, in order. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketplace.core.audit.findings import Finding, Status, failed, withheld
from marketplace.core.audit.told import Told
from marketplace.core.text import N_
from scoring.report.values import read_figure
from scoring.report.verifying.files import Files
from scoring.report.verifying.history import History
from scoring.report.verifying.rules import evaluations, stage_number, told_of

SUBMITTED, CORRECTED = "scores.submitted", "score.corrected"
AGREED, DECLARED, RECUSED = "consensus.recorded", "interest.declared", "interest.decided"
SET_ASIDE, VOIDED, REOPENED = "scores.set_aside", "agreement.voided", "scoring.reopened"

# By bid, criterion and evaluator: a score, its reason, and the entry that says so.
_Alone = dict[tuple[str, str, str], tuple[str, str, Told]]
_Together = dict[tuple[str, str], tuple[str, str, Told]]


def check(files: Files, history: History) -> Iterator[Finding]:
    """Find scores and reasons that are not those of the log, and scores out of their order."""
    reasons = _printed_reasons(files)
    for name, document in evaluations(files):
        number = stage_number(name)
        told = told_of(history.told, number)
        yield from _order(told)
        if any(not _tells(each) for each in told if each.action in (SUBMITTED, AGREED)):
            yield withheld(N_("Which scores the log recorded is not shown in this edition"), name)
            continue
        yield from _scores(name, document, told, reasons.get(number, {}), history.sure)


def _tells(told: Told) -> bool:
    return ("scores" if told.action == SUBMITTED else "score") in told.shown


def _scores(
    name: str,
    document: Mapping[str, Any],
    told: Sequence[Told],
    printed: Mapping[tuple[str, str, str], str],
    sure: Status,
) -> Iterator[Finding]:
    alone, agreed = recorded(told)
    count, sound = 0, True
    for bid in document.get("bids", ()):
        for key, cell in bid.get("scores", {}).items():
            where = f"{name}, bid {bid['id']}, criterion {key}"
            given = {**cell.get("by_evaluator", {})}
            for label, value in given.items():
                found = alone.get((bid["id"], key, label))
                count += 1
                if found is None or read_figure(found[0]) != read_figure(value):
                    sound = False
                    yield _not_logged(where, f"evaluator {label}", value, found)
            if "consensus" in cell:
                found = agreed.get((bid["id"], key))
                count += 1
                if found is None or read_figure(found[0]) != read_figure(cell["consensus"]):
                    sound = False
                    yield _not_logged(where, "the panel", cell["consensus"], found)
    for (bid_id, key, label), reason in printed.items():
        found = alone.get((bid_id, key, label)) if label else agreed.get((bid_id, key))
        if found is not None and found[1] != reason:
            sound = False
            yield failed(
                N_("The reason of %(who)s is not the one that was recorded"),
                f"report.json, bid {bid_id}, criterion {key}",
                who=f"evaluator {label}" if label else "the panel",
            )
    if sound:
        yield Finding(
            sure, N_("All %(count)s scores are those that were recorded"), name, (("count", count),)
        )


def _not_logged(
    where: str, who: str, value: object, found: tuple[str, str, Told] | None
) -> Finding:
    if found is None:
        return failed(
            N_("The score %(value)s of %(who)s is in no entry"), where, value=value, who=who
        )
    return failed(
        N_("The score of %(who)s is %(value)s here; recorded was %(logged)s, in entry %(n)s"),
        where,
        who=who,
        value=value,
        logged=found[0],
        n=found[2].n,
    )


def recorded(told: Sequence[Told]) -> tuple[_Alone, _Together]:
    """Read the scores that hold by the entries of a stage: what came later takes the place."""
    alone: _Alone = {}
    agreed: _Together = {}
    for each in told:
        label = str(each.known("label"))
        match each.action:
            case "scores.submitted":
                scores = each.known("scores")
                for cell in scores if isinstance(scores, list) else ():
                    alone[cell["bid"], cell["criterion"], label] = (
                        cell["score"],
                        cell["reason"],
                        each,
                    )
            case "score.corrected":
                key = (str(each.known("bid")), str(each.known("criterion")), label)
                alone[key] = (str(each.known("score")), str(each.known("score_reason")), each)
            case "consensus.recorded":
                agreed[str(each.known("bid")), str(each.known("criterion"))] = (
                    str(each.known("score")),
                    str(each.known("reason")),
                    each,
                )
    return alone, agreed


def _order(told: Sequence[Told]) -> Iterator[Finding]:
    """Nobody scored before declaring, and nothing was agreed before those who agree had scored."""
    declared: dict[object, int] = {}
    scored: dict[object, int] = {}
    sound = True
    for each in told:
        label = each.known("label")
        if each.action == DECLARED:
            declared.setdefault(label, each.n)
        elif each.action == SUBMITTED:
            scored.setdefault(label, each.n)
            if label not in declared:
                sound = False
                yield failed(
                    N_("Evaluator %(label)s scored without a declaration of interests before it"),
                    each.where,
                    label=label,
                )
        elif each.action == AGREED and not scored:
            sound = False
            yield failed(N_("A score was agreed before anybody had scored"), each.where)
    if sound and scored:
        yield Finding(
            Status.ASSERTED,
            N_("Everybody who scored had declared interests before, and scored before agreeing"),
            "log",
        )


def _printed_reasons(files: Files) -> dict[int, dict[tuple[str, str, str], str]]:
    """Read the reasons that are printed: by stage, then by bid, criterion and evaluator; nobody's
    where the panel agreed. Those that are withheld are left out."""
    found: dict[int, dict[tuple[str, str, str], str]] = {}
    for stage in files.json("report.json")["stages"]:
        reasons = found.setdefault(int(stage["id"].rpartition("-")[2]), {})
        for bid in stage["bids"]:
            for score in bid["scores"]:
                key = (bid["reference"], score["criterion"])
                if isinstance(score["individual"], list):
                    for each in score["individual"]:
                        label = each["evaluator"].rpartition("/")[2]
                        reasons[*key, label] = each["reason"]
                if isinstance(score["agreed"], str) and isinstance(score["reason"], str):
                    reasons[*key, ""] = score["reason"]
    return found
