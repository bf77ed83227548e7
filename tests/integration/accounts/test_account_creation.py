"""Creating an account, confirming its address, and setting a new password by e-mail."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.accounts.models import SecurityEvent, User
from tests.integration.accounts.conftest import PASSWORD, Browser, letters_to, link_in

NEW = {"name": "Ewan Imagined", "email": "ewan@example.org", "password": PASSWORD}


def test_account_is_usable_once_the_address_is_confirmed(browser: Browser) -> None:
    browser.send("/create-account", **NEW)
    browser.sign_in(NEW["email"])
    assert not browser.is_signed_in()

    browser.send(link_in(letters_to(NEW["email"])[0]))
    browser.sign_in(NEW["email"])

    assert browser.is_signed_in()


def test_confirmation_link_merely_looked_at_confirms_nothing(
    browser: Browser, session: Session
) -> None:
    browser.send("/create-account", **NEW)

    assert browser.get(link_in(letters_to(NEW["email"])[0])).status_code == 200

    session.rollback()
    assert session.scalar(select(User.confirmed_at)) is None


def test_account_for_a_known_address_looks_the_same_and_writes_to_its_owner(
    browser: Browser, person: User, session: Session
) -> None:
    fresh = browser.send("/create-account", **NEW)
    known = browser.send("/create-account", **{**NEW, "email": person.email})

    assert (fresh.status_code, fresh.location) == (known.status_code, known.location)
    assert session.scalar(select(func.count()).select_from(User)) == 2
    (letter,) = letters_to(person.email)
    assert "You have one already" in letter.text


def test_account_form_sent_twice_at_once_makes_one_account(app: Flask, session: Session) -> None:
    hands = [Browser(app.test_client()) for _ in range(2)]
    tokens = [hand.token("/create-account") for hand in hands]
    together = threading.Barrier(2)
    statuses: list[int] = []

    def send(hand: Browser, token: str) -> None:
        together.wait()
        answer = hand.client.post("/create-account", data={**NEW, "csrf_token": token})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send, args=pair) for pair in zip(hands, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session.rollback()
    assert statuses == [302, 302]
    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_account_creation_is_written_down_with_the_person(
    browser: Browser, session: Session
) -> None:
    browser.send("/create-account", **NEW)

    user = session.scalars(select(User)).one()
    event = session.scalars(select(SecurityEvent)).one()
    (letter,) = letters_to(NEW["email"])
    assert (event.kind, event.user_id, letter.user_id) == ("registered", user.id, user.id)


def test_account_password_is_kept_as_argon2id_only(browser: Browser, session: Session) -> None:
    browser.send("/create-account", **NEW)

    session.rollback()
    kept = session.scalar(select(User.password))
    assert kept is not None
    assert kept.startswith("$argon2id$")


@pytest.mark.parametrize(
    "password", ["short", "password1234567", "ewan@example.org1", "aaaaaaaaaaaaaa"]
)
def test_account_with_an_easy_password_is_refused(
    browser: Browser, password: str, session: Session
) -> None:
    answer = browser.send("/create-account", **{**NEW, "password": password})

    assert answer.status_code == 200
    assert "There is a problem" in answer.text
    assert session.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.parametrize(
    "email",
    [
        "ewan@example.org\r\nBcc: all@example.org",
        "ewan@example.org,all@example.org",
        "Ewan <ewan@example.org>",
        "ewan",
    ],
)
def test_account_with_more_than_one_plain_address_is_refused(
    browser: Browser, email: str, session: Session
) -> None:
    browser.send("/create-account", **{**NEW, "email": email})

    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_account_name_cannot_carry_an_advertisement(browser: Browser) -> None:
    answer = browser.send("/create-account", **{**NEW, "name": "Win at https://evil.example now"})

    assert "Enter the name alone" in answer.text


def test_account_sets_nothing_but_what_the_form_asks(browser: Browser, session: Session) -> None:
    browser.send(
        "/create-account", **NEW, confirmed_at="2026-01-01", active="", demo_role="x", id="1"
    )

    session.rollback()
    user = session.scalar(select(User))
    assert user is not None
    assert (user.confirmed_at, user.demo_role, user.active) == (None, None, True)


def test_links_lead_to_the_configured_address_whatever_the_header_says(
    browser: Browser, person: User
) -> None:
    token = browser.token("/new-password")
    browser.post(
        "/new-password",
        data={"email": person.email, "csrf_token": token},
        headers={"Host": "evil.example", "Referer": "http://evil.example/"},
        base_url="http://localhost",
    )

    for letter in letters_to(person.email):
        assert "evil.example" not in letter.text


def test_new_password_by_link_works_once(browser: Browser, person: User) -> None:
    browser.send("/new-password", email=person.email)
    link = link_in(letters_to(person.email)[0])

    browser.send(link, password="saddle copper meadow")
    again = browser.get(link)

    assert again.status_code == 302
    browser.sign_in(person.email, "saddle copper meadow")
    assert browser.is_signed_in()


def test_new_password_by_link_ends_all_sessions(
    browser: Browser, other_browser: Browser, person: User
) -> None:
    other_browser.sign_in(person.email)
    browser.send("/new-password", email=person.email)

    browser.send(link_in(letters_to(person.email)[0]), password="saddle copper meadow")

    assert not other_browser.is_signed_in()
    assert "was changed" in letters_to(person.email)[-1].subject


def test_new_password_by_a_link_too_old_is_refused(
    app: Flask, browser: Browser, person: User
) -> None:
    browser.send("/new-password", email=person.email)
    link = link_in(letters_to(person.email)[0])
    token = browser.token(link)
    app.config["SECURITY_RESET_PASSWORD_WITHIN"] = timedelta(seconds=-1)

    answer = browser.post(link, data={"password": "saddle copper meadow", "csrf_token": token})

    assert answer.location == "/new-password"
    browser.sign_in(person.email, "saddle copper meadow")
    assert not browser.is_signed_in()


def test_new_password_by_an_altered_link_is_refused(browser: Browser, person: User) -> None:
    browser.send("/new-password", email=person.email)
    link = link_in(letters_to(person.email)[0])

    # Not the last character: part of what it stands for is thrown away, so it may not matter.
    altered = link[:-2] + ("A" if link[-2] != "A" else "B") + link[-1]

    answer = browser.get(altered)

    assert answer.location == "/new-password"


def test_new_password_for_an_unknown_address_says_the_same_and_sends_nothing(
    browser: Browser, person: User
) -> None:
    known = browser.send("/new-password", email=person.email).text
    unknown = browser.send("/new-password", email="nobody@example.org").text

    assert "we have sent it a link" in known
    assert "we have sent it a link" in unknown
    assert letters_to("nobody@example.org") == []


def test_confirmation_asked_for_again_says_the_same_and_sends_nothing_to_strangers(
    browser: Browser,
) -> None:
    browser.send("/create-account", **NEW)

    known = browser.send("/confirm-address", email=NEW["email"])
    unknown = browser.send("/confirm-address", email="nobody@example.org")

    assert known.status_code == unknown.status_code == 200
    assert len(letters_to(NEW["email"])) == 2
    assert letters_to("nobody@example.org") == []
