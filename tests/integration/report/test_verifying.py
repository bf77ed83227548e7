"""A report of a real journey is proven, and each forgery of it is found by its name."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from marketplace.core.audit import trust
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.audit.signing import Verifier
from scoring.engine.canonical import canonical
from scoring.report.values import Edition
from scoring.report.verifying import files, report
from tests.integration.report.printed import kept_databases, printed

__all__ = ["kept_databases", "printed"]


def test_report_is_proven(printed: dict[Edition, bytes]) -> None:
    for edition in (Edition.FULL, Edition.PUBLIC):
        content = files.take_out(printed[edition])
        keys = json.loads(content["proofs.json"])["keys"]
        known = trust.read_keys("\n".join(keys))
        checked = report.check(printed[edition], known)
        print(edition)
        for each in checked.findings:
            print(each.status, each)
        print(checked.verdict)
    assert 0
