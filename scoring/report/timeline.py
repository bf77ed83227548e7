"""Tells in a report what happened when, out of the log of its challenge."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges.log_words import PUBLISHED
from marketplace.core.audit import log
from marketplace.core.audit.stages import of_stage
from scoring.report import facts
from scoring.report.gathered import Gathered

# What a reader of an award wants on its timeline; the log has more, and reads of bids are not the
# public's.
_TOLD = {
    "challenge.published": "Published",
    "bids.opened": "Bids opened",
    "bids.brought": "Bids brought in",
    "panel.named": "",
    "panel.member_added": "",
    "panel.member_replaced": "",
    "panel.accepted": "",
    "moderation.began": "",
    "quality.locked": "Quality locked",
    "quality.unlocked": "",
    "scoring.reopened": "",
    "advance.confirmed": "",
    "advance.taken_back": "",
    "stage.opened": "",
    "award.recommended": "Recommended",
    "award.returned": "",
    "award.approved": "Approved",
    "award.cleared": "Approved",
    "intention.announced": "Intention announced",
    "complaint.received": "",
    "complaint.taken_back": "",
    "complaint.decided": "",
    "court.recorded": "",
    "court.ended": "",
    "decision.taken_back": "",
    "contract.signed": "Contract signed",
    "contract.order_confirmed": "",
    "rest.ended": "",
}


def timeline(session: Session, followed: Sequence[Gathered]) -> tuple[facts.Event, ...]:
    """Tell the challenge's history from its log, and each closing at its own instant.

    The picture has the milestones of the stage that decided, and the publication. Other editions
    than the full one say of an entry what its public fields say, and of the decision that holds for
    which bid it is and why: that stands elsewhere in them too.
    """
    events = []
    deciding = followed[-1]
    holds = _that_holds(deciding)
    for entry in log.chain_entries(session, deciding.challenge.reference):
        if entry.action in _TOLD:
            message, values = log.words_for(entry)
            open_to_all = log.public_fields(entry.action)
            if holds.get(entry.action) == (entry.fields.get("bid"), entry.fields.get("reason")):
                open_to_all |= {"bid", "reason"}
            public = {name: value for name, value in entry.fields.items() if name in open_to_all}
            _same, told = log.fill(entry.action, public)
            shown = entry.action == PUBLISHED or of_stage(entry.fields, deciding.stage.ordinal)
            milestone = _TOLD[entry.action] if shown else ""
            events.append(
                facts.Event(
                    entry.at,
                    _(message, **values),
                    _(milestone) if milestone else "",
                    _(message, **told),
                )
            )
    for found in followed:
        again = _("The result was computed again")
        events += [facts.Event(each.at, again, "", again) for each in found.again]
        if found.stage.closes_at is not None:
            milestone = _("Closed") if found.deciding else ""
            closed = _("Bidding closed")
            events.append(facts.Event(found.stage.closes_at, closed, milestone, closed))
    return tuple(sorted(events, key=lambda event: event.at))


def _that_holds(deciding: Gathered) -> dict[str, tuple[str, str]]:
    """Give for which bids and with which reason the decision that holds was recorded, by action."""
    recommended, approved = deciding.decision.recommendation, deciding.decision.sign_off
    if recommended is None or approved is None:
        return {}
    bids = ", ".join(bid.reference for bid in recommended.bids)
    return {"award.recommended": (bids, recommended.reason)} | dict.fromkeys(
        ("award.approved", "award.cleared"), (bids, approved.reason)
    )
