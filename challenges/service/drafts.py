"""Begins a challenge and saves its sections."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import (
    log_words,  # noqa: F401  (importing it registers the words)
    policy,
)
from challenges.models import Challenge, CoSponsor, Criterion, CriterionKind, PriceModel, Stage
from challenges.plan import PRICE
from challenges.queries import own_challenge
from challenges.sections import (
    Content,
    Money,
    Outcome,
    Place,
    Problem,
    Question,
    Section,
    Sponsors,
    Timeline,
    edition,
    tidied,
)
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

__all__ = ["create", "read", "refuse_faults", "refuse_stale", "save"]

# Crockford's base32: no I, L, O or U, so that a reference survives being read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

PRICE_TITLE = "Price"
PRICE_QUESTION = "What is your price for the whole contract, without VAT?"
PRICE_GUIDANCE = "Give one sum in pounds. It must cover everything that you need to be paid for."

Reader = Callable[[Challenge], Content]


def create(*, actor: Actor, clock: Clock, title: str, reference: str | None = None) -> str:
    """Begin a challenge of the actor's organisation as a draft and return its reference.

    The reference is made up unless one is given.

    Raises:
        Forbidden: the actor's role does not write challenges.
        Invalid: the title is empty or too long, or the reference is taken.
    """
    ensure(policy.can_create(actor))
    content = tidied(Problem(title=title))
    refuse_faults(content)
    with transaction() as session:
        if reference is not None and _taken(session, reference):
            raise Invalid(N_("There is a challenge with this reference already."))
        now = clock.now()
        challenge = Challenge(
            reference=reference or _new_reference(session),
            buyer_id=actor.organisation_id,
            title=content.title,
            created_at=now,
            owner_id=actor.user_id,
            stages=[Stage(price_model=PriceModel.FIXED_BUDGET)],
        )
        session.add(challenge)
        session.flush()
        made = challenge.reference
        log.append(
            session,
            clock=clock,
            action="challenge.created",
            chain=made,
            actor=actor,
            title=content.title,
        )
    return made


def read(challenge: Challenge, section: Section) -> Content:
    """Give what a section holds now.

    Raises:
        KeyError: the section is the criteria, which are read one by one.
    """
    return _READERS[section](challenge)


def save(
    reference: str, content: Content, *, actor: Actor, clock: Clock, seen: str | None = None
) -> None:
    """Save one section of a draft, whole.

    `seen` is the edition that the writer began from; without it nothing is compared.

    Raises:
        NotFound: there is no such challenge in the actor's organisation.
        Forbidden, WrongMoment: the actor may not write it, or not now.
        Invalid: something is too long or contradictory; `fields` says what.
        StaleEdit: the section was changed since, to something else than is saved now.
    """
    content = tidied(content)
    refuse_faults(content)
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True, whole=True)
        ensure(policy.can_write(actor, challenge, clock.now()))
        refuse_stale(edition(read(challenge, content.section)), edition(content), seen)
        _put(session, challenge, content)


def refuse_faults(content: Content | Question) -> None:
    """Refuse what cannot be kept.

    Raises:
        Invalid: with the fault of each field.
    """
    if faults := content.faults():
        raise Invalid(N_("Something needs to be put right."), fields=faults)


def refuse_stale(present: str, wanted: str, seen: str | None) -> None:
    """Refuse to overwrite what the writer has not seen; writing the same again harms nobody.

    Raises:
        StaleEdit: the present edition is neither the one seen nor the one wanted.
    """
    if seen is not None and present not in (seen, wanted):
        raise StaleEdit(
            N_(
                "This was changed and saved elsewhere while you were writing. Nothing was "
                "overwritten. Compare your text with what is saved now, then save again."
            )
        )


def _put(session: Session, challenge: Challenge, content: Content) -> None:
    match content:
        case Problem() | Outcome() | Place():
            for name, value in vars(content).items():
                setattr(challenge, name, value)
        case Money():
            _put_money(session, challenge, content)
        case Timeline():
            challenge.stage.closes_at = content.closes_at
        case Sponsors():
            kept = {sponsor.name: sponsor for sponsor in challenge.co_sponsors}
            challenge.co_sponsors = [
                kept.get(name) or CoSponsor(name=name) for name in content.names
            ]


def _put_money(session: Session, challenge: Challenge, content: Money) -> None:
    challenge.legal_route = content.legal_route
    challenge.value_minor = content.value_minor
    stage = challenge.stage
    stage.price_model = content.price_model
    stage.budget_minor = content.budget_minor
    stage.best_minor = content.best_minor
    stage.worst_minor = content.worst_minor
    present = price_criterion(challenge)
    if content.price_weight is None:
        if present is not None:
            stage.criteria.remove(present)
    elif present is not None:
        present.weight = content.price_weight
    else:
        stage.criteria.append(
            Criterion(
                ordinal=next_ordinal(stage.criteria),
                key=PRICE,
                kind=CriterionKind.PRICE,
                title=PRICE_TITLE,
                question=PRICE_QUESTION,
                guidance=PRICE_GUIDANCE,
                weight=content.price_weight,
            )
        )


def next_ordinal(criteria: Sequence[Criterion]) -> int:
    """Give the place of a criterion that is added at the end."""
    return max((criterion.ordinal for criterion in criteria), default=0) + 1


def price_criterion(challenge: Challenge) -> Criterion | None:
    """Give the criterion by which price counts, if it does."""
    return next((c for c in challenge.stage.criteria if c.kind is CriterionKind.PRICE), None)


def _read_money(challenge: Challenge) -> Money:
    stage, price = challenge.stage, price_criterion(challenge)
    weight: Decimal | None = price.weight if price is not None else None
    return Money(
        price_model=stage.price_model,
        legal_route=challenge.legal_route,
        value_minor=challenge.value_minor,
        budget_minor=stage.budget_minor,
        best_minor=stage.best_minor,
        worst_minor=stage.worst_minor,
        price_weight=weight,
    )


_READERS: Mapping[Section, Reader] = {
    Section.PROBLEM: lambda c: Problem(
        c.title, c.summary, c.problem, c.affected, c.today, c.why_now
    ),
    Section.OUTCOME: lambda c: Outcome(c.outcome, c.measures, c.tried, c.constraints, c.support),
    Section.PLACE: lambda c: Place(c.region, c.sector, c.round),
    Section.MONEY: _read_money,
    Section.TIMELINE: lambda c: Timeline(c.stage.closes_at),
    Section.SPONSORS: lambda c: Sponsors(tuple(s.name for s in c.co_sponsors)),
}


def _new_reference(session: Session) -> str:
    while _taken(session, made := "CH-" + "".join(secrets.choice(ALPHABET) for _ in range(6))):
        pass
    return made


def _taken(session: Session, reference: str) -> bool:
    return session.scalar(select(Challenge.id).where(Challenge.reference == reference)) is not None
