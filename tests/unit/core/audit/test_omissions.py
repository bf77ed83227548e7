"""What is left out of a chain is found, and an early read by its name where it can be known."""

import json
from typing import Any

import pytest

from bids import log_words as bid_words
from challenges import log_words as challenge_words
from marketplace.core.audit import chains, omissions
from marketplace.core.audit.findings import Status
from marketplace.core.audit.told import Told
from scoring.engine.canonical import canonical
from tests.unit.core.audit.opened_chain import BEN, LOG_KEY, Log, Step, story

MAY_BE = "an early read of a bid may have been left out"
WAS = "An early read was left out"


def read(log: Log) -> None:
    """Have an officer read a bid."""
    log.add(bid_words.READ, person=BEN, bid="B-1")


def looked(log: Log) -> None:
    """Have something else happen."""
    log.add(bid_words.REHEARSED, person=BEN)


def without(content: bytes, *actions: str) -> bytes:
    """Leave entries out of a chain's file: the last of each action."""
    document: Any = json.loads(content)
    for action in actions:
        places = [
            place
            for place, each in enumerate(document["entries"])
            if json.loads(each["entry"])["action"] == action
        ]
        del document["entries"][places[-1]]
    return canonical(document)


def told_of(content: bytes) -> tuple[Told, ...]:
    return tuple(chains.check(content, [LOG_KEY.verifier]).told)


def failures(content: bytes) -> list[str]:
    checked = chains.check(content, [LOG_KEY.verifier])
    return [str(each) for each in checked.findings if each.status is Status.FAILED]


@pytest.mark.parametrize(
    ("after", "step", "action", "early"),
    [
        ("third withdrawn", read, bid_words.READ, True),
        ("closed", read, bid_words.READ, True),
        ("third withdrawn", looked, bid_words.REHEARSED, True),
        ("opened", read, bid_words.READ, False),
    ],
    ids=["before the closing", "before the opening", "something else", "after the opening"],
)
def test_gap_says_whether_an_early_read_may_be_what_is_missing(
    after: str, step: Step, action: str, early: bool
) -> None:
    last = "opened" if after == "opened" else ""
    steps: dict[str, Step] = {after: step}
    whole = story(after=steps)
    if last:
        looked(whole)
    found = failures(without(whole.file(public=True), action))

    missing = next(each for each in found if "entries are missing" in each)
    place = whole.last(action)
    assert missing.startswith(f"entry {place + 1}: ")
    leaf = told_of(whole.file(public=True))[place].leaf.hex()
    assert f"has the leaf hash {leaf}" in missing
    assert any(MAY_BE in each for each in found) is early
    # One omission is told once, and not again of every entry behind it.
    assert len([each for each in found if "was expected" in each]) == 1


def test_copy_of_the_chain_tells_an_early_read_that_was_left_out_from_everything_else() -> None:
    log = story(after={"closed": read, "opened": read, "third withdrawn": looked})
    looked(log)
    copy = log.file(public=True)
    early = log.actions.index(bid_words.READ)
    late = log.last(bid_words.READ)
    other = log.actions.index(bid_words.REHEARSED)
    cut = [each for each in told_of(copy) if each.n not in (early, late, other)]

    found = omissions.against(cut, told_of(copy), len(log.bodies), Status.PROVEN)

    assert [str(each) for each in found] == [
        f"entry {other}: It was left out: the copy of the chain has it, opening.rehearsed",
        f"entry {early}: {WAS}: by the copy of the chain a bid was read here before the bids were "
        "opened",
        f"entry {late}: It was left out: the copy of the chain has it, bid.read",
    ]


def test_chain_that_is_like_its_copy_as_far_as_both_go_has_nothing_left_out() -> None:
    log = story(after={"closed": read})
    chain = told_of(log.file(public=False))
    shorter = chain[:-2]

    for one, other, size in ((chain, shorter, len(shorter)), (shorter, chain, len(chain))):
        (found,) = omissions.against(one, other, size, Status.PROVEN)
        assert found.status is Status.PROVEN
    assert omissions.against(chain, shorter, len(chain), Status.PROVEN) != [found]


def test_entry_that_is_another_in_the_copy_or_is_none_there_is_named() -> None:
    one = told_of(story(after={"closed": read}).file(public=True))
    other = told_of(story(after={"closed": looked}).file(public=True))
    place = [each.action for each in one].index(bid_words.READ)

    found = omissions.against(one, other, len(other), Status.PROVEN)
    assert str(found[0]) == (
        f"entry {place}: It is another entry than the copy of the chain has there"
    )
    added = omissions.against(one, [e for e in one if e.n != place], len(one), Status.PROVEN)
    assert [str(each) for each in added] == [
        f"entry {place}: The copy of the chain has no such entry: it was added"
    ]


def test_nothing_is_said_of_a_read_where_bids_came_in_elsewhere() -> None:
    log = Log()
    log.add(challenge_words.PUBLISHED, elsewhere={"link": "", "reference": "1"})
    looked(log)
    looked(log)

    found = list(omissions.gaps([each for each in told_of(log.file(public=True)) if each.n != 1]))

    assert len(found) == 1
    assert "entries are missing" in str(found[0])


def test_gap_of_any_size_is_found_at_once() -> None:
    log = story()
    content = json.loads(log.file(public=True))
    entry = json.loads(content["entries"][-1]["entry"])
    entry["cn"] = 2**53 - 1
    content["entries"][-1]["entry"] = canonical(entry).decode()

    assert any("entries are missing" in each for each in failures(canonical(content)))
