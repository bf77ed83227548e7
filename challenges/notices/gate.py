"""What must stand before a challenge is published, and whether it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from challenges import openers, readiness
from challenges.law import law_of
from challenges.models import Challenge
from challenges.notices.models import NoticeRecord
from challenges.notices.rules import contract_record, unannounced
from marketplace.core.text import N_

# One brings bids that were received elsewhere, another confirms.
FEWEST_TO_BRING = 2


@dataclass(frozen=True)
class Check:
    """One thing at the gate: whether it stands, and whether it must. `endpoint` says where."""

    words: str
    stands: bool
    needed: bool
    endpoint: str | None = None


@dataclass(frozen=True)
class Gate:
    """All that is looked at before publication; `notice` is where the contract notice stands.

    `why_closed` says what the law wants first, if it does.
    """

    checks: Sequence[Check]
    notice: NoticeRecord | None
    why_closed: str | None

    @property
    def closed(self) -> bool:
        """Tell whether anything that is needed is missing."""
        return any(check.needed and not check.stands for check in self.checks)


def gate_of(challenge: Challenge, officers: int, now: datetime) -> Gate:
    """Look at an approved challenge; `officers` could be named to open or bring in its bids."""
    notices = law_of(challenge, now).band.notices
    record = contract_record(challenge.notices)
    why_closed = unannounced(law_of(challenge, now), challenge.notices, now)
    return Gate(
        checks=[
            Check(
                N_("Nothing that every challenge needs is missing"),
                not readiness.needed(challenge, now),
                True,
            ),
            Check(
                N_("A main CPV code is chosen"),
                any(code.main for code in challenge.codes),
                notices.contract_required,
                "notices.choose",
            ),
            Check(
                N_("The contract notice is published on the national notice service"),
                record is not None and why_closed is None,
                notices.contract_first,
                "notices.contract",
            ),
            Check(
                N_("At least two procurement officers can bring the bids in"),
                officers >= FEWEST_TO_BRING,
                True,
            )
            if challenge.bids_elsewhere
            else Check(
                N_("At least three procurement officers can open the bids"),
                officers >= openers.FEWEST,
                True,
            ),
        ],
        notice=record,
        why_closed=why_closed,
    )
