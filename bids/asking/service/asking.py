"""Asks a bidder about its bid, takes a query back, and gives more time."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from bids.asking import letters, lifecycle, log_words, policy, queries
from bids.asking.lifecycle import QueryPart
from bids.asking.models import BidQuery, BidQueryExtension
from bids.asking.service.loading import locked_opened_bid, locked_query
from challenges.kinds import CriterionKind
from challenges.models import Challenge, Stage
from challenges.stages.standing import said
from challenges.texts import refuse_text
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


@dataclass(frozen=True)
class Concern:
    """Which part of a bid a query concerns; `key` names the question where it is an answer."""

    part: QueryPart
    key: str = ""


def ask(
    reference: str,
    bid_reference: str,
    *,
    concern: Concern | None,
    text: str,
    answer_by: datetime | None,
    changes_nothing: bool,
    actor: Actor,
    clock: Clock,
) -> int:
    """Ask the bidder to explain or complete something, and give the query's number.

    `changes_nothing` is the officer's word that the query invites no change of price or substance.
    The same query sent twice is asked once, while the first waits.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such opened bid.
        Forbidden, WrongMoment: by `policy.can_ask`; or there are too many queries.
        Invalid: something is missing, too long, or the limit is too short.
    """
    text = text.strip()
    with transaction() as session:
        challenge, bid = locked_opened_bid(session, reference, bid_reference, actor)
        now = clock.now()
        ensure(policy.can_ask(actor, bid.standing, bid.state))
        if challenge.bids_elsewhere:
            raise WrongMoment(policy.ASKED_ELSEWHERE)
        if concern is None:
            missing = N_("Choose what the query concerns.")
            raise Invalid(missing, {"concern": missing})
        refuse_text(text, "text", N_("Enter what you want to know."), lifecycle.TEXT_MOST)
        _refuse_limit(answer_by, now)
        if not changes_nothing:
            unsure = N_("Tick the box only if this is so. Otherwise word the query anew.")
            raise Invalid(unsure, {"changes_nothing": unsure})
        assert answer_by is not None  # a missing one was just refused
        number = queries.next_number(session, bid)
        for earlier in queries.of_bid(session, bid.id):
            waits = earlier.answered_at is None and earlier.withdrawn_at is None
            if waits and (earlier.text, earlier.asked_by_id) == (text, actor.user_id):
                return earlier.number
        if number > lifecycle.QUERIES_MOST:
            raise WrongMoment(N_("This bidder was asked 20 times. No more can be asked."))
        query = BidQuery(
            bid_id=bid.id,
            number=number,
            part=concern.part,
            criterion_id=_criterion(bid.stage, concern),
            text=text,
            answer_by=answer_by,
            asked_by_id=actor.user_id,
            asked_at=now,
            draft="",
        )
        session.add(query)
        session.flush()
        letters.tell_asked(session, challenge, query, clock)
        log.append(
            session,
            clock=clock,
            action=log_words.ASKED,
            chain=challenge.reference,
            actor=actor,
            **said(bid.stage),
            bid=bid.reference,
            number=number,
            concerns=concern.key or concern.part.value,
            answer_by=write_instant(answer_by),
            sha256=digest(text),
        )
        return number


def extend(
    reference: str,
    bid_reference: str,
    number: int,
    *,
    answer_by: datetime | None,
    because: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Give the bidder more time, with the reason; also after the limit has passed.

    Raises:
        NotFound: there is no such query of the actor's body.
        Forbidden, WrongMoment: by `policy.can_extend`.
        Invalid: the new limit is not later or too short, or there is no reason.
    """
    because = because.strip()
    with transaction() as session:
        challenge, query = locked_query(session, reference, bid_reference, number, actor)
        now = clock.now()
        ensure(policy.can_extend(actor, query.bid.standing, query, now))
        _refuse_limit(answer_by, now, query.answer_by)
        missing = N_("Say why the supplier gets more time.")
        refuse_text(because, "because", missing, lifecycle.REASON_MOST)
        assert answer_by is not None  # a missing one was just refused
        former = query.answer_by
        session.add(
            BidQueryExtension(
                query_id=query.id,
                limit_from=former,
                limit_to=answer_by,
                because=because,
                extended_by_id=actor.user_id,
                extended_at=now,
            )
        )
        query.answer_by = answer_by
        session.flush()
        letters.tell_extended(session, challenge, query, clock)
        _record(
            session,
            challenge,
            query,
            log_words.EXTENDED,
            actor,
            clock,
            reason=because,
            answer_by=write_instant(answer_by),
            former=write_instant(former),
        )


def withdraw(
    reference: str,
    bid_reference: str,
    number: int,
    *,
    because: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Take a query back that is not answered, with the reason; the bidder need do nothing then.

    Raises:
        NotFound: there is no such query of the actor's body.
        Forbidden, WrongMoment: by `policy.can_withdraw`.
        Invalid: there is no reason, or it is too long.
    """
    because = because.strip()
    with transaction() as session:
        challenge, query = locked_query(session, reference, bid_reference, number, actor)
        now = clock.now()
        ensure(policy.can_withdraw(actor, query.bid.standing, query, now))
        missing = N_("Say why the query is taken back.")
        refuse_text(because, "because", missing, lifecycle.REASON_MOST)
        query.withdrawn_because = because
        query.withdrawn_by_id = actor.user_id
        query.withdrawn_at = now
        session.flush()
        letters.tell_withdrawn(session, challenge, query, clock)
        _record(session, challenge, query, log_words.WITHDRAWN, actor, clock, reason=because)


def digest(text: str) -> str:
    """Give the digest by which the log names a text without holding it."""
    return sha256(text.encode()).hexdigest()


def _criterion(stage: Stage, concern: Concern) -> uuid.UUID | None:
    if concern.part is not QueryPart.ANSWER:
        return None
    for criterion in stage.criteria:
        if criterion.kind is CriterionKind.QUALITY and criterion.key == concern.key:
            return criterion.id
    missing = N_("Choose what the query concerns.")
    raise Invalid(missing, {"concern": missing})


def _refuse_limit(limit: datetime | None, now: datetime, before: datetime | None = None) -> None:
    if fault := lifecycle.limit_fault(limit, now, before):
        raise Invalid(fault, {"answer_by": fault})


def _record(
    session: Session,
    challenge: Challenge,
    query: BidQuery,
    action: str,
    actor: Actor,
    clock: Clock,
    **fields: object,
) -> None:
    log.append(
        session,
        clock=clock,
        action=action,
        chain=challenge.reference,
        actor=actor,
        **said(query.bid.stage),
        bid=query.bid.reference,
        number=query.number,
        **fields,
    )
