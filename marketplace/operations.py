"""What the command does with the application: the database, the demonstration, the sweeper."""

import signal
import sys
import threading
from types import FrameType

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade
from flask_security.mail_util import EmailValidateException
from sqlalchemy.exc import OperationalError

from challenges.finding import keeping
from marketplace.app import create_app
from marketplace.config import BadSetting
from marketplace.core import access, jobs
from marketplace.core.audit import changing, configured, keys, stamps
from marketplace.core.database import db
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.transaction import transaction
from marketplace.core.vault import commands, keyring, master, rotation


def run(words: list[str]) -> int:
    """Run one of the commands that need the application; return its exit code, 2 for no such."""
    try:
        app = create_app()
    except BadSetting as error:
        sys.stderr.write(f"marketplace: {error}\n")
        return 1
    with app.app_context():
        try:
            return _dispatch(words)
        except (DomainError, EmailValidateException) as error:
            sys.stderr.write(f"marketplace: {error}\n")
            return 1
        except OperationalError as error:
            sys.stderr.write(f"marketplace: the database cannot be used: {error.orig}\n")
            return 1
        finally:
            db.session.remove()


def _dispatch(words: list[str]) -> int:
    match words:
        case ["check"]:
            return _check()
        case ["database", "upgrade"]:
            upgrade()
            return 0
        case ["demo", "load", *rest] if set(rest) <= {"--fresh"}:
            return _load_demonstration(fresh="--fresh" in rest)
        case ["admin", "create", email, name]:
            from marketplace.core.accounts.seed import create_admin

            sys.stdout.write(create_admin(email, name, clock=access.clock()) + "\n")
            return 0
        case ["admin", "remove-second-factor", email]:
            from marketplace.core.accounts.seed import remove_second_factor

            sys.stdout.write(remove_second_factor(email, clock=access.clock()) + "\n")
            return 0
        case ["log", *rest]:
            return _log(rest)
        case ["keys", *rest]:
            return commands.run(rest, access.clock())
        case ["search", "rebuild"]:
            return _rebuild_search()
        case ["certificates", *rest]:
            from scoring.report.certificates import run as certificates

            return certificates(rest, access.clock())
        case ["work", *rest] if set(rest) <= {"--once"}:
            return _work(once="--once" in rest)
        case ["similar", *rest]:
            from challenges.similar.command import run as similar

            return similar(rest, access.clock())
        case _:
            return 2


def _log(words: list[str]) -> int:
    match words:
        case ["change-key", *rest] if set(rest) <= {"--lost"}:
            return _change_key(lost="--lost" in rest)
        case ["verify"]:
            return _verify_log()
        case ["erase", place, name, "--reason", reason] if place.isdecimal():
            from marketplace.core.audit.retention import erase

            erased = erase(int(place), name, reason=reason, clock=access.clock())
            sys.stdout.write(f"Erased; entry {erased.n} says so.\n")
            return 0
        case _:
            return 2


def _check() -> int:
    """Say whether tables and keys are this installation's; wrong settings were refused before."""
    config = current_app.extensions["migrate"].migrate.get_config()
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    if set(present) != set(ScriptDirectory.from_config(config).get_heads()):
        sys.stderr.write(
            "marketplace: the database has another version's tables;"
            " run: marketplace database upgrade\n"
        )
        return 1
    if wrong := _wrong_with_the_log() or _wrong_with_the_master_key() or _wrong_with_the_files():
        sys.stderr.write(f"marketplace: {wrong}\n")
        return 1
    if behind := keeping.missing(db.session()):
        sys.stderr.write(
            f"marketplace: the search does not know {behind} challenges as they are;"
            " run: marketplace search rebuild\n"
        )
        return 1
    sys.stdout.write("The settings, the database, the log's key and the master key can be used.\n")
    found = rotation.standing()
    if found.former:
        sys.stdout.write(
            f"{found.former} keys are under former master keys; run: marketplace keys rotate\n"
        )
    if found.given_up:
        sys.stdout.write(f"{found.given_up} keys are lost for good, as the log says.\n")
    return 0


def _rebuild_search() -> int:
    """Write the index of words anew, as after a repair of the database by hand."""
    with transaction() as session:
        count = keeping.rebuild(session)
    sys.stdout.write(f"{count} challenges can be found.\n")
    return 0


def _wrong_with_the_master_key() -> str | None:
    """Say what would keep sealed bids from being read; None where nothing does."""
    file = master.file()
    if file is not None and keyring.is_exposed(file):
        return f"other accounts may read or change the master key; run: chmod 600 {file}"
    found = rotation.standing()
    return commands.say_lost(found.lost) if found.lost else None


def _wrong_with_the_files() -> str | None:
    """Say where the folder of stored files is another than it was; None where it is not."""
    store = access.current_files()
    if not store.is_away():
        return None
    return (
        f"the database names stored files and {store.folder} holds none; look whether its volume is"
        " mounted, and whether MARKETPLACE_DATA names the right folder"
    )


def _wrong_with_the_log() -> str | None:
    """Say what would keep the log from being signed or stamped; None where nothing does.

    Raises:
        WrongKey: the key at hand is not the one that the log names.
    """
    settings = access.current_settings()
    key = keys.find()
    if key and settings.log_origin not in (None, key.name):
        return (
            f"MARKETPLACE_LOG_ORIGIN is {settings.log_origin}, but the log is called {key.name}"
            " since its first key; set it to that, or leave it out"
        )
    if settings.timestamp_certificates:
        try:
            stamps.read_roots(settings.timestamp_certificates.read_bytes())
        except (OSError, stamps.BadStamp) as error:
            return f"MARKETPLACE_TIMESTAMP_CERTIFICATES cannot be used: {error}"
    return None


def _change_key(*, lost: bool) -> int:
    """Change the log's key and say what it is now; both are public."""
    new = changing.begin_again(access.clock()) if lost else changing.change(access.clock())
    sys.stdout.write(
        f"The log is signed with a new key from now on:\n{new}\n"
        f"Back up {access.current_settings().log_key} now.\n"
    )
    return 0


def _load_demonstration(*, fresh: bool) -> int:
    from marketplace.demonstration.fresh import is_begun, start_again
    from marketplace.demonstration.load import load

    settings = access.current_settings()
    if not settings.demonstration:
        sys.stderr.write(
            "marketplace: the demonstration is loaded only with MARKETPLACE_MODE=demonstration\n"
        )
        return 1
    try:
        upgrade()
    except WrongMoment:
        if not is_begun():
            raise
        sys.stdout.write(
            "The example data is of an earlier version, which this one cannot take over."
            " It is made anew.\n"
        )
        start_again()
    sys.stdout.write(load(access.clock(), fresh=fresh) + "\n")
    return 0


def _verify_log() -> int:
    from marketplace.core.audit.verifying.command import main as verify

    trusted = access.current_settings().timestamp_certificates
    return verify(db.engine, trusted.read_bytes() if trusted else None)


def _work(*, once: bool) -> int:
    """Do what is due `once`, or sweep until TERM or INT; the job under way is finished first."""
    if once:
        sys.stdout.write(f"{jobs.run_due(access.clock())} done.\n")
        return 0
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    changing.settle()
    configured.record(access.current_settings(), access.clock())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    jobs.work(access.clock(), stopping.is_set, pause=1.0)
    return 0
