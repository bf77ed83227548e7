"""What the check of the whole log says of approvals: settled evidence, and a committee's minute."""

from datetime import UTC, datetime
from typing import Any

from marketplace.core.audit.verifying.recorded import Recorded
from scoring.award.evidence.log_checks import Standing, follow

AT = datetime(2027, 3, 1, tzinfo=UTC)
RECOMMENDED = ("award.recommended", {"bid": "B-1, B-2"})
APPROVED = ("award.cleared", {"bid": "B-1, B-2"})


def wrong(*entries: tuple[str, dict[str, Any]]) -> list[str]:
    """Give what is found wrong with entries, one after another."""
    now, found = Standing(), []
    for n, (action, values) in enumerate(entries):
        found += [each.what for each in follow(Recorded(n, AT, "CH-1", action, values), now)]
    return found


def asked(number: int, bid: str = "B-1", **more: object) -> tuple[str, dict[str, Any]]:
    return "preferred.asked", {"bid": bid, "number": number, **more}


def decided(number: int, verdict: str) -> tuple[str, dict[str, Any]]:
    return "preferred.decided", {"bid": "B-1", "number": number, "verdict": verdict}


def test_an_approval_after_settled_evidence_is_right() -> None:
    assert wrong(RECOMMENDED, APPROVED) == []
    assert (
        wrong(
            RECOMMENDED,
            *(asked(1), asked(2), asked(3)),
            *(decided(1, "accepted"), decided(2, "not_needed"), decided(3, "refused")),
            *(asked(4, again=3), decided(4, "accepted")),
            APPROVED,
        )
        == []
    )


def test_an_approval_over_evidence_that_waits_or_was_refused_is_found() -> None:
    unsettled = "An award was approved while evidence of its bidder was not settled"
    assert wrong(RECOMMENDED, asked(1), APPROVED) == [unsettled]
    assert wrong(RECOMMENDED, asked(1), decided(1, "refused"), APPROVED) == [unsettled]
    # What a bid that was recommended before did not show does not hold another one.
    other = ("award.recommended", {"bid": "B-3"}), ("award.cleared", {"bid": "B-3"})
    assert wrong(RECOMMENDED, asked(1), *other) == []


def test_evidence_of_a_bid_that_nobody_recommended_is_found() -> None:
    assert wrong(RECOMMENDED, asked(1, "B-9")) == [
        "Evidence was asked of a bid that was not recommended"
    ]


def test_a_committees_award_without_a_minute_is_found_until_a_person_decides_again() -> None:
    chosen = ("award.route_set", {"committee": "Finance Committee"})
    person = ("award.route_set", {"committee": "an approver"})
    by_minute = ("award.cleared", {"bid": "B-1", "minute": "FC/7"})
    assert wrong(RECOMMENDED, chosen, by_minute) == []
    assert wrong(RECOMMENDED, chosen, APPROVED) == [
        "An award that a committee decides was approved without its minute"
    ]
    assert wrong(RECOMMENDED, chosen, person, APPROVED) == []
