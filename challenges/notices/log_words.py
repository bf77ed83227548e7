"""How the log's entries about notices read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

NOTICED = "notice.recorded"

register(
    {
        NOTICED: Telling(
            N_(
                "%(notice)s (%(kind)s notice) was recorded as published on the national notice "
                "service on %(published_on)s"
            ),
            public=frozenset({"kind", "number", "notice", "published_on", "url"}),
            kind=Kind.PUBLICATION,
        )
    }
)
