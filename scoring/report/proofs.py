"""Tells what preferred bidders showed before the approval, and what a committee's minute says."""

from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges.models import Stage
from marketplace.core.dates import format_date
from scoring.award.committee.queries import answered, decisions_of
from scoring.award.evidence.kinds import STANDING_WORDS, Concern
from scoring.award.evidence.queries import of_stage
from scoring.award.queries import Decision
from scoring.report import decided


class Proofs(NamedTuple):
    """What a decision rests on besides the result; `minute` is empty where a person decided."""

    minute: str = ""
    shown: tuple[decided.Shown, ...] = ()
    looked_up: tuple[decided.LookedUp, ...] = ()
    failed: tuple[decided.Failed, ...] = ()


def proofs_of(session: Session, stage: Stage, found: Decision, now: datetime) -> Proofs:
    """Read what the decision on a stage rests on, as it stands at `now`.

    Bids that were recommended before and failed are among them.
    """
    if found.recommendation is None:
        return Proofs()
    minute = answered(decisions_of(session, stage.id), found.recommendation.id)
    evidence = of_stage(session, stage, found.recommendation, now)
    bids = (*evidence.earlier, *evidence.preferred)
    return Proofs(
        minute=_(
            "%(committee)s, %(day)s, %(minute)s",
            committee=minute.committee,
            day=format_date(minute.met_on),
            minute=minute.minute,
        )
        if minute
        else "",
        shown=tuple(
            decided.Shown(
                bid=bid.bid.reference,
                document=each.request.document,
                asked_at=each.request.asked_at,
                outcome=_(STANDING_WORDS[each.standing]),
                reason=each.request.decision.reason if each.request.decision else "",
                decided_at=each.request.decision.decided_at if each.request.decision else None,
            )
            for bid in bids
            for each in bid.asked
        ),
        looked_up=tuple(
            decided.LookedUp(
                bid=bid.bid.reference,
                subject=note.subject,
                source=note.source,
                concern=note.concern is Concern.CONCERN,
                result=note.result,
                noted_at=note.noted_at,
            )
            for bid in bids
            for note in bid.notes
        ),
        failed=tuple(
            decided.Failed(bid.bid.reference, bid.failure.reason, bid.failure.failed_at)
            for bid in bids
            if bid.failure is not None
        ),
    )
