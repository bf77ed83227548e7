"""A challenge's open data keeps to the Open Contracting Data Standard, by its keepers' own checker.

The checker is libcoveocds, which is not ours to ship: it runs as a program of its own. Where the
standard lies is told by OCDS_STANDARD, the absolute path of its ZIP file; the program by
LIBCOVEOCDS, or it is installed for the run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from marketplace.publishing.ocds.release import package
from tests.open_data import CHALLENGE, PUBLISHER

pytestmark = pytest.mark.conformance


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give the command that checks a file, without the network."""
    standard = os.environ.get("OCDS_STANDARD")
    if not standard:
        pytest.skip("left out: OCDS_STANDARD does not say where the standard's ZIP file is")
    program = os.environ.get("LIBCOVEOCDS")
    if not program:
        home = tmp_path_factory.mktemp("libcoveocds")
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([home / "bin/pip", "install", "--quiet", "libcoveocds"], check=True)
        program = str(home / "bin/libcoveocds")
    return [program, "--standard-zip", standard]


def said(checker: list[str], package: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Have a package checked by the standard alone: extensions would be read from the network."""
    file = folder / "package.json"
    file.write_text(json.dumps({k: v for k, v in package.items() if k != "extensions"}))
    answer = subprocess.run([*checker, str(file)], check=True, capture_output=True, text=True)
    return dict(json.loads(answer.stdout[answer.stdout.index("{") :]))


def test_package_is_valid_and_passes_the_additional_checks(
    checker: list[str], tmp_path: Path
) -> None:
    found = said(checker, package(CHALLENGE, PUBLISHER), tmp_path)

    assert found["validation_errors"] == []
    assert found["deprecated_fields"] == []
    assert found["additional_closed_codelist_values"] == {}
    assert found["additional_open_codelist_values"] == {}
    assert found["additional_checks"] == {}
    # Whatever the standard does not know is of an extension that the package names.
    added = {
        (each["path"].removeprefix("/releases"), each["field_name"])
        for each in found["all_additional_fields"]
        if each["root_additional_field"]
    }
    assert added == {
        ("", "bids"),
        ("/parties/details", "scale"),
        ("/tender", "enquiries"),
        ("/tender", "lots"),
        ("/tender/items", "relatedLot"),
    }


def test_checker_finds_what_is_wrong(checker: list[str], tmp_path: Path) -> None:
    wrong = package(CHALLENGE, PUBLISHER)
    wrong["releases"][0]["tender"]["status"] = "finished"
    del wrong["releases"][1]["ocid"]

    found = said(checker, wrong, tmp_path)
    assert found["validation_errors"]
    assert found["additional_closed_codelist_values"]
