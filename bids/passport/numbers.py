"""The numbers by which registers know an organisation: their form and their check digits. Pure.

Companies House and the charity regulators put no check digit into their numbers, so of these only
the form can be wrong. A VAT number has one, which python-stdnum works out.
"""

import re

from stdnum.gb import vat

from marketplace.core.text import N_

# Companies House: eight digits, or two letters of the register and six digits (or five and a
# letter, for registered societies). Leading noughts are often left out when people write.
_COMPANY = re.compile(
    r"[0-9]{8}|(SC|NI|AC|ES|GN|OE|ZC|OC|SO|NC|R0|FC|SF|NF|IP|SP|NP|IC|SI|CE|CS|LP|SL|NL|GE|RC|SR|RS|SA|NA)"
    r"[0-9]{5}[0-9RZ]",
    re.ASCII,
)
# OSCR, the Charity Commission for England and Wales, and the one for Northern Ireland.
_CHARITY = re.compile(r"SC[0-9]{6}|[0-9]{6,7}(-[0-9]{1,3})?|NIC[0-9]{6}", re.ASCII)


class BadNumber(ValueError):
    """The text is no number of this register; the message says what one looks like."""


def company(text: str) -> str:
    """Give a company number in its register's form: "sc 12345" is SC012345.

    Raises:
        BadNumber: it has another form.
    """
    number = _bare(text)
    if match := re.fullmatch(r"([A-Z]{2})?([0-9]{1,8})", number, re.ASCII):
        letters = match[1] or ""
        number = letters + match[2].rjust(8 - len(letters), "0")
    if not _COMPANY.fullmatch(number) or number.strip("0ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
        raise BadNumber(N_("Enter a company number of 8 characters, such as 01234567 or SC123456"))
    return number


def charity(text: str) -> str:
    """Give a charity number in its regulator's form.

    Raises:
        BadNumber: it has another form.
    """
    number = _bare(text, keep="-")
    if match := re.fullmatch(r"SC([0-9]{1,6})", number, re.ASCII):
        number = "SC" + match[1].rjust(6, "0")
    if not _CHARITY.fullmatch(number):
        raise BadNumber(
            N_("Enter a charity number, such as SC012345 (Scotland), 1234567 or NIC123456")
        )
    return number


def vat_registration(text: str) -> str:
    """Give a VAT registration number as nine or twelve digits after GB.

    Raises:
        BadNumber: it has another form, or its check digits do not agree.
    """
    number = _bare(text).removeprefix("GB")
    if not re.fullmatch(r"[0-9]{9}|[0-9]{12}", number, re.ASCII):
        raise BadNumber(N_("Enter a VAT number of 9 or 12 digits, such as GB 980 7806 84"))
    if not vat.is_valid(number):
        raise BadNumber(N_("Check this VAT number: its check digits do not fit the rest"))
    return f"GB{number}"


def _bare(text: str, keep: str = "") -> str:
    return "".join(each for each in text.upper() if each.isalnum() or each in keep)
