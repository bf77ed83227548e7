"""Every route says who may have it, and every address that is written anywhere leads somewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter

from marketplace.app import ROOT
from marketplace.core.access import Access, access_class
from marketplace.core.permissions import Permission, Role
from marketplace.web import steps
from marketplace.web.addresses import LARGEST, StoredNumber
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_person, a_supplier, the_platform

# Flask-Security makes these pages and nobody is let in: choosing between methods and rescue by
# e-mail would make the second factor worth less.
CLOSED_ON_PURPOSE = {"security.tf_select", "security.two_factor_rescue"}
ROOMS = ("bids", "challenges", "marketplace", "scoring")


def test_routes_have_each_an_access_class_or_are_closed_on_purpose(app: Flask) -> None:
    unmarked = {
        rule.endpoint for rule in app.url_map.iter_rules() if access_class(rule.endpoint) is None
    }

    assert unmarked == CLOSED_ON_PURPOSE


def test_routes_have_access_classes_that_exist(app: Flask) -> None:
    known = {kind.value for kind in Access} | {right.value for right in Permission}

    for rule in app.url_map.iter_rules():
        for name in (access_class(rule.endpoint) or "public").split("|"):
            assert name in known, rule.endpoint


def test_numbers_in_addresses_are_ones_that_a_column_holds(app: Flask, client: FlaskClient) -> None:
    converters = [
        (rule.endpoint, converter)
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if isinstance(converter, IntegerConverter)
    ]

    assert converters
    for endpoint, converter in converters:
        assert isinstance(converter, StoredNumber), endpoint
        assert converter.max is not None, endpoint
        assert converter.max <= LARGEST, endpoint
    for number in (2**31, 2**63, "9" * 5_000):
        assert client.get(f"/challenges/CH-1/questions/{number}").status_code == 404


@pytest.mark.parametrize("endpoint", sorted(CLOSED_ON_PURPOSE))
def test_closed_page_answers_forbidden_to_everybody(
    app: Flask, client: FlaskClient, session: Session, endpoint: str
) -> None:
    path = next(rule.rule for rule in app.url_map.iter_rules(endpoint))
    sides = (a_body(session, NOW), a_supplier(session, NOW), the_platform(session, NOW))
    people = [a_person(session, NOW, side, *Role) for side in sides]
    session.commit()

    assert [client.get(path).status_code, client.post(path).status_code] == [403, 403]
    for person in people:
        sign_in(client, person)
        assert [client.get(path).status_code, client.post(path).status_code] == [403, 403]


def test_view_that_nobody_marked_is_refused_to_everybody(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret", methods=["GET", "POST"])
    person = a_person(session, NOW, a_body(session, NOW), *Role)
    session.commit()

    visitor = client.get("/forgotten")
    sign_in(client, person)
    everything = client.get("/forgotten")
    sent = client.post("/forgotten")

    for answer in (visitor, everything, sent):
        assert answer.status_code == 403
        assert "secret" not in answer.text


def test_routes_that_change_something_are_never_reached_by_get(app: Flask) -> None:
    """A link, a prefetch or an image must not sign anybody out or act for them."""
    only_sent = {
        rule.endpoint for rule in app.url_map.iter_rules() if "GET" not in (rule.methods or ())
    }

    assert {"security.logout", "accounts.act_for", "challenges.approve", "panel.save"} <= only_sent


def test_address_written_anywhere_leads_to_a_route(app: Flask) -> None:
    written = [*_in_templates(), *_in_code(), *_in_steps()]
    missing = {f"{place}: {name}" for place, name in written if name not in app.view_functions}

    assert missing == set()
    # The search sees templates, code and steps at all.
    assert {"award.result", "panel.home", "awards.report_full"} <= {name for _, name in written}


def _in_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file():
            for found in re.findall(r"url_for\(\s*['\"]([^'\"]+)", path.read_text("utf-8")):
                yield str(path.relative_to(ROOT)), found


def _in_code() -> Iterator[tuple[str, str]]:
    """Give the first argument of each call that makes an address, where it is plain text."""
    makers = {"url_for", "see", "_see", "link", "address"}
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0]
                if name in makers and isinstance(first, ast.Constant) and "." in str(first.value):
                    yield str(path.relative_to(ROOT)), str(first.value)


def _in_steps() -> Iterator[tuple[str, str]]:
    """Give the endpoints of the next steps, which templates make addresses of."""
    source = Path(steps.__file__ or "").read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Step":
            for argument in node.args[1:]:
                if isinstance(argument, ast.Constant):
                    yield "steps", str(argument.value)


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
