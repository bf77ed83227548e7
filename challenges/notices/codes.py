"""The Common Procurement Vocabulary of 2008: its codes, and finding them by words. Pure.

`cpv.tsv` holds the main vocabulary: eight digits, the check digit, and the label in English.
Source: Regulation (EC) No 213/2008, Annex I.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import log

LABEL_MOST = 300

# Where a query's word is found counts for as much: in the label, as the beginning of a word of it,
# or only in the label of a code above.
_WHOLE, _BEGINNING, _ABOVE = 1.0, 0.6, 0.4

_COMMON = frozenset(
    (
        *("a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "do", "for", "from"),
        *("get", "has", "have", "help", "how", "in", "into", "is", "it", "its", "more", "of"),
        *("on", "or", "other", "our", "related", "so", "such", "technology", "than", "that"),
        *("the", "their", "them", "they", "this", "to", "up", "use", "used", "using", "we"),
        *("what", "when", "where", "which", "who", "with", "without", "you", "your"),
    )
)

_FEWEST_LETTERS = 3

# From this division on, the vocabulary speaks of software and services, which challenges buy.
# Goods and building works are found by searching.
_SERVICES_FROM = "48"


@dataclass(frozen=True)
class Code:
    """One code with its label; `code` has eight digits and no check digit."""

    code: str
    check: str
    label: str

    @property
    def full(self) -> str:
        """Give the code as notices write it: 72000000-5."""
        return f"{self.code}-{self.check}"

    @property
    def depth(self) -> int:
        """Give how many digits say something: 2 for a division, up to 8."""
        return max(2, len(self.code.rstrip("0")))


@dataclass(frozen=True)
class _Index:
    codes: tuple[Code, ...]
    by_code: dict[str, Code]
    # For each stem the places of the codes whose own label has it, and of those below such a code.
    own: dict[str, frozenset[int]]
    above: dict[str, frozenset[int]]
    lengths: tuple[int, ...]


def find(text: str) -> Code | None:
    """Give the code that a text names, with or without spaces and check digit, if there is one.

    A check digit that is given must be the code's own.
    """
    match = re.fullmatch(r"([0-9]{8})(?:-?([0-9]))?", re.sub(r"[\s.]", "", text))
    if match is None:
        return None
    code = _index().by_code.get(match[1])
    return code if code is not None and match[2] in (None, code.check) else None


def path_of(code: Code) -> list[Code]:
    """Give the codes above a code, the broadest first."""
    return list(_above(code, _index().by_code))


def search(words: str, limit: int = 30) -> list[Code]:
    """Give the codes that words or the first digits of a code lead to, the best first.

    Codes whose own label has more of the words, and rarer ones, come first; then broader codes.
    """
    digits = re.sub(r"[\s-]", "", words)
    if re.fullmatch(r"[0-9]{2,9}", digits):
        return [code for code in _index().codes if code.code.startswith(digits[:8])][:limit]
    stems = list(dict.fromkeys(_stems(words)))
    scores = _scores(stems)
    needed = max((score.found for score in scores.values()), default=0)
    # Of several words at least half must lead to a code, so that one rare word alone does not.
    kept = {place: score for place, score in scores.items() if score.found * 2 >= needed}
    return _best(kept, limit)


def suggest(text: str, limit: int = 8) -> list[Code]:
    """Give codes of services that a challenge's own words speak of: at least two, or none."""
    scores = _scores(list(dict.fromkeys(_stems(text)))[:200], beginnings=False)
    fitting = {
        place: score
        for place, score in scores.items()
        if score.own >= 2 and _index().codes[place].code >= _SERVICES_FROM
    }
    return _best(fitting, limit)


@dataclass
class _Score:
    value: float = 0.0
    found: int = 0
    own: int = 0


def _scores(stems: Sequence[str], *, beginnings: bool = True) -> dict[int, _Score]:
    index = _index()
    scores: dict[int, _Score] = defaultdict(_Score)
    for stem in stems:
        own = index.own.get(stem, frozenset())
        begun = _begun(stem) - own if beginnings else frozenset()
        above = index.above.get(stem, frozenset()) - own - begun
        rarity = log(1 + len(index.codes) / (1 + len(own)))
        for places, worth in ((own, _WHOLE), (begun, _BEGINNING), (above, _ABOVE)):
            for place in places:
                score = scores[place]
                score.value += worth * rarity
                score.found += 1
                score.own += worth is _WHOLE
    return {place: score for place, score in scores.items() if score.own or beginnings}


def _begun(stem: str) -> frozenset[int]:
    if len(stem) < _FEWEST_LETTERS:
        return frozenset()
    index = _index()
    found = [places for known, places in index.own.items() if known.startswith(stem)]
    return frozenset().union(*found)


def _best(scores: dict[int, _Score], limit: int) -> list[Code]:
    index = _index()

    def key(item: tuple[int, _Score]) -> tuple[float, str]:
        place, score = item
        code = index.codes[place]
        # Coverage first; words of the label that nobody asked for count against it; a broad code
        # is right more often than a narrow one.
        value = score.value * score.found / (1 + 0.06 * max(0, index.lengths[place] - score.own))
        return (-value * (1 + 0.08 * (8 - code.depth)), code.code)

    ordered = sorted(scores.items(), key=key)
    return [index.codes[place] for place, _score in ordered[:limit]]


def _above(code: Code, by_code: dict[str, Code]) -> Iterator[Code]:
    for digits in range(2, code.depth):
        broader = by_code.get(code.code[:digits].ljust(8, "0"))
        if broader is not None and broader.code != code.code:
            yield broader


def _stems(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    return [_stem(word) for word in words if word not in _COMMON and len(word) > 1]


def _stem(word: str) -> str:
    """Cut a plural and the commonest endings, alike for labels and for what is looked for."""
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 4 and re.search(r"(s|x|z|ch|sh)es$", word):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


@cache
def _index() -> _Index:
    file = resources.files("challenges.notices") / "cpv.tsv"
    rows = (
        line.split("\t")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    codes = tuple(Code(code, check, label) for code, check, label in rows)
    by_code = {code.code: code for code in codes}
    stems = {code.code: frozenset(_stems(code.label)) for code in codes}
    own: dict[str, set[int]] = defaultdict(set)
    above: dict[str, set[int]] = defaultdict(set)
    for place, code in enumerate(codes):
        for stem in stems[code.code]:
            own[stem].add(place)
        for broader in _above(code, by_code):
            for stem in stems[broader.code]:
                above[stem].add(place)
    return _Index(
        codes=codes,
        by_code=by_code,
        own={stem: frozenset(places) for stem, places in own.items()},
        above={stem: frozenset(places) for stem, places in above.items()},
        lengths=tuple(len(stems[code.code]) for code in codes),
    )
