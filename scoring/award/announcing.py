"""Announces the intention to award, from which the standstill runs."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import service as challenges
from challenges.frozen import frozen_evaluation
from challenges.lifecycle import Event
from challenges.models import Challenge, Stage
from challenges.stages import recording
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from marketplace.core.notices import post
from marketplace.core.permissions import Actor
from marketplace.core.regimes import book
from marketplace.core.regimes.holidays.queries import local_holidays
from scoring.award import hooks, queries
from scoring.award.models import Intention, Recommendation


def announce(
    session: Session,
    stage: Stage,
    recommendation: Recommendation,
    actor: Actor,
    clock: Clock,
) -> datetime:
    """Announce the intention to award to all bidders at once; give when the standstill ends."""
    challenge, now = stage.challenge, clock.now()
    ends = standstill_end(session, stage, now)
    begin(session, stage, recommendation, now, ends, clock)
    preferred = {bid.id: bid.supplier.name for bid in recommendation.bids}
    letters: dict[str, tuple[str, int]] = {}
    for bid, person in queries.bidders_people(session, stage):
        others = [name for bid_id, name in preferred.items() if bid_id != bid.id]
        text = _letter(challenge, bid.reference, others, ends, own=bid.id in preferred)
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=_("Intention to award: %(title)s", title=challenge.title),
            text=text,
            clock=clock,
        )
        letters[bid.reference] = (text, letters.get(bid.reference, ("", 0))[1] + 1)
    record(session, stage, recommendation, ends, letters, actor, clock)
    return ends


def standstill_end(
    session: Session, stage: Stage, sent_at: datetime, *, electronic: bool = True
) -> datetime:
    """Give the instant before which no contract is signed, when letters go out at `sent_at`.

    It goes by the rules that the plan was pinned to, and by the body's local holidays as they stand
    now.
    """
    plan = frozen_evaluation(session, stage)
    regime = book.version_of(plan.regime, plan.regime_version)
    band = regime.under(regime.band(plan.band), stage.challenge.legal_route)
    days_off = local_holidays(
        session, stage.challenge.buyer_id, sent_at.astimezone(book.LONDON).date()
    )
    return book.standstill_end(
        band.standstill, sent_at, electronic=electronic, local_holidays=days_off
    )


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


def record(
    session: Session,
    stage: Stage,
    recommendation: Recommendation,
    ends: datetime,
    letters: Mapping[str, tuple[str, int | None]],
    actor: Actor,
    clock: Clock,
    **sent: str,
) -> None:
    """Record what was told, and tell the rooms above.

    `letters` gives by bid the text and how many people it went to, None where the service does not
    know; `sent` says how letters went out that the service did not send.
    """
    recording.append(
        session,
        stage,
        clock=clock,
        action="intention.announced",
        actor=actor,
        bid=recommendation.references,
        standstill=write_instant(ends),
        **sent,
    )
    for bid_reference, (text, people) in letters.items():
        recording.append(
            session,
            stage,
            clock=clock,
            action="letter.sent",
            actor=actor,
            bid=bid_reference,
            letter="intention_to_award",
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            people=people,
        )
    hooks.emit(session, stage, clock)


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


def _letter(
    challenge: Challenge, bid_reference: str, others: Sequence[str], ends: datetime, *, own: bool
) -> str:
    """Write the short message that leads each bidder to scores and reasons in the site."""
    return "\n\n".join(
        [
            challenge.title,
            outcome_words(others, own=own),
            _("No contract is signed before %(instant)s.", instant=format_instant(ends)),
            _(
                "Sign in and open bid %(bid)s to see your scores and the reasons for them.",
                bid=bid_reference,
            ),
            challenge.buyer.name,
        ]
    )
