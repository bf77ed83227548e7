"""What the command line does to accounts: the first administrator, and a lost second step."""

import uuid
from typing import Any, cast

from flask import current_app
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import access
from marketplace.core.accounts import entries, rows
from marketplace.core.accounts.digest import await_digest
from marketplace.core.accounts.mail import link, normal_address
from marketplace.core.accounts.models import (
    Membership,
    Organisation,
    OrganisationKind,
    SecurityEvent,
    SignIn,
    User,
)
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Role
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def create_admin(email: str, name: str, *, clock: Clock) -> str:
    """Make a platform administrator, and give the text to print: a link to set the password.

    A person who has an account keeps it, with its password. The link works for two hours; the
    command can be given again for a new one.

    Raises:
        EmailValidateException: `email` is not an address.
    """
    address = normal_address(email)
    with transaction() as session:
        user = session.scalar(select(User).where(User.email == address))
        if user is None:
            user = User(
                email=address,
                name=" ".join(name.split()),
                active=True,
                created_at=clock.now(),
                # Whoever runs this command vouches for the address.
                confirmed_at=clock.now(),
                fs_uniquifier=uuid.uuid4().hex,
            )
            session.add(user)
            session.flush()
        if _give_admin(session, user, clock):
            log.append(
                session,
                clock=clock,
                action=entries.ADMIN_CREATED,
                person=user.name,
                person_id=str(user.id),
            )
    return "\n".join(
        [
            f"{address} is a platform administrator.",
            "To set the password, open this within 2 hours:",
            _reset_link(user),
        ]
    )


def _give_admin(session: Session, user: User, clock: Clock) -> bool:
    """Give the role in the platform's organisation; tell whether anything changed."""
    platform = session.scalar(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.PLATFORM)
        .order_by(Organisation.id)
        .limit(1)
    )
    if platform is None:
        platform = Organisation(
            kind=OrganisationKind.PLATFORM,
            name=access.current_settings().service_name,
            created_at=clock.now(),
            verified_at=clock.now(),
        )
        session.add(platform)
        session.flush()
    membership = session.scalar(
        select(Membership).where(
            Membership.user_id == user.id, Membership.organisation_id == platform.id
        )
    )
    if membership is None:
        session.add(rows.begin(platform, user, {Role.PLATFORM_ADMIN}, clock))
        return True
    had = rows.roles_in(membership)
    if membership.ended_at is None and Role.PLATFORM_ADMIN in had:
        return False
    membership.ended_at = None
    rows.set_roles(session, membership, had | {Role.PLATFORM_ADMIN})
    return True


def remove_second_factor(email: str, *, clock: Clock) -> str:
    """Take a person's second step away, who has lost phone and recovery codes; end all sessions.

    Whoever gives the command has made sure that it is the person. Gives the text to print.

    Raises:
        NotFound: nobody has this address.
    """
    address = normal_address(email)
    with transaction() as session:
        user = session.scalar(select(User).where(User.email == address))
        if user is None:
            raise NotFound(N_("Nobody has this address."))
        user.tf_primary_method = None
        user.tf_totp_secret = None
        user.tf_last_counter = None
        user.mf_recovery_codes = None
        for sign_in in session.scalars(
            select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        ):
            sign_in.ended_at = clock.now()
        session.add(SecurityEvent(at=clock.now(), kind="second_factor_removed", user_id=user.id))
        await_digest(session, clock)
        log.append(
            session,
            clock=clock,
            action=entries.SECOND_FACTOR_REMOVED,
            person=user.name,
            person_id=str(user.id),
        )
    return f"{address} signs in with the password alone until the second step is set up again."


def _reset_link(user: User) -> str:
    with current_app.test_request_context():
        token = cast(Any, generate_reset_password_token)(user)
        return link("security.reset_password", token=token)
