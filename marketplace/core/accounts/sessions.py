"""A person's sessions: begun at sign-in, ended at sign-out, counted only while they stand."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import current_user
from flask_security import login_user, logout_user
from flask_security.utils import check_and_update_authn_fresh
from flask_wtf.csrf import CSRFError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.core import access
from marketplace.core.accounts.datastore import begin_writing, commit
from marketplace.core.accounts.models import SignIn, User
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.text import N_

# A working day: long enough that nobody signs in twice, short enough for a shared computer.
LONGEST = timedelta(hours=8)
# How long ago the password may have been given when bids are opened or an award is approved.
FRESH = timedelta(minutes=15)
KEY = "sign_in"


def begin(user: User, *, second_factor: bool) -> None:
    """Start a session of its own for `user`, letting go of whatever the browser had before.

    `second_factor` tells whether one was given besides the password. The token against forged
    requests changes too: one that was planted before is worth nothing.
    """
    now = access.clock().now()
    secret = stand(begin_writing(), user.id, now, second_factor=second_factor)
    session.pop(access.MEMBERSHIP_KEY, None)
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    g.pop("membership", None)
    session[KEY] = secret
    g.second_factor = second_factor
    user.last_login_at, user.current_login_at = user.current_login_at, now


def stand(rows: Session, user_id: uuid.UUID, now: datetime, *, second_factor: bool) -> str:
    """Write that a sign-in stands, and give the secret by which its session proves itself.

    The session holds the secret under `KEY`; the table holds its digest only.
    """
    secret = secrets.token_urlsafe(32)
    rows.add(
        SignIn(
            user_id=user_id,
            digest=_digest(secret),
            started_at=now,
            ends_at=now + LONGEST,
            second_factor=second_factor,
        )
    )
    return secret


def second_factor_given() -> bool:
    """Tell whether a second factor was given at the sign-in of the present session.

    In the demonstration, whose people have none, it counts as given.
    """
    if access.current_settings().demonstration:
        return True
    return bool(current_user.is_authenticated and g.get("second_factor"))


def end() -> None:
    """End this session for good, in the database; the caller commits."""
    secret = session.pop(KEY, None)
    if secret is not None:
        begin_writing().execute(
            update(SignIn)
            .where(SignIn.digest == _digest(secret), SignIn.ended_at.is_(None))
            .values(ended_at=access.clock().now())
        )


def end_all(user_id: uuid.UUID) -> None:
    """End every session of a person, on every device; the caller commits."""
    begin_writing().execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .values(ended_at=access.clock().now())
    )


class Cookies(SecureCookieSessionInterface):
    """Leaves answers that are alike for everybody without a cookie, so that caches share them."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the session's cookie, and that the answer depends on it; there neither."""
        if not (access.is_alike(request.endpoint) and response.status_code < 400):
            super().save_session(app, session, response)


def forget_ended() -> None:
    """Before each request: sign out in this browser whoever's session no longer stands.

    Raises:
        CSRFError: the request sends a form, which is given back to be sent again later.
    """
    if request.endpoint == "static" or access.is_alike(request.endpoint):
        return
    if not current_user.is_authenticated:
        return
    if not _stands(cast(User, current_user)):
        logout_user()
        session.clear()
        if request.method != "GET" and request.blueprint != "security":
            raise CSRFError("The session has ended.")


def _stands(user: User) -> bool:
    secret = session.get(KEY)
    if not isinstance(secret, str):
        return False
    found = db.session.execute(
        select(SignIn.ends_at, SignIn.second_factor).where(
            SignIn.digest == _digest(secret), SignIn.user_id == user.id, SignIn.ended_at.is_(None)
        )
    ).one_or_none()
    # Read with every request, so that whoever asks later in it need not read again.
    g.second_factor = found is not None and found.second_factor
    return found is not None and access.clock().now() < found.ends_at


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def stale_sign_in() -> Response | None:
    """Send a person whose password was given too long ago to give it again, then back here.

    Nothing to do in the demonstration, whose people have no password.
    """
    if access.current_settings().demonstration:
        return None
    if check_and_update_authn_fresh(FRESH, timedelta(0)):
        return None
    back = request.full_path.rstrip("?") if request.method == "GET" else _page_before()
    return cast(Response, redirect(url_for("security.verify", next=back)))


def _page_before() -> str | None:
    """Give the path of the page whose form this is, if it is one of ours."""
    before = urlsplit(request.referrer or "")
    return before.path if before.netloc == request.host else None


def sign_in_for_demonstration(person: uuid.UUID | str) -> None:
    """Sign in as one of the demonstration's people, without a password, and commit.

    `person` is the identifier, also as a form sends it.

    Raises:
        NotFound: this is not a demonstration, or there is no such person.
        Forbidden: the person is not one of those set out for one-click sign-in.
    """
    if not access.current_settings().demonstration:
        raise NotFound(N_("There is no such page."))
    try:
        user = db.session.get(User, uuid.UUID(str(person)))
    except ValueError:
        user = None
    if user is None or not user.active:
        raise NotFound(N_("There is no such person."))
    if user.demo_role is None:
        raise Forbidden(N_("You cannot sign in as this person."))
    if current_user.is_authenticated:
        end()
        logout_user()
        # What the one person had in this browser is not the other's.
        session.clear()
    login_user(user, authn_via=["demonstration"])
    commit()
