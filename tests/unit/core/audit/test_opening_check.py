"""The opening in a chain's file: two officers, after closing, the right bids; each lie is named."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.core.audit import chains, checking
from marketplace.core.audit.findings import Finding, Status
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.vault import statements
from scoring.engine.canonical import canonical
from tests.unit.core.audit.opened_chain import (
    ADA,
    BEN,
    CLEO,
    CLOSES,
    KEYS,
    LOG_KEY,
    Log,
    closed,
    confirmed,
    envelope,
    key_set,
    named,
    opened,
    opener,
    published,
    story,
    submitted,
    text,
    withdrawn,
)

NEW = opener(9)


def checked(log: Log, *, public: bool = True) -> chains.Checked:
    return chains.check(log.file(public=public), [LOG_KEY.verifier])


def failures(found: chains.Checked) -> list[Finding]:
    return [finding for finding in found.findings if finding.status is Status.FAILED]


def said(found: chains.Checked, status: Status) -> list[str]:
    return [str(finding) for finding in found.findings if finding.status is status]


@pytest.mark.parametrize("public", [True, False])
def test_opening_by_two_named_officers_is_proven(public: bool) -> None:
    found = checked(story(), public=public)

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.PROVEN)
    proven = "\n".join(said(found, Status.PROVEN))
    assert "entry 12: Two officers opened the bids after closing" in proven
    assert "The bids opened, 2, are those that counted at closing" in proven
    assert "No bid was submitted or withdrawn after a closing" in proven


def test_public_file_says_that_the_officers_are_withheld_and_one_for_auditors_does_not() -> None:
    public, whole = checked(story()), checked(story(), public=False)

    assert any("Who the two officers are" in each for each in said(public, Status.WITHHELD))
    assert said(whole, Status.WITHHELD) == []


def test_opening_under_an_unknown_key_of_the_log_is_only_asserted() -> None:
    found = chains.check(story().file(public=True), [])

    assert (found.verdict, found.opening) == (Verdict.SIGNER_UNKNOWN, Status.ASSERTED)


def test_chain_without_an_opening_says_nothing_of_one() -> None:
    found = checked(story(without=["opened"]))

    assert found.opening is None
    assert found.verdict is Verdict.PROVEN


def test_opening_without_bids_is_proven_too() -> None:
    none = {"count": 0, "bids": statements.digest_of([])}
    found = checked(
        story(
            without=["first", "other", "second", "third", "third withdrawn"],
            ada_signed=confirmed(ADA, KEYS[ADA], **none),
            ben_signed=confirmed(BEN, KEYS[BEN], **none),
            opened=opened(count=0, bids={}),
        )
    )

    assert found.opening is Status.PROVEN


@pytest.mark.parametrize("public", [True, False])
def test_key_named_after_closing_makes_the_opening_asserted(public: bool) -> None:
    found = checked(
        story(
            after={"closed": key_set(CLEO, KEYS[CLEO])},
            ben_signed=confirmed(CLEO, KEYS[CLEO]),
            opened=opened(officers=[ADA, CLEO]),
        ),
        public=public,
    )

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.ASSERTED)
    assert any("named after closing, in entry 10" in each for each in said(found, Status.ASSERTED))


@pytest.mark.parametrize("public", [True, False])
def test_keys_set_or_replaced_before_closing_prove_as_much(public: bool) -> None:
    found = checked(
        story(
            after={"second": key_set(CLEO, KEYS[CLEO]), "third": key_set(ADA, NEW, KEYS[ADA])},
            ada_signed=confirmed(ADA, NEW),
            ben_signed=confirmed(CLEO, KEYS[CLEO]),
            opened=opened(officers=[CLEO, ADA]),
        ),
        public=public,
    )

    assert found.opening is Status.PROVEN


def reopened(log: Log) -> None:
    log.add(
        "challenge.reopened",
        former=text(CLOSES),
        closes_at=text(CLOSES + timedelta(hours=2)),
        reason="The service was down.",
    )


LATER = CLOSES + timedelta(hours=2)


def again(log: Log) -> None:
    """Sign once, reopen, take another bid, and close a second time."""
    confirmed(ADA, KEYS[ADA])(log)
    reopened(log)
    submitted("B-3", 2, closes_at=text(LATER))(log)
    log.add(
        "bid.withdrawn",
        bid="B-3",
        version=2,
        arrived=text(log.at),
        closes_at=text(LATER),
    )
    closed(LATER + timedelta(minutes=1), LATER)(log)


def test_opening_after_a_second_closing_is_held_against_that_one() -> None:
    assert checked(story(after={"closed": again})).opening is Status.PROVEN


def test_statements_of_an_earlier_closing_do_not_open_after_a_later_one() -> None:
    log = story(
        after={"closed": again},
        ada_signed=confirmed(ADA, KEYS[ADA], closed=9),
        ben_signed=confirmed(BEN, KEYS[BEN], closed=9),
    )

    assert "The statement and the log differ in “closed”" in {
        finding.what % dict(finding.data) for finding in failures(checked(log))
    }


def extended(log: Log) -> None:
    log.add("deadline.extended", former=text(CLOSES), closes_at=text(LATER), reason="Asked for.")


def extended_story() -> Log:
    return story(
        after={"third": extended},
        third_withdrawn=lambda log: log.add(
            "bid.withdrawn",
            bid="B-3",
            version=1,
            arrived=text(log.at),
            closes_at=text(LATER),
        ),
        closed=closed(LATER + timedelta(minutes=1), LATER),
    )


def test_extended_deadline_is_the_one_that_bids_and_closing_are_held_against() -> None:
    assert checked(extended_story()).opening is Status.PROVEN


def test_flagged_bids_are_told_and_do_not_fail() -> None:
    found = checked(
        story(
            opened=opened(
                bids={"B-1": "ee" * 32, "B-2": None},
                differing=["B-1", "B-2"],
                flaws={"B-1": "differs", "B-2": "missing"},
            )
        )
    )

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.PROVEN)
    flagged = [each for each in said(found, Status.ASSERTED) if "flagged" in each]
    assert len(flagged) == 2
    assert "B-1" in flagged[0]
    assert "B-2" in flagged[1]


def test_unreadable_bid_may_have_no_digest_and_one_that_opened_may_not_be_without() -> None:
    for digest in (None, envelope("B-2", 1)):
        found = checked(
            story(
                opened=opened(
                    bids={"B-1": envelope("B-1", 2), "B-2": digest},
                    differing=["B-2"],
                    flaws={"B-2": "unreadable"},
                )
            )
        )
        assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.PROVEN)


FORGED: dict[str, tuple[Callable[[], Log], str]] = {
    "opened before closing": (
        lambda: story(without=["closed"]),
        "opened before a closing was recorded",
    ),
    "opened while reopened": (
        lambda: story(after={"closed": reopened}),
        "opened before a closing was recorded",
    ),
    "not published": (lambda: story(without=["published"]), "no publication is recorded"),
    "nobody signed": (
        lambda: story(without=["ada signed", "ben signed"]),
        "No officer's statement stands between closing and opening",
    ),
    "one officer": (lambda: story(without=["ben signed"]), "Only one officer signed"),
    "one officer twice with one key": (
        lambda: story(ben_signed=confirmed(ADA, KEYS[ADA])),
        "The same officer signed twice",
    ),
    "one officer twice with two keys": (
        lambda: story(
            after={"third": key_set(ADA, NEW, KEYS[ADA])}, ben_signed=confirmed(ADA, NEW)
        ),
        "The same officer signed twice",
    ),
    "signed before the closing": (
        lambda: story(without=["ben signed"], after={"third withdrawn": confirmed(BEN, KEYS[BEN])}),
        "Only one officer signed",
    ),
    "key that was never named": (
        lambda: story(ben_signed=confirmed(BEN, NEW)),
        "a key that the log had named for no officer",
    ),
    "key named only after it signed": (
        lambda: story(
            ben_signed=confirmed(CLEO, KEYS[CLEO]),
            after={"ben signed": key_set(CLEO, KEYS[CLEO])},
        ),
        "a key that the log had named for no officer",
    ),
    "key of nobody who may open": (
        lambda: story(
            after={"closed": key_set(CLEO, KEYS[CLEO]), "third": key_set("stranger", NEW)},
            ben_signed=confirmed("stranger", NEW),
        ),
        "Its key is nobody's who was named",
    ),
    "former key that was never named": (
        lambda: story(after={"third": key_set(BEN, NEW, opener(8))}),
        "takes the place of one that was never named",
    ),
    "key named twice": (
        lambda: story(cleo_named=named(CLEO, KEYS[BEN])),
        "The same key was named before",
    ),
    "the log's own key": (
        lambda: story(ben_named=named(BEN, LOG_KEY), ben_signed=confirmed(BEN, LOG_KEY)),
        "does not have the name of an officer's key",
    ),
    "statement of another key": (
        lambda: story(ben_signed=_signed_by_another),
        "The statement is not one that its key signed",
    ),
    "no statement at all": (lambda: story(ben_signed=_no_note), "is not one that its key signed"),
    "two statements that differ": (
        lambda: story(ben_signed=confirmed(BEN, KEYS[BEN], stage=2)),
        "say different things",
    ),
    "another count": (lambda: _both(count=3), "differ in “count”"),
    "other bids": (lambda: _both(bids=bytes(32)), "differ in “bids”"),
    "another plan": (lambda: _both(plan=bytes(32)), "differ in “plan”"),
    "another key to seal to": (lambda: _both(key="age1other"), "differ in “key”"),
    "another challenge": (lambda: _both(challenge="CH-2"), "differ in “challenge”"),
    "another log": (lambda: _both(origin="other.example/log"), "differ in “origin”"),
    "another closing": (lambda: _both(closed=3), "differ in “closed”"),
    "another leaf": (lambda: _both(leaf=bytes(32)), "differ in “leaf”"),
    "envelope that differs unflagged": (
        lambda: story(opened=opened(bids={"B-1": "ee" * 32, "B-2": envelope("B-2", 1)})),
        "The envelope of bid B-1 that was opened is not the one that was submitted",
    ),
    "envelope missing unflagged": (
        lambda: story(opened=opened(bids={"B-1": None, "B-2": envelope("B-2", 1)})),
        "The envelope of bid B-1 that was opened is not the one that was submitted",
    ),
    "earlier version": (
        lambda: story(opened=opened(bids={"B-1": envelope("B-1", 1), "B-2": envelope("B-2", 1)})),
        "The envelope of bid B-1 that was opened is not the one that was submitted",
    ),
    "flagged as missing and there": (
        lambda: story(opened=opened(differing=["B-1"], flaws={"B-1": "missing"})),
        "What bid B-1 is flagged for is not what its digests show",
    ),
    "flagged for its fields and without a digest": (
        lambda: story(
            opened=opened(
                bids={"B-1": None, "B-2": envelope("B-2", 1)},
                differing=["B-1"],
                flaws={"B-1": "fields"},
            )
        ),
        "What bid B-1 is flagged for is not what its digests show",
    ),
    "unreadable and another": (
        lambda: story(
            opened=opened(
                bids={"B-1": "ee" * 32, "B-2": envelope("B-2", 1)},
                differing=["B-1"],
                flaws={"B-1": "unreadable"},
            )
        ),
        "What bid B-1 is flagged for is not what its digests show",
    ),
    "flagged for a reason of its own": (
        lambda: story(opened=opened(differing=["B-1"], flaws={"B-1": "disliked"})),
        "not told in their one form",
    ),
    "flagged in one place only": (
        lambda: story(opened=opened(differing=["B-1"])),
        "not told in their one form",
    ),
    "bid left out": (
        lambda: story(opened=opened(count=1, bids={"B-2": envelope("B-2", 1)})),
        "Bid B-1 counted at closing and was not opened",
    ),
    "withdrawn bid opened": (
        lambda: story(
            opened=opened(
                count=3,
                bids={
                    "B-1": envelope("B-1", 2),
                    "B-2": envelope("B-2", 1),
                    "B-3": envelope("B-3", 1),
                },
            )
        ),
        "Bid B-3 was opened and did not count",
    ),
    "bids counted wrongly": (lambda: story(opened=opened(count=7)), "counts other bids"),
    "bid after the closing": (
        lambda: story(after={"closed": submitted("B-4", 1)}),
        "after the closing in entry 9",
    ),
    "bid after the opening": (
        lambda: story(after={"opened": submitted("B-4", 1)}),
        "after the closing in entry 9",
    ),
    "withdrawal after the closing": (
        lambda: story(after={"closed": withdrawn("B-2", 1)}),
        "after the closing in entry 9",
    ),
    "bid that arrived at the closing": (
        lambda: story(other=submitted("B-2", 1, arrived=text(CLOSES))),
        "not in time by its own instants",
    ),
    "bid under another closing": (
        lambda: story(other=submitted("B-2", 1, closes_at=text(LATER))),
        "another closing instant than the one that held",
    ),
    "closing before its minute": (
        lambda: story(closed=closed(CLOSES + timedelta(seconds=59))),
        "before the minute after it was over",
    ),
    "closing at another instant": (
        lambda: story(closed=closed(closes=CLOSES - timedelta(days=1))),
        "It closes at another instant",
    ),
    "deadline moved after the opening": (
        lambda: story(after={"opened": reopened}),
        "moved after the bids were opened",
    ),
    "deadline extended that had passed": (
        lambda: story(after={"closed": extended}),
        "extended that had passed",
    ),
    "another deadline extended": (
        lambda: story(
            after={
                "third": lambda log: log.add(
                    "deadline.extended",
                    former=text(LATER),
                    closes_at=text(LATER),
                    reason="None.",
                )
            }
        ),
        "It moves another closing instant",
    ),
    "bid read before the opening": (
        lambda: story(after={"closed": lambda log: log.add("bid.read", person=ADA, bid="B-1")}),
        "A bid was read before",
    ),
    "opened twice": (lambda: story(after={"opened": opened()}), "opened before, in entry 12"),
    "opening without its fields": (
        lambda: story(opened=lambda log: log.add("bids.opened", count=2)),
        "“bids” is missing or is not what the specification says",
    ),
    "count that is no number": (
        lambda: story(opened=opened(count=True)),
        "“count” is missing or is not what the specification says",
    ),
}


def _both(**changes: object) -> Log:
    return story(
        ada_signed=confirmed(ADA, KEYS[ADA], **changes),
        ben_signed=confirmed(BEN, KEYS[BEN], **changes),
    )


def _signed_by_another(log: Log) -> None:
    confirmed(BEN, NEW)(log)
    note = log.values.pop()["statement"]
    log.bodies.pop()
    log.actions.pop()
    log.add("opening.confirmed", place=2, key=str(KEYS[BEN].verifier), statement=note, person=BEN)


def _no_note(log: Log) -> None:
    log.add("opening.confirmed", place=2, key=str(KEYS[BEN].verifier), statement="yes", person=BEN)


@pytest.mark.parametrize("public", [True, False], ids=["public", "auditors"])
@pytest.mark.parametrize("name", FORGED)
def test_forged_opening_fails_and_the_reason_is_named(name: str, public: bool) -> None:
    forge, reason = FORGED[name]

    found = checked(forge(), public=public)

    assert found.verdict is Verdict.FAILED
    assert reason in "\n".join(map(str, failures(found)))


WHOLE_ONLY: dict[str, tuple[Callable[[], Log], str]] = {
    "one person named twice": (
        lambda: story(ben_named=named(ADA, KEYS[BEN]), ben_signed=confirmed(ADA, KEYS[BEN])),
        "The same officer was named before",
    ),
    "one person signed with both keys": (
        lambda: story(ben_signed=confirmed(ADA, KEYS[BEN])),
        "Another person than the key's own signed",
    ),
    "other officers named by the opening": (
        lambda: story(opened=opened(officers=[ADA, CLEO])),
        "names other officers than signed",
    ),
    "key set by somebody else": (
        lambda: story(after={"third": key_set(BEN, NEW, KEYS[ADA])}),
        "Somebody else set this officer's key",
    ),
}


@pytest.mark.parametrize("name", WHOLE_ONLY)
def test_lie_about_people_is_found_in_an_auditors_file_alone(name: str) -> None:
    forge, reason = WHOLE_ONLY[name]

    whole, public = checked(forge(), public=False), checked(forge())

    assert reason in "\n".join(map(str, failures(whole)))
    assert whole.opening is Status.FAILED
    assert failures(public) == []


def test_statement_that_is_not_shown_leaves_the_opening_withheld() -> None:
    document = json.loads(story().file(public=True))
    del document["entries"][10]["disclosed"]["statement"]

    found = chains.check(canonical(document), [LOG_KEY.verifier])

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.WITHHELD)
    assert "entry 10: “statement” is not shown here" in "\n".join(said(found, Status.WITHHELD))


def test_command_says_of_the_opening_in_words_and_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log.json").write_bytes(story().file(public=True))
    (tmp_path / "keys").write_text(f"{LOG_KEY.verifier}\n")
    asked = [str(tmp_path / "log.json"), "--trust", str(tmp_path / "keys")]

    assert checking.main(asked) == 0
    words = capsys.readouterr().out
    assert checking.main([*asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)

    assert "Two officers opened the bids after closing" in words
    assert set(document) == {"verdict", "signer", "opening", "findings"}
    assert (document["verdict"], document["opening"]) == ("proven", "proven")


@pytest.mark.parametrize("public", [True, False])
def test_officer_named_after_closing_makes_the_opening_asserted(public: bool) -> None:
    found = checked(
        story(
            after={"closed": named("officer-dot", NEW)},
            ben_signed=confirmed("officer-dot", NEW),
            opened=opened(officers=[ADA, "officer-dot"]),
        ),
        public=public,
    )

    assert found.opening is Status.ASSERTED


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("after", ["first", "third withdrawn"])
def test_officer_named_after_publication_makes_the_opening_asserted(
    after: str, public: bool
) -> None:
    """A second account of one officer, named with its key long before closing."""
    found = checked(
        story(
            after={after: named("officer-dot", NEW)},
            ben_signed=confirmed("officer-dot", NEW),
            opened=opened(officers=[ADA, "officer-dot"]),
        ),
        public=public,
    )

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.ASSERTED)
    n = 5 if after == "first" else 9
    assert any(
        f"one who signed was named after publication, in entry {n}" in each
        for each in said(found, Status.ASSERTED)
    )


def test_new_key_of_an_officer_named_after_publication_is_no_better() -> None:
    found = checked(
        story(
            after={
                "first": named("officer-dot", None),
                "third": key_set("officer-dot", NEW),
            },
            cleo_named=named(CLEO, KEYS[CLEO]),
            ben_signed=confirmed("officer-dot", NEW),
            opened=opened(officers=[ADA, "officer-dot"]),
        )
    )

    assert found.opening is Status.ASSERTED


def test_second_publication_in_a_chain_makes_nobodys_naming_earlier() -> None:
    def again_published(log: Log) -> None:
        published(log)
        named("officer-dot", NEW)(log)

    found = checked(
        story(
            after={"third": again_published},
            ben_signed=confirmed("officer-dot", NEW),
            opened=opened(officers=[ADA, "officer-dot"]),
        )
    )

    assert found.opening is Status.ASSERTED


def test_officer_named_after_publication_who_did_not_sign_weakens_nothing() -> None:
    assert checked(story(after={"first": named("officer-dot", NEW)})).opening is Status.PROVEN
