"""Asks a virus scanner (clamd) about a file, where one is configured, by its INSTREAM command.

The protocol is a few lines, in the manual page of clamd: the command, the file in chunks that each
have their length before them, an empty chunk; then one line of answer.
"""

import socket
import struct
from typing import BinaryIO

import structlog

from bids.attachments.kinds import BadAttachment
from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_

log = structlog.get_logger()
_CHUNK = 64 * 1024
# In seconds, for each step; a scan of the largest file takes a few.
_PATIENCE = 60
_ANSWER_MOST = 4096


class NoScanner(WrongMoment):
    """The scanner that is configured does not answer, so that no file is taken."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "Files cannot be checked for viruses at the moment, so this one was not taken. "
                "Nothing else is lost. Try again in a few minutes."
            )
        )


def ensure_clean(file: BinaryIO, scanner: str | None) -> None:
    """Have a file scanned, and leave it at its beginning. Without a scanner nothing is asked.

    `scanner` is `HOST:PORT`, or the path of a socket.

    Raises:
        BadAttachment: the scanner found something.
        NoScanner: it does not answer, or not in a way that says that the file is clean.
    """
    if scanner is None:
        return
    try:
        answer = _ask(file, scanner)
    except (OSError, ValueError) as error:
        log.error("scanner_away", scanner=scanner, why=str(error))
        raise NoScanner from error
    finally:
        file.seek(0)
    if answer.endswith("FOUND"):
        log.warning("scanner_found", answer=answer)
        raise BadAttachment(
            N_("The virus scanner found something in this file, so it was not taken.")
        )
    if not answer.endswith("OK"):
        log.error("scanner_refused", answer=answer)
        raise NoScanner


def _ask(file: BinaryIO, scanner: str) -> str:
    with _connected(scanner) as connection:
        connection.sendall(b"zINSTREAM\0")
        try:
            while chunk := file.read(_CHUNK):
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it may have heard enough, and its answer be waiting
        answer = b""
        while len(answer) < _ANSWER_MOST and (more := connection.recv(_ANSWER_MOST)):
            answer += more
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connected(scanner: str) -> socket.socket:
    if scanner.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_PATIENCE)
        try:
            connection.connect(scanner)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = scanner.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_PATIENCE)
