"""The second step: who must have it, how it is set up, and that each code is good once."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_login import current_user
from passlib.totp import TOTP  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy.orm import Session

from marketplace.config import Mode, Settings
from marketplace.core.accounts import queries, seed, sessions
from marketplace.core.accounts.models import Membership, MembershipRole, SignIn, User
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.permissions import SECOND_FACTOR_ROLES, Role
from tests.conftest import make_settings
from tests.factories import a_body
from tests.integration.accounts.conftest import PASSWORD, Browser

CODE_PAGE = "/sign-in/code"
SETUP = "/account/second-step"


@pytest.fixture
def role() -> Role:
    """Name the role that `officer` gets."""
    return Role.PROCUREMENT_OFFICER


@pytest.fixture
def officer(person: User, role: Role, session: Session, clock: FixedClock) -> User:
    """Let `person` act for a body in `role`."""
    body = a_body(session, clock.now())
    session.add(
        Membership(
            user=person,
            organisation=body,
            created_at=clock.now(),
            roles=[MembershipRole(role=role)],
        )
    )
    session.commit()
    return person


def set_up(browser: Browser) -> str:
    """Set an app up through the pages, and give its key."""
    page = browser.send(SETUP, setup="authenticator").text
    key = re.search(r'class="fw-key">([A-Z2-7-]+)<', page)
    target = re.search(r'action="(/account/second-step/[^"]+)"', page)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert key
    assert target
    assert token
    plain = key[1].replace("-", "")
    code = TOTP(plain).generate().token
    answer = browser.post(target[1], data={"code": code, "csrf_token": token[1]})
    assert answer.location == "/account/recovery-codes"
    return plain


def recovery_codes(browser: Browser) -> list[str]:
    """Have recovery codes shown."""
    page = browser.send("/account/recovery-codes").text
    return re.findall(r'class="fw-key">([a-z2-9-]+)<', page)


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_ROLES - {Role.PLATFORM_ADMIN}))
def test_role_that_decides_is_sent_to_set_the_second_step_up(
    browser: Browser, officer: User
) -> None:
    browser.sign_in(officer.email)

    answer = browser.get("/account")

    assert answer.location == SETUP
    assert "password alone is not enough" in browser.get(SETUP).text


@pytest.mark.parametrize("role", [Role.EVALUATOR])
def test_role_that_does_not_decide_needs_no_second_step(browser: Browser, officer: User) -> None:
    browser.sign_in(officer.email)

    assert browser.is_signed_in()


def test_second_step_once_set_up_opens_the_pages_and_shows_ten_codes(
    browser: Browser, officer: User
) -> None:
    browser.sign_in(officer.email)

    set_up(browser)

    assert browser.is_signed_in()
    assert len(set(recovery_codes(browser))) == 10


def test_wrong_first_code_brings_the_same_picture_back(browser: Browser, officer: User) -> None:
    browser.sign_in(officer.email)
    page = browser.send(SETUP, setup="authenticator").text
    target = re.search(r'action="(/account/second-step/[^"]+)"', page)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert target
    assert token

    again = browser.post(target[1], data={"code": "0", "csrf_token": token[1]}).text

    assert re.findall(r'src="data:image[^"]+"', again) == re.findall(r'src="data:image[^"]+"', page)
    assert browser.get("/account").location == SETUP


def test_session_begun_without_the_second_step_ends_when_it_is_set_up(
    browser: Browser, other_browser: Browser, person: User
) -> None:
    other_browser.sign_in(person.email)
    browser.sign_in(person.email)

    set_up(browser)

    assert browser.is_signed_in()
    assert not other_browser.is_signed_in()


def test_password_alone_is_not_enough_any_more(
    browser: Browser, person: User, phone: Callable[[], str]
) -> None:
    answer = browser.sign_in(person.email)

    assert answer.location.startswith(CODE_PAGE)
    assert not browser.is_signed_in()


def test_code_of_the_app_signs_in_and_leads_on(
    browser: Browser, person: User, phone: Callable[[], str]
) -> None:
    away = browser.sign_in(person.email, next="/organisation").location

    answer = browser.send(away, code=phone())

    assert answer.location == "/organisation"
    assert browser.is_signed_in()


def test_code_seen_over_a_shoulder_is_good_once_only(
    browser: Browser, other_browser: Browser, person: User, phone: Callable[[], str]
) -> None:
    code = phone()
    browser.send(browser.sign_in(person.email).location, code=code)

    answer = other_browser.send(other_browser.sign_in(person.email).location, code=code)

    assert "has been used" in answer.text
    assert not other_browser.is_signed_in()


def test_code_page_without_the_password_leads_to_sign_in(browser: Browser) -> None:
    assert browser.get(CODE_PAGE).location == "/sign-in"


def test_recovery_code_signs_in_once(
    browser: Browser, other_browser: Browser, person: User
) -> None:
    browser.sign_in(person.email)
    set_up(browser)
    code = recovery_codes(browser)[0]
    browser.send("/sign-out", page="/account")

    browser.sign_in(person.email)
    browser.send("/sign-in/recovery-code", code=code.upper().replace("-", " "))
    assert browser.is_signed_in()
    other_browser.sign_in(person.email)
    again = other_browser.send("/sign-in/recovery-code", code=code)

    assert "has been used" in again.text
    assert not other_browser.is_signed_in()


def test_recovery_code_sent_twice_at_once_signs_in_once(
    app: Flask, browser: Browser, person: User
) -> None:
    browser.sign_in(person.email)
    set_up(browser)
    code = recovery_codes(browser)[0]
    email = person.email
    thieves = [Browser(app.test_client()) for _ in range(2)]
    for thief in thieves:
        thief.sign_in(email)
    tokens = [thief.token("/sign-in/recovery-code") for thief in thieves]
    together = threading.Barrier(2)

    def use(thief: Browser, token: str) -> None:
        together.wait()
        thief.client.post("/sign-in/recovery-code", data={"code": code, "csrf_token": token})

    threads = [
        threading.Thread(target=use, args=pair) for pair in zip(thieves, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(thief.is_signed_in() for thief in thieves) == [False, True]


def test_recovery_codes_are_shown_once_and_kept_as_digests(
    browser: Browser, person: User, session: Session
) -> None:
    browser.sign_in(person.email)
    set_up(browser)
    codes = recovery_codes(browser)

    page = browser.get("/account/recovery-codes?show_codes=1").text

    session.refresh(person)
    assert person.mf_recovery_codes is not None
    assert not any(code in page for code in codes)
    assert not set(codes) & set(person.mf_recovery_codes)


def given(session: Session, person: User) -> bool:
    """Tell whether the person's latest sign-in was with the second step."""
    latest = (
        session.query(SignIn)
        .filter(SignIn.user_id == person.id, SignIn.ended_at.is_(None))
        .order_by(SignIn.id.desc())
    )
    return latest.first().second_factor  # type: ignore[union-attr]  # they have just signed in


def test_sign_in_with_a_code_of_the_app_counts_as_with_the_second_step(
    browser: Browser, person: User, phone: Callable[[], str], session: Session
) -> None:
    browser.send(browser.sign_in(person.email).location, code=phone())

    assert given(session, person)


def test_sign_in_with_a_recovery_code_counts_as_with_the_second_step(
    browser: Browser, person: User, session: Session
) -> None:
    browser.sign_in(person.email)
    assert not given(session, person)
    set_up(browser)
    assert given(session, person)
    code = recovery_codes(browser)[0]
    browser.send("/sign-out", page="/account")

    browser.sign_in(person.email)
    browser.send("/sign-in/recovery-code", code=code)

    assert given(session, person)


@pytest.mark.parametrize("with_it", [True, False])
def test_password_changed_leaves_the_second_step_of_the_session_as_it_was(
    browser: Browser, person: User, session: Session, with_it: bool
) -> None:
    browser.sign_in(person.email)
    if with_it:
        set_up(browser)

    browser.send(
        "/account/password",
        password=PASSWORD,
        new_password="otter chimney almanac",
        new_password_confirm="otter chimney almanac",
    )

    assert browser.is_signed_in()
    assert session.query(SignIn).filter(SignIn.user_id == person.id).count() == 2 + with_it
    assert given(session, person) is with_it


def test_second_step_that_the_role_needs_cannot_be_switched_off(
    browser: Browser, officer: User, session: Session
) -> None:
    browser.sign_in(officer.email)
    set_up(browser)

    answer = browser.send(SETUP, setup="disable")

    session.refresh(officer)
    assert officer.tf_primary_method == "authenticator"
    assert "Your role needs a second step" in answer.text


def test_second_step_of_ones_own_choice_can_be_switched_off(
    browser: Browser, person: User, session: Session
) -> None:
    browser.sign_in(person.email)
    set_up(browser)

    browser.send(SETUP, setup="disable")

    session.refresh(person)
    assert person.tf_primary_method is None
    assert person.mf_recovery_codes is None


def test_second_step_changed_long_after_sign_in_asks_for_the_password(
    browser: Browser, person: User
) -> None:
    browser.sign_in(person.email)
    with browser.client.session_transaction() as held:
        held["fs_paa"] = held["fs_paa"] - 3600

    assert browser.get(SETUP).location.startswith("/account/check")


def test_secret_of_the_app_is_kept_encrypted(
    browser: Browser, person: User, session: Session
) -> None:
    browser.sign_in(person.email)
    key = set_up(browser)

    session.refresh(person)
    assert person.tf_totp_secret is not None
    assert key not in person.tf_totp_secret


def test_lost_second_step_is_taken_away_by_command_and_sessions_end(
    browser: Browser, person: User, clock: FixedClock
) -> None:
    browser.sign_in(person.email)
    set_up(browser)

    seed.remove_second_factor(person.email, clock=clock)

    assert not browser.is_signed_in()
    assert browser.sign_in(person.email).location == "/work"


class TestDemonstration:
    """In the demonstration nobody is asked for a second step."""

    @pytest.fixture
    def settings(self, tmp_path: Path, database_url: str) -> Settings:
        """Choose the demonstration."""
        return make_settings(tmp_path / "data", database_url, mode=Mode.DEMONSTRATION)

    def test_role_that_decides_needs_no_second_step(
        self, app: Flask, browser: Browser, officer: User
    ) -> None:
        browser.sign_in(officer.email)

        assert browser.is_signed_in()

    def test_person_whom_visitors_share_keeps_the_account_as_it_is(
        self, app: Flask, browser: Browser, officer: User, session: Session
    ) -> None:
        officer.demo_role = "Procurement officer"
        session.commit()
        browser.sign_in(officer.email)

        paths = (SETUP, "/account/password", "/account/recovery-codes")

        assert [browser.get(path).status_code for path in paths] == [403, 403, 403]

    def test_one_click_signs_in_as_the_demonstrations_people_only(
        self, app: Flask, officer: User, session: Session
    ) -> None:
        with app.test_request_context(), pytest.raises(Forbidden):
            sessions.sign_in_for_demonstration(officer.id)
        officer.demo_role = "Procurement officer"
        session.commit()

        with app.test_request_context():
            sessions.sign_in_for_demonstration(str(officer.id))
            assert current_user == officer

        (shown,) = queries.demonstration_people()
        assert (shown.name, shown.organisation) == (officer.name, "Example Council")


def test_one_click_sign_in_does_not_exist_in_production(
    app: Flask, person: User, session: Session
) -> None:
    person.demo_role = "Procurement officer"
    session.commit()

    with app.test_request_context(), pytest.raises(NotFound):
        sessions.sign_in_for_demonstration(person.id)
