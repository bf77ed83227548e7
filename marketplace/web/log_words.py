"""How the log says that a challenge's own log was downloaded."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

DOWNLOADED = "log.downloaded"

register(
    {
        DOWNLOADED: Telling(
            N_("The log of this challenge was downloaded, with the values of its fields"),
            kind=Kind.READING,
        )
    }
)
