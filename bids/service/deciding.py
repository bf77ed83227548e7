"""Deciding about the eligibility of opened bids, and reading them: each reading is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bids import hooks, log_words, opened, policy
from bids.grounds import policy as grounds
from bids.grounds.deciding import awaited_of, forces_of, other_grounds
from bids.grounds.models import GroundFinding
from bids.grounds.policy import Awaited, Found
from bids.lifecycle import BidEvent, BidState, after
from bids.models import Bid, EligibilityDecision, EligibilityFinding
from bids.opened_bid import OpenedBid
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.queries import own_challenge
from challenges.stages.queries import find_stage
from challenges.stages.standing import said, stored_state
from challenges.texts import refuse_all
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.grounds import ExclusionGround
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

_EVENTS = {
    EligibilityFinding.VALID: BidEvent.FIND_VALID,
    EligibilityFinding.INELIGIBLE: BidEvent.FIND_INELIGIBLE,
    EligibilityFinding.EXCLUDED: BidEvent.EXCLUDE,
}


def decide_eligibility(
    reference: str,
    bid_reference: str,
    *,
    finding: EligibilityFinding,
    reason: str,
    actor: Actor,
    clock: Clock,
    found: Sequence[Found] = (),
) -> int:
    """Record what an officer finds about an opened bid and of each ground, with the reasons.

    It gives the number of the bid's stage.

    The same findings for the same reasons sent twice are recorded once. Whatever rests on who may
    go on follows in the same transaction (`hooks.after_finding`).

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such opened bid.
        Forbidden, WrongMoment: by `policy.can_decide_eligibility`, or the panel has gone on
            without a bid that is to count again.
        Invalid: the reason is empty, a bid that could not be read is found valid, or the findings
            do not bear the decision (`grounds.policy.refusals`).
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        return decide_within(
            session,
            challenge,
            bid_reference,
            finding=finding,
            reason=reason,
            actor=actor,
            clock=clock,
            found=found,
        )


def decide_within(
    session: Session,
    challenge: Challenge,
    bid_reference: str,
    *,
    finding: EligibilityFinding,
    reason: str,
    actor: Actor,
    clock: Clock,
    found: Sequence[Found] = (),
) -> int:
    """Do what `decide_eligibility` does in the caller's transaction, which holds the challenge.

    Raises:
        NotFound, Forbidden, WrongMoment, Invalid: as it does.
    """
    bid = session.scalar(
        select(Bid)
        .where(Bid.challenge_id == challenge.id, Bid.reference == bid_reference)
        .with_for_update()
    )
    # Before the opening an officer is told nothing, not even that a bid is there.
    if bid is None or not opened.is_opened(session, bid.stage_id):
        raise NotFound(N_("There is no such bid."))
    state = stored_state(challenge, bid.stage)
    ensure(policy.can_decide_eligibility(actor, state, bid.state))
    if not reason.strip():
        message = N_("Give the reason for this decision")
        raise Invalid(message, {"reason": message})
    held = opened.find_opened_bid(session, bid.stage_id, bid_reference)
    if finding is EligibilityFinding.VALID and held is not None and not held.readable:
        message = N_(
            "This bid could not be read when it was opened, so it cannot go to the panel. "
            "Choose another finding, or stop the work"
        )
        raise Invalid(message, {"finding": message})
    _bear(challenge, held, found, finding, clock)
    of_grounds = sorted(
        (each.party, each.ground, each.verdict, each.reason.strip()) for each in found
    )
    if _same(session, bid, finding, reason.strip(), of_grounds):
        return bid.stage.ordinal
    before = bid.state
    bid.state = after(before, _EVENTS[finding])
    session.add(
        EligibilityDecision(
            bid_id=bid.id,
            finding=finding,
            reason=reason.strip(),
            decided_by_id=actor.user_id,
            decided_at=clock.now(),
            grounds=[
                GroundFinding(party=party, ground=ground, verdict=verdict, reason=why)
                for party, ground, verdict, why in of_grounds
            ],
        )
    )
    session.flush()
    log.append(
        session,
        clock=clock,
        action=log_words.DECIDED,
        chain=challenge.reference,
        actor=actor,
        **said(bid.stage),
        bid=bid.reference,
        finding=finding.value,
        reason=reason.strip(),
        grounds=[
            {"party": party, "ground": ground, "verdict": verdict.value, "reason": why}
            for party, ground, verdict, why in of_grounds
        ],
    )
    hooks.emit_finding(session, challenge, hooks.Found(bid, before, reason.strip()), actor, clock)
    return bid.stage.ordinal


def _bear(
    challenge: Challenge,
    held: OpenedBid | None,
    found: Sequence[Found],
    finding: EligibilityFinding,
    clock: Clock,
) -> None:
    """Refuse a decision that its findings of grounds do not bear.

    Raises:
        Invalid: the message says what is missing, by field where it can.
    """
    # What an envelope says that is not the one recorded tells nobody what was declared.
    readable = held is not None and held.readable and held.intact
    wrong = grounds.refusals(
        awaited_of(challenge, held, clock.now()) if held else [],
        found,
        excludes=finding is EligibilityFinding.EXCLUDED,
        reads=readable,
        elsewhere=forces_of(challenge, found, clock.now()),
    )
    refuse_all(wrong)


def _same(
    session: Session,
    bid: Bid,
    finding: EligibilityFinding,
    reason: str,
    of_grounds: Sequence[tuple[str, str, grounds.Verdict, str]],
) -> bool:
    """Tell whether the latest decision about a bid is this very one."""
    latest = session.scalars(
        select(EligibilityDecision)
        .where(EligibilityDecision.bid_id == bid.id)
        .order_by(EligibilityDecision.decided_at.desc(), EligibilityDecision.id.desc())
    ).first()
    if latest is None or (latest.finding, latest.reason) != (finding, reason):
        return False
    known = [(each.party, each.ground, each.verdict, each.reason) for each in latest.grounds]
    return sorted(known) == list(of_grounds)


@dataclass(frozen=True)
class Reading:
    """An opened bid as it was read, with what its page says of the challenge and of its stage.

    `criteria` are the keys and titles of the questions, in their order. To decide about it there
    are also the `grounds` that were declared, and the `others` that can be added.
    """

    challenge: str
    title: str
    currency: str
    state: State
    stage: int
    criteria: Sequence[tuple[str, str]]
    bid: OpenedBid
    grounds: Sequence[Awaited] = ()
    others: Sequence[tuple[str, str, ExclusionGround]] = ()


def read_bid(
    reference: str,
    bid_reference: str,
    *,
    actor: Actor,
    clock: Clock,
    to_decide: bool = False,
    file: int | None = None,
) -> Reading:
    """Read an opened bid and record that; what was read is given only after the entry stands.

    With `to_decide` it is read only where the actor may decide about its eligibility now, with
    `file` only where it has a file at that place, from 0.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such opened bid.
        Forbidden, WrongMoment: by `policy.can_read_opened` and, to decide, by
            `policy.can_decide_eligibility`.
    """
    with transaction() as session:
        challenge = _with_questions(session, reference, actor, planned=to_decide)
        now = clock.now()
        found = opened.find_opened_bid_of(session, challenge.id, bid_reference)
        # Of a bid that was not opened nobody is told that it is there, nor in which stage.
        stage = find_stage(challenge, found.stage_id) if found else challenge.stage
        state = stored_state(challenge, stage)
        if to_decide:
            ensure(policy.can_decide_eligibility(actor, state, BidState.VALID))
        was_opened = found is not None or opened.is_opened(session, stage.id)
        ensure(policy.can_read_opened(actor, state, opened=was_opened))
        if found is None:
            raise NotFound(N_("There is no such bid."))
        if file is not None and file >= len(found.attachments):
            raise NotFound(N_("There is no such file."))
        known = awaited_of(challenge, found, now) if to_decide else []
        reading = Reading(
            challenge=challenge.reference,
            title=challenge.title,
            currency=challenge.currency,
            state=state,
            stage=stage.ordinal,
            criteria=[(criterion.key, criterion.title) for criterion in stage.criteria],
            bid=found,
            grounds=known,
            others=other_grounds(challenge, found, known, now) if to_decide else (),
        )
        log.append(
            session,
            clock=clock,
            action=log_words.READ,
            chain=challenge.reference,
            actor=actor,
            **said(stage),
            bid=bid_reference,
        )
    return reading


def _with_questions(session: Session, reference: str, actor: Actor, *, planned: bool) -> Challenge:
    """Give a challenge of the actor's own body with its questions, in one statement.

    The page of a bid also writes an entry, so it has few statements to spare. Where grounds are
    decided it is `planned`: the rules that hold follow from the body and the plan.
    """
    more = (
        [joinedload(Challenge.buyer), joinedload(Challenge.stages).joinedload(Stage.plans)]
        if planned
        else []
    )
    challenge = session.scalars(
        select(Challenge)
        .where(Challenge.reference == reference, Challenge.buyer_id == actor.organisation_id)
        .options(joinedload(Challenge.stages).joinedload(Stage.criteria), *more)
    ).unique().one_or_none()  # fmt: skip
    if challenge is None:
        raise NotFound(N_("There is no challenge with this reference."))
    return challenge
