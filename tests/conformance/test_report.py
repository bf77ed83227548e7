"""Both editions keep to both standards, small and huge, by the word of veraPDF."""

from pathlib import Path

import pytest

from marketplace.core.pdf import render_pdf
from scoring.engine import evaluate_document
from scoring.report.rendering import make_report
from scoring.report.values import Edition
from tests.award_reports import OPENED, Shape, environment, evidence, full_report
from tests.conformance.verapdf import Verdict, check

pytestmark = pytest.mark.conformance

SHAPES = {
    "small": Shape(bids=2, quality=2),
    "fixed-fee": Shape(bids=3, quality=4, formula=None, rejected=False),
    # Fifty bids on twelve criteria with very long names; short reasons, so that it takes a minute.
    "huge": Shape(
        bids=50,
        quality=11,
        evaluators=1,
        long_names=True,
        signed=False,
        answers=False,
        reason="Shown and tried.",
    ),
    "awkward": Shape(
        bids=3, quality=2, reason="Łódź, Ωμέγα \U0001f6b6 漢字 \N{RIGHT-TO-LEFT OVERRIDE}x"
    ),
}

# A debrief is the public edition with some figures more.
CASES = [
    *((name, edition) for name in SHAPES for edition in (Edition.FULL, Edition.PUBLIC)),
    ("small", Edition.DEBRIEF),
]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    """All files at once: the engine takes longer to start than to judge a small one."""
    folder = tmp_path_factory.mktemp("reports")
    files = []
    for name, edition in CASES:
        report = full_report(SHAPES[name])
        file = folder / f"{name}-{edition}.pdf"
        file.write_bytes(
            make_report(
                report,
                edition=edition,
                evidence=evidence(),
                about=report.received[-1].reference if edition is Edition.DEBRIEF else "",
                environment=environment(),
                evaluate=evaluate_document,
            )
        )
        files.append(file)
    return check(files)


@pytest.mark.parametrize("profile", ["ua1", "3a"])
@pytest.mark.parametrize(("name", "edition"), CASES)
def test_report_of_each_size_and_edition_keeps_to_both_standards(
    verdicts: list[Verdict], name: str, edition: Edition, profile: str
) -> None:
    (verdict,) = (
        verdict
        for verdict in verdicts
        if (verdict.file, verdict.profile) == (f"{name}-{edition}.pdf", profile)
    )
    assert verdict.failed == {}
    assert verdict.compliant
    # An engine that looked at nothing would find nothing.
    assert verdict.checks > 1000


def test_verapdf_finds_a_picture_that_nobody_described(tmp_path: Path) -> None:
    file = tmp_path / "undescribed.pdf"
    file.write_bytes(
        render_pdf(
            '<html lang="en-GB"><body><svg xmlns="http://www.w3.org/2000/svg" width="9" '
            'height="9"><rect width="9" height="9"/></svg></body></html>',
            title="A picture",
            created=OPENED,
            identifier=b"picture",
        )
    )
    (verdict,) = check([file], ["ua1"])
    assert not verdict.compliant
    assert "7.3-1" in verdict.failed
