"""How the log's entries about live sessions read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

ANNOUNCED = "session.announced"
CHANGED = "session.changed"
CANCELLED = "session.cancelled"
RECORDED = "session.recorded"

_PUBLIC = frozenset({"title", "starts_at"})

register(
    {
        ANNOUNCED: Telling(
            N_("A live session was announced: %(title)s, %(starts_at)s"),
            public=_PUBLIC,
            kind=Kind.PUBLICATION,
        ),
        CHANGED: Telling(
            N_("A live session was changed: %(title)s, %(starts_at)s"),
            public=_PUBLIC,
            kind=Kind.PUBLICATION,
        ),
        CANCELLED: Telling(
            N_("A live session was cancelled: %(title)s, %(starts_at)s. %(reason)s"),
            public=_PUBLIC | {"reason"},
            kind=Kind.PUBLICATION,
        ),
        RECORDED: Telling(
            N_("What was said in a live session was published: %(title)s, %(starts_at)s"),
            public=_PUBLIC,
            kind=Kind.PUBLICATION,
        ),
    }
)
