"""Bands to the penny, and standstills over holidays and changes of clocks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from challenges.kinds import LegalRoute
from challenges.words import TOPIC_WORDS
from marketplace.core.regimes import book
from marketplace.core.regimes.book import Standstill, standstill_end
from marketplace.core.regimes.shapes import KeptFrom, LetterItem, LetterKind, Whom
from marketplace.core.strict_toml import ContentError

SCOTLAND = book.regime_on("scotland", date(2026, 6, 1))
ACT_OF_2023 = book.regime_on("uk-2023", date(2026, 6, 1))
TEN = Standstill("required", 10, 15, "working_day")
ANY_DAY = replace(TEN, ends="any_day")


@pytest.mark.parametrize(
    ("body", "minor", "band"),
    [
        ("local", 0, "below_act"),
        ("local", 49_999_99, "below_act"),
        ("local", 50_000_00, "regulated"),
        # £207,720 with VAT is £173,100 without; a central body's £135,018 is £112,515.
        ("local", 173_099_99, "regulated"),
        ("local", 173_100_00, "above_threshold"),
        ("health", 173_100_00, "above_threshold"),
        ("central", 112_514_99, "regulated"),
        ("central", 112_515_00, "above_threshold"),
        ("central", 10**15, "above_threshold"),
    ],
)
def test_band_of_a_value_begins_exactly_at_its_threshold(body: str, minor: int, band: str) -> None:
    assert SCOTLAND.band_for(body, minor).key == band


@pytest.mark.parametrize(
    ("body", "minor", "band"),
    [
        # £12,000 and £30,000 with VAT are £10,000 and £25,000 without.
        ("central", 9_999_99, "below_notifiable"),
        ("central", 10_000_00, "notifiable"),
        ("local", 24_999_99, "below_notifiable"),
        ("local", 25_000_00, "notifiable"),
        ("central", 112_515_00, "covered"),
        ("local", 173_099_99, "notifiable"),
        ("local", 173_100_00, "covered"),
    ],
)
def test_bands_of_the_act_of_2023_begin_with_vat(body: str, minor: int, band: str) -> None:
    assert ACT_OF_2023.band_for(body, minor).key == band


@pytest.mark.parametrize(("minor", "asked"), [(4_166_666_00, False), (4_166_667_00, True)])
def test_indicators_are_asked_for_above_five_million_with_vat(minor: int, asked: bool) -> None:
    rules = ACT_OF_2023.band("covered").rules_at(minor)

    assert any(rule.provision == "2023 Act, s. 52" for rule in rules) == asked
    assert any("UK9" in rule.says for rule in rules) == asked
    # What holds whatever the value names its notice as the service for notices does.
    named = " ".join(rule.says for rule in rules)
    assert all(
        f"({each})" in named for each in ("UK2", "UK4", "UK6", "UK7", "UK10", "UK11", "UK12")
    )


def test_regime_before_its_first_version_is_the_first() -> None:
    assert book.regime_on("scotland", date(1999, 1, 1)) is book.versions("scotland")[0]
    assert book.regime_on("scotland", date(2999, 1, 1)) is book.versions("scotland")[-1]


def test_regime_of_a_plan_is_found_by_its_version() -> None:
    assert book.version_of("scotland", SCOTLAND.version) is SCOTLAND
    with pytest.raises(LookupError):
        book.version_of("scotland", "1707-05")
    with pytest.raises(ContentError):
        book.versions("atlantis")


def test_regime_has_bands_in_order_and_answers_every_item() -> None:
    for regime in book.versions("scotland"):
        starts = [band.from_pounds["central"] for band in regime.bands]
        assert starts == sorted(starts)
        assert starts[0] == 0
        assert regime.source
        assert all(item.provision and item.asks and item.answer for item in regime.report_items)


def ends(sent: str, rule: Standstill = TEN, *, electronic: bool = True) -> str:
    """Give when a standstill ends, in UTC, for letters sent at an instant in UTC."""
    at = datetime.fromisoformat(sent).replace(tzinfo=UTC)
    end = standstill_end(rule, at, electronic=electronic)
    return end.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("sent", "end"),
    [
        # Tuesday + 10 days is a Friday: over at midnight after it.
        ("2026-12-01 10:00", "2026-12-12 00:00"),
        # The hour of sending does not matter, London's day does.
        ("2026-12-01 00:00", "2026-12-12 00:00"),
        ("2026-12-01 23:59", "2026-12-12 00:00"),
        # + 10 days is a Saturday: the last day is the Monday after.
        ("2026-12-02 10:00", "2026-12-15 00:00"),
        # + 10 is Christmas Day, a Friday; Boxing Day's holiday is Monday 28: so Tuesday 29.
        ("2026-12-15 10:00", "2026-12-30 00:00"),
        # + 10 is New Year's Day; 2 January is a holiday in Scotland, a Saturday, moved to Monday.
        ("2026-12-22 10:00", "2027-01-06 00:00"),
        # + 10 is Good Friday 2027; Easter Monday is a working day in Scotland.
        ("2027-03-16 10:00", "2027-03-29 23:00"),
    ],
)
def test_standstill_ends_at_midnight_after_a_working_day(sent: str, end: str) -> None:
    assert ends(sent) == end


def test_standstill_over_the_change_to_summer_time_ends_at_londons_midnight() -> None:
    # The clocks go forward on 29 March 2026; the tenth day is Good Friday, Easter Monday is work.
    assert ends("2026-03-24 10:00") == "2026-04-06 23:00"
    assert ends("2026-03-20 10:00") == "2026-03-30 23:00"


def test_standstill_over_the_change_to_winter_time_ends_at_londons_midnight() -> None:
    # The clocks go back on 25 October 2026.
    assert ends("2026-10-20 10:00") == "2026-10-31 00:00"


def test_standstill_sent_late_on_a_summer_evening_counts_from_londons_next_day() -> None:
    # 23:30 in UTC is half past midnight in London: the day after.
    assert ends("2026-06-01 23:30") == "2026-06-12 23:00"
    assert ends("2026-06-01 22:30") == "2026-06-11 23:00"


def test_standstill_of_letters_on_paper_is_longer() -> None:
    assert ends("2026-12-01 10:00", electronic=False) == "2026-12-17 00:00"


def test_standstill_that_may_end_on_any_day_takes_no_note_of_holidays() -> None:
    assert ends("2026-12-15 10:00", ANY_DAY) == "2026-12-26 00:00"


def test_standstill_where_there_is_none_ends_at_once() -> None:
    at = datetime(2026, 12, 1, 10, tzinfo=UTC)

    assert standstill_end(Standstill("none"), at) == at


def test_standstill_lasts_ten_whole_days_at_least() -> None:
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for day in range(365):
        sent = at + timedelta(days=day)
        assert standstill_end(TEN, sent) - sent >= timedelta(days=10)


def test_band_is_found_by_its_key() -> None:
    assert SCOTLAND.band("regulated") is SCOTLAND.bands[1]
    with pytest.raises(LookupError):
        SCOTLAND.band("unknown")


def test_regime_says_of_each_route_for_which_bands_it_is_meant() -> None:
    bands = {band.key for band in SCOTLAND.bands}

    assert set(SCOTLAND.routes) == set(LegalRoute)
    for key, route in SCOTLAND.routes.items():
        assert (route.key, bool(route.provision)) == (key, True)
        assert route.bands
        assert set(route.bands) <= bands
        assert set(route.days_to_bid) <= set(route.bands)
    assert all(any(band in route.bands for route in SCOTLAND.routes.values()) for band in bands)


def test_only_above_the_threshold_is_the_notice_published_before_anything_else() -> None:
    assert [band.key for band in SCOTLAND.bands if band.notices.contract_first] == [
        "above_threshold"
    ]


def test_rule_with_a_value_of_its_own_holds_from_that_value() -> None:
    band = SCOTLAND.band("above_threshold")
    benefits = [rule for rule in band.follows if rule.from_pounds]

    assert benefits
    assert not set(benefits) & set(band.rules_at(benefits[0].from_pounds * 100 - 1))
    assert set(benefits) <= set(band.rules_at(benefits[0].from_pounds * 100))
    assert {rule.topic for rule in band.follows} == set(TOPIC_WORDS)


def items(band: str, kind: LetterKind, whom: Whom) -> list[str]:
    return [told.item for told in SCOTLAND.band(band).letters[kind].to(whom)]


def test_letters_tell_what_the_act_asks_below_the_threshold_and_the_regulations_above() -> None:
    # 2014 Act, s. 32(5): the name, the criteria and both scores.
    act = {"successful_name", "criteria", "own_scores", "successful_scores"}
    assert act <= set(items("regulated", LetterKind.INTENTION, Whom.UNSUCCESSFUL))
    # 2015 Regulations, reg. 85(2)(d): besides, why, and what the successful bid did better.
    regulations = items("above_threshold", LetterKind.INTENTION, Whom.UNSUCCESSFUL)
    assert act | {"own_reasons", "relative_advantages", "standstill"} <= set(regulations)
    assert LetterItem.RELATIVE_ADVANTAGES not in items(
        "above_threshold", LetterKind.INTENTION, Whom.SUCCESSFUL
    )
    # s. 33(4): whoever lost is told why, whoever won what could have been better.
    assert items("regulated", LetterKind.FURTHER_INFORMATION, Whom.SUCCESSFUL) == ["improvements"]


def test_further_information_has_the_clock_of_its_band() -> None:
    days = {band.key: band.further_information_days for band in SCOTLAND.bands}

    assert days == {"below_act": 30, "regulated": 30, "above_threshold": 15}
    letter = SCOTLAND.band("regulated").letters[LetterKind.FURTHER_INFORMATION]
    assert letter.asked_within_days == 30


def test_contract_changes_have_a_limit_only_above_the_threshold() -> None:
    assert [band.contract_change.most_percent for band in SCOTLAND.bands] == [None, None, 50]


def test_only_regulated_contracts_are_lines_of_the_register_and_of_the_annual_report() -> None:
    below, *regulated = SCOTLAND.bands

    assert (below.contracts_register, below.annual_report) == (None, None)
    for band in regulated:
        assert band.contracts_register is not None
        assert band.annual_report is not None
        assert band.contracts_register.from_pounds == SCOTLAND.bands[1].from_pounds["local"]
        assert len(band.contracts_register.tells) == 7


def test_records_are_kept_from_the_award_or_from_the_end() -> None:
    for band in SCOTLAND.bands:
        assert band.retention_years == 3
        assert band.keeping["contract"].starts is KeptFrom.END_OF_CONTRACT
        assert band.keeping["no_award"].starts is KeptFrom.END_WITHOUT_AWARD


def test_route_that_lifts_the_rules_leaves_no_register_and_no_limit() -> None:
    band = SCOTLAND.under(SCOTLAND.band("above_threshold"), "research_and_development")

    assert (band.contracts_register, band.annual_report) == (None, None)
    assert band.contract_change.most_percent is None
    assert band.letters == SCOTLAND.band("above_threshold").letters


def test_law_asks_for_the_report_only_above_the_threshold() -> None:
    assert SCOTLAND.asked_in("above_threshold") == SCOTLAND.report_items
    assert SCOTLAND.asked_in("regulated") == ()
