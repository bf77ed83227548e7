"""Checks how a report's PDF carries its files: each once, and as what it is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from marketplace.core.audit.findings import Finding, Status, failed
from marketplace.core.text import N_
from scoring.report.verifying.files import DamagedReport, Files

_SOURCE, _DATA = "/Source", "/Data"


def check(pdf: bytes, files: Files) -> Iterator[Finding]:
    """Find files that are attached as something else, or apart from those of the report.

    Raises:
        DamagedReport: the PDF cannot be read.
    """
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
        catalog: Any = reader.trailer["/Root"]
        found: Any = reader.attachment_list
        listed = {each.get_object()["/UF"] for each in catalog.get("/AF", ())}
        attached = {
            each.name: (each.associated_file_relationship, each.pdf_object["/EF"]) for each in found
        }
    except Exception as error:
        raise DamagedReport(f"the PDF cannot be read: {error}") from error
    sound = True
    for name, (relationship, contents) in sorted(attached.items()):
        wanted = _relationship(name, files.edition)
        if relationship != wanted:
            sound = False
            yield failed(
                N_("It is attached as %(found)s, where %(wanted)s was expected"),
                name,
                found=str(relationship).lstrip("/"),
                wanted=wanted.lstrip("/"),
            )
        if "/UF" in contents and contents.raw_get("/UF") != contents.raw_get("/F"):
            sound = False
            yield failed(
                N_("It is attached with two contents, of which programs show either"), name
            )
    for name in sorted(attached.keys() ^ listed):
        sound = False
        yield failed(N_("It is not among the files that belong to the report, or is no file"), name)
    if sound:
        yield Finding(
            Status.PROVEN,
            N_("Each of the %(count)s files is attached once, as what it is"),
            "files",
            (("count", len(attached)),),
        )


def _relationship(name: str, edition: str) -> str:
    """Give what a file is to the report: what its figures come from, or data beside it."""
    whole = edition == "full" and name.startswith("evaluation")
    return _SOURCE if whole or name == "events.jsonl" else _DATA
