"""Draws a sample that anybody can draw again from its seed. Pure.

Each reference is digested with the seed, `SHA-256(seed + newline + reference)`, and those with the
lowest digests are drawn. So the sample hangs on nothing but the seed and on what there is to draw
from, and a reference that is added later never changes the order of the others.
"""

import hashlib
from collections.abc import Iterable

SEED_MOST = 64


def draw(references: Iterable[str], *, seed: str, size: int) -> list[str]:
    """Draw at most `size` references, in the order in which they are drawn."""
    return sorted(references, key=lambda each: digest(seed, each))[:size]


def digest(seed: str, reference: str) -> str:
    """Give what a reference is ordered by."""
    return hashlib.sha256(f"{seed}\n{reference}".encode()).hexdigest()


def population_digest(references: Iterable[str]) -> str:
    """Give the digest of all that was drawn from: of the references in order, one on each line."""
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(references)).encode()).hexdigest()
