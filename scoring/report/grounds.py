"""The grounds on which an edition holds facts back, as the regime of a challenge has them. Pure."""

from typing import TYPE_CHECKING

from marketplace.core.regimes.book import USUAL, shipped
from scoring.report.values import Ground

if TYPE_CHECKING:
    from marketplace.core.regimes.shapes import Regime
    from scoring.report.facts import AwardReport


def grounds_of(regime: "Regime") -> tuple[Ground, ...]:
    """Give the grounds that a version of a regime names."""
    return tuple(Ground(each.key, each.law, each.reason) for each in regime.redaction_grounds)


def grounds_for(report: "AwardReport") -> tuple[Ground, ...]:
    """Give the grounds by which a report's editions hold back.

    A report that was frozen before grounds came with it was under the first of the usual rules.
    """
    return report.grounds or grounds_of(shipped(USUAL)[0])
