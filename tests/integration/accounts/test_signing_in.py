"""Signing in and out, sessions, and what a stranger can learn or break on the way."""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.core.accounts import sessions
from marketplace.core.accounts.models import SecurityEvent, User
from marketplace.core.clock import FixedClock
from tests.conftest import make_settings
from tests.integration.accounts.conftest import PASSWORD, Browser


def kinds(session: Session) -> list[str]:
    """Name the security events in order."""
    session.rollback()
    return list(session.scalars(select(SecurityEvent.kind).order_by(SecurityEvent.id)))


def test_sign_in_with_the_password_opens_the_account(browser: Browser, person: User) -> None:
    answer = browser.sign_in(person.email)

    assert answer.status_code == 302
    assert answer.location == "/work"
    assert browser.is_signed_in()


def test_sign_in_with_the_address_in_capitals_works(browser: Browser, person: User) -> None:
    browser.sign_in(person.email.upper())

    assert browser.is_signed_in()


def test_sign_in_refused_says_the_same_whether_the_address_is_known_or_not(
    browser: Browser, person: User
) -> None:
    known = browser.sign_in(person.email, "not the password")
    unknown = browser.sign_in("nobody@example.org", "not the password")

    assert known.status_code == unknown.status_code == 200
    said = [
        re.sub(r'(value|nonce)="[^"]*"', "", answer.text).partition("There is a problem")[2]
        for answer in (known, unknown)
    ]
    assert "is not right" in said[0]
    assert said[0] == said[1]


def test_sign_in_of_an_unconfirmed_person_is_refused_in_the_same_words(
    browser: Browser, person: User, session: Session
) -> None:
    person.confirmed_at = None
    session.commit()

    answer = browser.sign_in(person.email)

    assert "has not been\nconfirmed" in answer.text or "has not been confirmed" in answer.text
    assert not browser.is_signed_in()


def test_sign_in_of_a_closed_account_is_refused(
    browser: Browser, person: User, session: Session
) -> None:
    person.active = False
    session.commit()

    browser.sign_in(person.email)

    assert not browser.is_signed_in()


def test_sign_in_leads_to_the_page_that_was_asked_for(browser: Browser, person: User) -> None:
    away = browser.get("/organisation?x=1")
    assert away.status_code == 302

    answer = browser.sign_in(person.email, next="/organisation?x=1")

    assert answer.location == "/organisation?x=1"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "\\\\evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "http://localhost@evil.example/",
    ],
)
def test_sign_in_never_leads_to_another_site(
    browser: Browser, person: User, elsewhere: str
) -> None:
    answer = browser.sign_in(person.email, next=elsewhere)

    # Read as browsers do, which take a backslash for a slash and pass over tabs.
    location = answer.headers.get("Location", "/").replace("\\", "/").replace("\t", "").strip()
    assert urlsplit(urljoin("http://localhost/sign-in", location)).netloc == "localhost"


def test_sign_in_without_the_pages_token_is_refused(browser: Browser, person: User) -> None:
    answer = browser.post("/sign-in", data={"email": person.email, "password": PASSWORD})

    assert answer.status_code == 400
    assert not browser.is_signed_in()


def test_sign_in_gives_a_new_token_and_a_new_session(browser: Browser, person: User) -> None:
    planted = browser.token()
    with browser.client.session_transaction() as held:
        before = held["csrf_token"]

    browser.sign_in(person.email)
    browser.get("/account")

    with browser.client.session_transaction() as held:
        assert held["csrf_token"] != before
    answer = browser.post("/account/act-for", data={"csrf_token": planted})
    assert answer.status_code == 400


def test_session_planted_before_sign_in_gains_nothing(
    app: Flask, browser: Browser, person: User
) -> None:
    browser.token()
    planted = browser.client.get_cookie("session")
    assert planted is not None
    thief = Browser(app.test_client())

    browser.sign_in(person.email)
    thief.client.set_cookie("session", planted.value)

    assert not thief.is_signed_in()


def test_sign_out_ends_the_session_even_for_a_copied_cookie(
    app: Flask, browser: Browser, person: User
) -> None:
    browser.sign_in(person.email)
    copied = browser.client.get_cookie("session")
    assert copied is not None
    thief = Browser(app.test_client())
    thief.client.set_cookie("session", copied.value)
    assert thief.is_signed_in()

    browser.send("/sign-out", page="/account")

    assert not browser.is_signed_in()
    thief.client.set_cookie("session", copied.value)
    assert not thief.is_signed_in()


def test_sign_out_leaves_other_devices_signed_in(
    browser: Browser, other_browser: Browser, person: User
) -> None:
    browser.sign_in(person.email)
    other_browser.sign_in(person.email)

    browser.send("/sign-out", page="/account")

    assert other_browser.is_signed_in()


def test_sign_out_by_a_link_is_impossible(browser: Browser, person: User) -> None:
    browser.sign_in(person.email)

    assert browser.get("/sign-out").status_code == 405
    assert browser.is_signed_in()


def test_session_older_than_a_working_day_has_ended(
    browser: Browser, person: User, clock: FixedClock
) -> None:
    browser.sign_in(person.email)

    clock.instant += sessions.LONGEST

    assert not browser.is_signed_in()


def test_form_sent_after_the_session_ended_is_given_back(
    browser: Browser, person: User, clock: FixedClock
) -> None:
    browser.sign_in(person.email)
    token = browser.token("/account/password")
    clock.instant += sessions.LONGEST

    answer = browser.post(
        "/organisation/new/supplier",
        data={"csrf_token": token, "name": "Figment Instruments of Nowhere Ltd"},
        headers={"Origin": "http://localhost"},
    )

    assert answer.status_code == 400
    assert "Figment Instruments of Nowhere Ltd" in answer.text


def test_change_of_password_signs_out_all_other_devices(
    browser: Browser, other_browser: Browser, person: User
) -> None:
    browser.sign_in(person.email)
    other_browser.sign_in(person.email)

    browser.send("/account/password", password=PASSWORD, new_password="saddle copper meadow")

    assert browser.is_signed_in()
    assert not other_browser.is_signed_in()
    other_browser.sign_in(person.email, "saddle copper meadow")
    assert other_browser.is_signed_in()


def test_change_of_password_needs_the_present_one(browser: Browser, person: User) -> None:
    browser.sign_in(person.email)

    answer = browser.send(
        "/account/password", password="not the password", new_password="saddle copper meadow"
    )

    assert "The password is not right" in answer.text


def test_no_token_in_a_header_or_an_address_stands_for_a_person(
    app: Flask, browser: Browser, person: User
) -> None:
    token = person.get_auth_token()
    text = token if isinstance(token, str) else token.decode()

    by_header = browser.get("/account", headers={"Authentication-Token": text})
    by_address = browser.get("/account", query_string={"auth_token": text})

    assert by_header.status_code == by_address.status_code == 302


def test_sign_in_as_data_of_a_program_is_refused(browser: Browser, person: User) -> None:
    token = browser.token()

    answer = browser.post(
        "/sign-in",
        json={"email": person.email, "password": PASSWORD},
        headers={"X-CSRFToken": token},
    )

    assert answer.status_code == 415


def test_remember_me_cannot_be_had_by_asking(browser: Browser, person: User) -> None:
    browser.sign_in(person.email, remember="y")

    assert browser.client.get_cookie("remember_token") is None


def test_security_events_tell_what_happened_and_no_secret(
    browser: Browser, person: User, session: Session
) -> None:
    browser.sign_in(person.email, "wrong wrong wrong")
    browser.sign_in("nobody@example.org", "wrong wrong wrong")
    browser.sign_in(person.email)
    browser.send("/sign-out", page="/account")

    assert kinds(session) == ["sign_in_failed", "sign_in_failed", "signed_in", "signed_out"]
    events = session.scalars(select(SecurityEvent).order_by(SecurityEvent.id)).all()
    assert [event.user_id for event in events] == [person.id, None, person.id, person.id]
    assert {event.address for event in events} == {"127.0.0.1"}


def test_pages_of_sign_in_are_kept_out_of_caches(browser: Browser) -> None:
    assert browser.get("/sign-in").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/sign-in/rescue", "/sign-in/method"])
def test_pages_that_nobody_needs_are_closed(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 403


class TestRates:
    """With the limits of an installation."""

    @pytest.fixture
    def settings(self, tmp_path: Path, database_url: str) -> Settings:
        """Allow three tries."""
        return make_settings(tmp_path / "data", database_url, sign_in_rate="3 per minute")

    def test_guessing_stops_after_the_tries_allowed(self, browser: Browser, person: User) -> None:
        for _ in range(3):
            assert browser.sign_in(person.email, "wrong wrong wrong").status_code == 200

        answer = browser.sign_in(person.email)

        assert answer.status_code == 429
        assert "Too many tries" in answer.text
        assert not browser.is_signed_in()

    def test_guessing_from_many_addresses_stops_too(self, app: Flask, person: User) -> None:
        for number in range(3):
            browser = Browser(app.test_client())
            browser.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
            browser.sign_in(person.email, "wrong wrong wrong")

        late = Browser(app.test_client())
        late.client.environ_base["REMOTE_ADDR"] = "192.0.2.99"

        assert late.sign_in(person.email).status_code == 429

    def test_signing_in_rightly_is_not_counted(self, browser: Browser, person: User) -> None:
        for _ in range(5):
            assert browser.sign_in(person.email).status_code == 302
            browser.send("/sign-out", page="/account")

    def test_letters_are_not_sent_without_end(self, browser: Browser, person: User) -> None:
        answers = [
            browser.send("/new-password", email=f"person{n}@example.org").status_code
            for n in range(6)
        ]

        assert answers[-1] == 429


@pytest.mark.parametrize("path", ["/confirm-address", "/new-password"])
@pytest.mark.parametrize("typed", ["", "nonsense"])
def test_link_asked_for_to_what_is_no_address_is_refused(
    browser: Browser, path: str, typed: str
) -> None:
    page = browser.send(path, email=typed).text

    assert "Enter an e-mail address in the right form" in page
    assert "we have sent it" not in page
