"""What Flask-Security says to people, in our words."""

from marketplace.core.text import N_

MESSAGES: dict[str, tuple[str, str]] = {
    "UNAUTHENTICATED": (N_("Sign in to see this page."), "info"),
    "REAUTHENTICATION_REQUIRED": (
        N_("For safety, enter your password again before you go on."),
        "info",
    ),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can go on."), "success"),
    "GENERIC_AUTHN_FAILED": (
        N_(
            "The e-mail address or the password is not right, or the address has not been "
            "confirmed yet."
        ),
        "error",
    ),
    "CONFIRM_REGISTRATION": (
        N_("We have sent an e-mail to %(email)s. Follow the link in it to go on."),
        "success",
    ),
    "CONFIRMATION_REQUEST": (
        N_(
            "If %(email)s has an account that is not confirmed yet, we have sent it a new link. "
            "It can take a few minutes."
        ),
        "info",
    ),
    "EMAIL_CONFIRMED": (N_("Your e-mail address is confirmed. You can sign in now."), "success"),
    "ALREADY_CONFIRMED": (N_("Your e-mail address is confirmed already."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (
        N_("This link does not work, or has been used. Ask for a new one here."),
        "error",
    ),
    "CONFIRMATION_EXPIRED": (N_("This link is too old. Ask for a new one here."), "error"),
    "PASSWORD_RESET_REQUEST": (
        N_(
            "If %(email)s has an account, we have sent it a link to set a new password. "
            "It can take a few minutes."
        ),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (N_("This link is too old. Ask for a new one here."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("This link does not work, or has been used. Ask for a new one here."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (
        N_("Your password is changed. Sign in with the new one."),
        "success",
    ),
    "PASSWORD_CHANGE": (
        N_("Your password is changed. You are signed out on all other devices."),
        "success",
    ),
    "PASSWORD_IS_THE_SAME": (N_("Choose a password other than the present one."), "error"),
    "INVALID_PASSWORD": (N_("The password is not right."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Enter a password."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords are not the same."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Enter your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (
        N_("Enter an e-mail address in the right form, like name@example.com"),
        "error",
    ),
    "INVALID_REDIRECT": (N_("That link leads away from this service."), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (
        N_(
            "This code is not right, has been used, or is too old. Enter the one your app shows "
            "now."
        ),
        "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (N_("You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        N_("Your authenticator app is set up. You are signed out on all other devices."),
        "success",
    ),
    "TWO_FACTOR_PERMISSION_DENIED": (N_("Sign in from the beginning, please."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (N_("Your role needs a second step at sign-in."), "error"),
    "TWO_FACTOR_DISABLED": (N_("The second step at sign-in is switched off."), "success"),
    "TWO_FACTOR_SETUP_EXPIRED": (N_("That took too long. Please start again."), "error"),
    "INVALID_RECOVERY_CODE": (N_("This recovery code is not right, or has been used."), "error"),
    "NO_RECOVERY_CODES_SETUP": (N_("You have no recovery codes yet."), "info"),
    "API_ERROR": (N_("That could not be read. Please try again."), "error"),
    "DISABLED_ACCOUNT": (N_("This account is closed."), "error"),
}

SUBJECTS: dict[str, str] = {
    "REGISTER": N_("Confirm your e-mail address"),
    "CONFIRM": N_("Confirm your e-mail address"),
    "PASSWORD_RESET": N_("Set a new password"),
    "PASSWORD_NOTICE": N_("Your password was changed"),
    "PASSWORD_CHANGE_NOTICE": N_("Your password was changed"),
}
