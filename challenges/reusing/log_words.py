"""How the log tells of copies and adoptions, and what of it is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

COPIED = "challenge.copied"
ADOPTED = "adoption.registered"
WITHDRAWN = "adoption.withdrawn"

_BODY = frozenset({"body"})

register(
    {
        COPIED: Telling(
            N_("The draft began as a copy of challenge %(source)s"),
            public=frozenset({"source"}),
            kind=Kind.PUBLICATION,
        ),
        ADOPTED: Telling(
            N_("%(body)s wants to use the result"), public=_BODY, kind=Kind.PUBLICATION
        ),
        WITHDRAWN: Telling(
            N_("%(body)s no longer wants to use the result"),
            public=_BODY,
            kind=Kind.PUBLICATION,
        ),
    }
)
