"""The kinds of things in a challenge that its rules tell apart. Pure."""

from enum import StrEnum


class LegalRoute(StrEnum):
    """Which legal way of buying the body chose."""

    BELOW_THRESHOLD = "below_threshold"
    RESEARCH_AND_DEVELOPMENT = "research_and_development"
    OPEN = "open"
    RESTRICTED = "restricted"
    NEGOTIATED = "negotiated"
    INNOVATION_PARTNERSHIP = "innovation_partnership"
    DESIGN_CONTEST = "design_contest"


class PriceModel(StrEnum):
    """How money enters the evaluation: not at all, by a formula that gives points, or by a ranking.

    The names of formulas and rankings are the engine's.
    """

    FIXED_BUDGET = "fixed_budget"
    FIXED_BOUNDS = "fixed_bounds"
    LOWEST_PRICE_RATIO = "lowest_price_ratio"
    DEVIATION_FROM_LOWEST = "deviation_from_lowest"
    RANGE_OF_BIDS = "range_of_bids"
    DEVIATION_FROM_MEAN = "deviation_from_mean"
    PRICE_PER_POINT = "lowest_price_per_quality_point"
    ADJUSTED_PRICE = "lowest_quality_adjusted_price"


class Rounded(StrEnum):
    """Which figure the published method rounds before it goes on."""

    PERCENTAGE = "percentage"
    POINTS = "points"


class Combine(StrEnum):
    """How several people's scores of one answer become one; the names are the engine's."""

    CONSENSUS = "consensus"
    MEAN = "mean"
    MEDIAN = "median"


class CriterionKind(StrEnum):
    """Whether people score a criterion, a formula does, or an earlier stage has."""

    QUALITY = "quality"
    PRICE = "price"
    CARRIED = "carried"


class DeadlineOutcome(StrEnum):
    """What became of a proposal to move a closing instant."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
