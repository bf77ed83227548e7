"""Builds rows straight into the tables, for tests that begin in the middle of a journey.

Everything is plainly fictional. Each builder adds and flushes; the caller commits.
"""

import hashlib
import itertools
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from bids import documents, drafts, envelopes, log_words, receipts
from bids.attachments.models import OpenedFile
from bids.documents import Attachment
from bids.grounds.document import Eligibility
from bids.lifecycle import OPENED_STATES, BidState
from bids.models import (
    Bid,
    EligibilityDeclaration,
    OpenedSubmission,
    Opening,
    OpeningConfirmation,
    Submission,
)
from challenges import log_words as challenge_words
from challenges.closing_models import OpeningOfficer
from challenges.drafting import approved
from challenges.drafting.kinds import Topic
from challenges.drafting.models import RecordAnswer
from challenges.kinds import CriterionKind, LegalRoute, PriceModel
from challenges.lifecycle import State
from challenges.log_words import CLOSED
from challenges.method.rules import is_formula
from challenges.models import Challenge, Criterion, EvaluationPlan, Plan, ScaleDescriptor, Stage
from challenges.notices.models import ChosenCode
from challenges.plan import FIRST_VERSION, frozen_plan, plan_document
from challenges.stages.kinds import StageKind
from marketplace.core.access import current_files
from marketplace.core.accounts.models import (
    BodyType,
    Membership,
    MembershipRole,
    Organisation,
    OrganisationKind,
    SupplierType,
    User,
)
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import FixedClock
from marketplace.core.files import store as files
from marketplace.core.permissions import Actor, Role
from marketplace.core.vault import officers as vault_officers
from marketplace.core.vault import sealing
from scoring.engine.canonical import canonical
from scoring.panel import parties
from scoring.panel.lifecycle import Interest
from scoring.panel.models import Panel, PanelMember, Seat
from scoring.panel.service import Declaration

_count = itertools.count(1)


def counted() -> int:
    """Tell how far the numbers of this process have come, which its names and addresses bear."""
    return next(_count)


def count_on(after: int) -> None:
    """Number what this process adds from now on so that it meets nothing of another's."""
    global _count  # noqa: PLW0603  (one count for a process)
    _count = itertools.count(max(after, next(_count)) + 1)


def a_body(session: Session, at: datetime, name: str = "Example Council") -> Organisation:
    """Add a verified public body."""
    return _organisation(
        session, OrganisationKind.BODY, name, at, body_type=BodyType.LOCAL, verified_at=at
    )


def a_supplier(session: Session, at: datetime, name: str | None = None) -> Organisation:
    """Add a supplier."""
    return _organisation(
        session,
        OrganisationKind.SUPPLIER,
        name or f"Specimen Fictional {next(_count)} Ltd",
        at,
        supplier_type=SupplierType.COMPANY,
    )


def the_platform(session: Session, at: datetime) -> Organisation:
    """Add the organisation that runs the service."""
    return _organisation(session, OrganisationKind.PLATFORM, "Platform", at)


def _organisation(
    session: Session, kind: OrganisationKind, name: str, at: datetime, **more: object
) -> Organisation:
    organisation = Organisation(kind=kind, name=name, created_at=at, **more)
    session.add(organisation)
    session.flush()
    return organisation


def a_person(
    session: Session,
    at: datetime,
    organisation: Organisation | None,
    *roles: Role,
    name: str | None = None,
) -> User:
    """Add a confirmed person with a second factor, acting for `organisation` in `roles`."""
    number = next(_count)
    user = User(
        email=f"person-{number}@example.org",
        name=name or f"Person {number} Example",
        fs_uniquifier=uuid.uuid4().hex,
        active=True,
        created_at=at,
        confirmed_at=at,
        tf_primary_method="authenticator",
        tf_totp_secret="not a secret",
    )
    session.add(user)
    session.flush()
    if organisation is not None:
        membership = Membership(user=user, organisation=organisation, created_at=at)
        membership.roles = [MembershipRole(role=role) for role in roles]
        session.add(membership)
        session.flush()
    return user


def actor_for(user: User, organisation: Organisation | None = None) -> Actor:
    """Give a person as the actor of their first membership, or of the one named."""
    membership = next(
        m for m in user.memberships if organisation is None or m.organisation is organisation
    )
    return Actor(
        user_id=user.id,
        name=user.name,
        organisation_id=membership.organisation_id,
        roles=frozenset(role.role for role in membership.roles),
    )


def a_challenge(
    session: Session,
    at: datetime,
    buyer: Organisation,
    owner: User,
    state: State = State.DRAFT,
    *,
    title: str = "How can technology help people find a warm place to wait?",
    closes_at: datetime | None = None,
    price_model: PriceModel = PriceModel.FIXED_BUDGET,
    questions: Sequence[tuple[str, str]] = (),
) -> Challenge:
    """Add a complete challenge in `state`; CLOSED is OPEN with a closing instant that is past.

    `questions` are keys with their weights, two where none are given.
    """
    approver = None
    if state not in (State.DRAFT, State.IN_REVIEW):
        approver = a_person(session, at, buyer, Role.PROCUREMENT_OFFICER)
    published = state not in (State.DRAFT, State.IN_REVIEW, State.READY)
    past = published and state is not State.OPEN
    challenge = Challenge(
        reference=f"CH-TEST{next(_count):02d}",
        buyer=buyer,
        title=title,
        summary="Waiting rooms are cold in winter, and people do not know which are open.",
        problem="People wait for buses in the cold.\n\nThey do not know what is open nearby.",
        affected="Older people and parents with small children.",
        today="A list on paper hangs in the library.",
        why_now="Winter comes.",
        outcome="People find a warm place within five minutes' walk.",
        measures="Half of those asked used it.",
        record=[RecordAnswer(topic=topic, text="It is in our files.") for topic in Topic],
        region="central",
        sector="transport",
        legal_route=LegalRoute.BELOW_THRESHOLD,
        value_minor=45_000_00,
        state=State.OPEN if state is State.CLOSED else state,
        created_at=at - timedelta(days=40),
        owner=owner,
        submitted_by_id=None if state is State.DRAFT else owner.id,
        submitted_at=None if state is State.DRAFT else at - timedelta(days=30),
        approved_by_id=approver.id if approver else None,
        approved_at=at - timedelta(days=29) if approver else None,
        published_at=at - timedelta(days=28) if published else None,
        lessons="We learned to ask first." if state is State.STOPPED else None,
        cancelled_because="The money went." if state is State.CANCELLED else None,
    )
    priced = is_formula(price_model)
    ranked_by_price = not priced and price_model is not PriceModel.FIXED_BUDGET
    stage = Stage(
        challenge=challenge,
        closes_at=closes_at or (at - timedelta(hours=1) if past else at + timedelta(days=14)),
        price_model=price_model,
        budget_minor=5_000_00,
        best_minor=10_000_00 if price_model is PriceModel.FIXED_BOUNDS else None,
        worst_minor=50_000_00 if price_model is PriceModel.FIXED_BOUNDS else None,
        quality_threshold=Decimal(50) if ranked_by_price else None,
    )
    challenge.codes = [ChosenCode(code="72000000", main=True)]
    session.add_all([challenge, stage])
    session.flush()
    weights = [("solves", "40"), ("team", "30")] if priced else [("solves", "60"), ("team", "40")]
    for ordinal, (key, weight) in enumerate(questions or weights, 1):
        _question(session, stage, ordinal, key, weight)
    if priced:
        session.add(
            Criterion(
                stage=stage,
                ordinal=len(questions or weights) + 1,
                key="price",
                kind=CriterionKind.PRICE,
                title="Price",
                weight=Decimal(30),
            )
        )
    session.flush()
    if published:
        _publish(session, at, challenge)
    if approver is not None:
        approved.keep(session, challenge, FixedClock(at - timedelta(days=29)))
    return challenge


def _publish(session: Session, at: datetime, challenge: Challenge) -> None:
    """Freeze the plan and make the key that bids are sealed to, as publication does."""
    whole = canonical(
        frozen_plan(challenge, regime="scotland", regime_version="2026-01", band="below_act")
    )
    challenge.plans.append(
        Plan(
            version=FIRST_VERSION,
            canonical=whole,
            sha256=hashlib.sha256(whole).hexdigest(),
            frozen_at=at,
        )
    )
    challenge.stage.sealing_key = sealing.new_closing(session, FixedClock(at))
    session.flush()
    session.refresh(challenge)


def name_openers(session: Session, at: datetime, challenge: Challenge, *officers: User) -> None:
    """Name officers who may open a challenge's bids, however many."""
    for officer in officers:
        session.add(
            OpeningOfficer(
                stage_id=challenge.stage.id,
                officer_id=officer.id,
                named_by_id=officer.id,
                named_at=at,
            )
        )
    session.flush()


def record_publication(
    session: Session, at: datetime, challenge: Challenge, *officers: User
) -> None:
    """Record that a challenge was published and who may open its bids, as publication does.

    Their keys are named with them, where they have any.
    """
    plan, key, closes_at = challenge.plan, challenge.stage.sealing_key, challenge.stage.closes_at
    assert plan is not None
    assert key is not None
    assert closes_at is not None
    evaluation = canonical(plan_document(challenge.stage))
    challenge.stage.plans.append(
        EvaluationPlan(
            version=plan.version,
            canonical=evaluation,
            sha256=hashlib.sha256(evaluation).hexdigest(),
            regime="scotland",
            regime_version="2026-01",
            band="below_act",
            frozen_at=at,
        )
    )
    log.append(
        session,
        clock=FixedClock(at),
        action=challenge_words.PUBLISHED,
        chain=challenge.reference,
        plan=plan.sha256,
        closes_at=write_instant(closes_at),
        sealing_key=key.recipient,
    )
    for officer in officers:
        used = vault_officers.in_use(session, officer.id)
        log.append(
            session,
            clock=FixedClock(at),
            action=challenge_words.OPENER_NAMED,
            chain=challenge.reference,
            officer=officer.name,
            officer_id=str(officer.id),
            key=used.verifier if used else None,
        )


PASSPHRASE = "four plain fictional words"


def give_opening_key(session: Session, at: datetime, *officers: User) -> None:
    """Give officers a signing key, locked by `PASSPHRASE`."""
    for officer in officers:
        signer, locked = vault_officers.prepare(receipts.origin(session), PASSPHRASE)
        vault_officers.keep(session, officer.id, signer, locked, FixedClock(at))


def an_opening(
    session: Session, at: datetime, challenge: Challenge, first: User, second: User
) -> Opening:
    """Add that a challenge closed and that two officers opened its bids; their notes say nothing.

    Each of them gets a key who has none.
    """
    closed = log.append(
        session,
        clock=FixedClock(at),
        action=CLOSED,
        chain=challenge.reference,
        closes_at=write_instant(challenge.stage.closes_at or at),
    )
    for officer in (first, second):
        if vault_officers.in_use(session, officer.id) is None:
            give_opening_key(session, at, officer)
        key = vault_officers.in_use(session, officer.id)
        assert key is not None
        session.add(
            OpeningConfirmation(
                stage_id=challenge.stage.id,
                closed_n=closed.n,
                officer_id=officer.id,
                confirmed_at=at,
                officer_key_id=key.id,
                statement="a note that nobody signed",
            )
        )
    session.flush()
    opening = Opening(
        stage_id=challenge.stage.id,
        closed_n=closed.n,
        opened_at=at,
        first_officer_id=first.id,
        second_officer_id=second.id,
    )
    session.add(opening)
    session.flush()
    return opening


def _question(session: Session, stage: Stage, ordinal: int, key: str, weight: str) -> None:
    criterion = Criterion(
        stage=stage,
        ordinal=ordinal,
        key=key,
        kind=CriterionKind.QUALITY,
        title=f"Criterion {key}",
        question=f"Tell us about {key}.",
        guidance="Say what you would do, and why.",
        weight=Decimal(weight),
        max_score=Decimal(5),
        word_limit=200,
    )
    criterion.descriptors = [
        ScaleDescriptor(score=Decimal(score), text=f"Level {score}") for score in range(6)
    ]
    session.add(criterion)


def a_later_stage(
    session: Session,
    challenge: Challenge,
    *questions: tuple[str, str],
    kind: StageKind = StageKind.INTERVIEW,
    suppliers: int = 2,
) -> Stage:
    """Add a stage to a draft, after those that it has, judged on these keys with their weights."""
    stage = Stage(
        challenge=challenge,
        ordinal=len(challenge.stages) + 1,
        name="Interview",
        kind=kind,
        suppliers=suppliers,
        price_model=PriceModel.FIXED_BUDGET,
    )
    session.add(stage)
    session.flush()
    for ordinal, (key, weight) in enumerate(questions or [("talk", "100")], 1):
        _question(session, stage, ordinal, key, weight)
    session.flush()
    return stage


def a_declaration(
    session: Session, at: datetime, supplier: Organisation, user: User
) -> EligibilityDeclaration:
    """Add a clean declaration of eligibility by a small company."""
    declaration = EligibilityDeclaration(
        supplier_id=supplier.id,
        declared_by_id=user.id,
        declared_at=at,
        expires_at=at + timedelta(days=365),
        grounds_rules="2026-01",
        staff=7,
        turnover_minor=400_000_00,
        balance_minor=100_000_00,
    )
    session.add(declaration)
    session.flush()
    return declaration


def a_bid(
    session: Session,
    at: datetime,
    challenge: Challenge,
    supplier: Organisation,
    user: User,
    state: BidState = BidState.DRAFT,
    *,
    price_minor: int | None = None,
    text: str = "We would ask people first.",
    attached: Sequence[tuple[Attachment, bytes]] = (),
    adjustments: str = "",
) -> Bid:
    """Add a bid with an answer to every question, and a submission unless it is a draft.

    Of an opened bid the files that are `attached` lie in the store.
    """
    stage = challenge.stage
    bid = Bid(
        reference=f"B-TEST{next(_count):02d}",
        challenge_id=challenge.id,
        stage_id=stage.id,
        supplier=supplier,
        created_by_id=user.id,
        created_at=at,
        changed_at=at,
        copy_key_id=sealing.new_copy(session, FixedClock(at)).id,
    )
    content = documents.Content(
        answers={key: f"{text} ({key})" for key in drafts.question_keys(stage)},
        price_minor=price_minor,
        contract_accepted=True,
        contract_points="",
        ai_statement="",
        adjustments=adjustments,
        attachments=tuple(each for each, _content in attached),
    )
    session.add(bid)
    session.flush()
    if state in OPENED_STATES or state is BidState.SUBMITTED:
        _submit(session, at, challenge, bid, user, content, opened=state in OPENED_STATES)
        for place, (each, held) in enumerate(attached):
            _take_out(session, at, bid, place, each, held)
        bid.state = state
        session.flush()
    else:
        drafts.begin(session, bid, content, FixedClock(at))
        session.flush()
    return bid


def _submit(
    session: Session,
    at: datetime,
    challenge: Challenge,
    bid: Bid,
    user: User,
    submitted: documents.Content,
    *,
    opened: bool,
) -> None:
    document = documents.salted(
        documents.BidDocument(
            challenge=challenge.reference,
            stage=challenge.stage.ordinal,
            plan_sha256=challenge.plan.sha256 if challenge.plan else "0" * 64,
            bid=bid.reference,
            version=1,
            supplier_id=str(bid.supplier_id),
            supplier_name=bid.supplier.name,
            currency="GBP",
            content=submitted,
            further=bool(submitted.attachments or submitted.adjustments),
            eligibility=Eligibility(
                declared_at=at,
                declared_by=user.name,
                expires_at=at + timedelta(days=365),
                grounds=(),
                grounds_rules="2026-01",
                staff=7,
                turnover_minor=400_000_00,
                balance_minor=100_000_00,
                size_class="micro",
                size_rules="2003-361-EC",
            ),
            salts={},
        )
    )
    content = documents.write(document)
    key = challenge.stage.sealing_key
    assert key is not None
    own = sealing.recipient(session, bid.copy_key_id)
    digest = envelopes.seal(content, [key.recipient, own])
    files.keep(
        session, current_files(), digest, media_type=envelopes.MEDIA_TYPE, clock=FixedClock(at)
    )
    made = log.append_proven(
        session,
        clock=FixedClock(at),
        action=log_words.SUBMITTED,
        chain=challenge.reference,
        bid=bid.reference,
        version=1,
        arrived=write_instant(at),
        closes_at=write_instant(challenge.stage.closes_at or at),
        envelope=digest,
        fields_root=documents.fields_root(document).hex(),
    )
    submission = Submission(
        bid_id=bid.id,
        version=1,
        submitted_by_id=user.id,
        arrived_at=at,
        recorded_at=made.entry.at,
        entry_n=made.entry.n,
        sha256=digest,
        draft_version=bid.row_version,
        receipt=receipts.text_of(made, receipts.origin(session)),
    )
    session.add(submission)
    session.flush()
    if opened:
        session.add(
            OpenedSubmission(
                submission_id=submission.id,
                closed_n=made.entry.n,
                opened_at=at,
                found_sha256=digest,
                document=content,
            )
        )
        session.flush()
    bid.current_version = 1


def _take_out(
    session: Session, at: datetime, bid: Bid, place: int, what: Attachment, content: bytes
) -> None:
    """Add a file as the opening takes it out of the envelope."""
    store = current_files()
    files.keep(
        session, store, store.write(content), media_type=what.media_type, clock=FixedClock(at)
    )
    submission = session.query(Submission).filter_by(bid_id=bid.id).one()
    session.add(OpenedFile(submission_id=submission.id, place=place, sha256=what.sha256))
    session.flush()


def a_panel(session: Session, at: datetime, challenge: Challenge) -> Panel:
    """Add a panel with a chair and three evaluators, named and no further."""
    panel = Panel(stage_id=challenge.stage.id, named_at=at)
    session.add(panel)
    session.flush()
    seats = [(Seat.CHAIR, Role.CHAIR), *[(Seat.EVALUATOR, Role.EVALUATOR)] * 3]
    for number, (seat, role) in enumerate(seats):
        person = a_person(session, at, challenge.buyer, role)
        label = "Chair" if seat is Seat.CHAIR else f"Evaluator {number}"
        session.add(PanelMember(panel=panel, user=person, seat=seat, label=label))
    session.flush()
    return panel


def no_interests(session: Session, challenge: Challenge) -> dict[str, Declaration]:
    """Declare no interest in anybody who has a part in a bid."""
    known = parties.parties(session, challenge.stage.id)
    return {party.name: Declaration(Interest.NONE) for party in known}
