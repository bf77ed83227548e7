"""Adds, changes, deletes, weighs and orders the criteria of a draft."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from challenges import policy
from challenges.models import Challenge, Criterion, CriterionKind, ScaleDescriptor, Stage
from challenges.plan import PRICE
from challenges.queries import own_challenge
from challenges.sections import CRITERIA_MOST, Question, edition, tidied, weight_fault
from challenges.service.contents import next_ordinal
from challenges.service.drafts import refuse_faults, refuse_stale
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


class Move(StrEnum):
    """One step in the order of the criteria."""

    UP = "up"
    DOWN = "down"


def read_question(criterion: Criterion) -> Question:
    """Give what a quality criterion holds now."""
    return Question(
        title=criterion.title,
        weight=criterion.weight,
        question=criterion.question,
        guidance=criterion.guidance,
        max_score=criterion.max_score or Decimal(0),
        min_score=criterion.min_score,
        word_limit=criterion.word_limit,
        descriptors=tuple((d.score, d.text) for d in criterion.descriptors),
    )


def read_weights(stage: Stage) -> dict[str, Decimal]:
    """Give the weights by key, price included, in the order of the criteria."""
    return {criterion.key: criterion.weight for criterion in stage.criteria}


def find_question(challenge: Challenge, key: str) -> Criterion:
    """Give a quality criterion of the challenge.

    Raises:
        NotFound: there is none with this key.
    """
    for criterion in challenge.stage.criteria:
        if criterion.key == key and criterion.kind is CriterionKind.QUALITY:
            return criterion
    raise NotFound(N_("There is no such criterion."))


def add_criterion(
    reference: str, content: Question, *, actor: Actor, clock: Clock, key: str | None = None
) -> str:
    """Add a quality criterion to a draft, last but for price, and return its key.

    The key, by which the evaluation document names it for good, is made from the title unless one
    is given.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `save`.
        Invalid: something is too long or out of range, or there are too many criteria.
    """
    content = tidied(content)
    refuse_faults(content)
    with transaction() as session:
        challenge = _draft(session, reference, actor, clock)
        criteria = challenge.stage.criteria
        if len(criteria) >= CRITERIA_MOST:
            raise Invalid(N_("A challenge has at most 30 criteria."))
        made = _free_key(key or _slug(content.title), {c.key for c in criteria})
        criterion = Criterion(ordinal=next_ordinal(criteria), key=made, kind=CriterionKind.QUALITY)
        _put(criterion, content)
        last = criteria[-1] if criteria else None
        criteria.append(criterion)
        if last is not None and last.kind is CriterionKind.PRICE:
            last.ordinal, criterion.ordinal = criterion.ordinal, last.ordinal
    return made


def change_criterion(
    reference: str,
    key: str,
    content: Question,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> None:
    """Change a quality criterion of a draft, whole.

    Raises:
        NotFound, Forbidden, WrongMoment, Invalid, StaleEdit: as for `save`.
    """
    content = tidied(content)
    refuse_faults(content)
    with transaction() as session:
        challenge = _draft(session, reference, actor, clock)
        criterion = find_question(challenge, key)
        refuse_stale(edition(read_question(criterion)), edition(content), seen)
        _put(criterion, content)


def delete_criterion(reference: str, key: str, *, actor: Actor, clock: Clock) -> None:
    """Take a quality criterion out of a draft.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `save`.
    """
    with transaction() as session:
        challenge = _draft(session, reference, actor, clock)
        challenge.stage.criteria.remove(find_question(challenge, key))


def arrange(
    reference: str,
    weights: Mapping[str, Decimal],
    *,
    actor: Actor,
    clock: Clock,
    move: tuple[str, Move] | None = None,
    seen: str | None = None,
) -> None:
    """Set the weights of criteria by key, price included, and move one of them one step.

    The weights need not add up to 100 yet: a draft may be on its way.

    Raises:
        NotFound: there is no such challenge, or a key names no criterion of it.
        Forbidden, WrongMoment, StaleEdit: as for `save`.
        Invalid: a weight is out of range; `fields` names it by key.
    """
    faults = {key: fault for key, weight in weights.items() if (fault := weight_fault(weight))}
    if faults:
        raise Invalid(N_("Something needs to be put right."), fields=faults)
    with transaction() as session:
        challenge = _draft(session, reference, actor, clock)
        present = read_weights(challenge.stage)
        refuse_stale(edition(present), edition(weights), seen)
        if not set(weights) <= set(present):
            raise NotFound(N_("There is no such criterion."))
        for criterion in challenge.stage.criteria:
            criterion.weight = weights.get(criterion.key, criterion.weight)
        if move is not None:
            _move(challenge.stage.criteria, *move)


def _draft(session: Session, reference: str, actor: Actor, clock: Clock) -> Challenge:
    challenge = own_challenge(session, reference, actor, lock=True, whole=True)
    ensure(policy.can_write(actor, challenge, clock.now()))
    return challenge


def _put(criterion: Criterion, content: Question) -> None:
    for name in ("title", "weight", "question", "guidance", "max_score", "min_score", "word_limit"):
        setattr(criterion, name, getattr(content, name))
    present = {descriptor.score: descriptor for descriptor in criterion.descriptors}
    kept = []
    for score, text in content.descriptors:
        descriptor = present.get(score) or ScaleDescriptor(score=score)
        descriptor.text = text
        kept.append(descriptor)
    criterion.descriptors = kept


def _move(criteria: list[Criterion], key: str, move: Move) -> None:
    """Change places with the neighbour; at the end of the list there is none, and nothing moves."""
    order = sorted(criteria, key=lambda criterion: criterion.ordinal)
    place = next((i for i, criterion in enumerate(order) if criterion.key == key), None)
    if place is None:
        raise NotFound(N_("There is no such criterion."))
    other = place - 1 if move is Move.UP else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    for ordinal, criterion in enumerate(order, 1):
        criterion.ordinal = ordinal


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "criterion"


def _free_key(wanted: str, taken: set[str]) -> str:
    """Give the key, numbered where it is taken; `price` is the price criterion's own."""
    taken = taken | {PRICE}
    candidate, number = wanted, 2
    while candidate in taken:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate
