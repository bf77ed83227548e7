"""Describes a change of a signed contract, so that it can be told in a notice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from challenges.law import law_holding
from challenges.models import Challenge
from challenges.notices import policy
from challenges.notices.kinds import NoticeKind
from challenges.queries import own_challenge
from challenges.sections import MONEY_MOST
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.notice_forms import ChangeGround, notice_book
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.notices import log_words, queries
from scoring.award.notices.models import ContractChange

TEXT_MOST = 5_000


@dataclass(frozen=True)
class Described:
    """A change as an officer describes it: what, why, on which ground, and the value after it."""

    what: str
    why: str
    value_after_minor: int | None
    ground: str | None = None


def describe_change(
    reference: str,
    described: Described,
    *,
    contract_reference: str | None = None,
    actor: Actor,
    clock: Clock,
) -> int:
    """Record a change of a signed contract and give its number.

    Without a contract's reference it is of the first one. Numbers count on over all contracts of
    the challenge, so that each has its own notice. Describing the same as the last change of the
    contract again gives that one's number.

    Raises:
        NotFound, Forbidden, WrongMoment: the challenge is not the actor's, or nothing is signed,
            or no contract of this reference.
        Invalid: something is missing or too long, or the ground does not allow the new value.
        StaleEdit: somebody else described a change at the same moment.
    """
    try:
        with transaction() as session:
            challenge = own_challenge(session, reference, actor, lock=True)
            ensure(policy.can_record(actor, challenge, NoticeKind.MODIFICATION, clock.now()))
            contracts = queries.contracts_of(session, challenge)
            contract = queries.contract_among(contracts, contract_reference)
            changes = queries.changes_of(session, contract.id)
            before = changes[-1].value_after_minor if changes else contract.value_minor
            if changes and _same(changes[-1], described):
                return changes[-1].number
            grounds = grounds_of(challenge, clock.now())
            after = _check(described, grounds, before)
            change = ContractChange(
                contract_id=contract.id,
                number=queries.changes_made(session, contracts) + 1,
                what=described.what,
                why=described.why,
                ground=described.ground,
                value_before_minor=before,
                value_after_minor=after,
                described_by_id=actor.user_id,
                described_at=clock.now(),
            )
            session.add(change)
            session.flush()
            log.append(
                session,
                clock=clock,
                action=log_words.CHANGED,
                chain=challenge.reference,
                actor=actor,
                number=change.number,
                contract=contract.reference,
                what=change.what,
                why=change.why,
                ground=change.ground,
                value_before=str(before),
                value_after=str(after),
            )
            return change.number
    except IntegrityError as error:
        raise StaleEdit(
            N_("Another change was recorded at the same moment. Look at it first.")
        ) from error


def grounds_of(challenge: Challenge, now: datetime) -> dict[str, ChangeGround]:
    """Give the grounds on which this contract may be changed; none where the rules ask for none."""
    law = law_holding(challenge, now)
    if not law.band.notices.modification_required:
        return {}
    return dict(notice_book(law.regime.key, law.regime.version).change_grounds)


def _same(change: ContractChange, described: Described) -> bool:
    return (change.what, change.why, change.ground, change.value_after_minor) == (
        described.what,
        described.why,
        described.ground,
        described.value_after_minor,
    )


def _check(described: Described, grounds: dict[str, ChangeGround], before: int) -> int:
    """Give the value after a change that may be made.

    Raises:
        Invalid: with the fault of each field.
    """
    fields: dict[str, str] = {}
    for name in ("what", "why"):
        if not getattr(described, name):
            fields[name] = N_("Say this in a few sentences that everybody may read.")
        elif len(getattr(described, name)) > TEXT_MOST:
            fields[name] = N_("Shorten this to 5,000 characters or fewer.")
    after = described.value_after_minor or 0
    if not 0 < after <= MONEY_MOST:
        fields["value_after"] = N_("Enter the contract’s value after the change.")
    ground = grounds.get(described.ground or "")
    if grounds and ground is None:
        fields["ground"] = N_("Choose the ground on which the contract may be changed.")
    if (
        ground
        and ground.most_percent is not None
        and after * 100 > before * (100 + ground.most_percent)
    ):
        fields.setdefault(
            "value_after",
            N_("On this ground the value may not rise by so much. Check the value and the ground."),
        )
    if fields:
        raise Invalid(N_("Something needs to be put right."), fields=fields)
    return after
