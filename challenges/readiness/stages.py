"""What is missing or weak about the stages and what is paid in them. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from challenges.readiness.criteria import of_criteria
from challenges.readiness.finding import Finding, advice
from challenges.readiness.method import of_method, of_panel
from challenges.sections import Section
from challenges.stages.kinds import LaterKind, Payment, Property, StageKind, is_judged, is_paid
from challenges.stages.terms import says_something, total_cost
from marketplace.core.money import money
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge, Stage

# In these suppliers work for the body, which the small ones cannot do for nothing.
_WORK = (StageKind.EXPLORATION, StageKind.ACCELERATOR, StageKind.AGREEMENT, StageKind.DELIVERY)


def of_stages(challenge: "Challenge") -> Iterator[Finding]:
    """Look at each stage, at how many take part, at their sum and at later purchases."""
    if not says_something(challenge):
        return
    if challenge.bids_elsewhere and sum(map(is_judged, challenge.stages)) > 1:
        yield Finding(
            Section.STAGES,
            N_(
                "Bids go elsewhere, so nobody can be invited to a later stage here. Let one stage "
                "be judged, or take bids here."
            ),
        )
    former: Stage | None = None
    for stage in challenge.stages:
        for finding in _stage(challenge, stage):
            yield replace(finding, stage=stage.name)
        if former is not None and former.suppliers and (stage.suppliers or 0) > former.suppliers:
            yield replace(
                advice(
                    Section.STAGES,
                    N_(
                        "More suppliers take part here than in the stage before. Check the numbers."
                    ),
                ),
                stage=stage.name,
            )
        former = stage
    yield from _later(challenge)
    yield from _sum(challenge)


def _stage(challenge: "Challenge", stage: "Stage") -> Iterator[Finding]:
    section = Section.STAGES
    if is_judged(stage) and stage is not challenge.stage:
        for finding in (*of_method(stage), *of_panel(stage), *of_criteria(stage)):
            yield replace(finding, section=section)
        if stage.suppliers is None:
            yield Finding(section, N_("Say how many suppliers take part at most."))
    if is_paid(stage) and stage.suppliers is None:
        yield Finding(section, N_("Suppliers are paid. Say how many of them there are at most."))
    if is_paid(stage) and stage.amount_minor is None:
        # What the chosen bid asks for is known later; the most that it may be is not.
        yield Finding(section, N_("Suppliers are paid. Say how much, without VAT."))
    if stage.kind in _WORK and stage.payment == Payment.NONE and not _prizes(challenge):
        yield advice(
            section,
            N_("Suppliers work here and nothing is paid. Small companies cannot afford that."),
        )
    if stage.property not in (None, Property.SUPPLIER):
        yield from _property(challenge, stage)


def _prizes(challenge: "Challenge") -> bool:
    """Tell whether prizes pay for what suppliers do in stages without a fee."""
    return any(stage.prizes for stage in challenge.stages)


def _property(challenge: "Challenge", stage: "Stage") -> Iterator[Finding]:
    if challenge.legal_route == "research_and_development" and stage.property == Property.BODY:
        yield advice(
            Section.STAGES,
            N_(
                "What is made passes to you alone. Research and development services are left out "
                "of the regulations only where others gain from the result too, so your legal "
                "route may not hold. Ask your procurement officer."
            ),
        )
    else:
        yield advice(
            Section.STAGES,
            N_(
                "What is made does not stay with the supplier. Then suppliers ask for more, small "
                "ones may stay away, and the legal route may change. Be sure that you need it."
            ),
        )


def _later(challenge: "Challenge") -> Iterator[Finding]:
    section, later = Section.STAGES, challenge.later
    if later is None:
        yield advice(
            section,
            N_("Say whether what you buy after the last stage is part of this competition."),
        )
    elif later.kind == LaterKind.INCLUDED:
        if later.value_minor is None:
            yield Finding(section, N_("Say up to what value you may buy after the last stage."))
        if not later.bodies:
            yield Finding(section, N_("Name the bodies that may buy after the last stage."))


def _sum(challenge: "Challenge") -> Iterator[Finding]:
    """Hold what the stages add up to against the value that was given."""
    found, value = total_cost(challenge), challenge.value_minor
    if value is None or found.minor == value:
        return
    sums = {"sum": money(found.minor), "value": money(value)}
    if found.minor > value:
        yield Finding(
            Section.STAGES,
            N_(
                "The stages add up to %(sum)s, and the total value is %(value)s. The value must "
                "include everything: it decides which rules apply."
            ),
            data=sums,
        )
    elif found.whole:
        yield advice(
            Section.STAGES,
            N_(
                "The stages add up to %(sum)s, and the total value is %(value)s. Where does the "
                "rest go?"
            ),
            **sums,
        )
