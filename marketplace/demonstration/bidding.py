"""One supplier's bid: begun, written over some days, and submitted or left as a draft."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from bids import service
from bids.lifecycle import TooLate
from marketplace.core.permissions import Role
from marketplace.demonstration import papers
from marketplace.demonstration.days import Span, submission
from marketplace.demonstration.history import History
from marketplace.demonstration.shapes import Bid
from marketplace.demonstration.teaming import team_up
from marketplace.demonstration.telling import Telling

SECOND_THOUGHTS = timedelta(minutes=25)
# Statements about the use of AI are not scored; bidders take turns with these.
AI_STATEMENTS = (
    "We used no AI to write this bid.",
    "Software helped us to check spelling and to shorten sentences. People wrote every answer.",
    "We had a first version of one answer drafted by software, then wrote it anew ourselves.",
)


def bid(telling: Telling, item: Bid) -> History:
    """Write a bid, and submit it unless it is still a draft.

    A contributor writes the answers where the supplier has one; the administrator does the rest.
    Where an earlier version is told of, that is submitted first and then replaced.
    """
    published, closes = telling.days.published, telling.days.closes
    if published is None or closes is None:
        raise ValueError(f"{telling.reference} takes no bids")
    clock = telling.clock
    submitted = submission(closes, item.hours_before_closing)
    first = submission(closes, item.earlier.hours_before_closing) if item.earlier else submitted
    writing = Span(published, first if item.state == "submitted" else telling.days.until)
    answers, price = dict(item.answers), item.price_pounds
    if item.earlier:
        answers |= item.earlier.answers
        price = item.earlier.price_pounds or price

    yield writing.at(0.4)
    admin = telling.cast.one(item.supplier, Role.SUPPLIER_ADMIN)
    writer = next(iter(telling.cast.all(item.supplier, Role.SUPPLIER_CONTRIBUTOR)), admin)
    reference = service.start_bid(telling.reference, actor=admin, clock=clock).reference
    telling.bid_references[item.supplier] = reference
    for instant, (key, text) in zip(
        writing.spread(len(answers), 0.5, 0.9), answers.items(), strict=True
    ):
        yield instant
        service.save_answer(reference, key, text, actor=writer, clock=clock)
    yield from team_up(telling, item.supplier, writing)
    if item.state != "submitted":
        return
    yield writing.at(0.92)
    papers.attach(telling, reference, item.supplier, admin)
    if price is not None:
        papers.price(telling, reference, price, admin)
    service.save_terms(
        reference,
        contract_accepted=True,
        contract_points="",
        ai_statement=_ai_statement(telling, item),
        actor=admin,
        clock=clock,
    )
    yield first
    service.submit_bid(reference, actor=admin, arrived=clock.now(), clock=clock)
    if item.earlier:
        changed = {key: item.answers[key] for key in item.earlier.answers}
        yield from _change(telling, item, changed, Span(first, submitted))
        if item.price_pounds is not None:
            papers.price(telling, reference, item.price_pounds, admin)
        yield submitted
        service.submit_bid(reference, actor=admin, arrived=clock.now(), clock=clock)
    if item.changing:
        yield from _change(telling, item, item.changing, Span(submitted, telling.days.until))
    if item.ineligible_reason and telling.days.opened is not None:
        # Second thoughts that came too late: an auditor finds the attempt on the timeline.
        yield closes + SECOND_THOUGHTS
        with suppress(TooLate):
            service.withdraw_bid(reference, actor=admin, arrived=clock.now(), clock=clock)


def _change(telling: Telling, item: Bid, answers: Mapping[str, str], rest: Span) -> History:
    """Begin a draft of what was submitted, and write some answers anew in the time that is left."""
    reference = telling.bid_references[item.supplier]
    admin = telling.cast.one(item.supplier, Role.SUPPLIER_ADMIN)
    yield rest.at(0.4)
    service.change_bid(reference, actor=admin, clock=telling.clock)
    for instant, (key, text) in zip(
        rest.spread(len(answers), 0.5, 0.9), answers.items(), strict=True
    ):
        yield instant
        service.save_answer(reference, key, text, actor=admin, clock=telling.clock)


def _ai_statement(telling: Telling, item: Bid) -> str:
    place = [supplier.key for supplier in telling.content.suppliers].index(item.supplier)
    return AI_STATEMENTS[place % len(AI_STATEMENTS)]
