"""In which order evaluators read: the published rule, kept to the letter."""

import hashlib
import re
from pathlib import Path

from scoring.panel.order import in_reading_order, reading_key

SEED = bytes(range(32))
BIDS = [f"B-2026-{number:04d}" for number in range(20)]


def order(seed: bytes, label: str, bids: list[str] = BIDS) -> list[str]:
    return in_reading_order(seed, label, bids, lambda bid: bid)


def test_reading_key_is_the_digest_of_seed_label_and_reference_as_published() -> None:
    assert (
        reading_key(SEED, "E1", "B-2026-0000") == hashlib.sha256(SEED + b"E1\nB-2026-0000").digest()
    )


def test_reading_order_from_any_order_of_bids_is_the_same() -> None:
    assert order(SEED, "E1", BIDS[::-1]) == order(SEED, "E1", BIDS[7:] + BIDS[:7])


def test_reading_order_of_three_evaluators_differs() -> None:
    assert len({tuple(order(SEED, label)) for label in ("E1", "E2", "E3")}) == 3


def test_reading_order_of_one_evaluator_follows_from_the_seed() -> None:
    assert order(SEED, "E1") != order(SEED[::-1], "E1")


def test_reading_order_over_many_draws_puts_no_bid_first_too_often() -> None:
    first = [order(number.to_bytes(32, "big"), "E1")[0] for number in range(2000)]
    # 100 are expected of each of the twenty; 160 would be six standard deviations away.
    assert all(40 < first.count(bid) < 160 for bid in BIDS)


def test_example_in_the_specification_is_what_the_rule_gives() -> None:
    document = (Path(__file__).parents[3] / "docs" / "verification.md").read_text("utf-8")
    example = re.search(r"```reading-order\n(.*?)```", document, re.DOTALL)
    assert example is not None
    digest, *lines = example[1].splitlines()
    assert digest == hashlib.sha256(SEED).hexdigest()
    for line in lines:
        label, *bids = line.split()
        assert order(SEED, label, sorted(bids)) == bids
