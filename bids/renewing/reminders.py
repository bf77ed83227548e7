"""Reminds suppliers before closing to confirm their bids, and tells them where one has lapsed.

A reminder goes out twice: three days and one day before closing, and where the closing was moved
or another change asks too, before that closing and for the last of those changes only. A minute
after closing, when no bid in time can come any more, what was not confirmed is recorded as lapsed;
where bids are taken again after that, so is what has lapsed by then.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bids import log_words
from bids.renewing import letters, queries
from challenges.changing import queries as changes
from challenges.lifecycle import State, closing_recorded_from
from challenges.log_words import REOPENED
from challenges.models import Challenge
from challenges.service import record_closing
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction

REMIND = "bids.remind_to_confirm"
LAPSE = "bids.lapse"
BEFORE_CLOSING = (timedelta(days=3), timedelta(days=1))


def await_confirmation(session: Session, challenge: Challenge, change: int, clock: Clock) -> None:
    """Have suppliers reminded and lapsed bids recorded, in the transaction that asks for it.

    `change` is the number of the last change that asks for confirming. It is asked for anew where
    the closing instant is moved; reminders before a closing that holds no more are left out.
    """
    closes_at = challenge.stage.closes_at
    if closes_at is None:
        return
    for before in BEFORE_CLOSING:
        if clock.now() < closes_at - before:
            jobs.enqueue(
                session,
                REMIND,
                clock=clock,
                due_at=closes_at - before,
                challenge=challenge.reference,
                change=change,
                closes_at=write_instant(closes_at),
            )
    jobs.enqueue(
        session,
        LAPSE,
        clock=clock,
        due_at=closing_recorded_from(closes_at),
        challenge=challenge.reference,
    )


@jobs.handles(REMIND)
def remind(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: remind the suppliers whose bids are not confirmed yet."""
    with transaction() as session:
        challenge = _locked(session, str(payload["challenge"]))
        closes_at = challenge.stage.closes_at
        if challenge.state is not State.OPEN or closes_at is None or clock.now() >= closes_at:
            return
        # Whatever asked for this reminder may have been overtaken, and then asked for others.
        holds = (changes.last_asking_number(session, challenge), write_instant(closes_at))
        if (payload["change"], payload["closes_at"]) != holds:
            return
        letters.remind(session, challenge, queries.unconfirmed(session, challenge), clock)


@jobs.handles(LAPSE, insists=True)
def lapse(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: record which bids lapsed and tell their suppliers; again it does nothing."""
    with transaction() as session:
        challenge = _locked(session, str(payload["challenge"]))
        closes_at = challenge.stage.closes_at
        if closes_at is None or challenge.state is State.CANCELLED:
            return
        if clock.now() < closing_recorded_from(closes_at):
            jobs.enqueue(
                session,
                LAPSE,
                clock=clock,
                due_at=closing_recorded_from(closes_at),
                challenge=challenge.reference,
            )
            return
        found = queries.unconfirmed(session, challenge)
        bids = [each.bid for each in found]
        if not bids or _recorded(session, challenge) == bids:
            return
        letters.tell_lapsed(session, challenge, found, clock)
        # What lapsed stands behind the closing in the log, whichever job comes first.
        record_closing(session, challenge.stage, clock)
        log.append(
            session, clock=clock, action=log_words.LAPSED, chain=challenge.reference, bids=bids
        )


def _locked(session: Session, reference: str) -> Challenge:
    return session.scalars(
        select(Challenge)
        .where(Challenge.reference == reference)
        .options(selectinload(Challenge.stages))
        .with_for_update(of=Challenge)
    ).one()


def _recorded(session: Session, challenge: Challenge) -> object:
    """Give what was recorded as lapsed since bids were last taken again, if anything."""
    last = session.scalar(
        select(LogEntry)
        .where(
            LogEntry.chain == challenge.reference,
            LogEntry.action.in_({log_words.LAPSED, REOPENED}),
        )
        .order_by(LogEntry.cn.desc())
        .limit(1)
    )
    return last.fields.get("bids") if last is not None else None
