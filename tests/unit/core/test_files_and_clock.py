"""Files that come back only as they were stored, and clocks that stand."""

import hashlib
import os
import resource
import signal
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketplace.core.clock import FixedClock, SystemClock
from marketplace.core.files.store import DamagedFile, FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


@pytest.mark.parametrize("content", [b"", b"hello", bytes(range(256)) * 4096])
def test_file_comes_back_as_it_was_stored(store: FileStore, content: bytes) -> None:
    sha256 = store.write(content)

    assert sha256 == hashlib.sha256(content).hexdigest()
    assert store.read(sha256) == content


def test_file_stored_twice_is_kept_once(store: FileStore) -> None:
    assert store.write(b"same") == store.write(b"same")

    assert sum(path.is_file() for path in store.folder.rglob("*")) == 1


def test_file_that_changed_on_disk_is_refused(store: FileStore) -> None:
    sha256 = store.write(b"sealed")
    store.path(sha256).write_bytes(b"Sealed")

    with pytest.raises(DamagedFile, match=f"{sha256} has changed"):
        store.read(sha256)


def test_file_torn_by_a_crash_is_made_whole_when_stored_again(store: FileStore) -> None:
    sha256 = store.write(b"an award report")
    store.path(sha256).write_bytes(b"an aw")

    store.write(b"an award report")

    assert store.read(sha256) == b"an award report"


def test_file_that_is_gone_is_refused(store: FileStore) -> None:
    with pytest.raises(DamagedFile, match="is missing"):
        store.read("0" * 64)


def test_file_that_cannot_be_written_leaves_nothing_behind(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("marketplace.core.files.store.os.fsync", full)

    with pytest.raises(OSError, match="No space left"):
        store.write(b"too much")

    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def stored(store: FileStore) -> list[Path]:
    """List every file in the store, hidden ones too."""
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_file_that_came_in_pieces_is_kept_under_the_digest_of_the_whole(store: FileStore) -> None:
    with store.receive() as incoming:
        for piece in (b"sealed ", b"", b"bid"):
            incoming.write(piece)

    assert (incoming.size, incoming.sha256) == (10, hashlib.sha256(b"sealed bid").hexdigest())
    assert stored(store) == [store.path(incoming.sha256)]
    with store.open(incoming.sha256) as file:
        assert (file.read(7), file.read()) == (b"sealed ", b"bid")


def test_file_is_for_our_own_account_alone(store: FileStore) -> None:
    path = store.path(store.write(b"sealed bid"))

    modes = [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, store.folder)]
    assert modes == [0o600, 0o700, 0o700]


def test_file_whose_writer_gave_up_leaves_nothing_behind(store: FileStore) -> None:
    def give_up() -> None:
        with store.receive() as incoming:
            incoming.write(b"half a bid")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()

    assert stored(store) == []


def test_file_that_outgrows_the_disk_leaves_nothing_behind(store: FileStore) -> None:
    def outgrow() -> None:
        with store.receive() as incoming:
            incoming.write(b"x" * 4096)

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            outgrow()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, former)

    assert stored(store) == []


def test_file_of_a_writer_that_was_killed_is_under_no_digest(store: FileStore) -> None:
    child = os.fork()
    if child == 0:
        try:
            with store.receive() as incoming:
                incoming.write(b"half a bid")
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    os.waitpid(child, 0)

    (left,) = stored(store)
    assert left.name.startswith(".incoming-")
    with pytest.raises(DamagedFile):
        store.open(hashlib.sha256(b"half a bid").hexdigest())


def test_store_whose_volume_is_not_mounted_is_away_and_no_file_in_it_is_called_missing(
    tmp_path: Path,
) -> None:
    store = FileStore(tmp_path / "files", expects=lambda: True)
    sha256 = FileStore(store.folder).write(b"sealed bid")
    mounted = store.folder.rename(tmp_path / "mounted")

    for made in (False, True):
        if made:
            store.folder.mkdir()
        assert store.is_away()
        with pytest.raises(OSError):  # noqa: PT011  (of either kind: no folder, or an empty one)
            store.open(sha256)
        with pytest.raises(OSError, match="No stored files"):
            store.write(b"another bid")

    store.folder.rmdir()
    mounted.rename(store.folder)
    assert not store.is_away()
    with store.open(sha256) as file:
        assert file.read() == b"sealed bid"


def test_file_that_two_write_at_once_is_kept_once_and_whole(store: FileStore) -> None:
    with store.receive() as first, store.receive() as second:
        for incoming in (first, second):
            incoming.write(b"the same ")
        for incoming in (second, first):
            incoming.write(b"bytes")

    assert stored(store) == [store.path(first.sha256)]
    assert store.read(second.sha256) == b"the same bytes"


def test_file_that_was_discarded_is_gone_and_may_be_discarded_again(store: FileStore) -> None:
    sha256 = store.write(b"an envelope of a bid that was too late")

    store.discard(sha256)
    store.discard(sha256)

    assert stored(store) == []
    with pytest.raises(DamagedFile, match="is missing"):
        store.open(sha256)


def test_clock_of_the_machine_is_aware_and_in_utc() -> None:
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert SystemClock().now() >= now


def test_fixed_clock_stands_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 12, 1, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 12, 1, tzinfo=UTC)

    clock.instant = datetime(2026, 12, 2, tzinfo=UTC)

    assert clock.now().day == 2
