"""Records what was measured some months after the end of the work."""

from collections.abc import Sequence

from challenges.queries import own_challenge
from challenges.texts import refuse_all
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.delivery import log_words
from scoring.award.delivery.benefits import policy, queries
from scoring.award.delivery.benefits.lifecycle import MEASURES_MOST, Measured, faults
from scoring.award.delivery.benefits.models import BenefitReview, BenefitValue
from scoring.award.delivery.queries import day_of, finish_of


def measure(
    reference: str,
    months: int,
    rows: Sequence[Measured],
    *,
    words: str,
    lessons: str,
    publish: bool,
    seen: int = 0,
    actor: Actor,
    clock: Clock,
) -> None:
    """Record what was measured so many months after the work's end; give it to everybody or not.

    `seen` is the edition that the person read, 0 where there was none.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_measure`.
        StaleEdit: somebody else recorded something since.
        Invalid: something is missing or too long.
    """
    rows = rows[:MEASURES_MOST]
    with transaction(taken=_stale()) as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        finished, now = finish_of(session, challenge), clock.now()
        ensure(
            policy.can_measure(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                finished_on=finished.finished_on if finished else None,
                months=months,
                today=day_of(now),
            )
        )
        words, lessons = words.strip(), lessons.strip()
        refuse_all(faults(rows, words, lessons))
        before = [e for e in queries.reviews(session, challenge) if e.months == months]
        edition = before[-1].edition if before else 0
        if edition != seen:
            raise _stale()
        review = BenefitReview(
            challenge_id=challenge.id,
            months=months,
            edition=edition + 1,
            words=words,
            lessons=lessons,
            published=publish,
            recorded_by_id=actor.user_id,
            recorded_at=now,
        )
        session.add(review)
        session.flush()
        session.add_all(
            BenefitValue(
                review_id=review.id,
                place=place,
                measure=each.measure,
                before=each.before,
                now=each.now,
            )
            for place, each in enumerate((e for e in rows if not e.empty), start=1)
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.MEASURED,
            chain=challenge.reference,
            actor=actor,
            months=months,
            edition=edition + 1,
            published=publish,
        )


def _stale() -> StaleEdit:
    return StaleEdit(
        N_("Somebody else recorded this measurement meanwhile. Look at it, then save yours.")
    )
