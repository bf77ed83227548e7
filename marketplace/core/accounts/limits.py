"""How often one may try: by address and by account, on every page where guessing would pay."""

import hashlib
import ipaddress
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, Response, request, session
from flask_limiter import Limiter

from marketplace.config import Settings

# Where a try costs us an e-mail, or is a guess at six digits, nobody needs many.
_MAIL_RATE = "5 per minute; 20 per hour"


def client_address() -> str:
    """Give the client's address; of IPv6 the network, because one customer has all of it."""
    text = request.remote_addr or "unknown"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return text


def account() -> str:
    """Give the account that is tried, as a digest: from the form, else from half a sign-in."""
    named = request.form.get("email") or session.get("tf_user_id") or session.get("_user_id")
    if not isinstance(named, str):
        return client_address()
    return hashlib.sha256(named.strip().lower().encode()).hexdigest()


def _was_refused(response: Response) -> bool:
    """Tell a failed try, which shows the form again, from a success, which leads on."""
    return response.status_code != 302


def init_app(app: Flask, settings: Settings) -> None:
    """Limit the tries on the pages of sign-in."""
    limiter = Limiter(
        client_address,
        app=app,
        storage_uri=settings.rate_limit_storage,
        strategy="moving-window",
        # Without its store nobody can be counted; then sign-in goes on, and the log tells.
        swallow_errors=True,
    )
    app.extensions["limits"] = limiter
    guesses = ("login", "two_factor_token_validation", "mf_recovery", "verify", "change_password")
    for name in guesses:
        _limit(app, limiter, name, settings.sign_in_rate, count=_was_refused)
    for name in ("register", "send_confirmation", "forgot_password"):
        _limit(app, limiter, name, _MAIL_RATE, count=None)
    _limit(app, limiter, "reset_password", settings.sign_in_rate, count=None)
    _limit(app, limiter, "two_factor_setup_validate", settings.sign_in_rate, count=_was_refused)


def limit_sending(
    app: Flask, endpoint: str, rate: str, cost: Callable[[], int] = lambda: 1
) -> None:
    """Limit how often one address may send the form of a page that asks for no account.

    `cost` says for how many the request at hand counts.
    """
    limiter: Limiter = app.extensions["limits"]
    view: Any = app.view_functions[endpoint]
    limited = limiter.limit(rate, key_func=client_address, methods=["POST"], cost=cost)
    app.view_functions[endpoint] = limited(view)


def limit_reading(app: Flask, endpoint: str, rate: str) -> None:
    """Limit how often one address may read what a program could ask for without end."""
    limiter: Limiter = app.extensions["limits"]
    view: Any = app.view_functions[endpoint]
    app.view_functions[endpoint] = limiter.limit(rate, key_func=client_address)(view)


def limit_guessing(app: Flask, endpoints: Sequence[str], rate: str) -> None:
    """Limit how often one person may be refused with 422 by the forms of these pages together."""
    limiter: Limiter = app.extensions["limits"]
    shared = limiter.shared_limit(
        rate,
        scope="+".join(endpoints),
        key_func=lambda: str(session.get("_user_id") or client_address()),
        methods=["POST"],
        deduct_when=lambda response: response.status_code == 422,
    )
    for endpoint in endpoints:
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = shared(view)


def _limit(
    app: Flask,
    limiter: Limiter,
    name: str,
    rate: str,
    count: Callable[[Response], bool] | None,
) -> None:
    endpoint = f"security.{name}"
    view: Any = app.view_functions[endpoint]
    for key in (client_address, account):
        view = limiter.limit(
            rate, key_func=key, methods=["POST"], deduct_when=count, scope=key.__name__
        )(view)
    app.view_functions[endpoint] = view
