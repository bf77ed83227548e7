"""Unpacks the archive in which bids from elsewhere are brought, within limits.

What its list says of a part could be a lie, so parts are counted while they are unpacked, each is
looked at as a file of a bid is, and a path that leads out of the archive is refused whole.
"""

import re
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from bids.attachments.kinds import BadAttachment, media_type, size_of
from bids.attachments.scanning import ensure_clean
from bids.elsewhere.checking import Packed, name_key
from bids.elsewhere.layout import (
    ALL_FILES_MOST,
    ARCHIVE_MEGABYTES_MOST,
    FILE_MEGABYTES_MOST,
    SHEET_MEGABYTES_MOST,
    SHEET_NAME,
    UNPACKED_MEGABYTES_MOST,
)
from challenges.sections.stages import ATTACHABLE
from marketplace.core.errors import Invalid
from marketplace.core.text import N_

_MEGABYTE = 1024 * 1024
_CHUNK = 256 * 1024
# XML shrinks to a fifteenth or so; a long run of one byte to a thousandth.
_RATIO_MOST = 200
_SMALL = 10 * _MEGABYTE
# In memory up to this much; larger parts are put down on disk while they are looked at.
_HELD_MOST = 4 * _MEGABYTE
_PATH_MOST = 300
# What systems put beside files on their own account.
_ASIDE = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
_OUTSIDE = re.compile(r"^/|^[A-Za-z]:|(^|/)\.\.(/|$)|[\x00-\x1f\x7f]")


class BadArchive(Invalid):
    """An archive cannot be taken; the message stands by the field."""

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message, fields={"file": message}, **data)


# Takes the bytes of a file into the store, and gives their SHA-256 in hex.
Keeper = Callable[[BinaryIO], str]


@dataclass(frozen=True)
class _Part:
    """A part of the archive, by the name that people write."""

    name: str
    info: zipfile.ZipInfo


@contextmanager
def opened(file: BinaryIO) -> Iterator["Archive"]:
    """Open an archive whose list holds nothing that is refused.

    Raises:
        BadArchive: it is none, or too large, locked, or holds paths that lead out of it.
    """
    size = size_of(file)
    if not size:
        raise BadArchive(N_("The file is empty. Choose another one."))
    if size > ARCHIVE_MEGABYTES_MOST * _MEGABYTE:
        raise BadArchive(
            N_("The ZIP is larger than %(most)s MB. Bring smaller files."),
            most=ARCHIVE_MEGABYTES_MOST,
        )
    try:
        with zipfile.ZipFile(file) as package:
            yield Archive(package, _listed(package))
    except (
        *(zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError),
        *(EOFError, zlib.error, UnicodeError, OverflowError),
    ) as error:
        raise BadArchive(
            N_("This file cannot be read as a ZIP: it is none, or it is damaged. Make it again.")
        ) from error


class Archive:
    """The parts of an archive, read one after another within one budget of bytes."""

    def __init__(self, package: zipfile.ZipFile, parts: Sequence[_Part]) -> None:
        self._package = package
        sheets = [each for each in parts if name_key(each.name) == SHEET_NAME]
        if not sheets:
            raise BadArchive(
                N_(
                    "The ZIP has no sheet called “%(name)s” beside its files. Take the sheet, fill "
                    "it in, and put it into the ZIP."
                ),
                name=SHEET_NAME,
            )
        self._sheet = sheets[0]
        self._files = [each for each in parts if each is not self._sheet]
        self._left = UNPACKED_MEGABYTES_MOST * _MEGABYTE

    @contextmanager
    def sheet(self) -> Iterator[BinaryIO]:
        """Give the sheet to be read.

        Raises:
            BadArchive: it is too large.
        """
        with self._unpacked(self._sheet, SHEET_MEGABYTES_MOST) as (file, whole):
            if not whole:
                raise BadArchive(
                    N_("The sheet “%(name)s” is larger than %(most)s MB. Take a new one."),
                    name=SHEET_NAME,
                    most=SHEET_MEGABYTES_MOST,
                )
            yield file

    def files(self, keep: Keeper, scanner: str | None) -> Iterator[Packed]:
        """Give each file as it is taken by `keep`, or why it cannot be taken.

        Raises:
            BadArchive: it unpacks to far too much.
            NoScanner: a scanner is configured and does not answer.
            OSError: the disk is full or not writable.
        """
        for part in self._files:
            with self._unpacked(part, FILE_MEGABYTES_MOST) as (file, whole):
                yield (
                    take(part.name, file, keep, scanner)
                    if whole
                    else Packed(part.name, part.info.file_size, fault=_LARGE, data=_LARGEST)
                )

    @contextmanager
    def _unpacked(self, part: _Part, megabytes: int) -> Iterator[tuple[BinaryIO, bool]]:
        """Unpack a part to look at it; the second tells whether all of it is there."""
        most, size = megabytes * _MEGABYTE, 0
        with tempfile.SpooledTemporaryFile(max_size=_HELD_MOST) as file:
            with self._package.open(part.info) as content:
                while size <= most and (chunk := content.read(_CHUNK)):
                    size += len(chunk)
                    self._left -= len(chunk)
                    if self._left < 0 or _is_bomb(size, part.info.compress_size):
                        raise BadArchive(
                            N_(
                                "The ZIP unpacks to far more than its size tells, so it was not "
                                "taken. Look at “%(name)s”."
                            ),
                            name=part.name,
                        )
                    file.write(chunk)
            file.seek(0)
            yield cast(BinaryIO, file), size <= most


_LARGE = N_("The file is larger than %(most)s MB, which is the most that is taken.")
_LARGEST: dict[str, object] = {"most": FILE_MEGABYTES_MOST}


def take(name: str, file: BinaryIO, keep: Keeper, scanner: str | None, *, form: str = "") -> Packed:
    """Look at one file as at a file of a bid, and have it kept where nothing is wrong with it.

    Raises:
        NoScanner: a scanner is configured and does not answer.
        OSError: the disk is full or not writable.
    """
    size = size_of(file)
    if size > FILE_MEGABYTES_MOST * _MEGABYTE:
        return Packed(name, size, form=form, fault=_LARGE, data=_LARGEST)
    try:
        kind = media_type(name, file, kinds=ATTACHABLE, megabytes=FILE_MEGABYTES_MOST)
        ensure_clean(file, scanner)
    except BadAttachment as error:
        return Packed(name, size, form=form, fault=error.message, data=error.data)
    return Packed(name, size, kind, keep(file), form)


def _listed(package: zipfile.ZipFile) -> list[_Part]:
    """Give the parts that are files, without the folder that all of them lie in, if they do.

    Raises:
        BadArchive: the list holds what is refused.
    """
    found: list[_Part] = []
    for info in package.infolist():
        name = unicodedata.normalize("NFC", info.filename.replace("\\", "/")).removeprefix("./")
        mode = info.external_attr >> 16
        if _OUTSIDE.search(name) or len(name) > _PATH_MOST or stat.S_ISLNK(mode):
            raise BadArchive(
                N_(
                    "The ZIP holds a path that is not taken: it leads out of the ZIP, or is a "
                    "link, or too long. Make a ZIP of the sheet and the files alone."
                )
            )
        if info.flag_bits & 0x1:
            raise BadArchive(N_("The ZIP is locked with a password. Make one without."))
        if info.is_dir() or name.endswith("/") or _ASIDE.search(name):
            continue
        found.append(_Part(name, info))
        if len(found) > ALL_FILES_MOST + 1:
            raise BadArchive(
                N_("The ZIP holds more than %(most)s files. Bring fewer."), most=ALL_FILES_MOST
            )
    folder = _common_folder(found)
    found = [_Part(each.name.removeprefix(folder), each.info) for each in found]
    names = [name_key(each.name) for each in found]
    if twice := next((each.name for each in found if names.count(name_key(each.name)) > 1), None):
        raise BadArchive(
            N_("The ZIP holds two files called “%(name)s”. Give each its own name."), name=twice
        )
    return found


def _common_folder(parts: Sequence[_Part]) -> str:
    """Give the one folder that somebody has packed as a whole, empty where there is none."""
    first = {each.name.partition("/")[0] for each in parts if "/" in each.name}
    if len(first) == 1 and all("/" in each.name for each in parts):
        return f"{first.pop()}/"
    return ""


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > _SMALL and unpacked > _RATIO_MOST * max(packed, 1)
