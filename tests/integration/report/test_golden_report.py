"""The report to try a checker on is kept as it was made, and stays proven as the code goes on.

`--write-tables` makes it anew from the journey of the tests, where its format has changed.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from marketplace.core.audit import trust
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Verdict
from scoring.report.values import Edition
from scoring.report.verifying import report
from tests.databases import Databases, Kept
from tests.integration.report.printing import print_reports
from tests.journeys import Step

GOLDEN = Path(__file__).parents[2] / "golden"


def test_golden_report_is_proven_by_its_key_a_receipt_and_the_chain(
    pytestconfig: pytest.Config,
    kept_databases: Mapping[Step, Kept],
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    endings = (".pdf", "-public.pdf", "-keys.txt", "-receipt.txt", "-log.json")
    names = [GOLDEN / f"award-report{ending}" for ending in endings]
    if pytestconfig.getoption("--write-tables"):
        made = print_reports(kept_databases, databases, tmp_path_factory)
        editions = [made.editions[each] for each in (Edition.FULL, Edition.PUBLIC)]
        contents = (*editions, made.keys.encode(), made.receipt.encode(), made.log)
        for name, content in zip(names, contents, strict=True):
            name.write_bytes(content)
    *editions, keys, receipt, log = (name.read_bytes() for name in names)

    for pdf in editions:
        checked = report.check(
            pdf, trust.read_keys(keys.decode()), receipt=receipt.decode(), copy=log
        )

        assert [str(each) for each in checked.findings if each.status is Status.FAILED] == []
        assert checked.verdict is Verdict.PROVEN
