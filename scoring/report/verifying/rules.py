"""Checks that what was judged, and how, is the plan that was logged before closing. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketplace.core.audit.findings import Finding, Status, failed
from marketplace.core.audit.told import Told, Unfit, Unshown
from marketplace.core.text import N_
from scoring.report.verifying.files import DamagedReport, Files
from scoring.report.verifying.history import History

PUBLISHED, CHANGED, CLOSED = "challenge.published", "challenge.changed", "challenge.closed"
_BROUGHT = "bids.brought"


def check(files: Files, history: History) -> Iterator[Finding]:
    """Find a plan that is not the logged one, and criteria or method that are not the plan's.

    Raises:
        DamagedReport: the plan's file is no JSON.
    """
    said = history.of(PUBLISHED, CHANGED)
    closed = history.of(CLOSED, _BROUGHT)
    if not said or not closed:
        yield failed(N_("The log tells of no publication, or of no closing"), "log")
        return
    held = [each for each in said if each.n < closed[-1].n]
    content = files.content.get("plan.json", b"")
    if not held or hashlib.sha256(content).digest() != _plan(held[-1]):
        yield failed(N_("The plan is not the one that the log names before closing"), "plan.json")
    else:
        yield Finding(
            history.sure,
            N_("The plan is the one that was logged before closing, in entry %(n)s"),
            "plan.json",
            (("n", held[-1].n),),
        )
    late = [each for each in said if each.n > closed[-1].n and each.action == CHANGED]
    for each in late:
        yield failed(N_("The challenge was changed after it had closed"), each.where)
    plan = files.json("plan.json")
    for name, document in evaluations(files):
        yield from _as_planned(name, document, plan, history.sure)


def evaluations(files: Files) -> list[tuple[str, Mapping[str, Any]]]:
    """Give the evaluation documents, whole or redacted, by the names of their files.

    Raises:
        DamagedReport: there is none, or one is no JSON object.
    """
    names = sorted(name for name in files.content if name.startswith("evaluation"))
    found = [(name, files.json(name)) for name in names]
    if not found or not all(isinstance(document, dict) for _name, document in found):
        raise DamagedReport("there is no evaluation document")
    return found


def _plan(told: Told) -> bytes | None:
    try:
        return told.digest("plan")
    except (Unshown, Unfit):
        return None


def _as_planned(
    name: str, document: Mapping[str, Any], plan: Mapping[str, Any], sure: Status
) -> Iterator[Finding]:
    try:
        number = stage_number(name)
        stages = [each for each in plan["stages"] if each["stage"] == number]
        planned = stages[0]["evaluation"]
    except (KeyError, IndexError, TypeError) as error:
        yield failed(N_("The plan has no such stage: %(why)s"), name, why=repr(error))
        return
    before = {each["id"]: each for each in planned["criteria"]}
    now = {each.get("id"): each for each in document.get("criteria", ())}
    sound = True
    for key in before.keys() | now.keys():
        if before.get(key) == now.get(key):
            continue
        sound = False
        yield from _differing(name, str(key), before.get(key), now.get(key))
    if planned["method"] != document.get("method"):
        sound = False
        yield failed(N_("The method is not the one that was published"), f"{name}, method")
    if sound:
        yield Finding(sure, N_("Criteria, weights and method are those that were published"), name)


def _differing(
    name: str, key: str, before: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> Iterator[Finding]:
    if before is None or now is None:
        what = N_("A criterion was left out") if now is None else N_("A criterion was added")
        yield failed(what, f"{name}, criterion {key}")
        return
    for part in sorted(before.keys() | now.keys()):
        if before.get(part) != now.get(part):
            yield failed(
                N_("The %(part)s is %(now)s; published was %(before)s"),
                f"{name}, criterion {key}",
                part=part,
                now=json.dumps(now.get(part), ensure_ascii=False),
                before=json.dumps(before.get(part), ensure_ascii=False),
            )


def stage_number(name: str) -> int:
    """Read which stage a file is about from its name; without a number it is the first.

    Raises:
        DamagedReport: what stands there is no number.
    """
    _kind, _dash, stage = name.removesuffix(".json").partition("-stage-")
    if stage and not stage.isdecimal():
        raise DamagedReport(f"{name} names no stage")
    return int(stage) if stage else 1


def told_of(told: Sequence[Told], number: int) -> list[Told]:
    """Give the entries about a stage; those that do not say are about the first."""
    return [each for each in told if each.shown.get("stage", 1) == number]
