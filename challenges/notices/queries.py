"""Reads about codes and notices."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from challenges.models import Challenge
from challenges.notices import codes


def suggested_codes(challenge: Challenge) -> list[codes.Code]:
    """Give codes to begin with: what the challenge's words speak of, and what is usual."""
    text = f"{challenge.title} {challenge.summary} {challenge.outcome}"
    found = [*codes.suggest(text), *usual_codes(challenge.sector)]
    taken = {each.code for each in challenge.codes}
    return [code for code in dict.fromkeys(found) if code.code not in taken]


def usual_codes(sector: str | None) -> list[codes.Code]:
    """Give the codes that challenges of a sector usually have, its own before those of all."""
    usual = [*_usual().get(sector or "", ()), *_usual()["always"]]
    return [code for code in map(codes.find, usual) if code is not None]


@cache
def _usual() -> Mapping[str, Sequence[str]]:
    file = resources.files("challenges.notices") / "usual.toml"
    found: Mapping[str, Sequence[str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return found
