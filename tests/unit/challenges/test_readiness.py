"""What a draft lacks, and where it is weak, in plain words."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from challenges.drafting.kinds import Duty, Topic
from challenges.drafting.models import RecordAnswer, TeamMember
from challenges.kinds import CriterionKind, LegalRoute, PriceModel
from challenges.models import Challenge, Criterion, ScaleDescriptor, Stage
from challenges.notices.models import ChosenCode
from challenges.readiness import check, needed
from challenges.readiness.timeline import of_closing
from marketplace.core.accounts.models import BodyType, Organisation
from marketplace.core.regimes.working_days import LONDON, holidays_known_until

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def a_question(title: str, weight: str) -> Criterion:
    return Criterion(
        key=title.lower(),
        kind=CriterionKind.QUALITY,
        title=title,
        question="How?",
        weight=Decimal(weight),
        max_score=Decimal(3),
        descriptors=[ScaleDescriptor(score=Decimal(n), text="Level") for n in range(4)],
    )


def a_price(weight: str) -> Criterion:
    return Criterion(key="price", kind=CriterionKind.PRICE, title="Price", weight=Decimal(weight))


def a_complete_draft() -> Challenge:
    stage = Stage(
        closes_at=datetime(2026, 12, 29, 12, tzinfo=UTC),
        price_model=PriceModel.FIXED_BOUNDS,
        minimum_panel=3,
        budget_minor=40_000_00,
        best_minor=20_000_00,
        worst_minor=40_000_00,
        criteria=[a_question("Solves", "40.5"), a_question("Team", "29.5"), a_price("30")],
    )
    return Challenge(
        buyer=Organisation(body_type=BodyType.LOCAL),
        title="How can technology help people find a warm place to wait?",
        summary="Waiting rooms are cold.",
        problem="People wait in the cold. " * 10,
        affected="Older people.",
        today="A list on paper.",
        why_now="Winter.",
        outcome="People find a warm place.",
        measures="Half of those asked used it.",
        support="A map.",
        research="We asked twelve people at three stops.",
        terms="Our standard terms for small contracts.",
        panel_planned=4,
        team=[
            TeamMember(duty=duty, name="Sam Sample, who knows")
            for duty in (Duty.SERVICE, Duty.TECHNICAL, Duty.USERS)
        ],
        record=[RecordAnswer(topic=topic, text="In our files.") for topic in Topic],
        region="tayside",
        sector="transport",
        legal_route=LegalRoute.BELOW_THRESHOLD,
        value_minor=45_000_00,
        codes=[ChosenCode(code="72000000", main=True)],
        stages=[stage],
    )


def a_scale_to(highest: int, *scores: int) -> Callable[[Challenge], None]:
    def change(challenge: Challenge) -> None:
        criterion = challenge.stage.criteria[0]
        criterion.max_score = Decimal(highest)
        criterion.descriptors = [ScaleDescriptor(score=Decimal(n), text="Level") for n in scores]

    return change


def setting(name: str, value: object) -> Callable[[Challenge], None]:
    def change(challenge: Challenge) -> None:
        setattr(challenge.stage if hasattr(Stage, name) else challenge, name, value)

    return change


def recorded_but_for(topic: Topic) -> Callable[[Challenge], None]:
    def change(challenge: Challenge) -> None:
        challenge.record = [answer for answer in challenge.record if answer.topic is not topic]

    return change


def asking(
    turnover: int | None = None, insurance: int | None = None, why: str = ""
) -> Callable[[Challenge], None]:
    def change(challenge: Challenge) -> None:
        challenge.required_turnover_minor = turnover
        challenge.required_insurance_minor = insurance
        challenge.requirements = why

    return change


@pytest.mark.parametrize(
    "words",
    [
        "How can technology help people find a warm place?",
        "The systems that hold the timetable stay.",
        "People use an app of their own, and a website in the library.",
        "We need people to feel safe. We want to know how the building is used.",
        "It takes a toolbox to open the door.",
    ],
)
def test_words_that_only_mention_a_thing_are_no_product_language(words: str) -> None:
    draft = a_complete_draft()
    draft.problem = f"{words} " * 10

    assert check(draft, NOW) == []


def test_reason_that_a_question_does_not_apply_completes_the_record() -> None:
    draft = a_complete_draft()
    draft.record[-1].not_applicable = True

    assert check(draft, NOW) == []


def test_complete_draft_lacks_nothing() -> None:
    assert check(a_complete_draft(), NOW) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (setting("summary", ""), "Write a summary"),
        (setting("problem", ""), "Describe the problem"),
        (setting("affected", ""), "who is affected"),
        (setting("outcome", ""), "what outcome you want"),
        (setting("measures", ""), "no measure of success"),
        (setting("region", None), "Choose a region"),
        (setting("sector", None), "Choose a sector"),
        (setting("legal_route", None), "legal route"),
        (setting("value_minor", None), "total value"),
        (setting("value_minor", 39_999_99), "higher than the total value"),
        (setting("worst_minor", None), "price that gets all the points"),
        (setting("criteria", []), "no criterion"),
        (setting("criteria", [a_price("100")]), "price alone, which the law does not allow"),
        (setting("criteria", [a_question("Solves", "100")]), "it has no weight"),
        (setting("closes_at", None), "Choose when bidding closes"),
        (setting("closes_at", NOW), "in the past"),
        (setting("closes_at", NOW - timedelta(days=1)), "in the past"),
        (setting("closes_at", datetime.max.replace(tzinfo=UTC)), "more than two years from now"),
        (a_scale_to(5, 0, 1, 2, 4, 5), "what these scores mean: %(scores)s"),
        (a_scale_to(20, 0), "what these scores mean: %(scores)s"),
        (setting("questions_until", NOW), "last time for questions is in the past"),
        (setting("decision_on", date(2026, 12, 28)), "do not come one after the other"),
        (setting("panel_planned", 2), "panel is too small"),
        (setting("record", []), "who pays to run it after the first year"),
        (recorded_but_for(Topic.CYBER), "open questions of your record"),
        (asking(turnover=90_000_01), "out of proportion"),
    ],
)
def test_missing_thing_is_needed_before_review(
    change: Callable[[Challenge], None], said: str
) -> None:
    draft = a_complete_draft()
    change(draft)

    assert any(said in finding.message for finding in needed(draft, NOW))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (setting("title", "A waiting room app"), "not a question"),
        (setting("problem", "It is cold."), "in a few words only"),
        (setting("today", ""), "what happens today"),
        (setting("support", ""), "data, places and people"),
        (setting("research", ""), "what the people affected said"),
        (setting("terms", ""), "no draft contract"),
        (setting("panel_planned", None), "how many people will score"),
        (setting("team", []), "somebody who runs the service and somebody technical"),
        (setting("closes_at", datetime(2026, 12, 28, 12, tzinfo=UTC)), "a bank holiday"),
        (setting("closes_at", datetime(2027, 1, 9, 12, tzinfo=UTC)), "a weekend"),
        (setting("closes_at", datetime(2027, 1, 8, 13, tzinfo=UTC)), "not close at midday"),
        (setting("closes_at", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)), "comes twice"),
        (setting("closes_at", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)), "comes twice"),
        (setting("questions_until", datetime(2026, 12, 27, 12, tzinfo=UTC)), "at least 3 days"),
        (asking(turnover=45_000_01, why="They hold our data."), "higher than the total value"),
        (asking(turnover=90_000_01, why="They hold our data."), "out of proportion"),
        (asking(insurance=450_000_01, why="Buses."), "out of proportion to most risks"),
        (asking(insurance=5_000_00), "Say why you ask"),
        (setting("outcome", "A new mobile app for waiting rooms."), "“%(words)s” speaks"),
        (setting("problem", "We urgently need a digital platform. " * 10), "“%(words)s” speaks"),
        (setting("problem", "The council is looking for a chatbot. " * 9), "“%(words)s” speaks"),
        (setting("measures", "We build a dashboard of SharePoint."), "names a product"),
        (setting("budget_minor", None), "the most you can pay"),
        (setting("price_model", PriceModel.LOWEST_PRICE_RATIO), "when a third comes or goes"),
        (setting("closes_at", NOW + timedelta(days=10, seconds=-1)), "fewer than 10 days"),
    ],
)
def test_weak_thing_is_advice_and_stops_nobody(
    change: Callable[[Challenge], None], said: str
) -> None:
    draft = a_complete_draft()
    change(draft)

    assert needed(draft, NOW) == []
    assert any(said in finding.message for finding in check(draft, NOW))


def test_exactly_ten_days_to_closing_are_enough() -> None:
    draft = a_complete_draft()
    draft.stage.closes_at = NOW + timedelta(days=10)

    assert not any("fewer than 10 days" in finding.message for finding in check(draft, NOW))


def test_long_scale_needs_its_two_ends_only() -> None:
    draft = a_complete_draft()
    a_scale_to(20, 0, 20)(draft)

    assert check(draft, NOW) == []


def test_weights_that_miss_one_hundred_are_named_with_their_sum() -> None:
    draft = a_complete_draft()
    draft.stage.criteria[0].weight = Decimal("40.499")

    (finding,) = needed(draft, NOW)

    assert finding.message % finding.data == (
        "The weights add up to 99.999. Together with price they must add up to 100."
    )


def test_question_without_words_is_named_by_its_title() -> None:
    draft = a_complete_draft()
    draft.stage.criteria[1].question = ""

    (finding,) = needed(draft, NOW)

    assert finding.message % finding.data == "“Team” has no question for bidders to answer."


def test_fixed_budget_without_amount_is_needed() -> None:
    draft = a_complete_draft()
    draft.stage.price_model = PriceModel.FIXED_BUDGET
    draft.stage.budget_minor = None
    draft.stage.criteria = [a_question("Solves", "60"), a_question("Team", "40")]

    assert [finding.message for finding in check(draft, NOW)] == [
        "There is no budget. Say what the supplier is paid."
    ]


def test_closing_in_a_year_whose_holidays_are_not_known_is_to_be_checked() -> None:
    day = holidays_known_until() + timedelta(days=1)
    while day.weekday():
        day += timedelta(days=1)

    (found,) = of_closing(datetime.combine(day, time(12), LONDON))

    assert "not known here yet" in found.message
