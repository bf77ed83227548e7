"""The table of letterheads."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import Organisation, User
from marketplace.core.database import Base


class BodyLetterhead(Base):
    """What a body says of itself in its letters now; a letter that was sent keeps its own.

    `logo` is a PNG that was written anew here; `template` is a DOCX document that was checked.
    """

    __tablename__ = "body_letterhead"

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True
    )
    address: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    signatory_name: Mapped[str] = mapped_column(String(120))
    signatory_role: Mapped[str] = mapped_column(String(120))
    reference_prefix: Mapped[str] = mapped_column(String(20))
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    template: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    template_name: Mapped[str | None] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

    organisation: Mapped[Organisation] = relationship()
    changed_by: Mapped[User] = relationship()
