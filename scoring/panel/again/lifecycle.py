"""From where a panel judges again, and which of its scores may change then. Pure."""

from collections.abc import Collection
from enum import StrEnum

from marketplace.core.text import N_


class Point(StrEnum):
    """From where a decision is taken again, the earliest first."""

    ELIGIBILITY = "eligibility"
    SCORING = "scoring"
    MODERATION = "moderation"
    RECOMMENDATION = "recommendation"


POINT_WORDS = {
    Point.ELIGIBILITY: N_("From eligibility: officers decide again which bids count"),
    Point.SCORING: N_("From scoring: evaluators score the questions named below again"),
    Point.MODERATION: N_(
        "From moderation: the panel agrees its scores for the questions named below again"
    ),
    Point.RECOMMENDATION: N_(
        "From the recommendation: the scores stand, the chair recommends again"
    ),
}
# Some questions are judged again, which are named; from the other points none or all that is new.
NAMING = frozenset({Point.SCORING, Point.MODERATION})
# Evaluators write again: new bids, or the questions named.
SCORING_AGAIN = frozenset({Point.ELIGIBILITY, Point.SCORING})

STANDS = N_("This score stands: only what the decision names is scored again")


def may_change(point: Point, named: Collection[str], key: str) -> bool:
    """Tell whether an evaluator may change a score that they had submitted, of the question `key`.

    From eligibility on only bids that were not scored are.
    """
    return point is Point.SCORING and key in named
