"""Announces the intention to award, from which the standstill runs."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import service as challenges
from challenges.frozen import frozen_evaluation
from challenges.lifecycle import Event
from challenges.models import EvaluationPlan, Stage
from marketplace.core.clock import Clock
from marketplace.core.regimes import book
from marketplace.core.regimes.holidays.queries import local_holidays
from marketplace.core.regimes.shapes import Standstill
from scoring.award.models import Intention, Recommendation


def standstill_end(
    session: Session,
    stage: Stage,
    sent_at: datetime,
    *,
    electronic: bool = True,
    rule: Standstill | None = None,
) -> datetime:
    """Give the instant before which no contract is signed, when letters go out at `sent_at`.

    It goes by the rules that the plan was pinned to, and by the body's local holidays as they stand
    now. `rule` is that of the standstill, where the caller has read it.
    """
    days_off = local_holidays(
        session, stage.challenge.buyer_id, sent_at.astimezone(book.LONDON).date()
    )
    return book.standstill_end(
        rule or standstill_rule(session, stage),
        sent_at,
        electronic=electronic,
        local_holidays=days_off,
    )


def standstill_rule(session: Session, stage: Stage) -> Standstill:
    """Give the rule of the standstill, of the regime that the plan was pinned to."""
    return _standstill_of(frozen_evaluation(session, stage), stage)


def rule_to_explain(stage: Stage) -> Standstill | None:
    """Give the rule by which the end of a standstill that runs is explained.

    That end stands with the intention, so nothing is decided by this rule any more, and it is not
    held against the log again.
    """
    return _standstill_of(stage.plan, stage) if stage.plan else None


def _standstill_of(plan: EvaluationPlan, stage: Stage) -> Standstill:
    regime = book.version_of(plan.regime, plan.regime_version)
    return regime.under(regime.band(plan.band), stage.challenge.legal_route).standstill


def begin(
    session: Session,
    stage: Stage,
    recommendation: Recommendation,
    sent_at: datetime,
    ends: datetime,
    clock: Clock,
) -> None:
    """Begin the standstill of letters that went out at `sent_at`."""
    challenges.advance(session, stage.challenge, Event.ANNOUNCE_INTENTION, clock=clock)
    session.add_all(
        Intention(
            stage_id=stage.id,
            recommendation_id=recommendation.id,
            bid_id=bid.id,
            announced_at=sent_at,
            standstill_ends_at=ends,
        )
        for bid in recommendation.bids
    )
    session.flush()


def outcome_words(others: Sequence[str], *, own: bool) -> str:
    """Say to a bidder to whom the contract is to be awarded.

    `others` are the preferred suppliers besides the one who is written to.
    """
    named = ", ".join(others)
    if own and others:
        said = _("We intend to award a contract to you, and to %(names)s.", names=named)
    elif own:
        said = _("We intend to award the contract to you.")
    elif len(others) > 1:
        said = _("We intend to award contracts to %(names)s.", names=named)
    else:
        said = _("We intend to award the contract to %(supplier)s.", supplier=named)
    return str(said)
