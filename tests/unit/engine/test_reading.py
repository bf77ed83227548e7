"""What a document must hold, and the line a person gets for each thing that it does not."""

import json
from typing import Any

import pytest

from scoring.engine import BadEvaluation, evaluate, evaluate_document, parse
from tests.unit.engine.documents import (
    Json,
    bid,
    by_id,
    carried,
    document,
    exact,
    price,
    quality,
    simple,
    with_price,
)


def lines(given: Json) -> list[str]:
    with pytest.raises(BadEvaluation) as caught:
        evaluate(json.dumps(given))
    return [str(problem) for problem in caught.value.problems]


def panel(scores: Json, evaluators: list[Json] | None = None, **more: object) -> Json:
    """Make a document with one bid and individual scores."""
    given = document([quality("quality", "100", "5")], [bid("A", {"quality": scores})], **more)
    if evaluators is not None:
        given["evaluators"] = evaluators
    return given


# The frame


def test_parse_document_keeps_its_words_and_sorts_by_id() -> None:
    given = with_price(title="Signs", challenge="C-1", stage="sift", evaluators=[])
    given["bids"].reverse()

    read = parse(json.dumps(given))

    assert (read.title, read.challenge, read.stage) == ("Signs", "C-1", "sift")
    assert [each.id for each in read.bids] == ["A", "B", "C"]
    assert [each.id for each in read.criteria] == ["price", "quality"]


@pytest.mark.parametrize("key", ["format", "criteria", "bids"])
def test_check_required_key_missing_is_named(key: str) -> None:
    given = simple()
    del given[key]

    assert f'$: "{key}" is missing; expected an object with "{key}"' in lines(given)


def test_check_every_problem_is_collected() -> None:
    given = simple(format="evaluation/2", title=5, colour="red")
    given["bids"][0]["status"] = "fine"

    assert lines(given) == [
        '$.colour: unknown key; expected one of "format", "criteria", "bids", "title", '
        '"challenge", "stage", "evaluators", "method", "cutoff_decision", "draw_seed"',
        '$.format: found the text "evaluation/2"; expected "evaluation/1"',
        "$.title: found the integer 5; expected text",
        '$.bids[0].status: found the text "fine"; expected one of "valid", "ineligible", '
        '"excluded", "withdrawn"',
    ]


def test_bad_evaluation_as_text_has_a_line_for_each_problem() -> None:
    with pytest.raises(BadEvaluation) as caught:
        evaluate_document(simple(title=5, stage=6))

    assert str(caught.value).splitlines() == [
        "$.title: found the integer 5; expected text",
        "$.stage: found the integer 6; expected text",
    ]


# Criteria


def test_check_weights_that_do_not_sum_are_refused() -> None:
    given = document([quality("a", "60"), quality("b", "39.9")], [])

    assert lines(given) == [
        "$.criteria: the weights sum to 999/10; expected weights that sum to 100 "
        "(method.weights_total)"
    ]


def test_check_weights_that_sum_to_another_stated_total_are_taken() -> None:
    given = document([quality("a", "600"), quality("b", "400")], [], method={"weights_total": 1000})

    assert evaluate_document(given)["bids"] == []


def test_check_price_alone_is_refused() -> None:
    assert lines(document([price("100")], [])) == [
        "$.criteria: there is no quality criterion, and price alone may never decide; "
        'expected at least one criterion of kind "quality"'
    ]


def test_check_carried_and_price_without_quality_are_refused() -> None:
    given = document([carried("early", "50"), price("50")], [])

    assert "price alone may never decide" in lines(given)[0]


def test_check_two_price_criteria_are_refused() -> None:
    given = document([quality("a", "50"), price("25"), {**price("25"), "id": "more"}], [])

    assert lines(given) == [
        "$.criteria: there is more than one price criterion; expected at most one"
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"weight": "0"}, "$.criteria[0].weight: 0 is too small; expected a number above 0"),
        ({"max_score": 0}, "$.criteria[0].max_score: 0 is too small; expected a number above 0"),
        (
            {"min_score": "10.5"},
            "$.criteria[0].min_score: 21/2 is out of range; expected a number from 0 to 10",
        ),
        (
            {"kind": "style"},
            '$.criteria[0].kind: found the text "style"; expected one of "quality", "price", '
            '"carried"',
        ),
        (
            {"formula": {"name": "range_of_bids"}},
            '$.criteria[0].formula: unknown key; expected one of "id", "kind", "weight", '
            '"max_score", "title", "min_score"',
        ),
    ],
)
def test_check_quality_criterion_out_of_order_is_refused(change: Json, line: str) -> None:
    assert line in lines(document([quality("a", "100") | change], []))


def test_check_repeated_criterion_is_refused() -> None:
    given = document([quality("a", "50"), quality("a", "50")], [])

    assert lines(given) == ['$.criteria[1].id: criterion "a" stands twice; expected unique ids']


@pytest.mark.parametrize("missing", ["id", "kind", "weight", "max_score"])
def test_check_criterion_key_missing_is_named(missing: str) -> None:
    criterion = quality("a", "100")
    del criterion[missing]

    assert any(
        line.startswith(f'$.criteria[0]: "{missing}" is missing')
        for line in lines(document([criterion, quality("b", "100")], []))
    ) or (missing == "max_score" and 'max_score" is missing' in lines(document([criterion], []))[0])


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        ({}, '$.criteria[1].formula: "name" is missing; expected an object with "name"'),
        ({"name": "cheapest"}, '$.criteria[1].formula.name: found the text "cheapest"; expected'),
        (
            {"name": "fixed_bounds", "best": "1"},
            '$.criteria[1].formula: "worst" is missing; expected an object with "worst"',
        ),
        (
            {"name": "fixed_bounds", "worst": "1"},
            '$.criteria[1].formula: "best" is missing; expected an object with "best"',
        ),
        (
            {"name": "fixed_bounds", "best": "5", "worst": "5.0"},
            '$.criteria[1].formula: the best price is not below the worst; expected "best"',
        ),
        (
            {"name": "fixed_bounds", "best": "x", "worst": "5"},
            '$.criteria[1].formula.best: "x" is not a number',
        ),
        (
            {"name": "fixed_bounds", "best": "5", "worst": None},
            "$.criteria[1].formula.worst: found null",
        ),
        (
            {"name": "range_of_bids", "best": "5"},
            '$.criteria[1].formula.best: unknown key; expected one of "name"',
        ),
        ("range_of_bids", '$.criteria[1].formula: found the text "range_of_bids"; expected an'),
    ],
)
def test_check_formula_out_of_order_is_refused(formula: object, line: str) -> None:
    given = document([quality("a", "50"), price("50") | {"formula": formula}], [])

    found = lines(given)
    assert len(found) == 1
    assert found[0].startswith(line)


def test_check_price_criterion_without_formula_is_refused() -> None:
    criterion = price("50")
    del criterion["formula"]

    assert lines(document([quality("a", "50"), criterion], [])) == [
        '$.criteria[1]: "formula" is missing; expected an object with "formula"'
    ]


# The method


@pytest.mark.parametrize(
    ("method", "line"),
    [
        ({"weights_total": 0}, "$.method.weights_total: 0 is too small"),
        ({"currency": "gbp"}, '$.method.currency: found the text "gbp"; expected an ISO 4217'),
        ({"currency": "GBPX"}, "$.method.currency: found the text"),
        ({"currency": 826}, "$.method.currency: found the integer 826"),
        ({"ranking": "best"}, '$.method.ranking: found the text "best"; expected one of'),
        ({"combine": "mode"}, '$.method.combine: found the text "mode"; expected one of'),
        ({"quality_threshold": 0}, "$.method.quality_threshold: 0 is too small"),
        ({"quality_threshold": 101}, "$.method.quality_threshold: 101 is out of range"),
        ({"rounding": {"decimals": 1}}, '$.method.rounding: "applies_to" is missing'),
        ({"rounding": "none"}, '$.method.rounding: found the text "none"; expected an object'),
        ({"rounding": {"applies_to": "points"}}, '$.method.rounding: "decimals" is missing'),
        (
            {"rounding": {"applies_to": "points", "decimals": 7}},
            "$.method.rounding.decimals: 7 is out of range; expected a number from 0 to 6",
        ),
        (
            {"rounding": {"applies_to": "points", "decimals": "1.5"}},
            "$.method.rounding.decimals: 3/2 is not whole; expected a whole number of at least 0",
        ),
        (
            {"rounding": {"applies_to": "rank", "decimals": 1}},
            "$.method.rounding.applies_to: found",
        ),
        ({"display_decimals": 21}, "$.method.display_decimals: 21 is out of range"),
        ({"tie_break": "quality"}, '$.method.tie_break: found the text "quality"; expected a list'),
        ({"tie_break": ["speed"]}, '$.method.tie_break[0]: found the text "speed"; expected'),
        ({"tie_break": ["criterion:x"]}, "$.method.tie_break[0]: found the text"),
        ({"tie_break": [["quality"]]}, "$.method.tie_break[0]: found a list"),
        ({"advance": 0}, "$.method.advance: 0 is out of range; expected a number of at least 1"),
        ({"low_price": {"lowest": "1"}}, "$.method.low_price.lowest: unknown key"),
        ({"low_price": {"next_lowest": "1.1"}}, "$.method.low_price.next_lowest: 11/10 is out"),
        ({"low_price": {"mean_of_others": 2}}, "$.method.low_price.mean_of_others: 2 is out"),
        ({"flag_spread": "1.5"}, "$.method.flag_spread: 3/2 is out of range"),
        ({"colour": "red"}, "$.method.colour: unknown key"),
        (
            {"ranking": "lowest_quality_adjusted_price"},
            "$.method: lowest_quality_adjusted_price has no value_per_point",
        ),
        (
            {"ranking": "lowest_quality_adjusted_price", "value_per_point": {}},
            '$.method.value_per_point: "quality" is missing',
        ),
        (
            {"ranking": "lowest_quality_adjusted_price", "value_per_point": {"quality": "x"}},
            '$.method.value_per_point.quality: "x" is not a number',
        ),
        (
            {"value_per_point": {"quality": "5"}},
            "$.method.value_per_point: highest_total takes no account of it",
        ),
        (
            {"ranking": "lowest_price_per_quality_point"},
            "$.method: lowest_price_per_quality_point has no quality_threshold",
        ),
        (
            {
                "ranking": "lowest_price_per_quality_point",
                "quality_threshold": 1,
                "rounding": {"applies_to": "points", "decimals": 0},
            },
            "$.method.rounding: lowest_price_per_quality_point is not rounded",
        ),
    ],
)
def test_check_method_out_of_order_is_refused(method: Json, line: str) -> None:
    given = simple(method=method)
    for each in given["bids"]:
        each["price"] = "1"

    found = lines(given)
    assert len(found) == 1
    assert found[0].startswith(line)


def test_check_price_ranking_with_a_price_criterion_is_refused() -> None:
    method = {"ranking": "lowest_price_per_quality_point", "quality_threshold": "50"}

    assert lines(with_price(method=method)) == [
        "$.criteria: lowest_price_per_quality_point takes the price itself; "
        'expected no criterion of kind "price"'
    ]


def test_check_no_rounding_stated_with_a_price_ranking_is_taken() -> None:
    method: Json = {
        "ranking": "lowest_price_per_quality_point",
        "quality_threshold": "50",
        "rounding": {"applies_to": "none"},
    }
    given = simple(method=method)
    for each in given["bids"]:
        each["price"] = "1000"

    assert evaluate_document(given)["winners"] == ["A"]


def test_check_numbers_of_the_method_may_be_text() -> None:
    method: Json = {
        "advance": "1",
        "display_decimals": "3",
        "currency": "GBP",
        "rounding": {"applies_to": "points", "decimals": "1"},
    }
    result: Json = evaluate_document(simple(method=method))

    assert by_id(result)["A"]["total"] == {"exact": "80", "display": "80.000"}
    assert by_id(result)["A"]["advances"] is True


# The draw and the cut-off


@pytest.mark.parametrize("seed", ["", "5", "xy", "0x5e", "5e ed", 5, None])
def test_check_seed_that_is_not_hex_is_refused(seed: object) -> None:
    found = lines(simple(method={"tie_break": ["draw"]}, draw_seed=seed))

    assert len(found) == 1
    assert found[0].startswith("$.draw_seed: found")


def test_check_draw_without_seed_is_refused() -> None:
    assert lines(simple(method={"tie_break": ["draw"]})) == [
        "$: the method ends ties by draw, but there is no draw_seed; "
        "expected hexadecimal digits, two for each byte"
    ]


def test_check_seed_without_draw_is_taken() -> None:
    assert evaluate_document(simple(draw_seed="00"))["winners"] == ["A"]


def three_tied(**more: object) -> Json:
    bids = [bid(name, {"quality": "5"}) for name in ("A", "B", "C")]
    return document([quality("quality", "100")], [*bids, bid("D", {"quality": "9"})], **more)


@pytest.mark.parametrize(
    ("decision", "line"),
    [
        (["X"], '$.cutoff_decision[0]: found the text "X"; expected the id of a bid'),
        (["A", "A"], '$.cutoff_decision[1]: "A" stands twice; expected each id once'),
        ("A", '$.cutoff_decision: found the text "A"; expected a list of ids'),
        ([5], "$.cutoff_decision[0]: found the integer 5; expected the id of a bid"),
        (
            ["D"],
            '$.cutoff_decision: bid "D" is not among the bids tied at the cut-off; '
            'expected some of: "A", "B", "C"',
        ),
        (["A", "B"], "$.cutoff_decision: it names 2 of the tied bids; expected exactly 1"),
        ([], "$.cutoff_decision: it names 0 of the tied bids; expected exactly 1"),
    ],
)
def test_evaluate_decision_that_does_not_fit_is_refused(decision: object, line: str) -> None:
    found = lines(three_tied(method={"advance": 2}, cutoff_decision=decision))

    assert found[0].startswith(line)


def test_evaluate_decision_where_nothing_is_tied_is_refused() -> None:
    assert lines(simple(method={"advance": 1}, cutoff_decision=["A"])) == [
        '$.cutoff_decision: bid "A" is not among the bids tied at the cut-off; '
        "expected some of: none, nothing is tied there"
    ]


def test_evaluate_decision_without_a_cut_off_is_refused() -> None:
    assert lines(simple(cutoff_decision=["A"])) == [
        "$.cutoff_decision: the method does not say how many bids advance; expected no decision"
    ]


@pytest.mark.parametrize("method", [{}, {"advance": 1}])
def test_evaluate_empty_decision_where_none_is_needed_is_taken(method: Json) -> None:
    assert evaluate_document(simple(method=method, cutoff_decision=[]))["cutoff_tie"] == []


# Evaluators and scores


@pytest.mark.parametrize(
    ("evaluators", "line"),
    [
        ("e1", '$.evaluators: found the text "e1"; expected a list of evaluators'),
        ([{}], '$.evaluators[0]: "id" is missing'),
        ([{"id": "e1"}, {"id": "e1"}], '$.evaluators[1].id: evaluator "e1" stands twice'),
        ([{"id": "e1", "criteria": ["x"]}], '$.evaluators[0].criteria[0]: found the text "x"'),
        ([{"id": "e1", "criteria": "quality"}], "$.evaluators[0].criteria: found the text"),
        ([{"id": "e1", "recused_from": ["Z"]}], "$.evaluators[0].recused_from[0]: found the text"),
        ([{"id": "e1", "role": "chair"}], "$.evaluators[0].role: unknown key"),
    ],
)
def test_check_evaluators_out_of_order_are_refused(evaluators: Any, line: str) -> None:
    assert any(found.startswith(line) for found in lines(panel({"e1": "3"}, evaluators)))


def test_check_missing_score_names_bid_criterion_and_evaluator() -> None:
    given = panel({"e1": "3"}, [{"id": "e1"}, {"id": "e2"}])

    assert lines(given) == [
        '$.bids[0].scores.quality.by_evaluator: bid "A", criterion "quality", evaluator "e2": '
        "the score is missing; expected a score (0 is one)"
    ]


def test_check_missing_individual_score_beside_an_agreed_one_is_refused() -> None:
    given = panel({}, [{"id": "e1"}])
    given["bids"][0]["scores"]["quality"] = {"consensus": "3"}

    assert 'evaluator "e1": the score is missing' in lines(given)[0]


def test_check_scores_left_out_altogether_name_each_evaluator() -> None:
    given = panel({}, [{"id": "e1"}, {"id": "e2"}])
    del given["bids"][0]["scores"]

    assert [line.split(": ", 1)[1].split(": ")[0] for line in lines(given)[:2]] == [
        'bid "A", criterion "quality", evaluator "e1"',
        'bid "A", criterion "quality", evaluator "e2"',
    ]


def test_check_score_of_a_recused_evaluator_is_refused() -> None:
    given = panel({"e1": "3", "e2": "4"}, [{"id": "e1"}, {"id": "e2", "recused_from": ["A"]}])

    assert lines(given) == [
        '$.bids[0].scores.quality.by_evaluator.e2: evaluator "e2" is recused from bid "A"; '
        "expected no score"
    ]


def test_check_score_of_somebody_unlisted_is_refused() -> None:
    given = panel({"e1": "3", "zoe": "4"}, [{"id": "e1"}])

    assert lines(given) == [
        '$.bids[0].scores.quality.by_evaluator.zoe: evaluator "zoe" is not among the '
        "evaluators; expected no score"
    ]


def test_check_score_on_a_criterion_not_assigned_is_refused() -> None:
    given = panel({"e1": "3", "e2": "4"}, [{"id": "e1"}, {"id": "e2", "criteria": []}])

    assert lines(given) == [
        '$.bids[0].scores.quality.by_evaluator.e2: evaluator "e2" does not score criterion '
        '"quality"; expected no score'
    ]


def test_check_one_evaluator_in_place_of_another_names_both() -> None:
    given = panel({"e2": "3"}, [{"id": "e1"}])

    assert len(lines(given)) == 2


def test_check_all_recused_and_no_agreed_score_is_refused() -> None:
    given = panel({}, [{"id": "e1", "recused_from": ["A"]}])

    assert lines(given) == [
        '$.bids[0].scores.quality: bid "A", criterion "quality": there is no score; '
        "expected a score (0 is one)"
    ]


def test_check_all_recused_with_an_agreed_score_is_taken() -> None:
    given = panel({}, [{"id": "e1", "recused_from": ["A"]}])
    given["bids"][0]["scores"]["quality"] = {"consensus": "3"}

    assert exact(by_id(evaluate_document(given))["A"]["total"]) == 60


@pytest.mark.parametrize(
    ("combine", "cell", "message"),
    [
        (None, {}, "there is no score"),
        (None, {"by_evaluator": {}}, "there is no score"),
        ("consensus", {"by_evaluator": {"e": "1"}}, "the agreed score is missing"),
        ("mean", {"consensus": "1"}, "there is no individual score"),
        ("median", {"consensus": "1"}, "there is no individual score"),
        ("median", {"consensus": "1", "by_evaluator": {}}, "there is no individual score"),
    ],
)
def test_check_cell_without_the_score_it_needs_is_refused(
    combine: str | None, cell: Json, message: str
) -> None:
    given = simple(method={"combine": combine} if combine else {})
    for each in given["bids"]:
        each["scores"]["quality"] = {"consensus": "1", "by_evaluator": {"e": "1"}}
    given["bids"][1]["scores"]["quality"] = cell

    assert lines(given) == [
        f'$.bids[1].scores.quality: bid "B", criterion "quality": {message}; '
        "expected a score (0 is one)"
    ]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ({"consensus": "10.01"}, "$.bids[1].scores.quality.consensus: 1001/100 is out of range; "),
        ({"by_evaluator": {"e": "11"}}, "$.bids[1].scores.quality.by_evaluator.e: 11 is out of"),
        ({"by_evaluator": {"e": True}}, "$.bids[1].scores.quality.by_evaluator.e: found true"),
        ({"by_evaluator": {"e": []}}, "$.bids[1].scores.quality.by_evaluator.e: found a list"),
        ({"by_evaluator": {"": "1"}}, '$.bids[1].scores.quality.by_evaluator[""]: the id is empty'),
        ({"by_evaluator": ["1"]}, "$.bids[1].scores.quality.by_evaluator: found a list; expected"),
        ({"consensus": True}, "$.bids[1].scores.quality.consensus: found true"),
        ({"consensus": {}}, "$.bids[1].scores.quality.consensus: found an object"),
        ({"agreed": "1"}, "$.bids[1].scores.quality.agreed: unknown key; expected one of"),
        ("5", '$.bids[1].scores.quality: found the text "5"; expected an object'),
    ],
)
def test_check_score_out_of_order_is_refused(cell: object, line: str) -> None:
    given = simple()
    # A good 1 before it: True equals 1 as a key, and must not pass for it.
    given["bids"][0]["scores"]["quality"] = {"consensus": 1, "by_evaluator": {"e": 1}}
    given["bids"][1]["scores"]["quality"] = cell

    assert lines(given)[0].startswith(line)


def test_check_score_on_an_unknown_criterion_is_refused() -> None:
    given = with_price()
    given["bids"][0]["scores"]["price"] = {"consensus": "1"}

    assert lines(given) == [
        '$.bids[0].scores.price: unknown key; expected one of "quality"',
    ]


@pytest.mark.parametrize(
    "method",
    [
        {"tie_break": ["price"]},
        {"low_price": {"mean_of_others": "0.4"}},
        {"low_price": {"next_lowest": "0.4"}},
        {"ranking": "lowest_price_per_quality_point", "quality_threshold": "1"},
        {"ranking": "lowest_quality_adjusted_price", "value_per_point": {"quality": "1"}},
    ],
)
def test_check_price_missing_where_the_method_needs_it_is_refused(method: Json) -> None:
    assert lines(simple(method=method)) == [
        f'$.bids[{place}]: bid "{name}" has no price; expected a price, such as "1200.50"'
        for place, name in enumerate("AB")
    ]


def test_check_price_missing_with_a_price_criterion_is_refused() -> None:
    given = with_price()
    del given["bids"][1]["price"]

    assert lines(given) == ['$.bids[1]: bid "B" has no price; expected a price, such as "1200.50"']


def test_check_price_where_none_is_needed_is_ignored() -> None:
    given = simple(method={"low_price": {}})
    plain = evaluate_document(given)
    given["bids"][0]["price"] = "999999"

    assert evaluate_document(given)["bids"] == plain["bids"]


# Bids that do not count


def test_check_rejected_bid_needs_no_scores_and_no_price() -> None:
    given = with_price(evaluators=[])
    given["bids"].append({"id": "X", "status": "ineligible"})

    assert by_id(evaluate_document(given))["X"]["outcome"] == "ineligible"


def test_check_rejected_bid_scores_are_ignored() -> None:
    given = panel({"e1": "3"}, [{"id": "e1", "recused_from": ["X"]}])
    cell = {"by_evaluator": {"e1": "3", "zoe": "99"}, "consensus": "99"}
    given["bids"].append({"id": "X", "status": "excluded", "scores": {"quality": cell}})

    found = by_id(evaluate_document(given))
    assert found["X"]["criteria"]["quality"]["score"] is None
    assert found["A"]["rank"] == 1


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"scores": {"quality": {"consensus": "x"}}}, "$.bids[2].scores.quality.consensus: "),
        ({"scores": {"quality": {"by_evaluator": {"e": []}}}}, "$.bids[2].scores.quality.by_eval"),
        ({"scores": {"style": {}}}, "$.bids[2].scores.style: unknown key"),
        ({"carried": {"style": 1}}, "$.bids[2].carried.style: unknown key"),
        ({"price": None}, "$.bids[2].price: found null"),
    ],
)
def test_check_rejected_bid_of_bad_form_is_refused(change: Json, line: str) -> None:
    given = simple()
    given["bids"].append({"id": "X", "status": "withdrawn", **change})

    assert lines(given)[0].startswith(line)


def test_check_reason_may_have_lines_and_supplier_may_not() -> None:
    given = simple()
    given["bids"].append({"id": "X", "status": "excluded", "reason": "First.\r\n\tSecond."})
    assert by_id(evaluate_document(given))["X"]["reasons"] == ["First.\r\n\tSecond."]

    given["bids"][2]["supplier"] = "Two\nlines"
    assert lines(given)[0].startswith("$.bids[2].supplier: ")


def test_check_reason_with_a_control_character_is_refused() -> None:
    given = simple()
    given["bids"].append({"id": "X", "status": "excluded", "reason": "a\x00b"})

    assert lines(given)[0].startswith("$.bids[2].reason: ")


# Carried percentages


@pytest.mark.parametrize(
    ("percentage", "line"),
    [
        ("100.01", "$.bids[0].carried.early: 10001/100 is out of range"),
        ("301/3", "$.bids[0].carried.early: 301/3 is out of range"),
        ("1/0", '$.bids[0].carried.early: "1/0" is not a whole number over a whole number'),
        (None, "$.bids[0].carried.early: found null"),
    ],
)
def test_check_carried_percentage_out_of_order_is_refused(percentage: object, line: str) -> None:
    bids = [bid("A", {"quality": "5"}, carried={"early": percentage})]
    given = document([quality("quality", "50"), carried("early", "50")], bids)

    found = lines(given)
    assert len(found) == 1
    assert found[0].startswith(line)


def test_check_carried_percentage_missing_is_refused() -> None:
    given = document(
        [quality("quality", "50"), carried("early", "50")], [bid("A", {"quality": "5"})]
    )

    assert lines(given) == [
        '$.bids[0].carried: bid "A", criterion "early": no percentage is carried; '
        "expected the percentage from the earlier stage"
    ]


def test_check_carried_percentage_of_a_rejected_bid_is_ignored() -> None:
    bids = [
        bid("A", {"quality": "5"}, carried={"early": "50"}),
        {"id": "X", "status": "withdrawn", "carried": {"early": "301/3"}},
        {"id": "Y", "status": "withdrawn"},
    ]
    given = document([quality("quality", "50"), carried("early", "50")], bids)

    assert by_id(evaluate_document(given))["X"]["criteria"]["early"]["percentage"] is None
