"""Moderation: its beginning, the agreed scores, and the lock after which nothing changes."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import declarations, policy, queries
from scoring.panel.again.lifecycle import STANDS
from scoring.panel.again.queries import last_reopening
from scoring.panel.desk import notes
from scoring.panel.interviews.service.waiting import wait_for_interviews
from scoring.panel.lifecycle import FAULT_WORDS, Seat, score_fault
from scoring.panel.models import ConsensusScore
from scoring.panel.obstacles import acting_for_bidders, obstacles_of


def begin_moderation(at: Where, *, actor: Actor, clock: Clock) -> None:
    """Show the panel everybody's scores, which from now on nobody corrects.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor does not chair the panel.
        WrongMoment: scoring has not begun, moderation has, somebody has not submitted, or who
            joined since is not ready or leaves a bid with too few evaluators, or an interview
            comes first: the message names the first thing.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_begin_moderation(actor, found.member, found.phase))
        waiting = [m.user.name for m in found.evaluators if m.scores_submitted_at is None]
        if waiting:
            raise WrongMoment(
                N_("Not everybody has submitted their scores: %(people)s."),
                people=", ".join(waiting),
            )
        all_bidders = queries.bidders(session, found.stage.id)
        obstacles = obstacles_of(
            found.members,
            all_bidders,
            declarations.declared_interests(session, found.stage.id),
            found.stage,
            acting=acting_for_bidders(session, found.stage.id),
        )
        if obstacles:
            raise WrongMoment(obstacles[0].message, **obstacles[0].data)
        wait_for_interviews(session, found, all_bidders, clock)
        found.named_panel.moderation_began_at = clock.now()
        recording.append(session, found.stage, clock=clock, action="moderation.began", actor=actor)


def record_consensus(
    at: Where,
    key: str,
    handle: str,
    *,
    value: Decimal | None,
    rationale: str,
    present: Sequence[str],
    actor: Actor,
    clock: Clock,
) -> None:
    """Record the score the panel agrees on, its reason and who was present, by label.

    Recorded again, the new score counts and the one before stays on record.

    Raises:
        NotFound: the challenge is another body's, there is no such question or valid bid, or the
            actor is kept away from it.
        Forbidden: the actor does not chair the panel.
        WrongMoment: moderation has not begun, or quality is locked; or scores stand as they are.
        Invalid: the score or its reason is missing or wrong, nobody who scored the bid was
            present, or somebody was who must not be. Fields: `value`, `rationale`, `present`.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(
            policy.can_record_consensus(
                actor, found.member, found.phase, scores_stand=found.stage.scores_stand
            )
        )
        question = queries.question_named(found.stage, key)
        bidder = queries.bidder_named(
            queries.valid(queries.bidders(session, found.stage.id)), handle
        )
        recusals = declarations.recusals(session, found.stage.id)
        if (found.own_seat.id, bidder.bid_id) in recusals:
            raise NotFound(N_("There is no such bid."))
        _refuse_what_stands(session, found.stage, bidder.bid_id, question)
        there = [member for member in found.members if member.label in set(present)]
        max_score = question.max_score
        faults: dict[str, str] = {}
        if (fault := score_fault(value, "given", max_score)) is not None:
            faults["value"] = FAULT_WORDS[fault]
        if not rationale.strip():
            faults["rationale"] = N_("Give the panel’s reason for the score")
        if any((member.id, bidder.bid_id) in recusals for member in there):
            faults["present"] = N_("Somebody you ticked must not deal with this bid")
        elif not any(
            member.seat is Seat.EVALUATOR and member.scores_criterion(question.id)
            for member in there
        ):
            faults["present"] = N_("Tick the evaluators who scored this and were present")
        if faults or value is None:
            raise Invalid(N_("The agreed score is not complete."), faults)

        # The latest, also where it stands no longer: the one that follows takes its place.
        before = next(
            (
                each.score
                for each in reversed(queries.all_consensus(session, found.stage.id))
                if (each.score.bid_id, each.score.criterion_id) == (bidder.bid_id, question.id)
            ),
            None,
        )
        labels = [member.label for member in there]
        session.add(
            ConsensusScore(
                bid_id=bidder.bid_id,
                criterion_id=question.id,
                value=value,
                rationale=rationale.strip(),
                present=", ".join(labels),
                recorded_by_id=actor.user_id,
                recorded_at=clock.now(),
                replaces_id=before.id if before else None,
            )
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="consensus.recorded",
            actor=actor,
            bid=bidder.reference,
            criterion=key,
            score=f"{value:f}",
            before=f"{before.value:f}" if before else None,
            reason=rationale.strip(),
            present=labels,
        )


def _refuse_what_stands(
    session: Session, stage: Stage, bid_id: uuid.UUID, question: queries.Question
) -> None:
    """Do nothing where a score may be agreed now.

    Raises:
        WrongMoment: the panel judges again, and this score is not among what it judges.
    """
    again = last_reopening(session, stage.id)
    if again is None or question.key in again.named:
        return
    for row in queries.current_consensus(session, stage.id):
        cell = (row.bid_id, row.criterion_id)
        if cell == (bid_id, question.id) and row.recorded_at < again.reopened_at:
            raise WrongMoment(STANDS)


def lock_quality(session: Session, stage: Stage, *, actor: Actor, clock: Clock) -> None:
    """Lock the scores for quality, in the caller's transaction, which holds the challenge's row.

    Raises:
        Forbidden: the actor does not chair the panel.
        WrongMoment: moderation has not begun, quality is locked already, a score of a valid bid is
            not agreed yet where the plan asks for that, an interest is not decided, or a recusal
            left a bid with too few evaluators or without a chair: the message names the first
            thing.
    """
    found = queries.meeting_of(session, stage, actor)
    ensure(policy.can_lock_quality(actor, found.member, found.phase))
    agreed = {
        (row.bid_id, row.criterion_id) for row in queries.current_consensus(session, stage.id)
    }
    all_bidders = queries.bidders(session, stage.id)
    obstacles = obstacles_of(
        found.members, all_bidders, declarations.declared_interests(session, stage.id), stage
    )
    if obstacles:
        raise WrongMoment(obstacles[0].message, **obstacles[0].data)
    missing = (
        []
        if stage.scores_stand
        else [
            (bidder, question)
            for question in queries.questions(stage)
            for bidder in queries.valid(all_bidders)
            if (bidder.bid_id, question.id) not in agreed
        ]
    )
    if missing:
        bidder, question = missing[0]
        raise WrongMoment(
            N_(
                "Not every score is agreed yet. Still open: %(count)d, the first is %(bidder)s "
                "on “%(question)s”."
            ),
            count=len(missing),
            bidder=bidder.shown,
            question=question.title,
        )
    found.named_panel.quality_locked_at = clock.now()
    # Notes were for thinking and talking; nobody needs them any more.
    notes.forget(session, stage.id)
    session.flush()
    recording.append(session, stage, clock=clock, action="quality.locked", actor=actor)
