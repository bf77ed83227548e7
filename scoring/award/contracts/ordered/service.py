"""Recording what a court ordered about a signed contract: it holds once two people have said so."""

import uuid
from dataclasses import replace
from typing import BinaryIO

from bids.documents import Attachment
from challenges.queries import own_challenge
from challenges.texts import refuse_all, text_faults
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.text import N_, on_one_line, pasted
from marketplace.core.transaction import transaction
from marketplace.core.vault.piping import Piped
from scoring.award import sealed_files
from scoring.award.contracts.ordered import hooks, letters, lifecycle, log_words, policy
from scoring.award.contracts.ordered.lifecycle import SHORT_MOST, TEXT_MOST, Ordered, OrderKind
from scoring.award.contracts.ordered.models import CourtOrder, CourtOrderAnswer
from scoring.award.contracts.policy import can_read
from scoring.award.contracts.queries import Kept, contract_of, contracts_of
from scoring.award.contracts.retelling import retell
from scoring.panel.aliases.queries import judges_unnamed

MEGABYTES_MOST = 20


def record(
    reference: str,
    contract_id: uuid.UUID,
    ordered: Ordered,
    *,
    file: tuple[str, BinaryIO] | None = None,
    actor: Actor,
    clock: Clock,
) -> int:
    """Record an order about a contract, with its file if there is one; give its number.

    It changes nothing until a second person has confirmed it. The same recorded twice is one.

    Raises:
        NotFound: there is no such contract of a challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_record`.
        Invalid: something is missing or cannot be, or the file is refused. Fields: `kind`,
            `made_on`, `court`, `reference`, `says`, `ends_on`, `penalty`, `file`.
    """
    ordered = replace(
        ordered,
        court=on_one_line(ordered.court),
        reference=on_one_line(ordered.reference),
        says=pasted(ordered.says),
        ends_on=ordered.ends_on if ordered.kind is OrderKind.SHORTENED else None,
    )
    with transaction() as session:
        challenge = own_challenge(session, reference, actor)
        kept = contract_of(contracts_of(session, challenge), contract_id)
        if (again := _again(kept, ordered, file, actor)) is not None:
            return again
        ensure(_may_record(kept, actor))
        _refuse(kept, ordered, clock)
    taken = sealed_files.take(*file, megabytes=MEGABYTES_MOST) if file else None
    try:
        waits = WrongMoment(N_("Another order was recorded at the same moment. Read it first."))
        with transaction(taken=waits) as session:
            challenge = own_challenge(session, reference, actor, lock=True)
            kept = contract_of(contracts_of(session, challenge), contract_id)
            ensure(_may_record(kept, actor))
            assert ordered.kind is not None  # refused before
            assert ordered.made_on is not None
            row = CourtOrder(
                contract_id=contract_id,
                number=len(kept.orders) + 1,
                kind=ordered.kind,
                made_on=ordered.made_on,
                court=ordered.court,
                reference=ordered.reference,
                says=ordered.says,
                ends_on=ordered.ends_on,
                penalty_minor=ordered.penalty_minor,
                recorded_by_id=actor.user_id,
                recorded_at=clock.now(),
            )
            sealed_files.tie(session, taken, row, clock)
            session.add(row)
            session.flush()
            log.append(
                session,
                clock=clock,
                action=log_words.RECORDED,
                chain=challenge.reference,
                actor=actor,
                **_told(kept, row),
                **({"file": row.file_sha256} if row.file_sha256 else {}),
            )
            letters.ask_second(session, challenge, kept, row, actor, clock)
            return row.number
    except BaseException:
        sealed_files.discard(taken)
        raise


def answer(
    reference: str,
    contract_id: uuid.UUID,
    number: int,
    *,
    confirmed: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Confirm a recorded order as a second person, from when it holds, or return it.

    Raises:
        NotFound: there is no such contract of a challenge of the actor's body, or no such order.
        Forbidden, WrongMoment: by `policy.can_answer`.
        Invalid: the reason is missing. Field: `reason`.
    """
    answered = WrongMoment(N_("This order was confirmed or returned already."))
    with transaction(taken=answered) as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        kept = contract_of(contracts_of(session, challenge), contract_id)
        order = order_numbered(kept, number)
        ensure(
            policy.can_answer(
                actor, recorded_by_id=order.recorded_by_id, waits=order.answer is None
            )
        )
        refuse_all(text_faults(reason.strip(), "reason", N_("Give the reason"), TEXT_MOST))
        session.add(
            CourtOrderAnswer(
                order_id=order.id,
                recorded_by_id=order.recorded_by_id,
                answered_by_id=actor.user_id,
                confirmed=confirmed,
                reason=reason.strip(),
                answered_at=clock.now(),
            )
        )
        session.flush()
        if not confirmed:
            log.append(
                session,
                clock=clock,
                action=log_words.RETURNED,
                chain=challenge.reference,
                actor=actor,
                contract=kept.contract.reference,
                number=order.number,
                reason=reason.strip(),
            )
            letters.tell_returned(session, challenge, kept, order, clock)
            return
        log.append(
            session,
            clock=clock,
            action=log_words.CONFIRMED,
            chain=challenge.reference,
            actor=actor,
            confirmed_because=reason.strip(),
            **_told(kept, order),
        )
        letters.tell_confirmed(session, challenge, kept, order, actor, clock)
        for hook in hooks.after_confirmed.values():
            hook(session, challenge, order, actor, clock)
        retell(session, challenge, clock)


def read_file(
    reference: str, contract_id: uuid.UUID, number: int, *, actor: Actor, clock: Clock
) -> tuple[Attachment, Piped]:
    """Give the file of an order to whoever reads contracts, after recording that.

    Raises:
        NotFound: there is no such contract of a challenge of the actor's body, or no such file.
        Forbidden: by `can_read` of contracts.
        WrongMoment: it cannot be read any more.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor)
        ensure(can_read(actor, unnamed=judges_unnamed(session, reference, actor.user_id)))
        kept = contract_of(contracts_of(session, challenge), contract_id)
        order = order_numbered(kept, number)
        if order.sealed is None:
            raise NotFound(N_("There is no such file."))
        opened = sealed_files.opened(session, order)
        log.append(
            session,
            clock=clock,
            action=log_words.READ,
            chain=challenge.reference,
            actor=actor,
            contract=kept.contract.reference,
            number=order.number,
            file=order.file_sha256,
        )
        return opened


def order_numbered(kept: Kept, number: int) -> CourtOrder:
    """Give one of the orders about a contract.

    Raises:
        NotFound: there is none of this number.
    """
    for each in kept.orders:
        if each.number == number:
            return each
    raise NotFound(N_("There is no such order."))


def _may_record(kept: Kept, actor: Actor) -> Answer:
    return policy.can_record(
        actor, waits=kept.order_waiting is not None, ineffective=kept.ineffective
    )


def _again(
    kept: Kept, ordered: Ordered, file: tuple[str, BinaryIO] | None, actor: Actor
) -> int | None:
    """Give the number of the order that waits where the same person records the same again; with
    another file it is not the same."""
    waiting = kept.order_waiting
    if waiting is None or waiting.recorded_by_id != actor.user_id or waiting.told != ordered:
        return None
    if file is not None and not sealed_files.same(waiting, file[1]):
        return None
    return waiting.number


def _refuse(kept: Kept, ordered: Ordered, clock: Clock) -> None:
    """Do nothing where an order can be recorded like this.

    Raises:
        Invalid: with the fault of each field.
    """
    found = lifecycle.faults(
        ordered,
        signed_on=kept.contract.signed_at.astimezone(PLACE).date(),
        ends_on=kept.ends_on,
        today=clock.now().astimezone(PLACE).date(),
    )
    found |= text_faults(ordered.court, "court", N_("Enter the name of the court"), SHORT_MOST)
    found |= text_faults(
        ordered.reference, "reference", N_("Enter the court’s reference"), SHORT_MOST
    )
    found |= text_faults(
        ordered.says, "says", N_("Say what the court ordered. Everybody may read it."), TEXT_MOST
    )
    if not found and lifecycle.same(ordered, [each.told for each in kept.orders if each.holds]):
        found["reference"] = N_("This order is recorded already")
    refuse_all(found)


def _told(kept: Kept, order: CourtOrder) -> dict[str, object]:
    """Give what the entries tell of an order."""
    return {
        "contract": kept.contract.reference,
        "number": order.number,
        "order": order.kind.value,
        "made_on": order.made_on.isoformat(),
        "court": order.court,
        "reference": order.reference,
        "says": order.says,
        **({"ends_on": order.ends_on.isoformat()} if order.ends_on else {}),
        **({"penalty_minor": str(order.penalty_minor)} if order.penalty_minor else {}),
    }
