"""The law is data: no threshold, no clock and no retention of a regime stands in code or pages, and
none of them names a regime."""

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
RULE = re.compile(
    r"(days|months|years|pounds|threshold|vat|standstill|retention|percent)", re.IGNORECASE
)
# What a span of time is made by: `timedelta(10)`, `timedelta(days=10)`, `midday_after(now, 10)`.
SPAN = re.compile(r"(timedelta|_after|days)$")

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
    "scoring/records/keeping/clocks.py _MONTHS_OF_A_YEAR": "the calendar",
    "marketplace/demonstration/recording.py BIDS_KEPT_YEARS": "an example of a body's own schedule",
    "scoring/records/keeping/service.py YEARS_MOST": "a slip of the keyboard",
    "scoring/award/contracts/terms.py YEARS_AHEAD": "a slip of the keyboard",
    "scoring/award/contracts/terms.py MONTHS_MOST": "a slip of the keyboard",
    "challenges/readiness/timeline.py DAYS_TO_USE_ANSWERS": "advice, so that answers are of use",
}


# Spans of our own that happen to be as long as one of a law, each with why.
OUR_SPANS: Mapping[str, str] = {
    "challenges/alerts/news.py days=30": "how long something counts as new",
    "marketplace/demonstration/conversing.py days=10": "when people of the example wrote",
    "marketplace/demonstration/finding.py days=30": "when people of the example looked",
}
# Amounts of our own that happen to be a threshold of some regime, each with why.
OUR_AMOUNTS: Mapping[str, str] = {
    "bids/grounds/forms.py 5000000": "the most staff that anybody has",
    "marketplace/demonstration/conversing.py 30000": "how many people a town has",
    "marketplace/demonstration/staging.py 30000": "an example's price",
    "templates/challenges/write_record.html 30000": "an example's sum",
}

# Words of our own that happen to be a regime's key, each with why.
OUR_WORDS: Mapping[str, str] = {
    "challenges/words.py scotland": "where in the country an outcome is wanted",
    "marketplace/core/regimes/shapes.py scotland": "a part of the country with holidays of its own",
}


def regime_keys() -> set[str]:
    """Give the keys of all regimes."""
    tables = (tomllib.loads(file.read_text(encoding="utf-8")) for file in REGIMES.glob("*.toml"))
    return {table["key"] for table in tables if "key" in table}


def figures() -> set[int]:
    """Give the amounts that thresholds of any regime begin at, in pounds."""
    found: set[int] = set()
    for file in REGIMES.glob("*.toml"):
        for version in tomllib.loads(file.read_text(encoding="utf-8")).get("versions", []):
            for band in version.get("bands", []):
                found |= set(band["from_pounds"].values())
                found |= {rule.get("from_pounds", 0) for rule in band["follows"]}
                found.add(band.get("contracts_register", {}).get("from_pounds", 0))
                found.add(band.get("annual_report", {}).get("spending_from_pounds", 0))
    return found - {0}


def clocks() -> set[int]:
    """Give the numbers of days and the percentages that any regime has, without 0 and 1."""
    found: set[int] = set()
    for file in REGIMES.glob("*.toml"):
        for version in tomllib.loads(file.read_text(encoding="utf-8")).get("versions", []):
            for band in version.get("bands", []):
                found |= {band["notices"]["award_days"]}
                found |= {each for each in band["standstill"].values() if type(each) is int}
                found |= {letter.get("days", 0) for letter in band["letters"].values()}
                found |= {band["contract_change"].get("most_percent", 0)}
            for route in version.get("routes", []):
                found |= set(route.get("days_to_bid", {}).values())
            for ground in version.get("change_grounds", []):
                found |= {ground.get("most_percent", 0)}
    return found - {0, 1}


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


def clocks_in(text: str, known: set[int]) -> list[str]:
    """Give the places where a number of some regime is given as days or a share: in a call, as a
    default, or in a comparison."""
    found = []
    for node in ast.walk(ast.parse(text)):
        given: list[tuple[str, ast.expr | None]] = []
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                given = [(each.arg or "", each.value) for each in node.keywords]
                if SPAN.search(name):
                    given += [("days", each) for each in node.args]
            case ast.arguments():
                named = [*node.posonlyargs, *node.args]
                given = list(
                    zip((each.arg for each in named[::-1]), node.defaults[::-1], strict=False)
                )
                given += list(
                    zip((each.arg for each in node.kwonlyargs), node.kw_defaults, strict=True)
                )
            case ast.Compare():
                sides = [node.left, *node.comparators]
                named_sides = [_name(side) for side in sides]
                given = [(name, side) for name in named_sides if name for side in sides]
            case _:
                continue
        found += [
            f"{name}={value.value}"
            for name, value in given
            if RULE.search(name)
            and isinstance(value, ast.Constant)
            and type(value.value) is int
            and value.value in known
        ]
    return found


def _name(node: ast.expr) -> str:
    """Give the name that an expression ends in, nothing where it has none."""
    return {ast.Name: "id", ast.Attribute: "attr"}.get(type(node), "") and str(
        getattr(node, {ast.Name: "id", ast.Attribute: "attr"}[type(node)])
    )


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


def regimes_named_in(text: str, keys: set[str]) -> list[str]:
    """Give the regimes that a module names: by a text that is a key, or a file of one."""
    said = {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = (re.compile(rf"{re.escape(key)}([_.].*)?") for key in sorted(keys))
    return [
        key
        for key, own in zip(sorted(keys), named, strict=True)
        if any(own.fullmatch(each) for each in said)
    ]


def test_no_module_and_no_page_names_a_regime() -> None:
    keys = regime_keys()
    pages = [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "templates").rglob("*.html"))
    ]

    assert keys >= {"scotland", "uk-2023"}
    found = {
        f"{path} {key}"
        for path, text in sources()
        if not path.startswith("marketplace/demonstration/")
        for key in regimes_named_in(text, keys)
    }
    found |= {
        f"{path} {key}"
        for path, text in pages
        for key in keys
        if re.search(rf"""["']{re.escape(key)}["'_]""", text)
    }
    assert found == set(OUR_WORDS), "take the regime from the body or the plan, the usual from data"


@pytest.mark.parametrize(
    "planted",
    [
        'REGIME = "scotland"',
        'if regime == "uk-2023": ...',
        'grounds_on("scotland", day)',
        'open("uk-2023_grounds.toml")',
        'RULES = {"scotland": 1}',
    ],
)
def test_planted_regime_is_found(planted: str) -> None:
    assert regimes_named_in(planted, regime_keys())


@pytest.mark.parametrize("innocent", ['"transport-scotland"', '"All of Scotland"', "scotland = 1"])
def test_other_words_are_left_alone(innocent: str) -> None:
    assert regimes_named_in(innocent, regime_keys()) == []


def test_no_module_has_a_number_that_sounds_like_law_but_those_that_are_ours() -> None:
    found = {
        f"{path} {name}" for path, text in sources() for name in numbers_under_a_rules_name(text)
    }

    assert found == set(OURS), "put what is law into the regime's data; else say here why it is not"
    assert all(OURS.values())


def test_no_module_and_no_page_has_a_threshold() -> None:
    known = figures()
    pages = [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "templates").rglob("*.html"))
    ]

    assert known >= {50_000, 135_018, 207_720}
    found = {
        f"{path} {each}"
        for path, text in [*sources(), *pages]
        for each in thresholds_in(text, known)
    }
    assert found == set(OUR_AMOUNTS), "put what is law into the data; else say here why it is not"


def test_no_module_gives_a_number_of_a_regime_as_days_or_as_a_share() -> None:
    known = clocks()

    assert known >= {8, 10, 15, 25, 30, 50}
    found = {f"{path} {each}" for path, text in sources() for each in clocks_in(text, known)}
    assert found == set(OUR_SPANS), "put what is law into the data; else say here why it is not"


@pytest.mark.parametrize(
    "planted",
    [
        "ends = sent + timedelta(days=10)",
        "ends = sent + timedelta(15)",
        "ends = book.midday_after(sent, 30)",
        "def standstill(sent, days=10): ...",
        "def standstill(sent, *, days: int = 10): ...",
        "late = request.days > 15",
        "refused = percent >= 50",
        "Keeping(years=30)",
    ],
)
def test_planted_clock_is_found(planted: str) -> None:
    assert clocks_in(planted, clocks())


@pytest.mark.parametrize(
    "innocent", ["timedelta(days=1)", "timedelta(minutes=10)", "x = 10", "rows > 50", "limit(10)"]
)
def test_number_that_is_no_clock_is_left_alone(innocent: str) -> None:
    assert clocks_in(innocent, clocks()) == []


@pytest.mark.parametrize(
    "planted",
    [
        "STANDSTILL_DAYS = 10",
        "MOST_PERCENT = 50",
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
    "innocent", ["150000", "6_000_000", "#500000f", "2077201", "0.50000", "DAY = 86400"]
)
def test_other_numbers_are_left_alone(innocent: str) -> None:
    assert thresholds_in(innocent, figures()) == []
    assert numbers_under_a_rules_name(innocent if "=" in innocent else "x = 1") == []
