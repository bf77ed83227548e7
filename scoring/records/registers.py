"""Makes the sheets that a body hands on: purchases, contracts register, annual report lines."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from bids.lifecycle import BidState
from bids.models import Bid, EligibilityDeclaration
from challenges.lifecycle import state_words
from challenges.models import Challenge, EvaluationPlan, Stage
from challenges.plan import FIRST_VERSION
from marketplace.core.accounts.models import Organisation
from marketplace.core.dates import PLACE
from marketplace.core.regimes.book import version_of
from marketplace.core.regimes.sizes import SIZE_WORDS, SizeClass, size_rules_on
from marketplace.core.sheets import Cell, Table, pounds
from marketplace.core.text import N_
from scoring.award.delivery.lifecycle import names_supplier
from scoring.award.models import Contract
from scoring.records.changed import ends_on_now, extensions_used, supplier_now, value_now
from scoring.records.flags import TOLD, Flag
from scoring.records.periods import Period
from scoring.records.population import Purchase

Translate = Callable[..., str]
NOT_NAMED = N_("Not named while bids are judged")

_PURCHASES = (
    N_("Reference"),
    N_("Title"),
    N_("State"),
    N_("Published"),
    N_("Closed"),
    N_("Legal route"),
    N_("Rules"),
    N_("Estimated value in pounds, without VAT"),
    N_("Bids"),
    N_("People who judge"),
    N_("Decided or ended"),
    N_("Suppliers"),
    N_("Contracts"),
    N_("Value of contracts in pounds, without VAT"),
    N_("Flags"),
)


def purchases_table(rows: Sequence[Purchase], translate: Translate) -> Table:
    """Give the population as a table: each flag has a column of its own, with how often."""
    return Table(
        translate(N_("Purchases")),
        [
            *map(translate, _PURCHASES),
            *(translate(TOLD[flag].heading) for flag in Flag),
        ],
        [
            (
                row.reference,
                row.title,
                translate(state_words(row.state, published=True)),
                _day(row.published_at),
                _day(row.closed_at),
                translate(row.route) if row.route else "",
                _rules(row, translate),
                pounds(row.value_minor),
                row.bids,
                row.evaluators,
                _day(row.decided_at),
                "; ".join(each.supplier for each in row.contracts),
                "; ".join(each.reference for each in row.contracts),
                pounds(row.signed_minor),
                len(row.flags),
                *(row.flags.get(flag, 0) for flag in Flag),
            )
            for row in rows
        ],
    )


def _rules(row: Purchase, translate: Translate) -> str:
    """Say by which rules it is bought; a legal route can take it out of those of its value."""
    if not row.band:
        return ""
    if row.lifted:
        return translate(
            N_("%(rules)s, as the legal route has it. By its value alone: %(band)s"),
            rules=row.rules,
            band=row.band,
        )
    return f"{row.band}: {row.rules}"


def flags_table(translate: Translate) -> Table:
    """Give a table that says what each flag means."""
    return Table(
        translate(N_("What the flags mean")),
        [translate(N_("Flag")), translate(N_("It means"))],
        [(translate(told.heading), translate(told.means)) for told in TOLD.values()],
    )


@dataclass(frozen=True)
class Line:
    """One signed contract as a register names it; `size` is None where it was never declared.

    `supplier` is empty where the register may not tell it yet.
    `value_now_minor` is what it is worth after its changes; `work` is the stage that it pays for,
    empty where there is none. Days and extensions are None where they were not asked for:
    `ends_on` is the last day as it was signed, `ends_on_now` the one that holds.
    """

    challenge: str
    title: str
    reference: str
    supplier: str
    size: SizeClass | None
    signed_at: datetime
    value_minor: int
    value_now_minor: int
    bids: int
    benefits: str
    regulated: bool
    work: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    ends_on_now: date | None = None
    ends_when: str = ""
    extensions_most: int | None = None
    extensions_used: int = 0
    extension_months: int | None = None

    @property
    def extensions_left(self) -> int | None:
        """Count the extensions that the contract still allows; None where that is unknown."""
        if self.extensions_most is None:
            return None
        return max(self.extensions_most - self.extensions_used, 0)

    @property
    def subject(self) -> str:
        """Say what it is about."""
        return f"{self.title} – {self.work}" if self.work else self.title


def contract_lines(
    session: Session, body_id: uuid.UUID, period: Period | None = None, *, public: bool = False
) -> list[Line]:
    """Give the signed contracts of a body, the newest first; those signed in a period only.

    A contract is signed when its standstill is over, so that it is not told too early. But with
    whom one is for work before the decision is for the body alone, not `public`, until then.
    """
    counted, work = aliased(Bid), aliased(Stage)
    bids = (
        select(func.count())
        .where(
            counted.challenge_id == Challenge.id,
            counted.previous_id.is_(None),
            counted.state.not_in([BidState.DRAFT, BidState.WITHDRAWN]),
        )
        .scalar_subquery()
    )
    query = (
        select(
            Challenge.reference.label("challenge"),
            Challenge.title,
            Challenge.benefits,
            Challenge.legal_route,
            Challenge.state,
            Contract.advance_id,
            Contract.reference,
            Organisation.id.label("supplier_id"),
            Organisation.name,
            Contract.signed_at,
            Contract.value_minor,
            value_now().label("now"),
            EvaluationPlan.regime,
            EvaluationPlan.regime_version,
            EvaluationPlan.band,
            bids.label("bids"),
            work.name.label("work"),
            Contract.starts_on,
            Contract.ends_on,
            ends_on_now().label("ends_on_now"),
            Contract.ends_when,
            Contract.extensions_most,
            extensions_used().label("extensions_used"),
            Contract.extension_months,
        )
        .join(Stage, Stage.id == Contract.stage_id)
        .outerjoin(work, work.id == Contract.work_stage_id)
        .join(Challenge, Challenge.id == Stage.challenge_id)
        .join(Bid, Bid.id == Contract.bid_id)
        .join(Organisation, Organisation.id == supplier_now())
        .outerjoin(
            EvaluationPlan,
            and_(EvaluationPlan.stage_id == Stage.id, EvaluationPlan.version == FIRST_VERSION),
        )
        .where(Challenge.buyer_id == body_id)
        .order_by(Contract.signed_at.desc(), Contract.id.desc())
    )
    if period is not None:
        query = query.where(Contract.signed_at >= period.begins, Contract.signed_at < period.ends)
    rows = session.execute(query).all()
    sizes = _sizes(session, {row.supplier_id: row.signed_at for row in rows})
    return [
        Line(
            challenge=row.challenge,
            title=row.title,
            reference=row.reference,
            supplier=""
            if public
            and not names_supplier(before_decision=row.advance_id is not None, state=row.state)
            else row.name,
            size=sizes.get(row.supplier_id),
            signed_at=row.signed_at,
            value_minor=row.value_minor,
            value_now_minor=row.now,
            bids=row.bids,
            benefits=row.benefits,
            regulated=_regulated(
                row.regime, row.regime_version, row.band, row.legal_route, row.now
            ),
            work=row.work or "",
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            ends_on_now=row.ends_on_now,
            ends_when=row.ends_when or "",
            extensions_most=row.extensions_most,
            extensions_used=row.extensions_used,
            extension_months=row.extension_months,
        )
        for row in rows
    ]


def _regulated(
    regime: str | None, version: str, band: str, route: str | None, value_minor: int
) -> bool:
    """Tell whether the law has a contract of this value in the body's register and report."""
    if regime is None:
        return False
    found = version_of(regime, version)
    register = found.under(found.band(band), route).contracts_register
    return register is not None and value_minor >= register.from_pounds * 100


def _sizes(session: Session, signed: Mapping[uuid.UUID, datetime]) -> dict[uuid.UUID, SizeClass]:
    """Give the class of each supplier by the last that it declared before it signed."""
    rows = session.scalars(
        select(EligibilityDeclaration)
        .where(EligibilityDeclaration.supplier_id.in_(signed))
        .order_by(EligibilityDeclaration.declared_at)
    )
    return {
        row.supplier_id: size_rules_on(row.declared_at.date()).size_of(
            row.staff, row.turnover_minor, row.balance_minor
        )
        for row in rows
        if row.declared_at <= signed[row.supplier_id]
    }


def register_table(lines: Sequence[Line], translate: Translate) -> Table:
    """Give the contracts register: what has to be told of each contract, and nothing else.

    Source: Procurement Reform (Scotland) Act 2014, section 35(2).
    """
    return Table(
        translate(N_("Contracts register")),
        [
            translate(N_("Contract reference")),
            translate(N_("Date of award")),
            translate(N_("Name of the contractor")),
            translate(N_("Subject matter")),
            translate(N_("Estimated value in pounds, without VAT")),
            translate(N_("Start")),
            translate(N_("End, without extensions")),
            translate(N_("End that holds now")),
            translate(N_("Extensions left")),
            translate(N_("Challenge")),
        ],
        [
            (
                line.reference,
                _day(line.signed_at),
                line.supplier or translate(NOT_NAMED),
                line.subject,
                pounds(line.value_now_minor),
                line.starts_on,
                line.ends_on or line.ends_when,
                line.ends_on_now or line.ends_when,
                _extensions(line, translate),
                line.challenge,
            )
            for line in lines
        ],
    )


def _extensions(line: Line, translate: Translate) -> str:
    left, months = line.extensions_left, line.extension_months
    if left is None:
        return ""
    if left == 0:
        return translate(N_("None"))
    if months == 1:
        return translate(N_("%(left)s × 1 month"), left=left)
    return translate(N_("%(left)s × %(months)s months"), left=left, months=months)


def annual_tables(lines: Sequence[Line], year: str, translate: Translate) -> list[Table]:
    """Give what a body's annual report says of its regulated purchases: sums, and each of them."""
    regulated = [line for line in lines if line.regulated]
    told = translate(N_("Yes"))
    return [
        Table(
            translate(N_("Summary")),
            [translate(N_("Year")), year],
            [(translate(words), value) for words, value in summary(lines)],
        ),
        Table(
            translate(N_("Regulated purchases")),
            [
                translate(N_("Contract reference")),
                translate(N_("Date of award")),
                translate(N_("Name of the contractor")),
                translate(N_("Size class")),
                translate(N_("Small or medium-sized")),
                translate(N_("Subject matter")),
                translate(N_("Value in pounds, without VAT")),
                translate(N_("Bids")),
                translate(N_("Benefits asked for")),
            ],
            [
                (
                    line.reference,
                    _day(line.signed_at),
                    line.supplier,
                    translate(SIZE_WORDS[line.size]) if line.size else translate(N_("Not known")),
                    told if is_sme(line.size) else "",
                    line.subject,
                    pounds(line.value_now_minor),
                    line.bids,
                    line.benefits,
                )
                for line in regulated
            ],
        ),
    ]


def summary(lines: Sequence[Line]) -> list[tuple[str, Cell]]:
    """Give the sums of a year's contracts: each a sentence to be translated, and its figure."""
    regulated = [line for line in lines if line.regulated]
    smes = [line for line in regulated if is_sme(line.size)]
    return [
        (N_("Regulated contracts signed"), len(regulated)),
        (N_("Their value in pounds, without VAT"), pounds(_sum(regulated))),
        (N_("Of these, with small or medium-sized suppliers"), len(smes)),
        (N_("Value of those in pounds, without VAT"), pounds(_sum(smes))),
        (
            N_("Regulated contracts whose supplier’s size is not known"),
            sum(line.size is None for line in regulated),
        ),
        (
            N_("Regulated contracts for which community benefits were asked"),
            sum(bool(line.benefits.strip()) for line in regulated),
        ),
        (N_("Regulated contracts after one bid only"), sum(line.bids == 1 for line in regulated)),
        (N_("Other contracts signed"), len(lines) - len(regulated)),
        (
            N_("Value of other contracts in pounds, without VAT"),
            pounds(_sum(lines) - _sum(regulated)),
        ),
    ]


def is_sme(size: SizeClass | None) -> bool:
    """Tell whether a class is known and one of the small and medium-sized ones."""
    return size is not None and size is not SizeClass.LARGE


def _sum(lines: Sequence[Line]) -> int:
    return sum(line.value_now_minor for line in lines)


def _day(instant: datetime | None) -> date | None:
    return instant.astimezone(PLACE).date() if instant else None
