"""The shape of a template: stages with their terms and criteria, as data.

The product's own templates are TOML files in this shape; a body's are kept as JSON in it. Amounts
are decimals in pounds without VAT.
"""

import json
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from challenges.kinds import Combine, PriceModel, Rounded
from challenges.method import stored
from challenges.method.choice import Method
from challenges.plan import QUALITY, plain
from challenges.sections import DEFAULT_DESCRIPTORS, Later, Question, Step
from challenges.stages.kinds import LaterKind, Payment, Property, StageKind, Unit, is_judged
from challenges.stages.terms import read_later, read_step
from marketplace.core.strict_toml import build

if TYPE_CHECKING:
    from challenges.models import Challenge, Criterion, Stage


@dataclass(frozen=True)
class Level:
    """What one score on a scale means."""

    score: Decimal
    text: str


DEFAULT_LEVELS = tuple(Level(score, text) for score, text in DEFAULT_DESCRIPTORS)


@dataclass(frozen=True)
class Asked:
    """A quality criterion; its highest score is the last of its `descriptors`."""

    key: str
    title: str
    weight: Decimal
    question: str = ""
    guidance: str = ""
    word_limit: int | None = None
    min_score: Decimal | None = None
    max_score: Decimal | None = None
    point_value: Decimal | None = None
    descriptors: tuple[Level, ...] = DEFAULT_LEVELS

    def content(self) -> Question:
        """Give it as a criterion is written."""
        return Question(
            title=self.title,
            weight=self.weight,
            question=self.question,
            guidance=self.guidance,
            max_score=self.max_score or max(level.score for level in self.descriptors),
            min_score=self.min_score,
            word_limit=self.word_limit,
            descriptors=tuple((level.score, level.text) for level in self.descriptors),
        )


@dataclass(frozen=True)
class Brought:
    """What is carried from an earlier stage, by its number: a criterion there, or its total."""

    key: str
    title: str
    weight: Decimal
    stage: int
    criterion: str | None = None


@dataclass(frozen=True)
class Reward:
    """A prize."""

    name: str
    amount: Decimal


@dataclass(frozen=True)
class Priced:
    """How price and quality make the result of a stage, as `challenges.method` has it.

    `ties_stay` tells an empty order of tie-breaks from the usual one.
    """

    model: PriceModel
    weight: Decimal | None = None
    budget: Decimal | None = None
    best: Decimal | None = None
    worst: Decimal | None = None
    quality_threshold: Decimal | None = None
    rounded: Rounded | None = None
    rounded_decimals: int | None = None
    tie_break: tuple[str, ...] = ()
    ties_stay: bool = False
    below_mean: Decimal | None = None
    below_next: Decimal | None = None
    combine: Combine = Combine.CONSENSUS
    names_withheld: bool = False

    def method(self, point_values: tuple[tuple[str, int | None], ...]) -> Method:
        """Give it as a method is written, with what a point is worth by criterion."""
        return Method(
            price_model=self.model,
            best_minor=minor(self.best),
            worst_minor=minor(self.worst),
            price_weight=self.weight,
            quality_threshold=self.quality_threshold,
            rounded=self.rounded,
            rounded_decimals=self.rounded_decimals,
            tie_break=self.tie_break if self.tie_break or self.ties_stay else None,
            below_mean=self.below_mean,
            below_next=self.below_next,
            combine=self.combine,
            names_withheld=self.names_withheld,
            point_values=point_values,
        )


@dataclass(frozen=True)
class Planned:
    """One stage of a template."""

    kind: StageKind
    name: str
    description: str = ""
    suppliers: int | None = None
    payment: Payment = Payment.NONE
    amount: Decimal | None = None
    vat_on_top: bool = True
    how_paid: str = ""
    lasts: int | None = None
    lasts_in: Unit | None = None
    property: Property = Property.SUPPLIER
    property_note: str = ""
    options: Decimal | None = None
    prizes: tuple[Reward, ...] = ()
    prizes_paid: str = ""
    milestones: str = ""
    attach_kinds: str = ""
    attach_most: int | None = None
    attach_mb: int | None = None
    criteria: tuple[Asked, ...] = ()
    carried: tuple[Brought, ...] = ()
    price: Priced | None = None

    def content(self) -> Step:
        """Give it as a stage is written."""
        return Step(
            kind=self.kind,
            name=self.name,
            description=self.description,
            suppliers=self.suppliers,
            payment=self.payment,
            amount_minor=minor(self.amount),
            vat_on_top=self.vat_on_top,
            how_paid=self.how_paid,
            lasts=self.lasts,
            lasts_in=self.lasts_in,
            property=self.property,
            property_note=self.property_note,
            options_minor=minor(self.options),
            prizes=tuple((prize.name, minor(prize.amount) or 0) for prize in self.prizes),
            prizes_paid=self.prizes_paid,
            milestones=self.milestones,
            attach_kinds=self.attach_kinds,
            attach_most=self.attach_most,
            attach_mb=self.attach_mb,
        )


@dataclass(frozen=True)
class Afterwards:
    """What may be bought after the last stage."""

    kind: LaterKind
    value: Decimal | None = None
    bodies: str = ""
    note: str = ""

    def content(self) -> Later:
        """Give it as it is written."""
        return Later(self.kind, minor(self.value), self.bodies, self.note)


@dataclass(frozen=True)
class Template:
    """A way of buying: what it is good for, and its stages; the first one is judged."""

    name: str
    stages: tuple[Planned, ...]
    good_for: str = ""
    takes: str = ""
    later: Afterwards | None = None


def template_of(challenge: "Challenge", name: str) -> Template:
    """Take the stages, criteria and terms of a challenge as a template."""
    later = read_later(challenge)
    return Template(
        name=name,
        stages=tuple(_planned(stage) for stage in challenge.stages),
        later=None
        if later.kind is None
        else Afterwards(later.kind, _pounds(later.value_minor), later.bodies, later.note),
    )


def written(template: Template) -> str:
    """Write a template as JSON, without what is empty."""
    return json.dumps(_table(template), ensure_ascii=False)


def read(text: str) -> Template:
    """Read a template that `written` wrote.

    Raises:
        ContentError: it has another shape.
    """
    return build(Template, json.loads(text), "template")


def minor(pounds: Decimal | None) -> int | None:
    """Give an amount in minor units."""
    return None if pounds is None else int(pounds * 100)


def _pounds(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount).scaleb(-2)


def _planned(stage: "Stage") -> Planned:
    step = read_step(stage)
    return Planned(
        kind=step.kind,
        name=step.name,
        description=step.description,
        suppliers=step.suppliers,
        payment=step.payment,
        amount=_pounds(step.amount_minor),
        vat_on_top=step.vat_on_top,
        how_paid=step.how_paid,
        lasts=step.lasts,
        lasts_in=step.lasts_in,
        property=step.property,
        property_note=step.property_note,
        options=_pounds(step.options_minor),
        prizes=tuple(Reward(name, Decimal(amount).scaleb(-2)) for name, amount in step.prizes),
        prizes_paid=step.prizes_paid,
        milestones=step.milestones,
        attach_kinds=step.attach_kinds,
        attach_most=step.attach_most,
        attach_mb=step.attach_mb,
        criteria=tuple(_asked(each) for each in stage.criteria if each.kind == QUALITY),
        carried=tuple(
            Brought(each.key, each.title, each.weight, each.carried_stage, each.carried_key)
            for each in stage.criteria
            if each.carried_stage is not None
        ),
        price=_priced(stage) if is_judged(stage) else None,
    )


def _asked(criterion: "Criterion") -> Asked:
    return Asked(
        key=criterion.key,
        title=criterion.title,
        weight=criterion.weight,
        question=criterion.question,
        guidance=criterion.guidance,
        word_limit=criterion.word_limit,
        min_score=criterion.min_score,
        max_score=criterion.max_score,
        point_value=_pounds(criterion.point_value_minor),
        descriptors=tuple(Level(each.score, each.text) for each in criterion.descriptors),
    )


def _priced(stage: "Stage") -> Priced:
    method = stored.read(stage)
    return Priced(
        model=method.price_model,
        weight=method.price_weight,
        budget=_pounds(stage.budget_minor),
        best=_pounds(method.best_minor),
        worst=_pounds(method.worst_minor),
        quality_threshold=method.quality_threshold,
        rounded=method.rounded,
        rounded_decimals=method.rounded_decimals,
        tie_break=method.tie_break or (),
        ties_stay=method.tie_break == (),
        below_mean=method.below_mean,
        below_next=method.below_next,
        combine=method.combine,
        names_withheld=method.names_withheld,
    )


def _table(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: getattr(value, field.name) for field in fields(value)}
        # An empty scale was emptied on purpose: left out, it would come back as the usual one.
        return {
            name: _table(each)
            for name, each in found.items()
            if each not in (None, "", ()) or name == "descriptors"
        }
    if isinstance(value, tuple):
        return [_table(each) for each in value]
    if isinstance(value, Decimal):
        return plain(value)
    return str(value) if isinstance(value, StrEnum) else value
