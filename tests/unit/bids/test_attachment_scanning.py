"""A virus scanner is asked as clamd wants it, and no file passes that it does not call clean."""

import io
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from bids.attachments.kinds import BadAttachment
from bids.attachments.scanning import NoScanner, ensure_clean

# The test file of the European Institute for Computer Antivirus Research, in two pieces, so that
# no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """A scanner that knows one virus; `says` is its answer where it is not to look."""

    def __init__(self) -> None:
        self.says: bytes | None = None
        self.heard: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.at = f"127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(size)
                self.heard.append(content)
                found = b"stream: Eicar-Test-Signature FOUND\0"
                answer = found if EICAR in content else b"stream: OK\0"
                connection.sendall(answer if self.says is None else self.says)


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
