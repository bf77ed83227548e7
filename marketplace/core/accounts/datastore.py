"""How Flask-Security reads and writes people, with the same care for locks as everything else.

Its views load, change and commit by themselves, so they cannot stand inside `transaction()`.
Here their commit takes the write lock before anything is written, and one-time secrets are read
again under that lock, so that two requests at once cannot use the same one twice.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from typing import Any, cast

from flask import after_this_request
from flask.typing import ResponseValue
from flask_security import RoleMixin, SQLAlchemyUserDatastore, UserMixin
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.totp import Totp
from passlib.totp import TotpMatch  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.core import access
from marketplace.core.accounts.models import Membership, User
from marketplace.core.database import db

_LOCKED = "write_lock"
# Letters and digits that nobody confuses when reading them from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def begin_writing() -> Session:
    """Give the session, holding the write lock from here until it commits or rolls back.

    On SQLite the reading done so far ends without losing what was loaded: a reader that turns
    into a writer would otherwise fail at once when somebody else has written in between.
    """
    session: Session = db.session()
    # What is changed in the meantime waits for the lock too.
    session.autoflush = False
    if session.info.get("in_transaction"):
        return session
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        present = session.get_transaction()
        if session.info.get(_LOCKED) is not present:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            session.info[_LOCKED] = present
    return session


def commit() -> None:
    """Commit what Flask-Security and its signals have changed."""
    session = begin_writing()
    try:
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.autoflush = True


def commit_after_request() -> None:
    """Have this request commit at its end, for views that believe they write nothing."""

    @after_this_request
    def _commit(response: ResponseValue) -> ResponseValue:
        commit()
        return response


class People(SQLAlchemyUserDatastore):
    """The people as Flask-Security sees them: no roles, because roles belong to memberships."""

    def __init__(self) -> None:
        super().__init__(db, User, RoleMixin)  # the mixin stands for no table

    def commit(self) -> None:
        """Commit under the write lock."""
        commit()

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> User | None:
        """Find one person by one attribute; addresses are kept in lower case."""
        ((name, value),) = kwargs.items()
        if name == "email":
            value = value.lower()
        # Every page asks next for whom the person acts and in which roles.
        statement = (
            select(User)
            .where(getattr(User, name) == value)
            .options(
                joinedload(User.memberships).options(
                    joinedload(Membership.organisation), joinedload(Membership.roles)
                )
            )
        )
        return db.session.scalars(statement).unique().one_or_none()

    def _prepare_create_user_args(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **kwargs,
            "email": kwargs["email"].lower(),
            "active": True,
            "created_at": access.clock().now(),
            "fs_uniquifier": uuid.uuid4().hex,
        }

    def tf_reset(self, user: UserMixin) -> None:
        """Take a person's second factor away, and the recovery codes that stood in for it."""
        person = real(user)
        person.tf_primary_method = None
        person.tf_totp_secret = None
        person.tf_last_counter = None
        person.mf_recovery_codes = None


class OneTimeCodes(Totp):
    """Codes of an authenticator app, each good once."""

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Read, under the lock, the time step of the last code this person used."""
        person = real(user)
        begin_writing().refresh(person, ["tf_last_counter"], with_for_update=True)
        return person.tf_last_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the time step, so that the code is refused from now on."""
        real(user).tf_last_counter = tmatch.counter


class RecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes: shown once, kept as digests only, each good once.

    A code holds 79 random bits, so a plain digest cannot be searched for, and a change of the
    secret key does not lock anybody out.
    """

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Make ten codes in place of all that were, and give them to be shown."""
        codes = [_code() for _ in range(10)]
        real(user).mf_recovery_codes = [_digest(code) for code in codes]
        return codes

    def get_recovery_codes(self, user: UserMixin) -> list[str]:
        """Give none: the codes themselves are not kept."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Tell, under the lock, whether `code` is one of those still unused."""
        person = real(user)
        begin_writing().refresh(person, ["mf_recovery_codes"], with_for_update=True)
        return _digest(code) in (person.mf_recovery_codes or [])

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Use a code up, with a new list, because the column does not watch the old one."""
        person = real(user)
        before: Sequence[str] = person.mf_recovery_codes or []
        person.mf_recovery_codes = [digest for digest in before if digest != _digest(code)]
        return len(before) > len(person.mf_recovery_codes)


def real(user: UserMixin) -> User:
    """Give the person, also behind Flask-Login's stand-in for whoever is signed in."""
    unwrap = getattr(user, "_get_current_object", None)
    return cast(User, unwrap() if unwrap else user)


def _code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def _digest(code: str) -> str:
    plain = "".join(code.lower().replace("-", "").split())
    return hashlib.sha256(plain.encode()).hexdigest()
