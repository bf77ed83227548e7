"""A text in a bid is found nowhere on the machine before the opening, in no form it might take."""

import base64
import json
import logging
import mmap
import secrets
import string
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import service
from challenges.kinds import PriceModel
from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from marketplace.core.database import Base, db
from tests.conftest import sign_in
from tests.integration.challenges.browser import Browser, send
from tests.integration.sealed.conftest import Market, a_market, written

if TYPE_CHECKING:
    from tests.postgres import Server

# More digits than any other number here. The most that may be asked is public.
PRICE = 73_918_452_601_732
MOST = 91_234_567_890_123


def forms(text: str) -> list[bytes]:
    """Give the bytes a text may stand as: encoded by two ways, and those in base64 and in hex."""
    plain = [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")]
    found = list(plain)
    for each in plain:
        for shift in range(3):
            # What stands before decides how the bits fall; the ends depend on the neighbours.
            encoded = base64.b64encode(bytes(shift) + each)
            begin = -(-shift * 8 // 6)
            found.append(encoded[begin : (shift + len(each)) * 8 // 6])
        found += [each.hex().encode(), each.hex().upper().encode()]
    return found


def price_forms(minor: int) -> list[bytes]:
    """Give the bytes an amount may stand as."""
    pounds, pence = divmod(minor, 100)
    texts = [f"{minor}", f"{pounds}.{pence:02}", f"{pounds:,}", f"{minor:,}"]
    return [
        *(form for text in texts for form in forms(text)[:4]),
        minor.to_bytes(6, "big"),  # as SQLite keeps whole numbers of this size
        minor.to_bytes(8, "little"),
    ]


class Places:
    """Everywhere that the application and its database leave bytes."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = list(folders)
        self.texts: dict[str, bytes] = {}

    def holding(self, wanted: Iterable[bytes]) -> set[str]:
        """Name the places where any of the wanted bytes stand."""
        patterns = list(wanted)
        found = {
            name for name, held in self.texts.items() if any(each in held for each in patterns)
        }
        for path in self._files():
            if path.stat().st_size == 0:
                continue
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as held:
                if any(held.find(each) >= 0 for each in patterns):
                    found.add(str(path))
        return found

    def _files(self) -> Iterator[Path]:
        for folder in self.folders:
            yield from (path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the process put its temporary files into a folder of the test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


def settle(session: Session, postgres: "Server | None") -> None:
    """Have the database write all that it holds in memory to its files."""
    session.commit()
    if postgres is None:
        return
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("CHECKPOINT"))


def test_text_of_a_bid_is_found_nowhere_before_the_opening(
    app: Flask,
    session: Session,
    settings: Settings,
    clock: FixedClock,
    client: FlaskClient,
    postgres: "Server | None",
    temporary: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    marker, control = (
        "".join(secrets.choice(string.ascii_letters) for _ in range(24)) for _ in range(2)
    )
    market = a_market(session, 4, price_model=PriceModel.LOWEST_PRICE_RATIO)
    market.challenge.stage.budget_minor = MOST
    market.challenge.problem += f"\n\n{control}"
    session.commit()

    _a_draft_by_pages(market, client, marker)
    for number, what in enumerate(("submitted", "replaced", "withdrawn"), 1):
        _a_bid(market, number, clock, marker, what)
    jobs.run_due(clock)
    client.get(f"/challenges/{market.reference}")
    structlog.get_logger().info("control", text=control)

    folders = [tmp_path] if postgres is None else [tmp_path, postgres.folder / "data"]
    places = Places(folders)
    assert temporary.is_relative_to(tmp_path)
    assert settings.data.is_relative_to(tmp_path)
    places.texts = {
        "logs": caplog.text.encode(),
        "output": "".join(capfd.readouterr()).encode(),
        "cookie": json.dumps(_session_of(app, client)).encode() + str(client._cookies).encode(),
        "rows": _rows(session),
    }
    if postgres is not None:
        places.texts["server's log"] = (postgres.folder / "log").read_bytes()
    settle(session, postgres)
    market.session.close()

    # The search finds what is there to be found: so that it finds nothing else says something.
    seen = places.holding(forms(control))
    assert {"logs", "rows"} <= seen
    assert any(name not in places.texts for name in seen)
    assert any(name not in places.texts for name in places.holding(price_forms(MOST)))
    stored = app.extensions["files"].write(b"\x00" + control.encode("utf-16-le"))
    (temporary / "control").write_bytes(base64.b64encode(b"?" + control.encode()))
    found = places.holding(forms(control)) - seen
    assert found == {str(app.extensions["files"].path(stored)), str(temporary / "control")}

    assert places.holding(forms(marker)) == set()
    assert places.holding(price_forms(PRICE)) == set()


def _a_draft_by_pages(market: Market, client: FlaskClient, marker: str) -> None:
    """Write a bid by its pages, one save of which is refused, and leave it a draft."""
    sign_in(client, market.admins[0])
    reference = service.start_bid(
        market.reference, actor=market.actor(0), clock=client.application.extensions["clock"]
    ).reference
    for key in ("solves", "team"):
        done = send(client, f"/bids/{reference}/answers/{key}", {"text": f"{marker} {marker}"})
        assert done.status_code == 303, done.text
    done = send(client, f"/bids/{reference}/price", {"price": f"{PRICE // 100}.{PRICE % 100}"})
    assert done.status_code == 303, done.text
    terms = {"contract": "no", "points": f"{marker} points", "ai_statement": f"{marker} machine"}
    assert send(client, f"/bids/{reference}/terms", terms).status_code == 303
    # What somebody else overwrote, and what is no price, comes back in a page.
    stale = {"text": f"{marker} stale", "seen": "another"}
    assert client.post(f"/bids/{reference}/answers/team", data=stale).status_code == 409
    wrong = {"price": f"{PRICE} {marker}", "seen": ""}
    assert client.post(f"/bids/{reference}/price", data=wrong).status_code == 422
    for page in ("", "/check", "/submit", "/answers/team"):
        answer = client.get(f"/bids/{reference}{page}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert marker not in str(answer.headers)


def _a_bid(market: Market, number: int, clock: FixedClock, marker: str, what: str) -> None:
    """Have a supplier submit a bid, and replace or withdraw it."""
    actor = market.actor(number)
    reference = written(
        market.reference,
        actor,
        clock,
        f"{marker} {what} {marker}",
        PRICE,
        points=f"{marker} points",
        statement=f"{marker} machine",
    )
    service.submit_bid(reference, actor=actor, arrived=clock.now(), clock=clock)
    if what == "replaced":
        service.change_bid(reference, actor=actor, clock=clock)
        service.save_answer(reference, "team", f"{marker} again", actor=actor, clock=clock)
        service.submit_bid(reference, actor=actor, arrived=clock.now(), clock=clock)
        service.change_bid(reference, actor=actor, clock=clock)
    if what == "withdrawn":
        service.withdraw_bid(reference, actor=actor, arrived=clock.now(), clock=clock)


def _session_of(app: Flask, client: FlaskClient) -> dict[str, Any]:
    """Read what the browser's cookie holds, which is signed and not encrypted."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    held: dict[str, Any] = serializer.loads(cookie.value)
    return held


def _rows(session: Session) -> bytes:
    """Give all rows of all tables as text: what no file shows in one piece is seen here."""
    held = [
        repr(tuple(row))
        for table in Base.metadata.sorted_tables
        for row in session.execute(sa.select(table))
    ]
    return "\n".join(held).encode()
