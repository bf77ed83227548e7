"""Computes every point, total and rank again, and holds them against what is printed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any

from marketplace.core.audit.findings import Finding, Status, by_count, failed, withheld
from marketplace.core.text import N_
from scoring.engine import evaluate_document
from scoring.engine.errors import BadEvaluation
from scoring.report.bundle import REDACTED
from scoring.report.check import printed_differences
from scoring.report.codec import NotTheFactsError
from scoring.report.facts import AwardReport
from scoring.report.values import read_figure
from scoring.report.verifying.files import DamagedReport, Files
from scoring.report.verifying.history import History
from scoring.report.verifying.rules import evaluations, stage_number, told_of

COMPUTED = "result.computed"


def check(files: Files, history: History) -> Iterator[Finding]:
    """Find figures that do not follow from scores, prices and rules, or are not those printed.

    Raises:
        DamagedReport: a file that is needed is missing or cannot be read.
    """
    for name, document in evaluations(files):
        result_name = name.replace("evaluation", "result", 1)
        result = files.json(result_name)
        if document.get("format") == REDACTED:
            yield from _shown(name, result_name, document, result)
            continue
        yield from _again(name, result_name, document, result)
        yield from _logged(files, name, result_name, history)
    yield from _facts(files)


def _again(
    name: str, result_name: str, document: Mapping[str, Any], result: Mapping[str, Any]
) -> Iterator[Finding]:
    try:
        computed: dict[str, Any] = dict(evaluate_document(dict(document), sensitivity=False))
    except BadEvaluation as error:
        yield failed(N_("The engine refuses it: %(why)s"), name, why=str(error))
        return
    before = len(result.get("bids", ()))
    rows = {each["id"]: each for each in computed["bids"]}
    sound = before == len(rows)
    for given in result.get("bids", ()):
        row = rows.get(given["id"])
        where = f"{result_name}, bid {given['id']}"
        if row is None:
            sound = False
            yield failed(N_("There is no such bid in the evaluation document"), where)
            continue
        for figure, now, wanted in _figures(given, row):
            sound = False
            yield failed(
                N_("The %(figure)s is %(now)s; computed again it is %(wanted)s"),
                where,
                figure=figure,
                now=now,
                wanted=wanted,
            )
    if list(result.get("winners", ())) != list(computed["winners"]):
        sound = False
        yield failed(
            N_("First by this file is %(now)s; computed again it is %(wanted)s"),
            result_name,
            now=", ".join(map(str, result.get("winners", ()))),
            wanted=", ".join(computed["winners"]),
        )
    if sound:
        yield Finding(
            Status.PROVEN,
            by_count(
                len(rows),
                N_("Every point and total of the one bid follows from scores and rules"),
                N_("Every point, total and rank of %(count)s bids follows from scores and rules"),
            ),
            result_name,
            (("count", len(rows)),),
        )


def _figures(
    given: Mapping[str, Any], row: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    for key, what in (("rank", "rank"), ("outcome", "outcome"), ("tied", "tie")):
        if given.get(key) != row[key]:
            yield what, given.get(key), row[key]
    if _shown_as(given.get("total")) != _shown_as(row["total"]):
        yield "total", _shown_as(given.get("total")), _shown_as(row["total"])
    cells, wanted = given.get("criteria") or {}, row["criteria"] or {}
    for key in sorted(cells.keys() | wanted.keys()):
        for part in ("score", "percentage", "points"):
            now = _shown_as((cells.get(key) or {}).get(part))
            then = _shown_as((wanted.get(key) or {}).get(part))
            if now != then:
                yield f"{part} for {key}", now, then


def _shown_as(figure: object) -> object:
    return figure.get("exact", figure) if isinstance(figure, Mapping) else figure


def _logged(files: Files, name: str, result_name: str, history: History) -> Iterator[Finding]:
    """The documents are those whose digests the log got when the result was computed."""
    told = [
        each
        for each in told_of(history.told, stage_number(name))
        if each.action == COMPUTED and "evaluation_sha256" in each.shown
    ]
    if not told:
        yield failed(N_("No entry says that a result was computed"), "log")
        return
    last = told[-1]
    for file, key, what in (
        (
            name,
            "evaluation_sha256",
            N_("The evaluation document is the one of which entry %(n)s tells"),
        ),
        (
            result_name,
            "result_sha256",
            N_("The result document is the one of which entry %(n)s tells"),
        ),
    ):
        content = files.content[file]
        digests = {sha256(content).hexdigest(), sha256(content.rstrip(b"\n")).hexdigest()}
        if last.known(key) in digests:
            yield Finding(
                history.sure,
                what,
                file,
                (("n", last.n),),
            )
        else:
            yield failed(
                N_("It is not the document from which the recorded result came, in entry %(n)s"),
                file,
                n=last.n,
            )


def _shown(
    name: str, result_name: str, document: Mapping[str, Any], result: Mapping[str, Any]
) -> Iterator[Finding]:
    """Compute again what can be: points of quality from scores that are shown, and totals."""
    criteria = {each["id"]: each for each in document.get("criteria", ())}
    scores = {
        bid["id"]: {key: cell.get("consensus") for key, cell in bid.get("scores", {}).items()}
        for bid in document.get("bids", ())
    }
    count, sound = 0, True
    for row in result.get("bids", ()):
        where = f"{result_name}, bid {row['id']}"
        for key, cell in (row.get("criteria") or {}).items():
            criterion, score = criteria.get(key), scores.get(row["id"], {}).get(key)
            if not criterion or criterion["kind"] != "quality" or not isinstance(score, str):
                continue
            count += 1
            if _exact(cell["score"]) is not None and _exact(cell["score"]) != read_figure(score):
                sound = False
                yield failed(
                    N_("The score for %(key)s is another one than was agreed"), where, key=key
                )
        total = _exact(row.get("total"))
        parts = [_exact(cell["points"]) for cell in (row.get("criteria") or {}).values()]
        if total is not None and parts and None not in parts:
            count += 1
            if sum(part for part in parts if part is not None) != total:
                sound = False
                yield failed(N_("The total is not the sum of its points"), where)
    if sound and count:
        yield Finding(
            Status.PROVEN,
            by_count(
                count,
                N_("The one total that is shown agrees with its points"),
                N_("%(count)s figures that are shown agree with each other"),
            ),
            result_name,
            (("count", count),),
        )
    yield withheld(
        N_("Whether all totals and ranks follow cannot be computed here: prices are not shown"),
        name,
    )


def _exact(figure: object) -> Fraction | None:
    if not isinstance(figure, Mapping) or "exact" not in figure:
        return None
    try:
        return read_figure(figure["exact"])
    except ValueError:
        return None


def _facts(files: Files) -> Iterator[Finding]:
    """What is printed is what the documents say: every score, price, weight and result."""
    try:
        report = AwardReport.from_json(files.json("report.json"))
    except NotTheFactsError as error:
        raise DamagedReport(f"report.json: {error}") from error
    if report.number != files.manifest["report"] or report.edition.value != files.edition:
        yield failed(N_("The facts are those of another report or edition"), "report.json")
    documents = dict(evaluations(files))
    sound = True
    for stage in report.stages:
        ending = f"-{stage.id}" if len(report.stages) > 1 else ""
        document = documents.get(f"evaluation{ending}.json")
        result = files.json(f"result{ending}.json")
        if document is None:
            sound = False
            yield failed(N_("There is no evaluation document of this stage"), stage.id)
        elif dict(stage.result) != result:
            sound = False
            yield failed(
                N_("The result in the facts is another one than in its own file"),
                f"report.json, {stage.id}",
            )
        elif document.get("format") != REDACTED:
            for part in printed_differences(stage, dict(document)):
                sound = False
                yield failed(
                    N_("What is printed is not what the evaluation document says: %(part)s"),
                    f"report.json, {stage.id}",
                    part=part,
                )
    if sound:
        yield Finding(
            Status.PROVEN,
            N_("What is printed agrees with the evaluation and result documents"),
            "report.json",
        )
