"""Values survive storage unchanged on both databases, and a change is whole or not at all."""

import threading
import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from challenges.models import Challenge, Criterion
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry, LogHead
from marketplace.core.clock import FixedClock
from marketplace.core.database import ExactDecimal, UtcDateTime, db
from marketplace.core.errors import NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Role
from marketplace.core.transaction import transaction
from tests.conftest import NOW
from tests.factories import a_body, a_challenge, a_person

metadata = sa.MetaData()
probe = sa.Table(
    "probe",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime()),
    sa.Column("value", ExactDecimal(3)),
)


@pytest.fixture
def table(session: Session) -> sa.Table:
    """Make a table of our types, in a database that is thrown away."""
    metadata.create_all(session.connection())
    session.commit()
    return probe


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
        datetime(2026, 12, 1, 9, 30, 0, 1, tzinfo=UTC),
        datetime(2026, 12, 1, 9, 30, 59, 999999, tzinfo=UTC),
        datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/London")),
        # The hour that London has twice.
        datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"), fold=1),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-12))),
        datetime(1970, 1, 1, tzinfo=UTC),
        None,
    ],
)
def test_instant_comes_back_as_the_same_instant_in_utc(
    session: Session, table: sa.Table, instant: datetime | None
) -> None:
    session.execute(table.insert().values(id=1, at=instant))

    found = session.execute(sa.select(table.c.at)).scalar_one()

    if instant is None:
        assert found is None
    else:
        assert found == instant.astimezone(UTC)
        assert found.utcoffset() == timedelta(0)


def test_instants_are_compared_as_instants(session: Session, table: sa.Table) -> None:
    early = datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/London"))  # 11 in UTC
    session.execute(table.insert().values(id=1, at=early))

    later = table.c.at < datetime(2026, 7, 1, 11, 30, tzinfo=UTC)

    assert session.execute(sa.select(table.c.id).where(later)).scalar_one() == 1


def test_instant_without_a_zone_is_refused(session: Session, table: sa.Table) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        session.execute(table.insert().values(id=1, at=datetime(2026, 12, 1)))  # noqa: DTZ001  (that is the point)


@pytest.mark.parametrize(
    "text", ["0", "0.001", "-0.001", "1", "33.333", "100", "12345678901234.567", "9007199254740993"]
)
def test_decimal_comes_back_exactly(session: Session, table: sa.Table, text: str) -> None:
    session.execute(table.insert().values(id=1, value=Decimal(text)))

    assert session.execute(sa.select(table.c.value)).scalar_one() == Decimal(text)


@pytest.mark.parametrize(
    ("stored", "shown"), [("5.000", "5"), ("0.500", "0.5"), ("100", "100"), ("0", "0")]
)
def test_decimal_comes_back_without_trailing_zeros(
    session: Session, table: sa.Table, stored: str, shown: str
) -> None:
    session.execute(table.insert().values(id=1, value=Decimal(stored)))

    assert f"{session.execute(sa.select(table.c.value)).scalar_one():f}" == shown


@pytest.mark.parametrize("text", ["0.0001", "1.23456"])
def test_decimal_with_more_places_than_are_kept_is_refused(
    session: Session, table: sa.Table, text: str
) -> None:
    with pytest.raises(StatementError, match="more than 3 decimal places"):
        session.execute(table.insert().values(id=1, value=Decimal(text)))


def test_decimals_are_added_exactly_by_the_database(session: Session, table: sa.Table) -> None:
    session.execute(
        table.insert(), [{"id": number, "value": Decimal("0.1")} for number in range(10)]
    )

    total = session.execute(sa.select(sa.func.sum(table.c.value))).scalar_one()

    assert Decimal(total) == 1


@pytest.fixture
def challenge(session: Session) -> Challenge:
    """Add a draft."""
    body = a_body(session, NOW)
    found = a_challenge(session, NOW, body, a_person(session, NOW, body, Role.CHALLENGE_LEAD))
    session.commit()
    return found


def test_database_refuses_what_must_never_be(challenge: Challenge, session: Session) -> None:
    for statement in (
        "UPDATE challenge SET state = 'won'",
        "UPDATE challenge SET value_minor = -1",
        "UPDATE criterion SET weight = 0",
        "UPDATE membership SET organisation_id = user_id",
    ):
        with pytest.raises(IntegrityError):
            session.execute(sa.text(statement))
        session.rollback()


def test_transaction_that_fails_leaves_nothing(challenge: Challenge, session: Session) -> None:
    title, reference = challenge.title, challenge.reference

    def fail() -> None:
        with transaction() as inside:
            inside.execute(sa.update(Challenge).values(title="Half done"))
            raise NotFound("gone")

    with pytest.raises(NotFound):
        fail()

    session.rollback()
    assert session.scalars(sa.select(Challenge.title)).one() == title
    assert session.scalars(sa.select(Challenge.reference)).one() == reference


def test_one_of_two_who_did_the_same_at_once_is_told_so(app: Flask) -> None:
    with transaction() as session:
        kept = a_person(session, NOW, None, name="First").id
    quicker = WrongMoment("Somebody else was quicker.")

    with pytest.raises(WrongMoment, match="quicker"), transaction(taken=quicker) as session:
        a_person(session, NOW, None).id = kept
    with pytest.raises(IntegrityError), transaction() as session:
        a_person(session, NOW, None).id = kept

    with transaction() as session:  # neither left anything, and no mark
        assert session.scalars(sa.select(User.name)).all() == ["First"]


def test_a_fault_of_ours_is_not_told_as_somebody_elses_deed(app: Flask) -> None:
    quicker = WrongMoment("Somebody else was quicker.")

    with pytest.raises(IntegrityError), transaction(taken=quicker) as session:
        session.add(User(email="no-name@example.org"))


def test_transactions_do_not_nest(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="do not nest"), transaction(), transaction():
        pass

    with transaction() as session:  # the fault has left no mark
        assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_transaction_sees_what_others_have_committed_meanwhile(
    challenge: Challenge, session: Session
) -> None:
    assert challenge.title  # read before
    with db.engine.begin() as other:
        other.execute(sa.update(Challenge).values(title="Changed elsewhere"))

    with transaction():
        assert challenge.title == "Changed elsewhere"


def test_transaction_on_a_row_that_changed_meanwhile_is_a_stale_edit(app: Flask) -> None:
    with pytest.raises(StaleEdit), transaction():
        raise StaleDataError("row 1 of 1")


@pytest.mark.parametrize("words", ["database is locked", "deadlock detected"])
def test_transaction_that_waits_too_long_says_try_again(app: Flask, words: str) -> None:
    with pytest.raises(WrongMoment, match="busy"), transaction():
        raise OperationalError("UPDATE x", {}, Exception(words))


def test_transaction_on_a_broken_database_is_no_wrong_moment(app: Flask) -> None:
    with pytest.raises(OperationalError), transaction():
        raise OperationalError("UPDATE x", {}, Exception("disk I/O error"))


def test_log_written_by_many_at_once_has_no_gap_and_no_tie(app: Flask, session: Session) -> None:
    log.register({"test.happened": log.Telling("It happened")})
    start = threading.Barrier(4)

    def write(chain: str) -> None:
        with app.app_context():
            start.wait(10)
            for _ in range(5):
                with transaction() as inside:
                    log.append(inside, clock=FixedClock(NOW), action="test.happened", chain=chain)
            db.session.remove()

    threads = [threading.Thread(target=write, args=(f"CH-{number % 2}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    entries = session.scalars(sa.select(LogEntry).order_by(LogEntry.n)).all()
    assert [entry.n for entry in entries] == list(range(20))
    for chain in ("CH-0", "CH-1"):
        assert [e.cn for e in log.chain_entries(session, chain)] == list(range(1, 11))
    assert session.scalars(sa.select(LogHead)).one().size == 20


def test_log_never_goes_back_in_time(app: Flask, session: Session) -> None:
    log.register({"test.happened": log.Telling("It happened at %(when)s")})
    clock = FixedClock(NOW)
    with transaction() as inside:
        log.append(inside, clock=clock, action="test.happened", when="2026-12-01T09:30:00Z")
    clock.instant = NOW - timedelta(hours=1)  # the machine's clock was put back
    with transaction() as inside:
        log.append(inside, clock=clock, action="test.happened", when="soon")

    first, second = log.chain_entries(session, log.SITE)
    assert first.at == second.at == NOW
    assert log.words_for(first)[1]["when"] == "9:30am on Tuesday 1 December 2026 (GMT)"
    assert log.words_for(second)[1]["when"] == "soon"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-12-01", "1 December 2026"),
        ("2026-13-45", "2026-13-45"),
        ("2026-13-45T99:00:00Z", "2026-13-45T99:00:00Z"),
    ],
)
def test_day_is_said_as_people_say_it_and_what_only_looks_like_one_stays(
    typed: str, read: str
) -> None:
    assert log.fill("test.happened", {"when": typed})[1]["when"] == read


def test_log_refuses_an_action_without_words(app: Flask) -> None:
    with pytest.raises(KeyError, match="no words"), transaction() as inside:
        log.append(inside, clock=FixedClock(NOW), action="test.unheard_of")

    assert "test.unheard_of" not in log.recorded_actions()


def test_identifiers_of_rows_come_in_order_and_differ(challenge: Challenge) -> None:
    found = [criterion.id for criterion in challenge.stage.criteria]

    assert len(set(found)) == len(found)
    assert all(isinstance(identifier, uuid.UUID) for identifier in found)
    assert all(isinstance(c, Criterion) and c.weight for c in challenge.stage.criteria)
