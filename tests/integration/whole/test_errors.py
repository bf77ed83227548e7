"""What people see when something is not there, not theirs, too large, or broken."""

import json
import logging
import re
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.access import public
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person

SECRET = "the combination is 4-8-15"


@pytest.fixture
def broken(app: Flask) -> Flask:
    """Plant a page that crashes in the middle of a change."""

    @public
    def crash() -> str:
        raise RuntimeError(SECRET)

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/broken", "broken", crash, methods=["GET", "POST"])
    return app


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    """Give what the service logged, each line as the JSON that it is."""
    return [json.loads(record.getMessage()) for record in caplog.records]


def test_crash_shows_a_reference_and_nothing_else(
    broken: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = client.get("/broken")

    assert answer.status_code == 500
    crashes = [line for line in lines(caplog) if line["event"] == "crash"]
    assert len(crashes) == 1
    assert re.fullmatch(r"[0-9A-F]{8}", crashes[0]["reference"])
    assert crashes[0]["reference"] in answer.text
    assert SECRET in crashes[0]["exception"]
    for hidden in (SECRET, "RuntimeError", "Traceback", ".py"):
        assert hidden not in answer.text


def test_crash_logs_one_line_with_its_reference_and_no_other(
    broken: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.post("/broken", data={"password": "heron lantern quarry", "note": "mine alone"})

    assert len(caplog.records) == 1
    (line,) = lines(caplog)
    assert line["method"] == "POST"
    assert "heron lantern quarry" not in json.dumps(line)
    assert "mine alone" not in json.dumps(line)


def test_crash_has_the_headers_of_every_page(broken: Flask, client: FlaskClient) -> None:
    answer = client.get("/broken")

    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/challenges/CH-NOSUCH",
        "/awards/CH-NOSUCH",
        "/challenges/<script>alert(1)</script>",
        "/challenges/..%2f..%2fetc%2fpasswd",
        "/static/../../pyproject.toml",
        "/static/%2e%2e/%2e%2e/pyproject.toml",
        "/challenges/" + "x" * 5000,
        "/challenges/%00",
        "/challenges/%ff%fe",
    ],
)
def test_unknown_page_says_what_to_do(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["/challenges/%00", "/awards/x%00y", "/awards?q=a&q=%00"])
def test_address_with_a_null_character_is_no_page(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_unknown_and_foreign_references_are_not_told_apart(
    client: FlaskClient, session: Session
) -> None:
    body, other = a_body(session, NOW), a_body(session, NOW, "Another Council")
    theirs = a_challenge(session, NOW, other, a_person(session, NOW, other, Role.CHALLENGE_LEAD))
    lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD, Role.PROCUREMENT_OFFICER)
    session.commit()
    sign_in(client, lead)

    def told(reference: str) -> tuple[int, str]:
        answer = client.get(f"/work/challenges/{reference}")
        text = re.sub(r'(nonce|value)="[^"]*"', "", answer.text)
        return answer.status_code, text.replace(reference, "")

    assert told(theirs.reference) == told("CH-NOSUCH")
    assert told(theirs.reference)[0] == 404


def test_wrong_method_says_so(client: FlaskClient) -> None:
    for answer in (client.post("/about"), client.delete("/"), client.put("/challenges")):
        assert answer.status_code == 405
        assert "This page cannot be used that way" in answer.text


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "x" * (2 * 1024 * 1024)},
        {f"field-{number}": "x" for number in range(2500)},
    ],
)
def test_body_that_is_too_large_is_refused_with_a_page(
    app: Flask, client: FlaskClient, typed: dict[str, str]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True  # as it always is: the token is looked for first

    plain = client.post(
        "/sign-in",
        data=urlencode(typed),
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": "http://localhost"},
    )
    parts = client.post(
        "/sign-in", data=multipart(typed), content_type="multipart/form-data; boundary=edge"
    )

    # Only multipart bodies have a limit on parts; many small plain fields are just read.
    assert plain.status_code == (413 if len(typed) == 1 else 400)
    assert parts.status_code == 413
    assert "What you sent is too large" in parts.text


def multipart(typed: dict[str, str]) -> bytes:
    """Write fields as a browser does where a form has files."""
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [f"--edge\r\n{head.format(name)}\r\n\r\n{text}\r\n" for name, text in typed.items()]
    return ("".join(parts) + "--edge--\r\n").encode()


def test_json_where_a_form_belongs_is_refused(client: FlaskClient) -> None:
    assert client.post("/sign-in", json={"email": "a@example.org"}).status_code == 415


def test_form_in_a_broken_encoding_is_no_crash(client: FlaskClient) -> None:
    for data in (b"email=%ff%fe%00&password=%", b"\xff\xfe\x00", b"&&&===", b"email[]=1&email=2"):
        answer = client.post(
            "/sign-in", data=data, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code < 500, data
