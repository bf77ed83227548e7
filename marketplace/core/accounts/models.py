"""Tables of people, organisations, memberships and roles."""

import uuid
from datetime import datetime
from enum import StrEnum

from flask_security import UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.database import Base, Identified, enum_type
from marketplace.core.permissions import SECOND_FACTOR_ROLES, Role


class OrganisationKind(StrEnum):
    """On which side an organisation stands."""

    BODY = "body"
    SUPPLIER = "supplier"
    PLATFORM = "platform"


class BodyType(StrEnum):
    """Which thresholds apply to a public body."""

    CENTRAL = "central"
    LOCAL = "local"
    HEALTH = "health"
    OTHER = "other"


class SupplierType(StrEnum):
    """What a supplier is, in law or on the way to it."""

    COMPANY = "company"
    CHARITY = "charity"
    UNIVERSITY = "university"
    SOLE_TRADER = "sole_trader"
    FORMING = "forming"


class Organisation(Identified, Base):
    """A public body, a supplier, or the team that runs the service."""

    __tablename__ = "organisation"
    __table_args__ = (
        # A body has a type of body and nothing of a supplier; and the other way round.
        CheckConstraint("(kind = 'body') = (body_type IS NOT NULL)", name="body_type"),
        CheckConstraint("(kind = 'supplier') = (supplier_type IS NOT NULL)", name="supplier_type"),
    )

    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str | None] = mapped_column(String(60))
    body_type: Mapped[BodyType | None] = mapped_column(enum_type(BodyType))
    supplier_type: Mapped[SupplierType | None] = mapped_column(enum_type(SupplierType))
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    # Which body of rules a public body buys under; None is the usual one of this service.
    regime: Mapped[str | None] = mapped_column(String(40))

    memberships: Mapped[list["Membership"]] = relationship(back_populates="organisation")


class User(Identified, Base, UserMixin):  # type: ignore[misc]  # its ids are integers, ours are not
    """A person who can sign in. Columns from `fs_uniquifier` on are those Flask-Security reads."""

    __tablename__ = "user_account"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    # Null for a person who comes and goes; the demonstration's one-click people have here what
    # they are, and a sentence about what they see first.
    demo_role: Mapped[str | None] = mapped_column(String(60))
    demo_about: Mapped[str | None] = mapped_column(String(300))

    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    # Flask-Security declares these without None, though a person who never signed in has none.
    last_login_at: Mapped[datetime | None]  # type: ignore[assignment]  # theirs is a bare column
    current_login_at: Mapped[datetime | None]  # type: ignore[assignment]  # the same
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    # The time step of the last code used: an older one, or the same again, is refused.
    tf_last_counter: Mapped[int | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")

    def check_tf_required_setup(self) -> bool:
        """Tell Flask-Security whether any role here needs a second factor, which then stays."""
        return any(
            given.role in SECOND_FACTOR_ROLES
            for membership in self.memberships
            if membership.ended_at is None
            for given in membership.roles
        )


class Membership(Identified, Base):
    """That a person acts for an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(back_populates="memberships")
    roles: Mapped[list["MembershipRole"]] = relationship(back_populates="membership")


class MembershipRole(Base):
    """One role that a membership gives."""

    __tablename__ = "membership_role"

    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_type(Role), primary_key=True)

    membership: Mapped[Membership] = relationship(back_populates="roles")


class SignIn(Identified, Base):
    """One sign-in on one device. A session counts only while its sign-in stands here, so that
    signing out ends it even for somebody who has copied the cookie."""

    __tablename__ = "sign_in"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    # Half of the proof; the other half is the signature on the session.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime]
    # Whether a second factor was given at this very sign-in: opening bids asks for it.
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(Identified, Base):
    """That somebody with this address may join an organisation with these roles."""

    __tablename__ = "invitation"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    invited_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
    invited_by: Mapped[User] = relationship()


class SecurityEvent(Identified, Base):
    """A sign-in, a failed sign-in, a changed password: kept apart from the log, which no stranger
    may make longer."""

    __tablename__ = "security_event"

    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(64))
