"""Reads what people type into a search box, and says it as each database asks for words. Pure.

Every word must occur, in any of its forms ("heating" finds "heat"). Words in quotation marks, or
joined by hyphens, must stand together in this order. A star ends the beginning of a word. A minus
before a word means: not with this one. Everything else that is typed parts words and means
nothing, so there is no input that either database could take for an instruction.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

# More terms than anybody types; each costs a look into the index.
TERMS_MOST = 8
# Longer than any word: what goes beyond it is noise.
WORD_MOST = 60

# These stand in nearly every text, so they tell nothing apart. They count within quotation marks.
_COMMON = """
a an and are as at be been but by can could did do does for from had has have how i if in into is it
its may might more most no nor not of on or our shall should so some such than that the their them
then there these they this those to was we were what when where which while who whom why will with
would you your
"""
COMMON = frozenset(_COMMON.split())

_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


@dataclass(frozen=True)
class Term:
    """Words that must stand together in this order; one word is the usual case."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True)
class Wanted:
    """The terms that must occur and those that must not. `only_common` says that words were
    typed, but none that tells texts apart."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    only_common: bool = False

    def __bool__(self) -> bool:
        """Whether there is a word to look for: what must not occur alone finds nothing."""
        return bool(self.terms)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what was typed."""
        terms: list[Term] = []
        without: list[Term] = []
        common = False
        for found in _PIECE.finditer(text.translate(_QUOTES)):
            quoted = found["phrase"] is not None
            said = found["phrase"] if quoted else found["word"]
            words = tuple(word[:WORD_MOST] for word in words_of(said))
            if not words:
                continue
            if not quoted and len(words) == 1 and words[0] in COMMON:
                common = True
                continue
            term = Term(words, begins=said.endswith("*"))
            kept = without if found["minus"] else terms
            if term not in kept:
                kept.append(term)
        return cls(
            tuple(terms[:TERMS_MOST]), tuple(without[:TERMS_MOST]), only_common=common and not terms
        )

    @property
    def fts5(self) -> str:
        """Say it in SQLite's language for full text. There must be a term."""
        said = " AND ".join(_fts5(term) for term in self.terms)
        return " NOT ".join([f"({said})", *(_fts5(term) for term in self.without)])

    @property
    def tsquery(self) -> str:
        """Say it in PostgreSQL's language for full text."""
        return " & ".join(
            [
                *(_tsquery(term) for term in self.terms),
                *(f"!{_tsquery(term)}" for term in self.without),
            ]
        )


def words_of(text: str) -> list[str]:
    """Part a text into words in small letters, without accents, as the indexes do."""
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return _WORD.findall(bare.lower())


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + ("*" if term.begins else "")


def _tsquery(term: Term) -> str:
    *first, last = term.words
    return "(" + " <-> ".join([*first, f"{last}:*" if term.begins else last]) + ")"
