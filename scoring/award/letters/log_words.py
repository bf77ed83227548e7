"""How entries about letters read in the log; what is told to everybody is the intention alone."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

SENT = "letter.sent"
ISSUED = "letter.issued"
PLANNED = "letter.planned"
CALLED_BACK = "letter.called_back"
HINDERED = "letter.hindered"
WENT = "letter.went_otherwise"
READ = "letter.read"
WITHHELD = "letter.words_withheld"
RESTORED = "letter.words_restored"
ASKED = "information.requested"

_WORDS = {
    ISSUED: N_("A letter (%(letter)s) went to the bidder of bid %(bid)s"),
    PLANNED: N_("Letters to the bidders are to go out at %(send_at)s"),
    CALLED_BACK: N_("Letters to the bidders that were to go out were called back"),
    HINDERED: N_("Letters to the bidders did not go out when they were to: %(reason)s"),
    WENT: N_("The letter to the bidder of bid %(bid)s went another way at %(gone_at)s: %(how)s"),
    READ: N_("The bidder of bid %(bid)s read its letter (%(letter)s) for the first time"),
    WITHHELD: N_("Words in a reason were withheld from bidders (%(ground)s): %(reason)s"),
    RESTORED: N_("Words in a reason are no longer withheld from bidders"),
    ASKED: N_("The bidder of bid %(bid)s asked for further information"),
}

register({action: Telling(words, kind=Kind.DECISION) for action, words in _WORDS.items()})
