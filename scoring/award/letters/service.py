"""What an officer does with letters before and after they go out, one function per use case."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from marketplace.core import jobs
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.holidays.queries import local_holidays
from marketplace.core.regimes.working_days import LONDON
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import queries as awards
from scoring.award.announcing import standstill_end, standstill_rule
from scoring.award.letters import lifecycle, log_words, policy, queries, sending
from scoring.award.letters.making import make_all
from scoring.award.letters.models import Letter, LetterBatch
from scoring.award.queries import Decision

__all__ = ["add", "call_back", "plan", "record_gone", "send_now"]

ADDITION_MOST = 5_000


def send_now(
    at: Where,
    *,
    actor: Actor,
    clock: Clock,
    batch_id: uuid.UUID | None = None,
    anyway: bool = True,
) -> datetime | None:
    """Send all letters of the decision that counts, or of a batch that is named, at this instant;
    give when the standstill ends, None where none runs.

    Where bids were received elsewhere this records that all letters have gone out by e-mail now.
    Unless `anyway`, a time at which nobody is there is refused.

    Raises:
        NotFound: the challenge is another body's, or there are no such letters.
        Forbidden, WrongMoment: by `policy.can_send`.
        Invalid: nobody is there at this time (field `anyway`).
    """
    with transaction() as session:
        stage, found, batch = _found(session, at, actor, batch_id, lock=True)
        _ensure_changeable(session, stage, found, batch, actor)
        _ensure_good_time(session, stage, clock.now(), anyway=anyway)
        if not stage.challenge.bids_elsewhere:
            return sending.send(session, stage, found, batch, actor, clock)
        make_all(session, batch, clock)
        for letter in batch.letters:
            _note_gone(letter, clock.now(), "", electronic=True, actor=actor)
        return _conclude(session, stage, found, batch, actor, clock)


def ensure_made(at: Where, *, batch_id: uuid.UUID, actor: Actor) -> None:
    """Refuse letters that nobody can have read yet, as whoever sends or plans them must.

    Raises:
        NotFound: the challenge is another body's, or there are no such letters.
        Forbidden, WrongMoment: by `policy.can_send`.
    """
    session = db.session()
    stage, found, batch = _found(session, at, actor, batch_id, lock=False)
    standing = queries.standing_of(session, stage, found, batch)
    unnamed = awards.judges_unnamed(stage, found.panel, actor)
    ensure(policy.can_send(actor, standing, unnamed=unnamed))


def plan(
    at: Where,
    *,
    batch_id: uuid.UUID,
    send_at: datetime | None,
    electronic: bool = True,
    anyway: bool = False,
    actor: Actor,
    clock: Clock,
) -> None:
    """Choose when letters go out; another choice takes the place of one before.

    Where bids were received elsewhere it is the day that the letters carry, and `electronic` the
    way by which an officer means to send them: both fix the end of the standstill that they tell.

    Raises:
        NotFound: the challenge is another body's, or there are no such letters.
        Forbidden, WrongMoment: by `policy.can_change`.
        Invalid: the time has passed or is too far away, or nobody is there then (field `anyway`).
    """
    with transaction() as session:
        stage, found, batch = _found(session, at, actor, batch_id, lock=True)
        _ensure_changeable(session, stage, found, batch, actor)
        if (fault := lifecycle.plan_fault(send_at, clock.now())) is not None or send_at is None:
            raise Invalid(N_("Check the time."), {"send_at": fault or ""})
        _ensure_good_time(session, stage, send_at, anyway=anyway)
        batch.send_at, batch.planned_by_id = send_at, actor.user_id
        batch.hindered = None
        if stage.challenge.bids_elsewhere:
            batch.electronic, batch.promised_end = electronic, None
            batch.promised_end = queries.end_for(
                session, stage, batch, send_at, electronic=electronic
            )
        else:
            jobs.enqueue(
                session,
                sending.SEND,
                clock=clock,
                due_at=send_at,
                batch=str(batch.id),
                send_at=write_instant(send_at),
            )
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.PLANNED,
            actor=actor,
            send_at=write_instant(send_at),
        )


def call_back(at: Where, *, batch_id: uuid.UUID, actor: Actor, clock: Clock) -> None:
    """Have letters not go out at the time that was chosen.

    Raises:
        NotFound: the challenge is another body's, or there are no such letters.
        Forbidden, WrongMoment: by `policy.can_change`.
    """
    with transaction() as session:
        stage, found, batch = _found(session, at, actor, batch_id, lock=True)
        _ensure_changeable(session, stage, found, batch, actor)
        if batch.send_at is None:
            return
        batch.send_at = batch.promised_end = None
        recording.append(session, stage, clock=clock, action=log_words.CALLED_BACK, actor=actor)


def add(
    at: Where,
    *,
    batch_id: uuid.UUID,
    text: str,
    bid_reference: str | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Add a paragraph to every letter of a batch, or to the one about a bid; empty takes it away.

    Raises:
        NotFound: the challenge is another body's, or there is no such letter.
        Forbidden, WrongMoment: by `policy.can_change`.
        Invalid: it is too long.
    """
    with transaction() as session:
        stage, found, batch = _found(session, at, actor, batch_id, lock=True)
        _ensure_changeable(session, stage, found, batch, actor)
        if len(text) > ADDITION_MOST:
            raise Invalid(N_("Make it shorter."), {"addition": N_("Use at most 5,000 characters")})
        if bid_reference is None:
            batch.addition = text.strip()
        else:
            letter_of(batch, bid_reference).addition = text.strip()


def record_gone(
    at: Where,
    *,
    batch_id: uuid.UUID,
    gone_at: datetime | None,
    electronic: bool,
    how: str = "",
    bids: Collection[str] | None = None,
    actor: Actor,
    clock: Clock,
) -> datetime | None:
    """Record that letters went another way than by this service, to the minute.

    Where bids were received elsewhere all go so, and with the last one the award is announced;
    without `bids` it is of all that are not recorded yet. Where bidders have an account here it is
    of a letter that did not arrive, and the standstill counts from then; what is recorded again
    never brings it to an earlier end. `how` says by which way.
    Gives when the standstill of an award that was announced with it ends, if one runs.

    Raises:
        NotFound: the challenge is another body's, or there is no such letter.
        Forbidden, WrongMoment: by `policy.can_record`, or `policy.can_send`.
        Invalid: the time cannot be; how is missing; or the letters tell an end of the standstill
            which is too early by what is recorded.
    """
    with transaction() as session:
        stage, found, batch = _found(session, at, actor, batch_id, lock=True)
        elsewhere, sent = stage.challenge.bids_elsewhere, batch.sent_at is not None
        unnamed = awards.judges_unnamed(stage, found.panel, actor)
        ensure(policy.can_record(actor, sent=sent, elsewhere=elsewhere, unnamed=unnamed))
        if elsewhere:
            standing = queries.standing_of(session, stage, found, batch)
            ensure(policy.can_send(actor, standing, unnamed=unnamed))
        since = (batch.sent_at if sent else None) or _decided_at(found, batch)
        fields = {}
        if (fault := policy.sent_fault(gone_at, since=since, now=clock.now())) is not None:
            fields["gone_at"] = fault
        if not elsewhere and not how.strip():
            fields["how"] = N_("Say how it went, and to whom")
        if fields or gone_at is None:
            raise Invalid(N_("Check when and how it went."), fields)
        gone_at = max(gone_at, since)
        chosen = [
            letter
            for letter in batch.letters
            if (bids is None and letter.gone_at is None)
            or (bids is not None and letter.facts["bid"] in bids)
        ]
        if not chosen:
            raise NotFound(N_("There is no such letter."))
        if not elsewhere:
            for letter in chosen:
                _ensure_not_sooner(letter, gone_at, electronic=electronic)
        for letter in chosen:
            _note_gone(letter, gone_at, how, electronic=electronic, actor=actor)
        if elsewhere:
            _ensure_promise_kept(session, stage, batch)
            if any(letter.gone_at is None for letter in batch.letters):
                return None
            return _conclude(session, stage, found, batch, actor, clock)
        for letter in chosen:
            recording.append(
                session,
                stage,
                clock=clock,
                action=log_words.WENT,
                actor=actor,
                bid=letter.facts["bid"],
                gone_at=write_instant(gone_at),
                how=how.strip(),
            )
        return None


def letter_of(batch: LetterBatch, bid_reference: str) -> Letter:
    """Give the letter about a bid.

    Raises:
        NotFound: there is none.
    """
    for letter in batch.letters:
        if letter.facts["bid"] == bid_reference:
            return letter
    raise NotFound(N_("There is no such letter."))


def changeable(
    session: Session, at: Where, actor: Actor, batch_id: uuid.UUID
) -> tuple[Stage, LetterBatch]:
    """Give a batch that the actor may change now, and hold its challenge's row.

    Raises:
        NotFound: the challenge is another body's, or there are no such letters.
        Forbidden, WrongMoment: by `policy.can_change`.
    """
    stage, found, batch = _found(session, at, actor, batch_id, lock=True)
    _ensure_changeable(session, stage, found, batch, actor)
    return stage, batch


def _found(
    session: Session, at: Where, actor: Actor, batch_id: uuid.UUID | None, *, lock: bool
) -> tuple[Stage, Decision, LetterBatch]:
    stage = own_stage(session, at, actor, lock=lock)
    found = awards.decision(session, stage)
    newest = queries.batch_of(session, stage, found)
    batch = newest if batch_id is None else session.get(LetterBatch, batch_id)
    if batch is None or batch.stage_id != stage.id:
        # Who may do nothing here is told that, and not what there is.
        ensure(policy.can_change(actor, _NOTHING, unnamed=False))
        raise NotFound(N_("There are no letters to bidders about this decision yet."))
    if lock:
        # Against the job that makes letters, which holds this row alone.
        session.refresh(batch, with_for_update=True)
    of_decision = batch.request_id is None
    if of_decision and newest is not None and newest.id != batch.id:
        raise StaleEdit(N_("Another decision stands now. Look at its letters."))
    return stage, found, batch


_NOTHING = policy.Standing(holds=False, made=False, sent=False)


def _ensure_changeable(
    session: Session, stage: Stage, found: Decision, batch: LetterBatch, actor: Actor
) -> None:
    ensure(
        policy.can_change(
            actor,
            queries.standing_of(session, stage, found, batch),
            unnamed=awards.judges_unnamed(stage, found.panel, actor),
        )
    )


def _ensure_good_time(session: Session, stage: Stage, when: datetime, *, anyway: bool) -> None:
    if anyway:
        return
    days_off = local_holidays(session, stage.challenge.buyer_id, when.astimezone(LONDON).date())
    warning = lifecycle.plan_warning(
        when, days_off, part=standstill_rule(session, stage).bank_holidays
    )
    if warning is not None:
        raise Invalid(N_("Check the time."), {"anyway": warning})


def _note_gone(
    letter: Letter, gone_at: datetime, how: str, *, electronic: bool, actor: Actor
) -> None:
    letter.gone_at, letter.gone_electronic = gone_at, electronic
    letter.gone_how, letter.recorded_by_id = how.strip() or None, actor.user_id


def _ensure_not_sooner(letter: Letter, gone_at: datetime, *, electronic: bool) -> None:
    """Do nothing where what is recorded now brings no standstill to an earlier end.

    Raises:
        Invalid: it is recorded already that the letter went later, or by a slower way.
    """
    if not lifecycle.is_sooner(
        (gone_at, electronic),
        (letter.gone_at, bool(letter.gone_electronic)) if letter.gone_at else None,
    ):
        return
    raise Invalid(
        N_("Check when and how it went."),
        {
            "gone_at": N_(
                "It is recorded already that it went later, or by post. That stands: the "
                "standstill counts from then"
            )
        },
    )


def _ensure_promise_kept(session: Session, stage: Stage, batch: LetterBatch) -> None:
    """Do nothing where the letters tell no end of the standstill that is too early.

    Raises:
        Invalid: by when and how they went it ends later; they are to be made for that day.
    """
    gone = [
        (letter.gone_at, bool(letter.gone_electronic))
        for letter in batch.letters
        if letter.gone_at is not None
    ]
    if batch.promised_end is None or not gone:
        return
    sent_at, electronic = lifecycle.last_gone(gone)
    if standstill_end(session, stage, sent_at, electronic=electronic) > batch.promised_end:
        raise Invalid(
            N_("Check when and how it went."),
            {
                "gone_at": N_(
                    "By this day and way the standstill ends later than the letters say. Choose "
                    "the day and way anew, and send letters that say so"
                )
            },
        )


def _conclude(
    session: Session, stage: Stage, found: Decision, batch: LetterBatch, actor: Actor, clock: Clock
) -> datetime | None:
    session.flush()
    gone = lifecycle.last_gone(
        [
            (letter.gone_at, bool(letter.gone_electronic))
            for letter in batch.letters
            if letter.gone_at is not None
        ]
    )
    return sending.conclude_elsewhere(session, stage, found, batch, gone, actor, clock)


def _decided_at(found: Decision, batch: LetterBatch) -> datetime:
    if batch.recommendation_id is not None and found.sign_off is not None:
        return found.sign_off.decided_at
    return batch.begun_at
