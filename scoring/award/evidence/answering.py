"""What comes in for a document: given by the supplier here, or recorded by an officer; and read."""

from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.documents import Attachment
from bids.service.loading import locked_bid
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.texts import refuse_all, text_faults
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, pasted
from marketplace.core.transaction import transaction
from marketplace.core.vault.piping import Piped
from scoring.award import sealed_files
from scoring.award.evidence import kinds, letters, log_words, policy, queries
from scoring.award.evidence.models import EvidenceAnswer, EvidenceRequest
from scoring.award.evidence.queries import NO_SUCH_DOCUMENT, Asked

_NOTHING = N_("Choose a file, or say where the document is")


def give(
    bid_reference: str,
    number: int,
    *,
    note: str,
    file: tuple[str, BinaryIO] | None,
    actor: Actor,
    arrived: datetime,
    clock: Clock,
) -> None:
    """Take what a supplier gives for a document: a file by name and content, words, or both.

    `arrived` is when the request was there. More can be given until an officer has decided; the
    same words without a file, sent twice, are kept once.

    Raises:
        NotFound: nothing such was asked of a bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_answer`; or the scanner does not answer.
        Invalid: there is nothing, it is too long, or the file is refused.
    """
    note = pasted(note)
    with transaction() as session:
        _own(session, bid_reference, number, actor, arrived, clock)
        _refuse(note, file is None)
    taken = sealed_files.take(*file, megabytes=kinds.MEGABYTES_MOST) if file else None
    try:
        with transaction() as session:
            _bid, _challenge = locked_bid(session, bid_reference, actor)
            found = _own(session, bid_reference, number, actor, arrived, clock)
            request = found.request
            stage = request.bid.stage
            if _is_same(request, note, taken):
                sealed_files.discard(taken)
                return
            _keep(session, request, note, taken, None, actor, clock)
            _record(session, stage, request, actor, clock, arrived=write_instant(arrived))
            letters.tell_answered(session, request.bid, number, clock)
    except BaseException:
        sealed_files.discard(taken)
        raise


def record(
    at: Where,
    bid_reference: str,
    number: int,
    *,
    note: str,
    received_at: datetime | None,
    file: tuple[str, BinaryIO] | None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Record what came in some other way for a document, at `received_at`, as an officer.

    Raises:
        NotFound: the challenge is another body's, or the bid was never asked for it.
        Forbidden, WrongMoment: by `policy.can_decide`; or the scanner does not answer.
        Invalid: there is nothing, or it is not said when it came.
    """
    note = pasted(note)

    def found(session: Session, *, lock: bool) -> tuple[Stage, Asked]:
        page = queries.page_of(session, at, actor, clock.now(), lock=lock)
        asked = page.document(bid_reference, number)
        ensure(policy.can_decide(page.handles, asked.standing))
        page.of(bid_reference)
        return page.stage, asked

    with transaction() as session:
        _stage, asked = found(session, lock=False)
        faults = text_faults(note, "note", N_("Say what came in, and how"), kinds.TEXT_MOST)
        if received_at is None:
            faults["received_at"] = N_("Enter when it came in")
        elif received_at > clock.now():
            faults["received_at"] = N_("Enter a time that has passed")
        elif received_at < asked.request.asked_at.replace(second=0, microsecond=0):
            faults["received_at"] = N_("It cannot have come in before it was asked for")
        refuse_all(faults)
    taken = sealed_files.take(*file, megabytes=kinds.MEGABYTES_MOST) if file else None
    try:
        with transaction() as session:
            stage, asked = found(session, lock=True)
            assert received_at is not None  # a missing one was just refused
            if _is_same(asked.request, note, taken):
                sealed_files.discard(taken)
                return
            _keep(session, asked.request, note, taken, received_at, actor, clock)
            _record(
                session,
                stage,
                asked.request,
                actor,
                clock,
                arrived=write_instant(received_at),
                by_other_means=True,
            )
    except BaseException:
        sealed_files.discard(taken)
        raise


def read_file(
    at: Where, bid_reference: str, number: int, place: int, *, actor: Actor, clock: Clock
) -> tuple[Attachment, Piped]:
    """Give a file that came in to whoever may see it, after recording that.

    `place` counts from 1 among what came in for the document.

    Raises:
        NotFound: the challenge is another body's, or there is no such file.
        Forbidden: by `policy.can_see`.
        WrongMoment: it cannot be read any more.
    """
    with transaction() as session:
        page = queries.page_of(session, at, actor, clock.now())
        request = page.document(bid_reference, number).request
        found = sealed_files.opened(session, _file_of(request, place))
        recording.append(
            session,
            page.stage,
            clock=clock,
            action=log_words.READ,
            actor=actor,
            bid=bid_reference,
            number=number,
            file=request.answers[place - 1].file_sha256,
        )
    return found


def own_file(
    session: Session, bid_reference: str, number: int, place: int, actor: Actor
) -> tuple[Attachment, Piped]:
    """Give a supplier a file that it gave itself.

    Raises:
        NotFound: it is another's, or there is no such file.
        WrongMoment: it cannot be read any more.
    """
    _bid, requests = queries.own_requests(session, bid_reference, actor)
    for request in requests:
        if request.number == number:
            return sealed_files.opened(session, _file_of(request, place))
    raise NotFound(NO_SUCH_DOCUMENT)


def _file_of(request: EvidenceRequest, place: int) -> EvidenceAnswer:
    if not 1 <= place <= len(request.answers) or request.answers[place - 1].sealed is None:
        raise NotFound(N_("There is no such file."))
    return request.answers[place - 1]


def _own(
    session: Session,
    bid_reference: str,
    number: int,
    actor: Actor,
    arrived: datetime,
    clock: Clock,
) -> Asked:
    bid, requests = queries.own_requests(session, bid_reference, actor)
    for found in queries.own_standings(requests, clock.now()):
        if found.request.number == number:
            running = queries.is_running(session, bid)
            ensure(
                policy.can_answer(
                    actor,
                    running=running,
                    standing=found.standing,
                    answer_by=found.request.limit,
                    arrived=arrived,
                )
            )
            if len(found.request.answers) >= kinds.FILES_MOST:
                raise WrongMoment(
                    N_("You have given 20 files or notes for this document. No more are taken.")
                )
            return found
    raise NotFound(NO_SUCH_DOCUMENT)


def _refuse(note: str, alone: bool) -> None:
    if alone and not note:
        refuse_all({"file": _NOTHING})
    refuse_all(text_faults(note or " ", "note", "", kinds.TEXT_MOST))


def _is_same(request: EvidenceRequest, note: str, taken: sealed_files.Taken | None) -> bool:
    """Tell whether the last that came in is the very same, as from a button pressed twice."""
    if not request.answers:
        return False
    last = request.answers[-1]
    return (last.note, last.file_sha256) == (note, taken.attachment.sha256 if taken else None)


def _keep(
    session: Session,
    request: EvidenceRequest,
    note: str,
    taken: sealed_files.Taken | None,
    received_at: datetime | None,
    actor: Actor,
    clock: Clock,
) -> None:
    row = EvidenceAnswer(
        request_id=request.id,
        note=note,
        received_at=received_at,
        given_by_id=actor.user_id,
        given_at=clock.now(),
    )
    sealed_files.tie(session, taken, row, clock)
    session.add(row)
    session.flush()
    session.expire(request, ["answers"])


def _record(
    session: Session,
    stage: Stage,
    request: EvidenceRequest,
    actor: Actor,
    clock: Clock,
    **more: object,
) -> None:
    last = session.scalars(
        select(EvidenceAnswer)
        .where(EvidenceAnswer.request_id == request.id)
        .order_by(EvidenceAnswer.given_at.desc(), EvidenceAnswer.id.desc())
        .limit(1)
    ).one()
    recording.append(
        session,
        stage,
        clock=clock,
        action=log_words.ANSWERED,
        actor=actor,
        bid=request.bid.reference,
        number=request.number,
        **({"file": last.file_sha256} if last.file_sha256 else {}),
        **more,
    )
