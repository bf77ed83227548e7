"""Reads of the rules that are in use, of what was proposed, and of what a change makes other."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.core.accounts.models import Organisation
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor
from marketplace.core.regimes import book
from marketplace.core.regimes.changing import loading, policy
from marketplace.core.regimes.changing.figures import Difference, differences, figures_of
from marketplace.core.regimes.changing.models import RegimeDecision, RegimeProposal
from marketplace.core.regimes.shapes import Regime
from marketplace.core.strict_toml import Table
from marketplace.core.text import N_


@dataclass(frozen=True)
class Held:
    """One regime as the list shows it: its versions, and how many bodies buy by it.

    `bodies` counts those of which an administrator has said so; those of which nobody has are with
    the usual regime.
    """

    versions: Sequence[Regime]
    bodies: int
    usual: bool


def in_use(session: Session, actor: Actor | None) -> list[Held]:
    """List the regimes by which bodies buy here; all there are for those who change them."""
    counted = {
        row.regime: row.bodies
        for row in session.execute(
            select(Organisation.regime, func.count().label("bodies"))
            .where(Organisation.regime.is_not(None))
            .group_by(Organisation.regime)
        )
    }
    every = actor is not None and policy.can_propose(actor).allowed
    return [
        Held(book.versions(key), counted.get(key, 0), key == book.USUAL)
        for key in book.regimes()
        if every or key == book.USUAL or key in counted
    ]


def ensure_in_use(session: Session, key: str, actor: Actor | None) -> None:
    """Let pass a regime that the actor may read of.

    Raises:
        NotFound: there is none, or no body buys by it.
    """
    known = key in book.regimes() and (
        key == book.USUAL
        or (actor is not None and policy.can_propose(actor).allowed)
        or session.scalar(select(exists().where(Organisation.regime == key)))
    )
    if not known:
        raise NotFound(N_("There are no such rules."))


def version(session: Session, key: str, name: str, actor: Actor | None) -> Regime:
    """Give one version of a regime that the actor may read of.

    Raises:
        NotFound: there is none, or no body buys by it.
    """
    ensure_in_use(session, key, actor)
    try:
        return book.version_of(key, name)
    except LookupError:
        raise NotFound(N_("There are no such rules.")) from None


def differences_before(session: Session, regime: Regime) -> list[Difference]:
    """Give in what a version's figures differ from those of the version before it."""
    known = book.versions(regime.key)
    at = [each.version for each in known].index(regime.version)
    if at == 0:
        return []
    before, after = (
        loading.table_of(session, regime.key, known[each].version) for each in (at - 1, at)
    )
    return _between(before, after)


def proposals(session: Session, *, waiting: bool) -> Sequence[RegimeProposal]:
    """Give what was proposed: what waits for a decision, or the last that were decided."""
    decided = exists().where(RegimeDecision.proposal_id == RegimeProposal.id)
    return session.scalars(
        select(RegimeProposal)
        .options(joinedload(RegimeProposal.proposed_by), joinedload(RegimeProposal.decision))
        .where(~decided if waiting else decided)
        .order_by(RegimeProposal.proposed_at.desc(), RegimeProposal.id)
        .limit(50)
    ).all()


def waiting_for(session: Session, actor: Actor) -> int:
    """Count what was proposed by others and waits for somebody like the actor to decide."""
    if not policy.can_propose(actor).allowed:
        return 0
    return (
        session.scalar(
            select(func.count())
            .select_from(RegimeProposal)
            .where(
                RegimeProposal.proposed_by_id != actor.user_id,
                ~exists().where(RegimeDecision.proposal_id == RegimeProposal.id),
            )
        )
        or 0
    )


def proposal(session: Session, proposal_id: uuid.UUID) -> RegimeProposal:
    """Give what was proposed.

    Raises:
        NotFound: nothing was, by that name.
    """
    found = session.get(RegimeProposal, proposal_id)
    if found is None:
        raise NotFound(N_("There are no such rules."))
    return found


def proposed_differences(session: Session, found: RegimeProposal) -> list[Difference]:
    """Give what a proposed version makes other."""
    base = loading.table_of(session, found.regime, found.based_on)
    return differences(base, found.changes["figures"])


def _between(before: Table, after: Table) -> list[Difference]:
    from_file = {each.name: each.value for each in figures_of(after)}
    return differences(before, from_file)
