"""How a draft keeps its subcontractors, and an invitation what the partner is asked to do.

Both are encrypted where they stand; here is what is in them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy.orm import Session

from bids.team.document import Member, Subcontractor, subcontractors
from bids.team.models import TeamInvitation
from marketplace.core.clock import Clock
from marketplace.core.database import new_id
from marketplace.core.vault import drafts

_TERMS, _ANSWER = "terms", "answer"


@dataclass(frozen=True)
class HeldSubcontractor:
    """One subcontractor of a draft; `id` stands in its address."""

    id: uuid.UUID
    told: Subcontractor


@dataclass(frozen=True)
class Terms:
    """What a partner is asked for: its name as the bidder knows it, its part, whole percent."""

    name: str
    does: str
    share_percent: int


def held(team: Sequence[Member]) -> list[HeldSubcontractor]:
    """Give the subcontractors of what was submitted, to be held in a draft that changes it."""
    return [HeldSubcontractor(new_id(), each) for each in subcontractors(team)]


def written(held: Sequence[HeldSubcontractor]) -> list[dict[str, Any]]:
    """Give the value of the field that says which subcontractors a draft has."""
    return [{"id": str(each.id), **asdict(each.told)} for each in held]


def read(value: Any) -> list[HeldSubcontractor]:
    """Read that field back; a draft that never had one has no such field."""
    return [
        HeldSubcontractor(
            uuid.UUID(each["id"]),
            Subcontractor(each["name"], each["does"], each["share_percent"]),
        )
        for each in value or ()
    ]


def lock_up(session: Session, terms: Terms, clock: Clock) -> tuple[uuid.UUID, bytes]:
    """Encrypt what a partner is asked for under a new key; give the key's row and the bytes."""
    cipher = drafts.new(session, clock)
    return cipher.draft, cipher.encrypt(_TERMS, asdict(terms))


def terms_of(session: Session, invitation: TeamInvitation) -> Terms:
    """Give what a partner is asked for.

    Raises:
        LostKey: it cannot be read.
    """
    found: Any = drafts.find(session, invitation.key_id).decrypt(_TERMS, invitation.terms)
    return Terms(found["name"], found["does"], found["share_percent"])


def write_answer(session: Session, invitation: TeamInvitation, words: str) -> None:
    """Keep the words of a refusal, if there are any."""
    if words:
        cipher = drafts.find(session, invitation.key_id)
        invitation.answer = cipher.encrypt(_ANSWER, words)


def answer_of(session: Session, invitation: TeamInvitation) -> str:
    """Give the words of a refusal, or nothing.

    Raises:
        LostKey: they cannot be read.
    """
    if invitation.answer is None:
        return ""
    cipher = drafts.find(session, invitation.key_id)
    return cast(str, cipher.decrypt(_ANSWER, invitation.answer))
