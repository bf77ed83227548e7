"""Writing a bid: beginning one, and saving its parts. Nothing here is seen by anybody else.

A page sends back the fingerprint of what it showed. Where somebody else has changed that very
part since, the save is refused, so that nothing is overwritten unseen; other parts do not matter,
so two people can answer two questions at once.
"""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from bids import policy
from bids.drafts import fingerprint
from bids.lifecycle import BidState
from bids.models import Bid, BidAnswer
from bids.service.loading import locked_bid
from challenges.models import Criterion, CriterionKind, PriceModel
from challenges.queries import public_challenge
from marketplace.core.accounts.models import Organisation
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

# Without the letters and digits that are misread for one another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# The largest amount that every database and every reader of JSON takes exactly.
_MOST_MINOR = 2**53 - 1


def new_reference() -> str:
    """Make a bid's reference: random, so that it tells neither order nor number of bids."""
    return "B-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def start_bid(challenge_reference: str, *, actor: Actor, clock: Clock) -> Bid:
    """Begin a bid of the actor's organisation, or give the one it has.

    Raises:
        NotFound: there is no such public challenge.
        Forbidden: the actor does not act for a supplier.
        WrongMoment: the challenge is not open for bids.
    """
    now = clock.now()
    with transaction() as session:
        challenge = public_challenge(session, challenge_reference)
        stage = challenge.stage
        # Two colleagues who begin at the same moment begin the same bid.
        session.scalar(
            select(Organisation).where(Organisation.id == actor.organisation_id).with_for_update()
        )
        known = session.scalar(
            select(Bid).where(Bid.stage_id == stage.id, Bid.supplier_id == actor.organisation_id)
        )
        if known is not None:
            return known
        ensure(policy.can_start(actor, challenge.state, stage.closes_at, now))
        bid = Bid(
            reference=new_reference(),
            challenge_id=challenge.id,
            stage_id=stage.id,
            supplier_id=actor.organisation_id,
            state=BidState.DRAFT,
            created_by_id=actor.user_id,
            created_at=now,
            changed_at=now,
        )
        session.add(bid)
    return bid


def save_answer(
    reference: str, key: str, text: str, *, actor: Actor, clock: Clock, seen: str | None = None
) -> str:
    """Save the draft answer to one question and give its fingerprint. Any length is kept.

    `seen` is the fingerprint of the answer that the page showed; None saves whatever stands.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no such question.
        Forbidden, WrongMoment: by `policy.can_edit`.
        StaleEdit: somebody else changed this answer since.
    """
    with transaction() as session:
        bid = _editable(session, reference, actor, clock)
        criterion = session.scalar(
            select(Criterion).where(
                Criterion.stage_id == bid.stage_id,
                Criterion.key == key,
                Criterion.kind == CriterionKind.QUALITY,
            )
        )
        if criterion is None:
            raise NotFound(N_("There is no such question."))
        answer = session.get(BidAnswer, (bid.id, criterion.id))
        _refuse_stale(seen, fingerprint(answer.text if answer else ""), fingerprint(text))
        if answer is None:
            answer = BidAnswer(bid_id=bid.id, criterion_id=criterion.id)
            session.add(answer)
        answer.text = text
        _mark_changed(bid, clock)
    return fingerprint(text)


def save_price(
    reference: str,
    price_minor: int | None,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> str:
    """Save the draft price, in minor units without VAT, and give its fingerprint.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no price is asked.
        Forbidden, WrongMoment: by `policy.can_edit`.
        Invalid: the price is negative or not a sum of money.
        StaleEdit: somebody else changed the price since.
    """
    if price_minor is not None and not 0 <= price_minor <= _MOST_MINOR:
        message = N_("Enter a price of £0 or more")
        raise Invalid(message, {"price": message})
    with transaction() as session:
        bid = _editable(session, reference, actor, clock)
        if bid.stage.price_model is PriceModel.FIXED_BUDGET:
            raise NotFound(N_("This challenge does not ask for a price."))
        _refuse_stale(seen, fingerprint(bid.price_minor), fingerprint(price_minor))
        bid.price_minor = price_minor
        _mark_changed(bid, clock)
    return fingerprint(price_minor)


def save_terms(
    reference: str,
    *,
    contract_accepted: bool | None,
    contract_points: str,
    ai_statement: str,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> str:
    """Save what the draft says about the contract and about the use of AI; give its fingerprint.

    Points are kept only where the contract is not accepted as it stands.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_edit`.
        StaleEdit: somebody else changed this part since.
    """
    points = "" if contract_accepted else contract_points
    with transaction() as session:
        bid = _editable(session, reference, actor, clock)
        new = fingerprint(contract_accepted, points, ai_statement)
        _refuse_stale(
            seen, fingerprint(bid.contract_accepted, bid.contract_points, bid.ai_statement), new
        )
        bid.contract_accepted = contract_accepted
        bid.contract_points = points
        bid.ai_statement = ai_statement
        _mark_changed(bid, clock)
    return new


def _editable(session: Session, reference: str, actor: Actor, clock: Clock) -> Bid:
    bid, challenge = locked_bid(session, reference, actor)
    ensure(policy.can_edit(actor, challenge.state, bid.stage.closes_at, clock.now()))
    return bid


def _refuse_stale(seen: str | None, stands: str, new: str) -> None:
    """Refuse what would overwrite another's change; the same text twice is no conflict."""
    if seen is not None and stands not in (seen, new):
        raise StaleEdit(
            N_(
                "Somebody else changed this while you were writing. Their version is shown below "
                "yours. Save again to keep yours."
            )
        )


def _mark_changed(bid: Bid, clock: Clock) -> None:
    """Have the bid's row version go up, even if no column of the bid itself changed."""
    bid.changed_at = clock.now()
    flag_modified(bid, "changed_at")
