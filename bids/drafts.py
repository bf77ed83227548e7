"""What the tables hold of a bid, as the plain values that policies and documents speak of."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from bids.documents import BidDocument, Content, Eligibility, salted
from bids.models import Bid, EligibilityDeclaration
from bids.policy import Asked, Question
from challenges.models import CriterionKind, PriceModel, Stage
from marketplace.core.dates import PLACE
from marketplace.core.regimes.sizes import SizeClass, size_rules_on
from scoring.engine.canonical import canonical


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
    )


def content_of(bid: Bid) -> Content:
    """Give what the draft says, for the questions that the stage asks."""
    typed: Mapping[object, str] = {answer.criterion_id: answer.text for answer in bid.answers}
    return Content(
        answers={
            criterion.key: typed.get(criterion.id, "")
            for criterion in bid.stage.criteria
            if criterion.kind is CriterionKind.QUALITY
        },
        price_minor=bid.price_minor,
        contract_accepted=bid.contract_accepted,
        contract_points=bid.contract_points,
        ai_statement=bid.ai_statement,
    )


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
        mandatory_ground=declaration.mandatory_ground,
        discretionary_ground=declaration.discretionary_ground,
        tax_ground=declaration.tax_ground,
        put_right=declaration.put_right,
        staff=declaration.staff,
        turnover_minor=declaration.turnover_minor,
        balance_minor=declaration.balance_minor,
        size_class=size_of(declaration).value,
        size_rules=rules.version,
    )


def document_of(bid: Bid, declaration: EligibilityDeclaration, version: int) -> BidDocument:
    """Give the document that submitting the draft as `version` would make, with new salts.

    The challenge is published, so its stage has a plan.
    """
    plan = bid.stage.plan
    unsalted = BidDocument(
        challenge=bid.challenge.reference,
        stage=bid.stage.ordinal,
        plan_sha256=plan.sha256 if plan else "",
        bid=bid.reference,
        version=version,
        supplier_id=str(bid.supplier_id),
        supplier_name=bid.supplier.name,
        currency=bid.challenge.currency,
        content=content_of(bid),
        eligibility=eligibility_of(declaration),
        salts={},
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
