"""Grounds of exclusion: what is asked of each, and which decision about a bid they bear."""

from datetime import date

import pytest

from bids.grounds import policy
from bids.grounds.document import DeclaredGround
from bids.grounds.policy import Found, Verdict
from marketplace.core.regimes.grounds import (
    ExclusionGround,
    Force,
    GroundRules,
    ground_versions,
    grounds_of_version,
    grounds_on,
)

TODAY = date(2026, 11, 30)
RULES = grounds_on("scotland", TODAY)
OTHER = grounds_on("uk-2023", TODAY)
FRAUD = DeclaredGround("fraud", date(2024, 5, 1), "We paid it back.")
OWED = DeclaredGround("tax_decided", None, "We agreed a plan.")
WHO = ("party", "Specimen Fictional Ltd")


def awaited(*declared: DeclaredGround, band: str = "above_threshold") -> list[policy.Awaited]:
    return policy.awaited(*WHO, declared, RULES, RULES, band, TODAY)


def found(ground: str, verdict: Verdict, reason: str = "Seen.") -> Found:
    return Found("party", ground, verdict, reason)


def test_rules_cover_every_ground_that_the_law_lists() -> None:
    keys = {ground.key for ground in RULES.grounds}
    mandatory = {
        each.key for each in RULES.grounds if each.force("above_threshold") is Force.MANDATORY
    }
    crimes = {"criminal_organisation", "corruption", "fraud", "terrorism", "money_laundering"}
    assert mandatory == crimes | {"drug_trafficking", "trafficking", "tax_decided", "blacklisting"}
    discretionary = {"tax_otherwise", "environmental_social_labour", "insolvency", "misconduct"}
    discretionary |= {"anti_competitive", "conflict", "prior_involvement", "poor_performance"}
    assert keys == mandatory | discretionary | {"misrepresentation", "undue_influence"}


@pytest.mark.parametrize("version", ground_versions("scotland"), ids=lambda each: each.version)
def test_every_ground_stands_in_a_group_and_names_every_band(version: GroundRules) -> None:
    for ground in version.grounds:
        assert set(ground.kinds) == {"below_act", "regulated", "above_threshold"}, ground.key
        assert set(ground.provisions) == {"regulated", "above_threshold"}, ground.key
    assert all(version.of_group(group.key) for group in version.groups)
    assert grounds_of_version("scotland", version.version) is version


def test_rules_of_an_unknown_version_are_none() -> None:
    with pytest.raises(LookupError):
        grounds_of_version("scotland", "1707-01")


def test_rules_before_the_first_version_are_the_first() -> None:
    assert grounds_on("scotland", date(1999, 1, 1)) is ground_versions("scotland")[0]


@pytest.mark.parametrize(
    ("key", "day", "since"),
    [
        ("fraud", date(2026, 11, 30), date(2021, 11, 30)),
        ("blacklisting", date(2026, 1, 31), date(2023, 1, 31)),
        ("fraud", date(2028, 2, 29), date(2023, 2, 28)),
        ("fraud", date(2026, 10, 31), date(2021, 10, 31)),
        ("tax_decided", date(2026, 11, 30), None),
    ],
)
def test_a_ground_looks_back_as_long_as_its_rule_says(
    key: str, day: date, since: date | None
) -> None:
    ground = RULES.find(key)
    assert isinstance(ground, ExclusionGround)
    assert ground.looks_back_to(day) == since


def test_a_ground_does_what_the_band_says_and_the_bodys_rules_where_none_does() -> None:
    by_band = {
        band: awaited(OWED, band=band)[0].force
        for band in ("above_threshold", "regulated", "below_act", "")
    }
    assert by_band == {
        "above_threshold": Force.MANDATORY,
        "regulated": Force.DISCRETIONARY,
        "below_act": Force.OWN_RULES,
        "": Force.OWN_RULES,
    }
    assert awaited(FRAUD)[0].provision == "2015 Regulations, reg. 58(1)"
    assert awaited(FRAUD, band="")[0].provision == ""


def test_what_a_ground_does_is_said_by_the_rules_of_the_purchase() -> None:
    """Suppliers declare by the usual rules; a body may buy by others."""
    earlier = DeclaredGround("misconduct", date(2022, 11, 30), "Paid.")
    declared = (FRAUD, earlier, DeclaredGround("blacklisting", TODAY, "Stopped."))
    usual = policy.awaited(*WHO, declared, RULES, RULES, "above_threshold", TODAY)
    other = policy.awaited(*WHO, declared, RULES, OTHER, "covered", TODAY)

    assert [each.force for each in usual] == [
        Force.MANDATORY,
        Force.DISCRETIONARY,
        Force.MANDATORY,
    ]
    # The Act knows no ground of blacklisting by itself.
    assert [each.force for each in other] == [
        Force.MANDATORY,
        Force.DISCRETIONARY,
        Force.OWN_RULES,
    ]
    assert other[0].provision == "2023 Act, Schedule 6, Part 1"
    assert other[2].provision == ""
    # Three years under the one, five under the other.
    assert [(each.too_old) for each in (usual[1], other[1])] == [True, False]


def test_rules_of_the_act_of_2023_cover_its_schedules() -> None:
    forces = {each.key: each.force("covered") for each in OTHER.grounds}

    assert forces["corporate_manslaughter"] is forces["debarred"] is Force.MANDATORY
    assert forces["competition_decided"] is Force.MANDATORY
    assert forces["anti_competitive"] is forces["national_security"] is Force.DISCRETIONARY
    for ground in OTHER.grounds:
        assert set(ground.kinds) == {"below_notifiable", "notifiable", "covered"}, ground.key
        assert ground.force("notifiable") is Force.OWN_RULES
        assert set(ground.provisions) == {"covered"}
    assert all(OTHER.of_group(group.key) for group in OTHER.groups)


def test_what_happened_before_the_rules_look_back_is_told() -> None:
    day = TODAY.replace(year=2021)
    before = DeclaredGround("fraud", date(2021, 11, 29), "Paid.")
    assert [each.too_old for each in awaited(DeclaredGround("fraud", day, "Paid."), before)] == [
        False,
        True,
    ]


def test_every_declared_ground_is_decided_with_its_reason() -> None:
    grounds = awaited(FRAUD, OWED)
    wrong = policy.refusals(grounds, [found("fraud", Verdict.CLEARED, " ")], excludes=False)
    assert set(wrong) == {"party-fraud-reason", "party-tax_decided"}


def test_a_mandatory_ground_that_applies_excludes() -> None:
    applies = [found("fraud", Verdict.APPLIES)]
    assert set(policy.refusals(awaited(FRAUD), applies, excludes=False)) == {"finding"}
    assert not policy.refusals(awaited(FRAUD), applies, excludes=True)


@pytest.mark.parametrize("verdict", [Verdict.CLEARED, Verdict.OUTSIDE])
def test_a_mandatory_ground_that_is_cleared_lets_the_bid_count(verdict: Verdict) -> None:
    assert not policy.refusals(awaited(FRAUD), [found("fraud", verdict)], excludes=False)


@pytest.mark.parametrize("excludes", [True, False])
def test_a_discretionary_ground_that_applies_leaves_the_choice(excludes: bool) -> None:
    grounds = awaited(OWED, band="regulated")
    applies = [found("tax_decided", Verdict.APPLIES)]
    assert not policy.refusals(grounds, applies, excludes=excludes)


def test_nothing_excludes_but_a_ground_that_applies() -> None:
    assert set(policy.refusals([], [], excludes=True)) == {"finding"}
    assert set(
        policy.refusals(awaited(FRAUD), [found("fraud", Verdict.CLEARED)], excludes=True)
    ) == {"finding"}
    # Known from elsewhere, and declared by nobody.
    assert not policy.refusals([], [found("misconduct", Verdict.APPLIES)], excludes=True)
    # Of what cannot be read nobody knows what it declares.
    assert not policy.refusals([], [], excludes=True, reads=False)


def test_a_mandatory_ground_that_is_known_from_elsewhere_excludes_too() -> None:
    known = [found("fraud", Verdict.APPLIES)]
    elsewhere = {"party-fraud": Force.MANDATORY}
    assert set(policy.refusals([], known, excludes=False, elsewhere=elsewhere)) == {"finding"}
    assert not policy.refusals([], known, excludes=True, elsewhere=elsewhere)


def test_a_ground_from_elsewhere_needs_its_reason_too() -> None:
    known = [found("misconduct", Verdict.APPLIES, "")]
    assert set(policy.refusals([], known, excludes=True)) == {"other_reason"}


@pytest.mark.parametrize(
    ("ground", "part"),
    [
        (DeclaredGround("fraud", None, "Paid."), "on"),
        (DeclaredGround("fraud", date(2026, 12, 1), "Paid."), "on"),
        (DeclaredGround("fraud", date(2021, 11, 29), "Paid."), "on"),
        (DeclaredGround("conflict", date(2026, 12, 1), "Left."), "on"),
        (DeclaredGround("fraud", date(2024, 5, 1), " "), "right"),
        # What goes on is not over because it began long ago.
        (DeclaredGround("insolvency", date(2001, 1, 1), " "), "right"),
    ],
)
def test_a_declared_ground_says_when_it_was_and_what_was_put_right(
    ground: DeclaredGround, part: str
) -> None:
    assert set(policy.faults([ground], RULES, TODAY)) == {(ground.key, part)}
    assert not policy.faults([FRAUD, OWED], RULES, TODAY)


def test_a_ground_that_the_rules_do_not_know_is_an_error() -> None:
    stray = DeclaredGround("witchcraft", None, "Stopped.")
    with pytest.raises(LookupError):
        policy.faults([stray], RULES, TODAY)
    with pytest.raises(LookupError):
        awaited(stray)
