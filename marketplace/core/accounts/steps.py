"""Flask-Security's views where our manner differs: signing out, confirming, setting up an app."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import Security, signals
from flask_security.tf_plugin import tf_clean_session
from flask_security.utils import check_and_get_token_status
from sqlalchemy.exc import IntegrityError
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from marketplace.core.accounts import events, onward, sessions
from marketplace.core.accounts.datastore import commit, real
from marketplace.core.accounts.models import User
from marketplace.core.accounts.security_forms import CodeForm
from marketplace.core.accounts.words import MESSAGES
from marketplace.core.database import db

View = Callable[..., ResponseReturnValue]
_security = cast(Security, LocalProxy(lambda: current_app.extensions["security"]))


def replace_views(app: Flask) -> None:
    """Put our views where Flask-Security registered its own."""
    plain_logout = cast(View, app.view_functions["security.logout"])
    plain_confirm = cast(View, app.view_functions["security.confirm_email"])
    plain_register = cast(View, app.view_functions["security.register"])
    plain_setup = cast(View, app.view_functions["security.two_factor_setup"])

    def logout() -> ResponseReturnValue:
        """End the session in the database, then in the browser."""
        if current_user.is_authenticated:
            events.record("signed_out", real(current_user))
            sessions.end()
            commit()
        answer = plain_logout()
        session.clear()
        return answer

    def confirm_email(token: str) -> ResponseReturnValue:
        """Ask before confirming: programs that look at links in e-mails must change nothing."""
        if request.method == "GET":
            return render_template("security/confirm_email.html")
        answer = plain_confirm(token=token)
        # Confirmed, the person signs in, and then goes on to where the account was wanted for.
        confirmed = isinstance(answer, Response) and answer.location == url_for("security.login")
        if confirmed and (path := onward.take()) is not None:
            return redirect(url_for("security.login", next=path))
        return answer

    def register() -> ResponseReturnValue:
        """Take the same form sent twice at once for one: the letter is on its way."""
        if request.method == "POST":
            onward.keep()
        try:
            return plain_register()
        except IntegrityError:
            db.session.rollback()
            return redirect(url_for("security.login"))

    def two_factor_setup() -> ResponseReturnValue:
        """Ask a person to sign in first: nobody sets up a second step from half a sign-in."""
        if not current_user.is_authenticated:
            return redirect(url_for("security.login", next=url_for("security.two_factor_setup")))
        return plain_setup()

    app.view_functions["security.logout"] = logout
    app.view_functions["security.confirm_email"] = confirm_email
    app.view_functions["security.register"] = register
    app.view_functions["security.two_factor_setup"] = two_factor_setup
    app.view_functions["security.two_factor_setup_validate"] = two_factor_setup_validate


def two_factor_setup_validate(token: str) -> ResponseReturnValue:
    """Check the first code of a new app; a wrong one brings the same picture back.

    `token` holds, signed and encrypted, the secret shown; it is stored only after a right code.
    """
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=url_for("security.two_factor_setup")))
    expired, invalid, state = check_and_get_token_status(
        token, "tf_setup", current_app.config["SECURITY_TWO_FACTOR_SETUP_WITHIN"]
    )
    if expired or invalid:
        text, category = MESSAGES["TWO_FACTOR_SETUP_EXPIRED"]
        flash(_(text), category)
        return redirect(url_for("security.two_factor_setup"))
    user = real(current_user)
    form = CodeForm()
    form.tf_totp_secret = state["totp_secret"]
    form.primary_method = state["method"]
    form.user = user
    form.is_setup = True
    if not form.validate_on_submit():
        return _app_page(user, form, token, state["totp_secret"])
    cast(Any, tf_clean_session)()
    _security.datastore.tf_set(user, state["method"], state["totp_secret"])
    # Whoever signed in elsewhere did so without the second step.
    sessions.end_all(user.id)
    # A code of the app was just given, in a session for which the password was given lately.
    sessions.begin(user, second_factor=True)
    signals.tf_profile_changed.send(
        cast(Any, current_app)._get_current_object(), user=user, method=state["method"]
    )
    commit()
    text, category = MESSAGES["TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL"]
    flash(_(text), category)
    return redirect(url_for("security.mf_recovery_codes"))


def _app_page(user: User, form: CodeForm, token: str, secret: str) -> str:
    values = _security.totp_factory.fetch_setup_values(secret, user)
    return render_template(
        "security/two_factor_setup.html",
        two_factor_verify_code_form=form,
        chosen_method="authenticator",
        state_token=token,
        authr_qrcode=values["image"],
        authr_key=values["key"],
        authr_username=values["username"],
        authr_issuer=values["issuer"],
    )
