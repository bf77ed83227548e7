"""Reads a query, which is recorded, decides about its answer, and lets the panel see it."""

from bids.asking import lifecycle, log_words, policy, queries
from bids.asking.lifecycle import QueryDecision
from bids.asking.models import BidQuery
from bids.asking.service.loading import locked_query
from bids.log_words import READ
from bids.policy import can_read_opened
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.stages.standing import said
from challenges.texts import refuse_text
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Forbidden, Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def read_query(
    reference: str, bid_reference: str, number: int, *, actor: Actor, clock: Clock
) -> tuple[Challenge, BidQuery]:
    """Read a query and its answer, which is part of the bid: so that is recorded like a bid's.

    Raises:
        NotFound: there is no such query of the actor's body.
        Forbidden, WrongMoment: by `bids.policy.can_read_opened`; or it concerns the price, which
            the actor must not know yet.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor)
        query = queries.query_of(session, challenge, bid_reference, number)
        ensure(can_read_opened(actor, query.bid.standing, opened=True))
        if not policy.may_read(actor, query.bid.standing, query):
            raise Forbidden(N_("This query concerns the price, which you see after the decision."))
        log.append(
            session,
            clock=clock,
            action=READ,
            chain=challenge.reference,
            actor=actor,
            **said(query.bid.stage),
            bid=bid_reference,
            query=number,
        )
    challenge = own_challenge(session, reference, actor)
    return challenge, queries.query_of(session, challenge, bid_reference, number)


def decide(
    reference: str,
    bid_reference: str,
    number: int,
    *,
    decision: QueryDecision | None,
    because: str,
    shown: bool = False,
    kept_because: str = "",
    actor: Actor,
    clock: Clock,
) -> None:
    """Record what an officer makes of the answer, with the reason, and whether the panel sees it.

    `kept_because` says why the panel does not see it yet; nothing is asked where the part is not
    the panel's. The same sent twice is recorded once.

    Raises:
        NotFound: there is no such query of the actor's body.
        Forbidden, WrongMoment: by `policy.can_decide`.
        Invalid: a decision or a reason is missing, or the decision does not fit the answer.
    """
    because, kept_because = because.strip(), kept_because.strip()
    with transaction() as session:
        challenge, query = locked_query(session, reference, bid_reference, number, actor)
        now = clock.now()
        if (query.decided_by_id, query.decision, query.decided_because) == (
            actor.user_id,
            decision,
            because,
        ):
            return
        ensure(policy.can_decide(actor, query.bid.standing, query, now))
        unanswered = query.answered_at is None
        if decision is None or (decision is QueryDecision.NO_ANSWER) != unanswered:
            missing = N_("Choose what you make of the answer.")
            raise Invalid(missing, {"decision": missing})
        missing = N_("Give the reason for this decision.")
        refuse_text(because, "because", missing, lifecycle.REASON_MOST)
        for_panel = policy.goes_to_panel(query.part)
        if for_panel and not shown:
            missing = N_("Say why the panel does not see it yet.")
            refuse_text(kept_because, "kept_because", missing, lifecycle.REASON_MOST)
        query.decision, query.decided_because = decision, because
        query.decided_by_id, query.decided_at = actor.user_id, now
        if for_panel and shown:
            query.shown_at = now
        elif for_panel:
            query.kept_because = kept_because
        log.append(
            session,
            clock=clock,
            action=log_words.DECIDED,
            chain=challenge.reference,
            actor=actor,
            **said(query.bid.stage),
            bid=bid_reference,
            number=number,
            decision=decision.value,
            reason=because,
            shown=query.shown_at is not None,
            kept_because=query.kept_because or "",
        )


def show_panel(
    reference: str, bid_reference: str, number: int, *, actor: Actor, clock: Clock
) -> None:
    """Let the panel see a decided query that was kept from it so far.

    Raises:
        NotFound: there is no such query of the actor's body.
        Forbidden, WrongMoment: by `policy.can_show`.
    """
    with transaction() as session:
        challenge, query = locked_query(session, reference, bid_reference, number, actor)
        ensure(policy.can_show(actor, query.bid.standing, query))
        query.shown_at = clock.now()
        log.append(
            session,
            clock=clock,
            action=log_words.SHOWN,
            chain=challenge.reference,
            actor=actor,
            **said(query.bid.stage),
            bid=bid_reference,
            number=number,
        )
