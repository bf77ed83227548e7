"""That the log's check finds a change of money or supplier that one person made alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from marketplace.core.audit.verifying.recorded import Recorded
from scoring.award.contracts.log_checks import follow, follow_orders
from scoring.award.contracts.log_words import CHANGED, PROPOSED
from scoring.award.contracts.ordered.log_words import CONFIRMED, RECORDED

AT = datetime(2027, 3, 1, tzinfo=UTC)
VALUE = {
    "number": 1,
    "contract": "C-1",
    "change": "value",
    "value_before": "100",
    "value_after": "200",
    "actor_id": "officer",
}


def entry(n: int, action: str, **changes: object) -> Recorded:
    return Recorded(n, AT, "CH-1", action, {**VALUE, **changes})


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([entry(1, PROPOSED), entry(2, CHANGED, actor_id="approver")], None),
        ([entry(1, PROPOSED), entry(2, CHANGED)], "confirmed by who proposed it"),
        (
            [entry(1, PROPOSED), entry(2, CHANGED, actor_id="approver", value_after="300")],
            "not the",
        ),
        ([entry(2, CHANGED, actor_id="approver")], "by one person"),
        ([entry(2, CHANGED, change="novation", value_after="100")], "by one person"),
        ([entry(1, PROPOSED, number=2), entry(2, CHANGED, actor_id="b")], "by one person"),
        # Other work for the same money is one person's; names can have been erased since.
        ([entry(2, CHANGED, change="scope", value_after="100")], None),
        ([entry(1, PROPOSED, actor_id=None), entry(2, CHANGED, actor_id=None)], None),
        # Recorded before changes had kinds.
        ([entry(2, CHANGED, change=None)], None),
    ],
)
def test_money_and_supplier_are_changed_by_two_people(
    entries: list[Recorded], found: str | None
) -> None:
    findings = list(follow(entries))
    assert len(findings) == (found is not None)
    assert found is None or found in str(findings[0])


def ordered(n: int, action: str, **changes: object) -> Recorded:
    order = {
        **{"number": 1, "contract": "C-1", "order": "ineffective", "made_on": "2027-03-01"},
        "says": "It is set aside.",
    }
    return Recorded(n, AT, "CH-1", action, {**order, "actor_id": "officer", **changes})


def erased(entry: Recorded, *names: str) -> Recorded:
    left = {name: value for name, value in entry.values.items() if name not in names}
    return replace(entry, values=left, erased=frozenset(names))


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([ordered(1, RECORDED), ordered(2, CONFIRMED, actor_id="approver")], None),
        ([ordered(1, RECORDED), ordered(2, CONFIRMED)], "confirmed by who recorded it"),
        (
            [ordered(1, RECORDED), ordered(2, CONFIRMED, actor_id="b", order="penalty")],
            "not the order",
        ),
        ([ordered(2, CONFIRMED, actor_id="approver")], "by one person"),
        ([ordered(1, RECORDED, number=2), ordered(2, CONFIRMED, actor_id="b")], "by one person"),
        (
            [ordered(1, RECORDED), ordered(2, CONFIRMED, actor_id="b", says="It is void.")],
            "not the order",
        ),
        # What is added at its confirmation was recorded by one person.
        (
            [ordered(1, RECORDED), ordered(2, CONFIRMED, actor_id="b", penalty_minor="900")],
            "not the order",
        ),
        # Names and what is not public can have been erased since.
        ([erased(ordered(1, RECORDED), "actor_id", "order", "says"), ordered(2, CONFIRMED)], None),
    ],
)
def test_order_of_a_court_holds_by_two_people(entries: list[Recorded], found: str | None) -> None:
    findings = list(follow_orders(entries))
    assert len(findings) == (found is not None)
    assert found is None or found in str(findings[0])
