"""Submits and opens bids in processes that are killed at chosen points: see the tests.

Run as a program of its own, so that what dies shares nothing with the tests but the database and
the file store. It makes the application once and forks, which costs no second start.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bids import service
from bids.models import Bid, OpenedSubmission, Opening, OpeningConfirmation
from marketplace.app import create_app
from marketplace.core import jobs
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.conftest import NOW, make_settings
from tests.factories import PASSPHRASE, actor_for
from tests.integration.audit.processes import fork

# Where a process dies: before or after its commit of that number, or while it settles a file on
# the disk for that time; and "end" is where none does.
Point = tuple[str, int]


def die_at(point: Point) -> None:
    """Have this process killed when it comes to `point`, so that nothing in it can tidy up."""
    what, left = point

    def count(*_arguments: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if what in ("before", "after"):
        sa.event.listen(Session, f"{what}_commit", count)
    elif what == "file":
        os.fsync = count  # type: ignore[assignment]  # nobody lives to see what it gives


def dying(app: Flask, point: Point, work: Callable[[], object]) -> dict[str, Any]:
    """Do the work in a process that dies at `point`; give how it ended and what it left."""

    def in_context() -> None:
        with app.app_context():
            die_at(point)
            work()

    code = os.waitstatus_to_exitcode(os.waitpid(fork(in_context), 0)[1])
    with app.app_context():
        left = {"code": code, **_left()}
        # The next child is to have connections of its own.
        db.session.remove()
        db.engine.dispose()
    return left


def _left() -> dict[str, Any]:
    session = db.session()
    counted = {"read": OpenedSubmission, "opened": Opening, "confirmed": OpeningConfirmation}
    found: dict[str, Any] = {
        name: session.scalar(sa.select(sa.func.count()).select_from(table))
        for name, table in counted.items()
    }
    found["actions"] = list(session.scalars(sa.select(LogEntry.action).order_by(LogEntry.n)))
    return found


def open_all(app: Flask, points: list[Point], start: FixedClock) -> list[dict[str, Any]]:
    """Sweep in one process after another, each a little later than the one that died before."""
    found = []
    for point in points:
        clock = FixedClock(start.instant)
        found.append(dying(app, point, lambda: jobs.run_due(clock)))  # noqa: B023  (it runs at once)
        start.instant += timedelta(minutes=2)
    return found


def confirm(app: Flask, points: list[Point], start: FixedClock) -> list[dict[str, Any]]:
    """Have the first officer confirm twice and then the second, dying at the points in turn."""
    with app.app_context():
        bid = db.session().scalars(sa.select(Bid)).first()
        assert bid is not None
        challenge = bid.challenge.reference
        actors = [
            actor_for(user)
            for user in db.session().scalars(
                sa.select(User).where(User.name.startswith("Officer ")).order_by(User.name)
            )
        ]
        db.session.remove()
        db.engine.dispose()
    found = []
    for number, point in enumerate(points):
        actor = actors[number // 2]
        found.append(
            dying(
                app,
                point,
                lambda: service.confirm_opening(
                    challenge,
                    passphrase=PASSPHRASE,
                    second_factor=True,
                    actor=actor,  # noqa: B023  (it runs at once)
                    clock=start,
                ),
            )
        )
    return found


def submit(app: Flask, points: list[Point], start: FixedClock) -> list[dict[str, Any]]:
    """Submit the only bid, again and again, dying at the points in turn."""
    with app.app_context():
        session = db.session()
        bid = session.scalars(sa.select(Bid)).one()
        reference, actor = bid.reference, actor_for(session.get_one(User, bid.created_by_id))
        db.session.remove()
        db.engine.dispose()
    return [
        dying(
            app,
            point,
            lambda: service.submit_bid(reference, actor=actor, arrived=NOW, clock=start),
        )
        for point in points
    ]


def main(what: str, url: str, folder: str, seconds: str, points: str) -> None:
    """Work on the database at `url`, `seconds` after the tests' instant; print what was left."""
    clock = FixedClock(NOW + timedelta(seconds=float(seconds)))
    app = create_app(make_settings(Path(folder), url), clock)
    with app.app_context():
        db.engine.dispose()
    work = {"open": open_all, "confirm": confirm, "submit": submit}[what]
    print(json.dumps(work(app, [(kind, at) for kind, at in json.loads(points)], clock)))


if __name__ == "__main__":
    main(*sys.argv[1:])
