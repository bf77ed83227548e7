"""A stand-in for Companies House's interface: a small server on this machine, told what to say."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a-key-for-tests"
PROFILE = {
    "company_name": "MADE-UP LANTERNS LIMITED",
    "company_number": "SC123456",
    "company_status": "active",
    "registered_office_address": {
        "premises": "1",
        "address_line_1": "Fictional Street",
        "locality": "Dundee",
        "postal_code": "DD1 1AA",
    },
}


class CompaniesHouse:
    """A register that knows `profiles`; `says` is its status and body where it is not to look."""

    def __init__(self) -> None:
        self.profiles: dict[str, dict[str, Any]] = {"SC123456": dict(PROFILE)}
        self.says: tuple[int, bytes] | None = None
        self.location: str | None = None
        self.asked: list[str] = []
        house = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                house.asked.append(self.path)
                status, body = house.answer(self.path, self.headers.get("Authorization"))
                self.send_response(status)
                if house.location:
                    self.send_header("Location", house.location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_given: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.at = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path: str, authorization: str | None) -> tuple[int, bytes]:
        """Give the status and the body of an answer."""
        if self.says is not None:
            return self.says
        if authorization != "Basic " + base64.b64encode(f"{KEY}:".encode()).decode():
            return 401, b'{"error":"Invalid Authorization"}'
        profile = self.profiles.get(path.removeprefix("/company/"))
        return (404, b"{}") if profile is None else (200, json.dumps(profile).encode())

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def standing_in() -> Iterator[CompaniesHouse]:
    """Run the stand-in."""
    house = CompaniesHouse()
    try:
        yield house
    finally:
        house.close()
