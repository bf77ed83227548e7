"""How entries about people's own data read. They stand in the site's chain, shown to nobody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

ASKED = "person.erasure_asked"
TAKEN_BACK = "person.erasure_taken_back"
REFUSED = "person.erasure_refused"
GRANTED = "person.erasure_granted"

_WORDS = {
    ASKED: N_("%(person)s asked for their data to be erased"),
    TAKEN_BACK: N_("%(person)s took back that their data be erased"),
    REFUSED: N_("The data of %(person)s were not erased: %(reason)s"),
    GRANTED: N_("The account of %(person)s was erased: %(reason)s"),
}

register({action: Telling(words, kind=Kind.SERVICE) for action, words in _WORDS.items()})
