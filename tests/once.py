"""Makes a thing once in a run, however many workers want it: owns who makes it and who waits."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import coverage
import pytest


@contextmanager
def uncounted() -> Iterator[None]:
    """Leave what happens inside out of the coverage: counting doubles the time of what is large.

    Nothing that only happens there counts as tested.
    """
    counting = coverage.Coverage.current()
    if counting is None:
        yield
        return
    counting.stop()
    try:
        yield
    finally:
        counting.start()


def once_in_a_run(
    folders: pytest.TempPathFactory,
    name: str,
    make: Callable[[], bytes],
    *,
    counted: bool = False,
    lasting: Path | None = None,
) -> bytes:
    """Give what `make` gives, made by the worker that asks first; others wait for it.

    What it goes through is left out of the coverage, unless it is to be `counted`. It is kept in
    the folder `lasting`, if there is one, for the runs that come after this one.

    Raises:
        AssertionError: it could not be made in the worker that began to.
    """
    counting = nullcontext if counted else uncounted
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with counting():
            return make()
    # The folder of all workers is the one that holds each worker's own.
    done = (lasting or folders.getbasetemp().parent) / f"{name}.done"
    failed, begun = done.with_suffix(".failed"), done.with_suffix(".begun")
    try:
        os.symlink(str(os.getpid()), begun)
    except FileExistsError:
        while not done.exists():
            assert not failed.exists(), f"{name} could not be made in another worker"
            maker = os.readlink(begun)
            assert _lives(maker) or done.exists(), f"Worker {maker} ended before {name} was made"
            time.sleep(0.2)
        return done.read_bytes()
    try:
        with counting():
            made = make()
    except BaseException:
        failed.touch()
        raise
    partial = done.with_suffix(".partial")
    partial.write_bytes(made)
    partial.rename(done)
    return made


def _lives(number: str) -> bool:
    return Path("/proc", number).exists()


def lasting_folder(kind: str, name: str) -> Path | None:
    """Give the folder for what outlives a run on a kind of database; none unless it was asked for.

    `script/test` asks: some of its parts begin with what another has made.
    """
    asked = os.environ.get("KEPT_BETWEEN_RUNS")
    if not asked or "PYTEST_XDIST_WORKER" not in os.environ:
        return None
    folder = Path(asked, kind, name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
