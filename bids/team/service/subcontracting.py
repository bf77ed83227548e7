"""Says in a draft which subcontractors do a part of the work."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from bids import drafts
from bids.models import Bid
from bids.service.drafting import editable, mark_changed
from bids.team import queries
from bids.team.document import Subcontractor
from bids.team.holding import HeldSubcontractor
from bids.team.lifecycle import DOES_MOST, NAME_MOST, SUBCONTRACTORS_MOST, share_fault
from challenges.texts import refuse_all, text_faults
from marketplace.core.clock import Clock
from marketplace.core.database import new_id
from marketplace.core.errors import StaleEdit, WrongMoment
from marketplace.core.permissions import Actor
from marketplace.core.text import N_, on_one_line
from marketplace.core.transaction import transaction


def add_subcontractor(reference: str, told: Subcontractor, *, actor: Actor, clock: Clock) -> None:
    """Add a subcontractor to a draft; the very same twice is added once.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `bids.policy.can_edit`; or there are too many.
        Invalid: something is missing or too long, or the shares come to 100% or more.
    """
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        team = queries.team_of(session, bid)
        told = _tidy(told)
        if any(each.told == told for each in team.subcontractors):
            return
        if len(team.subcontractors) >= SUBCONTRACTORS_MOST:
            raise WrongMoment(N_("A bid names 30 subcontractors at most. Remove one first."))
        _refuse_faults(told, team.shares)
        _write(session, bid, [*team.subcontractors, HeldSubcontractor(new_id(), told)], clock)


def change_subcontractor(
    reference: str,
    member_id: uuid.UUID,
    told: Subcontractor,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> None:
    """Change what a draft says of a subcontractor.

    `seen` is the mark of what the page showed (`mark`); None saves whatever stands.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no such subcontractor.
        Forbidden, WrongMoment: by `bids.policy.can_edit`.
        Invalid: something is missing or too long, or the shares come to 100% or more.
        StaleEdit: somebody else changed this subcontractor since.
    """
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        team = queries.team_of(session, bid)
        stands = queries.subcontractor_of(team, member_id)
        told = _tidy(told)
        if seen is not None and mark(stands) not in (seen, mark(told)):
            raise StaleEdit(
                N_(
                    "Somebody else changed this while you were writing. Nothing was overwritten: "
                    "compare the two versions and decide."
                )
            )
        others = list(team.shares)
        others.remove(stands.share_percent)
        _refuse_faults(told, others)
        held = [
            HeldSubcontractor(each.id, told) if each.id == member_id else each
            for each in team.subcontractors
        ]
        _write(session, bid, held, clock)


def remove_subcontractor(
    reference: str, member_id: uuid.UUID, *, actor: Actor, clock: Clock
) -> None:
    """Take a subcontractor out of a draft.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no such subcontractor.
        Forbidden, WrongMoment: by `bids.policy.can_edit`.
    """
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        team = queries.team_of(session, bid)
        queries.subcontractor_of(team, member_id)
        _write(session, bid, [each for each in team.subcontractors if each.id != member_id], clock)


def mark(told: Subcontractor) -> str:
    """Give a short mark of what a page shows of a subcontractor."""
    return drafts.fingerprint(told.name, told.does, told.share_percent)


def _tidy(told: Subcontractor) -> Subcontractor:
    return Subcontractor(on_one_line(told.name), told.does.strip(), told.share_percent)


def _refuse_faults(told: Subcontractor, others: Sequence[int | None]) -> None:
    faults = {
        **text_faults(told.name, "name", N_("Enter the name of the subcontractor."), NAME_MOST),
        **text_faults(told.does, "does", N_("Say what it does."), DOES_MOST),
    }
    if fault := share_fault(told.share_percent, others, known=False):
        faults["share"] = fault
    refuse_all(faults)


def _write(session: Session, bid: Bid, held: Sequence[HeldSubcontractor], clock: Clock) -> None:
    drafts.write_subcontractors(session, bid, held)
    mark_changed(bid, clock)
