"""Forges reports as somebody would who wants another outcome: the change, and what covers it."""

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pypdf

from marketplace.core.audit import checkpoints, signing, tree
from marketplace.core.audit.signing import Signer
from scoring.engine import evaluate_document
from scoring.engine.canonical import canonical

Content = dict[str, bytes]


def change(content: Mapping[str, bytes], name: str, how: Callable[[Any], None]) -> Content:
    """Change a file of JSON, and have the manifest name it as it is then."""
    document = json.loads(content[name])
    how(document)
    return cover({**content, name: written(content[name], document)})


def written(before: bytes, document: object) -> bytes:
    """Write a document as the file was written: with a line's end, or without."""
    return canonical(document) + (b"\n" if before.endswith(b"\n") else b"")


def cover(content: Mapping[str, bytes]) -> Content:
    """Write the manifest anew, so that it names the files as they are."""
    manifest = json.loads(content["manifest.json"])
    formats = {each["name"]: each["format"] for each in manifest["files"]}
    manifest["files"] = [
        {
            "name": name,
            "format": formats.get(name, "anything"),
            "size": len(each),
            "sha256": hashlib.sha256(each).hexdigest(),
        }
        for name, each in sorted(content.items())
        if name != "manifest.json"
    ]
    return {**content, "manifest.json": canonical(manifest) + b"\n"}


def judge_again(content: Mapping[str, bytes], how: Callable[[Any], None]) -> Content:
    """Change the evaluation document, and have everything follow from it: result and facts."""
    evaluation = json.loads(content["evaluation.json"])
    how(evaluation)
    result = evaluate_document(evaluation)
    facts = json.loads(content["report.json"])
    facts["stages"][0]["evaluation"] = canonical(evaluation).decode()
    facts["stages"][0]["result"] = result
    return cover(
        {
            **content,
            "evaluation.json": canonical(evaluation),
            "result.json": written(content["result.json"], result),
            "report.json": written(content["report.json"], facts),
        }
    )


def lines(content: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Read the entries of a report."""
    return [json.loads(line) for line in content["events.jsonl"].splitlines()]


def with_lines(content: Mapping[str, bytes], found: list[dict[str, Any]]) -> Content:
    """Write the entries back."""
    return cover({**content, "events.jsonl": b"".join(canonical(each) + b"\n" for each in found)})


def place_of(found: list[dict[str, Any]], action: str) -> int:
    """Give where the first entry of an action stands among the lines."""
    return next(i for i, each in enumerate(found) if json.loads(each["entry"])["action"] == action)


def rewritten(
    content: Mapping[str, bytes],
    signer: Signer,
    how: Callable[[list[dict[str, Any]]], None] = lambda _lines: None,
) -> Content:
    """Write the whole log anew after changing entries, with proofs, signed by `signer`.

    This is what whoever runs the service could do: everything fits together again.
    """
    found = lines(content)
    how(found)
    leaves: dict[int, bytes] = {}
    previous = None
    for number, each in enumerate(found, 1):
        entry = json.loads(each["entry"])
        entry["prev"], entry["cn"] = previous, number
        for name, shown in each["disclosed"].items():
            salted = bytes.fromhex(shown["salt"]) + canonical(shown["value"])
            entry["fields"][name] = hashlib.sha256(salted).hexdigest()
        each["entry"] = canonical(entry).decode()
        leaf = tree.leaf_hash(each["entry"].encode())
        leaves[entry["n"]], previous = leaf, leaf.hex()
    proofs = json.loads(content["proofs.json"])
    size = int(proofs["checkpoint"].split("\n")[1])
    # What stands between them in the log is nobody's business here.
    everything = [leaves.get(n, hashlib.sha256(bytes([n % 256])).digest()) for n in range(size)]
    nodes = _nodes(everything)
    root = tree.root_at(size, lambda wanted: {node: nodes[node] for node in wanted})
    proofs["checkpoint"] = signer.sign(checkpoints.text(signer.name, size, root))
    proofs["earlier"] = []
    proofs["inclusion"] = [
        [
            step.hex()
            for step in tree.inclusion(
                json.loads(each["entry"])["n"],
                size,
                lambda wanted: {node: nodes[node] for node in wanted},
            )
        ]
        for each in found
    ]
    changed = {**content, "proofs.json": canonical(proofs) + b"\n"}
    return with_lines(changed, found)


def _nodes(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    nodes = {(0, place): leaf for place, leaf in enumerate(leaves)}
    level, width = 0, len(leaves)
    while width > 1:
        for place in range(width // 2):
            nodes[level + 1, place] = tree.node_hash(
                nodes[level, 2 * place], nodes[level, 2 * place + 1]
            )
        level, width = level + 1, width // 2
    return nodes


def a_signer(name: str) -> Signer:
    """Make a key that nobody has named, in the name of a log."""
    return signing.new_signer(name)


def in_pdf(pdf: bytes, content: Mapping[str, bytes]) -> bytes:
    """Put other files into a report, whose pages stay as they are."""
    writer = pypdf.PdfWriter()
    writer.append_pages_from_reader(pypdf.PdfReader(io.BytesIO(pdf)))
    for name, each in content.items():
        writer.add_attachment(name, each)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def without_entry(content: Mapping[str, bytes], action: str) -> Content:
    """Leave out the first entry of an action, with its proof."""
    found = lines(content)
    place = place_of(found, action)
    proofs = json.loads(content["proofs.json"])
    del found[place], proofs["inclusion"][place]
    return with_lines({**content, "proofs.json": written(content["proofs.json"], proofs)}, found)
