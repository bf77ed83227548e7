"""Which files may belong to a challenge, told by their content and not by their name alone. Pure.

Nothing is opened, run or shown by us: whoever reads a file saves it first.
"""

import io
import re
import zipfile
from collections.abc import Mapping

import puremagic

from marketplace.core.errors import Invalid
from marketplace.core.text import N_, on_one_line

FILE_MOST = 10 * 1024 * 1024
FILES_MOST = 20
NAME_MOST = 160

# The ending of a name, and what it is served as.
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
OFFERED = "PDF, DOCX, ODT, XLSX, ODS, CSV, TXT, PNG, JPEG"

_TEXTS = frozenset({"csv", "txt"})
# The part without which a package of this kind cannot be read.
_OFFICE: Mapping[str, str] = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_OPEN = frozenset({"odt", "ods"})
_BINARY_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]")


def file_name(given: str) -> str:
    """Give a safe name for saving a file: no folder, nothing invisible, its ending kept."""
    name = _UNSAFE.sub(" ", on_one_line(given.replace("\\", "/").rpartition("/")[2]))
    stem, _dot, ending = " ".join(name.split()).lstrip(". ").rpartition(".")
    return f"{stem[: NAME_MOST - len(ending) - 1].rstrip()}.{ending}" if stem else ""


def media_type(name: str, content: bytes) -> str:
    """Give what a file is served as.

    Raises:
        Invalid: it is empty or too large, of a kind that is not taken, or not what its name says.
    """
    stem, _dot, ending = name.lower().rpartition(".")
    if not content:
        raise _refused(N_("The file is empty. Choose another one."))
    if len(content) > FILE_MOST:
        raise _refused(N_("The file is larger than 10 MB. Make it smaller, or link to it."))
    if not stem or ending not in MEDIA_TYPES:
        raise _refused(
            N_("Choose a file of another kind: PDF, DOCX, ODT, XLSX, ODS, CSV, TXT, PNG or JPEG.")
        )
    if not _is(ending, content):
        raise _refused(
            N_(
                "The content of this file is not what its name says, or it is damaged or locked "
                "with a password. Save it again, then attach it."
            )
        )
    return MEDIA_TYPES[ending]


def _is(ending: str, content: bytes) -> bool:
    if ending in _TEXTS:
        return not _BINARY_CONTROL.search(content)
    if ending in _OFFICE or ending in _OPEN:
        return _is_package(ending, content)
    try:
        found = puremagic.magic_string(content)
    except puremagic.PureError:
        return False
    wanted = MEDIA_TYPES[ending]
    return any(match.mime_type == wanted for match in found)


def _is_package(ending: str, content: bytes) -> bool:
    """Look at the list of a package's parts; only the short name of its kind is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = {part.filename: part for part in package.infolist()}
            if any(part.lower().endswith("vbaproject.bin") for part in parts):
                return False
            if ending in _OFFICE:
                return "[Content_Types].xml" in parts and _OFFICE[ending] in parts
            kind = parts.get("mimetype")
            return (
                kind is not None
                and kind.file_size < NAME_MOST
                and package.read(kind).decode("ascii", "replace").strip() == MEDIA_TYPES[ending]
            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return False


def _refused(message: str) -> Invalid:
    return Invalid(message, fields={"file": message})
