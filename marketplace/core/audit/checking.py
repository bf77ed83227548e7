"""`marketplace verify`: checks a file without a site, a database or an account.

It starts fast and reads nothing but the files that it is given.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from marketplace.core.audit import chains, entries, passports, receipt_check, receipts, trust
from marketplace.core.audit.findings import STATUS_WORDS, Finding
from marketplace.core.audit.receipt_check import VERDICT_WORDS, Newer, Verdict
from marketplace.core.audit.receipts import DamagedReceipt
from marketplace.core.audit.signing import BadKey, Verifier

Checked = receipt_check.Checked | chains.Checked | passports.Checked

EXIT = {Verdict.PROVEN: 0, Verdict.FAILED: 1, Verdict.SIGNER_UNKNOWN: 3}
_ASKED_WRONGLY = 2
# A chain with its proofs is the largest thing that is checked.
_LARGEST = 256 * 1024 * 1024
_TITLE = "marketplace verify"

_HELP = """\
Check a receipt of a bid, a challenge's part of the log, or a supplier's passport. FILE is the
receipt's own file, the e-mail that brought it, or the file of a chain or a passport; - reads
standard input. Nothing but the files named here is read: no site, no database, no account.
"""
_AFTER = """\
The exit code is 0 where all is proven, 3 where all agrees and the signer's key is not known (give
it with --trust), 1 where something failed, 2 where this was asked wrongly.
"""


class _WrongQuestion(Exception):
    """A file or an option cannot be used; the message says why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in the manner of the other commands."""
        raise _WrongQuestion(message)


def main(arguments: Sequence[str]) -> int:
    """Check one file and say what was found; give the exit code."""
    try:
        asked = _parser().parse_args(arguments)
        text = _read(asked.file)
        known = _keys(asked.trust)
        newer = _newer(asked.checkpoint, asked.proof)
        checked = _check(text, known, newer)
    except _WrongQuestion as error:
        sys.stderr.write(f"{_TITLE}: {error}\n")
        return _ASKED_WRONGLY
    except SystemExit as end:  # after --help
        return int(end.code or 0)
    if asked.json:
        sys.stdout.write(_as_json(checked))
    else:
        sys.stdout.write(_as_words(checked) + _next_step(checked, known, newer))
    return EXIT[checked.verdict]


def _parser() -> _Parser:
    parser = _Parser(
        prog=_TITLE,
        description=_HELP,
        epilog=_AFTER,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--trust",
        metavar="FILE",
        help="public keys of the log, one a line, and changes of key that lead on from them",
    )
    parser.add_argument("--checkpoint", metavar="FILE", help="a newer checkpoint of the log")
    parser.add_argument(
        "--proof",
        metavar="FILE",
        help="the consistency proof up to that checkpoint, as /log/proofs/consistency gives it",
    )
    parser.add_argument("--json", action="store_true", help="write the findings as JSON")
    return parser


def _check(text: str, known: Sequence[Verifier], newer: Newer | None) -> Checked:
    content = text.encode()
    if text.startswith('{"chain":'):
        if newer is not None:
            raise _WrongQuestion(
                "a chain brings its own checkpoint; --checkpoint goes with a receipt"
            )
        return chains.check(content.rstrip(), known)
    if passports.looks_like(content):
        if newer is not None:
            raise _WrongQuestion("a passport is in no log; --checkpoint goes with a receipt")
        return passports.check(content, known)
    return _receipt(text, known, newer)


def _receipt(text: str, known: Sequence[Verifier], newer: Newer | None) -> Checked:
    try:
        note = receipts.find_note(text)
    except DamagedReceipt as error:
        return receipt_check.unreadable(error)
    if not receipts.looks_like(note):
        raise _WrongQuestion(
            f"neither a receipt nor a chain nor a passport: the first begins with "
            f'{receipts.FORMAT}, the second with {{"chain": and the third with {{"format":'
        )
    return receipt_check.check(note, known, newer)


def _read(name: str) -> str:
    """Read a file of text, or standard input."""
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(name).open("rb") as opened:
                content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise _WrongQuestion(f"{name} cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise _WrongQuestion(f"{name} is too large")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _WrongQuestion(f"{name} is no text in UTF-8") from error


def _keys(name: str | None) -> list[Verifier]:
    if name is None:
        return []
    try:
        keys = trust.read_keys(_read(name))
    except BadKey as error:
        raise _WrongQuestion(f"{name} holds no keys to trust: {error}") from error
    if not keys:
        raise _WrongQuestion(f"{name} holds no keys")
    return keys


def _newer(checkpoint: str | None, proof: str | None) -> Newer | None:
    if checkpoint is None:
        if proof is not None:
            raise _WrongQuestion("--proof needs the --checkpoint that it leads to")
        return None
    note = _read(checkpoint).replace("\r\n", "\n")
    return Newer(note, None if proof is None else _proof(proof))


def _proof(name: str) -> list[bytes]:
    try:
        found = json.loads(_read(name))
        steps = found["proof"] if isinstance(found, dict) else found
        return [entries.read_digest(step) for step in steps]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _WrongQuestion(f"{name} is no proof as JSON") from error


def _as_words(checked: Checked) -> str:
    width = max(len(words) for words in STATUS_WORDS.values())
    lines = [
        f"{STATUS_WORDS[found.status]:{width}}  {_printable(found)}" for found in checked.findings
    ]
    return "\n".join([*lines, "", VERDICT_WORDS[checked.verdict]]) + "\n"


def _next_step(checked: Checked, known: Sequence[Verifier], newer: Newer | None) -> str:
    """Say what would turn a file that agrees into one that is proven."""
    if checked.verdict is not Verdict.SIGNER_UNKNOWN:
        return ""
    if not known:
        return "Keys: save the site's /log/keys to a file and give it with --trust.\n"
    if checked.signer is None:
        return (
            "None of the keys given signed this. Where the log changed its key, add what the "
            "site's /log/keys/changes says to the file given with --trust.\n"
        )
    if newer is not None and newer.proof is None:
        return (
            "The receipt's own key is known. What the checkpoint adds needs a proof: save the "
            "site's /log/proofs/consistency?from=SIZE&to=SIZE (the receipt's size, then the "
            "checkpoint's) and give it with --proof.\n"
        )
    return "The receipt's own key is known; who signed the checkpoint is not.\n"


def _as_json(checked: Checked) -> str:
    opening = {}
    if isinstance(checked, chains.Checked):
        opening["opening"] = checked.opening.value if checked.opening else None
    found = {
        "verdict": checked.verdict.value,
        "signer": str(checked.signer) if checked.signer else None,
        **opening,
        "findings": [
            {"status": found.status.value, "where": found.where, "what": _sentence(found)}
            for found in checked.findings
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _sentence(found: Finding) -> str:
    return found.what % dict(found.data) if found.data else found.what


def _printable(found: Finding) -> str:
    """Write a finding in one line: what a file says must not move a terminal's cursor."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(found))
