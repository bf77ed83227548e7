"""What the tables hold of a bid, as the plain values that policies and documents speak of.

A draft's fields are encrypted where they stand; here they are read and written.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bids.attachments import holding
from bids.attachments.holding import HeldFile
from bids.documents import BidDocument, Content, Milestone, salted
from bids.grounds.document import DeclaredGround, Eligibility
from bids.models import Bid, BidField, EligibilityDeclaration
from bids.passport.document import Frozen
from bids.policy import Asked, Attaching, Question
from bids.reminding.service import await_next
from bids.team import holding as teams
from bids.team.holding import HeldSubcontractor
from challenges.kinds import CriterionKind, PriceModel
from challenges.models import Challenge, Stage
from challenges.sections.stages import milestone_names
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.regimes.sizes import SizeClass, size_rules_on
from marketplace.core.vault import drafts
from marketplace.core.vault.keyring import LostKey
from scoring.engine.canonical import canonical


class NoDraft(LookupError):
    """A bid has no draft: it was submitted, and nobody has begun to change it."""


_ANSWERS = "answers."
PRICE, CONTRACT, AI_STATEMENT = "price_minor", "contract", "ai_statement"
MILESTONES, ADJUSTMENTS, FILES = "milestones", "adjustments", "attachments"
TEAM = "team"


def asked_of(stage: Stage) -> Asked:
    """Give what a stage asks of a bid."""
    priced = stage.price_model is not PriceModel.FIXED_BUDGET
    return Asked(
        questions=tuple(
            Question(criterion.key, criterion.title, criterion.word_limit)
            for criterion in stage.criteria
            if criterion.kind is CriterionKind.QUALITY
        ),
        price=priced,
        most_minor=stage.budget_minor if priced else None,
        milestones=tuple(milestone_names(stage.milestones)) if priced else (),
        files=Attaching(stage.attach_kinds.split(), stage.attach_most or 0, stage.attach_mb or 0)
        if stage.attach_kinds
        else None,
    )


def content_of(session: Session, bid: Bid) -> Content:
    """Give what the draft says, for the questions that the stage asks.

    Raises:
        NoDraft: there is none, or none any more: it was submitted while we were reading.
        LostKey: the draft's key or its text cannot be read.
    """
    key = bid.draft_key_id
    if key is None:
        raise NoDraft(bid.reference)
    try:
        cipher = drafts.find(session, key)
        held: dict[str, Any] = {
            field.name: cipher.decrypt(field.name, field.ciphertext) for field in bid.fields
        }
    except LostKey as error:
        session.refresh(bid)
        if bid.draft_key_id != key:
            raise NoDraft(bid.reference) from error
        raise
    # A change may have taken a question or the price out; what was written stays in the draft.
    price = held.get(PRICE)
    contract = held.get(CONTRACT) or {}
    written = Content(
        answers={key: held.get(answer_name(key), "") for key in question_keys(bid.stage)},
        price_minor=None if price is None else int(price),
        contract_accepted=contract.get("accepted"),
        contract_points=contract.get("points", ""),
        ai_statement=held.get(AI_STATEMENT, ""),
        adjustments=held.get(ADJUSTMENTS, ""),
        milestones=_read_milestones(held.get(MILESTONES) or {}),
        attachments=tuple(each.attachment for each in holding.read(held.get(FILES))),
        team=tuple(each.told for each in teams.read(held.get(TEAM))),
    )
    return as_asked(bid.stage, written)


def _read_milestones(held: Mapping[str, str | None]) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(name, None if amount is None else int(amount)) for name, amount in held.items()
    )


def as_asked(stage: Stage, content: Content) -> Content:
    """Give content with an answer to each question that a stage asks, and a price where it does."""
    asked = asked_of(stage)
    given = {each.name: each.amount_minor for each in content.milestones}
    milestones = tuple(Milestone(name, given.get(name)) for name in asked.milestones)
    price = content.price_minor if asked.price else None
    return replace(
        content,
        answers={key: content.answers.get(key, "") for key in question_keys(stage)},
        price_minor=sum_of(milestones) if milestones else price,
        milestones=milestones,
        attachments=tuple(content.attachments) if asked.files else (),
    )


def sum_of(milestones: Iterable[Milestone]) -> int | None:
    """Add up the prices of milestones, in minor units; None while one is not entered."""
    amounts = [each.amount_minor for each in milestones]
    return None if None in amounts else sum(filter(None, amounts))


def held_files(session: Session, bid: Bid) -> list[HeldFile]:
    """Give the files of a draft with what opens each, whether or not the stage takes files now.

    Raises:
        NoDraft: there is none.
        LostKey: the draft's key or its text cannot be read.
    """
    return holding.read(_held(session, bid, FILES))


def write_files(session: Session, bid: Bid, held: Sequence[HeldFile]) -> None:
    """Write which files a draft has, in their order."""
    write_fields(session, bid, [(FILES, holding.written(held))])


def held_subcontractors(session: Session, bid: Bid) -> list[HeldSubcontractor]:
    """Give the subcontractors of a draft.

    Raises:
        NoDraft, LostKey: as for `held_files`.
    """
    return teams.read(_held(session, bid, TEAM))


def write_subcontractors(session: Session, bid: Bid, held: Sequence[HeldSubcontractor]) -> None:
    """Write which subcontractors a draft has, in their order."""
    write_fields(session, bid, [(TEAM, teams.written(held))])


def _held(session: Session, bid: Bid, name: str) -> Any:
    """Give the value of one field of a draft, or nothing where it has none of that name."""
    if bid.draft_key_id is None:
        raise NoDraft(bid.reference)
    for field in bid.fields:
        if field.name == name:
            cipher = drafts.find(session, bid.draft_key_id)
            return cipher.decrypt(field.name, field.ciphertext)
    return None


def question_keys(stage: Stage) -> list[str]:
    """Give the keys of the questions that a stage asks, in their order."""
    return [c.key for c in stage.criteria if c.kind is CriterionKind.QUALITY]


def answer_name(key: str) -> str:
    """Name the field of an answer by its criterion's key."""
    return _ANSWERS + key


def left_over(session: Session, bid: Bid) -> dict[str, str]:
    """Give what a draft holds to questions that are asked no more, by their titles.

    Raises:
        LostKey: the draft's key or its text cannot be read.
    """
    asked = {answer_name(key) for key in question_keys(bid.stage)}
    kept = [f for f in bid.fields if f.name.startswith(_ANSWERS) and f.name not in asked]
    if not kept or bid.draft_key_id is None:
        return {}
    cipher, titles = drafts.find(session, bid.draft_key_id), titles_ever(bid.challenge)
    found = {}
    for field in kept:
        key = field.name.removeprefix(_ANSWERS)
        if text := str(cipher.decrypt(field.name, field.ciphertext)):
            found[titles.get(key, key)] = text
    return found


def titles_ever(challenge: Challenge) -> dict[str, str]:
    """Give the titles of all criteria that any version of a challenge's plan had, by their keys."""
    return {
        criterion["id"]: criterion["title"]
        for plan in challenge.plans
        for stage in json.loads(plan.canonical)["stages"]
        for criterion in (stage["evaluation"] or {"criteria": []})["criteria"]
    }


def fields_of(content: Content) -> dict[str, object]:
    """Give the fields that keep a draft's content."""
    return {
        **{answer_name(key): text for key, text in content.answers.items()},
        PRICE: None if content.price_minor is None else str(content.price_minor),
        CONTRACT: {"accepted": content.contract_accepted, "points": content.contract_points},
        AI_STATEMENT: content.ai_statement,
        ADJUSTMENTS: content.adjustments,
        MILESTONES: milestones_field(content.milestones),
        TEAM: teams.written(teams.held(content.team)),
    }


def milestones_field(milestones: Iterable[Milestone]) -> dict[str, str | None]:
    """Give the field that keeps the prices of milestones in a draft."""
    return {
        each.name: None if each.amount_minor is None else str(each.amount_minor)
        for each in milestones
    }


def write_fields(session: Session, bid: Bid, values: Iterable[tuple[str, object]]) -> None:
    """Encrypt fields of a draft and put them in place of what they said before.

    Raises:
        NoDraft, LostKey: as for `content_of`.
    """
    if bid.draft_key_id is None:
        raise NoDraft(bid.reference)
    cipher = drafts.find(session, bid.draft_key_id)
    held = {field.name: field for field in bid.fields}
    for name, value in values:
        ciphertext = cipher.encrypt(name, value)
        if name in held:
            held[name].ciphertext = ciphertext
        else:
            bid.fields.append(BidField(name=name, ciphertext=ciphertext))


def begin(session: Session, bid: Bid, content: Content, clock: Clock) -> None:
    """Give a bid a draft with a key of its own; the caller holds the bid locked."""
    cipher = drafts.new(session, clock)
    bid.draft_key_id = cipher.draft
    stage = session.get_one(Stage, bid.stage_id)
    await_next(session, bid.id, stage.closes_at, clock)
    write_fields(session, bid, fields_of(content).items())


def destroy(session: Session, bid: Bid) -> None:
    """Destroy a bid's draft, its key first of all; the caller holds the bid locked.

    Its files are deleted from the disk once the transaction is committed.
    """
    key: uuid.UUID | None = bid.draft_key_id
    holding.forget_all(session, bid)
    bid.fields.clear()
    bid.draft_key_id = None
    session.flush()
    if key is not None:
        drafts.destroy(session, key)


def size_of(declaration: EligibilityDeclaration) -> SizeClass:
    """Give a supplier's size class by the rules of the day it declared."""
    rules = size_rules_on(declaration.declared_at.astimezone(PLACE).date())
    return rules.size_of(declaration.staff, declaration.turnover_minor, declaration.balance_minor)


def eligibility_of(declaration: EligibilityDeclaration) -> Eligibility:
    """Give the frozen copy of a declaration that a submitted bid takes."""
    rules = size_rules_on(declaration.declared_at.astimezone(PLACE).date())
    return Eligibility(
        declared_at=declaration.declared_at,
        declared_by=declaration.declared_by.name,
        expires_at=declaration.expires_at,
        grounds=tuple(
            DeclaredGround(each.ground, each.happened_on, each.put_right)
            for each in declaration.grounds
        ),
        grounds_rules=declaration.grounds_rules,
        staff=declaration.staff,
        turnover_minor=declaration.turnover_minor,
        balance_minor=declaration.balance_minor,
        size_class=size_of(declaration).value,
        size_rules=rules.version,
    )


def document_of(
    bid: Bid,
    content: Content,
    declaration: EligibilityDeclaration,
    version: int,
    passport: Mapping[str, Frozen],
) -> BidDocument:
    """Give the document that submitting `content` as `version` would make, with new salts.

    The challenge is published, so it has a plan.
    """
    plan = bid.challenge.plan
    unsalted = BidDocument(
        challenge=bid.challenge.reference,
        stage=bid.stage.ordinal,
        plan_sha256=plan.sha256 if plan else "",
        bid=bid.reference,
        version=version,
        supplier_id=str(bid.supplier_id),
        supplier_name=bid.supplier.name,
        currency=bid.challenge.currency,
        content=content,
        eligibility=eligibility_of(declaration),
        salts={},
        further=True,
        passport=passport,
    )
    return salted(unsalted)


def fingerprint(*values: str | int | bool | None) -> str:
    """Give a short mark of the values a page shows, by which a later save sees a change."""
    return hashlib.sha256(canonical(list(values))).hexdigest()[:16]


def closes_at(bid: Bid) -> datetime:
    """Give the closing instant of the bid's stage; a challenge that takes bids has one.

    Raises:
        LookupError: the stage has none.
    """
    if bid.stage.closes_at is None:
        raise LookupError(f"the stage of {bid.reference} has no closing instant")
    return bid.stage.closes_at
