"""The law is data: no threshold, no clock and no retention of a regime stands in code or pages."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REGIMES = ROOT / "marketplace" / "core" / "regimes"
ROOMS = ("challenges", "bids", "scoring", "marketplace")
# Tables of an earlier day, and the made-up content of the demonstration, decide nothing.
APART = (
    "marketplace/migrations/",
    "marketplace/demonstration/content/",
    # An ordinary price to try a method with.
    "challenges/simulator/samples.py",
)

# A number under such a name is a rule of somebody's: of the law, or of ours.
RULE = re.compile(r"(days|months|years|pounds|threshold|vat|standstill|retention)", re.IGNORECASE)

# Rules of our own, that no law sets, each with why.
OURS: Mapping[str, str] = {
    "bids/asking/lifecycle.py USUAL_WORKING_DAYS": "what we suggest",
    "challenges/asking/lifecycle.py USUAL_WORKING_DAYS": "what we suggest",
    "marketplace/demonstration/staging.py EXPLORATION_POUNDS": "an example's price",
    "challenges/law.py USUAL_DAYS_OPEN": "what we suggest, where the law asks for less",
    "challenges/law.py USUAL_DAYS_LONGER": "what we suggest",
    "challenges/law.py USUAL_DAYS_REOPENED": "what we suggest",
    "challenges/readiness/timeline.py DAYS_TO_BID": "advice for the sake of small suppliers",
    "challenges/readiness/timeline.py DAYS_AHEAD_MOST": "a slip of the keyboard",
    "marketplace/core/regimes/holidays/policy.py YEARS_AHEAD_MOST": "a slip of the keyboard",
    "challenges/readiness/timeline.py DAYS_TO_USE_ANSWERS": "advice, so that answers are of use",
}


def figures() -> set[int]:
    """Give the amounts that thresholds of any regime begin at, in pounds."""
    found: set[int] = set()
    for file in REGIMES.glob("*.toml"):
        for version in tomllib.loads(file.read_text(encoding="utf-8")).get("versions", []):
            for band in version.get("bands", []):
                found |= set(band["from_pounds"].values())
                found |= {rule.get("from_pounds", 0) for rule in band["follows"]}
    return found - {0}


def sources(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Give each module's path and text."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not name.startswith(APART):
                yield name, path.read_text(encoding="utf-8")


def numbers_under_a_rules_name(text: str) -> list[str]:
    """Give the names that hold a plain number and sound like a rule of law."""
    found = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        number = value.value if isinstance(value, ast.Constant) else None
        # Zero is where a rule's absence begins.
        if type(number) in (int, float) and number and RULE.search(name):
            found.append(name)
    return found


def thresholds_in(text: str, known: set[int]) -> list[str]:
    """Give the thresholds that a text has, in any usual way of writing them."""
    found = []
    for figure in sorted(known):
        writings = {f"{figure}", f"{figure:,}", f"{figure:_}", f"{figure:_}_00"}
        # In pence a round amount looks like any other number.
        writings |= {f"{figure}00"} if figure % 1000 else set()
        if any(re.search(rf"(?<![\d.,_]){each}(?![\d,_])", text) for each in writings):
            found.append(str(figure))
    return found


def test_no_module_has_a_number_that_sounds_like_law_but_those_that_are_ours() -> None:
    found = {
        f"{path} {name}" for path, text in sources() for name in numbers_under_a_rules_name(text)
    }

    assert found <= set(OURS), "put what is law into the regime's data; else say here why it is not"
    assert all(OURS.values())


def test_no_module_and_no_page_has_a_threshold() -> None:
    known = figures()
    pages = [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "templates").rglob("*.html"))
    ]

    assert known >= {50_000, 135_018, 207_720}
    found = {path: thresholds_in(text, known) for path, text in [*sources(), *pages]}
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "STANDSTILL_DAYS = 10",
        "retention_years: int = 3",
        "VAT = 20",
        "MONTHS_IT_HOLDS = 12",
        "DAYS_TO_PUBLISH_AWARD = 30",
    ],
)
def test_planted_rule_is_found(planted: str) -> None:
    assert numbers_under_a_rules_name(planted)


@pytest.mark.parametrize(
    "planted", ["value >= 207720:", "20772000", "135_018_00", "below £50,000", "x = 50_000_00"]
)
def test_planted_threshold_is_found(planted: str) -> None:
    assert thresholds_in(planted, figures())


@pytest.mark.parametrize(
    "innocent", ["150000", "5_000_000", "#500000f", "2077201", "0.50000", "DAY = 86400"]
)
def test_other_numbers_are_left_alone(innocent: str) -> None:
    assert thresholds_in(innocent, figures()) == []
    assert numbers_under_a_rules_name(innocent if "=" in innocent else "x = 1") == []
