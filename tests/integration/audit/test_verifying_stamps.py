"""Time stamps of checkpoints are checked with the whole log, where it is known whom to trust."""

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.audit import checkpoints, keys, stamps, verifying
from marketplace.core.audit.models import LogStamp
from marketplace.core.audit.verifying.command import one_instant
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.transaction import transaction
from tests.authority import Authority, serving


def verified(roots: bytes | None) -> tuple[list[str], verifying.Verification]:
    with one_instant(db.engine) as connection:
        verification = verifying.Verification(connection, roots=roots)
        return [found.where for found in verification.run()], verification


def test_stamps_are_checked_and_changed_ones_found(
    app: Flask, session: Session, clock: FixedClock, database_kind: str
) -> None:
    authority = Authority()
    with transaction() as inside:
        keys.name_first(inside, clock)
        made = checkpoints.make(inside, clock=clock)
        assert made is not None
        note = made.note
    with serving(lambda request: (200, authority.answer(request))) as url:
        answer = stamps.ask(url, note, authority.roots)
    stamp = stamps.check(note, answer, authority.roots)
    with transaction() as inside:
        inside.add(LogStamp(size=1, at=stamp.at, authority=stamp.by, token=answer))

    found, verification = verified(authority.roots)
    assert (found, verification.unstamped, verification.unchecked) == ([], 0, 0)
    found, verification = verified(None)
    assert (found, verification.unstamped, verification.unchecked) == ([], 0, 1)
    assert verified(Authority().roots)[0] == ["checkpoint 1, time stamp"]

    for change in ({"authority": "CN=Another"}, {"at": clock.now()}, {"token": answer[:-1]}):
        before = {name: getattr(session.get_one(LogStamp, 1), name) for name in change}
        session.rollback()
        for values in (change, before):
            with db.engine.begin() as connection:
                if database_kind == "sqlite":
                    connection.exec_driver_sql("DROP TRIGGER IF EXISTS log_stamp_no_update")
                else:
                    connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
                connection.execute(sa.update(LogStamp).values(values))
            if values is change:
                assert verified(authority.roots)[0] == ["checkpoint 1, time stamp"], change
    assert verified(authority.roots)[0] == []
