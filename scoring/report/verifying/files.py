"""Takes the files out of a report, and holds them against its manifest. Pure."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.core.audit.entries import read_count, read_text
from marketplace.core.audit.findings import Finding, failed, proven
from marketplace.core.text import N_
from scoring.engine.canonical import canonical
from scoring.report.bundle import MANIFEST

MANIFEST_NAME = "manifest.json"
# All files of a report together: one of 200 pages has some ten megabytes.
LARGEST = 256 * 1024 * 1024
MOST_FILES = 500
# A PDF ends with where its table of contents stands; a reader would look for it through all of one
# that does not, which takes minutes.
_ENDING = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
_TAIL = 1024
# Open data, which another standard writes.
_NOT_CANONICAL = "release.json"


class DamagedReport(ValueError):
    """A file is no award report with its evidence; the message says why."""


class OtherFile(DamagedReport):
    """A PDF is sound, and carries no evidence: it never was an award report."""


@dataclass(frozen=True)
class Files:
    """What travels in a report: its files by name, and what the manifest says."""

    content: Mapping[str, bytes]
    manifest: Mapping[str, Any]
    _known: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def json(self, name: str) -> Any:
        """Read a file of JSON.

        Raises:
            DamagedReport: it is not there, or no JSON in the one form that the specification says.
        """
        if name not in self._known:
            try:
                self._known[name] = _strictly(name, self.content[name])
            except KeyError as error:
                raise DamagedReport(f"{name} is missing") from error
            except (ValueError, RecursionError) as error:
                raise DamagedReport(f"{name} is no JSON in its one form: {error}") from error
        return self._known[name]

    @property
    def edition(self) -> str:
        """Give which edition the manifest says that it is."""
        return read_text(self.manifest["edition"])


def _strictly(name: str, content: bytes) -> Any:
    """Read JSON that every reader reads alike: no key stands twice, no number is inexact."""
    found = json.loads(content)
    if name != _NOT_CANONICAL and canonical(found) != content.removesuffix(b"\n"):
        raise ValueError("a key stands twice, or it is written otherwise than in canonical form")
    return found


def looks_like(content: bytes) -> bool:
    """Tell whether bytes begin as a PDF does."""
    return content.lstrip()[:5] == b"%PDF-"


def take_out(pdf: bytes) -> dict[str, bytes]:
    """Take the attached files out of a PDF, each name once.

    Raises:
        DamagedReport: it cannot be read, carries two files of one name, or far too much.
        OtherFile: it can, and carries no manifest.
    """
    import pypdf

    if not _ENDING.search(pdf[-_TAIL:]):
        raise DamagedReport("it does not end as a PDF does: it was cut off, or added to")
    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
        if reader.is_encrypted:
            raise DamagedReport("the PDF is encrypted, which no report is")
        attached = reader.attachments
        if len(attached) > MOST_FILES:
            raise DamagedReport("it carries more files than any report")
        found: dict[str, bytes] = {}
        size = 0
        for name, contents in attached.items():
            if len(contents) != 1:
                raise DamagedReport(f"{name} is attached more than once")
            size += len(contents[0])
            if size > LARGEST:
                raise DamagedReport("its files are larger than those of any report")
            found[name] = contents[0]
    except DamagedReport:
        raise
    except Exception as error:
        raise DamagedReport(f"the PDF cannot be read: {error}") from error
    if MANIFEST_NAME not in found:
        raise OtherFile("it carries no manifest.json, so it is no award report of this kind")
    return found


def read(content: Mapping[str, bytes]) -> Files:
    """Read the manifest of the files of a report, strictly.

    Raises:
        DamagedReport: it is none.
    """
    try:
        found = _strictly(MANIFEST_NAME, content[MANIFEST_NAME])
        if not isinstance(found, dict) or found["v"] != MANIFEST:
            raise DamagedReport(f"manifest.json is no {MANIFEST}")
        for key in ("report", "edition", "frozen_at", "chain", "engine"):
            read_text(found[key])
        for key in ("entries", "size"):
            read_count(found[key])
        for each in found["files"]:
            read_text(each["name"]), read_text(each["sha256"]), read_count(each["size"])
        for each in found["withheld"]:
            read_text(each["name"]), read_text(each["ground"])
    except DamagedReport:
        raise
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedReport(f"manifest.json is no {MANIFEST}: {error}") from error
    return Files(content, found)


def check(files: Files) -> Iterator[Finding]:
    """Find where the files are not those that the manifest names."""
    named = {each["name"]: each for each in files.manifest["files"]}
    sound = True
    for name in sorted(named.keys() - files.content.keys()):
        sound = False
        yield failed(N_("The manifest names this file, and it is not there"), name)
    for name in sorted(files.content.keys() - named.keys() - {MANIFEST_NAME}):
        sound = False
        yield failed(N_("This file is not named in the manifest: somebody added it"), name)
    for name in sorted(each for each in files.content if each.endswith(".json")):
        try:
            files.json(name)
        except DamagedReport as error:
            sound = False
            yield failed(N_("It cannot be checked: %(why)s"), name, why=str(error))
    for name, each in sorted(named.items()):
        content = files.content.get(name)
        if content is not None and hashlib.sha256(content).hexdigest() != each["sha256"]:
            sound = False
            yield failed(N_("This file is another one than the manifest names"), name)
    if sound:
        yield proven(
            N_("All %(count)s files are those that the manifest names"), "files", count=len(named)
        )
