"""The editions for others than auditors: the facts without what the law lets a body hold back.

Owns what is withheld and on which ground. Every public fact is named here one by one, so that a
fact added later stays out until somebody decides. Pure. Text that people wrote (reasons, events) is
kept, with withheld names and losing prices struck out of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from scoring.award.letters.lifecycle import Hidden, hide
from scoring.engine.canonical import canonical
from scoring.report.decided import (
    Complaint,
    Decision,
    TakenBack,
)
from scoring.report.facts import (
    AwardReport,
    Bid,
    CriterionScore,
    Event,
    GoingOn,
    HeldBack,
    Interest,
    Person,
    Recomputed,
    Stage,
    StatutoryItem,
)
from scoring.report.grounds import grounds_for
from scoring.report.redacted_result import redact_result
from scoring.report.strikers import strikers
from scoring.report.values import (
    BidStatus,
    CriterionKind,
    Edition,
    Withheld,
)
from scoring.report.withholding import (
    ADVICE,
    COMMERCIAL,
    CONFIDENTIAL,
    PERSONAL,
    Disclosure,
    own_bids,
    redactions,
)

_HELD_BACK: Final = "[withheld: {ground}]"


def public_edition(full: AwardReport, disclosure: Disclosure | None = None) -> AwardReport:
    """Return the public edition of a full report, each redaction with its ground.

    Withheld: prices of bids that were not successful, with every figure from which one could be
    worked out; all answers, and queries about bids but their number; names as `disclosure` says,
    evaluators' where marked; individual scores; details of interests; sensitivity and panel
    statistics; the evaluation document.

    Raises `ValueError` when given anything but a full edition.
    """
    if full.edition is not Edition.FULL:
        raise ValueError("the public edition is made from the full one")
    return _Publisher(full, disclosure or Disclosure()).report()


def without_people(facts: bytes) -> bytes:
    """Give frozen facts as the public edition has them, as is left when the full ones are erased.

    Raises `codec.NotTheFactsError` for bytes that are no facts.
    """
    report = AwardReport.from_json(json.loads(facts))
    if report.edition is Edition.FULL:
        report = public_edition(report)
    return canonical(report.to_json())


def debrief_edition(
    full: AwardReport, about: str, disclosure: Disclosure | None = None
) -> AwardReport:
    """Return the edition for the supplier of one bid: its own scores and reasons, and the winner's.

    It has the bid's own price, points, reasons, and what it was asked. Of bids that are neither its
    own nor preferred it tells what came of them and their ranks, without scores or reasons: bidders
    have it before anybody else. Each evaluator's own scores stay with the panel.

    Raises:
        ValueError: not given a full edition.
        KeyError: there is no such bid.
    """
    if full.edition is not Edition.FULL:
        raise ValueError("a debrief is made from the full edition")
    if not any(bid.reference == about for stage in full.stages for bid in stage.bids):
        raise KeyError(about)
    return _Publisher(full, disclosure or Disclosure(), about).report()


class _Publisher:
    """Makes one edition: holds what every part of it needs to know.

    `about` is the bid whose supplier it is for, empty where it is for everybody.
    """

    def __init__(self, full: AwardReport, rules: Disclosure, about: str = "") -> None:
        self.full = full
        self.rules = rules
        self.about = about
        self.winners = full.decision.winners
        self.own = own_bids(full, about)
        self.told = {*self.winners, *self.own}
        self.labels = dict(_labels(full.people))
        # An id may be an address or a name; the public edition counts people instead.
        self.ids = {person.id: f"person-{place}" for place, person in enumerate(full.people, 1)}
        self.results = [
            self._result(stage, full.stages[:place], lambda text, _bid: text)
            for place, stage in enumerate(full.stages)
        ]
        # Of what is said of one bid, and of what is said of all.
        self.text, self.text_of_all = strikers(
            full, self.labels, self.results, own=self.own, named=rules.losing_names
        )
        self.laws = {ground.id: ground.law for ground in grounds_for(full)}
        self.held_back = [
            self._hidden(each)
            for stage in full.stages
            if not isinstance(stage.held_back, Withheld)
            for each in stage.held_back
        ]

    def report(self) -> AwardReport:
        full = self.full
        return AwardReport(
            number=full.number,
            edition=Edition.DEBRIEF if self.about else Edition.PUBLIC,
            generated_at=full.generated_at,
            frozen_at=full.frozen_at,
            notice=full.notice,
            body=full.body,
            co_sponsors=full.co_sponsors,
            challenge=full.challenge,
            stages=tuple(
                self._stage(stage, full.stages[:place]) for place, stage in enumerate(full.stages)
            ),
            people=tuple(self._person(person) for person in full.people),
            decision=self._decision(full.decision),
            timeline=tuple(
                Event(
                    at=event.at,
                    text=self._told(event.public),
                    milestone=self.text(event.milestone),
                )
                for event in full.timeline
                if event.public
            ),
            statutory=tuple(
                StatutoryItem(
                    provision=item.provision,
                    asks=item.asks,
                    answer=self._told(item.answer),
                    places=item.places,
                )
                for item in full.statutory
            ),
            grounds=grounds_for(self.full),
            redactions=tuple(redactions(full, self.rules, self.own, debrief=bool(self.about))),
            about=self.about,
        )

    def _stage(self, stage: Stage, earlier: Sequence[Stage]) -> Stage:
        return Stage(
            id=stage.id,
            name=stage.name,
            price_model=stage.price_model,
            method=stage.method,
            criteria=stage.criteria,
            scale=stage.scale,
            bids=tuple(self._bid(bid, stage) for bid in stage.bids),
            queries_asked=stage.queries_asked,
            evaluation=Withheld(COMMERCIAL),
            low_prices=Withheld(COMMERCIAL) if stage.low_prices else (),
            held_back=Withheld(ADVICE) if stage.held_back else (),
            recomputed=tuple(_recomputed(again) for again in stage.recomputed),
            going_on=stage.going_on and self._going_on(stage.going_on),
            result=self._result(
                stage, earlier, lambda text, bid: str(self._reason(text, stage, bid))
            ),
        )

    def _result(
        self, stage: Stage, earlier: Sequence[Stage], written: Callable[[str, str], str]
    ) -> dict[str, Any]:
        return redact_result(
            stage,
            self.winners,
            own=self.own,
            ground=COMMERCIAL,
            show_rejections=self.rules.rejection_reasons,
            show_others=not self.about,
            written=written,
            priced_before=any(
                criterion.kind is CriterionKind.PRICE
                for former in earlier
                for criterion in former.criteria
            ),
        )

    def _going_on(self, was: GoingOn) -> GoingOn:
        return GoingOn(
            was.bids, self._told(was.reason), was.confirmed_at, was.contracts, was.taken_back
        )

    def _bid(self, bid: Bid, stage: Stage) -> Bid:
        successful = bid.reference in self.told
        own = bid.reference in self.own
        rejected = bid.status is not BidStatus.VALID
        hidden = Withheld(COMMERCIAL)
        return Bid(
            reference=bid.reference,
            supplier=bid.supplier if successful or self.rules.losing_names else hidden,
            size_class=bid.size_class,
            status=bid.status,
            status_reason=self._reason(bid.status_reason, stage, bid.reference)
            if own or not rejected or (self.rules.rejection_reasons and not self.about)
            else hidden,
            price=bid.price if successful or bid.price is None else hidden,
            answers=Withheld(CONFIDENTIAL),
            # A rejected bid may have been scored before it was rejected: that never counted.
            scores=()
            if rejected
            else tuple(
                self._score(score, bid, stage, show_reason=successful or self.rules.losing_reasons)
                if successful or not self.about
                else _unshown(score)
                for score in bid.scores
            ),
            # Which bid was asked about tells how it fared; that anybody was is told by the number.
            queries=bid.queries if own else Withheld(CONFIDENTIAL),
            masks=bid.masks if own or not bid.masks else Withheld(CONFIDENTIAL),
        )

    def _score(
        self, score: CriterionScore, bid: Bid, stage: Stage, *, show_reason: bool
    ) -> CriterionScore:
        reason = self._reason(score.reason, stage, bid.reference)
        return CriterionScore(
            criterion=score.criterion,
            individual=Withheld(ADVICE),
            agreed=score.agreed,
            reason=reason if show_reason else Withheld(COMMERCIAL),
            present=tuple(self.ids[person] for person in score.present),
        )

    def _person(self, person: Person) -> Person:
        return Person(
            id=self.ids[person.id],
            name=self.labels.get(person.id, person.name),
            role=person.role,
            name_withheld=person.name_withheld,
            declared_at=person.declared_at,
            interests=tuple(_interest(interest) for interest in person.interests),
        )

    def _decision(self, decision: Decision) -> Decision:
        return Decision(
            recommended=decision.recommended,
            reason=self._told(decision.reason),
            recommended_by=self.ids[decision.recommended_by],
            recommended_at=decision.recommended_at,
            approved_by=self.ids[decision.approved_by],
            approved_at=decision.approved_at,
            approval_reason=self._told(decision.approval_reason),
            minute=self._told(decision.minute),
            intention_at=decision.intention_at,
            standstill_ends_at=decision.standstill_ends_at,
            contract=decision.contract,
            others=self._told(decision.others),
            also_recommended=decision.also_recommended,
            further_contracts=decision.further_contracts,
            shown=Withheld(CONFIDENTIAL) if decision.shown else (),
            looked_up=Withheld(COMMERCIAL) if decision.looked_up else (),
            failed=Withheld(COMMERCIAL) if decision.failed else (),
            # Of one that was told to nobody nobody is told now.
            taken_back=tuple(
                TakenBack(
                    bids=each.bids,
                    reason=self._told(each.reason),
                    approved_at=each.approved_at,
                    announced_at=each.announced_at,
                    taken_back_at=each.taken_back_at,
                    why=Withheld(ADVICE),
                )
                for each in decision.taken_back
                if each.announced_at is not None
            ),
            complaints=tuple(_complaint(each) for each in decision.complaints),
            rest_ended=decision.rest_ended,
        )

    def _reason(self, text: str | Withheld, stage: Stage, bid: str) -> str | Withheld:
        """Give a reason about a bid without what an officer withheld of it, in letters as here."""
        if isinstance(text, Withheld) or isinstance(stage.held_back, Withheld):
            return text
        hidden = [self._hidden(each) for each in stage.held_back if each.bid == bid]
        return self.text(hide(text, hidden, _HELD_BACK))

    def _hidden(self, held: HeldBack) -> Hidden:
        return Hidden(held.words, self.laws.get(held.ground, held.ground))

    def _told(self, text: str | Withheld) -> str:
        """Give a text that is of no single bid without what an officer withheld of any."""
        assert isinstance(text, str), "a full edition withholds nothing"
        return self.text_of_all(hide(text, self.held_back, _HELD_BACK))


def edition_of(
    full: AwardReport, edition: Edition, about: str = "", disclosure: Disclosure | None = None
) -> AwardReport:
    """Return an edition of a full report; `about` is the bid that a debrief is for."""
    match edition:
        case Edition.FULL:
            return full
        case Edition.PUBLIC:
            return public_edition(full, disclosure)
        case Edition.DEBRIEF:
            return debrief_edition(full, about, disclosure)


def _unshown(score: CriterionScore) -> CriterionScore:
    """Give nothing of another bid's score but what it was for."""
    return CriterionScore(
        criterion=score.criterion,
        individual=Withheld(ADVICE),
        agreed=Withheld(COMMERCIAL),
        reason=Withheld(COMMERCIAL),
        present=(),
    )


def _labels(people: tuple[Person, ...]) -> Iterator[tuple[str, str]]:
    """Give each person whose name is withheld their role, numbered where several share it."""
    roles = Counter(person.role for person in people)
    counts: Counter[str] = Counter()
    for person in people:
        if person.name_withheld:
            counts[person.role] += 1
            number = f" {counts[person.role]}" if roles[person.role] > 1 else ""
            yield person.id, f"{person.role}{number}"


def _interest(interest: Interest) -> Interest:
    personal = Withheld(PERSONAL)
    return Interest(
        about=personal,
        declared=personal,
        decision=interest.decision,
        reason=personal,
        found_at=interest.found_at,
    )


def _complaint(complaint: Complaint) -> Complaint:
    """Tell when it came and what came of it; whose it is, and why so, is not for everybody."""
    return Complaint(
        number=complaint.number,
        bid=Withheld(COMMERCIAL),
        arrived_at=complaint.arrived_at,
        in_time=complaint.in_time,
        outcome=complaint.outcome,
        decided_at=complaint.decided_at,
        reason=Withheld(COMMERCIAL),
    )


def _recomputed(again: Recomputed) -> Recomputed:
    """Tell when and for what kind of reason; about whom, and what moved, is not for everybody."""
    personal, commercial = Withheld(PERSONAL), Withheld(COMMERCIAL)
    return Recomputed(
        at=again.at,
        why=again.why,
        bid=personal,
        reason=personal,
        before_sha256=commercial,
        after_sha256=commercial,
        first_before=commercial,
        first=commercial,
    )
