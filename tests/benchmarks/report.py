"""How long an award report takes, and how much memory, beside WeasyPrint alone on the same page.

Each measurement is a process of its own, so that the peak of memory is its own too. What we add to
WeasyPrint (the check by the engine, the templates, the finisher, the attachments) is the ratio; a
ratio says the same on a slow machine and on a fast one. Seconds are the processor's, so that other
work on the machine disturbs less.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

# Bids, quality criteria and evaluators: a usual award, and one whose full edition has 200 pages.
USUAL: Final = (20, 7, 5)
LARGE: Final = (36, 10, 3)
# How much longer a report may take than WeasyPrint does for its page alone, and how many mebibytes.
RATIO: Final = 1.3
MEMORY: Final = 700_000_000 // 1024**2


def rows() -> list[dict[str, object]]:
    """Measure and return one row for each size.

    Each row: `name`; `pages`; `seconds` ours and `reference_seconds` WeasyPrint's own for the same
    HTML; `ratio` of the two; `memory_mib` ours and `reference_memory_mib`, at their peak.
    """
    return [_row("Award report, usual", USUAL), _row("Award report, large", LARGE)]


def _row(name: str, size: tuple[int, int, int]) -> dict[str, object]:
    ours, reference = _measured("ours", size), _measured("reference", size)
    return {
        "name": name,
        "pages": ours["pages"],
        "seconds": ours["seconds"],
        "reference_seconds": reference["seconds"],
        "ratio": round(ours["seconds"] / reference["seconds"], 2),
        "memory_mib": ours["memory_mib"],
        "reference_memory_mib": reference["memory_mib"],
        "limit": RATIO if ours["memory_mib"] <= MEMORY else 0,
    }


def _measured(what: str, size: tuple[int, int, int]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.report", what, json.dumps(size)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _shape(size: tuple[int, int, int]) -> Any:
    from tests.award_reports import Shape

    bids, quality, evaluators = size
    return Shape(bids=bids, quality=quality, evaluators=evaluators)


def _ours(size: tuple[int, int, int]) -> tuple[float, bytes]:
    import weasyprint  # noqa: F401  # its import is no part of making a report

    from scoring.engine import evaluate_document
    from scoring.report.rendering import make_report
    from scoring.report.values import Edition
    from tests.award_reports import environment, evidence, full_report

    report, templates = full_report(_shape(size)), environment()
    proof = evidence()
    start = time.process_time()
    pdf = make_report(
        report,
        evidence=proof,
        edition=Edition.FULL,
        environment=templates,
        evaluate=evaluate_document,
    )
    return time.process_time() - start, pdf


def _reference(size: tuple[int, int, int]) -> tuple[float, bytes]:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from marketplace.core.colours import Brand
    from marketplace.core.pdf import FONT_FILES, FONT_FOLDER
    from scoring.report.rendering import report_html
    from tests.award_reports import environment, full_report

    html = report_html(full_report(_shape(size)), environment=environment(), brand=Brand())
    start = time.process_time()
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face {{ font-family: 'Report Sans'; src: url({(FONT_FOLDER / name).as_uri()}); "
        f"font-weight: {600 if 'SemiBold' in name else 400}; "
        f"font-style: {'italic' if 'Italic' in name else 'normal'} }}"
        for name in FONT_FILES
    )
    pdf = weasyprint.HTML(string=html).write_pdf(
        font_config=fonts,
        stylesheets=[weasyprint.CSS(string=faces, font_config=fonts)],
        pdf_variant="pdf/a-3a",
    )
    return time.process_time() - start, pdf


def _main(what: str, size: tuple[int, int, int]) -> None:
    import io

    import pypdf

    seconds, pdf = _ours(size) if what == "ours" else _reference(size)
    # Read before pypdf opens the file, whose own memory is not ours. Linux counts in KiB.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pages = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    print(json.dumps({"seconds": round(seconds, 2), "memory_mib": round(peak), "pages": pages}))


if __name__ == "__main__":
    _main(sys.argv[1], json.loads(sys.argv[2]))
