"""Finds in answers what tells who wrote them, and masks words. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MASK = "[name withheld]"
# Forms of organisations and words that many names have: alone they tell nobody.
_WORDS = """
ltd limited plc llp lp cic cio inc gmbh company co-operative cooperative charity group holdings
services solutions systems technology technologies labs works data design digital and the partners
consulting studio uk
"""
_COMMON = frozenset(_WORDS.split())
_ADDRESS = re.compile(
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bhttps?://[^\s)>\]]*[\w/]|\bwww\.[^\s)>\]]*[\w/]",
    re.IGNORECASE,
)
_BESIDE = 40
LEAST = 3


@dataclass(frozen=True)
class Known:
    """What may tell a bid's bidder: the names of organisations that have a part in it, the names of
    people who act for the bidder, and the domains of their addresses."""

    names: Sequence[str] = ()
    people: Sequence[str] = ()
    domains: Sequence[str] = ()


@dataclass(frozen=True)
class Found:
    """Words that may tell the bidder, and where they stand: key of the question, and the text
    around them."""

    words: str
    places: Sequence[tuple[str, str]]


def find(known: Known, answers: Mapping[str, str]) -> list[Found]:
    """Find names of organisations, or the parts of them that are not common words, names of people
    as a whole, and addresses of any kind.

    Each is given once, as it stands first, in the order of standing.
    """
    variants = [words for name in known.names for words in _variants(name)]
    looked_for = [_pattern(words) for words in (*variants, *known.people, *known.domains)]
    places: dict[str, list[tuple[str, str]]] = {}
    shown: dict[str, str] = {}
    for key, text in answers.items():
        taken: list[tuple[int, int]] = []
        for pattern in (_ADDRESS, *looked_for):
            for match in pattern.finditer(text):
                start, end = match.span()
                if any(start < other and end > begun for begun, other in taken):
                    continue  # a part of what was found already
                taken.append((start, end))
                said = " ".join(match[0].split())
                shown.setdefault(said.casefold(), said)
                around = text[max(0, start - _BESIDE) : end + _BESIDE]
                places.setdefault(said.casefold(), []).append((key, " ".join(around.split())))
    return [Found(shown[folded], at) for folded, at in places.items()]


def may_be_masked(words: str, known: Known, answers: Mapping[str, str]) -> bool:
    """Tell whether words tell the bidder, so that masking them takes nothing from what is judged.

    They are what `find` finds, or parts of one name of an organisation or of one domain. Of people
    nothing but the whole name: many a first name is a word that an answer needs.
    """
    folded = " ".join(words.split()).casefold()
    if any(each.words.casefold() == folded for each in find(known, answers)):
        return True
    parts = _parts(words)
    if not any(len(part) > LEAST and part not in _COMMON for part in parts):
        return False
    # Of a domain without its end, which many have and which can be a word.
    wholes = (*known.names, *(domain.rpartition(".")[0] for domain in known.domains))
    return any(parts <= _parts(whole) for whole in wholes)


def stands_in(words: str, answers: Mapping[str, str]) -> bool:
    """Tell whether words stand in any of the answers."""
    return any(_pattern(words).search(text) for text in answers.values())


def masked(text: str, words: Iterable[str]) -> str:
    """Give a text with these words masked, whatever their case and the spaces between them."""
    for each in sorted(words, key=len, reverse=True):
        text = _pattern(each).sub(MASK, text)
    return text


def _variants(name: str) -> Iterator[str]:
    """Give the name, then without the words of its form at the end, then its telling words."""
    words = name.split()
    telling = [word for word in words if word.strip(".,()").casefold() not in _COMMON]
    yield name
    while telling and words[-1] not in telling:
        words.pop()
        yield " ".join(words)
    yield from (word for word in telling if len(word) > LEAST)


def _parts(words: str) -> set[str]:
    return set(re.findall(r"\w+", words.casefold()))


def _pattern(words: str) -> re.Pattern[str]:
    inner = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)
