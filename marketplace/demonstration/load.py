"""Loads the demonstration: an installation in full use, whose every step the services have taken.

Each challenge's history is lived through by the functions that the pages call, with a clock set to
the past, so that its states, log and digests are what they would be had people done all this at
those times. Written straight into their tables are only the people's accounts, the short names of
organisations, and that messages were delivered.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Engine, exists, func, select, update
from sqlalchemy.engine.interfaces import DBAPIConnection

from bids.models import Bid
from bids.service.opening import OPEN
from challenges.lifecycle import closing_recorded_from
from challenges.models import Challenge
from challenges.service.closing import CLOSE
from challenges.similar import vectors
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit import checkpoints, log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import Clock, FixedClock
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.notices import post
from marketplace.core.notices.models import Notice
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.demonstration import (
    bidding,
    changing,
    content,
    conversing,
    elsewhere,
    finding,
    founder,
    holidays,
    judging,
    opening,
    papers,
    partners,
    recording,
    ruling,
    working,
    writing,
)
from marketplace.demonstration.cast import (
    Cast,
    body_joins,
    platform_begins,
    sign_up,
    supplier_joins,
)
from marketplace.demonstration.days import Span, days_of, working_evenings
from marketplace.demonstration.fresh import start_again
from marketplace.demonstration.history import History, run
from marketplace.demonstration.log_words import BEGUN, LOADED
from marketplace.demonstration.people import everybody
from marketplace.demonstration.shapes import Content, TargetState
from marketplace.demonstration.telling import Telling

# All organisations are there before the first challenge is begun, about 560 days ago: long enough
# that the work under its contract has been measured twice since it was finished.
FIRST_DAY = timedelta(days=610)
LAST_TO_JOIN = timedelta(days=585)
# Suppliers declare again before the other challenges, whose first began about 190 days ago.
DECLARED_AGAIN = (timedelta(days=230), timedelta(days=205))

# Do not wait for the disk at each commit, and wait for all of it at the end.
HURRY = {"sqlite": ["PRAGMA synchronous = OFF"], "postgresql": ["SET synchronous_commit = off"]}
SETTLE = {
    "sqlite": ["PRAGMA synchronous = FULL", "PRAGMA wal_checkpoint(TRUNCATE)"],
    "postgresql": ["SET synchronous_commit = on"],
}

# What the loader does at its time, in place of the sweeper.
DONE = (
    *(post.SEND, CLOSE, OPEN, log.CHECKPOINT, finding.DONE, founder.DONE, vectors.READ),
    *conversing.DONE,
    *working.DONE,
)

UNPUBLISHED = frozenset({TargetState.DRAFT, TargetState.IN_REVIEW, TargetState.READY})
STILL_OPEN = frozenset({TargetState.OPEN, TargetState.CLOSING_SOON, TargetState.CANCELLED})


def load(clock: Clock, *, fresh: bool = False) -> str:
    """Fill the database with the demonstration, unless it is there; give a line that says so.

    With `fresh` everything in the database is thrown away first. What a load that was interrupted
    left behind is thrown away too.

    Raises:
        WrongMoment: the installation is not in demonstration mode, or the database holds something
            other than the demonstration.
    """
    if not current_settings().demonstration:
        raise WrongMoment(N_("The demonstration is loaded only in demonstration mode."))
    begun, loaded, foreign = _present()
    if foreign:
        raise WrongMoment(
            N_("This database holds something other than the demonstration. Nothing was changed.")
        )
    if loaded and not fresh:
        return "The demonstration is loaded already and was left as it is."
    if begun:
        start_again()
    now = clock.now()
    with _in_a_hurry(db.engine):
        _load(content.load(), now)
    # Last, when all is on the disk: without this entry the next load starts again.
    _mark(LOADED, FixedClock(now))
    return _summary()


def _load(written: Content, now: datetime) -> None:
    ticking = FixedClock(now - FIRST_DAY)
    players = Cast(everybody(written))
    _mark(BEGUN, ticking)
    sign_up(players, ticking)
    run(
        [
            *_organisations(written, players, ticking, now),
            *_challenges(written, players, ticking, now),
            founder.fill_in_passport(players, ticking, now),
            partners.join_and_adopt(written, players, ticking, now),
            _checkpoints(ticking, now),
        ],
        ticking,
        until=now,
    )
    if vectors.files() is not None:
        vectors.rebuild(FixedClock(now))
    bodies = [item for item in written.organisations if item.kind == "body"]
    holidays.name_holidays(bodies, players, now)
    team = next(item for item in written.organisations if item.kind == "platform")
    ruling.propose_rules(players, team.key, now)
    recording.keep_records(written, players, now)
    finding.save_and_follow(players, now)
    _deliver(FixedClock(now))


def _organisations(
    written: Content, players: Cast, clock: FixedClock, now: datetime
) -> Iterator[History]:
    """Have all organisations join, one after another; the team that runs the service is first."""
    joining = Span(now - FIRST_DAY, now - LAST_TO_JOIN)
    team = next(item for item in written.organisations if item.kind == "platform")
    yield platform_begins(team, players, clock, joining.start)
    bodies = [item for item in written.organisations if item.kind == "body"]
    instants = iter(joining.spread(len(bodies) + len(written.suppliers), 0.1, 0.8))
    first, last = (now - ago for ago in DECLARED_AGAIN)
    declaring = Span(first, last).spread(len(written.suppliers), 0.1, 0.8)
    for body in bodies:
        yield body_joins(body, players, clock, next(instants), team.key)
    for supplier, again in zip(written.suppliers, declaring, strict=True):
        yield supplier_joins(supplier, players, clock, next(instants), team.key, again)


def _challenges(
    written: Content, players: Cast, clock: FixedClock, now: datetime
) -> Iterator[History]:
    """Tell each challenge, and beside it each bid."""
    for item in written.challenges:
        telling = Telling(written, item, days_of(item, now), players, clock)
        yield _challenge(telling)
        yield from conversing.converse(telling)
        yield from founder.of_challenge(telling)
        yield papers.check(telling)
        if telling.days.closes is not None and closing_recorded_from(telling.days.closes) <= now:
            yield opening.close(telling)
        if item.rehearsed:
            yield opening.rehearse(telling)
        if (what := changing.CHANGES.get(item.key)) is not None:
            yield changing.change(telling, what)
        if item.key in elsewhere.NOTICES:
            yield elsewhere.put_down(telling)
            continue
        for bid in telling.bid_set.bids:
            yield bidding.bid(telling, bid)


def _challenge(telling: Telling) -> History:
    yield from writing.write_and_publish(telling)
    if telling.item.state in UNPUBLISHED | STILL_OPEN:
        return
    yield from opening.name_panel_and_open(telling)
    if telling.days.opened is None:
        return
    evaluation = Span(telling.clock.now(), telling.days.until)
    yield from opening.prepare(telling, evaluation)
    if telling.item.state is not TargetState.OPENED:
        yield from judging.judge(telling, evaluation)


def _checkpoints(clock: FixedClock, now: datetime) -> History:
    """Sign the log at the end of each working day on which something was added, and at last.

    The sweeper signs within the hour, and at once after openings and decisions; a day will do for
    what is made up, and takes a tenth of the time.
    """
    for instant in working_evenings(now - FIRST_DAY, now):
        yield instant
        with transaction() as session:
            checkpoints.make(session, clock=clock)


def _present() -> tuple[bool, bool, bool]:
    """Tell whether a demonstration was begun, whether it was loaded whole, and whether the
    database holds something else."""
    session = db.session()
    found = set(
        session.scalars(select(LogEntry.action).where(LogEntry.action.in_((BEGUN, LOADED))))
    )
    used = session.scalar(select(exists().select_from(User).where(User.id.is_not(None))))
    session.rollback()
    return BEGUN in found, LOADED in found, bool(used) and BEGUN not in found


def _mark(action: str, clock: Clock) -> None:
    with transaction() as session:
        log.append(session, clock=clock, action=action)


def _deliver(clock: Clock) -> None:
    """Note every message as sent when it was written, which is when the sweeper would have, and
    as done what has been done for it.

    No mail server is asked, even where one is set: nobody reads post at these addresses.
    """
    with transaction() as session:
        session.execute(update(Notice).values(sent_at=Notice.created_at))
        session.execute(
            update(jobs.Job)
            .where(jobs.Job.kind.in_(DONE), jobs.Job.due_at <= clock.now())
            .values(done_at=jobs.Job.due_at)
        )


def _summary() -> str:
    session = db.session()
    counts = [
        session.scalar(select(func.count()).select_from(table))
        for table in (Challenge, Bid, Organisation, User, LogEntry)
    ]
    return (
        "The demonstration is loaded: {} challenges, {} bids, {} organisations, {} people, "
        "{} entries in the log."
    ).format(*counts)


@contextmanager
def _in_a_hurry(engine: Engine) -> Iterator[None]:
    """Spare the disk some thousand waits: what a failing machine loses is loaded again."""
    engine.dispose()
    _tell(engine, HURRY)
    try:
        yield
    finally:
        _tell(engine, SETTLE)
        engine.dispose()


def _tell(engine: Engine, statements: Mapping[str, Sequence[str]]) -> None:
    """Say something to the one connection of a pool that is used by nobody else."""
    db.session.remove()
    with engine.connect() as connection:
        # Past SQLAlchemy, which would begin a transaction, in which these may not be said.
        driver = cast(DBAPIConnection, connection.connection.driver_connection)
        cursor = driver.cursor()
        for statement in statements[engine.dialect.name]:
            cursor.execute(statement)
        cursor.close()
        driver.commit()
