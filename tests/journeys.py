"""Plays challenges through the services, from draft to contract, as the people of one cast.

Every state, log entry and digest is what the pages would have made, so tests that begin late in a
journey begin on true ground. The caller is within the application's context.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bids import service as bids
from bids.models import Bid
from challenges import service as challenges
from challenges.kinds import Combine, PriceModel
from challenges.models import Challenge
from challenges.queries import own_challenge
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor, Role
from scoring.award import service as award
from scoring.award.contracts.terms import Terms
from scoring.award.letters import service as letters
from scoring.award.letters.models import LetterMessage
from scoring.award.models import Recommendation
from scoring.panel import parties
from scoring.panel import queries as panels
from scoring.panel import service as panel
from scoring.panel.lifecycle import Interest, Measure
from tests.factories import (
    PASSPHRASE,
    a_body,
    a_challenge,
    a_declaration,
    a_person,
    a_supplier,
    actor_for,
    give_opening_key,
    no_interests,
)

VALUE_MINOR, BUDGET_MINOR = 150_000_00, 60_000_00
QUESTIONS = ("solves", "team")
# What each supplier asks for, and what every evaluator gives it on each question.
OWN_PRICE, RIVAL_PRICE = 20_000_00, 30_000_00
# When a contract of these journeys begins and ends; nothing of it can be extended.
A_YEAR = Terms(starts_on=date(2027, 2, 1), ends_on=date(2028, 1, 31))
OWN_SCORE, RIVAL_SCORE = Decimal(4), Decimal(3)
# Words that stand in exactly one place, for tests that look for what must not be shown.
OWN_WORDS, RIVAL_WORDS = "Quokkaproof lanterns", "Otterside umbrellas"


class Step(IntEnum):
    """How far a challenge has come, in order."""

    DRAFT = 0
    IN_REVIEW = 1
    READY = 2
    OPEN = 3
    CLOSED = 4
    OPENED = 5
    SCORING = 6
    SCORED = 7
    MODERATING = 8
    LOCKED = 9
    RECOMMENDED = 10
    INTENTION = 11
    SIGNED = 12


# When each step happens, counted from the draft; bids are written between two of them.
CALENDAR = {
    Step.IN_REVIEW: timedelta(days=1),
    Step.READY: timedelta(days=2),
    Step.OPEN: timedelta(days=3),
    Step.CLOSED: timedelta(days=20),
    Step.OPENED: timedelta(days=21),
    Step.SCORING: timedelta(days=22),
    Step.SCORED: timedelta(days=24),
    Step.MODERATING: timedelta(days=26),
    Step.LOCKED: timedelta(days=27),
    Step.RECOMMENDED: timedelta(days=28),
    Step.INTENTION: timedelta(days=29),
    Step.SIGNED: timedelta(days=45),
}
BIDDING = timedelta(days=10)
CLOSING = timedelta(days=19)


@dataclass
class Cast:
    """The people of one public body, of two suppliers, of the platform and of another body."""

    body: Organisation
    lead: User
    officer: User
    second_officer: User
    third_officer: User
    chair: User
    evaluators: list[User]
    approver: User
    auditor: User
    supplier: Organisation
    supplier_admin: User
    contributor: User
    rival: Organisation
    rival_admin: User
    platform: Organisation
    facilitator: User
    platform_admin: User
    other_body: Organisation
    other_officer: User
    other_auditor: User

    @property
    def officers(self) -> list[User]:
        """Give the officers who are named to open the bids."""
        return [self.officer, self.second_officer, self.third_officer]


def a_cast(session: Session, at: datetime) -> Cast:
    """Add everybody; both suppliers are verified and have declared their eligibility."""
    body = a_body(session, at, "Example Council")
    supplier = a_supplier(session, at, "Specimen Fictional Lanterns Ltd")
    rival = a_supplier(session, at, "Pretend Umbrella Works Ltd")
    supplier.verified_at = rival.verified_at = at
    platform = Organisation(kind="platform", name="Platform", created_at=at)
    session.add(platform)
    other = a_body(session, at, "Another Council")

    def person(organisation: Organisation, name: str, *roles: Role) -> User:
        return a_person(session, at, organisation, *roles, name=name)

    cast = Cast(
        body=body,
        lead=person(body, "Lena Lead", Role.CHALLENGE_LEAD),
        officer=person(body, "Oona Officer", Role.PROCUREMENT_OFFICER),
        second_officer=person(body, "Omar Officer", Role.PROCUREMENT_OFFICER),
        third_officer=person(body, "Orla Officer", Role.PROCUREMENT_OFFICER),
        chair=person(body, "Cora Chair", Role.CHAIR),
        evaluators=[
            person(body, name, Role.EVALUATOR)
            for name in ("Eva Evaluator", "Edgar Evaluator", "Elin Evaluator")
        ],
        approver=person(body, "Asa Approver", Role.APPROVER),
        auditor=person(body, "Ada Auditor", Role.AUDITOR),
        supplier=supplier,
        supplier_admin=person(supplier, "Sam Supplier", Role.SUPPLIER_ADMIN),
        contributor=person(supplier, "Conny Contributor", Role.SUPPLIER_CONTRIBUTOR),
        rival=rival,
        rival_admin=person(rival, "Rita Rival", Role.SUPPLIER_ADMIN),
        platform=platform,
        facilitator=person(platform, "Fay Facilitator", Role.FACILITATOR),
        platform_admin=person(platform, "Pia Platform", Role.PLATFORM_ADMIN),
        other_body=other,
        other_officer=person(other, "Otto Elsewhere", Role.PROCUREMENT_OFFICER),
        other_auditor=person(other, "Alma Elsewhere", Role.AUDITOR),
    )
    a_declaration(session, at, supplier, cast.supplier_admin)
    a_declaration(session, at, rival, cast.rival_admin)
    give_opening_key(session, at, *cast.officers)
    session.commit()
    return cast


def confirm(reference: str, officer: Actor, *, clock: FixedClock, stage: int = 1) -> bool:
    """Have an officer sign for the opening; tell whether two have signed now."""
    return bids.confirm_opening(
        reference,
        passphrase=PASSPHRASE,
        second_factor=True,
        stage=stage,
        actor=officer,
        clock=clock,
    )


def open_the_bids(
    reference: str, first: Actor, second: Actor, *, clock: FixedClock, stage: int = 1
) -> None:
    """Have two of the officers named sign, and open every envelope as the sweeper does."""
    for officer in (first, second):
        confirm(reference, officer, clock=clock, stage=stage)
    bids.open_bids({"challenge": reference, "stage": stage}, clock)


def hand_over_letters(session: Session, clock: FixedClock) -> None:
    """Have the e-mails about letters be handed over, without which nothing is signed."""
    session.execute(
        update(Notice)
        .where(Notice.sent_at.is_(None), Notice.id.in_(select(LetterMessage.notice_id)))
        .values(sent_at=clock.now())
    )
    session.commit()


@dataclass
class Journey:
    """One challenge on its way; `began` is when its draft was made."""

    session: Session
    clock: FixedClock
    cast: Cast
    reference: str
    began: datetime
    closes_at: datetime
    priced: bool
    at: Step = Step.DRAFT
    own_bid: str = ""
    rival_bid: str = ""
    recommendation_id: uuid.UUID | None = None
    labels: dict[uuid.UUID, str] = field(default_factory=dict)

    @property
    def challenge(self) -> Challenge:
        """Read the challenge afresh."""
        self.session.rollback()
        return own_challenge(self.session, self.reference, self.actor(self.cast.lead))

    def actor(self, user: User) -> Actor:
        """Give a person of the cast as an actor."""
        return actor_for(user)

    def to(self, target: Step) -> "Journey":
        """Take every step up to `target`, moving the clock along the calendar."""
        play([self], target)
        return self

    def take(self, step: Step) -> None:
        """Take the one step that follows, at the clock's present instant."""
        getattr(self, f"_{step.name.lower()}")()
        self.at = step

    def bid(self) -> None:
        """Have both suppliers write and submit their bids."""
        for name, words, price in (
            ("supplier_admin", OWN_WORDS, OWN_PRICE),
            ("rival_admin", RIVAL_WORDS, RIVAL_PRICE),
        ):
            actor = self.actor(getattr(self.cast, name))
            reference = bids.start_bid(self.reference, actor=actor, clock=self.clock).reference
            for key in QUESTIONS:
                bids.save_answer(reference, key, f"{words} ({key}).", actor=actor, clock=self.clock)
            if self.priced:
                bids.save_price(reference, price, actor=actor, clock=self.clock)
            bids.save_terms(
                reference,
                contract_accepted=True,
                contract_points="",
                ai_statement="We used none.",
                actor=actor,
                clock=self.clock,
            )
            bids.submit_bid(reference, actor=actor, arrived=self.clock.now(), clock=self.clock)
            if name == "supplier_admin":
                self.own_bid = reference
            else:
                self.rival_bid = reference

    def _in_review(self) -> None:
        challenges.submit_for_review(
            self.reference, actor=self.actor(self.cast.lead), clock=self.clock
        )

    def _ready(self) -> None:
        challenges.approve(
            self.reference,
            because="It says enough.",
            actor=self.actor(self.cast.officer),
            clock=self.clock,
        )

    def _open(self) -> None:
        challenges.publish(
            self.reference,
            openers_named=[officer.id for officer in self.cast.officers],
            actor=self.actor(self.cast.officer),
            clock=self.clock,
        )

    def _closed(self) -> None:
        cast = self.cast
        panel.name_panel(
            self.reference,
            chair=cast.chair.id,
            evaluators=[person.id for person in cast.evaluators],
            actor=self.actor(cast.lead),
            clock=self.clock,
        )
        seats = panels.seats(self.session, self.challenge.stage.id)
        self.labels = {member.user_id: member.label for member in seats}

    def _opened(self) -> None:
        """Open the bids; brief the panel, of whom one declares an interest in the rival."""
        cast = self.cast
        open_the_bids(
            self.reference,
            self.actor(cast.officer),
            self.actor(cast.second_officer),
            clock=self.clock,
        )
        for member in (cast.chair, *cast.evaluators):
            actor = self.actor(member)
            panel.accept_briefing(self.reference, actor=actor, clock=self.clock)
            declared = no_interests(self.session, self.challenge)
            if member is cast.evaluators[0]:
                declared[cast.rival.name] = panel.Declaration(
                    Interest.DECLARED, "A cousin worked there years ago."
                )
            panel.declare_interests(self.reference, declared, actor=actor, clock=self.clock)

    def _scoring(self) -> None:
        """Keep who declared, begin, and have the first evaluator write what they think."""
        chair = self.actor(self.cast.chair)
        panel.decide_interest(
            self.reference,
            self.labels[self.cast.evaluators[0].id],
            parties.key_of(self.cast.rival.name),
            measure=Measure.KEEP,
            reason="It was long ago.",
            actor=chair,
            clock=self.clock,
        )
        panel.begin_scoring(self.reference, actor=chair, clock=self.clock)
        self._write_scores(self.cast.evaluators[:1])

    def _write_scores(self, evaluators: Sequence[User]) -> None:
        for person in evaluators:
            for key in QUESTIONS:
                panel.save_draft(
                    self.reference,
                    key,
                    {
                        self.own_bid: panel.DraftCell(OWN_SCORE, f"{person.name}: good."),
                        self.rival_bid: panel.DraftCell(RIVAL_SCORE, f"{person.name}: fair."),
                    },
                    actor=self.actor(person),
                    clock=self.clock,
                )

    def _scored(self) -> None:
        self._write_scores(self.cast.evaluators[1:])
        for person in self.cast.evaluators:
            panel.submit_scores(self.reference, actor=self.actor(person), clock=self.clock)

    def _moderating(self) -> None:
        """Begin moderation and agree every score, unless scores stand."""
        chair = self.actor(self.cast.chair)
        panel.begin_moderation(self.reference, actor=chair, clock=self.clock)
        if self.challenge.stage.scores_stand:
            return
        for key in QUESTIONS:
            for bid, value in ((self.own_bid, OWN_SCORE), (self.rival_bid, RIVAL_SCORE)):
                panel.record_consensus(
                    self.reference,
                    key,
                    bid,
                    value=value,
                    rationale=f"We agreed on {value}.",
                    present=list(self.labels.values()),
                    actor=chair,
                    clock=self.clock,
                )

    def _locked(self) -> None:
        award.conclude_scoring(self.reference, actor=self.actor(self.cast.chair), clock=self.clock)

    def _recommended(self) -> None:
        self.recommendation_id = award.recommend(
            self.reference,
            bids=[self.own_bid],
            reason="It solves the problem best.",
            actor=self.actor(self.cast.chair),
            clock=self.clock,
        )

    def _intention(self) -> None:
        assert self.recommendation_id is not None
        award.sign_off(
            self.reference,
            recommendation_id=self.recommendation_id,
            approved=True,
            reason="The reasons are clear.",
            actor=self.actor(self.cast.approver),
            clock=self.clock,
        )
        letters.send_now(self.reference, actor=self.actor(self.cast.officer), clock=self.clock)
        hand_over_letters(self.session, self.clock)

    def _signed(self) -> None:
        award.sign_contract(
            self.reference,
            contract_reference=f"C-{self.reference}",
            value_minor=OWN_PRICE,
            terms=A_YEAR,
            actor=self.actor(self.cast.officer),
            clock=self.clock,
        )


def a_journey(
    session: Session,
    clock: FixedClock,
    cast: Cast,
    *,
    title: str = "How can technology help people find a warm place to wait?",
    closes_after: timedelta = CLOSING,
    price_model: PriceModel = PriceModel.FIXED_BOUNDS,
    combine: Combine = Combine.CONSENSUS,
) -> Journey:
    """Add the draft of a challenge with a price formula, at the clock's present instant.

    Its value puts it into a band with a standstill of ten days.
    """
    began = clock.now()
    challenge = a_challenge(
        session,
        began,
        cast.body,
        cast.lead,
        title=title,
        closes_at=began + closes_after,
        price_model=price_model,
    )
    challenge.value_minor = VALUE_MINOR
    challenge.stage.budget_minor = BUDGET_MINOR
    challenge.stage.combine = combine
    session.commit()
    return Journey(
        session=session,
        clock=clock,
        cast=cast,
        reference=challenge.reference,
        began=began,
        closes_at=began + closes_after,
        priced=price_model is not PriceModel.FIXED_BUDGET,
    )


def an_open_journey(session: Session, clock: FixedClock) -> Journey:
    """Play a challenge until it takes bids."""
    return a_journey(session, clock, a_cast(session, clock.now())).to(Step.OPEN)


def play(journeys: Sequence[Journey], target: Step) -> None:
    """Take all journeys on to `target` together, in the order of time.

    The log gives no entry an instant before the one that precedes, so challenges that were played
    one after another would find their bids too late.
    """
    for step in sorted(CALENDAR, key=lambda step: CALENDAR[step]):
        if step > target:
            break
        due = [journey for journey in journeys if journey.at == step - 1]
        if step is Step.CLOSED:
            for journey in due:
                journey.clock.instant = journey.began + BIDDING
                journey.bid()
        for journey in due:
            journey.clock.instant = max(journey.clock.instant, journey.began + CALENDAR[step])
            journey.take(step)


def recall(session: Session, clock: FixedClock) -> Journey:
    """Give the one journey that a database holds, and put `clock` where it had come to."""
    people = {user.name: user for user in session.scalars(select(User))}
    sides = {side.name: side for side in session.scalars(select(Organisation))}
    cast = Cast(
        body=sides["Example Council"],
        lead=people["Lena Lead"],
        officer=people["Oona Officer"],
        second_officer=people["Omar Officer"],
        third_officer=people["Orla Officer"],
        chair=people["Cora Chair"],
        evaluators=[people[f"{name} Evaluator"] for name in ("Eva", "Edgar", "Elin")],
        approver=people["Asa Approver"],
        auditor=people["Ada Auditor"],
        supplier=sides["Specimen Fictional Lanterns Ltd"],
        supplier_admin=people["Sam Supplier"],
        contributor=people["Conny Contributor"],
        rival=sides["Pretend Umbrella Works Ltd"],
        rival_admin=people["Rita Rival"],
        platform=sides["Platform"],
        facilitator=people["Fay Facilitator"],
        platform_admin=people["Pia Platform"],
        other_body=sides["Another Council"],
        other_officer=people["Otto Elsewhere"],
        other_auditor=people["Alma Elsewhere"],
    )
    challenge = session.scalars(select(Challenge)).one()
    stage = challenge.stage
    assert stage.closes_at is not None
    bids_of = {bid.supplier_id: bid.reference for bid in session.scalars(select(Bid))}
    clock.instant = session.scalars(select(func.max(LogEntry.at))).one() or clock.instant
    return Journey(
        session=session,
        clock=clock,
        cast=cast,
        reference=challenge.reference,
        began=stage.closes_at - CLOSING,
        closes_at=stage.closes_at,
        priced=stage.price_model is not PriceModel.FIXED_BUDGET,
        own_bid=bids_of.get(cast.supplier.id, ""),
        rival_bid=bids_of.get(cast.rival.id, ""),
        recommendation_id=session.scalar(
            select(Recommendation.id).order_by(Recommendation.recommended_at.desc()).limit(1)
        ),
        labels={member.user_id: member.label for member in panels.seats(session, stage.id)},
    )
