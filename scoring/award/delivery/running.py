"""Moves a challenge as the work under its contracts begins and ends."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.inviting import taking_back
from bids.lifecycle import BidState
from bids.models import Bid
from challenges import service as challenges
from challenges.lifecycle import Event, State
from challenges.models import Challenge, Stage
from challenges.stages.kinds import DELIVERY_KINDS, StageKind
from challenges.texts import refuse_text
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import hooks
from scoring.award.contracts.ordered import hooks as ordered
from scoring.award.contracts.ordered.lifecycle import OrderKind
from scoring.award.contracts.ordered.models import CourtOrder
from scoring.award.contracts.queries import unsigned
from scoring.award.delivery import agreements, letters, log_words, policy, queries
from scoring.award.delivery.agreements import Agreement
from scoring.award.delivery.benefits import awaiting
from scoring.award.delivery.lifecycle import OUTCOME_WORDS, Outcome, Then, after_end
from scoring.award.delivery.models import WorkEnd, WorkFinish
from scoring.award.delivery.queries import Work, day_of

BEGIN = "delivery.begin"
WORDS_MOST = 10_000


def await_beginning(session: Session, stage: Stage, clock: Clock) -> None:
    """Have the work begin on the day on which the first contract of an award starts."""
    challenge = stage.challenge
    if challenge.state is not State.SIGNED:
        return
    starts = _first_start(agreements.of_challenge(session, challenge))
    if starts is not None:
        due = max(datetime.combine(starts, time.min, PLACE), clock.now())
        jobs.enqueue(session, BEGIN, clock=clock, due_at=due, challenge=str(challenge.id))


hooks.register("scoring.award.delivery", await_beginning)


@jobs.handles(BEGIN)
def begin_on_its_day(payload: dict[str, Any], clock: Clock) -> None:
    """Begin the work of a challenge, if its first contract has started by now."""
    with transaction() as session:
        challenge = session.scalars(
            select(Challenge)
            .where(Challenge.id == uuid.UUID(payload["challenge"]))
            .with_for_update(of=Challenge)
            .execution_options(populate_existing=True)
        ).one()
        starts = _first_start(agreements.of_challenge(session, challenge))
        if starts is not None and starts <= day_of(clock.now()):
            begin(session, challenge, None, clock)


def begin(session: Session, challenge: Challenge, actor: Actor | None, clock: Clock) -> None:
    """Say that work is under way, where a contract of the award is signed; begun before: nothing.

    The caller holds the challenge's row locked.
    """
    if challenge.state is not State.SIGNED:
        return
    challenges.advance(session, challenge, Event.BEGIN_WORK, clock=clock)
    log.append(session, clock=clock, action=log_words.BEGUN, chain=challenge.reference, actor=actor)


def finish_one(
    reference: str, contract_id: uuid.UUID, *, words: str, actor: Actor, clock: Clock
) -> None:
    """Say that the work under a contract without a gate is done.

    Raises:
        NotFound: the contract is another body's.
        Forbidden, WrongMoment: by `policy.can_finish`.
        Invalid: there are no words about it.
    """
    # Two people at once: the key of the end admits one.
    with transaction(taken=WrongMoment(N_("The work under this contract has ended."))) as session:
        agreement = agreements.own(session, reference, contract_id, actor, lock=True)
        work = queries.work_of(session, agreement)
        challenge = agreement.challenge
        ensure(
            policy.can_finish(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                ended=work.ended or work.ineffective,
                gated=agreement.gated,
                open_count=work.left_count(clock.now()),
            )
        )
        words = words.strip()
        refuse_text(words, "words", N_("Say in a few words what was made"), WORDS_MOST)
        begin(session, challenge, actor, clock)
        end(session, agreement, Outcome.COMPLETED, words, actor, clock)


def close(reference: str, *, words: str, actor: Actor, clock: Clock) -> None:
    """Say that all work of a challenge is finished, though its plan would allow for more.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_close`.
        Invalid: there are no words about it.
    """
    with transaction() as session:
        challenge, signed = agreements.own_all(session, reference, actor, lock=True)
        found = queries.works(session, signed)
        ensure(
            policy.can_close(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                running=sum(each.running(clock.now()) for each in found),
                contracts=len(found),
            )
        )
        words = words.strip()
        refuse_text(words, "words", N_("Say why no further work is bought"), WORDS_MOST)
        _finish(session, challenge, words, actor, clock)


def end(
    session: Session,
    agreement: Agreement,
    outcome: Outcome,
    words: str,
    actor: Actor,
    clock: Clock,
    gate_id: uuid.UUID | None = None,
) -> None:
    """End the work under a contract, and the challenge where nothing else of it goes on.

    The caller holds the challenge's row locked and has asked its policy. Where the work was
    stopped, `words` are what was learned.
    """
    challenge = agreement.challenge
    session.add(
        WorkEnd(
            contract_id=agreement.id,
            outcome=outcome,
            gate_id=gate_id,
            words=words,
            ended_at=clock.now(),
            recorded_by_id=actor.user_id,
        )
    )
    session.flush()
    log.append(
        session,
        clock=clock,
        action=log_words.ENDED,
        chain=challenge.reference,
        actor=actor,
        contract=agreement.reference,
        outcome=outcome.value,
    )
    letters.to_supplier(
        session,
        agreement,
        _("How your work ended"),
        [
            _(
                "Contract %(contract)s: %(outcome)s.",
                contract=agreement.reference,
                outcome=_(OUTCOME_WORDS[outcome]),
            ),
            words,
            _("Thank you for the work that you put into it."),
        ],
        clock,
    )
    if agreement.before_decision and challenge.state is State.EVALUATING:
        if outcome is Outcome.STOPPED:
            taking_back.take_back(session, agreement.contract.bid, clock=clock)
            if not _anybody_left(session, agreement):
                challenges.end_with_lessons(session, challenge, words, actor, clock)
        return
    found = queries.works(session, agreements.of_challenge(session, challenge))
    _conclude(session, challenge, found, words, actor, clock)


def end_by_court(
    session: Session, challenge: Challenge, order: CourtOrder, actor: Actor, clock: Clock
) -> None:
    """Follow a court's order: where it leaves no work under any contract, the challenge ends.

    The caller holds the challenge's row locked.
    """
    if order.kind is not OrderKind.INEFFECTIVE:
        return
    found = queries.works(session, agreements.of_challenge(session, challenge))
    # One for work before the decision takes nothing from the bids that are still judged.
    if challenge.state not in (State.SIGNED, State.DELIVERING) or not found:
        return
    words = _("A court brought the contract to an end: %(says)s", says=order.says)
    _conclude(session, challenge, found, words, actor, clock)


ordered.after_confirmed["scoring.award.delivery"] = end_by_court


def end_after_rest(session: Session, stage: Stage, reason: str, actor: Actor, clock: Clock) -> None:
    """Follow the end of what is not signed: where no work is left either, the challenge ends.

    The caller holds the challenge's row locked.
    """
    challenge = stage.challenge
    found = queries.works(session, agreements.of_challenge(session, challenge))
    if found and challenge.state in (State.SIGNED, State.DELIVERING):
        _conclude(session, challenge, found, reason, actor, clock)


hooks.after_rest["scoring.award.delivery"] = end_after_rest


def would_end(session: Session, agreement: Agreement) -> bool:
    """Tell whether the challenge would be stopped if the work under this contract were."""
    if agreement.before_decision and agreement.challenge.state is State.EVALUATING:
        return not _anybody_left(session, agreement, besides=agreement.contract.bid_id)
    found = queries.works(session, agreements.of_challenge(session, agreement.challenge))
    return _then(session, agreement.challenge, found, stopped=agreement.id) is Then.STOP


def _conclude(
    session: Session,
    challenge: Challenge,
    found: Sequence[Work],
    words: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """End the challenge where nothing more comes of it; `words` say why."""
    match _then(session, challenge, found):
        case Then.STOP:
            challenges.end_with_lessons(session, challenge, words, actor, clock)
        case Then.FINISH:
            _finish(session, challenge, words, actor, clock)
        case Then.NOTHING:
            pass


def _then(
    session: Session,
    challenge: Challenge,
    found: Sequence[Work],
    stopped: uuid.UUID | None = None,
) -> Then:
    """Say what becomes of a challenge now, or if the work under the contract `stopped` were."""
    ends = [(each, _outcome(each, stopped)) for each in found]
    return after_end(
        [(_number(each), outcome) for each, outcome in ends],
        later_work=_later_work(challenge, found),
        to_sign=_to_sign(session, challenge, ends),
    )


def _finish(session: Session, challenge: Challenge, words: str, actor: Actor, clock: Clock) -> None:
    if challenge.state is not State.DELIVERING:
        return
    now = clock.now()
    finished = WorkFinish(
        challenge_id=challenge.id,
        finished_on=day_of(now),
        words=words,
        finished_at=now,
        recorded_by_id=actor.user_id,
    )
    session.add(finished)
    challenges.advance(session, challenge, Event.FINISH_WORK, clock=clock)
    log.append(
        session, clock=clock, action=log_words.FINISHED, chain=challenge.reference, actor=actor
    )
    awaiting.await_measurements(session, challenge, finished.finished_on, clock)


def _first_start(found: Sequence[Agreement]) -> date | None:
    starts = [
        each.contract.starts_on
        for each in found
        if each.contract.starts_on is not None
        and not each.before_decision
        and not each.kept.ineffective
    ]
    return min(starts, default=None)


def _number(work: Work) -> int:
    """Give the number of a contract's stage of work, 0 where it is for none."""
    return work.agreement.work.ordinal if work.agreement.work else 0


def _outcome(work: Work, stopped: uuid.UUID | None) -> Outcome | None:
    """Give how work ended; under a contract that is ineffective nothing more comes of it."""
    if work.agreement.id == stopped:
        return Outcome.STOPPED
    return work.end.outcome if work.end else Outcome.STOPPED if work.ineffective else None


def _to_sign(
    session: Session, challenge: Challenge, ends: Sequence[tuple[Work, Outcome | None]]
) -> bool:
    """Tell whether somebody who won, and whose work was not stopped, can still be signed with.

    A later purchase of the result apart, which nobody has to make.
    """
    reached: dict[uuid.UUID, tuple[int, Outcome | None]] = {}
    for work, outcome in ends:
        bid_id, number = work.agreement.contract.bid_id, _number(work)
        if number >= reached.get(bid_id, (0, None))[0]:
            reached[bid_id] = (number, outcome)
    signed = [work.agreement.contract for work, _outcome in ends]
    for _stage, offered in unsigned(session, challenge, signed):
        for each in offered:
            if each.later or each.recommendation_id is None:
                continue
            number, outcome = reached.get(each.bid.id, (0, None))
            ahead = each.work is None or each.work.ordinal > number
            if ahead and outcome is not Outcome.STOPPED:
                return True
    return False


def _later_work(challenge: Challenge, found: Sequence[Work]) -> bool:
    """Tell whether the plan has a further stage of work; a contract for no stage is for all."""
    last = max(map(_number, found))
    return all(each.agreement.work for each in found) and any(
        stage.ordinal > last
        for stage in challenge.stages
        # A demo day is shown to people and needs no contract of its own.
        if stage.kind in DELIVERY_KINDS and stage.kind is not StageKind.DEMO_DAY
    )


def _anybody_left(session: Session, agreement: Agreement, besides: uuid.UUID | None = None) -> bool:
    """Tell whether anybody still goes on to the next judged stage."""
    query = (
        select(func.count())
        .select_from(Bid)
        .where(
            Bid.previous_id.in_(select(Bid.id).where(Bid.stage_id == agreement.contract.stage_id)),
            Bid.state != BidState.WITHDRAWN,
        )
    )
    if besides is not None:
        query = query.where(Bid.previous_id != besides)
    return bool(session.scalar(query))
