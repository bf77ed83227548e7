"""Why a band holds, which routes fit it, and how many days there must be to bid."""

from datetime import UTC, datetime, timedelta

import pytest

from challenges.kinds import LegalRoute
from challenges.law import (
    Law,
    days_to_bid,
    law_holding,
    law_of,
    lifted_by,
    reckonings,
    route_fits,
    routes,
)
from challenges.models import Challenge, EvaluationPlan, Stage
from challenges.readiness import Finding, check
from marketplace.core.accounts.models import BodyType, Organisation

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def a_challenge(pounds: int, route: LegalRoute | None, days: int = 60) -> Challenge:
    return Challenge(
        buyer=Organisation(body_type=BodyType.LOCAL),
        title="How?",
        value_minor=pounds * 100,
        legal_route=route,
        stages=[Stage(closes_at=NOW + timedelta(days=days), price_model="fixed_budget")],
    )


def of_the_law(challenge: Challenge) -> list[Finding]:
    return [f for f in check(challenge, NOW) if "route" in f.data]


def test_reckoning_counts_vat_only_where_the_threshold_does() -> None:
    law = law_of(a_challenge(173_100, None), NOW)

    found = reckonings(law.regime, "local", 173_100_00)

    assert [(each.threshold_minor, each.counted_minor, each.reached) for each in found] == [
        (0, 173_100_00, True),
        (50_000_00, 173_100_00, True),
        (207_720_00, 207_720_00, True),
    ]
    assert reckonings(law.regime, "local", 173_099_99)[2].reached is False


def test_law_of_a_published_challenge_is_the_one_its_plan_was_pinned_to() -> None:
    challenge = a_challenge(400_000, LegalRoute.OPEN)
    challenge.stage.plans = [
        EvaluationPlan(regime="scotland", regime_version="2026-01", band="regulated")
    ]

    assert law_holding(challenge, NOW).band.key == "regulated"
    challenge.stage.plans = []
    assert law_holding(challenge, NOW).band.key == "above_threshold"


@pytest.mark.parametrize(
    ("pounds", "route", "fits"),
    [
        (40_000, LegalRoute.BELOW_THRESHOLD, True),
        (100_000, LegalRoute.BELOW_THRESHOLD, True),
        (400_000, LegalRoute.BELOW_THRESHOLD, False),
        (400_000, LegalRoute.RESEARCH_AND_DEVELOPMENT, True),
        (40_000, LegalRoute.INNOVATION_PARTNERSHIP, False),
        (100_000, LegalRoute.NEGOTIATED, True),
        (400_000, LegalRoute.DESIGN_CONTEST, True),
    ],
)
def test_route_that_does_not_fit_the_value_is_named_before_review(
    pounds: int, route: LegalRoute, fits: bool
) -> None:
    challenge = a_challenge(pounds, route)
    law = law_of(challenge, NOW)

    found = of_the_law(challenge)

    assert route_fits(law, route) is fits
    assert (route in {each.key for each in routes(law)}) is fits
    assert [finding.needed for finding in found] == ([] if fits else [True])


@pytest.mark.parametrize(
    ("pounds", "route", "days", "wanted"),
    [
        (400_000, LegalRoute.OPEN, 29, 30),
        (400_000, LegalRoute.OPEN, 30, 0),
        (400_000, LegalRoute.RESEARCH_AND_DEVELOPMENT, 11, 0),
        (100_000, LegalRoute.OPEN, 11, 0),
    ],
)
def test_too_little_time_under_the_law_is_named_with_its_provision(
    pounds: int, route: LegalRoute, days: int, wanted: int
) -> None:
    found = of_the_law(a_challenge(pounds, route, days))

    assert [f.data["wanted"] for f in found] == ([wanted] if wanted else [])
    assert all(f.needed and f.data["given"] == days and f.data["provision"] for f in found)


def test_time_under_the_law_counts_days_in_london_not_hours() -> None:
    challenge = a_challenge(400_000, LegalRoute.OPEN)
    challenge.stage.closes_at = datetime(2026, 12, 31, 9, 0, tzinfo=UTC)

    assert of_the_law(challenge) == []


def test_law_without_a_value_says_nothing() -> None:
    challenge = a_challenge(1, LegalRoute.OPEN)
    challenge.value_minor = None

    assert of_the_law(challenge) == []


def test_days_to_bid_of_a_band_without_an_entry_is_none() -> None:
    law = law_of(a_challenge(40_000, None), NOW)

    assert isinstance(law, Law)
    assert days_to_bid(law, LegalRoute.OPEN) == 0


@pytest.mark.parametrize("pounds", [100_000, 400_000])
def test_research_and_development_takes_a_purchase_out_of_what_its_value_would_bring(
    pounds: int,
) -> None:
    plain = law_of(a_challenge(pounds, LegalRoute.OPEN), NOW)
    law = law_of(a_challenge(pounds, LegalRoute.RESEARCH_AND_DEVELOPMENT), NOW)
    lifted = lifted_by(law, LegalRoute.RESEARCH_AND_DEVELOPMENT)

    assert lifted is not None
    assert "reg. 15" in lifted.provision
    assert lifted_by(plain, LegalRoute.OPEN) is None
    assert law.band.key == plain.band.key
    assert law.band.standstill.kind == "voluntary"
    assert law.band.standstill.days_electronic == 10
    notices = law.band.notices
    assert (notices.contract_required, notices.contract_first) == (False, False)
    assert notices.award_required is False
    # Not a word of the single procurement document, of regulation 83 or of a register is left.
    assert not set(plain.band.follows) & set(law.band.follows)


def test_route_lifts_nothing_where_the_law_asks_nothing() -> None:
    below = a_challenge(40_000, LegalRoute.RESEARCH_AND_DEVELOPMENT)

    assert lifted_by(law_of(below, NOW), LegalRoute.RESEARCH_AND_DEVELOPMENT) is None
    assert law_of(below, NOW).band == law_of(a_challenge(40_000, None), NOW).band


def test_law_of_a_published_challenge_follows_its_route_too() -> None:
    challenge = a_challenge(400_000, LegalRoute.RESEARCH_AND_DEVELOPMENT)
    challenge.stage.plans = [
        EvaluationPlan(regime="scotland", regime_version="2026-01", band="above_threshold")
    ]

    assert law_holding(challenge, NOW).band.standstill.kind == "voluntary"
