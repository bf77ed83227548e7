"""A person's view of sign-in: a browser that keeps tokens, reads its post, and has an app."""

import contextvars
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from passlib.totp import TOTP  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.notices.models import Notice
from tests.factories import a_person

PASSWORD = "heron lantern quarry"


@dataclass
class Browser:
    """A browser without script: it sends forms with the token that the page gave it."""

    client: FlaskClient

    def get(self, path: str, **more: Any) -> TestResponse:
        """Load a page."""
        return self._open("GET", path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        """Send data as they are, without what a page would add."""
        return self._open("POST", path, **more)

    def _open(self, method: str, path: str, **more: Any) -> TestResponse:
        """Make a request that shares nothing with the test but cookies and the database."""
        answer = contextvars.Context().run(self.client.open, path, method=method, **more)
        db.session.rollback()
        return answer

    def token(self, path: str = "/sign-in") -> str:
        """Give the token against forged requests of the page at `path`."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        return found[1]

    def send(self, path: str, page: str | None = None, **fields: str) -> TestResponse:
        """Send a form; `page` is where it stands, if not at the address it is sent to."""
        fields["csrf_token"] = self.token(page or path)
        return self.post(path, data=fields)

    def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Send the sign-in form."""
        return self.send("/sign-in", email=email, password=password, **more)

    def is_signed_in(self) -> bool:
        """Tell whether the person's account page opens."""
        return self.get("/account").status_code == 200


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Give a fresh browser."""
    return Browser(app.test_client())


@pytest.fixture
def other_browser(app: Flask) -> Browser:
    """Give a second one, on another device."""
    return Browser(app.test_client())


@pytest.fixture
def person(session: Session, clock: FixedClock) -> User:
    """Add a confirmed person with a password, without a second factor or an organisation."""
    user = a_person(session, clock.now(), None, name="Una Sample")
    user.password = hash_password(PASSWORD)
    user.tf_primary_method = user.tf_totp_secret = None
    session.commit()
    return user


@pytest.fixture
def phone(app: Flask, person: User, session: Session) -> Callable[[], str]:
    """Set an authenticator app up for `person`; calling it gives the code it shows now."""
    factory = app.extensions["security"].totp_factory
    secret = factory.generate_totp_secret()
    person.tf_primary_method, person.tf_totp_secret = "authenticator", secret
    session.commit()
    shown = TOTP(factory.get_totp_b32_key(secret))
    return lambda: str(shown.generate().token)


def letters_to(email: str) -> list[Notice]:
    """Give the messages sent to an address, the oldest first."""
    return list(
        db.session.scalars(
            select(Notice).where(Notice.to_email == email).order_by(Notice.created_at, Notice.id)
        )
    )


def link_in(notice: Notice) -> str:
    """Give the path of the first link in a message."""
    found = re.search(r"https?://[^/\s]+(/\S*)", notice.text)
    assert found, "the message has no link"
    return found[1]
