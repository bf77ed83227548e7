"""Answers a query: a draft that any of the supplier's people writes, then sent once and for all."""

from datetime import datetime

from bids.asking import letters, lifecycle, log_words, policy, queries
from bids.asking.models import BidQuery
from bids.asking.service.asking import digest
from bids.service.loading import locked_bid
from challenges.lifecycle import RECORDING_TIME
from challenges.stages.standing import said
from challenges.texts import refuse_long, refuse_text
from marketplace.core.audit import log, refusals
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import StaleEdit, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def save_draft(
    bid_reference: str,
    number: int,
    *,
    text: str,
    seen: int | None = None,
    actor: Actor,
    arrived: datetime,
    clock: Clock,
) -> int:
    """Keep what was written so far, complete or not, and give the version that stands then.

    `seen` is the version that the writer read.

    Raises:
        NotFound: there is no such query about a bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_write`.
        StaleEdit: somebody else has written meanwhile.
        Invalid: it is too long.
    """
    text = text.strip()
    with transaction() as session:
        _bid, _challenge = locked_bid(session, bid_reference, actor)
        query = queries.own_query(session, bid_reference, number, actor)
        ensure(policy.can_write(actor, query.bid.standing, query, arrived))
        _refuse_stale(query, seen)
        refuse_long(text, "text", lifecycle.ANSWER_MOST)
        query.draft = text
        session.flush()
        return query.row_version


def send_answer(
    bid_reference: str,
    number: int,
    *,
    seen: int | None = None,
    actor: Actor,
    arrived: datetime,
    clock: Clock,
) -> None:
    """Send the draft as the answer, which is final; sent twice it is sent once.

    `arrived` is when the request was there. `seen` is the version that was checked.

    Raises:
        NotFound: there is no such query about a bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_send`; what is too late is recorded as refused.
        StaleEdit: somebody else has written since it was checked.
        Invalid: there is nothing to send.
    """
    late: dict[str, object] | None = None
    try:
        with transaction() as session:
            _bid, challenge = locked_bid(session, bid_reference, actor)
            query = queries.own_query(session, bid_reference, number, actor)
            if query.answered_by_id == actor.user_id:
                return
            now = clock.now()
            if query.answered_at is None and _too_late(query, arrived, now):
                late = {
                    **said(query.bid.stage),
                    "chain": challenge.reference,
                    "number": query.number,
                    "answer_by": write_instant(query.answer_by),
                }
            # What was held up on its way to the log for a minute counts as late as well.
            judged = arrived if now < query.answer_by + RECORDING_TIME else now
            ensure(policy.can_send(actor, query.bid.standing, query, judged))
            _refuse_stale(query, seen)
            missing = N_("Write your answer first.")
            refuse_text(query.draft, "text", missing, lifecycle.ANSWER_MOST)
            query.answer, query.draft = query.draft, ""
            query.answered_by_id = actor.user_id
            query.answered_at = now
            session.flush()
            letters.tell_answered(session, challenge, query, clock)
            log.append(
                session,
                clock=clock,
                action=log_words.ANSWERED,
                chain=challenge.reference,
                actor=actor,
                **said(query.bid.stage),
                bid=bid_reference,
                number=number,
                arrived=write_instant(arrived),
                answer_by=write_instant(query.answer_by),
                sha256=digest(query.answer or ""),
            )
    except WrongMoment:
        if late is not None:
            refusals.record(
                log_words.REFUSED,
                chain=str(late.pop("chain")),
                actor=actor,
                clock=clock,
                same={"bid": bid_reference, **late},
                arrived=write_instant(arrived),
            )
        raise


def _too_late(query: BidQuery, arrived: datetime, now: datetime) -> bool:
    in_time = lifecycle.in_time(arrived, query.answer_by)
    return not in_time or lifecycle.surely_unanswered(query.answer_by, now)


def _refuse_stale(query: BidQuery, seen: int | None) -> None:
    if seen is not None and query.row_version != seen:
        raise StaleEdit(
            N_("Somebody else changed the answer since your page was made. Look at both texts.")
        )
