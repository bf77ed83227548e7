"""Tells more of signed contracts, and changes them: described by one person, and where money or
the supplier changes, confirmed by another."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from challenges.law import law_holding
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.sections import MONEY_MOST
from marketplace.core.accounts.models import Organisation, OrganisationKind
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.notice_forms import ChangeGround, notice_book
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.contracts import changing, letters, log_words, policy, queries
from scoring.award.contracts.changing import ChangeKind, Made, Standing, Wanted
from scoring.award.contracts.floors import floor_minor
from scoring.award.contracts.limits import ceiling, options_left
from scoring.award.contracts.models import ContractChange, ContractChangeAnswer, ContractDetail
from scoring.award.contracts.queries import Kept
from scoring.award.contracts.retelling import retell

_WRONG = N_("Something needs to be put right.")


def tell_more(
    reference: str,
    contract_id: uuid.UUID,
    *,
    purchase_order: str,
    manager: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Record a contract's purchase order and who manages it; what was told before stays.

    Telling the same again does nothing.

    Raises:
        NotFound: there is no such contract of a challenge of the actor's body.
        Forbidden: the actor is no procurement officer.
        Invalid: neither is told, or one is too long.
    """
    order, manager = purchase_order.strip(), manager.strip()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        kept = queries.contract_of(queries.contracts_of(session, challenge), contract_id)
        ensure(policy.can_tell_more(actor))
        _ensure_told(order, manager)
        if (kept.purchase_order, kept.manager) == (order, manager):
            return
        session.add(
            ContractDetail(
                contract_id=contract_id,
                purchase_order=order,
                manager=manager,
                recorded_by_id=actor.user_id,
                recorded_at=clock.now(),
            )
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.TOLD,
            chain=challenge.reference,
            actor=actor,
            contract=kept.contract.reference,
            purchase_order=order,
            manager=manager,
        )


def describe_change(
    reference: str, contract_id: uuid.UUID, wanted: Wanted, *, actor: Actor, clock: Clock
) -> int:
    """Describe a change of a signed contract and give its number.

    It holds at once, unless money or the supplier changes: then it waits for another person.
    Numbers count on over all contracts of the challenge, so that each has its own notice.
    Describing the same as the last change of the contract again gives that one's number.

    Raises:
        NotFound: there is no such contract of a challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_describe`.
        Invalid: something is missing or too long, or the change goes beyond what the contract, the
            published terms or the law allow; or the other supplier is not here, not verified, the
            same, or excluded from this challenge.
        StaleEdit: somebody else described a change at the same moment.
    """
    with transaction(
        taken=StaleEdit(N_("Another change was recorded at the same moment. Look at it first."))
    ) as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        all_kept = queries.contracts_of(session, challenge)
        kept = queries.contract_of(all_kept, contract_id)
        if (again := _same(kept, wanted)) is not None:
            ensure(policy.can_describe(actor, challenge.state, waits=False))
            return again
        ensure(
            policy.can_describe(
                actor,
                challenge.state,
                waits=kept.waiting is not None,
                over=kept.over(clock.now()),
            )
        )
        now = standing_of(
            challenge,
            kept,
            all_kept,
            clock.now(),
            floor_minor=floor_minor(session, contract_id),
        )
        ground = (now.grounds or {}).get(wanted.ground or "")
        supplier = _checked(session, challenge, kept, wanted, now)
        after = (
            wanted.value_after_minor or 0 if wanted.kind is ChangeKind.VALUE else kept.value_minor
        )
        change = ContractChange(
            contract_id=contract_id,
            number=_number(session, all_kept),
            kind=wanted.kind,
            what=wanted.what.strip(),
            why=wanted.why.strip(),
            ground=wanted.ground if ground else None,
            value_before_minor=kept.value_minor,
            value_after_minor=after,
            ends_on=wanted.ends_on if wanted.kind is ChangeKind.EXTENSION else None,
            uses_option=changing.uses_option(wanted.kind, ground),
            supplier_id=supplier.id if supplier else None,
            supplier_check=wanted.supplier_check.strip() if supplier else None,
            awaits=changing.needs_approval(wanted.kind, kept.value_minor, after),
            described_by_id=actor.user_id,
            described_at=clock.now(),
        )
        session.add(change)
        session.flush()
        _record(session, challenge, kept, change, actor, clock, waits=change.awaits)
        if change.awaits:
            letters.tell_approvers(session, challenge, change, kept.contract, actor, clock)
        else:
            retell(session, challenge, clock)
        return change.number


def answer_change(
    reference: str,
    number: int,
    *,
    confirmed: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Confirm a change of money or supplier, from when it holds, or return it with the reason.

    What limits a change is asked again: another contract can have changed meanwhile.

    Raises:
        NotFound: there is no such change in a challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_answer`; or the change goes beyond a limit by now.
        Invalid: the reason is empty or too long.
    """
    # Two approvers at once: the key of the answer admits one.
    with transaction(taken=WrongMoment(N_("This change has been answered already."))) as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        all_kept = queries.contracts_of(session, challenge)
        kept, change = queries.change_of(all_kept, number)
        ensure(
            policy.can_answer(
                actor,
                described_by_id=change.described_by_id,
                waits=change.open,
                over=confirmed and kept.over(clock.now()),
            )
        )
        _ensure_reason(reason)
        if confirmed:
            _ensure_within(session, challenge, kept, all_kept, change, clock.now())
        session.add(
            ContractChangeAnswer(
                change_id=change.id,
                described_by_id=change.described_by_id,
                decided_by_id=actor.user_id,
                confirmed=confirmed,
                reason=reason.strip(),
                decided_at=clock.now(),
            )
        )
        session.flush()
        before = kept.supplier
        letters.tell_answered(
            session, challenge, change, kept.contract, confirmed=confirmed, clock=clock
        )
        if not confirmed:
            log.append(
                session,
                clock=clock,
                action=log_words.RETURNED,
                chain=challenge.reference,
                actor=actor,
                number=change.number,
                contract=kept.contract.reference,
                reason=reason.strip(),
            )
            return
        _record(session, challenge, kept, change, actor, clock, waits=False)
        if change.supplier is not None:
            letters.tell_both(session, challenge, kept.contract, before, change.supplier, clock)
        retell(session, challenge, clock)


def grounds_of(challenge: Challenge, now: datetime) -> dict[str, ChangeGround]:
    """Give the grounds on which this contract may be changed; none where the rules ask for none."""
    law = law_holding(challenge, now)
    if not law.band.notices.modification_required:
        return {}
    return dict(notice_book(law.regime.key, law.regime.version).change_grounds)


def standing_of(
    challenge: Challenge,
    kept: Kept,
    all_kept: Sequence[Kept],
    now: datetime,
    *,
    floor_minor: int = 0,
) -> Standing:
    """Give how a contract stands, with what limits its changes.

    `floor_minor` is the least that it can be worth.
    """
    law = law_holding(challenge, now)
    contract, total = kept.contract, sum(each.value_minor for each in all_kept)
    grounds = grounds_of(challenge, now)
    return Standing(
        first_minor=contract.value_minor,
        value_minor=kept.value_minor,
        ends_on=kept.ends_on,
        extensions_most=contract.extensions_most or 0,
        extension_months=contract.extension_months,
        made=[
            Made(each.ground, each.value_after_minor - each.value_before_minor, each.uses_option)
            for each in kept.holding
        ],
        grounds=grounds,
        most_percent=law.band.contract_change.most_percent,
        left_minor=None if challenge.value_minor is None else challenge.value_minor - total,
        options_minor=options_left(kept, all_kept, grounds),
        ceiling_minor=ceiling(challenge, law),
        total_minor=total,
        floor_minor=floor_minor,
    )


def _checked(
    session: Session, challenge: Challenge, kept: Kept, wanted: Wanted, now: Standing
) -> Organisation | None:
    """Give who takes a contract over, where a change is about that and can be made.

    Raises:
        Invalid: with the fault of each field of a change that cannot be made.
    """
    found = changing.faults(wanted, now)
    if wanted.kind is ChangeKind.VALUE and (wanted.value_after_minor or 0) > MONEY_MOST:
        found["value_after"] = (N_("This is too much. Check the value."), {})
    supplier = None
    if wanted.kind is ChangeKind.NOVATION and "supplier" not in found:
        supplier, fault = _successor(session, challenge, kept, wanted.supplier.strip())
        if fault:
            found["supplier"] = (fault, {})
    if found:
        data = {name: value for _message, told in found.values() for name, value in told.items()}
        raise Invalid(_WRONG, {name: message for name, (message, _told) in found.items()}, **data)
    return supplier


def _successor(
    session: Session, challenge: Challenge, kept: Kept, name: str
) -> tuple[Organisation | None, str]:
    """Give the supplier of a name, and what keeps it from taking the contract over; else ""."""
    suppliers = session.scalars(
        select(Organisation)
        .where(
            func.lower(Organisation.name) == name.lower(),
            Organisation.kind == OrganisationKind.SUPPLIER,
        )
        .order_by(Organisation.verified_at.is_(None), Organisation.created_at)
    ).all()
    if not suppliers:
        return None, N_(
            "There is no supplier of this name here. It begins an account first, as all suppliers "
            "do, and an administrator of the service verifies it."
        )
    supplier = suppliers[0]
    if supplier.id == kept.supplier.id:
        return supplier, N_("This supplier has the contract already.")
    if supplier.verified_at is None:
        return supplier, N_(
            "The supplier has not been verified. An administrator of the service must do that "
            "first."
        )
    excluded = session.scalar(
        select(Bid.id)
        .where(
            Bid.challenge_id == challenge.id,
            Bid.supplier_id == supplier.id,
            Bid.state == BidState.EXCLUDED,
        )
        .limit(1)
    )
    if excluded is not None:
        return supplier, N_(
            "This supplier was excluded from this challenge, so it cannot take the contract over."
        )
    return supplier, ""


def _ensure_within(
    session: Session,
    challenge: Challenge,
    kept: Kept,
    all_kept: Sequence[Kept],
    change: ContractChange,
    now: datetime,
) -> None:
    """Do nothing where a change that waited still keeps to every limit.

    Raises:
        WrongMoment: it does not.
    """
    wanted = Wanted(
        change.kind,
        change.what,
        change.why,
        change.ground,
        change.value_after_minor,
        change.ends_on,
        change.supplier.name if change.supplier else "",
        change.supplier_check or "",
    )
    try:
        floor = floor_minor(session, kept.contract.id)
        standing = standing_of(challenge, kept, all_kept, now, floor_minor=floor)
        _checked(session, challenge, kept, wanted, standing)
    except Invalid as error:
        message = next(iter(error.fields.values()))
        raise WrongMoment(message, **error.data) from error


def _same(kept: Kept, wanted: Wanted) -> int | None:
    """Give the number of the last change where the same is described again."""
    last = kept.changes[-1] if kept.changes else None
    if last is None or not (last.holds or last.open):
        return None
    same = (last.kind, last.what, last.why) == (
        wanted.kind,
        wanted.what.strip(),
        wanted.why.strip(),
    )
    match wanted.kind:
        case ChangeKind.VALUE:
            same = same and last.value_after_minor == wanted.value_after_minor
        case ChangeKind.EXTENSION:
            same = same and last.ends_on == wanted.ends_on
        case ChangeKind.NOVATION:
            name = last.supplier.name if last.supplier else ""
            same = same and name.lower() == wanted.supplier.strip().lower()
    return last.number if same else None


def _number(session: Session, all_kept: Sequence[Kept]) -> int:
    ids = [each.contract.id for each in all_kept]
    made = session.scalar(
        select(func.count()).select_from(ContractChange).where(ContractChange.contract_id.in_(ids))
    )
    return (made or 0) + 1


def _record(
    session: Session,
    challenge: Challenge,
    kept: Kept,
    change: ContractChange,
    actor: Actor,
    clock: Clock,
    *,
    waits: bool,
) -> None:
    """Record that a change waits for another person, or that it holds."""
    log.append(
        session,
        clock=clock,
        action=log_words.PROPOSED if waits else log_words.CHANGED,
        chain=challenge.reference,
        actor=actor,
        number=change.number,
        contract=kept.contract.reference,
        change=str(change.kind),
        what=change.what,
        why=change.why,
        ground=change.ground,
        value_before=str(change.value_before_minor),
        value_after=str(change.value_after_minor),
        **({"ends_on": change.ends_on.isoformat()} if change.ends_on else {}),
        **({"supplier": change.supplier.name} if change.supplier else {}),
    )


def _ensure_told(order: str, manager: str) -> None:
    fields = {}
    if not order and not manager:
        fields["purchase_order"] = N_("Enter the purchase order, or who manages the contract")
    if len(order) > 80:
        fields["purchase_order"] = N_("Use at most 80 characters")
    if len(manager) > 200:
        fields["manager"] = N_("Use at most 200 characters")
    if fields:
        raise Invalid(_WRONG, fields)


def _ensure_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_WRONG, {"reason": N_("Give the reason for your decision")})
    if len(reason) > changing.TEXT_MOST:
        raise Invalid(_WRONG, {"reason": N_("Shorten this to 5,000 characters or fewer.")})
