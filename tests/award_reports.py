"""Invented award reports of any size, scored by the real engine: for tests, checks and benchmarks.

Every supplier and person is fictional. The same arguments give the same facts.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scoring.engine import evaluate_document
from scoring.report.assembling import Evidence, Recorded
from scoring.report.bundle import Proofs
from scoring.report.decided import (
    Contract,
    Decision,
)
from scoring.report.facts import (
    Answer,
    AwardReport,
    Bid,
    Challenge,
    Criterion,
    CriterionScore,
    Event,
    IndividualScore,
    Interest,
    Person,
    Query,
    Regime,
    ScaleStep,
    Stage,
    StatutoryItem,
)
from scoring.report.values import (
    BidStatus,
    CriterionKind,
    Edition,
    InterestDecision,
    Money,
    QueryOutcome,
    Withheld,
)

OPENED = datetime(2026, 10, 1, 11, 5, tzinfo=UTC)

_TITLES = (
    "Solves the challenge",
    "Works for the people who will use it",
    "Team and commitment",
    "Plan for the first twelve weeks",
    "Data protection and people’s ownership of their data",
    "Accessibility, tested with disabled and older users",
    "Security",
    "Climate and other benefits",
    "Fair work",
    "Portability and exit, so that no body is tied to one supplier for ever",
    "Commercial potential",
)
_SUPPLIERS = (
    "Otterburn Loom Ltd",
    "Quillfeather Systems Limited",
    "Marrow & Thistle CIC",
    "Sgoil na Mara Co-obrachadh",
    "Tidewrack Analytics LLP",
    "Brindlewood Signals Ltd",
)
_PEOPLE = ("Ishbel Fankle", "Torquil Dunnage", "Mairead Quaich", "Fergus Tattiebogle")
_REASON = (
    "The answer names the places where the work stops today and says who is met first. It shows "
    "how the idea was tried with eleven people and what was changed after. It is less sure about "
    "what happens when the network is down, and the panel would want that settled in week one."
)


@dataclass(frozen=True)
class Shape:
    """How large and how unlucky an invented report is."""

    bids: int = 4
    quality: int = 3
    evaluators: int = 3
    formula: str | None = "lowest_price_ratio"
    signed: bool = True
    long_names: bool = False
    rejected: bool = True
    answers: bool = True
    reason: str = _REASON
    sensitivity: bool = True


def full_report(shape: Shape | None = None) -> AwardReport:
    """Invent the full edition of a report."""
    return _Inventor(shape or Shape()).report()


def evidence() -> Evidence:
    """Give evidence of the usual shape about no real log: for how a report looks, not what it
    proves."""
    return Evidence(
        plans=[b'{"format":"plan/1"}'],
        entries=[Recorded(0, b"{}", {}, frozenset(), [])],
        proofs=Proofs("CH-1", "", [], [], [], None),
        size=1,
        sealed=[],
        release=b"{}",
        secret=bytes(32),
    )


def environment() -> Environment:
    """Return the templates as the application sees them, with English for every language."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).resolve().parent.parent / "templates"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
    )
    found.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # by i18n
    return found


class _Inventor:
    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.criteria = tuple(self._criteria())
        self.evaluators = tuple(f"evaluator-{number}" for number in range(1, shape.evaluators + 1))

    def _criteria(self) -> list[Criterion]:
        shape = self.shape
        price = 30 if shape.formula else 0
        share, rest = divmod(100 - price, shape.quality)
        found = [
            Criterion(
                id=f"quality-{number}",
                title=_TITLES[(number - 1) % len(_TITLES)],
                kind=CriterionKind.QUALITY,
                weight=str(share + (rest if number == 1 else 0)),
                max_score="5",
                min_score="1" if number == 1 else None,
                guidance="What would change for the people with the problem, and how soon?"
                if number == 1
                else "",
            )
            for number in range(1, shape.quality + 1)
        ]
        if price:
            found.append(
                Criterion(id="price", title="Price", kind=CriterionKind.PRICE, weight=str(price))
            )
        return found

    def name(self, place: int) -> str:
        base = _SUPPLIERS[place % len(_SUPPLIERS)]
        # Numbered from the second round on, so that fifty names differ.
        turn = place // len(_SUPPLIERS)
        name = f"{base} {turn + 1}" if turn else base
        if self.shape.long_names and place % 3 == 0:
            name += (
                " for the Advancement of Uncommonly Long-Winded Partnerships between the Islands, "
                "the Glens and the Universities of the North and West"
            )
        return name

    def _bid(self, place: int) -> Bid:
        price = Money(4_800_000 - 137_550 * (place % 7) + 91_300 * (place % 3), "GBP")
        return Bid(
            reference=f"B-{place + 1:03d}",
            supplier=self.name(place),
            size_class=("Micro", "Small", "Medium")[place % 3],
            status=BidStatus.VALID,
            status_reason="",
            price=price if self.shape.formula else None,
            answers=(Answer("How would you solve it?", f"Unrepeatable answer number {place + 1}."),)
            if self.shape.answers
            else (),
            scores=tuple(
                self._score(place, index, criterion)
                for index, criterion in enumerate(self.criteria)
                if criterion.kind is CriterionKind.QUALITY
            ),
            queries=self._queries() if place == 0 else (),
        )

    def _queries(self) -> tuple[Query, ...]:
        text, answer = "Which of the two routes do you mean?", "The one by the burn."
        digests = [sha256(each.encode()).hexdigest() for each in (text, answer)]
        at = [OPENED + timedelta(days=days) for days in (2, 3, 4)]
        accepted, dropped = QueryOutcome.ACCEPTED, QueryOutcome.TAKEN_BACK
        whole = Query(
            *(1, "Plan", text, digests[0], at[0], answer, digests[1], at[1]),
            *(accepted, "It says what the bid says.", at[2], True),
        )
        back = Query(
            *(2, "The price", text, digests[0], at[1], None, None, None),
            *(dropped, "Asked by mistake.", at[2], False),
        )
        return whole, back

    def _score(self, place: int, index: int, criterion: Criterion) -> CriterionScore:
        given = [1 + (place * 2 + index * 3 + number) % 5 for number in range(len(self.evaluators))]
        given = [5 if place == 1 and index < 2 else value for value in given]
        return CriterionScore(
            criterion=criterion.id,
            individual=tuple(
                IndividualScore(evaluator, str(value), self.shape.reason)
                for evaluator, value in zip(self.evaluators, given, strict=True)
            ),
            agreed=str(sorted(given)[len(given) // 2]),
            reason=self.shape.reason,
            present=(*self.evaluators, "chair"),
        )

    def bids(self) -> tuple[Bid, ...]:
        counted = [self._bid(place) for place in range(self.shape.bids)]
        if not self.shape.rejected:
            return tuple(counted)
        return (
            *counted,
            Bid(
                reference="B-901",
                supplier="Gannet & Daughters Ltd",
                size_class="Micro",
                status=BidStatus.INELIGIBLE,
                status_reason="Gannet & Daughters has not been set up in law.",
                price=Money(1_234_567, "GBP") if self.shape.formula else None,
                answers=(),
                scores=(),
                queries=(),
            ),
            Bid(
                reference="B-902",
                supplier="Hodden Grey LLP",
                size_class="Small",
                status=BidStatus.WITHDRAWN,
                status_reason="Withdrawn by its supplier after opening.",
                price=None,
                answers=(),
                scores=(),
                queries=(),
            ),
        )

    def document(self, bids: tuple[Bid, ...]) -> dict[str, Any]:
        return {
            "format": "evaluation/1",
            "title": "Walking routes",
            "evaluators": [{"id": evaluator} for evaluator in self.evaluators],
            "criteria": [self._criterion_entry(criterion) for criterion in self.criteria],
            "method": {"currency": "GBP"},
            "bids": [self._bid_entry(bid) for bid in bids],
        }

    def _criterion_entry(self, criterion: Criterion) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "id": criterion.id,
            "title": criterion.title,
            "kind": criterion.kind.value,
            "weight": criterion.weight,
        }
        if criterion.kind is CriterionKind.PRICE:
            entry["formula"] = {"name": self.shape.formula}
            if self.shape.formula == "fixed_bounds":
                entry["formula"] |= {"best": "30000", "worst": "60000"}
        for key in ("max_score", "min_score"):
            if getattr(criterion, key):
                entry[key] = getattr(criterion, key)
        return entry

    def _bid_entry(self, bid: Bid) -> dict[str, Any]:
        entry: dict[str, Any] = {"id": bid.reference, "status": bid.status.value}
        if isinstance(bid.price, Money):
            entry["price"] = f"{bid.price.minor // 100}.{bid.price.minor % 100:02d}"
        if bid.scores:
            entry["scores"] = {
                score.criterion: {
                    "by_evaluator": {alone.evaluator: alone.value for alone in _alone(score)},
                    "consensus": score.agreed,
                }
                for score in bid.scores
            }
        return entry

    def people(self) -> tuple[Person, ...]:
        declared = OPENED + timedelta(days=1)
        names = itertools.cycle(_PEOPLE)
        evaluators = [
            Person(
                id=identity,
                name=f"{next(names)}{'' if place < len(_PEOPLE) else f' {place}'}",
                role="Evaluator",
                name_withheld=True,
                declared_at=declared + timedelta(minutes=place),
                interests=(
                    Interest(
                        about=self.name(0),
                        declared="Once worked in the same building.",
                        decision=InterestDecision.KEEP,
                        reason="Eight years ago, and they never worked together.",
                    ),
                )
                if place == 0
                else (),
            )
            for place, identity in enumerate(self.evaluators)
        ]
        return (
            *evaluators,
            Person("chair", "Ottilie Crannog", "Chair", True, declared, ()),
            Person("approver", "Ruaridh Ben Vrackie", "Approver", False, None, ()),
        )

    def timeline(self, first: str) -> tuple[Event, ...]:
        rows = [
            (-42, "Challenge published", "Published"),
            (-30, "Question 1 answered for everyone", ""),
            (0, "Closed to bids", "Closed to bids"),
            (0, "Two officers opened the bids", "Bids opened"),
            (1, "Ishbel Fankle declared an interest", ""),
            (9, "The last evaluator submitted their scores", "Scored"),
            (12, "Ottilie Crannog recorded the agreed scores", "Scores agreed"),
            (13, f"Ottilie Crannog recommended {first}", ""),
            (14, "Ruaridh Ben Vrackie approved the recommendation", "Approved"),
            (15, "Intention to award shown to all bidders", "Intention to award"),
        ]
        if self.shape.signed:
            rows.append((27, "Contract signed", "Contract signed"))
        return tuple(
            Event(OPENED + timedelta(days=days, minutes=place), text, milestone, text)
            for place, (days, text, milestone) in enumerate(rows)
        )

    def _close_behind(self, bids: tuple[Bid, ...]) -> str:
        """A sentence that a public edition may not show as it stands."""
        if self.shape.bids < 3:
            return ""
        return f"{self.name(2)} was close, at £{_pounds(bids[2])}. "

    def report(self) -> AwardReport:
        bids = self.bids()
        document = self.document(bids)
        result = evaluate_document(document, sensitivity=self.shape.sensitivity)
        first: str = result["winners"][0]  # type: ignore[index]  # a list of ids
        winner = next(bid for bid in bids if bid.reference == first)
        long = self.shape.long_names
        return AwardReport(
            number="AR-2026-0007",
            edition=Edition.FULL,
            generated_at=OPENED + timedelta(days=28),
            frozen_at=OPENED + timedelta(days=28, minutes=-1),
            notice="Example data. These public bodies took no part and made no award.",
            body="NatureScot"
            if not long
            else "The Joint Board for Footpaths, Bridges, Stiles and Ferries of the Western "
            "Seaboard and the Outer, Inner and Uncharted Islands",
            co_sponsors=(
                "Comhairle nan Eilean Siar",
                "Loch Lomond and The Trossachs National Park",
            ),
            challenge=Challenge(
                reference="CH-2026-014",
                title="How can technology help people know which walking routes are safe today?"
                + (
                    " And how can everyone who looks after them say so once, in one place?"
                    * long
                    * 3
                ),
                problem="Paths change with the weather, and walkers learn it at the gate.\n\n"
                "Rangers know sooner, but have nowhere to say it that people look at.",
                outcome="A walker learns before leaving home whether a route is open.",
                legal_route="Research and development services, regulation 15",
                regime=Regime("scotland", "2026.1", "below the threshold"),
                total_value=Money(65_000_000, "GBP"),
                closed_at=OPENED - timedelta(minutes=5),
            ),
            stages=(
                Stage(
                    id="stage-1",
                    name="Written bids",
                    price_model="The lowest price gets all the points for price; every other price "
                    "gets the share that the lowest is of it."
                    if self.shape.formula
                    else "The fee is fixed and published, so price is not scored.",
                    method=("" if self.shape.formula else "The fee is fixed and published. ")
                    + "Each criterion is scored from 0 to 5. The share of the highest score, "
                    "times the weight, gives the points. The highest total comes first.",
                    criteria=self.criteria,
                    scale=(
                        ScaleStep("0", "Does not answer the question"),
                        ScaleStep("3", "Good: meets the need with some doubts"),
                        ScaleStep("5", "Excellent: meets the need in full, with evidence"),
                    ),
                    bids=bids,
                    queries_asked=2,
                    evaluation=json.dumps(document),
                    result=result,
                ),
            ),
            people=self.people(),
            decision=Decision(
                recommended=first,
                reason=self._close_behind(bids) + f"{winner.supplier} came first by the published "
                "method and showed the most with real walkers.",
                recommended_by="chair",
                recommended_at=OPENED + timedelta(days=13),
                approved_by="approver",
                approved_at=OPENED + timedelta(days=14),
                approval_reason="I read the scores and reasons and found them to fit each other.",
                minute="",
                intention_at=OPENED + timedelta(days=15),
                standstill_ends_at=OPENED + timedelta(days=26),
                contract=Contract(
                    "C-2026-031",
                    winner.price if isinstance(winner.price, Money) else Money(5_000_000, "GBP"),
                    OPENED + timedelta(days=27),
                )
                if self.shape.signed
                else None,
            ),
            timeline=self.timeline(str(winner.supplier)),
            statutory=(
                StatutoryItem(
                    "Regulation 83(1)(a)",
                    "Body, subject, value",
                    "See “The challenge”.",
                    ("challenge", "decision"),
                ),
                StatutoryItem("Regulation 83(1)(h)", "Non-electronic means", "None were used."),
            ),
            grounds=(),
            redactions=(),
        )


def _alone(score: CriterionScore) -> tuple[IndividualScore, ...]:
    assert not isinstance(score.individual, Withheld)
    return score.individual


def _pounds(bid: Bid) -> str:
    return f"{bid.price.minor / 100:,.2f}" if isinstance(bid.price, Money) else "0"
