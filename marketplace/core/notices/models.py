"""The tables of messages, and of which kinds of them people do without."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base, Identified, enum_type
from marketplace.core.text import N_


class Notice(Identified, Base):
    """One message to one address; `text` is plain, its HTML is made from it when it is sent.

    `stop_url` is where one click ends messages of its kind, for those that nobody must have.
    `calendar` is the text of an iCalendar file that goes with it.
    """

    __tablename__ = "notice"

    to_email: Mapped[str] = mapped_column(String(254))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    stop_url: Mapped[str | None] = mapped_column(String(500))
    calendar: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    # Why it could not be handed over, the last time it was tried; None once it was.
    failure: Mapped[str | None] = mapped_column(Text)


class Kind(StrEnum):
    """Kinds of messages that people can do without. All others the law or their work asks for."""

    FOLLOWED = "followed"
    SAVED_SEARCH = "saved_search"
    CLOSING = "closing"
    AWARD = "award"


KIND_WORDS = {
    Kind.FOLLOWED: N_("Challenges that you follow"),
    Kind.SAVED_SEARCH: N_("Your saved searches"),
    Kind.CLOSING: N_("Drafts of bids that are not submitted, before bids close"),
    Kind.AWARD: N_("Awards that wait for your decision, and what was decided about them"),
}


class Unwanted(Base):
    """That a person does without a kind of messages."""

    __tablename__ = "notice_unwanted"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(enum_type(Kind), primary_key=True)
