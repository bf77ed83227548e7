"""Words that people read in files of rules are found for translation, as those in code are."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from challenges.law import route_meanings, route_names

ROOT = Path(__file__).parents[3]
RULES = ROOT / "marketplace" / "core" / "regimes"


def test_names_and_meanings_of_routes_are_found_by_the_rules_of_extraction() -> None:
    with (ROOT / "babel.cfg").open() as written:
        methods, options = parse_mapping_cfg(written)  # type: ignore[no-untyped-call]  # it has none
    found = {
        text: (Path(name).name, line)
        for name, line, text, *_ in extract_from_dir(
            ROOT,
            methods,
            options,
            directory_filter=lambda path: Path(path) == RULES or Path(path) in RULES.parents,
        )
        if name.endswith(".toml")
    }
    for regime in ("scotland", "uk-2023"):
        assert {*route_names(regime).values(), *route_meanings(regime).values()} <= set(found)
    file, line = found["Research and development services"]
    assert (
        '"Research and development services"' in (RULES / file).read_text().splitlines()[line - 1]
    )
    # What the law is cited by is the same in every language.
    assert "2015 Regulations, reg. 15" not in found
