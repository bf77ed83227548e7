"""Fits Flask-Security into the house: its settings, its forms, which of its pages are open."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast

from flask import Flask, Response, abort, request
from flask_login import current_user
from flask_security import Security
from flask_security.password_util import PasswordUtil

from marketplace.config import Settings
from marketplace.core import access
from marketplace.core.accounts import events, limits, security_forms, sessions, steps, words
from marketplace.core.accounts.datastore import OneTimeCodes, People, RecoveryCodes
from marketplace.core.accounts.mail import Post, link
from marketplace.core.accounts.policy import password_fault
from marketplace.core.errors import Forbidden
from marketplace.core.text import N_

# The pages of Flask-Security that are open, and to whom. Any other it registers stays closed:
# choosing between methods, and rescue by e-mail, which would make the second factor worth less.
_OPEN = {
    "login": access.Access.PUBLIC,
    "register": access.Access.PUBLIC,
    "send_confirmation": access.Access.PUBLIC,
    "confirm_email": access.Access.PUBLIC,
    "forgot_password": access.Access.PUBLIC,
    "reset_password": access.Access.PUBLIC,
    # These two belong to somebody who has given the password and is not signed in yet.
    "two_factor_token_validation": access.Access.PUBLIC,
    "mf_recovery": access.Access.PUBLIC,
    "logout": access.Access.PUBLIC,  # signing out twice is no mistake
    "verify": access.Access.SIGNED_IN,
    "change_password": access.Access.SIGNED_IN,
    "two_factor_setup": access.Access.SIGNED_IN,
    "two_factor_setup_validate": access.Access.SIGNED_IN,
    "mf_recovery_codes": access.Access.SIGNED_IN,
}

_OWN_ACCOUNT = (
    "change_password",
    "two_factor_setup",
    "two_factor_setup_validate",
    "mf_recovery_codes",
)


class Passwords(PasswordUtil):
    """Refuses passwords that are short or easy to guess."""

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        """Give what is wrong with a new password, if anything, and its normal form."""
        from flask_babel import gettext

        normal = self.normalize(password)
        known = [access.current_settings().service_name, *_about(kwargs)]
        fault = password_fault(normal, known=known)
        return ([gettext(fault)] if fault else None), normal


def _about(facts: dict[str, Any]) -> Iterable[str]:
    """Give what an attacker would know of the person: name and address."""
    if user := facts.get("user"):
        return [user.name, user.email]
    return [facts.get("name") or "", facts.get("email") or ""]


def init_app(app: Flask) -> None:
    """Give the application its accounts: sign-in and all that belongs to it."""
    settings: Settings = app.extensions["settings"]
    app.config.update(_configuration(settings))
    app.session_interface = sessions.Cookies()
    security = Security(
        app,
        People(),
        login_form=security_forms.SignInForm,
        register_form=security_forms.RegisterForm,
        forgot_password_form=security_forms.ForgotPasswordForm,
        reset_password_form=security_forms.ResetPasswordForm,
        change_password_form=security_forms.ChangePasswordForm,
        send_confirmation_form=security_forms.SendConfirmationForm,
        verify_form=security_forms.VerifyForm,
        two_factor_verify_code_form=security_forms.CodeForm,
        two_factor_setup_form=security_forms.SecondFactorForm,
        mf_recovery_form=security_forms.RecoveryCodeForm,
        mail_util_cls=Post,
        password_util_cls=Passwords,
        totp_cls=OneTimeCodes,
        mf_recovery_codes_util_cls=RecoveryCodes,
    )
    # There are pages only: no JSON, and no token in a header or an address stands for a person.
    security.want_json(lambda _request: False)
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # Flask-Login sets it
    security.mail_context_processor(lambda: {"link": link})

    steps.replace_views(app)
    _open_pages(app)
    limits.init_app(app, settings)
    events.listen(app)
    app.before_request(sessions.forget_ended)
    app.before_request(_refuse_json)
    app.before_request(_keep_shared_people)
    app.after_request(_keep_out_of_caches)


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_REGISTER_URL": "/create-account",
        "SECURITY_CONFIRM_URL": "/confirm-address",
        "SECURITY_RESET_URL": "/new-password",
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_VERIFY_URL": "/account/check",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/second-step",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/method",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery-code",
        "SECURITY_POST_LOGIN_VIEW": "/work",
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_REGISTER_VIEW": "security.login",
        "SECURITY_POST_CHANGE_VIEW": "accounts.person",
        "SECURITY_POST_VERIFY_VIEW": "/work",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "security.mf_recovery_codes",
        "SECURITY_REGISTERABLE": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        # Seconds by which the phone's clock may be wrong: one code before and one after.
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_SETUP_WITHIN": timedelta(minutes=30),
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(days=2),
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
        "SECURITY_FRESHNESS": sessions.FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
        "SECURITY_FRESHNESS_ALLOW_AUTH_TOKEN": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        # Nobody learns from an answer whether an address has an account.
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        # No second layer under a site key: a changed key must not void every password.
        "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__type": "ID",
            "argon2__memory_cost": settings.password_memory_kib,
            "argon2__rounds": settings.password_passes,
            "argon2__parallelism": 1,
        },
        # Only fingerprints inside signed links: slow hashing would betray by its time which
        # addresses have accounts.
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
        "SECURITY_PASSWORD_SALT": _derived(settings, "password"),
        "SECURITY_TOTP_SECRETS": {"1": _derived(settings, "second factor")},
        "SECURITY_TOTP_ISSUER": settings.service_name,
        "SECURITY_DATETIME_FACTORY": lambda: access.clock().now(),
        "SECURITY_EMAIL_SENDER": settings.mail_from,
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": ["translations"],
        **{f"SECURITY_MSG_{key}": message for key, message in words.MESSAGES.items()},
        **{f"SECURITY_EMAIL_SUBJECT_{key}": subject for key, subject in words.SUBJECTS.items()},
    }


def _derived(settings: Settings, purpose: str) -> str:
    """Derive a key of its own for each purpose from the installation's key."""
    raw = hmac.new(settings.secret_key.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(raw).decode()


def _open_pages(app: Flask) -> None:
    for name, kind in _OPEN.items():
        view = app.view_functions[f"security.{name}"]
        cast(Any, view).access = kind.value


def _refuse_json() -> None:
    if request.blueprint == "security" and request.is_json:
        abort(415)


def _keep_shared_people() -> None:
    """Keep the accounts that every visitor of the demonstration shares as they are."""
    owned = request.endpoint in {f"security.{name}" for name in _OWN_ACCOUNT}
    if owned and current_user.is_authenticated and current_user.demo_role:
        raise Forbidden(N_("Visitors share this person, so the account cannot be changed."))


def _keep_out_of_caches(response: Response) -> Response:
    if request.blueprint == "security":
        response.headers["Cache-Control"] = "no-store"
    return response
