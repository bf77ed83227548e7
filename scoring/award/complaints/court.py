"""Proceedings in court about a decision: recorded by an officer, their end by two people."""

from dataclasses import dataclass
from datetime import date

from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.texts import refuse_all, text_faults
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.complaints import letters, log_words, policy, queries
from scoring.award.complaints.lifecycle import SHORT_MOST, TEXT_MOST, CourtEnd, day_fault
from scoring.award.complaints.models import (
    CourtProceedings,
    ProceedingsEnd,
    ProceedingsEndAnswer,
)


@dataclass(frozen=True)
class Served:
    """Proceedings as the papers that were served tell them."""

    served_on: date | None
    court: str
    reference: str
    about: str


@dataclass(frozen=True)
class Ended:
    """How proceedings ended, when, and what shows it."""

    how: CourtEnd | None
    ended_on: date | None
    evidence: str


def record(at: Where, served: Served, *, actor: Actor, clock: Clock) -> int:
    """Record proceedings about the decision; give their number. No contract is signed from now on.
    The same recorded twice is one, until its end.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_record`.
        Invalid: something is missing. Fields: those of `Served`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        told = queries.told_of(session, stage)
        ensure(policy.can_record(actor, told=told is not None))
        court, reference, about = (
            served.court.strip(),
            served.reference.strip(),
            served.about.strip(),
        )
        today = clock.now().astimezone(PLACE).date()
        fault = day_fault(
            served.served_on, today=today, missing=N_("Enter the day on which it was served")
        )
        refuse_all(
            {
                **({"served_on": fault} if fault else {}),
                **text_faults(court, "court", N_("Enter the name of the court"), SHORT_MOST),
                **text_faults(
                    reference, "reference", N_("Enter the court’s reference"), SHORT_MOST
                ),
                **(text_faults(about, "about", "", TEXT_MOST) if about else {}),
            }
        )
        assert served.served_on is not None  # refused before
        assert told is not None  # the policy has said so
        for each in queries.brought(session, stage).proceedings:
            same = (each.served_on, each.court, each.reference) == (
                served.served_on,
                court,
                reference,
            )
            if same and each.ended is None:
                return each.number
        number = queries.next_number(session, CourtProceedings, stage)
        session.add(
            CourtProceedings(
                stage_id=stage.id,
                number=number,
                served_on=served.served_on,
                court=court,
                reference=reference,
                about=about,
                recorded_by_id=actor.user_id,
                recorded_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.IN_COURT,
            actor=actor,
            number=number,
            served=served.served_on.isoformat(),
            court=court,
            reference=reference,
        )
        letters.tell_in_court(session, stage, told, actor, clock)
        return number


def record_end(at: Where, number: int, ended: Ended, *, actor: Actor, clock: Clock) -> None:
    """Record how proceedings ended; contracts stay held back until a second person confirms it.

    Raises:
        NotFound: the challenge is another body's, or has no such proceedings.
        Forbidden, WrongMoment: by `policy.can_record_end`.
        Invalid: something is missing. Fields: those of `Ended`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = queries.proceedings_numbered(session, stage, number)
        ensure(
            policy.can_record_end(
                actor, ended=found.ended is not None, proposed=found.end is not None
            )
        )
        evidence = ended.evidence.strip()
        today = clock.now().astimezone(PLACE).date()
        fault = day_fault(ended.ended_on, today=today, missing=N_("Enter the day of the end"))
        if fault is None and ended.ended_on is not None and ended.ended_on < found.served_on:
            fault = N_("It cannot have ended before it was served")
        refuse_all(
            {
                **({"how": N_("Choose how it ended")} if ended.how is None else {}),
                **({"ended_on": fault} if fault else {}),
                **text_faults(
                    evidence,
                    "evidence",
                    N_("Say what shows it, such as the court’s order and its date"),
                    TEXT_MOST,
                ),
            }
        )
        assert ended.how is not None  # refused before
        assert ended.ended_on is not None
        session.add(
            ProceedingsEnd(
                proceedings_id=found.id,
                how=ended.how,
                ended_on=ended.ended_on,
                evidence=evidence,
                recorded_by_id=actor.user_id,
                recorded_at=clock.now(),
            )
        )
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.COURT_END,
            actor=actor,
            number=number,
            how=ended.how.value,
            ended=ended.ended_on.isoformat(),
            evidence=evidence,
        )
        letters.tell_end_to_confirm(session, stage, actor, clock)


def answer_end(
    at: Where,
    number: int,
    *,
    confirmed: bool,
    reason: str,
    seen: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Confirm, as a second person, how proceedings ended, or return it.

    `seen` is the identifier of the end that the page showed.

    Raises:
        NotFound: the challenge is another body's, or has no such proceedings.
        Forbidden, WrongMoment: by `policy.can_confirm_end`; or another end is recorded now.
        Invalid: the reason is missing. Field: `reason`.
    """
    with transaction(taken=WrongMoment(N_("This has been answered already."))) as session:
        stage = own_stage(session, at, actor, lock=True)
        found = queries.proceedings_numbered(session, stage, number)
        end = found.end
        ensure(
            policy.can_confirm_end(
                actor,
                recorded_by_id=end.recorded_by_id if end else None,
                ended=found.ended is not None,
            )
        )
        assert end is not None  # the policy has said so
        if str(end.id) != seen:
            raise WrongMoment(N_("Another end is recorded now. Read it first."))
        refuse_all(text_faults(reason.strip(), "reason", N_("Give the reason"), TEXT_MOST))
        session.add(
            ProceedingsEndAnswer(
                end_id=end.id,
                recorded_by_id=end.recorded_by_id,
                answered_by_id=actor.user_id,
                confirmed=confirmed,
                reason=reason.strip(),
                answered_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.COURT_ENDED if confirmed else log_words.COURT_END_RETURNED,
            actor=actor,
            number=number,
            how=end.how.value,
            reason=reason.strip(),
        )
        if confirmed:
            letters.tell_court_ended(session, stage, actor, clock)
