"""One change, one transaction, committed before a response exists."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from marketplace.core.database import IMMEDIATE, db
from marketplace.core.errors import DomainError, StaleEdit, WrongMoment
from marketplace.core.text import N_

_AFTERWARDS = "after_transaction"


@contextmanager
def transaction(*, taken: DomainError | None = None) -> Iterator[Session]:
    """Give a session that holds the write lock, and commit it at the end; roll back on any error.

    What was read before is let go first, so that the change sees the present state. Transactions
    do not nest: a use case that needs another room's change calls a function that takes the
    session. `taken` is what to say where a key of the database admits one of two who did the same
    at once, and this is the other; without it the error goes on as it is.

    Raises:
        StaleEdit: a row was changed by somebody else since it was read.
        WrongMoment: another change held the lock for too long.
        RuntimeError: the caller is inside a transaction already.
    """
    session: Session = db.session()
    if session.info.get("in_transaction"):
        raise RuntimeError("transactions do not nest")
    session.rollback()
    session.info["in_transaction"] = True
    try:
        session.connection(execution_options=IMMEDIATE)
        yield session
        session.commit()
        for work in session.info.pop(_AFTERWARDS, ()):
            work()
    except StaleDataError as error:
        session.rollback()
        raise StaleEdit(N_("Somebody else changed this while you were working on it.")) from error
    except IntegrityError as error:
        session.rollback()
        if taken is None or not _is_taken(error):
            raise
        raise taken from error
    except OperationalError as error:
        session.rollback()
        if "locked" in str(error.orig) or "deadlock" in str(error.orig):
            raise WrongMoment(
                N_("The service is busy with another change. Try again in a moment.")
            ) from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("in_transaction", None)
        session.info.pop(_AFTERWARDS, None)


def _is_taken(error: IntegrityError) -> bool:
    """Tell whether a key is there already; a missing value or a broken rule is a fault of ours."""
    sqlite = getattr(error.orig, "sqlite_errorname", None)
    return (
        sqlite in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
        or getattr(error.orig, "sqlstate", None) == "23505"  # PostgreSQL's unique_violation
    )


def afterwards(session: Session, work: Callable[[], object]) -> None:
    """Have something done once the present transaction is committed, and not if it is refused.

    For what no database takes back, as deleting a file. A crash in between leaves it undone.
    """
    session.info.setdefault(_AFTERWARDS, []).append(work)
