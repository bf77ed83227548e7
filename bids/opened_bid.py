"""An opened bid: what it says, how it came, and what was decided of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bids import documents
from bids.grounds.document import Eligibility
from bids.grounds.models import GroundFinding
from bids.lifecycle import BidState
from bids.models import Flaw
from bids.passport.document import Frozen
from bids.team.document import Member, partners
from challenges.stages.kinds import Source
from marketplace.core.text import N_

FLAW_WORDS = {
    Flaw.MISSING: N_("The sealed envelope is missing."),
    Flaw.DIFFERS: N_("The sealed envelope is not the one that was recorded at submission."),
    Flaw.UNREADABLE: N_("The sealed envelope could not be opened, or holds no bid."),
    Flaw.ANOTHER: N_("The sealed envelope holds another bid, or another version of this one."),
    Flaw.FIELDS: N_("What the envelope holds does not match what was recorded at submission."),
}


@dataclass(frozen=True)
class Finding:
    """An officer's decision about a bid."""

    finding: str
    reason: str
    decided_by: str
    decided_at: datetime
    grounds: Sequence[GroundFinding] = ()


@dataclass(frozen=True)
class OpenedBid:
    """One opened bid as it was submitted, and what an officer found about it.

    `reason` is the latest finding's, empty where none was made. `flaw` says what was wrong at the
    opening, or is wrong now with what was read then; where nothing could be read, or what was read
    is another bid, the answers are empty and `eligibility` is None. `size_class` is empty then too.

    `received` tells how it came. One that was never submitted here has version 0 and no instants;
    its digest is empty where it has no document.
    """

    bid_id: uuid.UUID
    stage_id: uuid.UUID
    reference: str
    received: Source
    supplier_id: uuid.UUID
    supplier_name: str
    state: BidState
    reason: str
    price_minor: int | None
    answers: Mapping[str, str]
    contract_accepted: bool | None
    contract_points: str
    ai_statement: str
    size_class: str
    version: int
    sha256: str
    arrived_at: datetime | None
    recorded_at: datetime | None
    flaw: Flaw | None
    eligibility: Eligibility | None
    findings: Sequence[Finding]
    adjustments: str = ""
    milestones: Sequence[documents.Milestone] = ()
    attachments: Sequence[documents.Attachment] = ()
    passport: Mapping[str, Frozen] = field(default_factory=dict)
    team: Sequence[Member] = ()
    # What it said was erased when the time to keep it was over.
    erased: bool = False

    @property
    def parties(self) -> Sequence[tuple[str, str, Eligibility]]:
        """Give whoever would do the work and declared: identifier, name and declaration.

        The bidder comes first.
        """
        if self.eligibility is None:
            return ()
        bidder = (str(self.supplier_id), self.supplier_name, self.eligibility)
        joined = [(p.organisation_id, p.name, p.eligibility) for p in partners(self.team)]
        return (bidder, *joined)

    @property
    def declares_a_ground(self) -> bool:
        """Tell whether the bidder or a partner of it declared a ground of exclusion."""
        return any(declared.declares_a_ground for _party, _name, declared in self.parties)

    @property
    def readable(self) -> bool:
        """Tell whether there is anything that is this bid's own words, where words were asked."""
        if self.erased:
            return False
        return self.eligibility is not None or self.received is not Source.SEALED

    @property
    def intact(self) -> bool:
        """Tell whether the bid is what was recorded when it was submitted."""
        return self.flaw is None
