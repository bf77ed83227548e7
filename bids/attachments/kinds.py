"""Which files may go with a bid, told by their content and not by their name alone. Pure.

An office document is a zip archive. It is unpacked here to be counted, within limits, and nothing
of it is kept: so a small file that would fill a disk is found before anybody opens it.
"""

import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import puremagic

from challenges.documents.kinds import MEDIA_TYPES, file_name
from challenges.sections.stages import ATTACHABLE
from marketplace.core.errors import Invalid
from marketplace.core.text import N_

__all__ = ["MEDIA_TYPES", "BadAttachment", "file_name", "media_type", "size_of"]

# What an office document may hold, whatever its limits: parts, and bytes once it is unpacked.
PARTS_MOST = 2_000
UNPACKED_MOST = 200 * 1024 * 1024
# XML shrinks to a fifteenth or so; a long run of one byte to a thousandth.
RATIO_MOST = 200
# Below this much nothing is a bomb, however well it was packed.
_SMALL = 10 * 1024 * 1024
_CHUNK = 256 * 1024
# A table in a text is a document within a document; there is no third.
_DEPTH_MOST = 1

_ALIASES: Mapping[str, str] = {"jpg": "jpeg"}
_OFFICE: Mapping[str, str] = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_PACKED = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00", b"BZh")
_ZIP = b"PK\x03\x04"


class BadAttachment(Invalid):
    """A file is refused; the message stands by the field."""

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message, fields={"file": message}, **data)


@dataclass
class _Budget:
    """What is left of the limits while an archive and what is in it are unpacked."""

    parts: int = PARTS_MOST
    bytes: int = UNPACKED_MOST


def size_of(file: BinaryIO) -> int:
    """Give a file's size in bytes, and leave it at its beginning."""
    size = file.seek(0, 2)
    file.seek(0)
    return size


def media_type(name: str, file: BinaryIO, *, kinds: Collection[str], megabytes: int) -> str:
    """Give what a file is served as; it is left at its beginning.

    `kinds` are those of `ATTACHABLE` that the stage allows, `megabytes` the most it may have.

    Raises:
        BadAttachment: it is empty, too large, of a kind that is not allowed, not what its name
            says, or an archive that would grow too far.
    """
    size = size_of(file)
    if not size:
        raise BadAttachment(N_("The file is empty. Choose another one."))
    if size > megabytes * 1024 * 1024:
        raise BadAttachment(
            N_("The file is larger than %(most)s MB, which is the most this challenge takes."),
            most=megabytes,
        )
    stem, _dot, ending = name.lower().rpartition(".")
    kind = _ALIASES.get(ending, ending)
    if not stem or kind not in kinds:
        raise BadAttachment(
            N_("Choose a file of another kind. This challenge takes: %(kinds)s."),
            kinds=", ".join(said for key, said in ATTACHABLE.items() if key in kinds),
        )
    is_it = _is(kind, file)
    file.seek(0)
    if not is_it:
        raise BadAttachment(
            N_(
                "The content of this file is not what its name says, or it is damaged or locked "
                "with a password. Save it again, then attach it."
            )
        )
    return MEDIA_TYPES[kind]


def _is(kind: str, file: BinaryIO) -> bool:
    if kind == "csv":
        return _is_text(file)
    if kind in _OFFICE or kind == "odt":
        return _is_package(kind, file)
    try:
        found = puremagic.magic_string(file.read(_CHUNK))
    except (puremagic.PureError, ValueError):
        return False
    return any(match.mime_type == MEDIA_TYPES[kind] for match in found)


def _is_text(file: BinaryIO) -> bool:
    """Tell whether a table has no byte that no text has; spreadsheets write several encodings."""
    control = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 26, 27})
    while chunk := file.read(_CHUNK):
        if chunk.translate(None, control) != chunk:
            return False
    return True


def _is_package(kind: str, file: BinaryIO) -> bool:
    """Tell whether an archive is an office document of this kind, without macros.

    Raises:
        BadAttachment: it holds too much.
    """
    try:
        with zipfile.ZipFile(file) as package:
            parts = {part.filename: part for part in package.infolist()}
            if any(part.lower().endswith("vbaproject.bin") for part in parts):
                return False
            if kind in _OFFICE and not {"[Content_Types].xml", _OFFICE[kind]} <= parts.keys():
                return False
            _unpack(package, _Budget(), 0)
            if kind in _OFFICE:
                return True
            said = package.read("mimetype") if "mimetype" in parts else b""
            return said.strip() == MEDIA_TYPES[kind].encode()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        return False
    except (ValueError, OverflowError):
        return False


def _unpack(package: zipfile.ZipFile, budget: _Budget, depth: int) -> None:
    """Count what an archive holds by unpacking it; what its list says could be a lie."""
    parts = package.infolist()
    budget.parts -= len(parts)
    if budget.parts < 0:
        raise _too_much()
    for part in parts:
        if part.is_dir():
            continue
        unpacked, head = 0, b""
        with package.open(part) as content:
            while chunk := content.read(_CHUNK):
                head = head or chunk[:8]
                unpacked += len(chunk)
                budget.bytes -= len(chunk)
                if budget.bytes < 0 or _is_bomb(unpacked, part.compress_size):
                    raise _too_much()
        if head.startswith(_PACKED):
            raise _too_much()
        if head.startswith(_ZIP):
            _unpack_inner(package, part, budget, depth)


def _unpack_inner(
    package: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget, depth: int
) -> None:
    if depth >= _DEPTH_MOST:
        raise _too_much()
    with package.open(part) as content, zipfile.ZipFile(content) as inner:
        _unpack(inner, budget, depth + 1)


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > _SMALL and unpacked > RATIO_MOST * max(packed, 1)


def _too_much() -> BadAttachment:
    return BadAttachment(
        N_(
            "This file holds too many parts, other archives, or far more than its size tells, so "
            "it was not taken. Save it as PDF, then attach that."
        )
    )
