"""The log of a whole journey, from draft to contract, agrees in every byte; the command says so."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.cli import main
from marketplace.config import Settings
from marketplace.core.audit.models import LogEntry
from tests.journeys import Journey, Step

Said = pytest.CaptureFixture[str]


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


@pytest.fixture
def installed(settings: Settings, journey: Journey, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """Have the command find the journey's database."""
    for name, value in {
        "MARKETPLACE_SECRET_KEY": settings.secret_key,
        "MARKETPLACE_DATA": str(settings.data),
        "MARKETPLACE_DATABASE": settings.database_url,
        "MARKETPLACE_SMTP_URL": "smtp://mail.invalid:25",
        "MARKETPLACE_PASSWORD_MEMORY_KIB": "8",
        "MARKETPLACE_PASSWORD_PASSES": "1",
    }.items():
        monkeypatch.setenv(name, value)
    return journey


def test_log_of_a_whole_journey_is_whole(installed: Journey, capsys: Said) -> None:
    assert main(["log", "verify"]) == 0

    assert capsys.readouterr().out.startswith("The log is whole. ")


def test_field_erased_by_command_is_withheld_and_the_log_stays_whole(
    installed: Journey, session: Session, capsys: Said
) -> None:
    place = session.scalars(
        sa.select(LogEntry.n).where(LogEntry.action == "panel.named").limit(1)
    ).one()
    session.rollback()
    words = ["log", "erase", str(place), "actor", "--reason", "A request of 2 January"]

    assert main(words) == 0
    assert capsys.readouterr().out.startswith("Erased; entry ")
    session.rollback()
    assert session.get_one(LogEntry, place).actor_name is None

    assert main(["log", "verify"]) == 0
    assert "Fields that were erased under a rule: 1." in capsys.readouterr().out
    assert main(words) == 1
    assert "holds no field actor" in capsys.readouterr().err


def test_damage_of_one_byte_is_named_by_the_command(
    installed: Journey, session: Session, capsys: Said, database_kind: str
) -> None:
    entry = session.get_one(LogEntry, 3)
    with session.get_bind().engine.begin() as connection:
        if database_kind == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER log_entry_no_update")
        else:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            sa.update(LogEntry).where(LogEntry.n == 3).values(body=entry.body[:-1] + b"]")
        )

    assert main(["log", "verify"]) == 1

    said = capsys.readouterr().out
    assert said.startswith(f"entry 3 (chain {entry.chain}, {entry.cn}): Its bytes have the hash")
    assert said.splitlines()[-1].startswith("The log is damaged. ")
