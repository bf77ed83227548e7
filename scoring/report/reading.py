"""Reads a finished report back: the facts that its pages print, and the files that it carries."""

from __future__ import annotations

import hashlib
import io

from scoring.report.bundle import MANIFEST, Listed
from scoring.report.codec import NotTheFactsError
from scoring.report.facts import AwardReport
from scoring.report.verifying import files
from scoring.report.verifying.files import MANIFEST_NAME, DamagedReport

__all__ = ["DamagedReport", "read_back"]


def read_back(pdf: bytes) -> tuple[AwardReport, tuple[Listed, ...]]:
    """Give the facts of an edition and what its pages list of its files, from the PDF alone.

    Raises:
        DamagedReport: it cannot be read, or its facts are of another form than today's.
    """
    import pypdf

    found = files.read(files.take_out(pdf))
    try:
        report = AwardReport.from_json(found.json("report.json"))
    except NotTheFactsError as error:
        raise DamagedReport(
            f"report.json holds other facts than are known here: {error}"
        ) from error
    forms = {each["name"]: each["format"] for each in found.manifest["files"]}
    described = {
        each.name: each.description or ""
        for each in pypdf.PdfReader(io.BytesIO(pdf)).attachment_list
    }
    return report, tuple(
        Listed(
            name,
            forms.get(name, MANIFEST if name == MANIFEST_NAME else ""),
            described.get(name, ""),
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
        for name, content in found.content.items()
    )
