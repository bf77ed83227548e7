"""Messages go out once, by a mail server that the test itself is, and carry no forged header."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from marketplace.core.jobs import RETRY_AFTER, Job
from marketplace.core.notices import post
from marketplace.core.notices.models import Notice
from marketplace.core.transaction import transaction
from tests.conftest import NOW


@dataclass
class Postbox:
    """What a mail server received; `refuse` lets it turn every message away."""

    port: int = 0
    refuse: bool = False
    offers_tls: bool = False
    verbs: list[str] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)


class _Line(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as it takes to receive a message."""

    box: Postbox

    def handle(self) -> None:
        """Serve one connection."""
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            self.box.verbs.append(verb)
            if verb == "EHLO" and self.box.offers_tls:
                self._say("250-test")
                self._say("250 STARTTLS")
            elif verb == "STARTTLS":
                self._say("454 not now")
            elif verb == "RCPT":
                self.box.recipients.append(line.partition(":")[2].strip("<> "))
                self._say("550 no such box" if self.box.refuse else "250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part)
                self.box.messages.append(b"".join(lines))
                self._say("250 kept")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """Run a mail server on a port of this machine."""
    box = Postbox()
    handler = type("Handler", (_Line,), {"box": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield box
        server.shutdown()
        thread.join(10)


@pytest.fixture
def mailer(app: Flask, postbox: Postbox) -> post.Mailer:
    """Send through that server."""
    found = post.Mailer(f"smtp://127.0.0.1:{postbox.port}", "no-reply@fairway.example")
    post.register(found)
    return found


def queue(clock: FixedClock, subject: str = "Hello", text: str = "Good morning.") -> None:
    """Queue one message."""
    with transaction() as session:
        post.queue(session, to_email="una@example.org", subject=subject, text=text, clock=clock)


def test_message_is_sent_once_and_marked_as_sent(
    mailer: post.Mailer, postbox: Postbox, clock: FixedClock, session: Session
) -> None:
    queue(clock, "Ünïcode & <tags>", "Dè tha dol?\n.\nLine two")

    jobs.run_due(clock)
    jobs.run_due(clock)

    assert postbox.recipients == ["una@example.org"]
    (raw,) = postbox.messages
    message = message_from_bytes(raw, policy=policy.default)
    assert message["Subject"] == "Ünïcode & <tags>"
    assert message["From"] == "no-reply@fairway.example"
    assert str(message["Message-ID"]).endswith("@fairway.example>")
    assert "Dè tha dol?" in message.get_content()
    assert session.scalars(select(Notice.sent_at)).one() == NOW


def test_message_of_a_change_that_failed_is_never_sent(
    mailer: post.Mailer, postbox: Postbox, clock: FixedClock
) -> None:
    def fail() -> None:
        with transaction() as session:
            post.queue(session, to_email="una@example.org", subject="x", text="x", clock=clock)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    jobs.run_due(clock)

    assert postbox.messages == []


@pytest.mark.parametrize(
    "subject",
    [
        "Hello\nBcc: everybody@example.org",
        "Hello\r\nBcc: everybody@example.org",
        "Hello\r\n\r\nA body",
        "Hello\u2028Bcc: everybody@example.org",
        "Hello\x0bBcc: everybody@example.org",
    ],
)
def test_message_with_a_title_that_holds_headers_has_one_line_of_subject(
    mailer: post.Mailer, postbox: Postbox, clock: FixedClock, subject: str
) -> None:
    queue(clock, subject)

    jobs.run_due(clock)

    message = message_from_bytes(postbox.messages[0], policy=policy.default)
    assert message["Bcc"] is None
    assert "everybody@example.org" not in postbox.recipients
    assert str(message["Subject"]).startswith("Hello ")


@pytest.mark.parametrize("address", ["una@example.org\nBcc: b@example.org", "a\r\nX: y"])
def test_message_to_an_address_that_holds_headers_is_not_made(
    mailer: post.Mailer, address: str, clock: FixedClock
) -> None:
    notice = Notice(to_email=address, subject="x", text="x", created_at=NOW)

    with pytest.raises(ValueError, match=r"linefeed|newline|line"):
        mailer.message(notice)


def test_message_that_the_server_refuses_is_tried_again(
    mailer: post.Mailer, postbox: Postbox, clock: FixedClock, session: Session
) -> None:
    postbox.refuse = True
    queue(clock)
    jobs.run_due(clock)
    assert session.scalars(select(Notice.sent_at)).one() is None
    assert session.scalars(select(Job.error)).one()

    postbox.refuse = False
    clock.instant += RETRY_AFTER[0]
    session.rollback()
    jobs.run_due(clock)

    assert len(postbox.messages) == 1
    session.rollback()
    assert session.scalars(select(Notice.sent_at)).one() == clock.instant


def test_message_is_not_sent_in_clear_where_tls_is_offered(
    mailer: post.Mailer, postbox: Postbox, clock: FixedClock, session: Session
) -> None:
    postbox.offers_tls = True
    queue(clock)

    jobs.run_due(clock)

    assert "STARTTLS" in postbox.verbs
    assert postbox.messages == []
    assert "454" in (session.scalars(select(Job.error)).one() or "")


def test_message_by_smtps_begins_with_tls(
    app: Flask, postbox: Postbox, clock: FixedClock, session: Session
) -> None:
    post.register(post.Mailer(f"smtps://127.0.0.1:{postbox.port}", "no-reply@fairway.example"))
    queue(clock)

    jobs.run_due(clock)

    # Our server speaks plainly, so TLS fails, and nothing was said before it.
    assert "SSL" in (session.scalars(select(Job.error)).one() or "")
    assert not {"EHLO", "MAIL"} & set(postbox.verbs)


def test_message_without_a_server_stays_in_the_outbox(
    app: Flask, clock: FixedClock, session: Session
) -> None:
    post.register(post.Mailer(None, "no-reply@fairway.example"))
    queue(clock)

    assert jobs.run_due(clock) == 1

    assert session.scalars(select(Notice.text)).one() == "Good morning."


def test_message_with_a_long_title_is_cut(clock: FixedClock, app: Flask, session: Session) -> None:
    queue(clock, "x" * 500)

    assert len(session.scalars(select(Notice.subject)).one()) == 200


def test_message_that_is_gone_is_no_failure(
    mailer: post.Mailer, clock: FixedClock, session: Session
) -> None:
    with transaction() as inside:
        jobs.enqueue(inside, post.SEND, clock=clock, notice="00000000-0000-0000-0000-000000000000")

    jobs.run_due(clock)

    assert session.scalars(select(Job.done_at)).one() == NOW
