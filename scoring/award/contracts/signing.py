"""Records signed contracts: of the award, for paid work before the next judging, and later."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bids.elsewhere.queries import brought_suppliers
from challenges import service as challenges
from challenges.lifecycle import Event, State
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import stored_state
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.forms import LONDON
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import blocking, hooks, policy, queries
from scoring.award.contracts import log_words
from scoring.award.contracts.models import ContractDetail
from scoring.award.contracts.queries import Kept, Offer, contracts_of, offers
from scoring.award.contracts.terms import Room, Terms, room_for, signing_faults
from scoring.award.holding import Hold
from scoring.award.models import Contract
from scoring.award.queries import Decision

_CHECK = N_("Check the contract’s details.")


def sign_contract(
    at: Where,
    *,
    contract_reference: str,
    value_minor: int,
    terms: Terms,
    bid_reference: str = "",
    work: str = "",
    supplier_check: str = "",
    actor: Actor,
    clock: Clock,
) -> uuid.UUID:
    """Record the contract signed with a supplier that was chosen in a stage; return its id.

    `value_minor` is the contract's value in minor units without VAT. `bid_reference` says which
    bid it is of; it may be empty where one supplier alone has none yet. `work` is the number of
    the stage of work it is for, or “later” for a purchase of the result; it may be empty for the
    first one that there is. `supplier_check` says how the supplier was checked where its bid was
    brought in: nobody acts for it here whom the service could verify.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no procurement officer.
        WrongMoment: the standstill has not ended, the supplier is not verified, or something else
            keeps the contract back.
        Invalid: something is missing, the value is above what was published, or it is not said
            with whom of several the contract is, for which work, or how its supplier was checked.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = queries.decision(session, stage)
        kept = contracts_of(session, stage.challenge)
        open_ones = offers(session, stage, found, [each.contract for each in kept])
        offer = _chosen(open_ones, kept, bid_reference, work)
        brought = offer is not None and bool(brought_suppliers(session, [offer.bid]))
        ensure(
            policy.can_sign_contract(
                actor,
                state=stored_state(stage.challenge, stage),
                announced=found.intention is not None or bool(open_ones),
                holds=[
                    each
                    for each in keeps_back(
                        session, stage, found, [offer] if offer else (), clock.now()
                    )
                    if offer is not None and each.keeps(offer.bid.reference)
                ],
                more_to_sign=offer is not None,
                rest_ended=found.rest_end is not None,
            )
        )
        assert offer is not None  # the policy has said so
        check = supplier_check.strip() if brought else None
        _ensure_sound(stage, offer, contract_reference, value_minor, terms, kept, check, clock)
        contract = Contract(
            stage_id=stage.id,
            bid_id=offer.bid.id,
            recommendation_id=offer.recommendation_id,
            advance_id=offer.advance_id,
            work_stage_id=offer.work.id if offer.work else None,
            later_purchase=offer.later,
            bought_by=(terms.bought_by.strip() or None) if offer.later else None,
            reference=contract_reference.strip(),
            value_minor=value_minor,
            starts_on=terms.starts_on,
            ends_on=terms.ends_on,
            ends_when=None if terms.ends_on else terms.ends_when.strip(),
            extensions_most=terms.extensions_most,
            extension_months=terms.extension_months if terms.extensions_most else None,
            signed_at=clock.now(),
            recorded_by_id=actor.user_id,
            supplier_check=check,
        )
        session.add(contract)
        if stage.challenge.state is State.INTENTION and offer.recommendation_id is not None:
            challenges.advance(session, stage.challenge, Event.SIGN_CONTRACT, clock=clock)
        session.flush()
        _keep_detail(session, contract, terms, actor, clock)
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.SIGNED,
            actor=actor,
            bid=offer.bid.reference,
            contract=contract.reference,
            value_minor=str(value_minor),
            **_told(contract, offer, terms),
        )
        if offer.recommendation_id is not None:
            hooks.emit(session, stage, clock)
        return contract.id


def keeps_back(
    session: Session, stage: Stage, found: Decision, open_ones: Sequence[Offer], now: datetime
) -> list[Hold]:
    """Give what keeps these contracts of a stage back; empty where there is none to record."""
    if not open_ones:
        return []
    holds = blocking.holds(session, stage, now, found)
    # Of suppliers who went on to paid work nobody else has asked.
    offered = dict.fromkeys(each.bid for each in open_ones)
    holds += blocking.unverified(session, [bid for bid in offered if bid not in found.unsigned])
    return holds


def room_of(stage: Stage, offer: Offer, kept: Sequence[Kept]) -> Room:
    """Give how much a contract may be worth beside those that there are."""
    return room_for(
        stage.challenge,
        offer.work,
        committed=sum(each.value_minor for each in kept),
        later=offer.later,
        bought_later=sum(each.value_minor for each in kept if each.contract.later_purchase),
    )


def _chosen(
    open_ones: Sequence[Offer], kept: Sequence[Kept], bid_reference: str, work: str
) -> Offer | None:
    """Give what a contract is recorded for; None where nothing is left to record.

    Raises:
        Invalid: there are several suppliers, or no such work, and it is not said which.
    """
    if not open_ones:
        return None
    signed = {each.contract.bid_id for each in kept}
    first = dict.fromkeys(each.bid.reference for each in open_ones if each.bid.id not in signed)
    wanted = bid_reference or (next(iter(first)) if len(first) == 1 else "")
    own = [each for each in open_ones if each.bid.reference == wanted]
    if not own:
        # One that was just recorded in another window is not recorded a second time.
        if not bid_reference and not first:
            return None
        raise Invalid(_CHECK, {"bid": N_("Choose the supplier who signed the contract")})
    for each in own:
        if work in ("", each.key):
            return each
    raise Invalid(
        _CHECK, {"work": N_("Choose what the contract is for: this one is recorded already")}
    )


def _ensure_sound(
    stage: Stage,
    offer: Offer,
    reference: str,
    value_minor: int,
    terms: Terms,
    kept: Sequence[Kept],
    check: str | None,
    clock: Clock,
) -> None:
    """Do nothing where a contract can be recorded like this.

    `check` is how the supplier was checked; None where the service has verified it.

    Raises:
        Invalid: with the fault of each field.
    """
    fields, data = signing_faults(
        reference,
        value_minor,
        terms,
        room_of(stage, offer, kept),
        taken=[each.contract.reference for each in kept],
        signed_on=clock.now().astimezone(LONDON).date(),
    )
    if check == "":
        fields["supplier_check"] = N_("Say how you checked who the supplier is")
    if fields:
        raise Invalid(_CHECK, fields, **data)


def _keep_detail(
    session: Session, contract: Contract, terms: Terms, actor: Actor, clock: Clock
) -> None:
    if not (terms.purchase_order.strip() or terms.manager.strip()):
        return
    session.add(
        ContractDetail(
            contract_id=contract.id,
            purchase_order=terms.purchase_order.strip(),
            manager=terms.manager.strip(),
            recorded_by_id=actor.user_id,
            recorded_at=clock.now(),
        )
    )
    session.flush()


def _told(contract: Contract, offer: Offer, terms: Terms) -> dict[str, object]:
    """Give what the entry tells of a contract where there is anything."""
    found: dict[str, object] = {
        "work": offer.key,
        "starts_on": contract.starts_on.isoformat() if contract.starts_on else "",
        "ends_on": contract.ends_on.isoformat() if contract.ends_on else "",
        "extensions": str(contract.extensions_most) if contract.extensions_most else "",
        "purchase_order": terms.purchase_order.strip(),
        "manager": terms.manager.strip(),
        "bought_by": contract.bought_by or "",
        "supplier_check": contract.supplier_check or "",
    }
    return {name: value for name, value in found.items() if value}
