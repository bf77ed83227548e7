"""What kinds of evidence there are, and how a check of one stands on a day. Pure."""

from datetime import date
from enum import StrEnum

from marketplace.core.text import N_

# The longest that is kept of each text: enough for a page, too little to flood one.
DOCUMENT_MOST = 200
TEXT_MOST = 5000


class Evidence(StrEnum):
    """What a document is evidence of."""

    IDENTITY = "identity"
    GROUNDS = "grounds"
    TAX = "tax"
    MONEY = "money"
    INSURANCE = "insurance"
    CERTIFICATE = "certificate"
    EXPERIENCE = "experience"
    OTHER = "other"


EVIDENCE_WORDS = {
    Evidence.IDENTITY: N_("Who the supplier is"),
    Evidence.GROUNDS: N_("Grounds for exclusion"),
    Evidence.TAX: N_("Tax and social security"),
    Evidence.MONEY: N_("Accounts and turnover"),
    Evidence.INSURANCE: N_("Insurance"),
    Evidence.CERTIFICATE: N_("A certificate"),
    Evidence.EXPERIENCE: N_("Earlier work"),
    Evidence.OTHER: N_("Something else"),
}


class Standing(StrEnum):
    """Whether a check can still be relied on."""

    STANDS = "stands"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


STANDING_WORDS = {
    Standing.STANDS: N_("Checked"),
    Standing.EXPIRED: N_("Expired"),
    Standing.WITHDRAWN: N_("Withdrawn"),
}


def standing(valid_until: date | None, *, withdrawn: bool, today: date) -> Standing:
    """Say how a check stands on a day; `valid_until` is the last day on which it holds."""
    if withdrawn:
        return Standing.WITHDRAWN
    if valid_until is not None and valid_until < today:
        return Standing.EXPIRED
    return Standing.STANDS
