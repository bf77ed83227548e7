"""Asks for pages of logs as somebody, and checks the files that come."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.accounts.models import User
from marketplace.core.audit import chains, checkpoints, keys
from marketplace.core.clock import FixedClock
from marketplace.core.transaction import transaction
from tests.conftest import sign_in


def page(client: FlaskClient, user: User | None, path: str) -> tuple[int, str]:
    """Ask for a page as somebody, or as a visitor."""
    if user is None:
        with client.session_transaction() as held:
            held.clear()
    else:
        sign_in(client, user)
    answer = client.get(path)
    return answer.status_code, answer.text


def sign_checkpoint(clock: FixedClock) -> None:
    """Sign the log as it is now."""
    with transaction() as session:
        checkpoints.make(session, clock=clock)


def file_of(client: FlaskClient, user: User | None, path: str, session: Session) -> chains.Checked:
    """Download a chain and check it with the log's keys alone."""
    status, text = page(client, user, path)
    assert status == 200
    checked = chains.check(text.encode(), keys.known(session))
    assert checked.chain is not None
    return checked
