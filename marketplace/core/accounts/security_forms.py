"""Flask-Security's forms with our words and the GOV.UK widgets."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import forms
from flask_security.mail_util import EmailValidateException
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import hash_password
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovSubmitInput, GovTextInput
from wtforms import EmailField, HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from marketplace.core.accounts import events
from marketplace.core.accounts.datastore import real
from marketplace.core.accounts.forms import plain_name
from marketplace.core.accounts.mail import normal_address

_EMAIL = {"autocomplete": "email", "spellcheck": "false", "inputmode": "email"}


def _submit(text: str) -> SubmitField:
    return SubmitField(text, widget=GovSubmitInput())


def _address(label: str, *checks: Any, hint: str = "") -> EmailField:
    return EmailField(
        label,
        description=hint,
        widget=GovTextInput(),
        render_kw=_EMAIL,
        validators=[forms.IsString(), forms.email_required, *checks],
    )


def _secret(label: str, autocomplete: str, *checks: Any, hint: str = "") -> PasswordField:
    return PasswordField(
        label,
        description=hint,
        widget=GovPasswordInput(),
        render_kw={"params": {"autocomplete": autocomplete}},
        validators=[forms.IsString(), forms.password_required, *checks],
    )


def _refuse_what_is_no_address(form: Any) -> None:
    """Put the refusal where Flask-Security, which hides errors of the field itself, leaves it."""
    try:
        normal_address(form.email.data or "")
    except EmailValidateException:
        form.form_errors.append(
            _("Enter an e-mail address in the right form, like name@example.com")
        )


_PASSWORD_HINT = _l("At least 12 characters. Three random words are easy to remember.")


class SignInForm(forms.LoginForm):
    """Address and password. There is no "remember me": a session lasts a working day."""

    remember = None  # type: ignore[assignment]  # so WTForms drops a field
    email = _address(_l("E-mail address"), forms.EmailValidation(verify=False))
    password = _secret(_l("Password"), "current-password")
    submit = _submit(_l("Sign in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.description = ""  # the page has its own link to a new password

    def validate(self, **kwargs: Any) -> bool:
        """Check, and write a failed try down."""
        allowed = bool(super().validate(**kwargs))
        if not allowed and self.email.data and self.password.data:
            events.record_refused("sign_in_failed", real(self.user) if self.user else None)
        return allowed


class RegisterForm(forms.RegisterFormV2):
    """Name, address and password, and no more."""

    name = StringField(
        _l("Full name"),
        widget=GovTextInput(),
        render_kw={"autocomplete": "name", "spellcheck": "false"},
        validators=[
            forms.IsString(),
            InputRequired(_l("Enter your full name.")),
            Length(max=120, message=_l("Your name must have 120 characters or fewer.")),
            plain_name,
        ],
        filters=[lambda text: " ".join(text.split()) if isinstance(text, str) else text],
    )
    email = _address(
        _l("E-mail address"),
        forms.EmailValidation(verify=True),
        forms.unique_user_email,
        hint=_l("We send a link to it, to be sure that it is yours."),
    )
    password = _secret(_l("Password"), "new-password", hint=_PASSWORD_HINT)
    # A password can be shown on the page, so nobody need type it twice.
    password_confirm = None  # type: ignore[assignment]  # so WTForms drops a field
    next = HiddenField()
    submit = _submit(_l("Create account"))


class SendConfirmationForm(forms.SendConfirmationForm):
    """Ask for another confirmation link."""

    email = _address(
        _l("E-mail address"), forms.EmailValidation(verify=True), forms.valid_user_email
    )
    submit = _submit(_l("Send the link again"))

    def validate(self, **kwargs: Any) -> bool:
        """Check; what is no address at all is said, which betrays nothing about accounts."""
        allowed = bool(super().validate(**kwargs))
        if not allowed:
            _refuse_what_is_no_address(self)
        return allowed


class ForgotPasswordForm(forms.ForgotPasswordForm):
    """Ask for a link to set a new password."""

    email = _address(
        _l("E-mail address"), forms.EmailValidation(verify=True), forms.valid_user_email
    )
    submit = _submit(_l("Send a link"))

    def validate(self, **kwargs: Any) -> bool:
        """Check, taking as long for an address with an account as for one without."""
        allowed = bool(super().validate(**kwargs))
        if allowed:
            hash_password("the time that this takes")
        else:
            _refuse_what_is_no_address(self)
        return allowed


class ResetPasswordForm(forms.ResetPasswordForm):
    """Set a new password by a link."""

    password = _secret(_l("New password"), "new-password", hint=_PASSWORD_HINT)
    password_confirm = None  # type: ignore[assignment]  # so WTForms drops a field
    submit = _submit(_l("Set password"))


class ChangePasswordForm(forms.ChangePasswordForm):
    """Change the password, knowing the present one."""

    password = _secret(_l("Present password"), "current-password")
    new_password = _secret(_l("New password"), "new-password", hint=_PASSWORD_HINT)
    new_password_confirm = None  # type: ignore[assignment]  # so WTForms drops a field
    submit = _submit(_l("Change password"))


class VerifyForm(forms.VerifyForm):
    """Give the password again before something important."""

    password = _secret(_l("Password"), "current-password")
    submit = _submit(_l("Continue"))


class CodeForm(forms.TwoFactorVerifyCodeForm):
    """The six digits an authenticator app shows."""

    code = StringField(
        _l("Code from your app"),
        description=_l("6 digits"),
        widget=GovTextInput(),
        render_kw={
            "autocomplete": "one-time-code",
            "inputmode": "numeric",
            "params": {"classes": "govuk-input--width-10 govuk-input--extra-letter-spacing"},
        },
        validators=[forms.IsString(), InputRequired(_l("Enter the code from your app."))],
        filters=[lambda text: "".join(text.split()) if isinstance(text, str) else text],
    )
    submit = _submit(_l("Continue"))

    def validate(self, **kwargs: Any) -> bool:
        """Check, and write a failed try down."""
        allowed = bool(super().validate(**kwargs))
        if not allowed:
            events.record_refused("second_factor_failed", real(self.user) if self.user else None)
        return allowed


class SecondFactorForm(forms.TwoFactorSetupForm):
    """Begin to set an app up, or switch the second step off: the page sends the choice."""

    setup = HiddenField()  # type: ignore[assignment]  # one choice needs no radios
    # Kept because Flask-Security's own check reads it; no page shows it.
    phone = HiddenField()  # type: ignore[assignment]  # not a telephone's
    submit = _submit(_l("Set up an app"))

    def validate(self, **kwargs: Any) -> bool:
        """Check, with the message where it can be seen."""
        allowed = bool(super().validate(**kwargs))
        if not allowed:
            self.form_errors.append(_("Your role needs a second step at sign-in."))
        return allowed


class RecoveryCodeForm(MfRecoveryForm):
    """One of the codes kept for the day the phone is lost."""

    code = StringField(
        _l("Recovery code"),
        description=_l("16 letters and digits, like those you printed. Each works once."),
        widget=GovTextInput(),
        render_kw={
            "autocomplete": "off",
            "spellcheck": "false",
            "params": {"classes": "govuk-input--width-20"},
        },
        validators=[forms.IsString(), InputRequired(_l("Enter a recovery code."))],
    )
    submit = _submit(_l("Continue"))

    def validate(self, **kwargs: Any) -> bool:
        """Check, and write down that a code was used or a try failed."""
        allowed = bool(super().validate(**kwargs))
        if allowed:
            events.record("recovery_code_used", real(self.user) if self.user else None)
        else:
            events.record_refused("second_factor_failed", real(self.user) if self.user else None)
        return allowed
