"""Works on one database from several processes at once, or from one that is killed: see the tests.

Run as a program of its own, so that the processes share nothing with the tests but the database.
It makes the application once and forks, which costs no second start.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import Flask

from bids import service
from bids.models import Bid
from marketplace.app import create_app
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.transaction import transaction
from tests.conftest import NOW, make_settings
from tests.factories import actor_for

APPENDED = "test.appended"


def append(app: Flask, processes: int, count: int) -> None:
    """Have each of some processes append `count` entries, all beginning at one moment."""
    wait, begin = os.pipe()
    children = [
        fork(lambda number=number: _append(app, wait, number, count))  # type: ignore[misc]  # a default binds it
        for number in range(processes)
    ]
    os.write(begin, b"x" * processes)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    print(json.dumps(codes))


def _append(app: Flask, wait: int, number: int, count: int) -> None:
    log.register({APPENDED: log.Telling("It happened.")})
    clock = FixedClock(NOW)
    with app.app_context():
        os.read(wait, 1)
        for turn in range(count):
            with transaction() as session:
                log.append(
                    session,
                    clock=clock,
                    action=APPENDED,
                    chain=f"CH-{(number + turn) % 3}",
                    process=number,
                    turn=turn,
                )


def submit(app: Flask, submissions: int, seed: int) -> None:
    """Submit bids in children that are killed at random instants; print the receipts shown."""
    chance = random.Random(seed)  # noqa: S311  (nothing here is secret)
    shown: list[dict[str, Any]] = []
    begun = kills = 0
    with app.app_context():
        # Children begin with every statement compiled, so that they die at work, not at waking.
        _turn(0, lambda **_facts: None)
        db.session.remove()
        db.engine.dispose()
    while begun < submissions:
        reading, writing = os.pipe()
        child = fork(lambda: _submit(app, writing, begun))  # noqa: B023  (the child runs at once)
        os.close(writing)
        lives = chance.randint(1, 14)
        for said in _lines(reading):
            begun += "begin" in said
            lives -= "begin" in said
            shown += [said] if "receipt" in said else []
            if lives == 0:
                time.sleep(chance.uniform(0, 0.03))
                os.kill(child, signal.SIGKILL)
                kills += 1
                lives = -1
        os.close(reading)
        _pid, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit("a child ended by itself")
    print(json.dumps({"shown": shown, "begun": begun, "kills": kills}))


def _submit(app: Flask, writing: int, begun: int) -> NoReturn:
    """Change and submit bids by turns, and say so after each commit, for ever."""
    with app.app_context():
        while True:
            begun += 1
            _turn(begun, lambda **facts: _say(writing, **facts))


def _turn(turn: int, say: Callable[..., None]) -> None:
    """Change the bid whose turn it is and submit it."""
    clock, session = FixedClock(NOW), db.session()
    bids = session.scalars(sa.select(Bid).order_by(Bid.reference)).all()
    bid = bids[turn % len(bids)]
    reference, actor = bid.reference, actor_for(session.get_one(User, bid.created_by_id))
    service.change_bid(reference, actor=actor, clock=clock)
    service.save_answer(reference, "team", f"Turn {turn}, {os.getpid()}", actor=actor, clock=clock)
    say(begin=turn)
    made = service.submit_bid(reference, actor=actor, arrived=NOW, clock=clock)
    say(bid=reference, version=made.version, entry=made.entry_n, receipt=made.receipt)


def _say(writing: int, **facts: object) -> None:
    os.write(writing, json.dumps(facts).encode() + b"\n")


def _lines(reading: int) -> Iterator[dict[str, Any]]:
    """Give what is said, line by line, until the other end is closed; half a line is nothing."""
    held = b""
    while select.select([reading], [], []) and (found := os.read(reading, 65536)):
        *lines, held = (held + found).split(b"\n")
        yield from map(json.loads, lines)


def fork(work: Callable[[], object]) -> int:
    """Do the work in a process of its own, and give its number."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException as error:
        sys.stderr.write(f"{error!r}\n")
        os._exit(1)


def main(what: str, url: str, folder: str, first: str, second: str) -> None:
    """Work on the database at `url`, with the files in `folder`."""
    app = create_app(make_settings(Path(folder), url), FixedClock(NOW))
    {"append": append, "submit": submit}[what](app, int(first), int(second))


if __name__ == "__main__":
    main(*sys.argv[1:])
