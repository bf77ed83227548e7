"""Runs migrations with the application's own engine and tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

import bids.asking.models
import bids.attachments.models
import bids.elsewhere.models
import bids.evidence.models
import bids.grounds.models
import bids.passport.models
import bids.reminding.models
import bids.team.models  # noqa: F401  (as below)
import challenges.alerts.models
import challenges.asking.models
import challenges.changing.models
import challenges.closing_models
import challenges.consulting.models
import challenges.finding.models
import challenges.following.models
import challenges.live.models
import challenges.partners.models
import challenges.reusing.models
import challenges.reviewing.models
import challenges.similar.models  # noqa: F401  (as below)
import marketplace.core.erased.models
import marketplace.core.letterheads.models
import marketplace.core.presence.models
import marketplace.core.regimes.changing.models
import marketplace.core.regimes.holidays.models  # noqa: F401  (as below)
import scoring.award.advancing.models
import scoring.award.again.models
import scoring.award.committee.models
import scoring.award.complaints.models
import scoring.award.contracts.models
import scoring.award.contracts.ordered.models
import scoring.award.debriefs.models
import scoring.award.delivery.benefits.models
import scoring.award.delivery.gates.models
import scoring.award.delivery.milestones.models
import scoring.award.delivery.models
import scoring.award.evidence.models
import scoring.award.letters.models
import scoring.award.low_prices.models
import scoring.award.models
import scoring.award.recomputing.models
import scoring.panel.again.models
import scoring.panel.aliases.models
import scoring.panel.desk.models
import scoring.panel.interests.models
import scoring.panel.interviews.models
import scoring.panel.inviting.models
import scoring.panel.masking.models
import scoring.panel.models
import scoring.panel.reminding.models
import scoring.panel.sheets.models
import scoring.panel.trial.models
import scoring.records.casefile.models
import scoring.records.keeping.models
import scoring.records.own_data.models
import scoring.report.models  # noqa: F401  (each import makes its tables known)
from marketplace.core.database import Base, ExactDecimal, UtcDateTime, is_modelled


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our types as the plain ones they are in the database: migrations outlive classes."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ExactDecimal):
        return "sa.BigInteger()"
    return False


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """Let SQLite make a table anew while others refer to it, and check at the end that all fit.

    It could not drop the former one else. The setting cannot be changed within a transaction, so
    it is said to the driver before ours begins.

    Source: sqlite.org/lang_altertable.html, section 7.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def ensure_whole(connection: Connection) -> None:
    """Refuse to keep a change after which rows refer to others that are not there."""
    if connection.dialect.name == "sqlite":
        astray = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if astray:
            raise RuntimeError(f"rows refer to others that are not there: {astray[:5]}")


def run_migrations() -> None:
    """Bring the database to the wanted version, all of it or nothing."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, rebuilding(connection):
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
            ensure_whole(connection)


run_migrations()
