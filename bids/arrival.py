"""When a request arrived, by the word of a trusted proxy: pure."""

import re
from datetime import UTC, datetime, timedelta

from challenges.lifecycle import RECORDING_TIME

# Seconds since 1970 with decimals, as nginx writes `$msec`; `t=` is what others put before it.
_SECONDS = re.compile(r"(?:t=)?(\d{10})\.(\d{1,6})")


def arrived_at(told: str | None, now: datetime) -> datetime:
    """Give the instant that a proxy's header tells, or `now` where it tells none that can be.

    A request that waits in the queue of a busy service has arrived all the same: a proxy that
    hands it on whole knows when. What it tells must lie within the minute before `now`: a bid that
    arrived earlier could not be recorded in time anyway, and a clock that is ahead proves nothing.
    """
    found = _SECONDS.fullmatch(told.strip()) if told else None
    if found is None:
        return now
    seconds, decimals = int(found[1]), found[2].ljust(6, "0")
    instant = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=int(decimals))
    return instant if now - RECORDING_TIME < instant <= now else now
