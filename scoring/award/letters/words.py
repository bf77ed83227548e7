"""What letters are called. Pure."""

from marketplace.core.regimes.shapes import LetterKind
from marketplace.core.text import N_

KIND_WORDS = {
    LetterKind.INTENTION: N_("Intention to award"),
    LetterKind.NOT_SHORTLISTED: N_("Does not go on"),
    LetterKind.NOT_ELIGIBLE: N_("Not judged"),
    LetterKind.FURTHER_INFORMATION: N_("Further information"),
}

UNDELIVERED = N_(
    "Nothing shows that a letter reached its bidder: no e-mail about it could be handed over, and "
    "it was not read. Tell the bidder another way and record it."
)
WENT_LATER = N_(
    "A letter went to its bidder another way, later than the others. The standstill counts from "
    "then."
)
HOLD_WORDS = {"undelivered": UNDELIVERED, "later": WENT_LATER}
