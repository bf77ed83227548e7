"""What the site gives out of its log, checked by the code with which Go checks checksums."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.audit import checkpoints, log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.transaction import transaction

pytestmark = pytest.mark.conformance

PROGRAM = Path(__file__).with_name("sumdb.go")
# Where Debian's package golang-golang-x-mod-dev puts sources.
SOURCES = Path("/usr/share/gocode")

OLDER, SIZE = 200, 300
PLACE = 150


@pytest.fixture(scope="module")
def sumdb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the program, without the network."""
    if shutil.which("go") is None or not (SOURCES / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip("left out: it needs Debian's golang-go and golang-golang-x-mod-dev")
    program = tmp_path_factory.mktemp("go") / "sumdb"
    subprocess.run(
        ["go", "build", "-o", str(program), PROGRAM.name],
        cwd=PROGRAM.parent,
        env={**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOPATH": str(SOURCES)},
        check=True,
    )
    return program


@pytest.fixture
def copy(client: FlaskClient, session: Session, clock: FixedClock, tmp_path: Path) -> Path:
    """Fetch from the public pages what a stranger needs: full and partial tiles, both proofs."""
    for size in (OLDER, SIZE):
        with transaction() as writing:
            # The first checkpoint adds the entry that names the key.
            while log.lock(writing).size < size - (size == OLDER):
                log.append(writing, clock=clock, action="log.key_named", key="an example")
            made = checkpoints.make(writing, clock=clock)
            assert made is not None
            assert made.size == size
    folder = tmp_path / "copy"
    for name, address in {
        "key": "keys",
        "checkpoint": "checkpoint",
        "older": f"checkpoints/{OLDER}",
        "tile/0/000": "tile/0/000",
        "tile/0/001.p/44": "tile/0/001.p/44",
        "tile/1/000.p/1": "tile/1/000.p/1",
        "inclusion.json": f"proofs/inclusion?place={PLACE}&size={SIZE}",
        "consistency.json": f"proofs/consistency?from={OLDER}&to={SIZE}",
    }.items():
        answer = client.get(f"/log/{address}")
        assert answer.status_code == 200, address
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(answer.data)
    (folder / "entry").write_bytes(session.get_one(LogEntry, PLACE).body)
    return folder


def run(sumdb: Path, copy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(sumdb), str(copy)], capture_output=True, text=True, check=False)


def change(file: Path, place: int) -> None:
    """Turn one bit over."""
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


def test_public_log_checks_by_the_code_of_others_which_finds_what_was_changed(
    sumdb: Path, copy: Path, tmp_path: Path
) -> None:
    done = run(sumdb, copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{SIZE} leaves, {OLDER} entries before\n"

    # A program that looked at nothing would find nothing.
    for name, place in {
        "checkpoint": -10,
        "older": 25,
        "tile/0/000": 40,
        "tile/0/001.p/44": -1,
        "tile/1/000.p/1": 0,
        "entry": 30,
    }.items():
        changed = tmp_path / "changed"
        shutil.copytree(copy, changed)
        change(changed / name, place)
        assert run(sumdb, changed).returncode == 1, name
        shutil.rmtree(changed)
