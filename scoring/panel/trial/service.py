"""Sets the example of a trial, and takes each evaluator's score of it."""

from decimal import Decimal

from challenges.stages import recording
from challenges.stages.place import Where
from challenges.texts import refuse_text
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import queries as panels
from scoring.panel.lifecycle import FAULT_WORDS, Fault, score_fault
from scoring.panel.trial import log_words, policy, queries
from scoring.panel.trial.models import TrialExample, TrialScore

__all__ = ["log_words", "score_trial", "set_example"]

_MOST = 10_000


def set_example(at: Where, *, key: str, text: str, actor: Actor, clock: Clock) -> None:
    """Set the answer that evaluators score on trial, to the question with this key.

    Raises:
        NotFound: the challenge is another body's, or there is no such question.
        Forbidden, WrongMoment: by `policy.can_set_example`.
        Invalid: the answer is missing or too long. Field: `text`.
    """
    text = text.strip()
    with transaction() as session:
        found = panels.meeting(session, at, actor, lock=True)
        stage_id = found.stage.id
        scored = len(queries.scores_of(session, found))
        ensure(policy.can_set_example(actor, found.member, found.phase, scored=scored))
        question = panels.question_named(found.stage, key)
        refuse_text(text, "text", N_("Write an example answer"), _MOST)
        example = session.get(TrialExample, stage_id)
        if example is None:
            example = TrialExample(stage_id=stage_id)
            session.add(example)
        elif (example.criterion_id, example.text) == (question.id, text):
            return
        example.criterion_id, example.text = question.id, text
        example.made_by_id, example.made_at = actor.user_id, clock.now()
        session.flush()
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="trial.example_set",
            actor=actor,
            criterion=key,
        )


def score_trial(
    at: Where, *, value: Decimal | None, rationale: str, actor: Actor, clock: Clock
) -> None:
    """Give the example a score and its reason, once; it never counts.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_score_trial`.
        Invalid: the score or its reason is missing or wrong. Fields: `value`, `rationale`.
    """
    with transaction() as session:
        found = panels.meeting(session, at, actor, lock=True)
        seen = queries.trial(session, found)
        ensure(
            policy.can_score_trial(
                actor,
                found.member,
                found.phase,
                exists=seen.question is not None,
                scored=seen.own,
            )
        )
        assert seen.question is not None  # without one it was just refused
        fault = score_fault(value, rationale, seen.question.max_score)
        if fault is not None or value is None:
            faults = {}
            if fault in (Fault.NO_REASON, Fault.NEITHER):
                faults["rationale"] = FAULT_WORDS[Fault.NO_REASON]
            if fault is not Fault.NO_REASON:
                faults["value"] = FAULT_WORDS[
                    Fault.NO_SCORE if fault in (Fault.NEITHER, None) else fault
                ]
            raise Invalid(N_("The score is not complete."), faults)
        session.add(
            TrialScore(
                member_id=found.own_seat.id,
                value=value,
                rationale=rationale.strip(),
                scored_at=clock.now(),
            )
        )
