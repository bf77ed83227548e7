"""The table of sheets that wait for their owner to confirm them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class BroughtSheet(Base):
    """The rows of the sheet that an evaluator brought last, until taken in or thrown away.

    Only scores and reasons are kept, never the file and its copies of answers. `sha256` is the
    file's. A further sheet takes its place; submitting ends it.
    """

    __tablename__ = "brought_sheet"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    brought_at: Mapped[datetime]
