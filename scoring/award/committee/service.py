"""What people do about an award that a committee decides: say so, take the paper, record it."""

import hashlib
import uuid
from datetime import date
from typing import BinaryIO

from sqlalchemy.orm import Session

from bids.documents import Attachment
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import next_judged, stored_state
from challenges.texts import refuse_all, text_faults
from marketplace.core import docx
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.letterheads import queries as letterheads
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.text import N_, on_one_line, pasted
from marketplace.core.transaction import transaction
from marketplace.core.vault.piping import Piped
from scoring.award import queries as awards
from scoring.award import sealed_files
from scoring.award.answering import answer, may_answer, seen
from scoring.award.committee import kinds, log_words, policy, queries
from scoring.award.committee.kinds import Outcome, Part
from scoring.award.committee.models import AwardRoute, CommitteeDecision
from scoring.award.committee.paper import paper_of
from scoring.award.queries import Decision
from scoring.award.telling import tell_answered

__all__ = ["choose", "log_words", "may_choose", "read_minute", "record", "take_paper"]


def choose(at: Where, *, committee: str, exemption: str, actor: Actor, clock: Clock) -> None:
    """Say by which committee an award is decided, or that a person decides it (no name).

    `exemption` is the ground on which the annex of its paper is kept from the public. The same
    said twice is recorded once.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_choose`.
        Invalid: the name is too long, or a committee decides and there is no ground.
    """
    committee = on_one_line(committee)
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        ensure(may_choose(stage, found, actor))
        grounds = queries.exemptions_of(session, stage, clock.now())
        faults = text_faults(committee or " ", "committee", "", kinds.COMMITTEE_MOST)
        if committee and grounds.find(exemption) is None:
            faults["exemption"] = N_("Choose why the annex is kept from the public")
        refuse_all(faults)
        exemption = exemption if committee else ""
        known = queries.route_of(session, stage.id)
        if (known.committee, known.exemption) == (committee, exemption) if known else not committee:
            return
        session.add(
            AwardRoute(
                stage_id=stage.id,
                committee=committee,
                exemption=exemption,
                set_by_id=actor.user_id,
                set_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.CHOSEN,
            actor=actor,
            committee=committee or log_words.A_PERSON,
        )


def take_paper(at: Where, part: Part, *, actor: Actor, clock: Clock) -> tuple[str, bytes]:
    """Make a part of the committee's paper as a DOCX, recorded with its digest; give its name too.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_take_paper`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor)
        found = awards.decision(session, stage)
        route = queries.route_of(session, stage.id)
        recommended = (
            found.recommendation is not None and not found.overtaken and not found.withdrawal
        )
        ensure(
            policy.can_take_paper(
                actor,
                by_committee=route is not None,
                recommended=recommended,
                unnamed=awards.judges_unnamed(stage, found.panel, actor),
            )
        )
        assert route is not None  # the policy has said so
        body = stage.challenge.buyer
        written = docx.write(
            paper_of(session, stage, found, route, part, clock.now()),
            base=letterheads.template(session, body.id),
            created=clock.now(),
        )
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.PAPER,
            actor=actor,
            part=part.value,
            sha256=hashlib.sha256(written).hexdigest(),
        )
    return f"{stage.challenge.reference}-{part.value}.docx", written


def record(
    at: Where,
    *,
    recommendation_id: uuid.UUID,
    outcome: Outcome | None,
    met_on: date | None,
    minute: str,
    words: str,
    file: tuple[str, BinaryIO] | None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Record what the committee decided about a recommendation, with its minute's file if any.

    One that approves or returns answers the recommendation as a person's sign-off does; one that
    puts the matter off leaves it waiting. `recommendation_id` is the one that the person saw.

    Raises:
        NotFound: the challenge is another body's, or the recommendation another challenge's.
        Forbidden: the actor is no approver, or recommended the bid.
        WrongMoment: a person decides, or as for `service.sign_off`.
        Invalid: something is missing or too long, or the day of the meeting cannot be.
    """
    minute, words = on_one_line(minute), pasted(words)

    def found(session: Session, *, lock: bool) -> tuple[Stage, Decision, AwardRoute]:
        stage = own_stage(session, at, actor, lock=lock)
        decision = awards.decision(session, stage)
        route = queries.route_of(session, stage.id)
        seen(decision, recommendation_id)
        signs_off = may_answer(stage, decision, actor)
        ensure(policy.can_record(signs_off, by_committee=route is not None))
        assert route is not None  # the policy has said so
        return stage, decision, route

    with transaction() as session:
        _stage, decision, _route = found(session, lock=False)
        assert decision.recommendation is not None  # the policy has said so
        faults = {
            **text_faults(minute, "minute", N_("Enter the minute’s reference"), kinds.MINUTE_MOST),
            **text_faults(words, "words", N_("Give what the minute says"), kinds.WORDS_MOST),
        }
        if outcome is None:
            faults["outcome"] = N_("Choose what the committee decided")
        fault = policy.met_fault(
            met_on,
            recommended_on=decision.recommendation.recommended_at.astimezone(PLACE).date(),
            today=clock.now().astimezone(PLACE).date(),
        )
        if fault is not None:
            faults["met_on"] = fault
        refuse_all(faults)
    assert outcome is not None  # a missing one was just refused
    assert met_on is not None
    taken = sealed_files.take(*file, megabytes=kinds.MEGABYTES_MOST) if file else None
    try:
        # Two approvers at once: the key of sign_off admits one.
        answered = WrongMoment(N_("This recommendation has been answered already."))
        with transaction(taken=answered) as session:
            stage, decision, route = found(session, lock=True)
            recommendation = decision.recommendation
            assert recommendation is not None  # the policy has said so
            row = CommitteeDecision(
                recommendation_id=recommendation.id,
                recommended_by_id=recommendation.recommended_by_id,
                outcome=outcome,
                committee=route.committee,
                met_on=met_on,
                minute=minute,
                words=words,
                recorded_by_id=actor.user_id,
                recorded_at=clock.now(),
            )
            sealed_files.tie(session, taken, row, clock)
            session.add(row)
            session.flush()
            recording.append(
                session,
                stage,
                clock=clock,
                action=log_words.DECIDED,
                actor=actor,
                bid=recommendation.references,
                committee=row.committee,
                outcome=outcome.value,
                met_on=met_on.isoformat(),
                minute=minute,
                reason=words,
                **({"file": row.file_sha256} if row.file_sha256 else {}),
            )
            if outcome is not Outcome.DEFERRED:
                answer(
                    session,
                    stage,
                    recommendation,
                    approved=outcome is Outcome.APPROVED,
                    reason=words,
                    actor=actor,
                    clock=clock,
                    committee=row.committee,
                    minute=minute,
                )
                tell_answered(session, stage, decision, outcome is Outcome.APPROVED, actor, clock)
    except BaseException:
        sealed_files.discard(taken)
        raise


def read_minute(
    at: Where, decision_id: uuid.UUID, *, actor: Actor, clock: Clock
) -> tuple[Attachment, Piped]:
    """Give the file of a minute to whoever may see it, after recording that.

    Raises:
        NotFound: the challenge is another body's, or there is no such minute or file.
        Forbidden: by `policy.can_see`.
        WrongMoment: it cannot be read any more.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor)
        found = awards.decision(session, stage)
        unnamed = awards.judges_unnamed(stage, found.panel, actor)
        ensure(policy.can_see(actor, unnamed=unnamed))
        for each in queries.decisions_of(session, stage.id):
            if each.id == decision_id and each.sealed is not None:
                opened = sealed_files.opened(session, each)
                recording.append(
                    session,
                    stage,
                    clock=clock,
                    action=log_words.READ,
                    actor=actor,
                    committee=each.committee,
                    file=each.file_sha256,
                )
                return opened
        raise NotFound(N_("There is no such file."))


def may_choose(stage: Stage, found: Decision, actor: Actor) -> Answer:
    """Answer whether the actor may say who decides a stage's award."""
    return policy.can_choose(
        actor,
        stored_state(stage.challenge, stage),
        leads_on=next_judged(stage.challenge, stage) is not None,
        approved=found.awaits_letters,
    )
