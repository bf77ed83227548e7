"""The check of what was signed: checkpoints, keys, and a history that was written anew."""

import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.core.audit import changing, checkpoints, entries, keychain, tree
from marketplace.core.audit.models import LogCheckpoint, LogEntry
from marketplace.core.audit.signing import Signer
from marketplace.core.clock import FixedClock
from tests.conftest import LOG_KEY, NOW
from tests.integration.audit.small_log import (
    CHECKPOINT,
    DETAIL,
    EARLIER,
    ENTRY,
    HEAD,
    KEY,
    LATER,
    NODE,
    Tamper,
    action,
    levels,
    logged,
    places,
    tamper,
    where,
)

__all__ = ["action", "levels", "logged", "tamper"]


def test_changed_checkpoint_is_found_at_its_place(
    tamper: Tamper, session: Session, levels: int
) -> None:
    one = sa.update(CHECKPOINT).where(CHECKPOINT.c.size > EARLIER)
    before = dict(
        session.execute(sa.select(CHECKPOINT).where(CHECKPOINT.c.size == LATER)).one()._mapping
    )
    changes: list[dict[str, Any]] = [
        {"root": b"x" * 32},
        {"size": LATER - 1},
        {"size": LATER + 1},
        {"at": NOW - timedelta(days=1)},
        {"note": "no note"},
    ]
    for change in changes:
        tamper(one.values(change))
        assert set(places()) == {f"checkpoint {change.get('size', LATER)}"}, change
        tamper(one.values(before))


def test_changed_byte_of_a_checkpoint_is_found(tamper: Tamper, session: Session) -> None:
    note = session.get_one(LogCheckpoint, LATER).note
    for index in range(0, len(note), 5):
        other = "A" if note[index] != "A" else "B"
        tamper(
            sa.update(CHECKPOINT)
            .where(CHECKPOINT.c.size == LATER)
            .values(note=note[:index] + other + note[index + 1 :])
        )
        assert set(places()) == {f"checkpoint {LATER}"}, index


def test_entry_removed_and_the_tree_rebuilt_is_found_through_an_older_checkpoint(
    tamper: Tamper, session: Session, levels: int
) -> None:
    """Whoever owns the database and even the key cannot take back what was signed."""
    rebuild_without(5, session, tamper)

    assert places() == [f"checkpoint {EARLIER}", f"checkpoint {LATER}"]
    tamper(sa.delete(CHECKPOINT).where(CHECKPOINT.c.size == LATER))
    assert places() == [f"checkpoint {EARLIER}"]
    tamper(sa.delete(CHECKPOINT))
    # With no checkpoint left only those find it who hold a receipt, a copy or a checkpoint.
    assert places() == []


def rebuild_without(gone: int, session: Session, tamper: Tamper) -> None:
    """Write the log anew as if one entry had never been, without any contradiction in it."""
    session.rollback()
    old = [
        (found.action, found.chain, found.at, [(d.name, d.salt, d.value) for d in found.details])
        for found in session.scalars(sa.select(LogEntry).order_by(LogEntry.n))
        if found.n != gone
    ]
    for each in (DETAIL, NODE, KEY, ENTRY):
        tamper(sa.delete(each))
    frontier: list[bytes] = []
    chains: dict[str, tuple[int, bytes | None]] = {}
    for n, (what, chain, instant, details) in enumerate(old):
        cn, prev = chains.get(chain, (0, None))
        fields = {name: entries.field_digest(salt, value) for name, salt, value in details}
        body = entries.write(entries.Entry(n, instant, what, chain, cn + 1, prev, fields))
        leaf = tree.leaf_hash(body)
        chains[chain] = (cn + 1, leaf)
        row = {"n": n, "at": instant, "chain": chain, "cn": cn + 1, "action": what}
        tamper(sa.insert(ENTRY).values(**row, leaf=leaf, body=body))
        tamper(
            sa.insert(DETAIL).values(
                [{"n": n, "name": name, "salt": s, "value": v} for name, s, v in details]
            )
        )
        if what == "log.key_named":
            key = next(json.loads(value) for name, _salt, value in details if name == "key")
            tamper(sa.insert(KEY).values(entry_n=n, verifier=key))
        frontier, complete = tree.grow(frontier, n, leaf)
        for (level, index), hashed in complete.items():
            if level:
                tamper(sa.insert(NODE).values(level=level, index=index, hash=hashed))
    tamper(sa.update(HEAD).values(size=len(old), frontier=b"".join(frontier), last_at=instant))


def test_keys_that_do_not_agree_with_their_entries_are_found(
    tamper: Tamper, session: Session
) -> None:
    other = str(Signer(LOG_KEY.name, b"\x08" * 32).verifier)
    (named,) = session.scalars(sa.select(KEY.c.entry_n)).all()
    tamper(sa.insert(KEY).values(entry_n=3, verifier=other))
    assert places() == ["entry 3"]
    tamper(sa.delete(KEY).where(KEY.c.entry_n == 3))

    tamper(sa.update(KEY).values(verifier=other))
    assert places() == [f"checkpoint {EARLIER}", f"checkpoint {LATER}", f"entry {named}"]
    tamper(sa.update(KEY).values(verifier="no key"))
    assert f"entry {named}" in places()


def test_change_of_key_is_sound_and_a_forged_one_is_found(
    tamper: Tamper, session: Session, clock: FixedClock
) -> None:
    changing.change(clock)
    assert places() == []
    (n,) = session.scalars(sa.select(ENTRY.c.n).where(ENTRY.c.action == "log.key_changed")).all()
    taken = Signer(LOG_KEY.name, b"\x08" * 32)
    forged = keychain.hand_over(taken, taken.verifier)
    one = sa.update(DETAIL).where(DETAIL.c.n == n, DETAIL.c.name == "signature")
    tamper(one.values(value=entries.value_bytes(forged)))

    assert places() == [f"{where(session, n)}, field signature", f"entry {n}"]


def test_checkpoint_signed_by_a_key_that_was_given_up_is_found(
    tamper: Tamper, session: Session, clock: FixedClock
) -> None:
    changing.change(clock)
    last = checkpoints.newest(session)
    assert last is not None
    again = LOG_KEY.sign(checkpoints.text(LOG_KEY.name, last.size, last.root))
    tamper(sa.update(CHECKPOINT).where(CHECKPOINT.c.size == last.size).values(note=again))

    assert places() == [f"checkpoint {last.size}"]
