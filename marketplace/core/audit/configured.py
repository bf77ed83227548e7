"""Records what this installation is run with, whenever that is no longer what the log says.

Only what bears on evidence, and nothing secret: the version, the mode, the public address, whether
checkpoints are time-stamped, and which regimes' rules are in force, by their digests.
"""

import hashlib
from importlib import metadata, resources
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import Clock
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

CONFIGURED = "site.configured"

log.register(
    {
        CONFIGURED: log.Telling(
            N_("The service runs version %(version)s at %(public_url)s (%(mode)s)")
        )
    }
)


def record(settings: Settings, clock: Clock) -> bool:
    """Append the configuration unless the log's last one says the same; tell whether it did."""
    fields = present(settings)
    with transaction() as session:
        if _last(session) == fields:
            return False
        log.append(session, clock=clock, action=CONFIGURED, **fields)
    return True


def present(settings: Settings) -> dict[str, Any]:
    """Give the configuration as the fields of its entry."""
    rules = sorted(
        (file.name.removesuffix(".toml"), hashlib.sha256(file.read_bytes()).hexdigest())
        for file in resources.files("marketplace.core.regimes").iterdir()
        if file.name.endswith(".toml")
    )
    return {
        "version": metadata.version("marketplace"),
        "mode": settings.mode.value,
        "public_url": settings.public_url,
        "time_stamped": settings.timestamp_url is not None,
        "rules": dict(rules),
    }


def _last(session: Session) -> dict[str, Any] | None:
    entry = session.scalar(
        select(LogEntry)
        .where(LogEntry.chain == log.SITE, LogEntry.action == CONFIGURED)
        .order_by(LogEntry.cn.desc())
        .limit(1)
    )
    return dict(entry.fields) if entry else None
