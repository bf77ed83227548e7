"""Periods, flags, samples and pages of a population: by rule, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest

from challenges.lifecycle import State
from marketplace.core.errors import Forbidden
from marketplace.core.permissions import Actor, Role, ensure
from marketplace.core.regimes import book
from scoring.award.contracts.queries import notice_number
from scoring.records import listing, policy, sampling
from scoring.records.flags import BY_ACTION, TOLD, Cell, Flag, order_changed
from scoring.records.listing import Order
from scoring.records.periods import (
    Period,
    financial_year,
    period_asked,
    year_of,
    year_words,
    years_offered,
)
from scoring.records.population import Purchase, Signed, notice_late
from scoring.records.registers import purchases_table

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def a_purchase(
    reference: str, *flags: Flag, value: int | None = None, bids: int | None = 2
) -> Purchase:
    return Purchase(
        id=UUID(int=1),
        reference=reference,
        title=f"How can {reference} help?",
        state=State.SIGNED,
        published_at=NOW,
        closed_at=NOW,
        route="",
        band="",
        rules="",
        value_minor=value,
        elsewhere=False,
        bids=bids,
        evaluators=3,
        decided_at=None,
        flags=dict.fromkeys(flags, 1),
    )


def actor(*roles: Role) -> Actor:
    return Actor(UUID(int=1), "Una Sample", UUID(int=2), frozenset(roles))


def test_financial_year_has_both_its_days_and_begins_at_midnight_in_london() -> None:
    year = financial_year(2026)

    assert (year.first, year.last) == (date(2026, 4, 1), date(2027, 3, 31))
    assert year.begins == datetime(2026, 3, 31, 23, tzinfo=UTC)  # summer time
    assert year.ends == datetime(2027, 3, 31, 23, tzinfo=UTC)
    assert year.year == 2026
    assert Period(date(2026, 4, 1), date(2026, 9, 30)).year is None


@pytest.mark.parametrize(
    ("instant", "year"),
    [
        (datetime(2026, 3, 31, 22, 59, tzinfo=UTC), 2025),
        (datetime(2026, 3, 31, 23, 0, tzinfo=UTC), 2026),
        (NOW, 2026),
    ],
)
def test_year_of_an_instant_is_that_of_its_day_in_london(instant: datetime, year: int) -> None:
    assert year_of(instant) == year


def test_period_asked_takes_a_year_first_then_days_and_else_this_year() -> None:
    first, last = date(2026, 1, 1), date(2026, 2, 1)

    assert period_asked("2025", first, last, NOW) == financial_year(2025)
    assert period_asked("", first, last, NOW) == Period(first, last)
    assert period_asked("", last, first, NOW) == financial_year(2026)
    assert period_asked("1066", None, last, NOW) == financial_year(2026)
    assert years_offered(NOW)[:2] == [2026, 2025]
    assert year_words(2099) == "2099/00"


def cells(*scores: tuple[str, int | None, int | None], weight: int = 60) -> list[Cell]:
    def share(score: int | None) -> Fraction | None:
        return None if score is None else Fraction(score, 5)

    return [
        Cell(bid, "solves", Fraction(weight), share(own), share(agreed))
        for bid, own, agreed in scores
    ]


def test_order_changed_when_another_bid_leads_after_moderation() -> None:
    assert order_changed(cells(("A", 4, 3), ("B", 3, 4)))


def test_order_changed_when_bids_tie_only_after_moderation() -> None:
    assert order_changed(cells(("A", 4, 3), ("B", 3, 3)))


def test_order_stays_when_every_score_moves_and_no_place_does() -> None:
    assert not order_changed(cells(("A", 4, 3), ("B", 2, 1)))


def test_order_weighs_criteria_and_leaves_out_a_bid_without_an_agreed_score() -> None:
    light = [
        c._replace(criterion="team", weight=Fraction(1)) for c in cells(("A", 1, 5), ("B", 5, 1))
    ]

    assert not order_changed([*cells(("A", 5, 5), ("B", 1, 1)), *light])
    assert not order_changed(cells(("A", 1, None), ("B", 5, 5), ("C", None, 1)))


def test_every_flag_is_told_and_what_entries_raise_is_a_flag() -> None:
    assert set(TOLD) == set(Flag)
    told_otherwise = set(Flag) - set(BY_ACTION.values())
    # These follow from bids, scores, contracts and notices, which no single entry tells.
    assert told_otherwise == {
        *(Flag.NO_BID, Flag.ONE_BID, Flag.LEFT_OUT, Flag.ORDER_CHANGED, Flag.RECOMPUTED),
        *(Flag.NOTICE_LATE, Flag.VALUE_CHANGED),
    }


def test_sample_is_the_same_for_the_same_seed_and_keeps_its_order_when_more_come() -> None:
    references = [f"CH-{number:03d}" for number in range(100)]
    drawn = sampling.draw(references, seed="4 2 6 1", size=10)

    assert drawn == sampling.draw(reversed(references), seed="4 2 6 1", size=10)
    assert drawn != sampling.draw(references, seed="4 2 6 2", size=10)
    more = sampling.draw([*references, "CH-900"], seed="4 2 6 1", size=10)
    assert [each for each in more if each != "CH-900"] == drawn[: 9 if "CH-900" in more else 10]
    assert sampling.population_digest(["B", "A"]) == sampling.population_digest(["A", "B"])
    assert sampling.draw([], seed="1", size=3) == []


def test_page_filters_orders_and_goes_on_after_a_reference() -> None:
    rows = [
        a_purchase("CH-A", Flag.ONE_BID, value=5, bids=1),
        a_purchase("CH-B", value=9, bids=None),
        a_purchase("CH-C", Flag.ONE_BID, Flag.COMPLAINT, bids=0),
    ]

    def references(**asked: object) -> list[str]:
        return [row.reference for row in listing.page_of(rows, **asked).rows]  # type: ignore[arg-type]  # mixed dict

    assert references() == ["CH-A", "CH-B", "CH-C"]
    assert references(flag=Flag.COMPLAINT) == ["CH-C"]
    assert references(only_flagged=True, order=Order.FLAGS) == ["CH-C", "CH-A"]
    assert references(words="HELP ch-b") == ["CH-B"]
    assert references(order=Order.VALUE) == ["CH-B", "CH-A", "CH-C"]
    assert references(order=Order.BIDS) == ["CH-C", "CH-A", "CH-B"]
    page = listing.page_of(rows, size=2)
    assert (page.after, page.first_page, page.found) == ("CH-B", True, 3)
    assert page.flags[Flag.ONE_BID] == page.flagged == 2
    following = listing.page_of(rows, size=2, after=page.after)
    assert ([row.reference for row in following.rows], following.after) == (["CH-C"], None)
    assert listing.page_of(rows, after="CH-Z").first_page


def test_value_of_a_purchase_is_that_of_its_contracts_as_changed() -> None:
    signed = [Signed("C1", "A", 10, 12, NOW), Signed("C2", "B", 5, 5, NOW)]
    purchase = a_purchase("CH-A")

    assert purchase.signed_minor is None
    assert Purchase(**{**vars(purchase), "contracts": signed}).signed_minor == 17


def test_rules_of_a_purchase_that_its_route_takes_out_of_those_of_its_value_say_so() -> None:
    def translate(words: str, **data: object) -> str:
        return words % data if data else words

    purchase = a_purchase("CH-A")
    plain = replace(purchase, band="From £50,000", rules="The Act")
    lifted = replace(purchase, band="Above the threshold", rules="Own orders", lifted=True)
    rows = purchases_table([plain, lifted], translate).rows
    assert [row[6] for row in rows] == [
        "From £50,000: The Act",
        "Own orders, as the legal route has it. By its value alone: Above the threshold",
    ]


@pytest.mark.parametrize("role", [Role.PROCUREMENT_OFFICER, Role.AUDITOR])
def test_officers_and_auditors_may_read_lists(role: Role) -> None:
    assert policy.can_read_lists(actor(role)).allowed


def test_others_may_read_no_lists_and_only_auditors_draw() -> None:
    with pytest.raises(Forbidden):
        ensure(policy.can_read_lists(actor(Role.EVALUATOR, Role.CHAIR, Role.APPROVER)))
    assert policy.can_sample(actor(Role.AUDITOR)).allowed
    with pytest.raises(Forbidden):
        ensure(policy.can_sample(actor(Role.PROCUREMENT_OFFICER)))


def test_notice_of_a_contract_is_looked_for_by_its_number_and_not_by_when_it_was_signed() -> None:
    bands = [band for key in book.regimes() for band in book.shipped(key)[-1].bands]
    band = next(each for each in bands if each.notices.award_required)
    days, day = timedelta(days=band.notices.award_days), NOW.date()
    # The second winner signed long before the first, and a further contract followed.
    contracts = [
        Signed("C2", "B", 5, 5, NOW - 3 * days, notice=2),
        Signed("C1", "A", 5, 5, NOW - days / 2, notice=1),
        Signed("C3", "B", 5, 5, NOW - days / 2, notice=1_003),
        Signed("C0", "B", 5, 5, NOW - 9 * days),
    ]

    assert not notice_late(contracts, {2: day - 3 * days}, band, NOW)
    assert notice_late(contracts, {1: day - 3 * days}, band, NOW)
    assert notice_late(contracts, {2: day - 3 * days}, band, NOW + days)


def test_first_contract_with_a_winner_has_the_notice_of_its_place() -> None:
    assert notice_number(advanced=False, place=2, number=1, again=False) == 2
    assert notice_number(advanced=False, place=2, number=3, again=True) == 1_003
    assert notice_number(advanced=True, place=2, number=1, again=False) is None
