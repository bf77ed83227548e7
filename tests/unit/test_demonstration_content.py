"""The demonstration's challenges, bodies, people and suppliers: read strictly and complete."""

import re
import shutil
from pathlib import Path

import pytest

from marketplace.demonstration.content import FOLDER, ContentError, load
from marketplace.demonstration.shapes import Challenge, Criterion, PriceModel, TargetState

CONTENT = load()
UNPUBLISHED = {TargetState.DRAFT, TargetState.IN_REVIEW, TargetState.READY}
CLOSED = {
    TargetState.CLOSED,
    TargetState.OPENED,
    TargetState.EVALUATING,
    TargetState.MODERATION,
    TargetState.NEXT_STAGE,
    TargetState.INTENTION_TO_AWARD,
    TargetState.CONTRACT_SIGNED,
}
DECIDED = {TargetState.INTENTION_TO_AWARD, TargetState.CONTRACT_SIGNED}


def quality(item: Challenge) -> list[Criterion]:
    return [criterion for criterion in item.criteria if criterion.kind == "quality"]


def changed_copy(folder: Path, file: str, old: str, new: str) -> Path:
    """Copy the content to `folder` with the first `old` in `file` replaced by `new`."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


# Reading is strict


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("suppliers.toml", "town =", "twon =", "suppliers.toml, kittiwake-signals: twon"),
        ("suppliers.toml", 'town = "Oban"\n', "", "suppliers.toml, kittiwake-signals: town"),
        ("suppliers.toml", "staff = 6", 'staff = "six"', "kittiwake-signals: staff"),
        ("suppliers.toml", 'town = "Oban"', 'town = " "', "town: must not be empty"),
        ("people.toml", '["auditor"]', '["owner"]', "people.toml, gordon-notreal: roles"),
        ("people.toml", '= "fairway"', '= "fairday"', "fairday: leads nowhere"),
        ("criteria.toml", "word_limit =", "word_limits =", "criteria.toml, solves: word_limits"),
        ("challenges/round-01.toml", 'state = "closed"', 'state = "shut"', "statistics: state"),
        ("challenges/round-01.toml", '"solves"', '"solved"', "use: no criterion 'solved'"),
        ("challenges/round-01.toml", "CH-AC82NW", "CH-69MM4T", "CH-69MM4T: is used twice"),
        ("bids/scotaccount.toml", "people =", "person =", "plain-thistle: person"),
        ("bids/tree-seed.toml", "e1 = [5, ", "e1 = [", "must have 2 items"),
        ("bids/tree-seed.toml", 'supplier = "hill', 'supplier = "mill', "leads nowhere"),
    ],
)
def test_load_one_thing_wrong_names_the_file_and_the_key(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    folder = changed_copy(tmp_path, file, old, new)
    with pytest.raises(ContentError) as caught:
        load(folder)
    assert complaint in str(caught.value)


def test_load_file_that_is_not_toml_names_the_file(tmp_path: Path) -> None:
    folder = changed_copy(tmp_path, "scales.toml", "[[scales]]", "[[scales")
    with pytest.raises(ContentError, match=r"scales\.toml"):
        load(folder)


# Challenges


def test_challenges_hold_at_least_24_real_problems_in_every_state() -> None:
    assert len(CONTENT.challenges) >= 24
    assert {item.state for item in CONTENT.challenges} == set(TargetState)


def test_challenge_title_asks_how_technology_can_help() -> None:
    for item in CONTENT.challenges:
        assert item.title.startswith("How can technology help"), item.key
        assert item.title.endswith("?"), item.key


def test_challenge_summary_and_measures_keep_their_size() -> None:
    for item in CONTENT.challenges:
        assert len(item.summary) <= 240, item.key
        assert 2 <= len(item.measures) <= 4, item.key
        assert 2 <= len(item.problem.split("\n\n")) <= 4, item.key


def test_challenge_reference_is_six_characters_of_crockford_base32() -> None:
    for item in CONTENT.challenges:
        assert re.fullmatch(r"CH-[0-9A-HJKMNP-TV-Z]{6}", item.reference), item.key


def test_challenge_weights_sum_to_100_with_price_where_price_counts() -> None:
    for item in CONTENT.challenges:
        assert sum(criterion.weight for criterion in item.criteria) == 100, item.key
        assert all(criterion.weight > 0 for criterion in item.criteria), item.key
        has_price = any(criterion.kind == "price" for criterion in item.criteria)
        assert has_price == (item.price_model is not PriceModel.FIXED_BUDGET), item.key
        assert quality(item), item.key


def test_challenge_states_the_money_that_its_price_model_needs() -> None:
    for item in CONTENT.challenges:
        assert 0 < (item.budget_pounds or 0) <= item.value_pounds, item.key
        if item.price_model is PriceModel.FIXED_BOUNDS:
            assert 0 < (item.best_pounds or 0) < (item.worst_pounds or 0), item.key
        else:
            assert (item.best_pounds, item.worst_pounds) == (None, None), item.key


def test_challenge_quality_criterion_has_a_scale_and_a_minimum_within_it() -> None:
    for item in CONTENT.challenges:
        for criterion in quality(item):
            assert criterion.max_score is not None, item.key
            assert criterion.word_limit, item.key
            assert 0 <= (criterion.min_score or 0) <= criterion.max_score, item.key
            assert CONTENT.scale_to(criterion.max_score), item.key


def test_challenge_days_run_in_the_order_of_its_steps() -> None:
    for item in CONTENT.challenges:
        steps = [
            item.published_days_ago,
            None if item.closes_in_days is None else -item.closes_in_days,
            item.opened_days_ago,
            item.intention_days_ago,
            item.signed_days_ago,
        ]
        done = [step for step in steps if step is not None]
        assert done == sorted(done, reverse=True), item.key
        assert len(set(done)) == len(done), item.key


def test_challenge_has_the_days_of_the_steps_that_its_state_implies() -> None:
    for item in CONTENT.challenges:
        closes, state = item.closes_in_days, item.state
        assert (item.published_days_ago is None) == (state in UNPUBLISHED), item.key
        if state in {TargetState.OPEN, TargetState.CLOSING_SOON}:
            assert closes is not None, item.key
            assert closes > 0, item.key
            assert (closes <= 3) == (state is TargetState.CLOSING_SOON), item.key
        if state in CLOSED:
            assert closes is not None, item.key
            assert closes < 0, item.key
            assert (item.opened_days_ago is None) == (state is TargetState.CLOSED), item.key
        assert (item.intention_days_ago is not None) == (state in DECIDED), item.key
        assert (item.signed_days_ago is not None) == (state is TargetState.CONTRACT_SIGNED)


def test_challenge_signed_only_after_a_standstill_of_more_than_ten_days() -> None:
    for item in CONTENT.challenges:
        if item.signed_days_ago is not None:
            assert item.intention_days_ago is not None, item.key
            assert item.intention_days_ago - item.signed_days_ago > 10, item.key
        elif item.intention_days_ago is not None:
            assert item.intention_days_ago < 10, item.key


def test_challenge_that_ended_early_says_why_and_what_was_learned() -> None:
    for item in CONTENT.challenges:
        ended = item.state in {TargetState.STOPPED, TargetState.CANCELLED}
        assert ended == bool(item.ended_reason) == bool(item.lessons), item.key
        assert ended == (item.ended_days_ago is not None), item.key


# Organisations, people, suppliers


def test_main_body_has_a_person_of_every_role_and_work_for_each() -> None:
    roles = [
        role
        for person in CONTENT.people
        if person.organisation == CONTENT.main_body
        for role in person.roles
    ]
    for role in ("challenge_lead", "chair", "approver", "auditor"):
        assert role in roles
    assert roles.count("procurement_officer") == 3
    assert roles.count("evaluator") == 3
    states = {item.state for item in CONTENT.challenges if item.buyer == CONTENT.main_body}
    assert states >= {
        TargetState.DRAFT,
        TargetState.IN_REVIEW,
        TargetState.READY,
        TargetState.OPEN,
        TargetState.CLOSED,
        TargetState.EVALUATING,
        TargetState.MODERATION,
        TargetState.INTENTION_TO_AWARD,
        TargetState.CONTRACT_SIGNED,
    }


def test_demonstration_sign_in_offers_every_role_in_one_sentence() -> None:
    offered = [person for person in CONTENT.people if person.demo_role]
    assert {role for person in offered for role in person.roles} >= {
        "challenge_lead",
        "procurement_officer",
        "evaluator",
        "chair",
        "approver",
        "auditor",
        "platform_admin",
        "facilitator",
        "supplier_admin",
        "supplier_contributor",
    }
    for person in offered:
        assert person.demo_description, person.key
        assert person.demo_description.count(".") == 1, person.key


def test_people_have_addresses_that_cannot_belong_to_anybody() -> None:
    for person in CONTENT.people:
        domain = person.email.rpartition("@")[2]
        assert domain == "example.org" or domain.endswith(".example"), person.key


def test_people_have_surnames_from_the_pool_that_says_fiction() -> None:
    for person in CONTENT.people:
        assert person.name.split()[-1] in CONTENT.name_pool.family, person.key


def test_no_file_holds_an_address_outside_the_example_domains() -> None:
    for path in FOLDER.rglob("*.toml"):
        for found in re.findall(r"[\w.+-]+@[\w.-]+", path.read_text(encoding="utf-8")):
            assert found.endswith((".example", "@example.org")), (path.name, found)


def test_supplier_name_says_that_it_is_fictional() -> None:
    assert len(CONTENT.suppliers) == 14
    for supplier in CONTENT.suppliers:
        assert "fictional" in supplier.name.lower(), supplier.key


def test_scale_has_one_descriptor_for_every_score() -> None:
    for scale in CONTENT.scales:
        scores = [descriptor.score for descriptor in scale.descriptors]
        assert scores == list(range(scale.max_score + 1)), scale.title


def test_scale_to_unknown_maximum_raises() -> None:
    with pytest.raises(KeyError):
        CONTENT.scale_to(7)


def test_bids_on_unknown_challenge_is_none() -> None:
    assert CONTENT.bids_on("no-such-challenge") is None
