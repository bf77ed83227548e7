"""Who does the work besides the bidder, as a `bid/1` document says it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bids.grounds import document as grounds
from bids.grounds.document import Eligibility, listed
from bids.team.lifecycle import MAIN_FROM
from marketplace.core.audit.entries import read_count, read_text

_PARTNER, _SUBCONTRACTOR = "partner", "subcontractor"


@dataclass(frozen=True)
class Subcontractor:
    """Another organisation that does a part; its share in whole percent, None: not known yet."""

    name: str
    does: str
    share_percent: int | None

    @property
    def is_main(self) -> bool:
        """Tell whether its part is, or may turn out to be, a main one."""
        return self.share_percent is None or self.share_percent >= MAIN_FROM


@dataclass(frozen=True)
class Partner:
    """An organisation that bids with the bidder and has accepted that by itself.

    `organisation_id` is the identifier of the organisation, `eligibility` the frozen copy of its
    own declaration.
    """

    name: str
    does: str
    share_percent: int
    organisation_id: str
    eligibility: Eligibility


Member = Partner | Subcontractor


def partners(team: Iterable[Member]) -> list[Partner]:
    """Give the partners of a team, in their order."""
    return [each for each in team if isinstance(each, Partner)]


def subcontractors(team: Iterable[Member]) -> list[Subcontractor]:
    """Give the subcontractors of a team, in their order."""
    return [each for each in team if isinstance(each, Subcontractor)]


def concerned(team: Iterable[Member]) -> list[str]:
    """Name whoever those who judge a bid must have no interest in: partners, and subcontractors
    with a main part. In the alphabet's order, each once."""
    found = {each.name for each in team if isinstance(each, Partner) or each.is_main}
    return sorted(found, key=str.casefold)


def written(team: Sequence[Member]) -> list[dict[str, Any]]:
    """Give a team as its key in the document."""
    return [_written(each) for each in team]


def _written(member: Member) -> dict[str, Any]:
    said = {"name": member.name, "does": member.does, "share_percent": member.share_percent}
    if isinstance(member, Subcontractor):
        return {"kind": _SUBCONTRACTOR, **said}
    return {
        "kind": _PARTNER,
        **said,
        "organisation_id": member.organisation_id,
        "eligibility": grounds.written(member.eligibility),
    }


def read(found: object) -> tuple[Member, ...]:
    """Read what `written` gives; the caller compares the bytes, so nothing else passes.

    Raises:
        KeyError, TypeError, ValueError: it is something else.
    """
    return tuple(_read(each) for each in listed(found))


def _read(found: Any) -> Member:
    name, does, share = read_text(found["name"]), read_text(found["does"]), found["share_percent"]
    if found["kind"] == _SUBCONTRACTOR:
        return Subcontractor(name, does, None if share is None else read_count(share))
    if found["kind"] != _PARTNER:
        raise ValueError("a partner or a subcontractor was expected")
    return Partner(
        name=name,
        does=does,
        share_percent=read_count(share),
        organisation_id=read_text(found["organisation_id"]),
        eligibility=grounds.read(found["eligibility"]),
    )
