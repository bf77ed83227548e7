"""How others reach an organisation: an e-mail address, a telephone number, a website. Pure.

Each is checked by its form only. Whether anybody answers there is seen by whoever writes.
"""

import re
from urllib.parse import urlsplit

import email_validator

from marketplace.core.text import N_

# What an address may have at most, by RFC 5321; and what a website's address needs at most.
EMAIL_MOST = 254
WEBSITE_MOST = 200
# Digits with what people put between them, and an extension.
_TELEPHONE = re.compile(
    r"\+?[0-9(][0-9 ().\-]{5,28}(?: ?(?:ext\.?|x) ?[0-9]{1,6})?", re.ASCII | re.I
)
# A name of at least two parts, or as international letters; never an address in digits alone.
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])?\.?")


class BadContact(ValueError):
    """Nobody is reached by this text; the message says what one looks like."""


def email(text: str) -> str:
    """Give an address as its owner writes it, tidied.

    Raises:
        BadContact: it is no address.
    """
    try:
        found = email_validator.validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized
    except ValueError:
        found = ""
    if not 0 < len(found) <= EMAIL_MOST:
        raise BadContact(N_("Enter an e-mail address in the right form, like name@example.com"))
    return found


def telephone(text: str) -> str:
    """Give a telephone number as it was typed, with single spaces.

    Raises:
        BadContact: it holds what no number has, or too few digits or too many to be dialled.
    """
    number = " ".join(text.split())
    digits = sum(each.isdigit() for each in re.split("[ex]", number, maxsplit=1, flags=re.I)[0])
    if not _TELEPHONE.fullmatch(number) or not 7 <= digits <= 15:
        raise BadContact(N_("Enter a telephone number, such as 01632 960 001 or +44 1632 960 001"))
    return number


def website(text: str) -> str:
    """Give a website's address: "www.example.org" is https://www.example.org.

    Raises:
        BadContact: it is not of the web, or names a person, a port of another scheme or no host.
    """
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    odd = len(address) > WEBSITE_MOST or any(
        each.isspace() or not each.isprintable() or each in '<>"\\' for each in address
    )
    if odd or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        host = ""
    if not _HOST.fullmatch(host):
        raise BadContact(N_("Enter the address of a website, such as https://www.example.org"))
    return address
