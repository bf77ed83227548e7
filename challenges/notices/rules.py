"""What a notice's reference must look like, and what must be published before what. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from challenges.law import Law
from challenges.notices.kinds import NoticeKind
from marketplace.core.regimes.book import LONDON
from marketplace.core.text import N_, is_web_address

if TYPE_CHECKING:
    from challenges.notices.models import NoticeRecord

REFERENCE_MOST = 40
URL_MOST = 500
CODES_MOST = 20

KIND_WORDS: Mapping[NoticeKind, str] = {
    NoticeKind.CONTRACT: N_("Contract notice"),
    NoticeKind.AWARD: N_("Award notice"),
    NoticeKind.MODIFICATION: N_("Modification notice"),
}


@dataclass(frozen=True)
class Noticed:
    """Where and since when a notice stands on the national service, as an officer gives it."""

    reference: str
    published_on: date | None
    url: str | None = None

    def kept(self) -> Self:
        """Give it as it is stored: the reference in capitals without spaces around it."""
        return replace(
            self,
            reference=" ".join(self.reference.split()).upper(),
            url=(self.url or "").strip() or None,
        )

    def faults(self, now: datetime) -> dict[str, str]:
        """Name what cannot be recorded, by field.

        A reference is letters and digits, such as NOV523456; other services write it otherwise,
        so hyphens, slashes and spaces are taken too.
        """
        found: dict[str, str] = {}
        if not self.reference:
            found["reference"] = N_("Enter the reference, such as NOV523456.")
        elif len(self.reference) > REFERENCE_MOST:
            found["reference"] = N_("Shorten this to 40 characters or fewer.")
        elif not re.fullmatch(r"[A-Z0-9][A-Z0-9 /-]*", self.reference, re.ASCII) or not re.search(
            "[0-9]", self.reference
        ):
            found["reference"] = N_(
                "Enter the reference as it stands there: letters and digits, such as NOV523456."
            )
        if self.published_on is None:
            found["published_on"] = N_("Enter the day on which it was published there.")
        elif self.published_on > now.astimezone(LONDON).date():
            found["published_on"] = N_(
                "This day is in the future. Record the notice once it is published."
            )
        if self.url is not None:
            if len(self.url) > URL_MOST:
                found["url"] = N_("Shorten this to 500 characters or fewer.")
            elif not is_web_address(self.url):
                found["url"] = N_("Enter an address that begins with https://, or leave it empty.")
        return found


def holding(records: Sequence["NoticeRecord"]) -> dict[tuple[NoticeKind, int], "NoticeRecord"]:
    """Give the record that holds for each notice; `records` in the order they were made."""
    return {(record.kind, record.number): record for record in records}


def contract_record(records: Sequence["NoticeRecord"]) -> "NoticeRecord | None":
    """Give where the contract notice stands, if that is recorded."""
    return holding(records).get((NoticeKind.CONTRACT, 1))


def unannounced(law: Law, records: Sequence["NoticeRecord"], now: datetime) -> str | None:
    """Say why nothing may be published here yet, or nothing.

    Source: Public Contracts (Scotland) Regulations 2015, reg. 53, as the regime states.
    """
    record = contract_record(records)
    if not law.band.notices.contract_first:
        return None
    if record is None:
        return N_(
            "Above the threshold nothing is published before the contract notice. Publish it on "
            "the national notice service, then record its reference and date here."
        )
    if record.published_on > now.astimezone(LONDON).date():
        return N_("The contract notice is not published yet. Wait for its day.")
    return None
