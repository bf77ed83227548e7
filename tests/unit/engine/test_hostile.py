"""Documents that were made to hurt: each is refused with a clear line, never with a traceback."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import BadEvaluation, evaluate, evaluate_document
from tests.unit.engine.documents import Json, bid, document, quality, simple


def problems(source: str | bytes) -> list[str]:
    with pytest.raises(BadEvaluation) as caught:
        evaluate(source)
    return [str(problem) for problem in caught.value.problems]


def text_with(old: str, new: str) -> str:
    """Change the text of a good document."""
    text = json.dumps(simple())
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize("source", ["x" * 20_000_001, b"x" * 20_000_001, "\u00e9" * 10_000_001])
def test_evaluate_over_twenty_megabytes_is_refused(source: str | bytes) -> None:
    assert problems(source) == [
        "$: the document is larger than 20 MB; expected at most 20,000,000 bytes"
    ]


def test_evaluate_twenty_megabytes_exactly_are_read() -> None:
    text = json.dumps(simple())

    assert evaluate(text + " " * (20_000_000 - len(text)))["winners"] == ["A"]
    assert evaluate((text + " " * (20_000_000 - len(text))).encode())["winners"] == ["A"]


@pytest.mark.parametrize("piece", ["[", '{"a":', '[{"a":'])
def test_evaluate_nested_deeply_is_refused(piece: str) -> None:
    assert problems(piece * 1_000_000) == [
        "$: lists or objects are nested too deeply; expected an evaluation/1 object"
    ]


def test_evaluate_nested_within_what_is_read_names_the_place() -> None:
    source = text_with('"quality": {"consensus": "8"}', '"quality": ' + "[" * 300 + "]" * 300)

    assert problems(source)[0].startswith("$.bids[0].scores.quality: found a list")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"8"', "NaN", "$.bids[0].scores.quality.consensus: NaN is not exact in JSON"),
        ('"8"', "-Infinity", "$.bids[0].scores.quality.consensus: -Infinity is not exact"),
        ('"8"', "1e999999", "$.bids[0].scores.quality.consensus: 1e999999 is not exact"),
        ('"8"', "0.5", "$.bids[0].scores.quality.consensus: 0.5 is not exact in JSON; write it as"),
        ('"8"', "-0", "$.bids[0].scores.quality.consensus: -0 is not exact in JSON"),
        ('"8"', "-1", "$.bids[0].scores.quality.consensus: the number is negative"),
        ('"8"', "1" * 5000, "$.bids[0].scores.quality.consensus: 1111"),
        ('"8"', '"' + "1" * 31 + '"', "$.bids[0].scores.quality.consensus: the number has more"),
        ('"8"', "true", "$.bids[0].scores.quality.consensus: found true"),
        ('"8"', "null", "$.bids[0].scores.quality.consensus: found null"),
        ('"id": "A"', '"id": "A", "id": "A"', "$.bids[0].id: the key stands twice"),
        ('"8"', '"8", "consensus": "8"', "$.bids[0].scores.quality.consensus: the key stands"),
        ('"id": "A"', '"id": "A", "colour": 1', "$.bids[0].colour: unknown key"),
        ('"id": "A"', '"id": "A", "a b": 1', '$.bids[0]["a b"]: unknown key'),
        ('"id": "A"', '"id": "A\\u0007"', '$.bids[0].id: "A\\x07" holds a character'),
        ('"id": "A"', '"id": "A\\n"', '$.bids[0].id: "A\\x0a" holds a character'),
        ('"id": "A"', '"id": "A\\u0085"', '$.bids[0].id: "A\\x85" holds a character'),
        ('"id": "A"', '"id": "\\ud800"', '$.bids[0].id: "\\ud800" holds a character'),
        ('"id": "A"', '"id": "A\x01"', "$: not JSON: Invalid control character at line 1"),
        ('"id": "A"', '"id": ""', "$.bids[0].id: the id is empty"),
        ('"id": "A"', '"id": 5', "$.bids[0].id: found the integer 5; expected text"),
        ('"id": "B"', '"id": "A"', '$.bids[1].id: bid "A" stands twice; expected unique ids'),
    ],
)
def test_evaluate_hostile_piece_is_refused_with_its_path(old: str, new: str, message: str) -> None:
    assert any(line.startswith(message) for line in problems(text_with(old, new)))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"\xff\xfe{}", "$: byte 0 is not UTF-8; expected text in UTF-8"),
        ("\ufeff{}".encode(), "$: not JSON: Unexpected UTF-8 BOM"),
        ("", "$: not JSON: Expecting value at line 1 column 1; expected one JSON object"),
        ("{} {}", "$: not JSON: Extra data at line 1 column 4"),
        ("[]", "$: found a list; expected an object with"),
        ("5", "$: found the integer 5; expected an object with"),
        ("\ud800", "$: not JSON: Expecting value"),
    ],
)
def test_evaluate_not_an_object_in_utf8_is_refused(source: str | bytes, message: str) -> None:
    assert problems(source)[0].startswith(message)


def test_evaluate_thousands_of_problems_stop_at_a_thousand() -> None:
    bids = [bid(f"b{number}", {"quality": "11"}) for number in range(5_000)]
    found = problems(json.dumps(document([quality("quality", "100")], bids)))

    assert len(found) == 1_001
    assert found[-1].startswith("$: more than 1000 problems, the rest not looked for")


def test_evaluate_many_problems_are_all_named() -> None:
    bids = [bid(f"b{number}", {"quality": "11"}) for number in range(999)]

    assert len(problems(json.dumps(document([quality("quality", "100")], bids)))) == 999


def test_evaluate_every_problem_is_one_printable_line() -> None:
    source = text_with('"id": "A"', '"id": "A", "\\u2028\\ud800\\n": "\\u0000"')

    assert all(line.isascii() and line.isprintable() for line in problems(source))


def test_evaluate_document_python_floats_and_odd_keys_are_refused() -> None:
    given: Json = simple()
    given["bids"][0]["scores"]["quality"]["consensus"] = 0.5
    given["bids"][1][5] = "five"

    with pytest.raises(BadEvaluation) as caught:
        evaluate_document(given)

    assert [problem.message for problem in caught.value.problems] == [
        "found a float",
        "a key is not text",
    ]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
PLACES = [
    (),
    ("format",),
    ("criteria",),
    ("criteria", 0),
    ("criteria", 0, "weight"),
    ("criteria", 0, "kind"),
    ("criteria", 1, "formula"),
    ("criteria", 1, "formula", "name"),
    ("method",),
    ("method", "rounding"),
    ("method", "tie_break"),
    ("method", "value_per_point"),
    ("method", "advance"),
    ("evaluators",),
    ("evaluators", 0),
    ("evaluators", 0, "criteria"),
    ("cutoff_decision",),
    ("draw_seed",),
    ("bids",),
    ("bids", 0),
    ("bids", 0, "status"),
    ("bids", 0, "scores"),
    ("bids", 0, "scores", "quality"),
    ("bids", 0, "scores", "quality", "by_evaluator"),
    ("bids", 0, "carried"),
]


@given(st.sampled_from(PLACES), JSON_VALUES)
def test_evaluate_anything_anywhere_is_scored_or_refused(
    place: tuple[str | int, ...], value: object
) -> None:
    root: dict[str, object] = {
        "root": document(
            [quality("quality", "60"), {**quality("price", "40"), "kind": "price", "formula": {}}],
            [bid("A", {"quality": {"e": "1"}}, price="1")],
            evaluators=[{"id": "e"}],
            method={},
        )
    }
    holder: object = root
    for key in ("root", *place)[:-1]:
        holder = holder[key]  # type: ignore[index]  # a path through JSON values
    holder[("root", *place)[-1]] = value  # type: ignore[index]  # the same

    with pytest.raises(BadEvaluation):
        evaluate(json.dumps(root["root"]))
    with pytest.raises(BadEvaluation):
        evaluate_document(root["root"])
