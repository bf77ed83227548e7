"""Files that a bid must not have, sent to a real server: each is refused in words, and is gone.

Gunicorn serves it as in production, in a process of its own, so that what a request leaves in
memory, in the folder of temporary files and on the disk can be looked at from outside.
"""

import http.client
import io
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from challenges.lifecycle import State
from marketplace.core.clock import FixedClock
from marketplace.core.database import Base, db
from marketplace.core.permissions import Role
from tests.applications import make_app
from tests.clamd import EICAR, Clamd
from tests.conftest import make_settings, sign_in
from tests.databases import Databases, Kept
from tests.factories import a_bid, a_body, a_challenge, a_person, a_supplier

ROOT = Path(__file__).resolve().parents[3]
MB = 1024 * 1024
# A worker may grow by so much while it refuses 300 MB: far less than a part of them.
GROWTH_MOST = 16 * MB
PDF = b"%PDF-1.7\n" + b"Quokkaproof lanterns\n" * 200 + b"%%EOF\n"
BOUNDARY = "a-line-that-no-file-has"


@dataclass
class Site:
    """A running installation, and one supplier's browser at the page of a bid's files."""

    port: int
    process: "subprocess.Popen[bytes]"
    engine: sa.Engine
    data: Path
    temporary: Path
    path: str
    cookie: str
    token: str
    clamd: Clamd

    def send(self, name: str, size: int, chunks: Iterator[bytes]) -> tuple[int, str]:
        """Send a file as a browser's form does, whole; give the status and the page's words."""
        head, tail = self._frame(name)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self._begin(connection, len(head) + size + len(tail))
            for chunk in (head, *chunks, tail):
                connection.send(chunk)
            answer = connection.getresponse()
            return answer.status, re.sub(r"\s+", " ", answer.read().decode())
        finally:
            connection.close()

    def cut_off(self, size: int) -> None:
        """Begin to send a large file, and go away in the middle of it."""
        head, tail = self._frame("cut.pdf")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._begin(connection, len(head) + size + len(tail))
        connection.send(head + PDF + bytes(size // 2))
        connection.close()

    def _begin(self, connection: http.client.HTTPConnection, length: int) -> None:
        connection.putrequest("POST", self.path)
        connection.putheader("Cookie", f"session={self.cookie}")
        connection.putheader("Origin", f"http://127.0.0.1:{self.port}")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()

    def _frame(self, name: str) -> tuple[bytes, bytes]:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
            f"{self.token}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="file"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        return head.encode(), f"\r\n--{BOUNDARY}--\r\n".encode()

    def left(self) -> dict[str, Any]:
        """Tell what there is: rows, files, temporary files, and files held without a name."""
        with self.engine.connect() as connection:
            rows = {
                table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            }
        return {
            "rows": rows,
            "files": sorted(str(path) for path in self.data.rglob("*") if path.is_file()),
            "temporary": sorted(str(path) for path in self.temporary.rglob("*")),
            "held": self._held(),
        }

    def settled(self, before: dict[str, Any]) -> dict[str, Any]:
        """Tell what there is once the server has let go of the request, or after five seconds."""
        for _try in range(50):
            if (after := self.left()) == before:
                break
            time.sleep(0.1)
        return after

    def worker(self) -> int:
        """Give the process that answers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[0])

    def memory(self) -> int:
        """Give the most memory that the worker ever had, in bytes."""
        status = Path(f"/proc/{self.worker()}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024

    def _held(self) -> int:
        """Count the files without a name that the worker has open: what is put down unlinked."""
        found = 0
        for file in Path(f"/proc/{self.worker()}/fd").iterdir():
            try:
                found += os.readlink(file).endswith("(deleted)")
            except OSError:
                continue  # closed meanwhile
        return found


@contextmanager
def gunicorn(
    environment: Mapping[str, str], said: Path
) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """Serve an installation with one worker for the length of a block; give port and process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    with said.open("wb") as log:
        process = subprocess.Popen(
            [*command, "--worker-class", "gthread", "--threads", "4", "wsgi:app"],
            cwd=ROOT,
            env={**environment, "MARKETPLACE_PUBLIC_URL": f"http://127.0.0.1:{port}"},
            stdout=log,
            stderr=log,
        )
    try:
        for _try in range(300):
            time.sleep(0.1)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            with suppress(OSError), closing(connection):
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    break
        else:
            raise RuntimeError(f"the site did not start: {said.read_text()[-2000:]}")
        yield port, process
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def serving(
    databases: Databases, blank: Kept, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Serve an installation with one open challenge, and a bid that a supplier is writing."""
    folder, now = tmp_path_factory.mktemp("uploads"), datetime.now(UTC)
    # The path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="clamd") as sockets:
        clamd = Clamd(Path(sockets) / "s")
        url = databases.make(blank, folder / "database")
        settings = make_settings(folder / "data", url)
        app = make_app(settings, FixedClock(now))
        with app.app_context():
            session = db.session()
            body, supplier = a_body(session, now), a_supplier(session, now)
            lead = a_person(session, now, body, Role.CHALLENGE_LEAD)
            challenge = a_challenge(session, now, body, lead, State.OPEN)
            stage = challenge.stage
            stage.attach_kinds, stage.attach_most, stage.attach_mb = "pdf docx csv", 3, 50
            admin = a_person(session, now, supplier, Role.SUPPLIER_ADMIN)
            bid = a_bid(session, now, challenge, supplier, admin)
            session.commit()
            path = f"/bids/{bid.reference}/files"
            client = app.test_client()
            sign_in(client, admin)
            page = client.get(path).text
            held = client.get_cookie("session")
            assert held is not None
            token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
            db.session.remove()
            db.engine.dispose()
        temporary = folder / "temporary"
        temporary.mkdir()
        environment = {
            **os.environ,
            "MARKETPLACE_DATA": str(settings.data),
            "MARKETPLACE_DATABASE": url,
            "MARKETPLACE_SECRET_KEY": settings.secret_key,
            "MARKETPLACE_SMTP_URL": "smtp://127.0.0.1:9",
            "MARKETPLACE_CLAMD": clamd.at,
            "TMPDIR": str(temporary),
        }
        engine = sa.create_engine(url)
        with gunicorn(environment, folder / "server.log") as (port, process):
            yield Site(
                port,
                process,
                engine,
                settings.data,
                temporary,
                path,
                held.value,
                token,
                clamd,
            )
        engine.dispose()
        clamd.close()


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Make an office document that holds these parts beside its own."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {
            "[Content_Types].xml": b"",
            "word/document.xml": b"",
            **parts,
        }.items():
            package.writestr(name, content)
    return held.getvalue()


REFUSED: tuple[tuple[str, str, Callable[[], bytes], str], ...] = (
    ("a program", "plan.pdf", lambda: b"MZ\x90\x00" + bytes(4000), "is not what its name says"),
    ("nothing", "plan.pdf", lambda: b"", "The file is empty"),
    ("another kind", "plan.exe", lambda: PDF, "Choose a file of another kind"),
    (
        "ten thousand parts",
        "plan.docx",
        lambda: packed({f"word/{number}.xml": b"x" for number in range(10_000)}),
        "holds too many parts",
    ),
    (
        "a bomb",
        "plan.docx",
        lambda: packed({f"word/{number}.xml": bytes(150 * MB) for number in range(2)}),
        "far more than its size tells",
    ),
    ("a virus", "figures.csv", lambda: b"a,b\n" + EICAR, "The virus scanner found something"),
)


@pytest.mark.parametrize(
    ("name", "make", "words"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED]
)
def test_refused_file_is_told_of_by_the_field_and_leaves_nothing(
    serving: Site, name: str, make: Callable[[], bytes], words: str
) -> None:
    before, content = serving.left(), make()

    status, page = serving.send(name, len(content), iter([content]))

    assert (status, words in page) == (422, True), page
    assert 'href="#file"' in page
    assert serving.settled(before) == before


def test_file_of_300_megabytes_is_refused_unread_while_memory_stays_flat(serving: Site) -> None:
    serving.send("plan.pdf", 0, iter([]))  # what the first request needs, it needs once
    before, memory = serving.left(), serving.memory()

    status, page = serving.send("plan.pdf", 300 * MB, (bytes(MB) for _ in range(300)))

    assert (status, "larger than 50 MB" in page) == (413, True)
    grown = serving.memory() - memory
    print(f"the worker grew by {grown / MB:.1f} MB while it refused 300 MB")
    assert grown < GROWTH_MOST
    assert serving.settled(before) == before


def test_file_that_cannot_be_scanned_is_not_taken(serving: Site) -> None:
    before, path = serving.left(), Path(serving.clamd.at)
    path.rename(path.with_name("away"))
    try:
        status, page = serving.send("plan.pdf", len(PDF), iter([PDF]))
    finally:
        path.with_name("away").rename(path)

    assert (status, "cannot be checked for viruses at the moment" in page) == (409, True)
    assert serving.settled(before) == before


def test_file_that_is_cut_off_on_its_way_leaves_nothing(serving: Site) -> None:
    before = serving.left()
    serving.cut_off(40 * MB)
    time.sleep(0.5)  # the server may take it up
    assert serving.settled(before) == before


def test_clean_file_is_taken_so_that_what_is_refused_is_refused_for_its_reason(
    serving: Site,
) -> None:
    before = serving.left()
    status, _page = serving.send("plan.pdf", len(PDF), iter([PDF]))
    after = serving.left()
    assert status == 303
    assert after["rows"]["bid_draft_file"] == before["rows"]["bid_draft_file"] + 1
    assert len(after["files"]) == len(before["files"]) + 1
