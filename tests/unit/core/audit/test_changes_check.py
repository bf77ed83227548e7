"""Changes in a chain's file: which bids count after them, and each lie is named."""

from datetime import timedelta

import pytest

from marketplace.core.audit import chains
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.vault import statements
from tests.unit.core.audit.opened_chain import (
    ADA,
    BEN,
    CLOSES,
    KEYS,
    LOG_KEY,
    NEXT_PLAN,
    Log,
    Step,
    changed,
    confirmed,
    envelope,
    lapsed,
    opened,
    story,
    submitted,
    text,
)

ONE = [("B-1", 2, envelope("B-1", 2))]
# What both officers sign where B-2 was not confirmed, and the next plan holds.
OF_ONE = {
    "count": 1,
    "bids": statements.digest_of(ONE),
    "plan": bytes.fromhex(NEXT_PLAN),
}


def at(instant_before_closing: timedelta, step: Step) -> Step:
    """Do a step so long before closing."""

    def later(log: Log) -> None:
        log.at = CLOSES - instant_before_closing
        step(log)

    return later


def of_one(**more: Step) -> Log:
    """Tell the story with a change after the other bid, before the second version of the first."""
    after: dict[str, Step] = {
        "other": changed(confirm=True, plan=NEXT_PLAN),
        "closed": lapsed("B-2"),
    }
    return story(
        after={**after, **more},
        ada_signed=confirmed(ADA, KEYS[ADA], **OF_ONE),
        ben_signed=confirmed(BEN, KEYS[BEN], **OF_ONE),
        opened=opened(count=1, bids={"B-1": envelope("B-1", 2)}),
    )


def checked(log: Log) -> chains.Checked:
    return chains.check(log.file(public=True), [LOG_KEY.verifier])


def failures(found: chains.Checked) -> list[str]:
    return [str(each) for each in found.findings if each.status is Status.FAILED]


def test_bid_that_was_not_confirmed_does_not_count_and_the_opening_is_proven() -> None:
    found = checked(of_one())

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.PROVEN)
    said = [str(each) for each in found.findings]
    assert any("Bid B-2 does not count: change 1 asked for it to be confirmed" in s for s in said)
    assert not any("Bid B-1 does not count" in each for each in said)


def test_rule_holds_where_nothing_records_what_lapsed() -> None:
    log = of_one(closed=lambda _log: None)

    assert checked(log).opening is Status.PROVEN


def test_change_that_does_not_ask_leaves_every_bid_counting() -> None:
    found = checked(story(after={"other": changed(confirm=False)}))

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.PROVEN)


def test_opening_of_a_bid_that_lapsed_is_found() -> None:
    found = checked(story(after={"other": changed(confirm=True)}))

    assert found.opening is Status.FAILED
    assert any("Bid B-2 was opened and did not count" in each for each in failures(found))


def test_statement_over_the_former_plan_is_found() -> None:
    former = {**OF_ONE, "plan": bytes.fromhex(NEXT_PLAN)[::-1]}
    log = story(
        after={"other": changed(confirm=True, plan=NEXT_PLAN)},
        ada_signed=confirmed(ADA, KEYS[ADA], **former),
        ben_signed=confirmed(BEN, KEYS[BEN], **former),
        opened=opened(count=1, bids={"B-1": envelope("B-1", 2)}),
    )

    assert any("differ in “plan”" in each for each in failures(checked(log)))


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (
            {"other": changed(confirm=False, plan=NEXT_PLAN)},
            "It changes the plan, and does not ask for bids to be confirmed",
        ),
        ({"other": changed(2, confirm=False)}, "are not numbered one by one"),
        (
            {
                "other": changed(confirm=False),
                "second": changed(2, confirm=False, before="ab" * 32),
            },
            "It changes another text than the change before it had left",
        ),
        ({"closed": changed(confirm=False)}, "was changed after bids had closed"),
        ({"opened": changed(confirm=False)}, "was changed after bids had closed"),
        (
            {"third withdrawn": at(timedelta(0), changed(confirm=False))},
            "was changed at its closing time or later",
        ),
        ({"closed": lapsed("B-1")}, "It names other bids than those that were not confirmed"),
        ({"other": changed(confirm=False, plan="1")}, "“plan” is missing or is not what"),
    ],
)
def test_change_that_cannot_be_is_found(after: dict[str, Step], told: str) -> None:
    found = checked(story(after=after))

    assert found.verdict is Verdict.FAILED
    assert any(told in each for each in failures(found)), failures(found)


def test_bid_confirmed_after_closing_is_late_like_any_other() -> None:
    found = checked(of_one(closed=submitted("B-2", 2)))

    assert any("submitted or withdrawn after the closing" in each for each in failures(found))


def test_change_after_a_reopening_is_in_order() -> None:
    again = CLOSES + timedelta(hours=30)

    def reopened(log: Log) -> None:
        log.add(
            "challenge.reopened", former=text(CLOSES), closes_at=text(again), reason="It was down."
        )
        changed(confirm=False)(log)

    log = story(without=["ada signed", "ben signed", "opened"], after={"closed": reopened})

    assert failures(checked(log)) == []
