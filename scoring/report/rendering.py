"""From facts to the finished award report: check, choose the edition, write the page, make the PDF.

Owns the order of these steps and the files that travel inside. The Jinja environment is passed in
(its loader over `templates/`, its `_` for translations), so that no web framework is needed here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from jinja2 import Environment

from marketplace.core import dates
from marketplace.core.colours import Brand
from marketplace.core.pdf import Attachment, render_pdf
from marketplace.core.text import N_
from scoring.explanation import charts
from scoring.explanation.sentences import explain
from scoring.report import wording
from scoring.report.assembling import Evidence, pieces_of
from scoring.report.bundle import attachments
from scoring.report.check import Evaluate, check_report
from scoring.report.editions import Disclosure, edition_of
from scoring.report.facts import AwardReport, Stage, bid_of, result_rows
from scoring.report.values import Edition, Withheld

TEMPLATE: Final = "report/report.html"
# Bars on the summary page; with more bids the picture of all of them follows later, by pages.
SUMMARY_BARS: Final = 5
CROWDED_SUMMARY_BARS: Final = 3
CROWDED: Final = 8
BARS_PER_PAGE: Final = 18

Translate = Callable[[str], str]

_GAPS: Final = {
    "same": N_("the same day"),
    "one": N_("1 day later"),
    "many": N_("%(days)d days later"),
}


def make_report(
    full: AwardReport,
    *,
    edition: Edition,
    evidence: Evidence,
    environment: Environment,
    evaluate: Evaluate,
    about: str = "",
    brand: Brand | None = None,
    disclosure: Disclosure | None = None,
    translate: Translate = str,
) -> bytes:
    """Make the PDF of one edition from the full facts and what proves them.

    `evaluate`: the engine, run again on every stored evaluation document first. `translate`: the
    few words that do not stand in a template. `about`: the bid that a debrief is for. Each other
    edition is made from the checked full facts, so none exists that was not checked. Same facts,
    same evidence, same brand, same pinned libraries: same bytes.

    Raises `check.ReportDiffersError` where the facts disagree: then there is no report.
    """
    check_report(full, evaluate)
    report = edition_of(full, edition, about, disclosure)
    chosen = brand or Brand()
    files = attachments(pieces_of(report, full, evidence, disclosure), report.frozen_at)
    return render_pdf(
        report_html(
            report, environment=environment, brand=chosen, files=files, translate=translate
        ),
        title=f"Award report {report.number}: {report.challenge.title}",
        created=report.generated_at,
        identifier=_identifier(report),
        author=report.body,
        creator=chosen.name,
        attachments=files,
    )


def report_html(
    report: AwardReport,
    *,
    environment: Environment,
    brand: Brand,
    files: Sequence[Attachment] = (),
    translate: Translate = str,
) -> str:
    """Write the report of one edition as a complete page of HTML, styles included.

    Refers to nothing outside itself. The facts are taken as checked. `files` are listed with their
    digests: those that travel inside.
    """
    return environment.get_template(TEMPLATE).render(
        report=report,
        brand=brand,
        stages=[_stage_view(stage, report, brand, translate) for stage in report.stages],
        timeline=charts.timeline(
            report.timeline, {key: translate(words) for key, words in _GAPS.items()}
        ),
        people=wording.people_names(report),
        attachments=files,
        digest=lambda content: sha256(content).hexdigest(),
        public=report.edition is not Edition.FULL,
        money=wording.money,
        figure=wording.figure,
        is_withheld=wording.is_withheld,
        quality_points=wording.quality_points,
        instant=dates.format_instant,
        exact_instant=lambda moment: dates.format_instant(moment, seconds=True),
        date=dates.format_date,
    )


def _identifier(report: AwardReport) -> bytes:
    """Name the file by what it is about: number and edition, not by what it happens to say."""
    return (
        sha256(f"{report.number}/{report.edition}{report.about}".encode()).hexdigest()[:32].encode()
    )


def _ranked_by_price(stage: Stage) -> bool:
    """Tell whether another figure than the total ranks; the public edition shows it withheld."""
    return any(
        row["rank"] is not None and row["ranking_value"] != row["total"]
        for row in stage.result["bids"]
    )


def _named(names: Mapping[str, str], references: Iterable[str]) -> str:
    return ", ".join(names[each] for each in references)


def _stage_view(
    stage: Stage, report: AwardReport, brand: Brand, translate: Translate
) -> dict[str, Any]:
    """Gather what the templates need of one stage, each thing once."""
    names = wording.bid_names(stage, translate(N_("Bid")))
    ranked = sum(1 for row in stage.result["bids"] if row["rank"] is not None)
    layout: dict[str, Any] = {
        "result": stage.result,
        "criteria": stage.criteria,
        "names": names,
        "colour": brand.colour,
        "withheld": translate(N_("withheld")),
    }
    document = {} if isinstance(stage.evaluation, Withheld) else json.loads(stage.evaluation)
    deciding = stage is report.deciding_stage
    signed = [each for each in report.decision.winners if report.decision.contract_of(each)]
    unsigned = [each for each in report.decision.winners if each not in signed]
    # Many criteria need room for their key, and the summary is one page.
    bars = CROWDED_SUMMARY_BARS if len(stage.criteria) > CROWDED else SUMMARY_BARS
    return {
        "stage": stage,
        "names": names,
        "codes": {criterion.id: f"C{place}" for place, criterion in enumerate(stage.criteria, 1)},
        "rows": list(result_rows(stage)),
        "ranked_by_price": _ranked_by_price(stage),
        "ranked": ranked,
        "document": document,
        "winner": bid_of(stage, report.decision.recommended) if deciding else None,
        "winner_names": _named(names, report.decision.winners) if deciding else "",
        "signed_names": _named(names, signed) if deciding else "",
        "unsigned_names": _named(names, unsigned) if deciding else "",
        "going_on": _named(names, stage.going_on.bids) if stage.going_on else "",
        "summary_chart": charts.stacked_bars(**layout, count=bars),
        "charts": [
            charts.stacked_bars(**layout, start=start, count=BARS_PER_PAGE)
            for start in range(0, ranked, BARS_PER_PAGE)
        ],
        "bands": charts.weight_bands(stage.result, stage.criteria, colour=brand.colour),
        "sentences": explain(
            stage.result, stage.criteria, names, wording.panel_names(report, stage)
        ),
    }
