"""Holds stored changes to challenges against the log: number, texts, and what they ask of bids."""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from challenges.changing.models import Addendum
from challenges.log_words import CHANGED
from challenges.models import Challenge, Plan
from marketplace.core.audit import verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.verifying.recorded import recorded
from marketplace.core.text import N_


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare each stored change with its entry, and the other way round."""
    stored: dict[int, Any] = {
        row.entry_n: row
        for row in connection.execute(
            select(
                Challenge.reference,
                Addendum.number,
                Addendum.reason,
                Addendum.confirm,
                Addendum.before,
                Addendum.before_sha256,
                Addendum.after,
                Addendum.after_sha256,
                Addendum.published_at,
                Addendum.entry_n,
                Plan.sha256.label("plan"),
            )
            .join(Challenge, Challenge.id == Addendum.challenge_id)
            .join(
                Plan,
                (Plan.challenge_id == Addendum.challenge_id)
                & (Plan.version == Addendum.plan_version),
            )
        )
    }
    for entry in recorded(connection, CHANGED):
        row = stored.pop(entry.n, None)
        if row is None:
            yield failed(N_("It records a change that is not stored"), f"entry {entry.n}")
            continue
        said = tuple(
            entry.values.get(name)
            for name in ("number", "reason", "confirm", "plan", "before", "after")
        )
        held = (row.number, row.reason, row.confirm, row.plan, *_digests(row))
        if (row.reference, row.published_at, held) != (entry.chain, entry.at, said):
            yield failed(
                N_("It is not the change that entry %(entry)s records"),
                f"challenge {row.reference}, change {row.number}",
                entry=entry.n,
            )
    for row in stored.values():
        yield failed(N_("No entry records it"), f"challenge {row.reference}, change {row.number}")


def _digests(row: Any) -> tuple[str, str]:
    """Give the digests of the texts, unless they are not what is stored beside them."""
    found = hashlib.sha256(row.before).hexdigest(), hashlib.sha256(row.after).hexdigest()
    return found if found == (row.before_sha256, row.after_sha256) else ("", "")
