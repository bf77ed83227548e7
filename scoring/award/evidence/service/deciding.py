"""What becomes of evidence: decide what was shown, look things up, find that a bidder fails."""

from datetime import date

from sqlalchemy.orm import Session

from bids.evidence.service import Seen, check_within
from bids.grounds.policy import Found
from bids.models import Bid, EligibilityFinding
from bids.opened import find_opened_bid
from bids.service.deciding import decide_within
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.texts import refuse_all, refuse_text, text_faults
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, on_one_line, pasted
from marketplace.core.transaction import transaction
from scoring.award.evidence import kinds, letters, log_words, policy, queries
from scoring.award.evidence.kinds import Concern, Verdict
from scoring.award.evidence.models import (
    DueDiligence,
    EvidenceDecision,
    PreferredFailure,
)


def decide(
    at: Where,
    bid_reference: str,
    number: int,
    *,
    verdict: Verdict | None,
    reason: str,
    valid_until: date | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Record what an officer makes of a document, once, with the reason.

    One that is accepted is kept as checked evidence until `valid_until`, its last day, so that
    nobody need ask for it again; other bodies see that if the supplier lets them.

    Raises:
        NotFound: the challenge is another body's, or the bid was never asked for it.
        Forbidden, WrongMoment: by `policy.can_decide`.
        Invalid: there is no verdict or no reason, or the document has expired.
    """
    reason = pasted(reason)
    with transaction() as session:
        page = queries.page_of(session, at, actor, clock.now(), lock=True)
        found = page.document(bid_reference, number)
        accepts = verdict is Verdict.ACCEPTED
        ensure(policy.can_decide(page.handles, found.standing, accepts=accepts))
        page.of(bid_reference)
        faults = text_faults(
            reason, "reason", N_("Give the reason for this decision"), kinds.TEXT_MOST
        )
        if verdict is None:
            faults["verdict"] = N_("Choose what you find")
        refuse_all(faults)
        assert verdict is not None  # a missing one was just refused
        request = found.request
        check_id = None
        if accepts:
            seen = Seen(
                kind=request.kind,
                document=request.document,
                seen=reason,
                valid_until=valid_until,
                file_sha256=request.answers[-1].file_sha256,
            )
            check_id = check_within(
                session,
                page.challenge.reference,
                bid_reference,
                seen,
                actor=actor,
                clock=clock,
            )
        session.add(
            EvidenceDecision(
                request_id=request.id,
                verdict=verdict,
                reason=reason,
                check_id=check_id,
                decided_by_id=actor.user_id,
                decided_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            page.stage,
            clock=clock,
            action=log_words.DECIDED,
            actor=actor,
            bid=bid_reference,
            number=number,
            verdict=verdict.value,
            reason=reason,
        )


def look_up(
    at: Where,
    bid_reference: str,
    *,
    subject: str,
    source: str,
    concern: Concern | None,
    result: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Record what an officer looked up about a preferred bidder: what, where, with what result.

    The same said twice is recorded once.

    Raises:
        NotFound: the challenge is another body's, or the bid is not recommended.
        Forbidden, WrongMoment: by `policy.can_handle`.
        Invalid: something is missing or too long.
    """
    subject, source, result = on_one_line(subject), on_one_line(source), pasted(result)
    with transaction() as session:
        page = queries.page_of(session, at, actor, clock.now(), lock=True)
        ensure(page.handles)
        preferred = page.of(bid_reference)
        faults = {
            **text_faults(subject, "subject", N_("Say what you looked up"), 200),
            **text_faults(source, "source", N_("Say where you looked it up"), 500),
            **text_faults(result, "result", N_("Say what you found"), kinds.TEXT_MOST),
        }
        if concern is None:
            faults["concern"] = N_("Choose what came of it")
        refuse_all(faults)
        assert concern is not None  # a missing one was just refused
        said = (subject, source, concern, result)
        if any(
            (each.subject, each.source, each.concern, each.result) == said
            for each in preferred.notes
        ):
            return
        assert page.decision.recommendation is not None  # the policy has said so
        session.add(
            DueDiligence(
                recommendation_id=page.decision.recommendation.id,
                bid_id=preferred.bid.id,
                subject=subject,
                source=source,
                concern=concern,
                result=result,
                noted_by_id=actor.user_id,
                noted_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            page.stage,
            clock=clock,
            action=log_words.LOOKED_UP,
            actor=actor,
            bid=bid_reference,
            subject=subject,
            source=source,
            concern=concern.value,
            result=result,
        )


def fail(at: Where, bid_reference: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Record that a preferred bidder cannot have the contract, and have what follows happen.

    Its bid is found not to meet the requirements, as by any decision about a bid: the result is
    computed again without it, by which the recommendation lapses, and the chair recommends anew.

    Raises:
        NotFound: the challenge is another body's, or the bid is not recommended.
        Forbidden, WrongMoment: by `policy.can_fail`.
        Invalid: there is no reason, or what was found of the bid's grounds does not bear it.
    """
    reason = pasted(reason)
    with transaction() as session:
        page = queries.page_of(session, at, actor, clock.now(), lock=True)
        ensure(page.fails)
        bid = page.of(bid_reference).bid
        missing = N_("Say why this bidder cannot have the contract")
        refuse_text(reason, "reason", missing, kinds.TEXT_MOST)
        assert page.decision.recommendation is not None  # the policy has said so
        session.add(
            PreferredFailure(
                recommendation_id=page.decision.recommendation.id,
                bid_id=bid.id,
                reason=reason,
                failed_by_id=actor.user_id,
                failed_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            page.stage,
            clock=clock,
            action=log_words.FAILED,
            actor=actor,
            bid=bid_reference,
            reason=reason,
        )
        decide_within(
            session,
            page.challenge,
            bid_reference,
            finding=EligibilityFinding.INELIGIBLE,
            reason=reason,
            actor=actor,
            clock=clock,
            found=_found_before(session, bid),
        )
        letters.tell_failed(session, page, bid, clock)


def _found_before(session: Session, bid: Bid) -> list[Found]:
    """Give what was found of the grounds that the bid's parties declared: it goes on to stand."""
    opened = find_opened_bid(session, bid.stage_id, bid.reference)
    latest = opened.findings[-1].grounds if opened and opened.findings else ()
    return [Found(each.party, each.ground, each.verdict, each.reason) for each in latest]
