"""Two people at one bid at once, and sealing that takes long at the closing instant."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import envelopes, service
from bids.lifecycle import BidState, Lateness, TooLate
from bids.models import Bid, Submission
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import DomainError, StaleEdit
from marketplace.core.permissions import Actor
from tests.conftest import NOW
from tests.integration.sealed.conftest import Market, damage, written


def stored(app: Flask) -> set[str]:
    """Name the envelopes in the file store."""
    folder: Path = app.extensions["files"].folder
    return {path.name for path in folder.rglob("*") if path.is_file()}


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Do several things at once, each in a thread and context of its own; give what came of each.

    Each sealed its envelope before any of them asks for the lock.
    """
    together, came = threading.Barrier(len(works)), [None] * len(works)
    seal = envelopes.seal

    def sealing(document: bytes, recipients: list[str], _files: object = ()) -> str:
        digest = seal(document, recipients)
        together.wait(30)
        return digest

    def do(number: int) -> None:
        with app.app_context():
            try:
                came[number] = works[number]()  # type: ignore[call-overload]  # a list of anything
            except DomainError as error:
                came[number] = error  # type: ignore[call-overload]  # a list of anything
            finally:
                db.session.remove()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(envelopes, "seal", sealing)
        threads = [threading.Thread(target=do, args=[n]) for n in range(len(works))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    return list(came)


def test_two_replacements_of_one_bid_at_once_make_one_chain_and_both_are_told_the_truth(
    app: Flask, market: Market, session: Session, clock: FixedClock
) -> None:
    actor = market.actor(0)
    reference = market.submitted(0, clock)
    for turn in range(2, 5):
        service.change_bid(reference, actor=actor, clock=clock)
        service.save_answer(reference, "team", f"Turn {turn}", actor=actor, clock=clock)
        session.rollback()

        def replace() -> tuple[int, str]:
            made = service.submit_bid(reference, actor=actor, arrived=NOW, clock=clock)
            return made.version, made.receipt

        told = at_once(app, replace, replace)

        session.rollback()
        bid = session.scalars(select(Bid).where(Bid.reference == reference)).one()
        versions = [each.version for each in bid.submissions]
        assert versions == list(range(1, turn + 1))
        assert (bid.state, bid.current_version) == (BidState.SUBMITTED, turn)
        last = bid.submissions[-1]
        assert told == [(turn, last.receipt)] * 2
    session.rollback()
    kept = session.scalars(select(Submission.sha256)).all()
    assert stored(app) == set(kept)
    entries = market.entries("bid.submitted")
    assert [entry.fields["version"] for entry in entries] == [1, 2, 3, 4]
    session.rollback()
    assert damage() == []


def test_replacement_overtaken_by_a_withdrawal_is_refused_and_keeps_its_draft(
    app: Flask, market: Market, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague withdraws while the replacement is being sealed: it must not undo that unseen."""
    actor = market.actor(0)
    reference = market.submitted(0, clock)
    service.change_bid(reference, actor=actor, clock=clock)
    service.save_answer(reference, "team", "Another team", actor=actor, clock=clock)
    session.rollback()
    seal = envelopes.seal

    def withdraw() -> None:
        with app.app_context():
            service.withdraw_bid(reference, actor=actor, arrived=NOW, clock=clock)
            db.session.remove()

    def sealing(document: bytes, recipients: list[str], _files: object = ()) -> str:
        digest = seal(document, recipients)
        thread = threading.Thread(target=withdraw)
        thread.start()
        thread.join(60)
        return digest

    monkeypatch.setattr(envelopes, "seal", sealing)
    with pytest.raises(StaleEdit):
        service.submit_bid(reference, actor=actor, arrived=NOW, clock=clock)

    session.rollback()
    bid = session.scalars(select(Bid).where(Bid.reference == reference)).one()
    assert (bid.state, bid.current_version) == (BidState.WITHDRAWN, None)
    assert bid.draft_key_id is not None
    assert stored(app) == {each.sha256 for each in bid.submissions}
    assert len(market.entries("bid.submitted")) == len(market.entries("bid.withdrawn")) == 1


@pytest.mark.parametrize("seconds", [0, 1, 59.999999])
def test_bid_that_arrived_in_the_last_instant_counts_however_long_its_sealing_takes_in_the_minute(
    app: Flask,
    market: Market,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
) -> None:
    reference, actor = _ready_at_closing(market, clock)
    arrived = clock.now()
    recorded = market.closes_at + timedelta(seconds=seconds)
    _seal_until(monkeypatch, clock, recorded)

    made = service.submit_bid(reference, actor=actor, arrived=arrived, clock=clock)

    assert (made.arrived_at, made.recorded_at) == (arrived, recorded)
    assert stored(app) == {made.sha256}


def test_bid_that_arrived_in_time_and_was_sealed_for_a_minute_is_refused_and_leaves_no_envelope(
    app: Flask,
    market: Market,
    session: Session,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reference, actor = _ready_at_closing(market, clock)
    arrived = clock.now()
    _seal_until(monkeypatch, clock, market.closes_at + timedelta(seconds=60))

    with pytest.raises(TooLate) as refusal:
        service.submit_bid(reference, actor=actor, arrived=arrived, clock=clock)

    assert refusal.value.lateness is Lateness.RECORDED_LATE
    assert stored(app) == set()
    assert market.entries("bid.submitted") == []
    (entry,) = market.entries("bid.refused")
    assert entry.fields["reason"] == "recorded_late"
    session.rollback()
    bid = session.scalars(select(Bid).where(Bid.reference == reference)).one()
    assert (bid.state, bid.submissions) == (BidState.DRAFT, [])
    assert bid.draft_key_id is not None


def test_bid_that_arrives_at_the_closing_instant_is_refused_before_the_log_is_asked(
    app: Flask, market: Market, clock: FixedClock
) -> None:
    reference, actor = _ready_at_closing(market, clock)
    clock.instant = market.closes_at

    with pytest.raises(TooLate) as refusal:
        service.submit_bid(reference, actor=actor, arrived=clock.now(), clock=clock)

    assert refusal.value.lateness is Lateness.ARRIVED_LATE
    assert stored(app) == set()


def _ready_at_closing(market: Market, clock: FixedClock) -> tuple[str, Actor]:
    actor = market.actor(0)
    reference = written(market.reference, actor, clock, "At the last moment")
    market.session.rollback()
    clock.instant = market.closes_at - timedelta(microseconds=1)
    return reference, actor


def _seal_until(monkeypatch: pytest.MonkeyPatch, clock: FixedClock, instant: object) -> None:
    """Have sealing take until `instant`."""
    seal = envelopes.seal

    def slow(document: bytes, recipients: list[str], _files: object = ()) -> str:
        digest = seal(document, recipients)
        clock.instant = instant  # type: ignore[assignment]  # an instant
        return digest

    monkeypatch.setattr(envelopes, "seal", slow)
