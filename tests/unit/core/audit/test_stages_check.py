"""A chain of two stages: each is checked by itself, and each lie about the second is named."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bids import log_words as bid_words
from challenges import log_words as challenge_words
from marketplace.core.audit import chains, stages
from marketplace.core.audit.findings import Finding, Status
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.vault import statements
from tests.unit.core.audit.opened_chain import (
    ADA,
    BEN,
    CLEO,
    CLOSES,
    KEYS,
    LOG_KEY,
    NEXT_PLAN,
    PLAN,
    STORY,
    Log,
    Step,
    envelope,
    text,
    told,
)

LATER = CLOSES + timedelta(days=20)
KEY = "age1anotherspecimenkeythatnobodyholds"
ONE = [("B-9", 1, envelope("B-9", 1))]


def add(action: str, /, *, person: object = None, **fields: object) -> Step:
    """Record something about the second stage, or about the stage that is named."""
    return lambda log: log.add(action, person=person, **{"stage": 2, **fields})


def at(step: Step, instant: object) -> Step:
    def later(log: Log) -> None:
        log.at = instant  # type: ignore[assignment]  # given as an instant
        step(log)

    return later


def signed(person: str, **changes: object) -> Step:
    """Sign for the opening of the second stage; `changes` forge the statement."""
    said = {
        "stage": 2,
        "count": 1,
        "bids": statements.digest_of(ONE),
        "key": KEY,
        **changes,
    }

    def step(log: Log) -> None:
        signer = KEYS[person]
        note = signer.sign(statements.write(log.statement(**said)))
        add(
            bid_words.CONFIRMED,
            person=person,
            place=1,
            key=str(signer.verifier),
            statement=note,
        )(log)

    return step


def named(person: str) -> Step:
    return add(
        challenge_words.OPENER_NAMED,
        person=ADA,
        officer=f"Person {person}",
        officer_id=person,
        key=str(KEYS[person].verifier),
    )


def begun(**changes: object) -> Step:
    fields: dict[str, object] = {
        "plan": PLAN,
        "source": "sealed",
        "closes_at": text(LATER),
        "sealing_key": KEY,
    }
    return add(challenge_words.STAGE_OPENED, person=ADA, **fields | changes)


def submitted(bid: str = "B-9", **changes: object) -> Step:
    def step(log: Log) -> None:
        fields: dict[str, object] = {
            "bid": bid,
            "version": 1,
            "arrived": text(log.at),
            "closes_at": text(LATER),
            "envelope": envelope(bid, 1),
            "fields_root": "ab" * 32,
        }
        add(bid_words.SUBMITTED, person=f"supplier of {bid}", **fields | changes)(log)

    return step


OPENED = add(
    bid_words.OPENED,
    count=1,
    officers=[ADA, CLEO],
    bids={"B-9": envelope("B-9", 1)},
    differing=[],
    flaws={},
)
CLOSED = at(
    add(challenge_words.CLOSED, closes_at=text(LATER)),
    LATER + timedelta(minutes=1),
)
SECOND: Mapping[str, Step] = {
    "invited": add(bid_words.INVITED, person=ADA, count=1, bids={"B-1": "B-9"}),
    "begun": begun(),
    "ada named": named(ADA),
    "cleo named": named(CLEO),
    "submitted": submitted(),
    "closed": CLOSED,
    "ada signed": signed(ADA),
    "cleo signed": signed(CLEO),
    "opened": OPENED,
    "read": add(bid_words.READ, person=ADA, bid="B-9"),
}


def check(public: bool = False, /, **instead: Step | None) -> chains.Checked:
    """Check both stages, with steps of the second replaced, or left out where there is none."""
    changed = {name.replace("_", " "): step for name, step in instead.items()}
    assert changed.keys() <= SECOND.keys()
    steps = [*STORY.values(), *({**SECOND, **changed}).values()]
    log = told(step for step in steps if step is not None)
    return chains.check(log.file(public=public), [LOG_KEY.verifier])


def failures(found: chains.Checked) -> list[str]:
    return [str(each) for each in found.findings if each.status is Status.FAILED]


def about_first(found: chains.Checked) -> list[Finding]:
    """Give what was found of the first stage's opening and bids."""
    return [each for each in found.findings if each.where == "entry 12"]


@pytest.mark.parametrize("public", [True, False])
def test_both_openings_are_proven(public: bool) -> None:
    found = check(public)

    assert (failures(found), found.verdict, found.opening) == ([], Verdict.PROVEN, Status.PROVEN)
    by_two = [each for each in found.findings if "Two officers opened" in each.what]
    assert len(by_two) == 2
    assert [each.where for each in found.findings if "No bid was submitted" in each.what] == [
        "entries",
        "entries, stage 2",
    ]


def one_after_another(*steps: Step) -> Step:
    def step(log: Log) -> None:
        for each in steps:
            each(log)

    return step


INVITED = SECOND["invited"]


def sifted_again(log: Log) -> None:
    """Record that who goes on from the first stage is decided again: an entry of that stage."""
    log.add(stages.TAKEN_BACK, person=ADA, count=1, point="scoring")


def test_invitations_can_be_made_anew_after_their_list_was_taken_back() -> None:
    found = check(invited=one_after_another(INVITED, sifted_again, INVITED))

    assert (failures(found), found.verdict) == ([], Verdict.PROVEN)


LIES: Mapping[str, tuple[dict[str, Step | None], str]] = {
    "opened before its closing": ({"closed": None}, "before a closing was recorded"),
    "closed a minute early": (
        {"closed": at(add(challenge_words.CLOSED, closes_at=text(LATER)), LATER)},
        "before the minute after it was over",
    ),
    "a bid after its closing": ({"ada_signed": submitted("B-9")}, "after the closing in entry"),
    "a bid that came late": (
        {"submitted": at(submitted(arrived=text(LATER)), LATER)},
        "not in time by its own instants",
    ),
    "signed for the first stage": ({"cleo_signed": signed(CLEO, stage=1)}, "differ in “stage”"),
    "signed for another key": ({"cleo_signed": signed(CLEO, key="age1other")}, "differ in “key”"),
    "an officer of the first stage alone": ({"cleo_signed": signed(BEN)}, "named for no officer"),
    "begun by another plan": ({"begun": begun(plan=NEXT_PLAN)}, "by another plan"),
    "never begun": ({"begun": None}, "had not been opened"),
    "begun twice": ({"read": begun()}, "was opened before"),
    "nobody invited": ({"invited": None}, "Nobody had been invited"),
    "invited twice": ({"invited": one_after_another(INVITED, INVITED)}, "or more than once"),
    "begun by a list that was taken back": (
        {"invited": one_after_another(INVITED, sifted_again)},
        "Nobody had been invited",
    ),
    "a bid of somebody else": ({"submitted": submitted("B-7")}, "to which it was not invited"),
    "two bids of one invited": ({"read": submitted("B-8")}, "More bids were submitted"),
    "read before its opening": (
        {"ada_signed": add(bid_words.READ, person=ADA, bid="B-9")},
        "was read before",
    ),
    "a bid where suppliers are heard": (
        {"begun": begun(source="heard", closes_at=None, sealing_key=None)},
        "where suppliers are only heard",
    ),
    "a stage that is none": (
        {"read": add(bid_words.READ, person=ADA, bid="B-9", stage=1)},
        "“stage” is missing or is not what",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_lie_about_the_second_stage_is_named_and_the_first_stands(lie: str) -> None:
    instead, words = LIES[lie]

    found = check(**instead)

    assert found.verdict is Verdict.FAILED
    assert any(words in each for each in failures(found)), failures(found)
    if lie != "a stage that is none":
        assert about_first(found) == about_first(check())
        assert len(about_first(found)) >= 2


def test_stage_of_a_publication_alone_is_refused() -> None:
    log = told([*STORY.values(), lambda log: log.add(challenge_words.STAGE_OPENED, plan=PLAN)])

    found = chains.check(log.file(public=False), [LOG_KEY.verifier])

    assert any("does not say which" in each for each in failures(found))


def test_suppliers_who_are_heard_are_read_from_the_beginning_of_their_stage() -> None:
    only = ("invited", "begun", "read")
    instead = {name.replace(" ", "_"): None for name in SECOND if name not in only}

    found = check(**instead, begun=begun(source="heard", closes_at=None, sealing_key=None))

    assert (failures(found), found.opening) == ([], Status.PROVEN)
