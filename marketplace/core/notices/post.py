"""Queues messages in the transaction of the change they tell of, and sends them by a job."""

import re
import smtplib
import ssl
import uuid
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.notices.models import Notice
from marketplace.core.transaction import transaction

SEND = "notices.send"
# Seconds.
TIMEOUT = 30
# The library would write an address that is longer than a line in a form that mail programs do not
# follow. A line may have 998 characters. Source: RFC 5322, section 2.1.1.
_POLICY = SMTP.clone(max_line_length=990)


class Mailer:
    """Sends by SMTP, or keeps messages in the outbox where no server is set (the demonstration)."""

    def __init__(self, smtp_url: str | None, sender: str) -> None:
        self.smtp_url = smtp_url
        self.sender = sender

    def send(self, notice: Notice) -> None:
        """Hand one message to the mail server; without a server it stays readable in the outbox.

        `smtps://` speaks TLS from the first byte; `smtp://` goes over to TLS where it is offered.

        Raises:
            OSError, smtplib.SMTPException: the server cannot be reached or refuses.
        """
        if self.smtp_url is None:
            return
        address = urlsplit(self.smtp_url)
        host = address.hostname or "localhost"
        tls = ssl.create_default_context()
        with _server(address.scheme, host, address.port, tls) as server:
            server.ehlo()  # only now is it known what the server offers
            if address.scheme != "smtps" and server.has_extn("starttls"):
                server.starttls(context=tls)
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
            server.send_message(self.message(notice))

    def message(self, notice: Notice) -> EmailMessage:
        """Make the message. A line break in a subject or an address is refused by the library."""
        message = EmailMessage(policy=_POLICY)
        message["From"] = self.sender
        message["To"] = notice.to_email
        message["Subject"] = notice.subject
        message["Message-ID"] = f"<{notice.id}@{self.sender.rpartition('@')[2]}>"
        if notice.stop_url:
            # Mail programs show a button for it, and press it by POST alone.
            # Source: RFC 2369, section 3.2; RFC 8058, section 3.1.
            message["List-Unsubscribe"] = f"<{notice.stop_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(notice.text)
        if notice.calendar:
            # Mail programs read the method from here and not from the file.
            # Source: RFC 6047, section 2.4.
            method = re.search(r"^METHOD:([A-Z]+)", notice.calendar, re.MULTILINE)
            message.add_attachment(
                notice.calendar.encode(),
                maintype="text",
                subtype="calendar",
                filename="calendar.ics",
                params={"charset": "utf-8", "method": method[1] if method else "PUBLISH"},
            )
        return message


def _server(scheme: str, host: str, port: int | None, secure: ssl.SSLContext) -> smtplib.SMTP:
    """Reach the mail server: encrypted from the first byte for smtps alone."""
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=secure)
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT)


def queue(
    session: Session,
    *,
    to_email: str,
    subject: str,
    text: str,
    clock: Clock,
    user_id: uuid.UUID | None = None,
    stop_url: str | None = None,
    calendar: str | None = None,
) -> Notice:
    """Write a message and the job that sends it, in the caller's transaction.

    `stop_url` is an address where one click ends such messages, without signing in. `calendar` is
    an iCalendar file that goes with the message.
    """
    # Titles that people type go into subjects: one line, whatever they hold.
    notice = Notice(
        to_email=to_email,
        user_id=user_id,
        subject=" ".join(subject.split())[:200],
        text=text,
        stop_url=stop_url,
        calendar=calendar,
        created_at=clock.now(),
    )
    session.add(notice)
    session.flush()
    jobs.enqueue(session, SEND, clock=clock, notice=str(notice.id))
    return notice


def _note_failure(notice_id: uuid.UUID, error: Exception) -> None:
    db.session.rollback()
    with transaction() as session:
        said = " ".join(str(error).split())[:500]
        session.get_one(Notice, notice_id).failure = said or type(error).__name__


def register(mailer: Mailer) -> None:
    """Have the sweeper send what is queued through `mailer`."""

    def send(payload: dict[str, Any], clock: Clock) -> None:
        notice = db.session.get(Notice, uuid.UUID(payload["notice"]))
        if notice is None or notice.sent_at is not None:
            return
        try:
            mailer.send(notice)
        except (OSError, smtplib.SMTPException) as error:
            # Said beside what the message is about, where somebody may know another way.
            _note_failure(notice.id, error)
            raise
        with transaction() as session:
            row = session.get_one(Notice, uuid.UUID(payload["notice"]))
            row.sent_at, row.failure = clock.now(), None

    jobs.handles(SEND)(send)
