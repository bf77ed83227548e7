"""How long a report with a long history takes to check, beside reading and hashing its bytes.

What is compared with is what nobody can leave out: parsing every file, making each digest that is
in them (of files, entries, shown fields and steps of proofs), and the log's one signature.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from pathlib import Path
from typing import Any, Final

EVENTS: Final = 2_000
ROUNDS: Final = 5
GOLDEN: Final = Path(__file__).resolve().parents[1] / "golden"


def rows() -> list[dict[str, object]]:
    """Measure and return one row: `events`, `seconds` ours, `reference_seconds`, and their ratio.

    Seconds are the processor's, of the fastest of some rounds.
    """
    content, signer = _long()
    ours = min(_ours(content, signer) for _round in range(ROUNDS))
    reference = min(_reference(content, signer) for _round in range(ROUNDS))
    return [
        {
            "name": "Check of a report",
            "events": len(content["events.jsonl"].splitlines()),
            "seconds": round(ours, 3),
            "reference_seconds": round(reference, 3),
            "ratio": round(ours / reference, 2),
            "limit": 4,
        }
    ]


def _ours(content: dict[str, bytes], signer: Any) -> float:
    from marketplace.core.audit.receipt_check import Verdict
    from scoring.report.verifying import report

    start = time.process_time()
    checked = report.check_files(content, [signer.verifier])
    spent = time.process_time() - start
    assert checked.verdict is Verdict.PROVEN, [str(each) for each in checked.findings]
    return spent


def _reference(content: dict[str, bytes], signer: Any) -> float:
    from marketplace.core.audit import signing

    start = time.process_time()
    for name, each in content.items():
        hashlib.sha256(each).digest()
        if name == "events.jsonl":
            for line in each.splitlines():
                both = json.loads(line)
                json.loads(both["entry"])
                hashlib.sha256(b"\x00" + both["entry"].encode()).digest()
                for shown in both["disclosed"].values():
                    value = json.dumps(shown["value"], sort_keys=True).encode()
                    hashlib.sha256(bytes.fromhex(shown["salt"]) + value).digest()
        elif name == "proofs.json":
            for proof in json.loads(each)["inclusion"]:
                found = bytes(32)
                for step in proof:
                    found = hashlib.sha256(b"\x01" + found + bytes.fromhex(step)).digest()
        elif name.endswith(".json"):
            json.loads(each)
    note = json.loads(content["proofs.json"])["checkpoint"]
    signing.open_note(note, [signer.verifier])
    return time.process_time() - start


def _long() -> tuple[dict[str, bytes], Any]:
    """Give the sample report with many readings more in its history, signed anew."""
    import pypdf

    from scoring.engine.canonical import canonical
    from tests import forging

    reader = pypdf.PdfReader(io.BytesIO((GOLDEN / "award-report.pdf").read_bytes()))
    content = {name: files[0] for name, files in reader.attachments.items()}
    signer = forging.a_signer((GOLDEN / "award-report-keys.txt").read_text().partition("+")[0])
    proofs = json.loads(content["proofs.json"])
    name, size, rest = proofs["checkpoint"].split("\n", 2)
    more = EVENTS - len(forging.lines(content))
    proofs["checkpoint"] = f"{name}\n{int(size) + more}\n{rest}"

    def lengthen(found: list[dict[str, Any]]) -> None:
        last = found.pop()
        place = json.loads(last["entry"])["n"]
        like = next(e for e in found if json.loads(e["entry"])["action"] == "quality.locked")
        for number in range(more):
            entry = json.loads(like["entry"])
            entry.update(n=place + number, at=json.loads(found[-1]["entry"])["at"])
            entry["action"] = "result.read"
            disclosed = {key: dict(value) for key, value in like["disclosed"].items()}
            found.append({"entry": canonical(entry).decode(), "disclosed": disclosed})
        entry = json.loads(last["entry"])
        entry["n"] = place + more
        last["entry"] = canonical(entry).decode()
        last["disclosed"]["entries"]["value"] = len(found)
        found.append(last)
        manifest = json.loads(content["manifest.json"])
        manifest.update(entries=len(found), size=int(size) + more)
        content["manifest.json"] = canonical(manifest) + b"\n"

    content["proofs.json"] = canonical(proofs) + b"\n"
    return forging.rewritten(content, signer, lengthen), signer
