"""The shape of a draft's sections: what is refused, what is tidied, and when an edition changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from challenges.drafting.kinds import Duty, Topic
from challenges.kinds import PriceModel
from challenges.sections import (
    Content,
    Member,
    Money,
    Outcome,
    Place,
    Problem,
    Question,
    Record,
    Recorded,
    Requirements,
    Sponsors,
    Team,
    Terms,
    Timeline,
    edition,
    tidied,
)

NOON = datetime(2026, 12, 29, 12, tzinfo=UTC)
QUESTION = Question(title="Solves", weight=Decimal(40))


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (Problem(title=""), {"title"}),
        (Problem(title="x" * 200, summary="x" * 300, problem="x" * 20_000), set()),
        (
            Problem(title="x" * 201, summary="x" * 301, today="x" * 20_001),
            {"title", "summary", "today"},
        ),
        (Outcome(measures="x" * 20_001), {"measures"}),
        (Place(region="atlantis", sector="magic", round="x" * 41), {"region", "sector", "round"}),
        (Place(region="tayside", sector="rural"), set()),
        (Money(PriceModel.FIXED_BUDGET, value_minor=0), {"value_minor"}),
        (Money(PriceModel.FIXED_BUDGET, budget_minor=-1), {"budget_minor"}),
        (Money(PriceModel.FIXED_BUDGET, value_minor=10**14 + 1), {"value_minor"}),
        (Money(PriceModel.FIXED_BOUNDS, best_minor=-1, worst_minor=1), {"best_minor"}),
        (Money(PriceModel.FIXED_BOUNDS, best_minor=0, worst_minor=1), set()),
        (Money(PriceModel.FIXED_BOUNDS, best_minor=5, worst_minor=5), {"worst_minor"}),
        (Money(PriceModel.FIXED_BOUNDS, price_weight=Decimal("100.001")), {"price_weight"}),
        (Timeline(), set()),
        (Timeline(NOON, NOON), {"questions_until"}),
        (Timeline(NOON, NOON - timedelta(seconds=1)), set()),
        (Timeline(None, NOON), set()),
        (Place(reach="galactic"), {"reach"}),
        (Requirements(required_turnover_minor=0, required_insurance_minor=-1),
         {"required_turnover_minor", "required_insurance_minor"}),
        (Requirements(required_turnover_minor=10**14 + 1), {"required_turnover_minor"}),
        (Terms(terms_link="ftp://example.org"), {"terms_link"}),
        (Terms(terms_link="https:// example.org"), {"terms_link"}),
        (Terms(terms_link="https://example.org/" + "x" * 500), {"terms_link"}),
        (Terms("x" * 20_000, "http://example.org"), set()),
        (Team(contact_shown=True), {"contact_name"}),
        (Team(panel_planned=0, contact_email="a b@example.org"),
         {"panel_planned", "contact_email"}),
        (Record((Recorded(Topic.LOTS, "", not_applicable=True),)), {"lots"}),
        (Record((Recorded(Topic.LOTS, "One piece.", not_applicable=True),)), set()),
        (Sponsors(("Body",) * 21), {"names"}),
        (Sponsors(("x" * 201,)), {"names"}),
        (QUESTION, set()),
        (replace(QUESTION, title="", weight=Decimal(0)), {"title", "weight"}),
        (replace(QUESTION, weight=Decimal("0.0001")), {"weight"}),
        (replace(QUESTION, max_score=Decimal(101), descriptors=()), {"max_score"}),
        (replace(QUESTION, max_score=Decimal("4.0001"), descriptors=()), {"max_score"}),
        (replace(QUESTION, min_score=Decimal(6)), {"min_score"}),
        (replace(QUESTION, word_limit=0), {"word_limit"}),
        (replace(QUESTION, descriptors=((Decimal(1), "a"), (Decimal(1), "b"))), {"descriptors"}),
        (replace(QUESTION, descriptors=((Decimal(6), "a"),)), {"descriptors"}),
        (replace(QUESTION, descriptors=((Decimal(1), ""),)), {"descriptors"}),
        (replace(QUESTION, descriptors=((Decimal(1), "x" * 501),)), {"descriptors"}),
    ],
)  # fmt: skip
def test_faults_are_named_by_field(content: Content | Question, fields: set[str]) -> None:
    assert set(content.faults()) == fields


def test_tidying_strips_ends_and_unifies_line_ends() -> None:
    assert tidied(Problem(title="  Why? ", problem="one\r\ntwo\n")) == Problem(
        title="Why?", problem="one\ntwo"
    )


def test_tidying_sponsors_sorts_them_and_names_each_once() -> None:
    assert tidied(Sponsors(("B  body", " ", "A body", "B body"))).names == ("A body", "B body")


def test_tidying_a_record_keeps_answers_in_the_order_of_the_questions() -> None:
    typed = Record(
        (
            Recorded(Topic.CYBER, " CRP-1\u200b ", False),
            Recorded(Topic.LOTS, "", False),
            Recorded(Topic.BUDGET, "", True),
            Recorded(Topic.BUSINESS_CASE, "BC-1", False),
        )
    )

    assert [(each.topic, each.text) for each in tidied(typed).answers] == [
        (Topic.BUSINESS_CASE, "BC-1"),
        (Topic.BUDGET, ""),
        (Topic.CYBER, "CRP-1"),
    ]


def test_tidying_a_team_leaves_out_duties_that_nobody_has() -> None:
    typed = Team((Member(Duty.USERS, None, " A  panel "), Member(Duty.OFFICER)))

    assert tidied(typed).members == (Member(Duty.USERS, None, "A panel"),)


def test_tidying_money_leaves_out_what_the_price_model_has_no_use_for() -> None:
    typed = Money(
        PriceModel.FIXED_BUDGET,
        budget_minor=5,
        best_minor=1,
        worst_minor=2,
        price_weight=Decimal(30),
    )

    assert tidied(typed) == Money(PriceModel.FIXED_BUDGET, budget_minor=5)
    relative = tidied(replace(typed, price_model=PriceModel.LOWEST_PRICE_RATIO))
    assert (relative.best_minor, relative.price_weight) == (None, Decimal(30))


def test_edition_changes_with_any_field_and_not_otherwise() -> None:
    content = Problem("a", "b", "c", "d", "e")

    assert edition(content) == edition(Problem("a", "b", "c", "d", "e"))
    for name in ("title", "summary", "problem", "today", "why_now"):
        assert edition(replace(content, **{name: "other"})) != edition(content)


def test_edition_tells_nothing_from_empty_and_moved_text() -> None:
    assert edition(Outcome(outcome="a")) != edition(Outcome(measures="a"))
    assert edition(Place(region=None)) != edition(Place(region=""))
    assert edition(QUESTION) != edition(replace(QUESTION, descriptors=()))
    assert edition({"a": Decimal(1)}) != edition({"a": Decimal(2)})
