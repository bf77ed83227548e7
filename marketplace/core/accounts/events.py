"""Writes security events: who signed in, who failed, who changed a password or second factor.

Never a password, a code or a token; of an address that belongs to nobody, nothing but the try.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, request
from flask_security import signals

from marketplace.core import access
from marketplace.core.accounts import sessions
from marketplace.core.accounts.datastore import begin_writing, commit
from marketplace.core.accounts.digest import await_digest
from marketplace.core.accounts.models import SecurityEvent, User


def record(kind: str, user: User | None) -> None:
    """Write an event with the client's address; whoever changed something commits it."""
    rows = begin_writing()
    rows.flush()  # a person just made has no identifier before
    await_digest(rows, access.clock())
    rows.add(
        SecurityEvent(
            at=access.clock().now(),
            kind=kind,
            user_id=user.id if user else None,
            address=request.remote_addr,
        )
    )


def record_refused(kind: str, user: User | None) -> None:
    """Write an event of something that was refused, and commit it: nothing else will."""
    record(kind, user)
    commit()


_SIGNALS = {
    signals.user_registered: "registered",
    signals.user_confirmed: "email_confirmed",
    signals.password_changed: "password_changed",
    signals.password_reset: "password_reset",
    signals.reset_password_instructions_sent: "reset_asked_for",
    signals.tf_profile_changed: "second_factor_set",
    signals.tf_disabled: "second_factor_removed",
}


def listen(app: Flask) -> None:
    """Connect to Flask-Security's signals for `app`."""

    def recorder(kind: str) -> Callable[..., None]:
        def on_signal(_app: Flask, user: User, **_facts: Any) -> None:
            record(kind, user)

        return on_signal

    for signal, kind in _SIGNALS.items():
        signal.connect(recorder(kind), app, weak=False)
    signals.user_authenticated.connect(_signed_in, app, weak=False)
    signals.password_reset.connect(_end_all, app, weak=False)


# The pages that ask for the second factor after the password: a right code there signs in.
_SECOND_STEPS = frozenset({"security.two_factor_token_validation", "security.mf_recovery"})


def _signed_in(_app: Flask, user: User, authn_via: list[str] | None = None, **_facts: Any) -> None:
    if authn_via == ["change"]:
        # The password was changed: one of the other sessions may be a thief's. This one goes on
        # as it was begun.
        second_factor = sessions.second_factor_given()
        sessions.end_all(user.id)
    else:
        second_factor = request.endpoint in _SECOND_STEPS
        record("signed_in", user)
    sessions.begin(user, second_factor=second_factor)


def _end_all(_app: Flask, user: User, **_facts: Any) -> None:
    sessions.end_all(user.id)
