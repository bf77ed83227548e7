"""What the database itself refuses about decisions, whoever asks and however."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.journeys import Journey, Step

TABLES = ("result", "recommendation", "sign_off", "intention", "contract")


@pytest.fixture
def step() -> Step:
    """Begin when everything has been decided."""
    return Step.SIGNED


def row(session: Session, table: str) -> dict[str, object]:
    """Give a table's one row as the database holds it, and end the reading."""
    found = dict(session.execute(text(f"SELECT * FROM {table}")).one()._mapping)
    session.rollback()
    return found


def run(session: Session, statement: str, values: dict[str, object] | None = None) -> None:
    """Run a raw statement for good."""
    try:
        session.execute(text(statement), values or {})
        session.commit()
    finally:
        session.rollback()


@pytest.mark.parametrize("table", TABLES)
def test_decision_is_never_changed(journey: Journey, session: Session, table: str) -> None:
    before = row(session, table)

    for column in before:
        with pytest.raises(DBAPIError, match="append-only"):
            run(session, f"UPDATE {table} SET {column} = {column}")

    assert row(session, table) == before


@pytest.mark.parametrize("table", TABLES)
def test_decision_is_never_deleted(journey: Journey, session: Session, table: str) -> None:
    before = row(session, table)

    with pytest.raises(DBAPIError, match="append-only"):
        run(session, f"DELETE FROM {table}")

    assert row(session, table) == before


@pytest.mark.parametrize("table", TABLES)
def test_decision_is_never_emptied_or_replaced(
    journey: Journey, session: Session, table: str, database_kind: str
) -> None:
    before = row(session, table)
    columns = ", ".join(before)
    statement = (
        f"TRUNCATE {table} CASCADE"
        if database_kind == "postgresql"
        else f"REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}"
    )

    with pytest.raises(DBAPIError, match="append-only"):
        run(session, statement)

    assert row(session, table) == before


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_sign_off_by_whom_recommended_is_refused_by_the_database(
    journey: Journey, session: Session
) -> None:
    values = {
        "own": row(session, "recommendation")["id"],
        "chair": row(session, "recommendation")["recommended_by_id"],
    }

    with pytest.raises(IntegrityError, match="another_person"):
        run(
            session,
            "INSERT INTO sign_off (recommendation_id, recommended_by_id, decided_by_id, approved,"
            " reason, decided_at) VALUES (:own, :chair, :chair, true, 'x', '2026-12-01')",
            values,
        )


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_sign_off_that_names_a_false_recommender_is_refused_by_the_database(
    journey: Journey, session: Session
) -> None:
    """Otherwise the chair could sign off their own recommendation by naming another person."""
    approver, officer = journey.cast.approver.id, journey.cast.officer.id
    bind = session.get_bind().dialect.name

    def stored(identifier: object) -> object:
        return getattr(identifier, "hex", identifier) if bind == "sqlite" else identifier

    values = {
        "own": row(session, "recommendation")["id"],
        "officer": stored(officer),
        "approver": stored(approver),
    }

    with pytest.raises(IntegrityError):
        run(
            session,
            "INSERT INTO sign_off (recommendation_id, recommended_by_id, decided_by_id, approved,"
            " reason, decided_at) VALUES (:own, :officer, :approver, true, 'x', '2026-12-01')",
            values,
        )


@pytest.mark.parametrize(
    ("table", "column"), [("recommendation", "reason"), ("sign_off", "reason")]
)
def test_decision_without_a_reason_is_refused_by_the_database(
    journey: Journey, session: Session, table: str, column: str
) -> None:
    values = row(session, table) | {column: "  "}
    if "id" in values:
        values["id"] = "0" * 32
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)

    with pytest.raises(IntegrityError, match=column):
        run(session, f"INSERT INTO {table} ({names}) VALUES ({places})", values)


def test_contract_with_a_bidder_who_was_not_announced_is_refused_by_the_database(
    journey: Journey, session: Session
) -> None:
    values = row(session, "contract")
    other = session.execute(
        text("SELECT id FROM bid WHERE reference = :reference"), {"reference": journey.rival_bid}
    ).scalar_one()
    session.rollback()
    values |= {"bid_id": other, "id": "0" * 32, "reference": "C-2"}
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)

    with pytest.raises(IntegrityError):
        run(session, f"INSERT INTO contract ({names}) VALUES ({places})", values)
