"""From facts to the finished award report: check, choose the edition, write the page, make the PDF.

Owns the order of these steps and the files that travel inside. The Jinja environment is passed in
(its loader over `templates/`, its `_` for translations), so that no web framework is needed here.
The same sections, from the same templates, are written for a page of the site.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from marketplace.core import dates
from marketplace.core.colours import Brand
from marketplace.core.pdf import render_pdf
from marketplace.core.tables import stacked
from marketplace.core.text import N_
from scoring.explanation import charts
from scoring.explanation.sentences import explain
from scoring.explanation.shortfalls import in_words
from scoring.report import wording
from scoring.report.assembling import Evidence, pieces_of
from scoring.report.bundle import Listed, attachments, listed
from scoring.report.check import Evaluate, check_report
from scoring.report.editions import edition_of
from scoring.report.facts import (
    AwardReport,
    Stage,
    bid_of,
    result_rows,
)
from scoring.report.values import Edition, Withheld
from scoring.report.withholding import Disclosure

TEMPLATE: Final = "report/report.html"
SECTIONS: Final = "report/sections.html"
# Bars on the summary page; with more bids the picture of all of them follows later, by pages.
SUMMARY_BARS: Final = 5
CROWDED_SUMMARY_BARS: Final = 3
CROWDED: Final = 8
BARS_PER_PAGE: Final = 18

_TABLE: Final = re.compile(r"<table\b[^>]*>\s*<caption>(?P<caption>.*?)</caption>", re.DOTALL)

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
    pieces = pieces_of(report, full, evidence, disclosure)
    return render_pdf(
        report_html(
            report,
            environment=environment,
            brand=chosen,
            files=listed(pieces),
            translate=translate,
        ),
        title=f"Award report {report.number}: {report.challenge.title}",
        created=report.generated_at,
        identifier=_identifier(report),
        author=report.body,
        creator=chosen.name,
        attachments=attachments(pieces, report.frozen_at),
    )


def report_html(
    report: AwardReport,
    *,
    environment: Environment,
    brand: Brand,
    files: Sequence[Listed] = (),
    translate: Translate = str,
) -> str:
    """Write the report of one edition as a complete page of HTML, styles included.

    Refers to nothing outside itself. The facts are taken as checked. `files` are listed with their
    digests: those that travel inside.
    """
    told = _told(report, brand, files, translate)
    return environment.get_template(TEMPLATE).render(told, screen=False)


def report_sections(
    report: AwardReport,
    *,
    environment: Environment,
    brand: Brand,
    files: Sequence[Listed] = (),
    translate: Translate = str,
) -> Markup:
    """Write the sections of one edition for a page of the site, which brings frame and styles.

    They say what the PDF says, from the same templates. On a telephone the rows of tables stand as
    cards; a chart that is wider scrolls by itself, and can be reached by keyboard.
    """
    told = _told(report, brand, files, translate)
    return _scrolling(environment.get_template(SECTIONS).render(told, screen=True), translate)


def _scrolling(html: str, translate: Translate) -> Markup:
    """Put each table and chart of the sections into a box that scrolls, named by its caption.

    What people wrote stands escaped in there, so that every tag is one of the templates.
    """

    def boxed(found: re.Match[str]) -> str:
        return (
            f'<div class="fw-scroll" role="group" aria-label="{found["caption"]}" tabindex="0">'
            f"{found[0]}"
        )

    boxes = _TABLE.sub(boxed, stacked(html)).replace("</table>", "</table></div>")
    chart = f'<div class="chart" role="group" aria-label="{translate(N_("Chart"))}" tabindex="0">'
    return Markup(boxes.replace('<div class="chart">', chart))  # noqa: S704  (made by templates)


def _told(
    report: AwardReport, brand: Brand, files: Sequence[Listed], translate: Translate
) -> dict[str, Any]:
    """Gather what the templates of a report need, each thing once."""
    return {
        "report": report,
        "brand": brand,
        "stages": [_stage_view(stage, report, brand, translate) for stage in report.stages],
        "timeline": charts.timeline(
            report.timeline, {key: translate(words) for key, words in _GAPS.items()}
        ),
        "people": wording.people_names(report),
        "files": files,
        "own_name": _own_name(report, translate),
        "public": report.edition is not Edition.FULL,
        "money": wording.money,
        "figure": wording.figure,
        "is_withheld": wording.is_withheld,
        "shortfalls": lambda reasons, criteria: in_words(
            reasons, {criterion.id: criterion.title for criterion in criteria}
        ),
        "quality_points": wording.quality_points,
        "working": wording.working,
        "instant": dates.format_instant,
        "exact_instant": lambda moment: dates.format_instant(moment, seconds=True),
        "date": dates.format_date,
    }


def _own_name(report: AwardReport, translate: Translate) -> str:
    """Name the supplier whom a debrief is for; empty in any other edition."""
    for stage in report.stages:
        for bid in stage.bids:
            if bid.reference == report.about:
                return wording.bid_name(bid, translate(N_("Bid")))
    return ""


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
    rest = report.decision.rest_ended
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
        "rest_names": _named(names, rest.bids) if deciding and rest else "",
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
