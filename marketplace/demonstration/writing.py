"""A challenge from its first line to its publication, and its end where it was cancelled."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from challenges import service
from challenges.ending.service import end_without_contract
from challenges.kinds import LegalRoute, PriceModel
from challenges.lifecycle import NoAward
from challenges.sections import (
    Constraints,
    Content,
    Money,
    Outcome,
    Problem,
    Question,
    Sponsors,
    Tried,
)
from challenges.stages import service as stages
from marketplace.demonstration import drafting, elsewhere, methods, noticing, papers
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.shapes import Challenge, Criterion, Extension, TargetState
from marketplace.demonstration.staging import template_for
from marketplace.demonstration.telling import Telling

_APPROVED_BECAUSE = (
    "The warnings were talked over with the writer. The text says what a bidder needs to know."
)


def write_and_publish(telling: Telling) -> History:
    """Write a challenge, have it reviewed, approve and publish it, as far as its state goes."""
    item, days, clock = telling.item, telling.days, telling.clock
    writing = Span(days.created, days.ready)
    yield days.created
    service.create(actor=telling.lead, clock=clock, title=item.title, reference=item.reference)
    savings = list(_savings(telling))
    for instant, save in zip(writing.spread(len(savings), 0.02, 0.55), savings, strict=True):
        yield instant
        save()
    noticing.choose_codes(telling)
    if item.state is TargetState.DRAFT:
        return
    yield writing.at(0.6)
    service.submit_for_review(item.reference, actor=telling.lead, clock=clock)
    if item.state is TargetState.IN_REVIEW:
        return
    officer = telling.officers[0]
    yield writing.at(0.85)
    service.approve(item.reference, because=_APPROVED_BECAUSE, actor=officer, clock=clock)
    if days.published is None:
        return
    yield days.published
    noticing.record_contract_notice(telling)
    service.publish(
        item.reference,
        openers_named=[each.user_id for each in telling.officers],
        actor=officer,
        clock=clock,
    )
    if item.extension:
        yield from _extend(telling, item.extension, Span(days.published, days.until))
    if item.state is TargetState.CANCELLED and days.ended is not None:
        yield days.ended
        end_without_contract(
            item.reference,
            why=NoAward.NEED_CHANGED,
            reason=what_was_learned(item),
            actor=officer,
            clock=clock,
        )


def _extend(telling: Telling, extension: Extension, bidding: Span) -> History:
    """Have one officer propose a later closing time, and perhaps another one confirm it.

    Where it waits, it was the last officer who proposed: a visitor can confirm as the others.
    """
    first, second, *_, last = telling.officers
    yield bidding.at(0.7)
    proposal = service.propose_deadline(
        telling.reference,
        closes_to=telling.days.moved_to,
        reason=extension.reason,
        actor=first if extension.confirmed else last,
        clock=telling.clock,
    )
    if extension.confirmed:
        yield bidding.at(0.8)
        service.confirm_deadline(telling.reference, proposal.id, actor=second, clock=telling.clock)


def what_was_learned(item: Challenge) -> str:
    """Say why a challenge ended early and what others can take from it."""
    return "\n\n".join(text for text in (item.ended_reason, item.lessons) if text)


def _savings(telling: Telling) -> Iterator[Callable[[], object]]:
    """Give the steps of writing a draft. Money comes after the questions, so that the price
    stands last among the criteria."""
    item = telling.item
    save = partial(service.save, item.reference, actor=telling.lead, clock=telling.clock)
    add = partial(service.add_criterion, item.reference, actor=telling.lead, clock=telling.clock)
    yield partial(save, _problem(item))
    yield partial(save, _outcome(item))
    yield partial(save, Tried(item.tried))
    yield partial(save, Constraints(item.constraints))
    yield partial(
        stages.apply_template,
        item.reference,
        template_for(item, _name(telling, item.buyer)),
        actor=telling.lead,
        clock=telling.clock,
    )
    for criterion in item.criteria:
        if criterion.kind == "quality":
            yield partial(add, _question(telling, criterion), key=criterion.key)
    yield partial(save, _money(item))
    if papers.asks_for_more(telling):
        yield partial(papers.ask_for, telling)
    if methods.says_more(telling):
        yield partial(methods.choose, telling)
    for content in drafting.sections(telling):
        yield partial(save, content)
    yield from drafting.attached(telling)
    if item.key in elsewhere.NOTICES:
        yield partial(elsewhere.send, telling)
    yield partial(save, Sponsors(tuple(_name(telling, key) for key in item.co_sponsors)))


def _problem(item: Challenge) -> Content:
    return Problem(item.title, item.summary, item.problem, item.today, item.why_now)


def _outcome(item: Challenge) -> Content:
    measures = "\n".join(f"- {measure}" for measure in item.measures)
    return Outcome(item.outcome, measures)


def _money(item: Challenge) -> Content:
    price = next((c for c in item.criteria if c.kind == "price"), None)
    return Money(
        price_model=PriceModel(item.price_model.value),
        legal_route=LegalRoute(item.legal_route),
        value_minor=item.value_pounds * 100,
        budget_minor=_minor(item.budget_pounds),
        best_minor=_minor(item.best_pounds),
        worst_minor=_minor(item.worst_pounds),
        price_weight=Decimal(price.weight) if price else None,
    )


def _question(telling: Telling, criterion: Criterion) -> Question:
    highest = criterion.max_score or 0
    return Question(
        title=criterion.title,
        weight=Decimal(criterion.weight),
        question=criterion.question,
        guidance=criterion.guidance,
        max_score=Decimal(highest),
        min_score=None if criterion.min_score is None else Decimal(criterion.min_score),
        word_limit=criterion.word_limit,
        descriptors=tuple(
            (Decimal(item.score), f"{item.title}: {item.meaning}")
            for item in telling.content.scale_to(highest).descriptors
        ),
    )


def _name(telling: Telling, key: str) -> str:
    return next(item.name for item in telling.content.organisations if item.key == key)


def _minor(pounds: int | None) -> int | None:
    return None if pounds is None else pounds * 100
