"""What every response carries, and what cookies are like, with and without TLS."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.permissions import Role
from tests.applications import make_app
from tests.conftest import NOW, make_settings, sign_in
from tests.factories import a_body, a_person

PAGES = ("/", "/challenges", "/awards", "/sign-in", "/nowhere", "/work", "/health", "/brand.css")


@pytest.mark.parametrize("path", PAGES)
def test_every_response_is_guarded(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]


@pytest.mark.parametrize("path", PAGES)
def test_policy_allows_nothing_but_what_the_site_itself_has(client: FlaskClient, path: str) -> None:
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in client.get(path).headers["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    for rule in policy.values():
        assert "unsafe" not in rule
        assert "*" not in rule
        assert "http" not in rule


def test_policy_names_the_nonce_of_the_pages_script_and_a_new_one_each_time(
    client: FlaskClient,
) -> None:
    def nonces() -> set[str]:
        answer = client.get("/")
        used = set(re.findall(r'<script[^>]*nonce="([^"]+)"', answer.text))
        assert len(re.findall(r"<script", answer.text)) == len(re.findall("nonce=", answer.text))
        for nonce in used:
            assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        return used

    first, second = nonces(), nonces()
    assert len(first) == 1
    assert first.isdisjoint(second)


def test_private_pages_are_kept_in_no_cache(client: FlaskClient, session: Session) -> None:
    person = a_person(session, NOW, a_body(session, NOW), Role.CHALLENGE_LEAD)
    session.commit()
    assert "no-store" not in client.get("/challenges").headers.get("Cache-Control", "")

    sign_in(client, person)

    for path in ("/work", "/account", "/organisation", "/challenges", "/", "/nowhere"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path", ["/sign-in", "/create-account", "/new-password", "/confirm-address/x"]
)
def test_pages_about_passwords_are_kept_in_no_cache(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_assets_may_be_kept_and_come_without_a_cookie(client: FlaskClient) -> None:
    with client.get("/static/css/fairway.css") as answer:
        assert answer.status_code == 200
        assert "max-age" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def cookie(app: Flask, base_url: str) -> str:
    """Give the session's cookie as it is set where a page makes a form."""
    answer = app.test_client().get("/sign-in", base_url=base_url)
    return answer.headers["Set-Cookie"]


def test_cookie_without_tls_is_hidden_from_script_and_from_other_sites(app: Flask) -> None:
    text = cookie(app, "http://localhost")

    assert text.startswith("session=")
    assert "HttpOnly" in text
    assert "SameSite=Lax" in text
    assert "Secure" not in text


@pytest.fixture
def secure(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Flask]:
    """Build the application as it is behind TLS."""
    settings: Settings = make_settings(
        tmp_path / "data", database_url, public_url="https://fairway.example"
    )
    app = make_app(settings, clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_cookie_with_tls_belongs_to_this_host_and_to_tls_alone(secure: Flask) -> None:
    text = cookie(secure, "https://fairway.example")

    assert text.startswith("__Host-session=")
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in text
    assert "Domain" not in text


def test_tls_is_asked_for_where_there_is_tls_only(app: Flask, secure: Flask) -> None:
    plain = app.test_client().get("/").headers
    guarded = secure.test_client().get("/", base_url="https://fairway.example").headers

    assert "Strict-Transport-Security" not in plain
    assert int(re.search(r"max-age=(\d+)", guarded["Strict-Transport-Security"])[1]) >= 31536000  # type: ignore[index]  # a failed match fails the test too
