"""Before a challenge is opened the public log tells nobody what it holds: no name, no action."""

import re
from datetime import timedelta

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.audit import log, tiles
from marketplace.core.audit.models import LogCheckpoint, LogEntry
from marketplace.core.clock import FixedClock
from tests.conftest import NOW
from tests.journeys import Step, a_cast, a_journey


def answers(client: FlaskClient, session: Session) -> dict[str, bytes]:
    """Read everything that the public log gives out, as far as it goes."""
    sizes = session.scalars(sa.select(LogCheckpoint.size)).all()
    newest = max(sizes)
    paths = ["/log", "/log/checkpoints", "/log/checkpoint", "/log/keys", "/log/keys/changes"]
    paths += [f"/log/checkpoints/{size}" for size in sizes]
    paths += [f"/log/tile/{tile}" for tile in tiles.of_size(newest)]
    paths += [f"/log/proofs/inclusion?place={n}&size={newest}" for n in range(newest)]
    paths += [f"/log/proofs/consistency?from={n}&to={newest}" for n in range(newest)]
    # And what it must not: refusals tell no more than answers.
    paths += ["/log/tile/0/009", "/log/tile/entries/000", "/log/checkpoints/3", "/log/proofs/x"]
    paths += [f"/log/proofs/inclusion?place=0&size={newest + 1}"]
    return {path: client.get(path).data for path in paths}


def test_log_before_the_opening_names_no_challenge_and_no_action(
    client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    journey = a_journey(session, clock, a_cast(session, NOW)).to(Step.CLOSED)
    clock.instant += timedelta(hours=1)
    jobs.run_due(clock)
    reference, bids = journey.reference, (journey.own_bid, journey.rival_bid)
    actions = {action for action in log.recorded_actions() if not action.startswith("test.")}
    names = session.scalars(sa.select(LogEntry.action).distinct()).all()
    assert {"bid.submitted", "challenge.published"} <= set(names)

    told = answers(client, session)

    secrets = {reference, *bids, *actions, "Lanterns", "Umbrella", journey.cast.lead.name}
    assert [
        (path, word) for path, text in told.items() for word in secrets if word.encode() in text
    ] == []


def test_log_page_counts_what_is_signed_and_not_what_has_happened_since(
    client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    journey = a_journey(session, clock, a_cast(session, NOW)).to(Step.OPEN)
    clock.instant += timedelta(hours=1)
    jobs.run_due(clock)

    def pages() -> list[str]:
        paths = ("/", "/log", "/log/checkpoints", "/log/checkpoint", "/challenges", "/health")
        texts = [client.get(path).text for path in paths]
        return [re.sub(r'nonce="[^"]*"', "", text) for text in texts]

    before = pages()
    journey.bid()

    assert pages() == before
