"""Whether what bidders must show is out of proportion. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge

# Cover of ten times the value answers no usual risk of a small contract.
INSURANCE_TIMES_VALUE = 10


def of_requirements(challenge: "Challenge", turnover_times_value: int | None) -> Iterator[Finding]:
    """Hold a required turnover and insurance against the total value.

    `turnover_times_value` is the limit of the rules in force, None where they have none.
    """
    section, value = Section.REQUIREMENTS, challenge.value_minor
    turnover, insurance = challenge.required_turnover_minor, challenge.required_insurance_minor
    if (turnover or insurance) and not challenge.requirements:
        yield advice(section, N_("Say why you ask for turnover or insurance, so that it is fair."))
    if value is None:
        return
    if turnover is not None and turnover_times_value and turnover > turnover_times_value * value:
        yield Finding(
            section,
            N_(
                "The required turnover is more than %(times)s times the total value, which is out "
                "of proportion. Ask for less, or give the special reason for it."
            ),
            needed=not challenge.requirements,
            data={"times": turnover_times_value},
        )
    elif turnover is not None and turnover > value:
        yield advice(
            section,
            N_(
                "The required turnover is higher than the total value. It keeps small suppliers "
                "away. Would you really turn down a good bid by it?"
            ),
        )
    if insurance is not None and insurance > INSURANCE_TIMES_VALUE * value:
        yield advice(
            section,
            N_(
                "The required insurance is more than %(times)s times the total value, which is out "
                "of proportion to most risks."
            ),
            times=INSURANCE_TIMES_VALUE,
        )
