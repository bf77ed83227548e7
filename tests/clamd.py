"""A virus scanner for tests: it speaks as clamd does, and knows one virus."""

import socket
import struct
import threading
from pathlib import Path

# The test file of the European Institute for Computer Antivirus Research, in two pieces, so that
# no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """A scanner that knows one virus; `says` is its answer where it is not to look.

    It listens at a socket in the file system where `path` names one, else at a port of its own.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.says: bytes | None = None
        self.heard: list[bytes] = []
        if path is None:
            self._server = socket.create_server(("127.0.0.1", 0))
            self.at = f"127.0.0.1:{self._server.getsockname()[1]}"
        else:
            self._server = socket.socket(socket.AF_UNIX)
            self._server.bind(str(path))
            self._server.listen()
            self.at = str(path)
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
