"""Throws everything in the database away, so that the demonstration can be made anew."""

from flask_migrate import upgrade
from sqlalchemy import Engine, exists, inspect, select, text

from marketplace.core.audit.models import LogEntry
from marketplace.core.database import db
from marketplace.demonstration.log_words import BEGUN


def is_begun() -> bool:
    """Tell whether the database holds a demonstration, whole or not, of this version or before."""
    session = db.session()
    found = session.scalar(select(exists().where(LogEntry.action == BEGUN)))
    session.rollback()
    return bool(found)


def start_again() -> None:
    """Make all tables anew: what is append-only cannot be emptied, and keys do not go back."""
    db.session.remove()
    _drop_tables(db.engine)
    upgrade()


def _drop_tables(engine: Engine) -> None:
    """Drop every table, whichever version made it, all or none."""
    # Tables that refer to each other in a circle have no order in which they may go one by one.
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        quote = engine.dialect.identifier_preparer.quote
        tables = [quote(table) for table in inspect(connection).get_table_names()]
        connection.rollback()
        driver = connection.connection.driver_connection
        assert driver is not None
        # An index of words takes the tables it lies in with it.
        if sqlite:
            driver.execute("PRAGMA foreign_keys = OFF")  # it may not be said in a transaction
        try:
            with connection.begin():
                for statement in (
                    [f"DROP TABLE IF EXISTS {table}" for table in tables]
                    if sqlite or not tables
                    else [f"DROP TABLE {', '.join(tables)} CASCADE"]
                ):
                    connection.execute(text(statement))
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys = ON")
