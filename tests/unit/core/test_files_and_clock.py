"""Files that come back only as they were stored, and clocks that stand."""

import hashlib
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


def test_clock_of_the_machine_is_aware_and_in_utc() -> None:
    now = SystemClock().now()

    assert now.tzinfo is UTC
    assert SystemClock().now() >= now


def test_fixed_clock_stands_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 12, 1, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 12, 1, tzinfo=UTC)

    clock.instant = datetime(2026, 12, 2, tzinfo=UTC)

    assert clock.now().day == 2
