"""Answers, item by item, what the law asks an award report to say.

What is asked, and by which provision, is data of the regime; here is how each kind of question is
answered from the facts.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from flask_babel import gettext, ngettext

from marketplace.core.regimes.book import ReportItem
from scoring.report.facts import (
    AwardReport,
    StatutoryItem,
)
from scoring.report.values import BidStatus, PriceFinding, Withheld
from scoring.report.wording import money


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def statutory_items(report: AwardReport, items: Sequence[ReportItem]) -> AwardReport:
    """Give the report with an answer to each item that the regime lists.

    Raises:
        KeyError: the regime names an answer that nobody here can give.
    """
    return replace(
        report,
        statutory=tuple(
            StatutoryItem(
                item.provision, _(item.asks), ANSWERS[item.answer](report), PLACES[item.answer]
            )
            for item in items
        ),
    )


def _subject(report: AwardReport) -> str:
    value, signed = report.challenge.total_value, report.decision.signed_value
    subject = _("%(body)s; “%(title)s”", body=report.body, title=report.challenge.title)
    if signed is None:
        return _(
            "%(subject)s; no contract is signed yet; value as published %(published)s without VAT.",
            subject=subject,
            published=money(value) if value else _("not stated"),
        )
    answer = ngettext(
        "%(subject)s; value of the contract %(signed)s without VAT",
        "%(subject)s; value of the %(num)d contracts together %(signed)s without VAT",
        len(report.decision.contracts),
        subject=subject,
        signed=money(signed),
    )
    if value:
        answer = _("%(answer)s; as published %(published)s.", answer=answer, published=money(value))
    return answer if value else f"{answer}."


def _selected(report: AwardReport) -> str:
    bids = report.received
    valid = [bid for bid in bids if bid.status is BidStatus.VALID]
    answers = [
        _(
            "%(valid)d of %(all)d bids met the requirements and were judged by the published "
            "criteria. The section on the bids gives every score with its reason.",
            valid=len(valid),
            all=len(bids),
        )
    ]
    for stage in report.stages:
        if stage.going_on is not None:
            answers.append(
                _(
                    "%(count)d went on from the stage “%(stage)s”: the section on the result says "
                    "who, and why.",
                    stage=stage.name,
                    count=len(stage.going_on.bids),
                )
            )
    return " ".join(answers)


def _rejected(report: AwardReport) -> str:
    rejected = [
        bid for stage in report.stages for bid in stage.bids if bid.status is not BidStatus.VALID
    ]
    if not rejected:
        return _("No bid was found ineligible or excluded.")
    return _("%(count)d; each stands under Eligibility with its reason.", count=len(rejected))


def _low_price(report: AwardReport) -> str:
    found = [
        each
        for stage in report.stages
        if not isinstance(stage.low_prices, Withheld)
        for each in stage.low_prices
    ]
    # A bid that was left out since is flagged no more; what was found of its price stands.
    flagged = {each.bid for each in found} | {
        flag["bid"] for stage in report.stages for flag in stage.result["low_price"]
    }
    if not flagged:
        return _("No bid was rejected for an unusually low price.")
    refused = [each for each in found if each.finding is PriceFinding.NOT_EXPLAINED]
    if not refused:
        return _("%(count)d prices were flagged; none was rejected for it.", count=len(flagged))
    return _(
        "%(count)d prices were flagged; %(refused)d were not accounted for when asked. The section "
        "on the result says of each what was found.",
        count=len(flagged),
        refused=len(refused),
    )


def _successful(report: AwardReport) -> str:
    winners = report.decision.winners
    if len(winners) == 1:
        reason = _("Bid %(bid)s. The section on the decision gives the reason.", bid=winners[0])
    else:
        reason = _(
            "Bids %(bids)s. The section on the decision gives the reason.", bids=", ".join(winners)
        )
    return f"{reason} {report.decision.others or _('No subcontracting was declared.')}"


def _procedure(report: AwardReport) -> str:
    return _(
        "%(route)s. Regime: %(regime)s, version %(version)s, %(band)s.",
        route=report.challenge.legal_route,
        regime=report.challenge.regime.name,
        version=report.challenge.regime.version,
        band=report.challenge.regime.band,
    )


def _no_award(_report: AwardReport) -> str:
    return _("Does not apply: an award was decided.")


def _means(report: AwardReport) -> str:
    if report.challenge.elsewhere:
        return _(
            "Bids were received elsewhere (%(place)s). By which means they were sent, and their "
            "receipts, seals and opening, were not collected here.",
            place=report.challenge.elsewhere,
        )
    return _("Does not apply: all communication was electronic.")


def _conflicts(report: AwardReport) -> str:
    count = sum(len(person.interests) for person in report.people)
    if not count:
        return _("Everybody on the panel declared to have no interest in a bidder.")
    return _(
        "%(count)d declared; the section on people says what was decided about each.", count=count
    )


ANSWERS: dict[str, Callable[[AwardReport], str]] = {
    "subject": _subject,
    "selected": _selected,
    "rejected": _rejected,
    "low_price": _low_price,
    "successful": _successful,
    "procedure": _procedure,
    "no_award": _no_award,
    "means": _means,
    "conflicts": _conflicts,
}
# In which sections of a report each answer is found in full; none where there is no more to say.
PLACES: dict[str, tuple[str, ...]] = {
    "subject": ("challenge", "decision"),
    "selected": ("method", "result", "bids"),
    "rejected": ("eligibility",),
    "low_price": ("result",),
    "successful": ("decision", "bids"),
    "procedure": ("challenge", "method"),
    "no_award": ("decision",),
    "means": ("challenge",),
    "conflicts": ("people",),
}
