"""Has checkpoints stamped, apart from signing them: an authority that is down delays nothing."""

from typing import Any

from marketplace.core import access, jobs
from marketplace.core.audit import checkpoints, stamps
from marketplace.core.audit.models import LogStamp
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.transaction import transaction


@jobs.handles(checkpoints.STAMP)
def _stamp(payload: dict[str, Any], _clock: Clock) -> None:
    """Have one checkpoint stamped, unless it is or no authority is named any more."""
    settings = access.current_settings()
    if settings.timestamp_url is None or settings.timestamp_certificates is None:
        return
    size: int = payload["size"]
    checkpoint = checkpoints.of_size(db.session(), size)
    if checkpoint is None or checkpoint.stamp is not None:
        return
    note = checkpoint.note
    db.session.rollback()  # nothing is held while the authority takes its time
    roots = settings.timestamp_certificates.read_bytes()
    answer = stamps.ask(settings.timestamp_url, note, roots)
    stamp = stamps.check(note, answer, roots)
    with transaction() as session:
        if session.get(LogStamp, size) is None:
            session.add(LogStamp(size=size, at=stamp.at, authority=stamp.by[:200], token=answer))
