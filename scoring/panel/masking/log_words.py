"""How the log tells that words were masked. Imported for its effect, by the service."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

MASKED = "answer.masked"

register({MASKED: Telling(N_("Words were masked in the answers of bid %(bid)s"), kind=Kind.PANEL)})
