"""Who decides by committee, which day a minute may have, and what an approver looks at twice."""

import uuid
from datetime import date
from typing import Any

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import ALLOWED, Actor, Ground, Role, lacks_right
from marketplace.core.regimes.book import regimes
from marketplace.core.regimes.exemptions import exemptions_on
from scoring.award import policy as awards
from scoring.award.cautions import cautions
from scoring.award.committee import policy

DAY = date(2027, 3, 1)


def actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


OFFICER, APPROVER = actor(Role.PROCUREMENT_OFFICER), actor(Role.APPROVER)


def test_officers_say_who_decides_until_the_award_is_approved() -> None:
    def answer(who: Actor, state: State = State.EVALUATING, **more: bool) -> Ground | None:
        told = {"leads_on": False, "approved": False, **more}
        return policy.can_choose(who, state, **told).ground

    assert answer(OFFICER) is None
    for who in (APPROVER, actor(Role.CHAIR), actor(Role.AUDITOR)):
        assert answer(who) is Ground.RIGHT
    assert answer(OFFICER, State.INTENTION) is Ground.MOMENT
    assert answer(OFFICER, approved=True) is Ground.MOMENT
    assert answer(OFFICER, leads_on=True) is Ground.MOMENT


@pytest.mark.parametrize("role", [Role.PROCUREMENT_OFFICER, Role.APPROVER, Role.AUDITOR])
def test_the_paper_is_for_those_who_read_the_result_once_a_bid_is_recommended(role: Role) -> None:
    def answer(
        *, by_committee: bool = True, recommended: bool = True, unnamed: bool = False
    ) -> Any:
        return policy.can_take_paper(
            actor(role), by_committee=by_committee, recommended=recommended, unnamed=unnamed
        ).ground

    assert answer() is None
    assert answer(by_committee=False) is Ground.MOMENT
    assert answer(recommended=False) is Ground.MOMENT
    assert answer(unnamed=True) is Ground.RIGHT
    chair = policy.can_take_paper(
        actor(Role.CHAIR), by_committee=True, recommended=True, unnamed=False
    )
    assert chair.ground is Ground.RIGHT


def test_an_award_is_decided_by_a_person_or_by_a_committee_and_never_by_both() -> None:
    refused = lacks_right("No.")
    assert awards.can_decide_alone(ALLOWED, by_committee=False).allowed
    assert awards.can_decide_alone(ALLOWED, by_committee=True).ground is Ground.MOMENT
    assert awards.can_decide_alone(refused, by_committee=True) == refused
    assert policy.can_record(ALLOWED, by_committee=True).allowed
    assert policy.can_record(ALLOWED, by_committee=False).ground is Ground.MOMENT
    assert policy.can_record(refused, by_committee=False) == refused


def test_a_committee_met_between_the_recommendation_and_today() -> None:
    def fault(met_on: date | None) -> str | None:
        return policy.met_fault(met_on, recommended_on=DAY, today=date(2027, 3, 9))

    assert fault(DAY) is None
    assert fault(date(2027, 3, 9)) is None
    for wrong in (None, date(2027, 2, 28), date(2027, 3, 10)):
        assert fault(wrong)


def test_grounds_of_exemption_hold_from_their_day_and_name_their_provision() -> None:
    found = exemptions_on("scotland", DAY)
    business = found.find("business")
    assert business is not None
    assert business.provision == "Schedule 7A, paragraph 6"
    assert found.find("whim") is None
    with pytest.raises(LookupError):
        exemptions_on("scotland", date(1980, 1, 1))


def test_every_regime_that_is_shipped_has_grounds_of_exemption() -> None:
    for regime in regimes():
        assert exemptions_on(regime, DAY).grounds


def bid(reference: str, own: list[int], agreed: int, *, rank: int | None = 1) -> tuple[Any, Any]:
    """Give a bid of the evaluation, scored on one criterion, and its row of the result."""
    scores = {"by_evaluator": dict(zip("AB", own, strict=False)), "consensus": agreed}
    return {"id": reference, "scores": {"solves": scores}}, {"id": reference, "rank": rank}


def looked_at(*bids: tuple[Any, Any], recorded: tuple[str, ...] = (), **more: int) -> list[str]:
    counts = {"again": 0, "low_prices": 0, "interests": 0, **more}
    found = cautions(
        {
            "criteria": [{"id": "solves", "weight": "60", "max_score": "5"}],
            "bids": [each for each, _row in bids],
        },
        {"bids": [row for _each, row in bids]},
        recorded,
        **counts,
    )
    return [each.words % each.data if each.data else each.words for each in found]


def test_nothing_unusual_gives_nothing_to_look_at() -> None:
    assert looked_at(bid("B-1", [4, 4], 4), bid("B-2", [3, 3], 3, rank=2)) == []


def test_few_bids_moved_days_and_flags_are_looked_at_twice() -> None:
    (alone,) = looked_at(bid("B-1", [4, 4], 4))
    assert alone == "There was one bid only."
    found = looked_at(
        bid("B-1", [4, 4], 4),
        bid("B-2", [3], 3, rank=None),
        recorded=("deadline.extended", "award.recommended", "panel.member_replaced"),
        again=1,
        low_prices=2,
        interests=1,
    )
    assert found == [
        "One bid only was ranked, of 2.",
        "1 of 2 bids were left out, with the reasons in the table.",
        "The closing time was moved to a later one.",
        "Somebody on the panel was replaced.",
        "The result was computed again since the lock.",
        "A price was flagged as unusually low.",
        "Somebody on the panel has an interest in a bidder.",
    ]


def test_an_order_that_only_the_agreed_scores_give_is_looked_at_twice() -> None:
    (moved,) = looked_at(bid("B-1", [3, 3], 5), bid("B-2", [4, 4], 4, rank=2))
    assert "another order for quality" in moved
    # Where nothing was agreed, or a cell has no score of anybody, there is nothing to compare.
    first, second = bid("B-1", [3, 3], 5), bid("B-2", [4, 4], 4, rank=2)
    del first[0]["scores"]["solves"]["consensus"]
    second[0]["scores"]["solves"]["by_evaluator"] = {}
    assert looked_at(first, second) == []
