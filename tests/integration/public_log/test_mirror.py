"""A copy of the log: it follows an honest site, and cries out when history changes."""

import base64
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.core.audit import changing, keychain, tiles, trust
from marketplace.core.audit.mirror import main
from marketplace.core.audit.mirror.folder import Folder
from marketplace.core.audit.signing import Signer
from marketplace.core.clock import FixedClock
from tests.conftest import LOG_KEY
from tests.integration.public_log.conftest import (
    Grow,
    Served,
    Sign,
    publish,
    rebuild,
)

FOREIGN = Signer(LOG_KEY.name, b"\x08" * 32)


@dataclass
class Mirror:
    """A copy of the served site's log, and what was said at its last run."""

    served: Served
    path: Path
    capsys: pytest.CaptureFixture[str]
    waited: list[float] = field(default_factory=list)
    out: str = ""
    err: str = ""

    def run(self, *more: str) -> int:
        """Run the command once; give its exit code."""
        code = main([self.served.address, str(self.path), *more], self.waited.append)
        self.out, self.err = self.capsys.readouterr()
        return code

    def files(self) -> dict[str, bytes]:
        """Give everything that is kept, by its place."""
        return {
            str(file.relative_to(self.path)): file.read_bytes()
            for file in self.path.rglob("*")
            if file.is_file() and file.name != ".lock"
        }

    @property
    def evidence(self) -> dict[str, bytes]:
        """Give the evidence that is kept."""
        return {name: file for name, file in self.files().items() if name.startswith("evidence/")}


@pytest.fixture
def mirror(served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Mirror:
    """Give a copy that has nothing yet."""
    return Mirror(served, tmp_path / "copy", capsys)


@pytest.fixture
def trusting(tmp_path: Path) -> Callable[..., list[str]]:
    """Give a way to name trusted keys."""

    def name(*lines: object) -> list[str]:
        file = tmp_path / "trusted.txt"
        file.write_text("".join(f"{line}\n" for line in lines))
        return ["--trust", str(file)]

    return name


def test_mirror_of_first_run_takes_the_key_on_trust_and_says_so(
    mirror: Mirror, grow: Grow, sign: Sign
) -> None:
    grow(4)
    made = sign()

    assert mirror.run() == 0

    assert "The first key is taken on trust" in mirror.out
    assert str(LOG_KEY.verifier) in mirror.out
    assert "5 entries; the copy begins here" in mirror.out
    files = mirror.files()
    assert files["keys"].decode() == f"{LOG_KEY.verifier}\n"
    assert files["checkpoint"] == files["checkpoints/5"] == made.note.encode()
    assert set(files) == {"keys", "checkpoint", "checkpoints/5", "tile/0/000.p/5"}
    assert mirror.run() == 0
    assert mirror.out == f"{LOG_KEY.name}: 5 entries, as before. All agrees.\n"


def test_mirror_of_a_growing_log_keeps_what_the_site_gives_at_the_same_places(
    mirror: Mirror, grow: Grow, sign: Sign
) -> None:
    client = mirror.served.app.test_client()
    for more in (1, 99, 200, 211, 1, 300):  # 2 entries at first, 512 before the last, 813 then
        grow(more)
        sign()
        assert mirror.run() == 0, mirror.err
        for place, content in mirror.files().items():
            if place != "keys":
                assert client.get(f"/log/{place}").data == content, place

    assert "813 entries, 300 of them new" in mirror.out
    assert "begins with the 513 entries" in mirror.out
    assert "5 earlier checkpoints agree" in mirror.out
    kept = {name for name in mirror.files() if name.startswith("tile/")}
    assert kept == {f"tile/{tile}" for level in (0, 1) for tile in tiles.of_size(813, level)}


def test_mirror_fetches_nothing_twice(mirror: Mirror, grow: Grow, sign: Sign) -> None:
    grow(520)
    sign()
    mirror.run()
    mirror.served.asked.clear()

    mirror.run()
    assert mirror.served.asked == ["/log/checkpoint"]
    mirror.served.asked.clear()
    grow(5)
    sign()
    mirror.run()

    assert mirror.served.asked == ["/log/checkpoint", "/log/tile/0/002.p/14"]


def test_mirror_accepts_the_address_of_the_log_too(mirror: Mirror, grow: Grow, sign: Sign) -> None:
    grow(1)
    sign()

    for ending in ("/", "/log", "/log/"):
        mirror.served.address += ending
        assert mirror.run() == 0
        mirror.served.address = mirror.served.address.removesuffix(ending)


def test_mirror_with_the_key_named_takes_nothing_on_trust(
    mirror: Mirror, grow: Grow, sign: Sign, trusting: Callable[..., list[str]]
) -> None:
    grow(1)
    sign()

    assert mirror.run(*trusting("# by post", LOG_KEY.verifier)) == 0

    assert "taken on trust" not in mirror.out
    assert "/log/keys" not in mirror.served.asked


def test_mirror_with_another_key_named_gives_the_alarm(
    mirror: Mirror, grow: Grow, sign: Sign, trusting: Callable[..., list[str]]
) -> None:
    grow(1)
    sign()

    assert mirror.run(*trusting(FOREIGN.verifier)) == 1

    assert "signed by no key that is trusted here" in mirror.err
    assert Folder(mirror.path).newest() is None


@pytest.mark.parametrize("size", [40, 300, 700])
def test_mirror_finds_a_removed_entry_though_the_tree_was_rebuilt_and_signed(
    mirror: Mirror, grow: Grow, clock: FixedClock, size: int
) -> None:
    grow(size)
    publish(clock)
    assert mirror.run() == 0
    before = mirror.files()

    rebuild(clock, without=[33])
    grow(3)
    publish(clock)

    assert mirror.run() == 1
    assert "ALARM" in mirror.err
    assert "History changed: the entry at place 33" in mirror.err
    names = {Path(name).name for name in mirror.evidence}
    assert {"kept-checkpoint", "shown-checkpoint", "what.txt"} <= names
    notes = {
        Path(name).name: file.decode()
        for name, file in mirror.evidence.items()
        if name.endswith("-checkpoint")
    }
    kept = trust.open_checkpoint(notes["kept-checkpoint"], [LOG_KEY.verifier])
    shown = trust.open_checkpoint(notes["shown-checkpoint"], [LOG_KEY.verifier])
    assert kept[1] == shown[1] == LOG_KEY.verifier
    assert (kept[0].size, shown[0].size) == (size, size + 2)
    # The proof is left as it was, and the alarm goes on without piling up.
    assert before.items() <= mirror.files().items()
    evidence = mirror.evidence
    assert mirror.run() == 1
    assert mirror.evidence == evidence


def test_mirror_finds_another_log_of_the_same_size(
    mirror: Mirror, grow: Grow, clock: FixedClock
) -> None:
    grow(30)
    publish(clock)
    mirror.run()

    rebuild(clock, without=[7])
    grow(1)
    publish(clock)

    assert mirror.run() == 1
    assert "History changed: the entry at place 7" in mirror.err


def test_mirror_finds_another_root_over_the_same_entries(
    mirror: Mirror, grow: Grow, clock: FixedClock
) -> None:
    grow(30)
    publish(clock)
    mirror.run()

    rebuild(clock)
    publish(clock, root=os.urandom(32))

    assert mirror.run() == 1
    assert "another root over 30 entries" in mirror.err


@pytest.mark.parametrize("changed", [False, True])
def test_mirror_finds_a_log_that_shrank(
    mirror: Mirror, grow: Grow, clock: FixedClock, changed: bool
) -> None:
    grow(300)
    publish(clock)
    mirror.run()

    rebuild(clock, without=[5] if changed else [], keep=290)
    publish(clock)

    assert mirror.run() == 1
    told = (
        "the entry at place 5 is another one" if changed else "The log shrank: the site shows 290"
    )
    assert told in mirror.err
    assert mirror.evidence


def test_mirror_finds_a_log_that_lost_all_checkpoints(
    mirror: Mirror, grow: Grow, clock: FixedClock
) -> None:
    grow(3)
    publish(clock)
    mirror.run()

    rebuild(clock)

    assert mirror.run() == 1
    assert "no checkpoint any more" in mirror.err


def test_mirror_finds_a_tree_that_does_not_give_the_root_that_is_signed(
    mirror: Mirror, grow: Grow, clock: FixedClock
) -> None:
    grow(3)
    publish(clock)
    mirror.run()
    grow(300)
    publish(clock, root=os.urandom(32))

    assert mirror.run() == 1
    assert "do not have the root that it signs" in mirror.err


def test_mirror_finds_a_key_that_nobody_named(
    mirror: Mirror, grow: Grow, clock: FixedClock
) -> None:
    grow(3)
    publish(clock)
    mirror.run()
    grow(1)
    publish(clock, FOREIGN)
    # Whatever else the site slips in, only what a trusted key signed leads on.
    for given in (
        b"",
        f"{FOREIGN.verifier}\n".encode(),
        keychain.hand_over(FOREIGN, FOREIGN.verifier).encode(),
    ):
        mirror.served.instead["/log/keys/changes"] = given
        mirror.served.instead["/log/keys"] = f"{FOREIGN.verifier}\n".encode()

        assert mirror.run() == 1
        assert Folder(mirror.path).keys() == [LOG_KEY.verifier]
    assert mirror.evidence


def test_mirror_finds_a_false_signature_of_the_right_key(
    mirror: Mirror, grow: Grow, clock: FixedClock, session: Session
) -> None:
    grow(3)
    publish(clock)
    mirror.run()
    grow(2)
    publish(clock)
    note = mirror.served.app.test_client().get("/log/checkpoint").text
    text, _, line = note.partition("\n\n")
    coded = bytearray(base64.b64decode(line.split()[2]))
    coded[-1] ^= 1
    forged = f"{text}\n\n— {LOG_KEY.name} {base64.b64encode(coded).decode()}\n"
    mirror.served.instead["/log/checkpoint"] = forged.encode()

    assert mirror.run() == 1
    assert "The signature is false" in mirror.err
    assert forged.encode() in mirror.evidence.values()


def test_mirror_finds_another_log_under_the_same_address(
    mirror: Mirror, grow: Grow, clock: FixedClock, trusting: Callable[..., list[str]]
) -> None:
    grow(3)
    publish(clock)
    mirror.run()
    other = Signer("other.example/log", b"\x09" * 32)
    grow(1)
    publish(clock, other)

    assert mirror.run(*trusting(other.verifier)) == 1
    assert "shows the log other.example/log; this copy is of market.example/log" in mirror.err


def test_mirror_follows_a_change_of_key_and_refuses_the_old_one_afterwards(
    mirror: Mirror, grow: Grow, sign: Sign, clock: FixedClock
) -> None:
    grow(3)
    sign()
    mirror.run()
    second = changing.change(clock)
    third = changing.change(clock)

    assert mirror.run() == 0
    assert Folder(mirror.path).keys() == [LOG_KEY.verifier, second, third]
    assert mirror.run() == 0
    grow(1)
    publish(clock, LOG_KEY)

    assert mirror.run() == 1
    assert "which the log had given up" in mirror.err


def test_mirror_trusts_a_new_key_that_nothing_leads_to_only_when_told(
    mirror: Mirror,
    grow: Grow,
    sign: Sign,
    clock: FixedClock,
    settings: Settings,
    trusting: Callable[..., list[str]],
) -> None:
    grow(3)
    sign()
    mirror.run()
    settings.log_key.unlink()
    new = changing.begin_again(clock)

    assert mirror.run() == 1
    assert "name it with --trust" in mirror.err
    assert mirror.run(*trusting(new)) == 0
    assert mirror.run() == 0
    assert Folder(mirror.path).keys() == [LOG_KEY.verifier, new]


def test_mirror_stopped_at_any_write_loses_nothing_and_goes_on(
    mirror: Mirror, grow: Grow, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(100)
    publish(clock)
    mirror.run()
    grow(500)
    publish(clock)
    begun, replace, left = mirror.path, os.replace, 0

    def dying(source: str, target: str) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        replace(source, target)

    ends: list[dict[str, bytes]] = []
    for writes in range(20):
        mirror.path = begun.with_name(f"copy-{writes}")
        shutil.copytree(begun, mirror.path)
        left = writes
        monkeypatch.setattr(os, "replace", dying)
        try:
            code = mirror.run()
        except KeyboardInterrupt:
            code = None
        monkeypatch.setattr(os, "replace", replace)
        assert mirror.run() == 0, mirror.err
        ends.append(mirror.files())
        if code == 0:
            break

    assert len(ends) == 7  # three tiles, the level above, two notes; and not stopped at all
    assert all(end == ends[-1] for end in ends)
    assert set(ends[-1]) == {
        *("keys", "checkpoint", "checkpoints/100", "checkpoints/600"),
        *(f"tile/{tile}" for level in (0, 1) for tile in tiles.of_size(600, level)),
    }


def test_mirror_killed_in_the_middle_of_a_fetch_goes_on_where_it_was(
    mirror: Mirror, grow: Grow, clock: FixedClock
) -> None:
    grow(600)
    publish(clock)
    mirror.served.instead["/log/tile/0/001"] = [429] * 1000  # it waits until it is killed
    command = [sys.executable, "-m", "marketplace.cli", "log", "mirror"]
    running = subprocess.Popen([*command, mirror.served.address, str(mirror.path)])
    while "/log/tile/0/001" not in mirror.served.asked:
        assert running.poll() is None
    running.kill()
    running.wait()
    mirror.served.instead.clear()
    mirror.served.asked.clear()

    assert mirror.run() == 0
    assert "/log/tile/0/000" not in mirror.served.asked
    assert "600 entries" in mirror.out


def test_mirror_asks_again_for_what_a_stopped_run_left_wrong(
    mirror: Mirror, grow: Grow, clock: FixedClock
) -> None:
    grow(100)
    publish(clock)
    mirror.run()
    grow(500)
    publish(clock)
    Folder(mirror.path).keep_tile(tiles.Tile(0, 1), os.urandom(8192))

    assert mirror.run() == 0, mirror.err
    assert "600 entries, 500 of them new" in mirror.out


def test_mirror_that_cannot_finish_says_so_and_blames_nobody(
    mirror: Mirror, grow: Grow, clock: FixedClock
) -> None:
    grow(300)
    publish(clock)
    cases: list[tuple[str, bytes | list[int]]] = [
        ("/log/checkpoint", [500] * 9),
        ("/log/checkpoint", [403] * 9),
        ("/log/checkpoint", b"<!doctype html><p>Sign in to the network"),
        ("/log/checkpoint", b"\xff\xfe"),
        ("/log/checkpoint", b"x" * 100_000),
        ("/log/keys", b"soon"),
        ("/log/keys", b""),
        ("/log/tile/0/000", [404]),
        ("/log/tile/0/000", b"cut"),
        ("/log/tile/0/000", [429] * 9),
        ("/log/tile/0/001.p/44", b"x" * 9000),
    ]
    for path, answer in cases:
        mirror.served.instead = {path: answer}
        assert mirror.run() == 3, (path, mirror.err)
        assert "not finished" in mirror.err
        assert "ALARM" not in mirror.err
    mirror.served.instead = {
        "/log/checkpoint": [503, 500],
        "/log/tile/0/001.p/44": [429, 429],
    }
    mirror.waited.clear()

    assert mirror.run() == 0, mirror.err
    assert mirror.waited
    assert mirror.evidence == {}


def test_mirror_of_a_site_that_is_not_there_is_not_finished(mirror: Mirror, tmp_path: Path) -> None:
    mirror.served.address = "http://127.0.0.1:9"

    assert mirror.run() == 3
    assert "not finished" in mirror.err


def test_mirror_of_a_log_without_a_checkpoint_is_not_finished(mirror: Mirror, grow: Grow) -> None:
    grow(2)

    assert mirror.run() == 3
    assert "no checkpoint yet" in mirror.err


@pytest.mark.parametrize("what", ["tile", "missing tile", "note", "keys"])
def test_mirror_whose_copy_is_damaged_says_so_and_nothing_of_the_site(
    mirror: Mirror, grow: Grow, clock: FixedClock, what: str
) -> None:
    for _ in range(2):
        grow(300)
        publish(clock)
        mirror.run()
    if what == "tile":
        (mirror.path / "tile/0/000").write_bytes(os.urandom(8192))
    elif what == "missing tile":
        (mirror.path / "tile/0/001").unlink()
    elif what == "note":
        older = (mirror.path / "checkpoints/300").read_text()
        (mirror.path / "checkpoints/300").write_text(re.sub(r"(?m)^300$", "299", older))
        (mirror.path / "checkpoint").write_text(older.replace("300", "301"))
    else:
        (mirror.path / "keys").write_text("rubbish\n")

    assert mirror.run() == 3
    assert "this copy is damaged" in mirror.err
    assert "ALARM" not in mirror.err


def test_mirror_asked_wrongly_says_what_is_wrong(
    mirror: Mirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("Dear Sir")
    (tmp_path / "no-keys").write_text("# none\n")
    fine = "http://127.0.0.1:9"
    for words in (
        [],
        [fine],
        [fine, "a", "b"],
        ["ftp://market.example", "copy"],
        ["market.example", "copy"],
        ["https://market.example/?x", "copy"],
        ["https://user:secret@market.example", "copy"],
        ["https://market.example:port", "copy"],
        ["file:///etc/passwd", "copy"],
        [fine, str(tmp_path / "letters")],
        [fine, str(tmp_path / "new"), "--trust", str(tmp_path / "nowhere")],
        [fine, str(tmp_path / "new"), "--trust", str(tmp_path / "no-keys")],
        [fine, str(tmp_path / "new"), "--trust", str(tmp_path / "letters" / "one.txt")],
    ):
        assert main(words) == 2, words
        assert capsys.readouterr().err.startswith("marketplace log mirror: ")
    assert sorted(file.name for file in (tmp_path / "letters").iterdir()) == ["one.txt"]


def test_mirror_at_work_keeps_another_run_out(mirror: Mirror, grow: Grow, sign: Sign) -> None:
    grow(1)
    sign()

    with Folder(mirror.path).alone():
        assert mirror.run() == 3
    assert "another run is at work" in mirror.err
    assert mirror.run() == 0


def test_mirror_and_verify_start_without_the_libraries_of_the_site() -> None:
    heavy = ("flask", "sqlalchemy", "jinja2", "structlog", "wtforms")
    source = (
        "import sys, marketplace.cli, marketplace.core.audit.mirror;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )

    said = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True)

    assert said.stdout == b"[]\n"
