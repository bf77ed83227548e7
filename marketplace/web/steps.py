"""What comes next for a person with a challenge. Pure: the same answer on the board and the hub."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from challenges.lifecycle import AWARDED, AWARDED_STATES, State, move_at
from marketplace.core.permissions import Actor, Permission
from marketplace.core.text import N_
from scoring.panel.models import Seat


@dataclass(frozen=True)
class Standing:
    """How far a challenge has come, with the person's own seat on its panel, if any.

    All but `reference` and `title` is about its `stage`: the last one that has begun.
    """

    reference: str
    title: str
    state: State
    closes_at: datetime | None
    own: bool
    submitted_by_id: uuid.UUID | None
    panel_named: bool
    scoring_began: bool
    moderation_began: bool
    quality_locked: bool
    seat: Seat | None
    briefed: bool
    declared: bool
    scored: bool
    recommended_by_id: uuid.UUID | None
    awaits_sign_off: bool
    standstill_ends_at: datetime | None
    # Who proposed the later closing time that waits for a second officer, if one does.
    deadline_proposed_by_id: uuid.UUID | None = None
    # Who wrote in the change that is being prepared, by identifiers; None where there is none.
    change_writers: Sequence[str] | None = None
    change_handed_over: bool = False
    # Whether the person has signed for the opening after the closing that holds.
    signed: bool = False
    # How many questions of suppliers no published answer answers.
    questions_waiting: int = 0
    # Whether the law asks for an award notice that is not recorded yet.
    award_notice_wanted: bool = False
    # Whether none is recorded, and the last day for it is over.
    award_notice_overdue: bool = False
    # Whether a change of a contract is published in a notice that is not recorded yet.
    change_notice_wanted: bool = False
    # Whether scores stand as each evaluator gave them, so that the panel agrees none.
    scores_stand: bool = False
    # Whether bids go elsewhere, so that officers bring them in where others open them.
    bids_elsewhere: bool = False
    # Whether an award is approved, and its bidders are still to be told by letter.
    letters_due: bool = False
    # The number of the stage that runs; `state` and what the panel did are of it.
    stage: int = 1
    # Whether another stage follows it that is judged, and who proposed who goes on to that one,
    # if that waits for an answer.
    leads_on: bool = False
    advance_proposed_by_id: uuid.UUID | None = None
    # Whether an award is announced to somebody with whom nothing is signed: several can win.
    unsigned: bool = False
    # Whether the person judges without names here, so that the result is kept from them.
    unnamed: bool = False
    # Whether a preferred bidder has shown something that no officer has decided about.
    evidence_waits: bool = False
    # Whether suppliers went on to paid work for which no contract with them is recorded.
    work_unsigned: bool = False
    # Who described a change of a contract that waits for an approver, if one does.
    contract_change_by_id: uuid.UUID | None = None
    # Whether what a court ordered about a contract, recorded by another, waits for a second person.
    court_order_waits: bool = False
    # Whether another person's proposal waits: to take the decision again, or to end the rest.
    again_waits: bool = False
    # Whether a complaint or a case in court keeps contracts back.
    held_back: bool = False
    # Whether a debrief meeting waits for times, or is agreed and still to be recorded.
    debrief_waits: bool = False
    # Whether letters of a sift, or answers to bidders who asked more, wait, or one did not arrive.
    letters_wait: bool = False


@dataclass(frozen=True)
class Step:
    """Something to do (`endpoint` says where), or something to wait for (no endpoint)."""

    words: str
    endpoint: str | None = None


def next_steps(thing: Standing, actor: Actor, now: datetime) -> list[Step]:
    """Give what the person can do now, or one line that says what is waited for."""
    found = [
        *_of_the_body(thing, actor, now),
        *_of_the_next_stage(thing, actor),
        *_of_the_panel(thing),
        *_of_the_award(thing, actor),
        *_of_the_contracts(thing, actor),
        *_of_deciding_again(thing, actor),
    ]
    return found or list(_waiting(thing, now))


def _of_the_body(thing: Standing, actor: Actor, now: datetime) -> Iterator[Step]:
    if not thing.own:
        return
    yield from _of_the_deadline(thing, actor, now)
    yield from _of_the_questions(thing, actor)
    yield from _of_the_change(thing, actor)
    yield from _of_letters(thing, actor)
    match thing.state:
        case State.DRAFT if actor.may(Permission.CHALLENGE_WRITE):
            yield Step(N_("Go on writing"), "challenges.write")
        case State.IN_REVIEW if actor.may(Permission.CHALLENGE_APPROVE):
            if actor.user_id != thing.submitted_by_id:
                yield Step(N_("Review it, then approve or return it"), "challenges.review")
        case State.READY if actor.may(Permission.CHALLENGE_PUBLISH):
            yield Step(N_("Publish it"), "challenges.publish")
        case State.CLOSED if actor.may(Permission.BID_OPEN):
            yield _of_the_opening(thing)
        case State.OPENED if actor.may(Permission.ELIGIBILITY_DECIDE):
            yield Step(N_("Check who may bid"), "opening.bids")
        case State.INTENTION | State.SIGNED if thing.held_back and _settles(actor):
            yield Step(N_("Deal with a complaint or a court case"), "complaints.index")
        case State.INTENTION if actor.may(Permission.CONTRACT_SIGN):
            if thing.standstill_ends_at is not None and now >= thing.standstill_ends_at:
                yield Step(N_("Record the signed contract"), "award.contract")
        case State.SIGNED | State.DELIVERING if thing.unsigned and actor.may(
            Permission.CONTRACT_SIGN
        ):
            yield Step(N_("Record the next signed contract"), "award.contract")
    if (
        thing.state in (State.OPEN, State.CLOSED, State.OPENED)
        and not thing.panel_named
        and actor.may(Permission.PANEL_NAME)
    ):
        yield Step(N_("Name the panel"), "panel.name")


def _of_letters(thing: Standing, actor: Actor) -> Iterator[Step]:
    """Give what an officer owes bidders who wait for a letter."""
    if thing.letters_wait and actor.may(Permission.CONTRACT_SIGN):
        yield Step(N_("Write to bidders who wait for a letter"), "award_letters.every")


def _settles(actor: Actor) -> bool:
    """Tell whether the person deals with what is brought against a decision."""
    return actor.may(Permission.CONTRACT_SIGN) or actor.may(Permission.AWARD_APPROVE)


def _of_the_opening(thing: Standing) -> Step:
    """Give what an officer does with bids that came in."""
    if thing.bids_elsewhere and thing.stage == 1:
        return Step(N_("Bring the bids in, with a second officer"), "elsewhere.show")
    if thing.signed:
        return Step(N_("You have signed: a second officer opens the bids"))
    return Step(N_("Open the bids, with a second officer"), "opening.show")


def _of_the_next_stage(thing: Standing, actor: Actor) -> Iterator[Step]:
    """Give the beginning of the next stage, once it is confirmed who goes on."""
    if thing.own and thing.state is State.ADVANCED and actor.may(Permission.CHALLENGE_PUBLISH):
        yield Step(N_("Begin the next stage"), "inviting.index")


def _of_the_questions(thing: Standing, actor: Actor) -> Iterator[Step]:
    """Give what suppliers' questions ask for, while they can be answered."""
    writes = actor.may(Permission.CHALLENGE_WRITE)
    if thing.state is State.OPEN and thing.stage == 1 and thing.questions_waiting and writes:
        yield Step(N_("Answer the questions that wait"), "asking.desk")


def _of_the_deadline(thing: Standing, actor: Actor, now: datetime) -> Iterator[Step]:
    """Give what a proposed closing time asks for, while it can still be confirmed."""
    stored = State.OPEN if thing.state is State.CLOSED else thing.state
    if (
        thing.deadline_proposed_by_id is None
        or move_at(stored, thing.closes_at, now, elsewhere=thing.bids_elsewhere) is None
        or not actor.may(Permission.CHALLENGE_PUBLISH)
    ):
        return
    if actor.user_id == thing.deadline_proposed_by_id:
        yield Step(N_("Your later closing time waits for another officer to confirm it"))
    else:
        yield Step(N_("Confirm or decline a later closing time"), "challenges.deadline")


def _of_the_change(thing: Standing, actor: Actor) -> Iterator[Step]:
    """Give what a change that is being prepared asks for, while it can still be published."""
    if thing.change_writers is None or thing.state is not State.OPEN or thing.stage > 1:
        return
    wrote = str(actor.user_id) in thing.change_writers
    if thing.change_handed_over and not wrote and actor.may(Permission.CHALLENGE_PUBLISH):
        yield Step(N_("Read a change to it, then publish the change"), "changes.show")
    elif thing.change_handed_over and wrote:
        yield Step(N_("Your change waits for another officer to publish it"))
    elif not thing.change_handed_over and actor.may(Permission.CHALLENGE_WRITE):
        yield Step(N_("Go on with the change to it"), "changes.show")


def _of_the_panel(thing: Standing) -> Iterator[Step]:
    if thing.seat is None or thing.state not in (State.OPENED, State.EVALUATING):
        return
    if not thing.briefed:
        yield Step(N_("Read the briefing and accept confidentiality"), "panel.briefing")
    elif not thing.declared:
        yield Step(N_("Declare your interests"), "panel.interests")
    elif thing.seat is Seat.EVALUATOR and thing.scoring_began and not thing.scored:
        yield Step(N_("Score the bids"), "panel.home")
    elif thing.seat is Seat.CHAIR and not thing.quality_locked:
        lock = N_("Look at the scores, and lock them")
        agree = lock if thing.scores_stand else N_("Agree the scores")
        yield Step(agree if thing.moderation_began else N_("Lead the panel"), "panel.chair")


def _of_the_award(thing: Standing, actor: Actor) -> Iterator[Step]:
    if thing.own and thing.debrief_waits and actor.may(Permission.CONTRACT_SIGN):
        yield Step(N_("See to a debrief meeting"), "debriefs.index")
    signed = thing.own and thing.state in AWARDED
    if signed and thing.award_notice_wanted and actor.may(Permission.CONTRACT_SIGN):
        yield Step(
            N_("Publish the award notice, and record it: it is overdue")
            if thing.award_notice_overdue
            else N_("Publish the award notice, and record it"),
            "award_notices.award",
        )
    if thing.state is State.EVALUATING and thing.quality_locked and thing.leads_on:
        yield from _of_going_on(thing, actor)
    elif thing.state is State.EVALUATING and thing.quality_locked:
        if thing.own and thing.letters_due and actor.may(Permission.CONTRACT_SIGN):
            yield Step(N_("Send the letters to the bidders"), "award_letters.show")
        if thing.seat is Seat.CHAIR and not (thing.awaits_sign_off or thing.letters_due):
            yield Step(N_("Recommend a bid"), "award.recommend")
        if (
            thing.own
            and thing.awaits_sign_off
            and actor.may(Permission.AWARD_APPROVE)
            and actor.user_id != thing.recommended_by_id
            and not thing.unnamed
        ):
            yield Step(N_("Sign off the recommendation, or return it"), "award.sign_off")
        if thing.own and actor.may(Permission.ELIGIBILITY_DECIDE):
            yield from _of_the_evidence(thing, actor)
    if thing.own and thing.quality_locked and actor.may(Permission.RECORD_AUDIT):
        yield Step(N_("Check the result and its evidence"), "award.result")


def _of_the_evidence(thing: Standing, actor: Actor) -> Iterator[Step]:
    """Give what an officer, who scores no bids, sees to before the award is approved."""
    if thing.evidence_waits:
        yield Step(N_("Decide about evidence that came in"), "preferred.index")
    elif thing.awaits_sign_off and not thing.unnamed and not actor.may(Permission.SCORE_RECORD):
        yield Step(N_("Ask the preferred bidder for evidence, or see it"), "preferred.index")


def _of_the_contracts(thing: Standing, actor: Actor) -> Iterator[Step]:
    """Give what contracts ask for besides that of the award."""
    if not thing.own:
        return
    if thing.work_unsigned and actor.may(Permission.CONTRACT_SIGN):
        yield Step(N_("Record the contracts for the paid work"), "contracts.index")
    if thing.change_notice_wanted and actor.may(Permission.CONTRACT_SIGN):
        yield Step(N_("Publish the notice of a changed contract"), "contracts.index")
    described_by = thing.contract_change_by_id
    if (
        described_by is not None
        and actor.may(Permission.AWARD_APPROVE)
        and actor.user_id != described_by
    ):
        yield Step(N_("Confirm a change of a contract, or not"), "contracts.index")
    if thing.court_order_waits and (
        actor.may(Permission.CONTRACT_SIGN) or actor.may(Permission.AWARD_APPROVE)
    ):
        yield Step(N_("Confirm what a court ordered about a contract, or not"), "contracts.index")


def _of_deciding_again(thing: Standing, actor: Actor) -> Iterator[Step]:
    """Give the proposal about the decision that stands, where the person may answer one."""
    if (
        thing.own
        and thing.again_waits
        and thing.state in _ANSWERED_IN
        and actor.may(Permission.AWARD_APPROVE)
        and not thing.unnamed
    ):
        yield Step(
            N_("Answer a proposal to decide again, or to end what is not signed"), "again.decide"
        )


_ANSWERED_IN = AWARDED_STATES | {State.EVALUATING, State.ADVANCED}


def _of_going_on(thing: Standing, actor: Actor) -> Iterator[Step]:
    """Give what is to do about who goes on to the next stage."""
    proposed_by = thing.advance_proposed_by_id
    if thing.seat is Seat.CHAIR and proposed_by is None:
        yield Step(N_("Decide who goes on to the next stage"), "advancing.show")
    if (
        thing.own
        and proposed_by is not None
        and actor.may(Permission.AWARD_APPROVE)
        and actor.user_id != proposed_by
    ):
        yield Step(N_("Confirm who goes on, or return it"), "advancing.confirm")


_WAITING = {
    State.DRAFT: N_("Being written"),
    State.IN_REVIEW: N_("Waiting for another officer to approve it"),
    State.READY: N_("Waiting for a procurement officer to publish it"),
    State.OPEN: N_("Open: nothing to do until it closes"),
    State.CLOSED: N_("Waiting for two officers to open the bids"),
    State.OPENED: N_("The panel is preparing"),
    State.EVALUATING: N_("The panel is at work"),
    State.INTENTION: N_("The standstill runs"),
    State.SIGNED: N_("The contract is signed"),
    State.DELIVERING: N_("Work is under way"),
    State.FINISHED: N_("The work is finished"),
    State.WAITING: N_("Waiting for the stage before it"),
    State.STOPPED: N_("Stopped, with lessons"),
    State.CANCELLED: N_("Ended, with its reason"),
    State.ADVANCED: N_("Suppliers have gone on: the next stage has not begun"),
}


_WAITING_ELSEWHERE = {
    State.OPEN: N_("Bids go elsewhere: nothing to do here until bidding closes there"),
    State.CLOSED: N_("Waiting for two officers to bring the bids in"),
}


def _waiting(thing: Standing, now: datetime) -> Iterator[Step]:
    over = thing.standstill_ends_at is not None and now >= thing.standstill_ends_at
    if thing.bids_elsewhere and thing.state in _WAITING_ELSEWHERE:
        yield Step(_WAITING_ELSEWHERE[thing.state])
    elif thing.state is State.INTENTION and thing.held_back:
        yield Step(N_("Signing waits: a complaint or a court case is not settled"))
    elif thing.state is State.INTENTION and over:
        yield Step(N_("Waiting for a procurement officer to record the signed contract"))
    elif thing.state is State.EVALUATING and thing.letters_due:
        yield Step(N_("Waiting for a procurement officer to send the letters to the bidders"))
    elif thing.state is State.EVALUATING and (
        thing.awaits_sign_off or thing.advance_proposed_by_id is not None
    ):
        yield Step(N_("Waiting for an approver to sign off"))
    else:
        yield Step(_WAITING[thing.state])
