"""Scoring alone: its beginning, submission, and correction with a reason."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import delete, select

from bids.lifecycle import BidState
from bids.queries import opened_bids
from challenges.lifecycle import Event
from challenges.service import advance_stage
from challenges.stages import recording
from challenges.stages.kinds import Source
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import declarations, policy, queries
from scoring.panel.again.lifecycle import STANDS
from scoring.panel.again.queries import last_reopening
from scoring.panel.again.standing import standing_scores
from scoring.panel.aliases import service as aliases
from scoring.panel.interests.lifecycle import SEEN_OTHERS
from scoring.panel.interests.queries import has_seen_others
from scoring.panel.interviews.service.waiting import wait_for_interviews
from scoring.panel.lifecycle import (
    FAULT_WORDS,
    Cell,
    score_fault,
    score_faults,
    value_fault,
)
from scoring.panel.models import Score, ScoreDraft
from scoring.panel.obstacles import acting_for_bidders, obstacles_of
from scoring.panel.sheets.models import BroughtSheet

_UNDECIDED = N_("You declared an interest that is not decided yet. Submit your scores when it is.")
_NO_SUCH_SCORE = N_("You have no such score.")
_UNREADABLE = N_(
    "The bid of %(bidder)s could not be read when it was opened, so it cannot be scored. A "
    "procurement officer must first decide about it."
)


def begin_scoring(at: Where, *, actor: Actor, clock: Clock) -> None:
    """Let the evaluators read and score; the challenge is being evaluated from now on.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor does not chair the panel.
        WrongMoment: the bids are not opened, scoring has begun, or something is not ready: the
            message names the first thing.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_begin_scoring(actor, found.member, found.phase))
        all_bidders = queries.bidders(session, found.stage.id)
        opened = opened_bids(session, found.stage.id)
        obstacles = obstacles_of(
            found.members,
            all_bidders,
            declarations.declared_interests(session, found.stage.id),
            found.stage,
            # Of each as it is now, which may be worse than what the opening recorded.
            [
                bid.supplier_name
                for bid in opened
                if (not bid.intact or bid.declares_a_ground)
                and not bid.findings
                # Of who is heard, it was decided in the stage that they come from.
                and bid.received is not Source.HEARD
            ],
            acting_for_bidders(session, found.stage.id),
        )
        if obstacles:
            raise WrongMoment(obstacles[0].message, **obstacles[0].data)
        for bid in opened:
            if bid.state is BidState.VALID and not bid.readable:
                raise WrongMoment(_UNREADABLE, bidder=bid.supplier_name)
        advance_stage(session, found.stage, Event.BEGIN_EVALUATION, clock=clock)
        found.named_panel.scoring_began_at = clock.now()
        lots = aliases.draw(session, found.stage, all_bidders, clock=clock)
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="scoring.began",
            actor=actor,
            members=[member.label for member in found.members],
            bids=[bidder.reference for bidder in queries.valid(all_bidders)],
            **lots,
        )


def submit_scores(at: Where, *, actor: Actor, clock: Clock) -> None:
    """Submit all of an evaluator's scores at once: from now on they are only corrected.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun or is over, an interest of
            the actor's is not decided, the actor has submitted already, or an interview comes
            first.
        Invalid: scores or reasons are missing; fields are named by question key, "/" and bid
            reference, every one of them.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        member = found.own_seat
        ensure(policy.can_write_scores(actor, member, found.phase))
        all_bidders = queries.bidders(session, found.stage.id)
        interests = declarations.declared_interests(session, found.stage.id)
        if any(item.open and item.declaration.member_id == member.id for item in interests):
            raise WrongMoment(_UNDECIDED)
        owed = queries.expected_cells(
            member, found.stage, all_bidders, declarations.kept_apart(interests)
        )
        wait_for_interviews(session, found, [bidder for bidder, _question in owed], clock)
        drafts = {
            (draft.bid_id, draft.criterion_id): draft
            for draft in session.scalars(
                select(ScoreDraft).where(ScoreDraft.member_id == member.id)
            )
        }
        cells = []
        for bidder, question in owed:
            draft = drafts.get((bidder.bid_id, question.id))
            cells.append(
                Cell(
                    key=(bidder, question),
                    value=draft.value if draft else None,
                    rationale=draft.rationale if draft else "",
                    max_score=question.max_score,
                )
            )
        if faults := score_faults(cells):
            raise Invalid(
                N_("Some scores or reasons are missing."),
                {
                    f"{question.key}/{bidder.handle}": FAULT_WORDS[fault]
                    for (bidder, question), fault in faults.items()
                },
            )

        now = clock.now()
        standing = standing_scores(session, member)
        given = [cell for cell in cells if (cell.key[0].bid_id, cell.key[1].id) not in standing]
        again = last_reopening(session, found.stage.id)
        before = {
            (score.bid_id, score.criterion_id): score.id
            for score in queries.current_scores(session, found.stage.id, member_id=member.id)
        }
        for cell in given:
            bidder, question = cell.key
            replaced = before.get((bidder.bid_id, question.id))
            session.add(
                Score(
                    member_id=member.id,
                    bid_id=bidder.bid_id,
                    criterion_id=question.id,
                    value=cell.value,
                    rationale=cell.rationale.strip(),
                    recorded_at=now,
                    replaces_id=replaced,
                    correction_reason=again.reason if again and replaced else None,
                )
            )
        # What counts are the scores; a draft beside them would only be a second truth.
        session.execute(delete(ScoreDraft).where(ScoreDraft.member_id == member.id))
        session.execute(delete(BroughtSheet).where(BroughtSheet.member_id == member.id))
        member.scores_submitted_at = now
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="scores.submitted",
            actor=actor,
            label=member.label,
            scores=[
                {
                    "bid": cell.key[0].reference,
                    "criterion": cell.key[1].key,
                    "score": f"{cell.value:f}",
                    "reason": cell.rationale.strip(),
                }
                for cell in given
            ],
            **({"stand": len(standing)} if standing else {}),
        )


def correct_score(
    at: Where,
    key: str,
    handle: str,
    *,
    value: Decimal | None,
    rationale: str,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Replace an own submitted score by another and say why; both stay on record.

    Raises:
        NotFound: the challenge is another body's, or there is no such score of the actor's.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: the scores are not submitted, or moderation has begun.
        Invalid: the score, its reason or the reason for correcting is missing or wrong, or nothing
            changes. Fields: `value`, `rationale`, `reason`.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        member = found.own_seat
        ensure(policy.can_correct_score(actor, member, found.phase))
        question = queries.question_named(found.stage, key)
        bidder = queries.bidder_named(queries.bidders(session, found.stage.id), handle)
        if has_seen_others(session, member):
            raise WrongMoment(SEEN_OTHERS)
        if any(
            (score.bid_id, score.criterion_id) == (bidder.bid_id, question.id)
            for score in standing_scores(session, member).values()
        ):
            raise WrongMoment(STANDS)
        if (member.id, bidder.bid_id) in declarations.recusals(session, found.stage.id):
            raise NotFound(_NO_SUCH_SCORE)
        present = _present_score(
            queries.current_scores(session, found.stage.id), member.id, bidder.bid_id, question.id
        )
        faults: dict[str, str] = {}
        max_score = question.max_score
        if value is None or value_fault(value, max_score) is not None:
            fault = score_fault(value, "given", max_score)
            if fault is not None:
                faults["value"] = FAULT_WORDS[fault]
        if not rationale.strip():
            faults["rationale"] = N_("Give the reason for the score")
        if not reason.strip():
            faults["reason"] = N_("Say why you correct the score")
        if not faults and (value, rationale.strip()) == (present.value, present.rationale):
            faults["value"] = N_("Change the score or its reason: both are as they were")
        if faults or value is None:
            raise Invalid(N_("The correction is not complete."), faults)

        session.add(
            Score(
                member_id=member.id,
                bid_id=bidder.bid_id,
                criterion_id=question.id,
                value=value,
                rationale=rationale.strip(),
                recorded_at=clock.now(),
                replaces_id=present.id,
                correction_reason=reason.strip(),
            )
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="score.corrected",
            actor=actor,
            label=member.label,
            bid=bidder.reference,
            criterion=key,
            before=f"{present.value:f}",
            score=f"{value:f}",
            score_reason=rationale.strip(),
            reason=reason.strip(),
        )


def _present_score(
    scores: Sequence[Score], member_id: uuid.UUID, bid_id: uuid.UUID, criterion_id: uuid.UUID
) -> Score:
    wanted = (member_id, bid_id, criterion_id)
    for score in scores:
        if (score.member_id, score.bid_id, score.criterion_id) == wanted:
            return score
    raise NotFound(_NO_SUCH_SCORE)
