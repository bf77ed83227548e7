"""Asking a preferred bidder for documents, once more for one, and giving time for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bids.asking.lifecycle import limit_fault
from bids.evidence.kinds import Evidence
from bids.models import Bid
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.texts import refuse_all, text_faults
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, on_one_line, pasted
from marketplace.core.transaction import transaction
from scoring.award.evidence import kinds, letters, log_words, policy, queries
from scoring.award.evidence.models import (
    EvidenceExtension,
    EvidenceRequest,
)
from scoring.award.evidence.queries import EvidencePage


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
