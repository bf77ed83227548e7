"""Asks a public register about a number, where the installation has one. Off by default.

The number leaves the service; nothing else does. Whoever asks must do so outside of a transaction,
since an answer may take seconds.
"""

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

import structlog

from bids.passport.compared import Outcome, Reading, Register, Status
from bids.passport.kinds import Kind
from marketplace.config import Settings
from marketplace.core.clock import Clock

log = structlog.get_logger()

# Seconds: for each step of a connection, and for one answer in all.
_STEP, _WHOLE = 5, 10
# A company's profile comes to a few kB.
_MOST = 200_000
_CHUNK = 16 * 1024
# The longest name a register takes is 160 characters; an address has eight lines.
_NAME_MOST, _LINE_MOST = 200, 100


class RegisterAdapter(Protocol):
    """A register that answers for some kinds of numbers."""

    register: Register
    kinds: frozenset[Kind]

    def look_up(self, number: str, clock: Clock) -> Reading:
        """Say what the register says of a number in its own form; never raises for its faults."""
        ...


class CompaniesHouse:
    """Companies House's public data interface.

    Source: developer.company-information.service.gov.uk, "Company profile". The key is the user
    of HTTP's basic authentication, without a password.
    """

    register = Register.COMPANIES_HOUSE
    kinds = frozenset({Kind.COMPANY})

    def __init__(self, key: str, address: str) -> None:
        self._address = address.rstrip("/")
        self._authorization = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        # Built by hand: the usual opener would follow elsewhere, and take the key along.
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
        ):
            self._opener.add_handler(handler)

    def look_up(self, number: str, clock: Clock) -> Reading:
        """Ask for the profile of a company."""
        try:
            profile = json.loads(self._fetch(f"{self._address}/company/{quote(number, safe='')}"))
            return _read(number, profile, clock)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == HTTPStatus.NOT_FOUND:
                return _without(number, Outcome.NOT_FOUND, clock)
            why = f"{error.code} {error.reason}"
        except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
            why = str(getattr(error, "reason", error)) or type(error).__name__
        log.warning("register_away", register=self.register.value, why=why)
        return _without(number, Outcome.UNAVAILABLE, clock)

    def _fetch(self, address: str) -> bytes:
        request = urllib.request.Request(  # noqa: S310  (the settings let http and https through)
            address, headers={"Authorization": self._authorization, "Accept": "application/json"}
        )
        until = time.monotonic() + _WHOLE
        content = b""
        with self._opener.open(request, timeout=_STEP) as answer:
            while piece := answer.read1(_CHUNK):
                content += piece
                if len(content) > _MOST:
                    raise ValueError("the answer is too large")
                if time.monotonic() > until:
                    raise TimeoutError("the answer takes too long")
        return content


def adapter_of(settings: Settings) -> RegisterAdapter | None:
    """Give the register that the installation asks, None where it asks none."""
    if settings.companies_house_key is None:
        return None
    return CompaniesHouse(settings.companies_house_key, settings.companies_house_url)


_STATUS = {
    **dict.fromkeys(("active", "open", "registered"), Status.ACTIVE),
    **dict.fromkeys(("dissolved", "closed", "converted-closed", "removed"), Status.DISSOLVED),
    **dict.fromkeys(
        (
            *("liquidation", "receivership", "administration"),
            *("voluntary-arrangement", "insolvency-proceedings"),
        ),
        Status.INSOLVENCY,
    ),
}


def _read(number: str, profile: Any, clock: Clock) -> Reading:
    """Read a profile.

    Raises:
        ValueError: it is none, or another company's.
    """
    if not isinstance(profile, Mapping):
        raise ValueError("the answer is no profile")
    name = _text(profile.get("company_name"), _NAME_MOST)
    if not name or profile.get("company_number") != number:
        raise ValueError("the answer is about something else")
    office = profile.get("registered_office_address")
    return Reading(
        Register.COMPANIES_HOUSE,
        number,
        Outcome.FOUND,
        clock.now(),
        name,
        _STATUS.get(_text(profile.get("company_status"), _LINE_MOST), Status.OTHER),
        _address(office) if isinstance(office, Mapping) else "",
    )


def _address(office: Mapping[str, Any]) -> str:
    """Write an address line by line; the number of the house stands before its street."""
    part = {name: _text(given, _LINE_MOST) for name, given in office.items()}
    street = " ".join(filter(None, (part.get("premises"), part.get("address_line_1"))))
    lines = (
        part.get("care_of"),
        part.get("po_box"),
        street,
        part.get("address_line_2"),
        part.get("locality"),
        part.get("region"),
        part.get("country"),
        part.get("postal_code"),
    )
    return "\n".join(filter(None, lines))


def _text(given: Any, most: int) -> str:
    """Give a text of one line that can be printed; of anything else nothing."""
    if not isinstance(given, str):
        return ""
    plain = "".join(each if each.isprintable() else " " for each in given)
    return " ".join(plain.split())[:most]


def _without(number: str, outcome: Outcome, clock: Clock) -> Reading:
    return Reading(Register.COMPANIES_HOUSE, number, outcome, clock.now())
