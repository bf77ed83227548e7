"""The commands that look after an installation: what they do, say and answer."""

import os
import re
import signal
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.orm import Session

from marketplace import operations
from marketplace.app import create_app
from marketplace.cli import USAGE, main
from marketplace.config import BadSetting, Settings, from_environment
from marketplace.core import jobs
from marketplace.core.accounts.models import SignIn, User
from marketplace.core.audit import keys, log
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.jobs import Job
from marketplace.core.notices import post
from marketplace.core.transaction import transaction
from marketplace.core.vault.making import make
from marketplace.demonstration.log_words import BEGUN
from tests.conftest import NOW
from tests.factories import a_person

Said = pytest.CaptureFixture[str]


@pytest.fixture
def environment(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path, capsys: Said
) -> pytest.MonkeyPatch:
    """Set the environment of an installation that has no mail server of its own yet."""
    for name, value in {
        "MARKETPLACE_SECRET_KEY": "a key for tests only, of no use anywhere else",
        "MARKETPLACE_DATA": str(tmp_path / "data"),
        "MARKETPLACE_DATABASE": database_url,
        "MARKETPLACE_SMTP_URL": "smtp://mail.invalid:25",
        "MARKETPLACE_MASTER_KEY_FILE": str(tmp_path / "master.key"),
        "MARKETPLACE_PASSWORD_MEMORY_KIB": "8",
        "MARKETPLACE_PASSWORD_PASSES": "1",
    }.items():
        monkeypatch.setenv(name, value)
    make(str(tmp_path / "master.key"))
    capsys.readouterr()
    return monkeypatch


def test_check_of_a_sound_installation_says_so(
    environment: pytest.MonkeyPatch, capsys: Said
) -> None:
    assert main(["check"]) == 0
    assert "can be used" in capsys.readouterr().out


def test_check_names_a_setting_that_is_wrong(environment: pytest.MonkeyPatch, capsys: Said) -> None:
    environment.setenv("MARKETPLACE_COLOUR", "teal")

    assert main(["check"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("marketplace: MARKETPLACE_COLOUR")
    assert "Traceback" not in said


def test_check_of_a_database_without_tables_says_what_to_run(
    environment: pytest.MonkeyPatch, capsys: Said, tmp_path: Path
) -> None:
    environment.setenv("MARKETPLACE_DATABASE", f"sqlite:///{tmp_path / 'empty.db'}")

    assert main(["check"]) == 1
    assert "marketplace database upgrade" in capsys.readouterr().err

    assert main(["database", "upgrade"]) == 0
    assert main(["database", "upgrade"]) == 0
    assert main(["check"]) == 0


def test_check_of_a_database_that_is_away_says_so(
    environment: pytest.MonkeyPatch, capsys: Said
) -> None:
    environment.setenv("MARKETPLACE_DATABASE", "sqlite:////nowhere/at/all.db")

    assert main(["check"]) == 1
    assert "the database cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["check", "all"], ["database"], ["demo", "load", "--now"], ["work", "--twice"]]
)
def test_command_with_words_it_does_not_know_shows_the_usage(
    environment: pytest.MonkeyPatch, capsys: Said, words: list[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err == USAGE


def test_demonstration_is_not_loaded_into_an_installation_for_work(
    environment: pytest.MonkeyPatch, capsys: Said, session: Session
) -> None:
    assert main(["demo", "load"]) == 1
    assert "demonstration" in capsys.readouterr().err
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 0


def test_first_administrator_is_made_and_gets_a_link_to_set_a_password(
    environment: pytest.MonkeyPatch, capsys: Said, session: Session
) -> None:
    assert main(["admin", "create", "una@example.org", "Una Sample"]) == 0
    said = capsys.readouterr().out

    assert re.search(r"/new-password/\S+", said)
    person = session.scalars(sa.select(User)).one()
    assert (person.email, person.name, person.password) == ("una@example.org", "Una Sample", None)


def test_administrator_with_an_address_that_is_none_is_refused_in_one_line(
    environment: pytest.MonkeyPatch, capsys: Said
) -> None:
    assert main(["admin", "create", "una", "Una Sample"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("marketplace: ")
    assert "Traceback" not in said


def test_second_factor_of_nobody_is_refused_in_one_line(
    environment: pytest.MonkeyPatch, capsys: Said
) -> None:
    assert main(["admin", "remove-second-factor", "nobody@example.org"]) == 1
    assert capsys.readouterr().err == "marketplace: Nobody has this address.\n"


def test_second_factor_that_is_removed_ends_every_session(
    environment: pytest.MonkeyPatch, capsys: Said, session: Session
) -> None:
    person = a_person(session, NOW, None)
    session.add(SignIn(user_id=person.id, digest="0" * 64, started_at=NOW, ends_at=NOW))
    session.commit()

    assert main(["admin", "remove-second-factor", person.email]) == 0

    session.rollback()
    assert person.tf_primary_method is None
    assert session.scalars(sa.select(SignIn.ended_at)).one() is not None


def test_work_once_does_what_is_due_and_counts_it(
    environment: pytest.MonkeyPatch, capsys: Said, session: Session, app: Flask
) -> None:
    environment.setenv("MARKETPLACE_MODE", "demonstration")
    environment.delenv("MARKETPLACE_SMTP_URL")
    with transaction() as inside:
        post.queue(inside, to_email="una@example.org", subject="x", text="x", clock=FixedClock(NOW))
        # Whatever the machine's clock says, it is due.
        inside.execute(sa.update(Job).values(due_at=NOW.replace(year=2000)))

    assert main(["work", "--once"]) == 0
    assert main(["work", "--once"]) == 0

    assert capsys.readouterr().out == "1 done.\n0 done.\n"


def test_work_stops_when_it_is_told_to(environment: pytest.MonkeyPatch, capsys: Said) -> None:
    sweeps: list[int] = []

    def sweep(_clock: object, limit: int = 100) -> int:
        sweeps.append(limit)
        signal.raise_signal(signal.SIGTERM)
        return 1

    environment.setattr(jobs, "run_due", sweep)
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert operations.run(["work"]) == 0
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)

    assert len(sweeps) == 1


def test_change_of_key_says_the_new_one_and_what_to_back_up(
    environment: pytest.MonkeyPatch, capsys: Said, tmp_path: Path, session: Session
) -> None:
    assert main(["log", "change-key"]) == 0

    said = capsys.readouterr().out
    assert str(keys.known(session)[-1]) in said
    assert str(tmp_path / "data" / "keys" / "log.key") in said
    assert main(["check"]) == 0


def test_check_without_the_key_that_the_log_names_says_so(
    environment: pytest.MonkeyPatch, capsys: Said, tmp_path: Path
) -> None:
    assert main(["log", "change-key"]) == 0
    (tmp_path / "data" / "keys" / "log.key").unlink()

    assert main(["check"]) == 1
    assert "The log's key is lost" in capsys.readouterr().err

    assert main(["log", "change-key"]) == 1
    assert main(["log", "change-key", "--lost"]) == 0
    assert main(["check"]) == 0


def test_check_refuses_another_name_for_a_log_that_has_one(
    environment: pytest.MonkeyPatch, capsys: Said
) -> None:
    environment.setenv("MARKETPLACE_LOG_ORIGIN", "first.example/log")
    assert main(["check"]) == 0
    assert main(["log", "change-key"]) == 0
    environment.setenv("MARKETPLACE_LOG_ORIGIN", "second.example/log")

    assert main(["check"]) == 1
    assert "second.example/log" in capsys.readouterr().err


def test_name_of_the_log_outlives_a_change_of_the_public_address(
    environment: pytest.MonkeyPatch, session: Session, settings: Settings
) -> None:
    settings.log_key.unlink()
    environment.setenv("MARKETPLACE_PUBLIC_URL", "https://first.example")
    assert main(["log", "change-key"]) == 0
    environment.setenv("MARKETPLACE_PUBLIC_URL", "https://second.example")
    assert main(["check"]) == 0
    assert main(["log", "change-key"]) == 0

    assert {key.name for key in keys.known(session)} == {"first.example/log"}


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_check_names_a_file_without_the_certificates_of_the_authority(
    environment: pytest.MonkeyPatch, capsys: Said, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "roots.pem"
    if content:
        file.write_text(content)
    environment.setenv("MARKETPLACE_TIMESTAMP_URL", "https://stamps.invalid/")
    environment.setenv("MARKETPLACE_TIMESTAMP_CERTIFICATES", str(file))

    assert main(["check"]) == 1
    assert "MARKETPLACE_TIMESTAMP_CERTIFICATES" in capsys.readouterr().err


def without_master_key(environment: pytest.MonkeyPatch) -> None:
    """Take the master key away."""
    environment.delenv("MARKETPLACE_MASTER_KEY_FILE")


@pytest.mark.parametrize("words", [["check"], ["work"], ["work", "--once"], ["keys", "rotate"]])
def test_production_without_its_master_key_does_not_start_and_says_how_to_make_it(
    environment: pytest.MonkeyPatch, capsys: Said, tmp_path: Path, words: list[str]
) -> None:
    without_master_key(environment)

    assert main(words) == 1

    said = capsys.readouterr().err
    assert f"marketplace keys make {tmp_path}/data/keys/master.key" in said
    assert "Traceback" not in said


def test_application_whose_master_key_went_since_its_settings_were_read_does_not_start(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = from_environment()
    (tmp_path / "master.key").unlink()

    with pytest.raises(BadSetting, match="marketplace keys make"):
        create_app(settings)


@pytest.mark.parametrize("content", ["", "no key", "MASTER+KEY+0011223344556677+AAAA"])
@pytest.mark.parametrize("in_file", [True, False])
def test_master_key_that_is_not_whole_is_named_and_not_shown(
    environment: pytest.MonkeyPatch, capsys: Said, tmp_path: Path, content: str, in_file: bool
) -> None:
    if in_file:
        (tmp_path / "master.key").write_text(content)
    else:
        without_master_key(environment)
        environment.setenv("MARKETPLACE_MASTER_KEY", content or " ")

    assert main(["check"]) == 1

    said = capsys.readouterr().err
    assert (str(tmp_path / "master.key") if in_file else "MARKETPLACE_MASTER_KEY") in said
    assert not content or content not in said


def test_master_key_is_made_once_and_nothing_else_is_needed_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: Said, tmp_path: Path
) -> None:
    for name in [name for name in os.environ if name.startswith("MARKETPLACE_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "a new folder" / "master.key"

    assert main(["keys", "make", str(file)]) == 0
    assert "Back it up now" in capsys.readouterr().out
    made = file.read_text()

    assert main(["keys", "make", str(file)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert file.read_text() == made

    assert main(["keys", "make", "/proc/nowhere/master.key"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_master_key_on_standard_output_can_be_set(
    environment: pytest.MonkeyPatch, capsys: Said
) -> None:
    assert main(["keys", "make", "-"]) == 0
    without_master_key(environment)
    environment.setenv("MARKETPLACE_MASTER_KEY", capsys.readouterr().out)

    assert main(["check"]) == 0


@pytest.fixture
def earlier(environment: pytest.MonkeyPatch, app: Flask) -> pytest.MonkeyPatch:
    """Make the database one of the first version, with a challenge that was published there."""
    environment.setenv("MARKETPLACE_MODE", "demonstration")
    downgrade(revision="base")
    upgrade(revision="0001")
    with db.engine.begin() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection, only=["user_account", "organisation", "challenge"])

        def add(table: str, **values: object) -> object:
            identifier: object = uuid.uuid4()
            if connection.dialect.name == "sqlite":
                identifier = str(identifier).replace("-", "")
            connection.execute(metadata.tables[table].insert().values(id=identifier, **values))
            return identifier

        person = add(
            "user_account",
            email="una@example.org",
            name="Una",
            active=True,
            created_at=NOW,
            fs_uniquifier="u",
        )
        body = add("organisation", kind="body", name="Council", body_type="local", created_at=NOW)
        texts = "summary problem affected today why_now outcome measures tried constraints support"
        add(
            "challenge",
            **dict.fromkeys(texts.split(), "-"),
            reference="CH-OLD",
            title="Old",
            buyer_id=body,
            owner_id=person,
            currency="GBP",
            state="open",
            published_at=NOW,
            created_at=NOW,
            row_version=1,
        )
    db.session.remove()
    return environment


def test_demonstration_of_an_earlier_version_is_made_anew_and_says_so(
    earlier: pytest.MonkeyPatch, capsys: Said, session: Session
) -> None:
    with transaction() as inside:
        log.append(inside, clock=FixedClock(NOW), action=BEGUN)
    # Lived through elsewhere, and long.
    earlier.setattr("marketplace.demonstration.load.load", lambda _clock, fresh: "Loaded.")

    assert main(["demo", "load"]) == 0

    said = capsys.readouterr().out
    assert "It is made anew." in said
    assert said.endswith("Loaded.\n")
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
    assert main(["check"]) == 0


def test_data_of_an_earlier_version_that_is_no_demonstration_is_left_as_it_is(
    earlier: pytest.MonkeyPatch, capsys: Said
) -> None:
    assert main(["demo", "load", "--fresh"]) == 1

    assert "Nothing was changed" in capsys.readouterr().err
    with db.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT reference FROM challenge")).scalars().all()
    assert found == ["CH-OLD"]
