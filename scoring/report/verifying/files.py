"""Takes the files out of a report, and holds them against its manifest. Pure."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.audit.entries import read_count, read_text
from marketplace.core.audit.findings import Finding, failed, proven
from marketplace.core.text import N_
from scoring.engine.canonical import canonical
from scoring.report.bundle import MANIFEST

MANIFEST_NAME = "manifest.json"
# All files of a report together: one of 200 pages has some ten megabytes.
LARGEST = 256 * 1024 * 1024


class DamagedReport(ValueError):
    """A file is no award report with its evidence; the message says why."""


@dataclass(frozen=True)
class Files:
    """What travels in a report: its files by name, and what the manifest says."""

    content: Mapping[str, bytes]
    manifest: Mapping[str, Any]

    def json(self, name: str) -> Any:
        """Read a file of JSON.

        Raises:
            DamagedReport: it is not there, or no JSON.
        """
        try:
            return json.loads(self.content[name])
        except KeyError as error:
            raise DamagedReport(f"{name} is missing") from error
        except (ValueError, RecursionError) as error:
            raise DamagedReport(f"{name} is no JSON: {error}") from error

    @property
    def edition(self) -> str:
        """Give which edition the manifest says that it is."""
        return read_text(self.manifest["edition"])


def looks_like(content: bytes) -> bool:
    """Tell whether bytes begin as a PDF does."""
    return content.lstrip()[:5] == b"%PDF-"


def take_out(pdf: bytes) -> dict[str, bytes]:
    """Take the attached files out of a PDF, each name once.

    Raises:
        DamagedReport: it cannot be read, carries two files of one name, or far too much.
    """
    import pypdf

    try:
        found: dict[str, bytes] = {}
        size = 0
        for name, contents in pypdf.PdfReader(io.BytesIO(pdf)).attachments.items():
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
        raise DamagedReport("it carries no manifest.json, so it is no award report of this kind")
    return found


def read(content: Mapping[str, bytes]) -> Files:
    """Read the manifest of the files of a report, strictly.

    Raises:
        DamagedReport: it is none.
    """
    try:
        found = json.loads(content[MANIFEST_NAME])
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
    if canonical(found) + b"\n" != content[MANIFEST_NAME]:
        raise DamagedReport("manifest.json is not in canonical form")
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
    for name, each in sorted(named.items()):
        content = files.content.get(name)
        if content is not None and hashlib.sha256(content).hexdigest() != each["sha256"]:
            sound = False
            yield failed(N_("This file is another one than the manifest names"), name)
    if sound:
        yield proven(
            N_("All %(count)s files are those that the manifest names"), "files", count=len(named)
        )
