"""Which words of a challenge stand for it when challenges are compared. Pure."""

import re
from collections.abc import Sequence
from hashlib import sha256

from challenges.finding.wanted import COMMON, words_of

# How nearly every title begins. These words make all questions look alike, so they are left out
# before meanings are compared: that brought 4 more of 23 known pairs into the first three.
_OPENING = re.compile(
    r"^\s*how\s+(?:can|could|might|do|does|should|would|will)\s+"
    r"(?:(?:digital\s+|new\s+)?(?:technology|tech|technologies|data)|we|councils|you)\b"
    r"(?:\s+(?:use|make\s+use\s+of)\s+(?:digital\s+|new\s+)?(?:technology|tech|data)(?:\s+to)?)?"
    r"(?:\s+help)?\s*",
    re.IGNORECASE,
)

# What a person can take in of one text, and more than the model reads of it.
LONGEST_PART = 2_000

# What is shorter, longer or no word says little about what a text is about.
_TELLING = re.compile(r"[^\W\d_]{3,40}")
# Words that every second challenge has, besides those that every text has.
_USUAL = frozenset(
    # A list of a hundred quoted words would be a page long.
    """
    about after all any because before between each get help helps here just know less like make
    many much need needs new now one other out over own people public say same see technology things
    through time too under use used using very want way ways well whose without work year years
    """.split()  # noqa: SIM905  (read as text)
)
# Each costs a look into the index of words.
WORDS_MOST = 8


def parts(title: str, summary: str, problem: str) -> list[str]:
    """Give the texts whose meanings together are the challenge's, each shortened.

    The title comes first and without its usual opening; what is empty is left out.
    """
    return [
        text[:LONGEST_PART]
        for text in (without_opening(title), summary.strip(), problem.strip())
        if text
    ]


def without_opening(title: str) -> str:
    """Give a title without the opening that most titles share, unless nothing else is left."""
    rest = _OPENING.sub("", title).strip().removesuffix("?").strip()
    return rest or title.strip()


def digest(texts: Sequence[str]) -> str:
    """Give the digest by which it is seen whether a challenge's texts have changed."""
    return sha256("\0".join(texts).encode()).hexdigest()


def telling_words(title: str, summary: str) -> list[str]:
    """Give the words that say most about a challenge, the title's first; at most eight."""
    said = words_of(f"{without_opening(title)} {summary}")
    found = dict.fromkeys(
        word
        for word in said
        if word not in COMMON and word not in _USUAL and _TELLING.fullmatch(word)
    )
    return list(found)[:WORDS_MOST]
