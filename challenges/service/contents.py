"""How each section is read from a draft's rows and put into them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from challenges.method import stored
from challenges.models import Challenge, CoSponsor, Criterion
from challenges.sections import (
    Content,
    Money,
    Outcome,
    Place,
    Problem,
    Section,
    Sponsors,
    Timeline,
)

Reader = Callable[[Challenge], Content]


def read(challenge: Challenge, section: Section) -> Content:
    """Give what a section holds now.

    Raises:
        KeyError: the section is the criteria, which are read one by one.
    """
    return _READERS[section](challenge)


def put(challenge: Challenge, content: Content) -> None:
    """Put a section's content into a draft."""
    match content:
        case Problem() | Outcome() | Place():
            for name, value in vars(content).items():
                setattr(challenge, name, value)
        case Money():
            _put_money(challenge, content)
        case Timeline():
            challenge.stage.closes_at = content.closes_at
        case Sponsors():
            kept = {sponsor.name: sponsor for sponsor in challenge.co_sponsors}
            challenge.co_sponsors = [
                kept.get(name) or CoSponsor(name=name) for name in content.names
            ]


def _put_money(challenge: Challenge, content: Money) -> None:
    challenge.legal_route = content.legal_route
    challenge.value_minor = content.value_minor
    stage = challenge.stage
    stage.budget_minor = content.budget_minor
    method = replace(
        stored.read(stage),
        price_model=content.price_model,
        best_minor=content.best_minor,
        worst_minor=content.worst_minor,
        price_weight=content.price_weight,
    )
    stored.put(stage, method.kept())


def next_ordinal(criteria: Sequence[Criterion]) -> int:
    """Give the place of a criterion that is added at the end."""
    return max((criterion.ordinal for criterion in criteria), default=0) + 1


def _read_money(challenge: Challenge) -> Money:
    stage = challenge.stage
    method = stored.read(stage)
    return Money(
        price_model=method.price_model,
        legal_route=challenge.legal_route,
        value_minor=challenge.value_minor,
        budget_minor=stage.budget_minor,
        best_minor=method.best_minor,
        worst_minor=method.worst_minor,
        price_weight=method.price_weight,
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
