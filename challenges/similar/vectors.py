"""Makes the vectors of challenges: by a job when a text changes, all of them by a command."""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from challenges.models import Challenge
from challenges.similar import model, texts
from challenges.similar.models import ChallengeVector
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.transaction import transaction

READ = "similar.read"
# How many challenges are read before what was made is kept: a command that is stopped loses little.
BATCH = 100

# The worker's, loaded with its first job.
_loaded: dict[model.Files, model.Model] = {}


def files() -> model.Files | None:
    """Find this installation's model, None where there is none."""
    return model.find(current_settings().similar_model)


def await_vector(session: Session, challenge: Challenge, clock: Clock) -> None:
    """Have a challenge's text read anew, in the transaction that may have changed it."""
    if files() is not None:
        jobs.enqueue(session, READ, clock=clock, challenge=challenge.reference)


@jobs.handles(READ)
def read(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job; nothing happens where the text is the one that was read last."""
    found = files()
    if found is None:
        return
    wanted = select(Challenge.id).where(Challenge.reference == payload["challenge"])
    _make(found, db.session.scalars(wanted).all(), clock)


def rebuild(clock: Clock) -> int:
    """Make every vector that is missing or of another text or model; return how many were made.

    Raises:
        NoModel: this machine has none.
    """
    found = files()
    if found is None:
        raise model.NoModel("there is no model on this machine")
    return sum(_make(found, batch, clock) for batch in _batches())


def _batches() -> Iterator[list[uuid.UUID]]:
    last: uuid.UUID | None = None
    while True:
        query = select(Challenge.id).order_by(Challenge.id).limit(BATCH)
        if last is not None:
            query = query.where(Challenge.id > last)
        batch = list(db.session.scalars(query))
        if not batch:
            return
        yield batch
        last = batch[-1]


def _make(found: model.Files, ids: Any, clock: Clock) -> int:
    """Make what is out of date, reading outside the transaction: that is the slow part."""
    name = model.version(found)
    wanted = (
        select(
            Challenge.id,
            Challenge.title,
            Challenge.summary,
            Challenge.problem,
            ChallengeVector.digest,
            ChallengeVector.model,
        )
        .outerjoin(ChallengeVector, ChallengeVector.challenge_id == Challenge.id)
        .where(Challenge.id.in_(ids))
    )
    made = []
    rows = db.session.execute(wanted).all()
    db.session.rollback()
    for row in rows:
        parts = texts.parts(row.title, row.summary, row.problem)
        digest = texts.digest(parts)
        if parts and (row.digest, row.model) != (digest, name):
            if found not in _loaded:
                _loaded[found] = model.Model(found)
            made.append((row.id, digest, _loaded[found].vector(parts)))
    if made:
        with transaction() as session:
            _keep(session, name, made, clock)
    return len(made)


def _keep(
    session: Session, name: str, made: list[tuple[uuid.UUID, str, bytes]], clock: Clock
) -> None:
    if session.get_bind().dialect.name == "postgresql":
        # Numbers become visible in their order: a copy that has seen one has seen all before it.
        session.execute(text("LOCK TABLE challenge_vector IN SHARE ROW EXCLUSIVE MODE"))
    last = session.scalar(select(func.max(ChallengeVector.number))) or 0
    for number, (challenge_id, digest, vector) in enumerate(made, last + 1):
        row = session.get(ChallengeVector, challenge_id)
        if row is None:
            row = ChallengeVector(challenge_id=challenge_id)
            session.add(row)
        row.model, row.digest, row.vector = name, digest, vector
        row.number, row.made_at = number, clock.now()
    session.flush()
