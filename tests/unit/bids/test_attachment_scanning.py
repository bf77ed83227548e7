"""A virus scanner is asked as clamd wants it, and no file passes that it does not call clean."""

import io
from collections.abc import Iterator

import pytest

from bids.attachments.kinds import BadAttachment
from bids.attachments.scanning import NoScanner, ensure_clean
from tests.clamd import EICAR, Clamd


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    scanner = Clamd()
    yield scanner
    scanner.close()


def test_clean_file_passes_whole_and_is_left_at_its_beginning(clamd: Clamd) -> None:
    content = bytes(range(256)) * 1_000
    file = io.BytesIO(content)
    ensure_clean(file, clamd.at)
    assert (clamd.heard, file.tell()) == ([content], 0)


def test_file_with_a_virus_is_refused(clamd: Clamd) -> None:
    with pytest.raises(BadAttachment, match="virus scanner found something"):
        ensure_clean(io.BytesIO(b"before" + EICAR), clamd.at)


@pytest.mark.parametrize("says", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"OKAY?\0"])
def test_scanner_that_does_not_say_clean_lets_nothing_pass(clamd: Clamd, says: bytes) -> None:
    clamd.says = says
    with pytest.raises(NoScanner):
        ensure_clean(io.BytesIO(b"text"), clamd.at)


@pytest.mark.parametrize("at", ["127.0.0.1:1", "/nowhere/clamd.sock"])
def test_scanner_that_is_away_lets_nothing_pass(at: str) -> None:
    with pytest.raises(NoScanner):
        ensure_clean(io.BytesIO(b"text"), at)


def test_without_a_scanner_nothing_is_asked() -> None:
    ensure_clean(io.BytesIO(EICAR), None)
