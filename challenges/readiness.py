"""What a draft still lacks, and where it is weak, said in plain words before review. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from challenges.plan import PRICE, WEIGHTS_TOTAL, plain
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge, Criterion, Stage

# Small suppliers need two weekends to read, ask and write.
DAYS_TO_BID = 10

# Nobody plans a challenge for so long: the year is a slip of the keyboard.
DAYS_AHEAD_MOST = 730

# A problem told in fewer words leaves bidders guessing.
PROBLEM_WORDS = 40

# Up to here each whole score is described; a longer scale needs its two ends.
SCALE_IN_FULL = 10


@dataclass(frozen=True)
class Finding:
    """One thing about a draft: `needed` before review, or advice.

    `data` fills the places of `message`, which is not translated yet.
    """

    section: Section
    message: str
    needed: bool = True
    data: Mapping[str, object] = field(default_factory=dict)


def check(challenge: "Challenge", now: datetime) -> list[Finding]:
    """Name what a challenge lacks and where it is weak, in the order of its sections."""
    return [
        *_problem(challenge),
        *_outcome(challenge),
        *_place(challenge),
        *_money(challenge),
        *_criteria(challenge.stage),
        *_closing(challenge.stage, now),
    ]


def needed(challenge: "Challenge", now: datetime) -> list[Finding]:
    """Name only what must be put right before review."""
    return [finding for finding in check(challenge, now) if finding.needed]


def weights_sum(stage: "Stage") -> Decimal:
    """Add the weights of all criteria, exactly."""
    return sum((criterion.weight for criterion in stage.criteria), Decimal(0))


def _problem(challenge: "Challenge") -> Iterator[Finding]:
    section = Section.PROBLEM
    if not challenge.title.rstrip().endswith("?"):
        yield _advice(
            section,
            N_(
                "The title is not a question. A question such as “How can technology help …?” "
                "invites ideas that you have not thought of."
            ),
        )
    if not challenge.summary:
        yield Finding(section, N_("Write a summary: people read it first."))
    if not challenge.problem:
        yield Finding(section, N_("Describe the problem."))
    elif len(challenge.problem.split()) < PROBLEM_WORDS:
        yield _advice(
            section,
            N_("The problem is told in a few words only. Say what happens, where and how often."),
        )
    if not challenge.affected:
        yield Finding(section, N_("Say who is affected by the problem."))
    if not challenge.today:
        yield _advice(section, N_("Say what happens today, so that nobody offers what you have."))


def _outcome(challenge: "Challenge") -> Iterator[Finding]:
    section = Section.OUTCOME
    if not challenge.outcome:
        yield Finding(section, N_("Say what outcome you want."))
    if not challenge.measures:
        yield Finding(section, N_("There is no measure of success. Say how you would know."))
    if not challenge.support:
        yield _advice(section, N_("Say what data, places and people you offer."))


def _place(challenge: "Challenge") -> Iterator[Finding]:
    if not challenge.region:
        yield Finding(Section.PLACE, N_("Choose a region, so that people can find the challenge."))
    if not challenge.sector:
        yield Finding(Section.PLACE, N_("Choose a sector, so that people can find the challenge."))


def _money(challenge: "Challenge") -> Iterator[Finding]:
    section, stage = Section.MONEY, challenge.stage
    if challenge.legal_route is None:
        yield Finding(section, N_("Choose the legal route."))
    if challenge.value_minor is None:
        yield Finding(
            section, N_("Give the total value: it decides which rules apply to the purchase.")
        )
    elif stage.budget_minor is not None and stage.budget_minor > challenge.value_minor:
        yield Finding(
            section,
            N_("The budget is higher than the total value, which must include everything."),
        )
    priced = any(criterion.kind == PRICE for criterion in stage.criteria)
    if stage.price_model == "fixed_budget":
        if stage.budget_minor is None:
            yield Finding(section, N_("There is no budget. Say what the supplier is paid."))
        return
    if stage.budget_minor is None:
        yield _advice(
            section,
            N_("There is no budget. Say the most you can pay, so nobody bids in vain."),
        )
    if stage.price_model == "fixed_bounds" and (
        stage.best_minor is None or stage.worst_minor is None
    ):
        yield Finding(
            section, N_("Give the price that gets all the points and the price that gets none.")
        )
    if stage.price_model == "lowest_price_ratio":
        yield _advice(
            section,
            N_(
                "Price is measured against the lowest bid. Then the order of two bids can turn "
                "when a third comes or goes. Two amounts set beforehand cannot do that."
            ),
        )
    if not priced:
        yield Finding(section, N_("Price counts in your price model, but it has no weight."))


def _criteria(stage: "Stage") -> Iterator[Finding]:
    section = Section.CRITERIA
    quality = [criterion for criterion in stage.criteria if criterion.kind != PRICE]
    if not stage.criteria:
        yield Finding(section, N_("There is no criterion. Say what bids are judged on."))
        return
    if not quality:
        yield Finding(
            section,
            N_(
                "Bids would be judged on price alone, which the law does not allow. Add at least "
                "one question that is scored."
            ),
        )
    total = weights_sum(stage)
    if total != WEIGHTS_TOTAL:
        yield Finding(
            section,
            N_("The weights add up to %(total)s. Together with price they must add up to 100."),
            data={"total": plain(total)},
        )
    for criterion in quality:
        yield from _question(criterion)


def _question(criterion: "Criterion") -> Iterator[Finding]:
    title = {"title": criterion.title}
    if not criterion.question:
        yield Finding(
            Section.CRITERIA, N_("“%(title)s” has no question for bidders to answer."), data=title
        )
    missing = _scores_to_describe(criterion) - {d.score for d in criterion.descriptors}
    if missing:
        yield Finding(
            Section.CRITERIA,
            N_("“%(title)s” does not say what these scores mean: %(scores)s."),
            data={**title, "scores": ", ".join(plain(score) for score in sorted(missing))},
        )


def _scores_to_describe(criterion: "Criterion") -> set[Decimal]:
    highest = criterion.max_score or Decimal(0)
    ends = {Decimal(0), highest}
    if highest > SCALE_IN_FULL:
        return ends
    return ends | {Decimal(score) for score in range(int(highest) + 1)}


def _closing(stage: "Stage", now: datetime) -> Iterator[Finding]:
    section = Section.TIMELINE
    if stage.closes_at is None:
        yield Finding(section, N_("Choose when bidding closes."))
    elif stage.closes_at <= now:
        yield Finding(section, N_("The closing time is in the past. Choose a later one."))
    elif stage.closes_at > now + timedelta(days=DAYS_AHEAD_MOST):
        yield Finding(section, N_("Bidding closes more than two years from now. Check the year."))
    elif stage.closes_at < now + timedelta(days=DAYS_TO_BID):
        yield _advice(
            section,
            N_("Bidding closes in fewer than 10 days. Small suppliers need longer to answer well."),
        )


def _advice(section: Section, message: str) -> Finding:
    return Finding(section, message, needed=False)
