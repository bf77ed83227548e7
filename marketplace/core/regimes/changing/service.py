"""Rules that change with a date: one administrator proposes a version, another confirms it."""

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.accounts import rows
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes import book
from marketplace.core.regimes.changing import loading, log_words, policy
from marketplace.core.regimes.changing.figures import (
    Difference,
    Value,
    differences,
    ensure_fits,
)
from marketplace.core.regimes.changing.models import RegimeDecision, RegimeProposal
from marketplace.core.regimes.reading import read_version
from marketplace.core.regimes.working_days import LONDON
from marketplace.core.strict_toml import ContentError
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

WORDS_MOST = 2_000

# By the last part of the place that the reading names.
_CONTRADICTIONS = {
    "from_pounds": N_(
        "The thresholds contradict each other: the lowest band begins at 0, and each begins above "
        "the one before it."
    ),
    "standstill": N_(
        "A standstill is 1 to 100 days, and no shorter where a letter went by other means."
    ),
}


def propose(
    regime: str,
    values: Mapping[str, Value | None],
    *,
    based_on: str,
    valid_from: date | None,
    source: str,
    notes: str,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> uuid.UUID:
    """Propose a version of a regime: the newest one with other figures, from a day to come.

    `values` are by the figures' names; give the proposal's identifier.

    Raises:
        Forbidden: by `policy.can_propose`.
        NotFound: there is no such regime.
        StaleEdit: `based_on` is not the newest version any more.
        Invalid: a value is of no figure or out of its range, nothing is other, figures contradict
            each other, the day is none to come, or a source or a reason is missing.
    """
    with transaction() as session:
        ensure(policy.can_propose(actor))
        if regime not in book.regimes():
            raise NotFound(N_("There are no such rules."))
        newest = book.versions(regime)[-1]
        if newest.version != based_on:
            raise StaleEdit(policy.OVERTAKEN)
        base = loading.table_of(session, regime, newest.version)
        ensure_fits(base, values)
        given = {name: value for name, value in values.items() if value is not None}
        found = differences(base, given)
        faults = _faults(valid_from, newest.valid_from, clock, source, notes, reason)
        if not found and not faults:
            raise Invalid(N_("Nothing is other than in the rules as they are."))
        if faults or valid_from is None:
            raise Invalid(N_("Some answers need another look."), fields=faults)
        proposal = RegimeProposal(
            regime=regime,
            version=valid_from.isoformat(),
            based_on=newest.version,
            valid_from=valid_from,
            changes={
                "figures": {each.figure.name: each.new for each in found},
                "source": source,
                "notes": notes,
            },
            reason=reason,
            proposed_by_id=actor.user_id,
            proposed_at=clock.now(),
        )
        _ensure_holds_together(loading.table_with(base, proposal))
        session.add(proposal)
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.PROPOSED,
            actor=actor,
            **_named(proposal),
            valid_from=valid_from.isoformat(),
            changes=changes_said(found),
            reason=reason,
        )
        return proposal.id


def confirm(proposal_id: uuid.UUID, *, actor: Actor, clock: Clock) -> None:
    """Confirm what another administrator proposed: it holds from its day on.

    Raises:
        NotFound: there is no such proposal.
        Forbidden, WrongMoment: by `policy.can_confirm`.
    """
    with transaction() as session:
        # Two that confirm two proposals come one after the other: the second finds a newer version.
        rows.take_turns_for(session, actor.organisation_id)
        proposal = _locked(session, proposal_id)
        newest = book.versions(proposal.regime)[-1]
        ensure(
            policy.can_confirm(
                actor,
                proposal,
                newest=newest.version,
                newest_from=newest.valid_from,
                today=clock.now().astimezone(LONDON).date(),
            )
        )
        _decide(
            session,
            proposal,
            actor,
            clock,
            version=proposal.version,
            follows=proposal.based_on,
        )
        log.append(
            session,
            clock=clock,
            action=log_words.CONFIRMED,
            actor=actor,
            **_named(proposal),
            valid_from=proposal.valid_from.isoformat(),
        )


def refuse(proposal_id: uuid.UUID, reason: str, *, actor: Actor, clock: Clock) -> None:
    """Refuse what another administrator proposed, with a reason.

    Raises:
        NotFound: there is no such proposal.
        Forbidden, WrongMoment: by `policy.can_decide`.
        Invalid: there is no reason, or one that is too long.
    """
    with transaction() as session:
        proposal = _locked(session, proposal_id)
        ensure(policy.can_decide(actor, proposal))
        _ensure_reason(reason)
        _decide(session, proposal, actor, clock, reason=reason)
        log.append(
            session,
            clock=clock,
            action=log_words.REFUSED,
            actor=actor,
            **_named(proposal),
            reason=reason,
        )


def choose_for(
    organisation_id: uuid.UUID, regime: str, reason: str, *, actor: Actor, clock: Clock
) -> None:
    """Say by which rules a body buys from now on. What it has published keeps its own.

    Raises:
        NotFound: there is no such organisation.
        Forbidden: by `policy.can_choose_for`.
        Invalid: there is no such regime, the body buys by it already, or a reason is missing.
    """
    with transaction() as session:
        body = rows.locked_organisation(session, organisation_id)
        ensure(policy.can_choose_for(actor, body))
        if regime not in book.regimes():
            raise Invalid(N_("Choose one of the rules."), fields={"regime": N_("Choose one.")})
        if regime == (body.regime or book.USUAL):
            message = N_("The body buys by these rules already.")
            raise Invalid(message, fields={"regime": message})
        _ensure_reason(reason)
        body.regime = None if regime == book.USUAL else regime
        log.append(
            session,
            clock=clock,
            action=log_words.CHOSEN,
            actor=actor,
            **rows.fields_of(body),
            regime=regime,
            reason=reason,
        )


def changes_said(found: list[Difference]) -> str:
    """Write what is other as the log keeps it: each figure's name, its old value and its new."""
    return "; ".join(f"{each.figure.name}: {each.old} → {each.new}" for each in found)


def _locked(session: Session, proposal_id: uuid.UUID) -> RegimeProposal:
    proposal = session.scalar(
        select(RegimeProposal).where(RegimeProposal.id == proposal_id).with_for_update()
    )
    if proposal is None:
        raise NotFound(N_("There are no such rules."))
    return proposal


def _decide(
    session: Session, proposal: RegimeProposal, actor: Actor, clock: Clock, **how: str
) -> None:
    session.add(
        RegimeDecision(
            proposal_id=proposal.id,
            proposed_by_id=proposal.proposed_by_id,
            decided_by_id=actor.user_id,
            decided_at=clock.now(),
            regime=proposal.regime,
            **how,
        )
    )
    session.flush()


def _faults(
    valid_from: date | None, newest_from: date, clock: Clock, source: str, notes: str, reason: str
) -> dict[str, str]:
    today = clock.now().astimezone(LONDON).date()
    faults = {}
    if valid_from is None:
        faults["valid_from"] = N_("Enter the day from which the rules are valid.")
    elif not (
        answer := policy.can_hold_from(valid_from, newest_from=newest_from, today=today)
    ).allowed:
        faults["valid_from"] = answer.message
    for name, text, missing in (
        ("source", source, N_("Say where the figures come from, such as the law and its date.")),
        ("notes", notes, N_("Say what a body has to confirm for itself.")),
        ("reason", reason, N_("Say why the rules change.")),
    ):
        if not text:
            faults[name] = missing
        elif len(text) > WORDS_MOST:
            faults[name] = N_("This must have 2,000 characters or fewer.")
    return faults


def _ensure_reason(reason: str) -> None:
    if not reason:
        message = N_("Give a reason.")
    elif len(reason) > WORDS_MOST:
        message = N_("This must have 2,000 characters or fewer.")
    else:
        return
    raise Invalid(message, fields={"reason": message})


def _ensure_holds_together(table: Mapping[str, object]) -> None:
    try:
        read_version(dict(table), "proposal")
    except ContentError as error:
        message = _CONTRADICTIONS.get(
            error.key.rsplit(".", 1)[-1], N_("These figures contradict each other.")
        )
        raise Invalid(message) from error


def _named(proposal: RegimeProposal) -> dict[str, str]:
    return {
        "regime": proposal.regime,
        "version": proposal.version,
        "proposal_id": str(proposal.id),
    }
