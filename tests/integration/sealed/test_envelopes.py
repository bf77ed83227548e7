"""Envelopes that somebody tampered with: each is flagged for what it is, and the others open."""

import errno
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import documents, envelopes, opened, service
from bids.attachments.opening import TakenOut
from bids.lifecycle import BidState
from bids.models import Bid, Flaw, OpenedSubmission, Submission
from bids.service.opening import PATIENCE
from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from marketplace.core.files.store import FileStore
from marketplace.core.vault import envelopes as vault
from tests.integration.sealed.conftest import Market, a_market, damage


@dataclass
class Sealed:
    """Three bids in their envelopes: the one attacked is bid 0, and the others stay as they are."""

    market: Market
    store: FileStore
    bids: list[str]

    def submission(self, number: int, version: int = 1) -> Submission:
        """Read one version of a bid."""
        return self.market.session.scalars(
            select(Submission)
            .join(Submission.bid)
            .where(Bid.reference == self.bids[number], Submission.version == version)
        ).one()

    def file(self, number: int, version: int = 1) -> Path:
        """Give where an envelope lies."""
        return self.store.path(self.submission(number, version).sha256)

    def recipients(self) -> list[str]:
        """Name the keys that a bid is sealed to: anybody may, for they are public."""
        key = self.market.challenge.stage.sealing_key
        assert key is not None
        return [key.recipient]

    def own(self, number: int) -> documents.BidDocument:
        """Read a bid from its supplier's own copy."""
        bid = self.submission(number).bid
        return envelopes.own_document(self.market.session, bid, self.submission(number))


@pytest.fixture
def sealed(app: Flask, market: Market, clock: FixedClock) -> Sealed:
    """Have three suppliers submit, the first of them twice."""
    bids = [market.submitted(number, clock, f"Supplier {number} asks") for number in range(3)]
    actor = market.actor(0)
    service.change_bid(bids[0], actor=actor, clock=clock)
    service.save_answer(bids[0], "team", "A second thought", actor=actor, clock=clock)
    service.submit_bid(bids[0], actor=actor, arrived=clock.now(), clock=clock)
    return Sealed(market, app.extensions["files"], bids)


def flip_first_byte(sealed: Sealed) -> None:
    change(sealed.file(0, 2), lambda content: bytes([content[0] ^ 1]) + content[1:])


def flip_middle_byte(sealed: Sealed) -> None:
    change(sealed.file(0, 2), flipped(lambda size: size // 2))


def flip_last_byte(sealed: Sealed) -> None:
    change(sealed.file(0, 2), flipped(lambda size: size - 1))


def cut_short(sealed: Sealed) -> None:
    change(sealed.file(0, 2), lambda content: content[: len(content) // 2])


def empty(sealed: Sealed) -> None:
    change(sealed.file(0, 2), lambda _content: b"")


def lengthen(sealed: Sealed) -> None:
    change(sealed.file(0, 2), lambda content: content + b"\n")


def another_bid(sealed: Sealed) -> None:
    change(sealed.file(0, 2), lambda _content: sealed.file(1).read_bytes())


def another_version(sealed: Sealed) -> None:
    change(sealed.file(0, 2), lambda _content: sealed.file(0, 1).read_bytes())


def forged_by_an_outsider(sealed: Sealed) -> None:
    """Seal a document with another text to the right keys, as anybody may who reads the plan."""
    document = sealed.own(0)
    answers = {**document.content.answers, "team": "We withdraw everything."}
    forged = replace(document, version=2, content=replace(document.content, answers=answers))
    reseal(sealed, documents.write(documents.salted(forged)))


def same_document_sealed_again(sealed: Sealed) -> None:
    """Seal the very same document again: what it says is right, the envelope is not the logged."""
    opened_own = envelopes.own_document(
        sealed.market.session, sealed.submission(0).bid, sealed.submission(0, 2)
    )
    reseal(sealed, documents.write(opened_own))


def deleted(sealed: Sealed) -> None:
    sealed.file(0, 2).unlink()


def folder_gone(sealed: Sealed) -> None:
    """Take the folder away, with whatever lies in it: no other bid's, or the test tries again."""
    folder = sealed.file(0, 2).parent
    folder.rename(folder.with_name("gone"))


def folder_is_a_file(sealed: Sealed) -> None:
    folder_gone(sealed)
    sealed.file(0, 2).parent.write_bytes(b"")


def file_is_a_folder(sealed: Sealed) -> None:
    path = sealed.file(0, 2)
    path.unlink()
    path.mkdir()


ATTACKS: list[tuple[Callable[[Sealed], None], Flaw]] = [
    (flip_first_byte, Flaw.DIFFERS),
    (flip_middle_byte, Flaw.DIFFERS),
    (flip_last_byte, Flaw.DIFFERS),
    (cut_short, Flaw.DIFFERS),
    (empty, Flaw.DIFFERS),
    (lengthen, Flaw.DIFFERS),
    (another_bid, Flaw.DIFFERS),
    (another_version, Flaw.DIFFERS),
    (forged_by_an_outsider, Flaw.DIFFERS),
    (same_document_sealed_again, Flaw.DIFFERS),
    (deleted, Flaw.MISSING),
    (folder_gone, Flaw.MISSING),
    (folder_is_a_file, Flaw.MISSING),
    (file_is_a_folder, Flaw.MISSING),
]


@pytest.mark.parametrize(
    ("attack", "flaw"), ATTACKS, ids=lambda each: getattr(each, "__name__", "")
)
def test_opening_of_a_tampered_envelope_flags_it_and_opens_the_others(
    sealed: Sealed, clock: FixedClock, attack: Callable[[Sealed], None], flaw: Flaw
) -> None:
    attack(sealed)
    attacked = sealed.bids[0]
    # Bids whose envelopes happen to lie in the same folder go where it went.
    hit = [bid for n, bid in enumerate(sealed.bids) if n and not readable(sealed.file(n))]

    sealed.market.open(clock)

    assert sealed.market.flaws() == dict.fromkeys([attacked, *hit], flaw)
    (entry,) = sealed.market.entries("bids.opened")
    assert entry.fields["count"] == 3
    assert set(entry.fields["bids"]) == set(sealed.bids)
    assert entry.fields["flaws"] == dict.fromkeys([attacked, *hit], flaw.value)
    assert entry.fields["differing"] == sorted([attacked, *hit])
    logged = sealed.submission(0, 2).sha256
    if flaw is Flaw.MISSING:
        assert entry.fields["bids"][attacked] is None
    else:
        assert entry.fields["bids"][attacked] not in (None, logged)
    read = opened.opened_bids(sealed.market.session, sealed.market.challenge.stage.id)
    assert {bid.reference: bid.flaw for bid in read} == {
        bid: flaw if bid in (attacked, *hit) else None for bid in sealed.bids
    }
    assert {bid.state for bid in read} == {BidState.VALID}
    for bid in read:
        if bid.reference not in (attacked, *hit):
            number = sealed.bids.index(bid.reference)
            assert bid.answers["solves"] == f"Supplier {number} asks (solves)"
    assert damage() == []


def test_envelopes_swapped_between_two_challenges_are_flagged_in_both(
    app: Flask, market: Market, session: Session, clock: FixedClock
) -> None:
    other = a_market(session, 2, body=market.body, officers=market.officers)
    store: FileStore = app.extensions["files"]
    markets = (market, other)
    bids = [[each.submitted(n, clock) for n in range(2)] for each in markets]
    files = [
        store.path(digest)
        for pair in bids
        for digest in session.scalars(
            select(Submission.sha256).join(Submission.bid).where(Bid.reference == pair[0])
        )
    ]
    held = [path.read_bytes() for path in files]
    for path, content in zip(files, reversed(held), strict=True):
        path.write_bytes(content)

    for each in markets:
        each.open(clock)

    for each, (swapped, _honest) in zip(markets, bids, strict=True):
        assert each.flaws() == {swapped: Flaw.DIFFERS}
        assert each.found()[swapped].document is None
        (entry,) = each.entries("bids.opened")
        assert entry.fields["flaws"] == {swapped: "differs"}
    assert damage() == []


@pytest.mark.parametrize(
    ("what", "flaw"),
    [
        ("another bid", Flaw.ANOTHER),
        ("another version", Flaw.ANOTHER),
        ("another challenge", Flaw.ANOTHER),
        ("another supplier", Flaw.ANOTHER),
        ("another plan", Flaw.FIELDS),
        ("another text", Flaw.FIELDS),
        ("another salt", Flaw.FIELDS),
        ("no bid", Flaw.UNREADABLE),
        ("another key", Flaw.UNREADABLE),
        ("no envelope", Flaw.UNREADABLE),
    ],
)
def test_envelope_that_the_log_names_and_that_holds_something_else_is_flagged(
    app: Flask,
    market: Market,
    session: Session,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    flaw: Flaw,
) -> None:
    """A service that was made to seal something else than it said: the fields' root tells."""
    honest = market.submitted(1, clock)
    seal = envelopes.seal

    def dishonest(document: bytes, recipients: list[str], _files: object = ()) -> str:
        held = documents.read(document)
        content = replace(held.content, ai_statement="A machine wrote it.")
        stranger = vault.new_identity()[1]
        match what:
            case "another bid":
                return seal(documents.write(replace(held, bid=honest)), recipients)
            case "another version":
                return seal(documents.write(replace(held, version=7)), recipients)
            case "another challenge":
                return seal(documents.write(replace(held, challenge="CH-1")), recipients)
            case "another supplier":
                return seal(documents.write(replace(held, supplier_id=honest)), recipients)
            case "another plan":
                return seal(documents.write(replace(held, plan_sha256="00" * 32)), recipients)
            case "another text":
                return seal(documents.write(replace(held, content=content)), recipients)
            case "another salt":
                return seal(documents.write(documents.salted(held)), recipients)
            case "no bid":
                return seal(b"{}", recipients)
            case "another key":
                return seal(document, [stranger])
            case _:
                store: FileStore = app.extensions["files"]
                return store.write(b"no envelope " + held.bid.encode())

    monkeypatch.setattr(envelopes, "seal", dishonest)
    attacked = market.submitted(0, clock)
    monkeypatch.setattr(envelopes, "seal", seal)

    market.open(clock)

    assert market.flaws() == {attacked: flaw}
    (entry,) = market.entries("bids.opened")
    assert entry.fields["flaws"] == {attacked: flaw.value}
    assert set(entry.fields["bids"]) == {attacked, honest}
    assert damage() == []


@pytest.mark.parametrize("mended", [False, True])
def test_envelope_that_cannot_be_read_to_its_end_is_waited_for_and_then_flagged(
    sealed: Sealed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, mended: bool
) -> None:
    """A disk with a bad place in it must not keep all bids shut, nor cost one after a hiccup."""

    class BadPlace(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    bad, opens = sealed.submission(0, 2).sha256, FileStore.open
    monkeypatch.setattr(
        FileStore,
        "open",
        lambda store, sha256: BadPlace() if sha256 == bad else opens(store, sha256),
    )

    sealed.market.open(clock)

    assert set(sealed.market.found()) == set(sealed.bids[1:])
    assert sealed.market.entries("bids.opened") == []
    if mended:
        monkeypatch.undo()
        clock.instant += jobs.RETRY_AFTER[0]
    else:
        clock.instant += PATIENCE
    jobs.run_due(clock)
    assert sealed.market.flaws() == ({} if mended else {sealed.bids[0]: Flaw.UNREADABLE})
    assert len(sealed.market.entries("bids.opened")) == 1
    assert damage() == []


def test_whole_file_store_away_opens_nothing_and_is_tried_again(
    app: Flask, sealed: Sealed, clock: FixedClock
) -> None:
    """A disk that is not mounted is no reason to record that every bid is missing."""
    folder = sealed.store.folder
    away = folder.with_name("away")
    folder.rename(away)

    sealed.market.open(clock)

    assert sealed.market.found() == {}
    assert sealed.market.entries("bids.opened") == []
    away.rename(folder)
    clock.instant += jobs.RETRY_AFTER[0]
    jobs.run_due(clock)
    assert sealed.market.flaws() == {}
    assert len(sealed.market.entries("bids.opened")) == 1


def test_error_while_an_opened_bid_is_stored_tells_the_log_nothing_of_the_bid(
    sealed: Sealed,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The database's own messages would quote what was to be stored."""
    from bids.service import opening

    def twice(*arguments: Any) -> Iterator[tuple[OpenedSubmission, Sequence[TakenOut]]]:
        for row, files in read(*arguments):
            yield row, files
            yield OpenedSubmission(**{name: getattr(row, name) for name in KEPT}), files

    read = opening._read_some
    monkeypatch.setattr(opening, "_read_some", twice)
    sealed.market.open(clock)

    assert sealed.market.found() == {}
    session = sealed.market.session
    job = session.scalars(select(jobs.Job).where(jobs.Job.kind == "bids.open")).one()
    assert job.error
    for told in (job.error, caplog.text):
        assert "opened_submission" in told
        assert "asks" not in told
        assert sealed.submission(1).sha256 not in told  # nor any other value


KEPT = ("submission_id", "closed_n", "opened_at", "found_sha256", "document", "flaw")


def readable(path: Path) -> bool:
    """Tell whether an envelope lies in its place."""
    return path.is_file()


def change(path: Path, how: Callable[[bytes], bytes]) -> None:
    """Put other bytes in the place of an envelope's."""
    path.write_bytes(how(path.read_bytes()))


def flipped(place: Callable[[int], int]) -> Callable[[bytes], bytes]:
    """Flip one bit at a place that the size tells."""

    def how(content: bytes) -> bytes:
        at = place(len(content))
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    return how


def reseal(sealed: Sealed, document: bytes) -> None:
    """Put an envelope of one's own in the place of bid 0's."""
    target = io.BytesIO()
    vault.seal(document, [], sealed.recipients(), target)
    sealed.file(0, 2).write_bytes(target.getvalue())
