"""What a register says of an organisation, beside what the organisation says of itself. Pure.

A difference refuses nothing: registers lag behind, names are written in several ways, and whoever
works elsewhere than at the registered office is welcome. People are told, and judge.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bids.passport.answers import Values
from marketplace.core.text import N_


class Register(StrEnum):
    """The registers that can be asked."""

    COMPANIES_HOUSE = "companies_house"


REGISTER_WORDS = {Register.COMPANIES_HOUSE: N_("Companies House")}


class Outcome(StrEnum):
    """What asking a register came to."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    UNAVAILABLE = "unavailable"


class Status(StrEnum):
    """Whether an organisation stands, as its register says."""

    ACTIVE = "active"
    INSOLVENCY = "insolvency"
    DISSOLVED = "dissolved"
    OTHER = "other"


STATUS_WORDS = {
    Status.ACTIVE: N_("active"),
    Status.INSOLVENCY: N_("in insolvency proceedings"),
    Status.DISSOLVED: N_("dissolved or closed"),
    Status.OTHER: N_("not said"),
}


class Difference(StrEnum):
    """What a register says otherwise, or what should be looked at."""

    NOT_FOUND = "not_found"
    DISSOLVED = "dissolved"
    INSOLVENCY = "insolvency"
    NAME = "name"


# To the supplier, with what to do; and to an officer, who weighs it.
OWN_WORDS = {
    Difference.NOT_FOUND: N_(
        "The register does not know this number. Check it: a letter or a digit may be wrong."
    ),
    Difference.DISSOLVED: N_(
        "The register says that this company is dissolved or closed. If that is wrong, tell the "
        "register; if it is right, say who bids now."
    ),
    Difference.INSOLVENCY: N_(
        "The register says that this company is in insolvency proceedings. A public body may "
        "exclude a bidder for that, so say it in your declaration."
    ),
    Difference.NAME: N_(
        "The register has another legal name. If it is yours, use it, so that buyers find you."
    ),
}
OFFICER_WORDS = {
    Difference.NOT_FOUND: N_("The register does not know this number."),
    Difference.DISSOLVED: N_("The register says that it is dissolved or closed."),
    Difference.INSOLVENCY: N_("The register says that it is in insolvency proceedings."),
    Difference.NAME: N_("The register has another name than the supplier gave."),
}


@dataclass(frozen=True)
class Reading:
    """What a register said of a number, and when it was asked; texts are empty if not found."""

    register: Register
    number: str
    outcome: Outcome
    at: datetime
    name: str = ""
    status: Status | None = None
    address: str = ""


def differences(values: Values, reading: Reading) -> list[Difference]:
    """Say what a person should look at, in the order of its weight."""
    if reading.outcome is Outcome.NOT_FOUND:
        return [Difference.NOT_FOUND]
    if reading.outcome is Outcome.UNAVAILABLE:
        return []
    found = []
    if reading.status is Status.DISSOLVED:
        found.append(Difference.DISSOLVED)
    if reading.status is Status.INSOLVENCY:
        found.append(Difference.INSOLVENCY)
    if _plain(values.get("legal_name", "")) != _plain(reading.name):
        found.append(Difference.NAME)
    return found


def elsewhere(values: Values, reading: Reading) -> bool:
    """Tell whether the registered office seems to be another place than the address given."""
    office = _letters(reading.address)
    code = _POSTCODE.search(office)
    return bool(office) and (code[0] if code else office) not in _letters(values["address"])


_POSTCODE = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?[0-9][a-z]{2}$", re.ASCII)
# Forms of company are written out in the register and shortened by people.
_FORMS = (
    ("public limited company", "plc"),
    ("limited liability partnership", "llp"),
    ("community interest company", "cic"),
    ("limited", "ltd"),
    ("and", "&"),
)


def _plain(name: str) -> str:
    """Give a name without what writers of the same name do differently."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    words = " ".join(re.sub(r"[^\w&]+", " ", folded.replace("&", " & ")).split())
    for long, short in _FORMS:
        words = re.sub(rf"\b{long}\b", short, words)
    return words.removeprefix("the ").replace(" ", "")


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in folded if each.isalnum())
