"""Records what was refused, in a transaction of its own, so that nobody can fill the log with it.

A refusal is recorded at once. The same again, by the same person about the same thing, is recorded
after an hour at the earliest, so a person who tries a thousand times adds an entry an hour; and
whether it is the same is looked up without the log's lock.
"""

from datetime import timedelta

import structlog
from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from marketplace.core.audit import entries, log
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor
from marketplace.core.transaction import transaction

QUIET = timedelta(hours=1)

service_log = structlog.get_logger()


def record(
    action: str,
    *,
    chain: str,
    actor: Actor,
    clock: Clock,
    same: dict[str, object],
    **fields: object,
) -> bool:
    """Append a refusal unless the same stands from within the hour; tell whether it was appended.

    `same` are the fields that tell one refusal from another, such as the bid; `fields` the others.
    Where another change holds the lock for too long nothing is appended: who is refused stays
    refused, and the service's own log says that the entry is missing.
    """
    session: Session = db.session()
    session.rollback()
    known = _stands(session, action, chain, actor, clock, same)
    session.rollback()
    if known:
        return False
    try:
        with transaction() as session:
            # Many tries at once have all found nothing; the lock lets one after another look again.
            log.lock(session)
            if _stands(session, action, chain, actor, clock, same):
                return False
            log.append(
                session, clock=clock, action=action, chain=chain, actor=actor, **same, **fields
            )
    except WrongMoment:
        service_log.warning("refusal_not_recorded", action=action, chain=chain)
        return False
    return True


def _stands(
    session: Session, action: str, chain: str, actor: Actor, clock: Clock, same: dict[str, object]
) -> bool:
    query = (
        select(LogEntry.n)
        .where(
            LogEntry.action == action,
            LogEntry.chain == chain,
            LogEntry.at > clock.now() - QUIET,
        )
        .limit(1)
    )
    for name, value in {"actor_id": str(actor.user_id), **same}.items():
        detail = aliased(LogDetail)
        query = query.join(
            detail,
            and_(
                detail.n == LogEntry.n,
                detail.name == name,
                detail.value == entries.value_bytes(value),
            ),
        )
    return session.scalar(query) is not None
