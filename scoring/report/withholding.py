"""What an edition of the report leaves out, on which ground, and whose bids are affected.

Owns the list that each edition shows of what it withholds. Pure.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from marketplace.core.text import N_
from scoring.report.decided import Decision
from scoring.report.facts import AwardReport, Bid, Event
from scoring.report.values import BidStatus, Redaction

# The grounds' ids; what the law says of each is data of the regime that a challenge was under.
COMMERCIAL: Final = "commercial"
CONFIDENTIAL: Final = "confidential"
PERSONAL: Final = "personal"
ADVICE: Final = "advice"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a regime or a body lets the public edition show.

    `losing_names`: suppliers that were not successful. `rejection_reasons`: why a bid was
    ineligible, excluded or withdrawn. `losing_reasons`: the panel's reasons for the scores of
    bids that were not successful.
    """

    losing_names: bool = False
    rejection_reasons: bool = False
    losing_reasons: bool = True


def own_bids(full: AwardReport, about: str) -> frozenset[str]:
    """Give the bids of the supplier whose bid `about` is: each stage has one of its own."""
    suppliers = {bid.supplier for bid in bids_of(full) if bid.reference == about}
    return frozenset(bid.reference for bid in bids_of(full) if bid.supplier in suppliers)


def bids_of(report: AwardReport) -> Iterator[Bid]:
    """Yield the bids of all stages."""
    for stage in report.stages:
        yield from stage.bids


def losing_bids(report: AwardReport, own: Collection[str] = ()) -> Iterator[Bid]:
    """Yield the bids that are neither preferred nor of the supplier whom an edition is for."""
    for bid in bids_of(report):
        if bid.reference not in report.decision.winners and bid.reference not in own:
            yield bid


def _about_decisions(decision: Decision) -> Iterator[Redaction]:
    if any(each.announced_at for each in decision.taken_back):
        yield Redaction(N_("Why an earlier decision was taken back"), ADVICE)
    if decision.complaints:
        yield Redaction(N_("Who complained about the decision, and the answer"), COMMERCIAL)


def _about_events(timeline: Sequence[Event]) -> Iterator[Redaction]:
    if any(event.text != event.public for event in timeline):
        yield Redaction(N_("What the log says to auditors alone of what happened"), ADVICE)


def _about_losing(
    losing: Sequence[Bid], rules: Disclosure, *, debrief: bool
) -> Iterator[Redaction]:
    rejected = any(bid.status is not BidStatus.VALID for bid in losing)
    if rejected and (debrief or not rules.rejection_reasons):
        yield Redaction(N_("Why a bid was ineligible, excluded or withdrawn"), COMMERCIAL)
    if debrief:
        yield Redaction(
            N_("Scores of the other bids that were not successful, and the reasons for them"),
            COMMERCIAL,
        )
    elif not rules.losing_reasons:
        yield Redaction(N_("Reasons for the scores of bids that were not successful"), COMMERCIAL)


def redactions(
    full: AwardReport, rules: Disclosure, own: Collection[str] = (), *, debrief: bool = False
) -> Iterator[Redaction]:
    """Yield what an edition leaves out and on which ground, in the order of the report.

    `own` are the bids of the supplier whom a debrief is for.
    """
    losing = list(losing_bids(full, own))
    if losing and not rules.losing_names:
        yield Redaction(N_("Names of suppliers that were not successful"), COMMERCIAL)
    if any(bid.price is not None for bid in losing):
        yield Redaction(
            N_(
                "Prices of bids that were not successful, and each figure from which one could "
                "be worked out"
            ),
            COMMERCIAL,
        )
    if losing:
        yield from _about_losing(losing, rules, debrief=debrief)
    if any(bid.answers for stage in full.stages for bid in stage.bids):
        yield Redaction(N_("The answers in the bids"), CONFIDENTIAL)
    if any(stage.queries_asked for stage in full.stages):
        yield Redaction(N_("Queries to bidders, and what they answered"), CONFIDENTIAL)
    if any(stage.held_back for stage in full.stages):
        yield Redaction(N_("Words in reasons that an officer withheld from bidders"), ADVICE)
    if any(bid.masks for stage in full.stages for bid in stage.bids):
        yield Redaction(N_("Words that the panel did not read in answers"), CONFIDENTIAL)
    yield from _of_preferred(full.decision)
    if any(stage.low_prices for stage in full.stages):
        yield Redaction(
            N_("Which prices were flagged as unusually low, and what was found"), COMMERCIAL
        )
    if any(person.name_withheld for person in full.people):
        yield Redaction(N_("Names of people, where a role and number stand"), PERSONAL)
    if any(person.interests for person in full.people):
        yield Redaction(N_("Details of declared interests"), PERSONAL)
    if any(stage.recomputed for stage in full.stages):
        yield Redaction(N_("For which bid a result was computed again, and why"), PERSONAL)
        yield Redaction(N_("What the computing again changed"), COMMERCIAL)
    yield from _about_decisions(full.decision)
    yield from _about_events(full.timeline)
    yield Redaction(N_("Each evaluator’s own scores and reasons"), ADVICE)
    yield Redaction(
        N_("The evaluation document, and what could have changed the result"), COMMERCIAL
    )


def _of_preferred(decision: Decision) -> Iterator[Redaction]:
    if decision.shown:
        yield Redaction(N_("What preferred bidders showed as evidence"), CONFIDENTIAL)
    if decision.looked_up or decision.failed:
        yield Redaction(
            N_("What was looked up about preferred bidders, and why one failed"), COMMERCIAL
        )
