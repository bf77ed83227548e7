"""What officers do with evidence of a preferred bidder: ask, give time, decide, look things up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bids.asking.lifecycle import limit_fault
from bids.evidence.kinds import Evidence
from bids.evidence.service import Seen, check_within
from bids.grounds.policy import Found
from bids.models import Bid, EligibilityFinding
from bids.opened import find_opened_bid
from bids.service.deciding import decide_within
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.texts import refuse_all, refuse_text, text_faults
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, on_one_line, pasted
from marketplace.core.transaction import transaction
from scoring.award.evidence import kinds, letters, log_words, policy, queries
from scoring.award.evidence.kinds import Concern, Verdict
from scoring.award.evidence.models import (
    DueDiligence,
    EvidenceDecision,
    EvidenceExtension,
    EvidenceRequest,
    PreferredFailure,
)
from scoring.award.evidence.queries import EvidencePage

__all__ = ["Wanted", "ask", "ask_again", "decide", "extend", "fail", "log_words", "look_up"]


@dataclass(frozen=True)
class Wanted:
    """A document to ask for: what it is evidence of, its name, and what it should show."""

    kind: Evidence
    document: str
    says: str = ""


def ask(
    at: Where,
    bid_reference: str,
    *,
    wanted: Sequence[Wanted],
    answer_by: datetime | None,
    beyond: str = "",
    actor: Actor,
    clock: Clock,
) -> Sequence[int]:
    """Ask a preferred bidder for documents by one limit; give their numbers.

    `beyond` says why a check that is in force, by this body or shared by another, is not enough;
    it is asked for where one is of the same kind. What is asked for already is not asked twice.

    Raises:
        NotFound: the challenge is another body's, or the bid is not recommended.
        Forbidden, WrongMoment: by `policy.can_handle`; or too much was asked already.
        Invalid: something is missing or too long, or the limit is too short.
    """
    with transaction() as session:
        page = queries.page_of(session, at, actor, clock.now(), lock=True)
        ensure(page.handles)
        preferred = page.of(bid_reference)
        waiting = {
            (each.request.kind, each.request.document)
            for each in preferred.asked
            if each.standing in kinds.UNDECIDED
        }
        asked = [
            Wanted(each.kind, on_one_line(each.document), pasted(each.says)) for each in wanted
        ]
        beyond = pasted(beyond)
        faults = _faults(asked, answer_by, clock.now())
        checked = _checked_kinds(session, preferred.bid, actor, clock)
        if not beyond and any(each.kind in checked for each in asked):
            faults["beyond"] = N_(
                "A check of this kind is in force already. Leave the document out, or say why the "
                "check is not enough"
            )
        faults |= text_faults(beyond or " ", "beyond", "", kinds.TEXT_MOST)
        refuse_all(faults)
        assert answer_by is not None  # a missing one was just refused
        number = queries.last_number(session, preferred.bid.id)
        made = []
        for each in asked:
            if (each.kind, each.document) in waiting:
                continue
            number += 1
            request = _request(page, preferred.bid, each, number, answer_by, actor, clock)
            request.beyond = beyond or None if each.kind in checked else None
            session.add(request)
            made.append(request)
        if number > kinds.DOCUMENTS_MOST:
            raise WrongMoment(N_("This bidder was asked for 40 documents. No more can be asked."))
        session.flush()
        for request in made:
            _record_asked(session, page, preferred.bid, request, actor, clock)
        if made:
            letters.tell_asked(session, preferred.bid, answer_by, len(made), clock)
        return [request.number for request in made]


def ask_again(
    at: Where,
    bid_reference: str,
    number: int,
    *,
    says: str,
    answer_by: datetime | None,
    actor: Actor,
    clock: Clock,
) -> int:
    """Ask once more for a document that was refused, saying what is missing; give the new number.

    Raises:
        NotFound: the challenge is another body's, or the bid was never asked for it.
        Forbidden, WrongMoment: by `policy.can_ask_again`.
        Invalid: it is not said what is missing, or the limit is too short.
    """
    says = pasted(says)
    with transaction() as session:
        page = queries.page_of(session, at, actor, clock.now(), lock=True)
        found = page.document(bid_reference, number)
        ensure(policy.can_ask_again(page.handles, found.standing))
        bid = page.of(bid_reference).bid
        faults = text_faults(
            says, "says", N_("Say what is missing from what was refused"), kinds.TEXT_MOST
        )
        if fault := limit_fault(answer_by, clock.now()):
            faults["answer_by"] = fault
        refuse_all(faults)
        assert answer_by is not None  # a missing one was just refused
        former = found.request
        new = queries.last_number(session, bid.id) + 1
        wanted = Wanted(former.kind, former.document, says)
        request = _request(page, bid, wanted, new, answer_by, actor, clock)
        request.beyond, request.replaces_id = former.beyond, former.id
        session.add(request)
        session.flush()
        _record_asked(session, page, bid, request, actor, clock, again=former.number)
        letters.tell_asked(session, bid, answer_by, 1, clock)
        return new


def extend(
    at: Where,
    bid_reference: str,
    number: int,
    *,
    answer_by: datetime | None,
    because: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Give a preferred bidder more time for a document, with the reason; also after its limit.

    Raises:
        NotFound: the challenge is another body's, or the bid was never asked for it.
        Forbidden, WrongMoment: by `policy.can_extend`.
        Invalid: the limit is not later, or too short, or there is no reason.
    """
    because = pasted(because)
    with transaction() as session:
        page = queries.page_of(session, at, actor, clock.now(), lock=True)
        found = page.document(bid_reference, number)
        ensure(policy.can_extend(page.handles, found.standing))
        former = found.request.limit
        faults = text_faults(
            because, "because", N_("Say why the bidder gets more time"), kinds.TEXT_MOST
        )
        if fault := limit_fault(answer_by, clock.now(), former):
            faults["answer_by"] = fault
        refuse_all(faults)
        assert answer_by is not None  # a missing one was just refused
        session.add(
            EvidenceExtension(
                request_id=found.request.id,
                limit_from=former,
                limit_to=answer_by,
                because=because,
                extended_by_id=actor.user_id,
                extended_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            page.stage,
            clock=clock,
            action=log_words.EXTENDED,
            actor=actor,
            bid=bid_reference,
            number=number,
            answer_by=write_instant(answer_by),
            former=write_instant(former),
            reason=because,
        )
        letters.tell_extended(session, found.request.bid, answer_by, clock)


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


def _checked_kinds(session: Session, bid: Bid, actor: Actor, clock: Clock) -> set[Evidence]:
    in_force = queries.checks_in_force(session, bid, actor.organisation_id, clock.now())
    return {check.kind for check in in_force}


def _faults(asked: Sequence[Wanted], answer_by: datetime | None, now: datetime) -> dict[str, str]:
    faults: dict[str, str] = {}
    if not asked:
        faults["documents"] = N_("Choose a document, or name one")
    for each in asked:
        faults |= text_faults(
            each.document, "document", N_("Name the document"), kinds.DOCUMENT_MOST
        )
        faults |= text_faults(each.says or " ", "says", "", kinds.TEXT_MOST)
    if fault := limit_fault(answer_by, now):
        faults["answer_by"] = fault
    return faults


def _request(
    page: EvidencePage,
    bid: Bid,
    wanted: Wanted,
    number: int,
    answer_by: datetime,
    actor: Actor,
    clock: Clock,
) -> EvidenceRequest:
    assert page.decision.recommendation is not None  # the policy has said so
    return EvidenceRequest(
        recommendation_id=page.decision.recommendation.id,
        bid_id=bid.id,
        number=number,
        kind=wanted.kind,
        document=wanted.document,
        says=wanted.says,
        answer_by=answer_by,
        asked_by_id=actor.user_id,
        asked_at=clock.now(),
    )


def _record_asked(
    session: Session,
    page: EvidencePage,
    bid: Bid,
    request: EvidenceRequest,
    actor: Actor,
    clock: Clock,
    **more: object,
) -> None:
    recording.append(
        session,
        page.stage,
        clock=clock,
        action=log_words.ASKED,
        actor=actor,
        bid=bid.reference,
        number=request.number,
        kind=request.kind.value,
        document=request.document,
        answer_by=write_instant(request.answer_by),
        **({"beyond": request.beyond} if request.beyond else {}),
        **more,
    )
