"""Pausing Python's cycle collector while an evaluation is read and scored.

A large evaluation makes a million small objects in a few seconds and not one cycle. The collector
would walk all of them again and again and take a third of the time. Results do not depend on it.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector; only who paused it sets it going again, also after an error."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
