"""Who may do what while bids are judged: people, moments and acts, for one readable table."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bids import policy as bids
from bids.asking import policy as asking
from bids.lifecycle import BidState
from challenges.lifecycle import State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Ground,
    Role,
    lacks_right,
    wrong_moment,
)
from scoring.award import policy as award
from scoring.award.advancing import policy as advancing
from scoring.award.again import policy as again
from scoring.award.low_prices import policy as prices
from scoring.panel import policy as panel
from scoring.panel.aliases.policy import kept_from_result, names_kept
from scoring.panel.assigning.policy import can_assign
from scoring.panel.declarations import DeclaredInterest, kept_apart
from scoring.panel.interests import policy as found
from scoring.panel.interviews import policy as interviews
from scoring.panel.interviews.lifecycle import Standing
from scoring.panel.lifecycle import Interest, Measure, PanelPhase, Seat
from scoring.panel.models import (
    BidderParty,
    ConflictDecision,
    ConflictDeclaration,
    PanelMember,
    PartyBid,
)
from scoring.panel.observing.policy import can_read_record
from scoring.panel.reminding.policy import can_remind
from scoring.panel.trial import policy as trial
from scoring.report.policy import can_audit

AT = datetime(2026, 12, 1, tzinfo=UTC)
BODY, ELSEWHERE = uuid.uuid4(), uuid.uuid4()
THE_BID = uuid.uuid4()


@dataclass(frozen=True)
class Moment:
    """One state of the evaluation: of the challenge, of its panel, and of the decision."""

    name: str
    state: State
    phase: PanelPhase | None
    awaits_sign_off: bool = False

    @property
    def locked(self) -> bool:
        """Tell whether quality is locked and the result computed."""
        return self.phase is PanelPhase.LOCKED

    @property
    def running(self) -> bool:
        """Tell whether it is between the opening of the bids and the decision."""
        return self.state in (State.OPENED, State.EVALUATING)


MOMENTS = (
    Moment("no panel", State.CLOSED, None),
    Moment("panel named", State.CLOSED, PanelPhase.NAMED),
    Moment("bids opened", State.OPENED, PanelPhase.DECLARING),
    Moment("scoring", State.EVALUATING, PanelPhase.SCORING),
    Moment("moderation", State.EVALUATING, PanelPhase.MODERATING),
    Moment("locked", State.EVALUATING, PanelPhase.LOCKED),
    Moment("recommended", State.EVALUATING, PanelPhase.LOCKED, awaits_sign_off=True),
    Moment("announced", State.INTENTION, PanelPhase.LOCKED),
    Moment("signed", State.SIGNED, PanelPhase.LOCKED),
)


@dataclass(frozen=True)
class Person:
    """Somebody by role, and by what they are on this panel, if anything."""

    name: str
    meaning: str
    role: Role
    seat: Seat | None = None
    submitted: bool = False
    left: bool = False
    recused: bool = False
    here: bool = True
    also: Role | None = None

    @property
    def actor(self) -> Actor:
        """Give who acts."""
        return Actor(
            uuid.uuid5(BODY, self.name),
            self.name,
            BODY if self.here else ELSEWHERE,
            frozenset({self.role} if self.also is None else {self.role, self.also}),
        )

    def member(self, moment: Moment) -> PanelMember | None:
        """Give the person's seat at a moment, with all done that is done by then."""
        if self.seat is None or moment.phase is None:
            return None
        before = moment.phase in (PanelPhase.NAMED, PanelPhase.DECLARING)
        alone = before or (moment.phase is PanelPhase.SCORING and not self.submitted)
        scores = self.seat is Seat.EVALUATOR and not alone
        return PanelMember(
            id=uuid.uuid5(ELSEWHERE, self.name),
            user_id=self.actor.user_id,
            seat=self.seat,
            label="X1",
            briefed_at=AT,
            interests_declared_at=None if moment.phase is PanelPhase.NAMED else AT,
            scores_submitted_at=AT if scores else None,
            left_at=AT if self.left else None,
        )


CHAIR = Person("chair", "chairs this panel", Role.CHAIR, Seat.CHAIR)
OTHER = Person("other", "another evaluator of it", Role.EVALUATOR, Seat.EVALUATOR, submitted=True)
PEOPLE = (
    CHAIR,
    Person("writing", "evaluator, has not submitted", Role.EVALUATOR, Seat.EVALUATOR),
    Person("handed-in", "evaluator, has submitted", Role.EVALUATOR, Seat.EVALUATOR, submitted=True),
    Person(
        "recused",
        "evaluator, recused from the bid that is asked about",
        Role.EVALUATOR,
        Seat.EVALUATOR,
        recused=True,
    ),
    Person("guest", "evaluator from elsewhere, invited", Role.GUEST_EVALUATOR, Seat.EVALUATOR),
    Person("observer", "observes this panel", Role.EVALUATOR, Seat.OBSERVER),
    Person(
        "two roles",
        "evaluator who is an approver too",
        Role.EVALUATOR,
        Seat.EVALUATOR,
        submitted=True,
        also=Role.APPROVER,
    ),
    Person("left", "was an evaluator, was replaced", Role.EVALUATOR, Seat.EVALUATOR, left=True),
    Person("chair-2", "chairs another panel of the body", Role.CHAIR),
    Person("lead", "challenge lead of the body", Role.CHALLENGE_LEAD),
    Person("officer", "procurement officer of the body", Role.PROCUREMENT_OFFICER),
    Person("approver", "approver of the body", Role.APPROVER),
    Person("auditor", "auditor of the body", Role.AUDITOR),
    Person("platform", "administrator of the service", Role.PLATFORM_ADMIN, here=False),
    Person("bidder", "administrator of a bidder", Role.SUPPLIER_ADMIN, here=False),
)

Act = Callable[[Actor, PanelMember | None, Moment], Answer]


def _seat_of(person: Person, moment: Moment) -> PanelMember:
    """Give the seat of somebody whom an act is about."""
    named = moment if moment.phase is not None else MOMENTS[1]
    member = person.member(named)
    assert member is not None
    return member


def _declares(actor: Actor, own: PanelMember | None, at: Moment) -> Answer:
    if own is not None:
        own.interests_declared_at = None
    return panel.can_declare_interests(actor, own, at.phase)


def _finds_own(actor: Actor, own: PanelMember | None, at: Moment) -> Answer:
    if own is None:
        return lacks_right("Nobody has an interest without a seat.")
    return found.can_find(actor, own, own, at.phase, at.state)


def _concludes(actor: Actor, own: PanelMember | None, at: Moment) -> Answer:
    answer = award.can_conclude(actor, _chair(at), at.state)
    return panel.can_lock_quality(actor, own, at.phase) if answer.allowed else answer


def _reads_name(_actor: Actor, own: PanelMember | None, at: Moment) -> Answer:
    if own is None or own.left_at is not None:
        return lacks_right("Only who sits reads on the panel's pages.")
    withheld = names_kept(own.seat, at.phase, at.state)
    return wrong_moment("The name is withheld.") if withheld else ALLOWED


def _unnamed(own: PanelMember | None, at: Moment) -> bool:
    return own is not None and own.left_at is None and kept_from_result(own.seat, at.state)


def _reads_result(actor: Actor, at: Moment, *, unnamed: bool) -> Answer:
    locked_at = AT if at.locked else None
    return award.can_read_result(actor, locked_at, chair_id=_chair(at), unnamed=unnamed)


def _confirms(actor: Actor, at: Moment, *, unnamed: bool) -> Answer:
    return advancing.can_answer(
        actor,
        _stands(at),
        proposed_by_id=CHAIR.actor.user_id if at.awaits_sign_off else None,
        answered=at.state is not State.EVALUATING,
        lapsed=False,
        unnamed=unnamed,
    )


def _signs_off(actor: Actor, at: Moment, *, unnamed: bool) -> Answer:
    return award.can_sign_off(
        actor,
        recommended_by_id=CHAIR.actor.user_id if at.awaits_sign_off else None,
        state=at.state,
        answered=at.state is not State.EVALUATING,
        unnamed=unnamed,
    )


def _sees_price(actor: Actor, _own: PanelMember | None, at: Moment) -> Answer:
    read = bids.can_read_opened(actor, at.state, opened=at.state not in (State.OPEN, State.CLOSED))
    if read.allowed and not bids.may_see_price(actor, at.state):
        return lacks_right("No price here.")
    return read


def _chair(at: Moment) -> uuid.UUID | None:
    return None if at.phase is None else CHAIR.actor.user_id


def _stands(at: Moment, *, tie: bool = False) -> advancing.Standing:
    """Give how far a stage has come that another follows."""
    return advancing.Standing(
        state=at.state,
        leads_on=True,
        has_result=at.locked,
        any_above=True,
        tie=tie,
        undecided=False,
        awaits=at.awaits_sign_off,
    )


# In the order in which they happen. Those of the second table are about one bid.
PANEL: Mapping[str, Act] = {
    "name the panel": lambda a, _m, at: panel.can_name_panel(a, at.state, at.phase),
    "change it, invite to it": lambda a, _m, at: panel.can_change_members(a, at.phase),
    "remind members": lambda a, m, at: can_remind(a, m, at.phase),
    "say who scores what": lambda a, m, at: can_assign(a, m, at.phase),
    "accept the briefing": lambda a, m, at: panel.can_accept_briefing(a, m, at.phase),
    "set an example to try on": lambda a, m, at: trial.can_set_example(a, m, at.phase, scored=0),
    "score the example": lambda a, m, at: trial.can_score_trial(
        a, m, at.phase, exists=True, scored=False
    ),
    "declare interests": _declares,
    "see what all declared": lambda a, m, _at: panel.can_see_declared(a, m),
    "decide another's interest": lambda a, m, at: panel.can_decide_interest(
        a, m, _seat_of(OTHER, at), at.phase
    ),
    "decide the chair's interest": lambda a, m, at: panel.can_decide_interest(
        a, m, _seat_of(CHAIR, at), at.phase
    ),
    "begin scoring": lambda a, m, at: panel.can_begin_scoring(a, m, at.phase),
    "see the interviews": lambda a, m, at: interviews.can_see(a, m, at.phase, withheld=False),
    "offer times for interviews": lambda a, m, at: interviews.can_offer(
        a, m, at.phase, holds=True, withheld=False, running=at.running
    ),
    "the same where names are withheld": lambda a, m, at: interviews.can_offer(
        a, m, at.phase, holds=True, withheld=True, running=at.running
    ),
    "choose a time for an own bid": lambda a, _m, at: interviews.can_choose(
        a, Standing.OPEN, at.phase, None, AT, counts=True, running=at.running
    ),
    "record what came of an interview": lambda a, m, at: interviews.can_record(
        a, m, at.phase, running=at.running
    ),
    "begin moderation": lambda a, m, at: panel.can_begin_moderation(a, m, at.phase),
    "find an own interest later": _finds_own,
    "find another's later": lambda a, m, at: found.can_find(
        a, m, _seat_of(OTHER, at), at.phase, at.state
    ),
    "decide another's, found later": lambda a, m, at: found.can_decide_found(
        a, m, _seat_of(OTHER, at), at.phase, at.state
    ),
    "decide the chair's, found later": lambda a, m, at: found.can_decide_found(
        a, m, _seat_of(CHAIR, at), at.phase, at.state
    ),
    "begin scoring again (too few)": lambda a, m, at: found.can_reopen(
        a, m, needed=at.phase is PanelPhase.MODERATING
    ),
    "lock quality, see the result": _concludes,
    "read the panel's record": lambda a, m, at: can_read_record(a, m, at.phase),
    "read the result": lambda a, _m, at: _reads_result(a, at, unnamed=False),
    "read it where names are withheld": lambda a, m, at: _reads_result(
        a, at, unnamed=_unnamed(m, at)
    ),
    "decide about a low price": lambda a, m, at: prices.can_decide(
        a,
        at.state,
        has_result=at.locked,
        awaits_sign_off=at.awaits_sign_off,
        unnamed=_unnamed(m, at),
    ),
    "recommend": lambda a, _m, at: award.can_recommend(
        a,
        chair_id=_chair(at),
        state=at.state,
        has_result=at.locked,
        awaits_sign_off=at.awaits_sign_off,
    ),
    "decide a tie for the last place": lambda a, _m, at: advancing.can_decide_cut_off(
        a, _chair(at), _stands(at, tie=True)
    ),
    "propose who goes on to a stage": lambda a, _m, at: advancing.can_propose(
        a, _chair(at), _stands(at)
    ),
    "confirm who goes on": lambda a, _m, at: _confirms(a, at, unnamed=False),
    "confirm where names are withheld": lambda a, m, at: _confirms(a, at, unnamed=_unnamed(m, at)),
    "sign the recommendation off": lambda a, _m, at: _signs_off(a, at, unnamed=False),
    "sign off where names are withheld": lambda a, m, at: _signs_off(
        a, at, unnamed=_unnamed(m, at)
    ),
    "sign the contract": lambda a, _m, at: award.can_sign_contract(
        a,
        state=at.state,
        announced=at.state is State.INTENTION,
    ),
    "propose to decide again": lambda a, m, at: again.can_propose(
        a,
        chair_id=_chair(at),
        state=at.state,
        approved=at.state is State.INTENTION,
        signed=False,
        waits=False,
        unnamed=_unnamed(m, at),
    ),
    "take the decision back": lambda a, m, at: again.can_answer(
        a,
        proposed_by_id=uuid.UUID(int=0) if at.state is State.INTENTION else None,
        signed=False,
        unnamed=_unnamed(m, at),
    ),
    "read the full report": lambda a, m, at: can_audit(a, unnamed=_unnamed(m, at)),
}
BID: Mapping[str, Act] = {
    "read it on the panel's pages": lambda a, m, at: panel.can_read_bids(a, m, at.phase),
    "read there who bids, if withheld": _reads_name,
    "read its files there": lambda a, m, at: panel.can_read_files(a, m, at.phase),
    "write and submit its scores": lambda a, m, at: panel.can_write_scores(a, m, at.phase),
    "correct an own score of it": lambda a, m, at: panel.can_correct_score(a, m, at.phase),
    "see everybody's scores of it": lambda a, m, at: panel.can_see_all_scores(a, m, at.phase),
    "record its agreed score": lambda a, m, at: panel.can_record_consensus(a, m, at.phase),
    "the same where scores stand": lambda a, m, at: panel.can_record_consensus(
        a, m, at.phase, scores_stand=True
    ),
    "read it on officers' pages": lambda a, _m, at: bids.can_read_opened(
        a, at.state, opened=at.state not in (State.OPEN, State.CLOSED)
    ),
    "see its price there": _sees_price,
    "decide about its eligibility": lambda a, _m, at: bids.can_decide_eligibility(
        a, at.state, BidState.VALID
    ),
    "ask its bidder": lambda a, _m, at: asking.can_ask(a, at.state, BidState.VALID),
}


def kept_from_the_bid(member: PanelMember, *, recused: bool) -> bool:
    """Tell by the product's own rule whether a member is kept from the bid that is asked about."""
    party = BidderParty(key="P", name="A Bidder", parts=[PartyBid(bid_id=THE_BID)])
    declared = ConflictDeclaration(
        member_id=member.id,
        party=party,
        interest=Interest.DECLARED if recused else Interest.NONE,
        statement="A cousin works there." if recused else "",
    )
    decision = ConflictDecision(measure=Measure.RECUSE) if recused else None
    return (member.id, THE_BID) in kept_apart([DeclaredInterest(declared, decision)])


def cell(act: Act, person: Person, moment: Moment, *, of_bid: bool) -> str:
    """Give what the table says."""
    member = person.member(moment)
    # Who left has no seat for the services, which look for those who sit.
    answer = act(person.actor, member, moment)
    if not answer.allowed:
        return "." if answer.ground is Ground.RIGHT else "not now"
    assert answer == ALLOWED
    if of_bid and member is not None and kept_from_the_bid(member, recused=person.recused):
        return "hidden"
    return "yes"
