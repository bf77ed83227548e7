"""The `receipt/1` format: whatever is changed in a receipt is found, and no more is claimed."""

import email
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.audit import entries, receipt_check, receipts, signing, tree
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Newer, Verdict
from marketplace.core.audit.receipts import DamagedReceipt, Disclosed, Receipt
from marketplace.core.audit.signing import Signer

ORIGIN = "market.example/log"
KEY = Signer(ORIGIN, b"\x07" * 32)
OTHER = Signer("elsewhere.example/log", b"\x08" * 32)
ARRIVED = datetime(2026, 12, 1, 9, 30, 0, 123456, tzinfo=UTC)
CLOSES = ARRIVED + timedelta(days=14)
BEFORE = [tree.leaf_hash(f"entry {number}".encode()) for number in range(6)]
AFTER = [tree.leaf_hash(f"entry {number}".encode()) for number in range(7, 20)]


def frontier(leaves: list[bytes]) -> list[bytes]:
    found: list[bytes] = []
    for size, leaf in enumerate(leaves):
        found, _complete = tree.grow(found, size, leaf)
    return found


def a_receipt(
    *,
    arrived: datetime = ARRIVED,
    recorded: datetime = ARRIVED + timedelta(seconds=1),
    closes_at: datetime = CLOSES,
    action: str = "bid.submitted",
) -> Receipt:
    values: dict[str, object] = {
        "actor": "Séan Supplier 水",
        "actor_id": "0193f000-0000-7000-8000-0000000000b1",
        "arrived": entries.write_instant(arrived),
        "bid": "B-7K2M9QXA",
        "closes_at": entries.write_instant(closes_at),
        "envelope": "ab" * 32,
        "fields_root": "cd" * 32,
        "version": 2,
    }
    disclosed = {
        name: Disclosed(bytes([number]) * 32, value)
        for number, (name, value) in enumerate(sorted(values.items()))
    }
    body = entries.write(
        entries.Entry(
            n=len(BEFORE),
            at=recorded,
            action=action,
            chain="CH-1001",
            cn=4,
            prev=BEFORE[2],
            fields={
                name: entries.field_digest(field.salt, entries.value_bytes(field.value))
                for name, field in disclosed.items()
            },
        )
    )
    leaves = [*BEFORE, tree.leaf_hash(body)]
    proof = tuple(frontier(BEFORE)[::-1])
    return receipts.compose(ORIGIN, body, disclosed, proof, tree.root_of(frontier(leaves)))


RECEIPT = a_receipt()
NOTE = KEY.sign(receipts.write(RECEIPT))


def verdict(note: str, *keys: Signer, newer: Newer | None = None) -> Verdict:
    return receipt_check.check(note, [key.verifier for key in keys], newer).verdict


def resigned(receipt: Receipt) -> str:
    return KEY.sign(receipts.write(receipt))


def test_receipt_written_and_read_is_the_same() -> None:
    assert receipts.read(receipts.write(RECEIPT)) == RECEIPT


def test_receipt_with_a_trusted_key_is_proven_and_its_instants_are_only_asserted() -> None:
    checked = receipt_check.check(NOTE, [KEY.verifier])

    assert checked.verdict is Verdict.PROVEN
    assert checked.signer == KEY.verifier
    assert {found.where: found.status for found in checked.findings} == {
        "signature": Status.PROVEN,
        "entry 6": Status.PROVEN,
        "place 6": Status.PROVEN,
        "time": Status.ASSERTED,
        "envelope": Status.WITHHELD,
        "checkpoint": Status.ASSERTED,
    }


@pytest.mark.parametrize("keys", [(), (OTHER,), (Signer(ORIGIN, b"\x09" * 32),)])
def test_receipt_without_its_key_is_consistent_and_proves_nothing(keys: tuple[Signer, ...]) -> None:
    checked = receipt_check.check(NOTE, [key.verifier for key in keys])

    assert checked.verdict is Verdict.SIGNER_UNKNOWN
    assert Status.PROVEN not in {found.status for found in checked.findings}


def test_receipt_signed_in_another_name_than_its_logs_fails() -> None:
    assert verdict(OTHER.sign(receipts.write(RECEIPT)), OTHER) is Verdict.FAILED


@given(st.data())
def test_any_changed_character_of_a_receipt_is_found(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(NOTE) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != NOTE[place]))
    changed = NOTE[:place] + other + NOTE[place + 1 :]

    found = receipt_check.check(changed, [KEY.verifier])

    # Of the signature's line the name and the key's id may become those of a key not known here.
    assert found.verdict is not Verdict.PROVEN
    if place < NOTE.rindex("— "):
        assert found.verdict is Verdict.FAILED


def test_spare_bits_at_the_end_of_a_signature_are_found() -> None:
    last = NOTE[-3]
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spare = digits[digits.index(last) ^ 1]

    assert NOTE.endswith("=\n")
    assert verdict(f"{NOTE[:-3]}{spare}=\n", KEY) is Verdict.FAILED


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 40))
def test_any_part_left_out_of_a_receipt_is_found(start: int, length: int) -> None:
    assert verdict(NOTE[:start] + NOTE[start + length :], KEY) is not Verdict.PROVEN


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        (replace(RECEIPT, challenge="CH-1002"), "entry 6"),
        (replace(RECEIPT, bid="B-7K2M9QXB"), "entry 6"),
        (replace(RECEIPT, version=3), "entry 6"),
        (replace(RECEIPT, arrived=ARRIVED - timedelta(seconds=1)), "entry 6"),
        (replace(RECEIPT, recorded=ARRIVED), "entry 6"),
        (replace(RECEIPT, closes_at=CLOSES + timedelta(days=1)), "entry 6"),
        (replace(RECEIPT, envelope=b"\0" * 32), "entry 6"),
        (replace(RECEIPT, fields_root=b"\0" * 32), "entry 6"),
        (replace(RECEIPT, place=5, size=6), "entry 5"),
        (replace(RECEIPT, size=8), "entry 6"),
        (replace(RECEIPT, root=b"\0" * 32), "place 6"),
        (replace(RECEIPT, proof=RECEIPT.proof[:-1]), "place 6"),
        (replace(RECEIPT, proof=(*RECEIPT.proof, b"\0" * 32)), "place 6"),
        (replace(RECEIPT, proof=RECEIPT.proof[::-1]), "place 6"),
        (replace(RECEIPT, entry=RECEIPT.entry.replace(b'"cn":4', b'"cn":5')), "place 6"),
        (replace(RECEIPT, entry=b"{}"), "entry 6"),
        (
            replace(
                RECEIPT,
                disclosed={**RECEIPT.disclosed, "actor": Disclosed(b"\0" * 32, "Somebody Else")},
            ),
            "field actor",
        ),
        (
            replace(
                RECEIPT, disclosed={k: v for k, v in RECEIPT.disclosed.items() if k != "actor"}
            ),
            "field actor",
        ),
        (
            replace(RECEIPT, disclosed={**RECEIPT.disclosed, "more": Disclosed(b"\0" * 32, 1)}),
            "field more",
        ),
    ],
)
def test_receipt_that_contradicts_itself_fails_at_its_place_though_signed(
    changed: Receipt, where: str
) -> None:
    checked = receipt_check.check(resigned(changed), [KEY.verifier])

    assert checked.verdict is Verdict.FAILED
    assert where in {found.where for found in checked.findings if found.status is Status.FAILED}


def test_receipt_of_another_action_fails() -> None:
    assert verdict(resigned(a_receipt(action="bid.withdrawn")), KEY) is Verdict.FAILED


@pytest.mark.parametrize(
    ("arrived", "recorded", "in_time"),
    [
        (timedelta(microseconds=-1), timedelta(seconds=59, microseconds=999_999), True),
        (timedelta(microseconds=-1), timedelta(seconds=60), False),
        (timedelta(0), timedelta(0), False),
        (timedelta(seconds=1), timedelta(seconds=2), False),
    ],
)
def test_receipt_is_in_time_by_both_of_its_instants(
    arrived: timedelta, recorded: timedelta, in_time: bool
) -> None:
    receipt = a_receipt(arrived=CLOSES + arrived, recorded=CLOSES + recorded)

    checked = receipt_check.check(resigned(receipt), [KEY.verifier])

    time = next(found for found in checked.findings if found.where == "time")
    assert time.status is (Status.ASSERTED if in_time else Status.FAILED)
    assert checked.verdict is (Verdict.PROVEN if in_time else Verdict.FAILED)


def a_checkpoint(leaves: list[bytes], key: Signer = KEY) -> str:
    import base64

    root = base64.b64encode(tree.root_of(frontier(leaves))).decode()
    return key.sign(f"{key.name}\n{len(leaves)}\n{root}\n")


def proof_between(old: int, leaves: list[bytes]) -> list[bytes]:
    def read(nodes: object) -> dict[tuple[int, int], bytes]:
        def at(level: int, index: int) -> bytes:
            if level == 0:
                return leaves[index]
            return tree.node_hash(at(level - 1, 2 * index), at(level - 1, 2 * index + 1))

        return {node: at(*node) for node in nodes}  # type: ignore[attr-defined]  # nodes of a tree

    return tree.consistency(old, len(leaves), read)


LATER = [*BEFORE, tree.leaf_hash(RECEIPT.entry), *AFTER]


def test_receipt_with_a_newer_checkpoint_and_its_proof_is_proven_to_be_in_that_log() -> None:
    newer = Newer(a_checkpoint(LATER), proof_between(7, LATER))

    checked = receipt_check.check(NOTE, [KEY.verifier], newer)

    assert checked.verdict is Verdict.PROVEN
    assert (checked.findings[-1].where, checked.findings[-1].status) == (
        "checkpoint 20",
        Status.PROVEN,
    )


def test_receipt_with_the_checkpoint_of_its_own_size_needs_no_proof() -> None:
    checked = receipt_check.check(NOTE, [KEY.verifier], Newer(a_checkpoint(LATER[:7])))

    assert checked.findings[-1].status is Status.PROVEN


@pytest.mark.parametrize(
    "log",
    [
        [*BEFORE, *AFTER],  # the bid's entry was taken out
        [*BEFORE[:3], *LATER[4:]],  # one before it was
        [*BEFORE, tree.leaf_hash(b"another"), *AFTER],  # it was replaced
        [BEFORE[1], BEFORE[0], *LATER[2:]],  # two changed places
    ],
)
def test_receipt_finds_a_history_that_was_rebuilt(log: list[bytes]) -> None:
    newer = Newer(a_checkpoint(log), proof_between(7, log))

    assert verdict(NOTE, KEY, newer=newer) is Verdict.FAILED


def test_receipt_finds_a_rebuilt_log_of_its_own_size() -> None:
    rebuilt = [*BEFORE, tree.leaf_hash(b"another")]

    assert verdict(NOTE, KEY, newer=Newer(a_checkpoint(rebuilt))) is Verdict.FAILED


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        (Newer(a_checkpoint(LATER)), Verdict.PROVEN),  # newer, and no proof
        (Newer(a_checkpoint(BEFORE)), Verdict.PROVEN),  # older
        (Newer(a_checkpoint(LATER, OTHER)), Verdict.FAILED),  # another log's
        (Newer("no checkpoint\n"), Verdict.FAILED),
        (
            Newer(
                a_checkpoint(LATER, Signer(ORIGIN, b"\x09" * 32)), tuple(proof_between(7, LATER))
            ),
            Verdict.SIGNER_UNKNOWN,
        ),
    ],
)
def test_receipt_with_a_checkpoint_that_shows_nothing_claims_nothing_from_it(
    newer: Newer, expected: Verdict
) -> None:
    checked = receipt_check.check(NOTE, [KEY.verifier], newer)

    assert checked.verdict is expected
    assert checked.findings[-1].status is not Status.PROVEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "receipt/1\n",
        f"receipt/2\n{ORIGIN}\n{{}}\n",
        f"receipt/1\n{ORIGIN}\n{{}}\n",
        f"receipt/1\n{ORIGIN}\n[]\n",
        f"receipt/1\n{ORIGIN}\nnull\n",
        f"receipt/1\n{ORIGIN}\n" + "[" * 100_000 + "\n",
        f"receipt/1\n{ORIGIN}\n" + "9" * 10_000 + "\n",
        receipts.write(RECEIPT) + "\n",
        receipts.write(RECEIPT).replace('"version":2}', '"version":2.0}'),
        receipts.write(RECEIPT).replace('"version":2}', '"version":true}'),
        receipts.write(RECEIPT).replace('"version":2}', '"version":NaN}'),
        receipts.write(RECEIPT).replace('"place":6', '"place":-6'),
        receipts.write(RECEIPT).replace('"place":6', '"place":6,"place":6'),
        receipts.write(RECEIPT).replace('"place":6', '"place": 6'),
        receipts.write(RECEIPT).replace('"envelope":"ab', '"envelope":"AB'),
        receipts.write(RECEIPT).replace("2026-12-01T09:30:00.123456Z", "2026-12-01T09:30:00Z"),
        receipts.write(RECEIPT).replace("Séan", "S\\u00e9an"),
        receipts.write(RECEIPT).replace("Séan", "\\ud800"),
    ],
)
def test_text_that_is_no_receipt_in_its_one_form_is_refused(text: str) -> None:
    assert text != receipts.write(RECEIPT)
    with pytest.raises(DamagedReceipt):
        receipts.read(text)


@given(st.text(max_size=300))
def test_no_text_breaks_the_checker(text: str) -> None:
    for note in (text, f"receipt/1\n{text}", KEY.sign(f"receipt/1\n{ORIGIN}\n{text}\n")):
        assert verdict(note, KEY) is Verdict.FAILED


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ),
    st.sampled_from(sorted(json.loads(receipts.write(RECEIPT).split("\n")[2]))),
)
def test_no_value_in_a_receipts_place_breaks_the_checker(value: object, key: str) -> None:
    facts = json.loads(receipts.write(RECEIPT).split("\n")[2])
    line = json.dumps({**facts, key: value}, ensure_ascii=True)

    assert verdict(KEY.sign(f"receipt/1\n{ORIGIN}\n{line}\n"), KEY) is Verdict.FAILED


def test_armoured_receipt_survives_a_mail_program() -> None:
    message = EmailMessage(policy=SMTP)
    message["To"] = "sam@specimen.example"
    message["Subject"] = "Your bid is in"
    message.set_content(f"We have your bid.\n\n{receipts.armour(NOTE)}")

    received = email.message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(received, EmailMessage)

    assert receipts.find_note(received.get_content()) == NOTE


@pytest.mark.parametrize(
    "passed_on",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "".join(f"> > {line}\n" for line in text.split("\n")),
        lambda text: "".join(f"  | {line} \n" for line in text.split("\n")),
        lambda text: text.replace("\n", " \n\n"),
        lambda text: "".join(f"{line[:40]}\n{line[40:]}\n" for line in text.split("\n")[1:-2]).join(
            (f"Hello\n{receipts.BEGIN}\n", f"{receipts.END}\nGoodbye")
        ),
    ],
)
def test_armoured_receipt_is_found_in_an_answered_quoted_or_broken_message(
    passed_on: "object",
) -> None:
    assert callable(passed_on)
    assert receipts.find_note(passed_on(receipts.armour(NOTE))) == NOTE


@pytest.mark.parametrize("text", [NOTE, NOTE.replace("\n", "\r\n"), f"\ufeff{NOTE}\n\n", NOTE[:-1]])
def test_receipt_file_is_found_whatever_an_editor_did_to_its_ends(text: str) -> None:
    assert receipts.find_note(text) == NOTE


def test_armoured_receipt_that_was_cut_is_refused() -> None:
    armoured = receipts.armour(NOTE)
    with pytest.raises(DamagedReceipt):
        receipts.find_note(armoured.replace(armoured.split("\n")[3][:7], ""))


def test_armoured_lines_are_short_enough_for_any_mail_program() -> None:
    assert max(len(line) for line in receipts.armour(NOTE).split("\n")) <= 64


def test_fields_root_does_not_depend_on_the_order_in_which_fields_are_given() -> None:
    fields = {"b": b"\1" * 32, "a": b"\2" * 32, "😀": b"\3" * 32, "ｚ": b"\4" * 32}

    assert receipts.fields_root(fields) == receipts.fields_root(dict(reversed(fields.items())))


def test_signature_of_the_same_receipt_is_the_same_note() -> None:
    assert KEY.sign(receipts.write(RECEIPT)) == NOTE
    assert signing.open_note(NOTE, [KEY.verifier]).text == receipts.write(RECEIPT)
