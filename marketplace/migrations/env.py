"""Runs migrations with the application's own engine and tables."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

import challenges.finding.models
import challenges.following.models  # noqa: F401  (as below)
import scoring.award.models
import scoring.award.notices.models
import scoring.panel.models
import scoring.report.models  # noqa: F401  (each import makes its tables known)
from marketplace.core.database import Base, ExactDecimal, UtcDateTime, is_modelled


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our types as the plain ones they are in the database: migrations outlive classes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ExactDecimal):
        return "sa.BigInteger()"
    return False


def run_migrations() -> None:
    """Bring the database to the wanted version, all of it or nothing."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,  # SQLite can, since we say BEGIN ourselves
            render_item=render_item,
            include_name=is_modelled,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
