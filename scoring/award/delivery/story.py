"""Tells everybody what came of a challenge: who won, what was reached, gates, benefits, lessons.

Nothing is told of a contract before the standstill is over: it is signed only then. What was paid
for which milestone, what was sent back, and what was only proposed, is between the body and its
supplier.
"""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges.finding import afterwards
from challenges.finding.afterwards import Sort, Told
from challenges.lifecycle import State
from challenges.live import queries as live
from challenges.models import Challenge
from marketplace.core.access import current_settings
from scoring.award.contracts.ordered.lifecycle import ORDER_WORDS
from scoring.award.delivery import agreements, queries
from scoring.award.delivery.benefits import queries as benefits
from scoring.award.delivery.gates.lifecycle import DECISION_WORDS
from scoring.award.delivery.lifecycle import OUTCOME_WORDS, names_supplier
from scoring.award.delivery.queries import Work
from scoring.award.standing import rests_ended

# Before a contract can be signed there is nothing to tell.
_TOLD_IN = frozenset(
    {State.EVALUATING, State.INTENTION, State.SIGNED, State.DELIVERING, State.FINISHED}
    | {State.STOPPED}
)


def told(session: Session, challenge: Challenge) -> Sequence[Told]:
    """Give what came of a challenge; nothing where no contract is signed."""
    if challenge.state not in _TOLD_IN:
        return ()
    works = queries.works(session, agreements.of_challenge(session, challenge))
    if not works:
        return ()
    return [
        *(each for work in works for each in _of_work(work)),
        *_rests(session, challenge),
        *_demo_days(session, challenge),
        *_end(session, challenge),
    ]


afterwards.register(told)


def _of_work(work: Work) -> Iterator[Told]:
    """Tell of one contract. While bids are still judged its supplier is not named."""
    agreement, stage = work.agreement, work.agreement.work
    named = names_supplier(
        before_decision=agreement.before_decision, state=agreement.challenge.state
    )
    name = stage.name if stage else agreement.reference
    if not named:
        yield Told(
            agreement.contract.signed_at,
            Sort.CONTRACT,
            _("Work began under a contract for “%(stage)s”", stage=name),
        )
        return
    supplier = agreement.supplier.name
    yield Told(
        agreement.contract.signed_at,
        Sort.CONTRACT,
        _("Contract signed with %(supplier)s: %(stage)s", supplier=supplier, stage=name),
    )
    for reached in work.milestones:
        if reached.done and reached.answer is not None:
            yield Told(
                reached.answer.decided_at,
                Sort.MILESTONE,
                _(
                    "%(supplier)s reached a milestone: %(title)s",
                    supplier=supplier,
                    title=reached.terms.title,
                ),
                text=reached.terms.deliverable,
            )
    for gate in work.gates:
        if gate.answer is not None and gate.answer.confirmed:
            yield Told(
                gate.answer.decided_at,
                Sort.GATE,
                _(
                    "Gate of “%(stage)s”, %(supplier)s: %(decision)s",
                    stage=name,
                    supplier=supplier,
                    decision=_(DECISION_WORDS[gate.decision]),
                ),
                text=gate.reason,
                lessons=gate.lessons,
            )
    for order in agreement.kept.ordered:
        if order.answer is not None:
            yield Told(
                order.answer.answered_at,
                Sort.COURT,
                _(
                    "%(court)s about the contract with %(supplier)s: %(what)s",
                    court=order.court,
                    supplier=supplier,
                    what=_(ORDER_WORDS[order.kind]),
                ),
                text=order.says,
            )
    if work.end is not None and work.end.gate_id is None:
        yield Told(
            work.end.ended_at,
            Sort.END,
            _(
                "%(outcome)s: %(supplier)s",
                outcome=_(OUTCOME_WORDS[work.end.outcome]),
                supplier=supplier,
            ),
            text=work.end.words,
        )


def _rests(session: Session, challenge: Challenge) -> Iterator[Told]:
    for rest in rests_ended(session, [each.id for each in challenge.stages]):
        yield Told(
            rest.ended_at,
            Sort.END,
            _("What was not signed ended without award"),
            text=rest.reason,
        )


def _demo_days(session: Session, challenge: Challenge) -> Iterator[Told]:
    for meeting in live.sessions(session, challenge):
        if meeting.demo_day and meeting.cancelled_at is None:
            yield Told(
                meeting.starts_at,
                Sort.DEMO_DAY,
                meeting.title,
                text=meeting.place,
                link=f"{current_settings().public_url}/challenges/{challenge.reference}"
                f"/sessions/{meeting.id}",
            )


def _end(session: Session, challenge: Challenge) -> Iterator[Told]:
    finish = queries.finish_of(session, challenge)
    if finish is None:
        return
    yield Told(finish.finished_at, Sort.FINISH, _("All work was finished"), text=finish.words)
    for review in benefits.holding(benefits.reviews(session, challenge)):
        if review.published:
            yield Told(
                review.recorded_at,
                Sort.BENEFITS,
                _("What it achieved, %(months)d months later", months=review.months),
                text=review.words,
                lessons=review.lessons,
                rows=[(each.measure, each.before, each.now) for each in review.values],
            )
