"""What a draft still lacks, and where it is weak, said in plain words before review. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from challenges.law import rules_on
from challenges.readiness.codes import of_codes
from challenges.readiness.criteria import of_criteria, weights_sum
from challenges.readiness.documents import of_documents
from challenges.readiness.finding import Finding
from challenges.readiness.law import of_law
from challenges.readiness.method import of_method, of_panel
from challenges.readiness.money import of_money
from challenges.readiness.outcome import of_outcome, of_support
from challenges.readiness.people import of_people
from challenges.readiness.place import of_place
from challenges.readiness.problem import of_problem
from challenges.readiness.record import of_record
from challenges.readiness.requirements import of_requirements
from challenges.readiness.stages import of_stages
from challenges.readiness.team import of_team
from challenges.readiness.timeline import of_closing, of_timeline

if TYPE_CHECKING:
    from challenges.models import Challenge

__all__ = ["Finding", "check", "needed", "of_closing", "of_criteria", "warnings", "weights_sum"]


def check(challenge: "Challenge", now: datetime) -> list[Finding]:
    """Name what a challenge lacks and where it is weak, in the order of its sections."""
    most_turnover = rules_on(now, challenge.buyer.regime).required_turnover_times_value
    return [
        *of_problem(challenge),
        *of_people(challenge),
        *of_outcome(challenge),
        *of_support(challenge),
        *of_place(challenge),
        *of_stages(challenge),
        *of_money(challenge),
        *of_method(challenge.stage),
        *of_panel(challenge.stage),
        *of_requirements(challenge, most_turnover),
        *of_criteria(challenge.stage),
        *of_timeline(challenge, now),
        *of_codes(challenge, now),
        *of_law(challenge, now),
        *of_documents(challenge),
        *of_team(challenge),
        *of_record(challenge),
    ]


def needed(challenge: "Challenge", now: datetime) -> list[Finding]:
    """Name only what must be put right before review."""
    return [finding for finding in check(challenge, now) if finding.needed]


def warnings(challenge: "Challenge", now: datetime) -> list[Finding]:
    """Name only what could be better, which nobody need put right."""
    return [finding for finding in check(challenge, now) if not finding.needed]
