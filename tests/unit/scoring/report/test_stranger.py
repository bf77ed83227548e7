"""A stranger's checker, written from the specification alone, finds the sample report proven.

Nothing of the product is imported but what makes forgeries: hashes, JSON, base64, Ed25519 and a
reader of PDF attachments are all that `docs/verification.md` asks for.
"""

import base64
import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GOLDEN = Path(__file__).parents[3] / "golden"


FULL, PUBLIC = "award-report.pdf", "award-report-public.pdf"


def attached(name: str) -> dict[str, bytes]:
    reader = pypdf.PdfReader(GOLDEN / name)
    return {name: found[0] for name, found in reader.attachments.items()}


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return attached(FULL)


@pytest.fixture(scope="module")
def entries(files: dict[str, bytes]) -> list[tuple[bytes, Any, dict[str, Any]]]:
    """Read each entry's bytes, what they say, and the values that are disclosed."""
    found = []
    for line in files["events.jsonl"].splitlines():
        both = json.loads(line)
        shown = {name: each["value"] for name, each in both["disclosed"].items()}
        found.append((both["entry"].encode(), json.loads(both["entry"]), shown))
    return found


def canonical(value: object) -> bytes:
    """RFC 8785, for values without fractions and keys within the Basic Multilingual Plane."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def leaf(entry: bytes) -> bytes:
    return sha(b"\x00" + entry)


def root_by(leaf_hash: bytes, place: int, size: int, proof: list[str]) -> bytes:
    """RFC 9162, section 2.1.3.2."""
    index, last, found = place, size - 1, leaf_hash
    for step in map(bytes.fromhex, proof):
        if index & 1 or index == last:
            found = sha(b"\x01" + step + found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = sha(b"\x01" + found + step)
        index, last = index >> 1, last >> 1
    assert last == 0
    return found


def signed(note: str) -> list[str]:
    """Give the lines of a note that the log's known key signed."""
    text, _empty, signatures = note.rpartition("\n\n")
    name, identity, coded = (GOLDEN / "award-report-keys.txt").read_text().strip().split("+", 2)
    key = base64.b64decode(coded)
    assert sha(name.encode() + b"\n" + key)[:4].hex() == identity
    _dash, by, signature = signatures.strip().split(" ")
    assert by == name
    raw = base64.b64decode(signature)
    assert raw[:4].hex() == identity
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], (text + "\n").encode())
    return text.split("\n")


def test_files_are_those_of_the_manifest(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    assert manifest["v"] == "report-manifest/1"
    assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
        name: sha(content).hex() for name, content in files.items() if name != "manifest.json"
    }


def test_chain_is_whole_and_in_the_log_that_the_known_key_signed(
    files: dict[str, bytes], entries: list[tuple[bytes, Any, dict[str, Any]]]
) -> None:
    proofs = json.loads(files["proofs.json"])
    _origin, size, root = signed(proofs["checkpoint"])
    previous = None
    for number, ((body, entry, _shown), proof) in enumerate(
        zip(entries, proofs["inclusion"], strict=True), 1
    ):
        assert entry["cn"] == number
        assert entry["prev"] == previous
        assert root_by(leaf(body), entry["n"], int(size), proof) == base64.b64decode(root)
        previous = leaf(body).hex()
    for line, (_body, entry, _shown) in zip(
        files["events.jsonl"].splitlines(), entries, strict=True
    ):
        for name, each in json.loads(line)["disclosed"].items():
            digest = sha(bytes.fromhex(each["salt"]) + canonical(each["value"]))
            assert digest.hex() == entry["fields"][name]


def test_bidders_receipt_is_for_an_entry_of_this_log(
    entries: list[tuple[bytes, Any, dict[str, Any]]],
) -> None:
    lines = signed((GOLDEN / "award-report-receipt.txt").read_text())
    receipt = json.loads(lines[2])
    here = {entry["n"]: body for body, entry, _shown in entries}
    assert here[receipt["place"]].decode() == receipt["entry"]


def test_report_was_frozen_as_it_is_by_the_last_entry(
    files: dict[str, bytes], entries: list[tuple[bytes, Any, dict[str, Any]]]
) -> None:
    _body, entry, shown = entries[-1]
    assert entry["action"] == "report.frozen"
    assert shown["facts_sha256"] == sha(files["report.json"].removesuffix(b"\n")).hex()
    assert shown["entries"] == len(entries) - 1


def test_rules_are_those_logged_before_closing(
    files: dict[str, bytes], entries: list[tuple[bytes, Any, dict[str, Any]]]
) -> None:
    closed = max(e["n"] for _b, e, _s in entries if e["action"] == "challenge.closed")
    plans = [
        shown["plan"]
        for _body, entry, shown in entries
        if entry["action"] in ("challenge.published", "challenge.changed") and entry["n"] < closed
    ]
    assert plans[-1] == sha(files["plan.json"]).hex()
    planned = json.loads(files["plan.json"])["stages"][0]["evaluation"]
    evaluation = json.loads(files["evaluation.json"])
    assert planned == {key: evaluation[key] for key in ("criteria", "method")}


def test_prices_are_those_that_were_sealed(
    files: dict[str, bytes], entries: list[tuple[bytes, Any, dict[str, Any]]]
) -> None:
    submitted = {entry["n"]: shown for _body, entry, shown in entries}
    judged = {each["id"]: each for each in json.loads(files["evaluation.json"])["bids"]}
    for bid in json.loads(files["bids.json"])["bids"]:
        leaves = [
            leaf(canonical([name, digest])) for name, digest in sorted(bid["digests"].items())
        ]
        assert _root(leaves).hex() == submitted[bid["place"]]["fields_root"]
        shown = bid["shown"]["price_minor"]
        digest = sha(bytes.fromhex(shown["salt"]) + canonical(shown["value"]))
        assert digest.hex() == bid["digests"]["price_minor"]
        assert Fraction(judged[bid["bid"]]["price"]) == Fraction(int(shown["value"]), 100)


def _root(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha(b"\x01" + _root(leaves[:half]) + _root(leaves[half:]))


def test_scores_are_those_that_were_recorded_and_the_totals_follow(
    files: dict[str, bytes], entries: list[tuple[bytes, Any, dict[str, Any]]]
) -> None:
    agreed = {
        (shown["bid"], shown["criterion"]): shown["score"]
        for _body, entry, shown in entries
        if entry["action"] == "consensus.recorded"
    }
    evaluation = json.loads(files["evaluation.json"])
    rows = {each["id"]: each for each in json.loads(files["result.json"])["bids"]}
    scales = {each["id"]: each for each in evaluation["criteria"] if each["kind"] == "quality"}
    for bid in evaluation["bids"]:
        for key, cell in bid["scores"].items():
            assert Fraction(cell["consensus"]) == Fraction(agreed[bid["id"], key])
            share = Fraction(cell["consensus"]) / Fraction(scales[key]["max_score"])
            points = share * Fraction(scales[key]["weight"])
            assert Fraction(rows[bid["id"]]["criteria"][key]["points"]["exact"]) == points
        cells = rows[bid["id"]]["criteria"].values()
        total = sum(Fraction(each["points"]["exact"]) for each in cells)
        assert Fraction(rows[bid["id"]]["total"]["exact"]) == total
    computed = [s for _b, e, s in entries if e["action"] == "result.computed"][-1]
    assert computed["evaluation_sha256"] == sha(files["evaluation.json"]).hex()


@pytest.mark.parametrize("name", [FULL, PUBLIC])
def test_files_are_attached_once_as_what_they_are_in_a_pdf_of_one_version(name: str) -> None:
    reader: Any = pypdf.PdfReader(GOLDEN / name, strict=True)
    root = reader.trailer["/Root"]
    tree = root["/Names"]["/EmbeddedFiles"]
    assert "/Kids" not in tree
    listed = [each.get_object() for each in root["/AF"]]
    assert [tree["/Names"][place] for place in range(0, len(tree["/Names"]), 2)] == [
        each["/UF"] for each in listed
    ]
    source = {"events.jsonl", *(["evaluation.json"] if name == FULL else [])}
    for each in listed:
        wanted = "/Source" if each["/UF"] in source else "/Data"
        assert (each["/AFRelationship"], list(each["/EF"])) == (wanted, ["/F"])
    assert (GOLDEN / name).read_bytes().count(b"startxref") == 1


@pytest.mark.parametrize("name", [FULL, PUBLIC])
def test_json_is_canonical_with_a_line_feed_where_the_specification_says_so(name: str) -> None:
    bare = {"plan.json", *(["evaluation.json"] if name == FULL else [])}
    for file, content in attached(name).items():
        if file.endswith(".json") and file != "release.json":
            ending = b"" if file in bare else b"\n"
            assert content == canonical(json.loads(content)) + ending, file


def test_bids_that_are_judged_are_those_that_were_opened(
    files: dict[str, bytes], entries: list[tuple[bytes, Any, dict[str, Any]]]
) -> None:
    (opened,) = [s for _b, e, s in entries if e["action"] == "bids.opened"]
    judged = {each["id"] for each in json.loads(files["evaluation.json"])["bids"]}
    assert opened["bids"].keys() - opened["flaws"].keys() <= judged <= opened["bids"].keys()


def test_scores_and_reasons_that_are_printed_are_those_of_each_evaluator_and_of_the_panel(
    files: dict[str, bytes], entries: list[tuple[bytes, Any, dict[str, Any]]]
) -> None:
    alone: dict[tuple[str, ...], tuple[str, str]] = {}
    agreed: dict[tuple[str, ...], tuple[str, str]] = {}
    for _body, entry, shown in entries:
        if entry["action"] == "scores.submitted":
            for each in shown["scores"]:
                own = (each["bid"], each["criterion"], shown["label"])
                alone[own] = (each["score"], each["reason"])
        elif entry["action"] == "score.corrected":
            own = (shown["bid"], shown["criterion"], shown["label"])
            alone[own] = (shown["score"], shown["score_reason"])
        elif entry["action"] == "consensus.recorded":
            agreed[shown["bid"], shown["criterion"]] = (shown["score"], shown["reason"])
    (stage,) = json.loads(files["report.json"])["stages"]
    assert stage["result"] == json.loads(files["result.json"])
    judged = {each["id"]: each for each in json.loads(files["evaluation.json"])["bids"]}
    for bid in stage["bids"]:
        for score in bid["scores"]:
            key = (bid["reference"], score["criterion"])
            cell = judged[key[0]]["scores"][key[1]]
            assert (score["agreed"], score["reason"]) == agreed[key]
            assert Fraction(cell["consensus"]) == Fraction(score["agreed"])
            for each in score["individual"]:
                assert (each["value"], each["reason"]) == alone[*key, each["evaluator"]]
                given = cell["by_evaluator"][each["evaluator"]]
                assert Fraction(given) == Fraction(each["value"])


def test_decision_is_the_one_that_was_recorded(
    files: dict[str, bytes], entries: list[tuple[bytes, Any, dict[str, Any]]]
) -> None:
    decision = json.loads(files["report.json"])["decision"]
    preferred = ", ".join([decision["recommended"], *decision["also_recommended"]])
    last = {entry["action"]: (entry, shown) for _body, entry, shown in entries}
    for actions, at, reason in (
        (("award.recommended",), "recommended_at", "reason"),
        (("award.cleared", "award.approved"), "approved_at", "approval_reason"),
        (("intention.announced",), "intention_at", ""),
    ):
        entry, shown = next(last[each] for each in actions if each in last)
        assert shown["bid"] == preferred
        assert decision[at][:16] == shown.get("sent", entry["at"])[:16]
        assert not reason or shown["reason"] == decision[reason]
    _entry, contract = last["contract.signed"]
    assert decision["contract"]["reference"] == contract["contract"]
    assert str(decision["contract"]["value"]["minor"]) == contract["value_minor"]
    assert decision["standstill_ends_at"] == last["intention.announced"][1]["standstill"]
    approved = last.get("award.cleared") or last["award.approved"]
    assert last["award.recommended"][1]["actor_id"] != approved[1]["actor_id"]


def test_who_has_both_editions_can_tell_that_they_say_the_same(files: dict[str, bytes]) -> None:
    public = attached(PUBLIC)
    whole, shown = (json.loads(each["evaluation.json"]) for each in (files, public))
    salts = json.loads(files["salts.json"])["files"]["evaluation.json"]
    assert shown["format"] == "evaluation-redacted/1"
    held_back = []

    def same(value: Any, found: Any, path: str) -> None:
        if isinstance(found, dict) and set(found) == {"withheld", "sha256"}:
            held_back.append(path)
            digest = sha(bytes.fromhex(salts[path]) + canonical(value)).hex()
            assert digest == found["sha256"], path
        elif isinstance(found, dict):
            assert found.keys() == value.keys(), path
            for key in found:
                same(value[key], found[key], f"{path}/{key.replace('~', '~0').replace('/', '~1')}")
        elif isinstance(found, list):
            assert len(found) == len(value), path
            for place, each in enumerate(found):
                same(value[place], each, f"{path}/{place}")
        else:
            assert found == value or path == "/format", path

    same(whole, shown, "")
    assert set(held_back) <= salts.keys()
    assert held_back
    assert files["plan.json"] == public["plan.json"]
    one, other = (
        [json.loads(line)["entry"] for line in each["events.jsonl"].splitlines()]
        for each in (files, public)
    )
    assert other == one[: len(other)] or one == other[: len(one)]
