"""In which order evaluators read: the published rule, kept to the letter."""

import hashlib
import uuid

from hypothesis import given
from hypothesis import strategies as st

from scoring.panel.order import in_reading_order, reading_key

MEMBER = uuid.UUID("01890000-0000-7000-8000-000000000001")
BIDS = [uuid.UUID(f"01890000-0000-7000-9000-{number:012d}") for number in range(20)]


def test_reading_key_is_the_digest_of_member_and_bid_one_after_the_other() -> None:
    assert (
        reading_key(MEMBER, BIDS[0])
        == hashlib.sha256(
            bytes.fromhex("0189000000007000800000000000000101890000000070009000000000000000")
        ).digest()
    )


@given(st.permutations(BIDS))
def test_reading_order_from_any_order_of_bids_is_the_same(shuffled: list[uuid.UUID]) -> None:
    assert in_reading_order(MEMBER, shuffled, lambda bid: bid) == in_reading_order(
        MEMBER, BIDS, lambda bid: bid
    )


def test_reading_order_of_three_evaluators_differs() -> None:
    orders = {
        tuple(in_reading_order(uuid.UUID(int=number), BIDS, lambda bid: bid)) for number in range(3)
    }
    assert len(orders) == 3


def test_reading_order_over_many_evaluators_puts_no_bid_first_too_often() -> None:
    first = [
        in_reading_order(uuid.UUID(int=number), BIDS, lambda bid: bid)[0] for number in range(2000)
    ]
    # 100 are expected of each of the twenty; 160 would be six standard deviations away.
    assert all(40 < first.count(bid) < 160 for bid in BIDS)
