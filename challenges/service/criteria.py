"""Adds, changes, deletes, weighs and orders the criteria of a draft."""

import re
import unicodedata
import uuid
from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from challenges import policy
from challenges.kinds import CriterionKind
from challenges.models import Criterion, ScaleDescriptor, Stage
from challenges.plan import PRICE, WEIGHTS_TOTAL
from challenges.queries import own_challenge
from challenges.sections import CRITERIA_MOST, Question, edition, tidied, weight_fault
from challenges.service.contents import next_ordinal
from challenges.service.drafts import refuse_faults, refuse_stale
from challenges.stages.queries import judged_stage
from challenges.stages.sharing import Share, evenly, in_proportion
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


def find_question(stage: Stage, key: str) -> Criterion:
    """Give a quality criterion of the stage.

    Raises:
        NotFound: there is none with this key.
    """
    for criterion in stage.criteria:
        if criterion.key == key and criterion.kind is CriterionKind.QUALITY:
            return criterion
    raise NotFound(N_("There is no such criterion."))


def find_deletable(stage: Stage, key: str) -> Criterion:
    """Give a criterion that can be taken out by itself: any but price, which goes with its model.

    Raises:
        NotFound: there is none with this key.
    """
    for criterion in stage.criteria:
        if criterion.key == key and criterion.kind is not CriterionKind.PRICE:
            return criterion
    raise NotFound(N_("There is no such criterion."))


def add_criterion(
    reference: str,
    content: Question,
    *,
    actor: Actor,
    clock: Clock,
    key: str | None = None,
    stage_id: uuid.UUID | None = None,
) -> str:
    """Add a quality criterion to a draft, last but for price, and return its key.

    It is added to the first stage, or to the one named, here as in the other use cases. The key,
    by which the evaluation document names it for good, is made from the title unless one is given.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `save`.
        Invalid: something is too long or out of range, or there are too many criteria.
    """
    content = tidied(content)
    refuse_faults(content)
    with transaction() as session:
        stage = _stage(session, reference, stage_id, actor, clock)
        return append_question(stage, content, key)


def append_question(
    stage: Stage, content: Question, key: str | None = None, former: Collection[str] = ()
) -> str:
    """Put a quality criterion behind the others, but before price, and give its key.

    `former` are keys that were once published: none of them comes to name another question.

    Raises:
        Invalid: there are too many criteria.
    """
    criterion = Criterion(key=key or slug(content.title), kind=CriterionKind.QUALITY)
    put_question(criterion, content)
    return append(stage, criterion, former).key


def append(stage: Stage, criterion: Criterion, former: Collection[str] = ()) -> Criterion:
    """Put a criterion behind the others, but before price, under a key that nothing else has.

    Raises:
        Invalid: there are too many criteria.
    """
    criteria = stage.criteria
    if len(criteria) >= CRITERIA_MOST:
        raise Invalid(N_("A challenge has at most 30 criteria."))
    criterion.key = _free_key(criterion.key, {c.key for c in criteria} | set(former))
    criterion.ordinal = next_ordinal(criteria)
    last = criteria[-1] if criteria else None
    criteria.append(criterion)
    if last is not None and last.kind is CriterionKind.PRICE:
        last.ordinal, criterion.ordinal = criterion.ordinal, last.ordinal
    return criterion


def change_criterion(
    reference: str,
    key: str,
    content: Question,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
    stage_id: uuid.UUID | None = None,
) -> None:
    """Change a quality criterion of a draft, whole.

    Raises:
        NotFound, Forbidden, WrongMoment, Invalid, StaleEdit: as for `save`.
    """
    content = tidied(content)
    refuse_faults(content)
    with transaction() as session:
        criterion = find_question(_stage(session, reference, stage_id, actor, clock), key)
        refuse_stale(edition(read_question(criterion)), edition(content), seen)
        put_question(criterion, content)


def delete_criterion(
    reference: str, key: str, *, actor: Actor, clock: Clock, stage_id: uuid.UUID | None = None
) -> None:
    """Take a criterion out of a draft, but for price.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `save`.
    """
    with transaction() as session:
        stage = _stage(session, reference, stage_id, actor, clock)
        stage.criteria.remove(find_deletable(stage, key))


def arrange(
    reference: str,
    weights: Mapping[str, Decimal],
    *,
    actor: Actor,
    clock: Clock,
    move: tuple[str, Move] | None = None,
    seen: str | None = None,
    share: Share | None = None,
    stage_id: uuid.UUID | None = None,
) -> None:
    """Set the weights of criteria by key, price included, and move one of them one step.

    The weights need not add up to 100 yet: a draft may be on its way. With `share` those of
    questions are set so that they do, evenly or in proportion to those given; price keeps its
    own, and so does what is carried from an earlier stage.

    Raises:
        NotFound: there is no such challenge, or a key names no criterion of it.
        Forbidden, WrongMoment, StaleEdit: as for `save`.
        Invalid: a weight is out of range, `fields` names it by key; or price leaves nothing to
            share.
    """
    refuse_weights(weights)
    with transaction() as session:
        stage = _stage(session, reference, stage_id, actor, clock)
        weigh(stage, weights, seen=seen)
        if share is not None:
            _share(stage, share)
        if move is not None:
            _move(stage.criteria, *move)


def refuse_weights(weights: Mapping[str, Decimal]) -> None:
    """Refuse weights that cannot be kept.

    Raises:
        Invalid: with the fault of each, by its key.
    """
    faults = {key: fault for key, weight in weights.items() if (fault := weight_fault(weight))}
    if faults:
        raise Invalid(N_("Something needs to be put right."), fields=faults)


def weigh(
    stage: Stage,
    weights: Mapping[str, Decimal],
    *,
    seen: str | None = None,
) -> None:
    """Set weights by key, price included.

    Raises:
        NotFound: a key names no criterion.
        StaleEdit: the weights were changed since they were `seen`.
    """
    present = read_weights(stage)
    refuse_stale(edition(present), edition(weights), seen)
    if not set(weights) <= set(present):
        raise NotFound(N_("There is no such criterion."))
    for criterion in stage.criteria:
        criterion.weight = weights.get(criterion.key, criterion.weight)


def _stage(
    session: Session, reference: str, stage_id: uuid.UUID | None, actor: Actor, clock: Clock
) -> Stage:
    challenge = own_challenge(session, reference, actor, lock=True, whole=True, jointly=True)
    ensure(policy.can_write(actor, challenge, clock.now()))
    return judged_stage(challenge, stage_id)


def put_question(criterion: Criterion, content: Question) -> None:
    """Put what a quality criterion is into its row, but for its key and its place."""
    for name in ("title", "weight", "question", "guidance", "max_score", "min_score", "word_limit"):
        setattr(criterion, name, getattr(content, name))
    present = {descriptor.score: descriptor for descriptor in criterion.descriptors}
    kept = []
    for score, text in content.descriptors:
        descriptor = present.get(score) or ScaleDescriptor(score=score)
        descriptor.text = text
        kept.append(descriptor)
    criterion.descriptors = kept


def _share(stage: Stage, how: Share) -> None:
    questions = [each for each in stage.criteria if each.kind is CriterionKind.QUALITY]
    weights = [each.weight for each in questions]
    left = WEIGHTS_TOTAL - sum(
        (each.weight for each in stage.criteria if each.kind is not CriterionKind.QUALITY),
        Decimal(0),
    )
    if left <= 0 and any(each.kind is CriterionKind.CARRIED for each in stage.criteria):
        raise Invalid(
            N_("Price and what is carried take all the points. Give them lower weights first.")
        )
    if left <= 0:
        raise Invalid(N_("Price takes all the points. Give it a lower weight first."))
    shares = evenly(len(weights), left) if how is Share.EVENLY else in_proportion(weights, left)
    for criterion, weight in zip(questions, shares, strict=True):
        criterion.weight = weight


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


def slug(title: str) -> str:
    """Make a key out of a title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "criterion"


def _free_key(wanted: str, taken: set[str]) -> str:
    """Give the key, numbered where it is taken; `price` is the price criterion's own."""
    taken = taken | {PRICE}
    candidate, number = wanted, 2
    while candidate in taken:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate
