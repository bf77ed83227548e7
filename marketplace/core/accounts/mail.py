"""Puts Flask-Security's messages into our post, and writes their links from our own address."""

from typing import Any

import email_validator
from flask import url_for
from flask_security.mail_util import EmailValidateException, MailUtil

from marketplace.core import access
from marketplace.core.accounts.datastore import begin_writing, commit_after_request
from marketplace.core.notices import post


class Post(MailUtil):
    """Queues messages in the request's transaction; a job sends them."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Queue a message; the request commits it with whatever else it changes."""
        user = kwargs.get("user")
        rows = begin_writing()
        rows.flush()  # a person just made has no identifier before
        post.queue(
            rows,
            to_email=recipient if isinstance(recipient, str) else recipient[1],
            subject=str(subject),
            text=(body or "").strip() + "\n",
            clock=access.clock(),
            user_id=user.id if user else None,
        )
        commit_after_request()

    def normalize(self, email: str) -> str:
        """Bring an address into the one form in which it is kept.

        Raises:
            EmailValidateException: it is not an address.
        """
        return normal_address(email)

    def validate(self, email: str) -> str:
        """Do the same: whether post arrives there is seen when the person confirms it."""
        return normal_address(email)


def normal_address(email: str) -> str:
    """Give the form in which an address is kept: tidy and in lower case.

    Raises:
        EmailValidateException: it is not an address, or longer than the column.
    """
    try:
        normal = email_validator.validate_email(
            email.strip(), check_deliverability=False, test_environment=True
        ).normalized.lower()
    except ValueError as error:
        raise EmailValidateException(
            "Enter an e-mail address in the right form, like name@example.com"
        ) from error
    return normal


def link(endpoint: str, **values: object) -> str:
    """Write a full address from the configured one: never from a header the client chose."""
    path = url_for(endpoint, **values)  # type: ignore[arg-type]  # values of places in the path
    return access.current_settings().public_url + path
