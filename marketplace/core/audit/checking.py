"""`marketplace verify`: checks a file without a site, a database or an account.

It starts fast and reads nothing but the files that it is given.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, Protocol

from marketplace.core.audit import chains, entries, passports, receipt_check, receipts, trust
from marketplace.core.audit.findings import STATUS_WORDS, Finding, printable
from marketplace.core.audit.receipt_check import VERDICT_WORDS, Newer, Verdict
from marketplace.core.audit.receipts import DamagedReceipt
from marketplace.core.audit.signing import BadKey, Verifier


class Checked(Protocol):
    """What every check comes to: findings, a verdict, and which known key signed."""

    @property
    def findings(self) -> Sequence[Finding]:
        """Give what was found."""

    @property
    def verdict(self) -> Verdict:
        """Give what it comes to."""

    @property
    def signer(self) -> Verifier | None:
        """Give the known key that signed, if one did."""


# Parts what is trusted into certificates, in DER, and the lines that are left.
ReadAnchors = Callable[[bytes], tuple[list[bytes], bytes]]


class CheckReport(Protocol):
    """Checks the PDF of an award report, which a room above knows."""

    def __call__(
        self,
        pdf: bytes,
        known: Sequence[Verifier],
        *,
        receipt: str | None = None,
        newer: Newer | None = None,
        copy: bytes | None = None,
        anchors: Sequence[bytes] = (),
        fingerprints: Sequence[bytes] = (),
    ) -> Checked:
        """Check it against the keys and certificates that are trusted, and what others kept."""


EXIT = {
    Verdict.PROVEN: 0,
    Verdict.FAILED: 1,
    Verdict.ANOTHER_KIND: 1,
    Verdict.SIGNER_UNKNOWN: 3,
    Verdict.UNVOUCHED: 4,
}
_ASKED_WRONGLY = 2
# A chain with its proofs is the largest thing that is checked.
_LARGEST = 256 * 1024 * 1024
_TITLE = "marketplace verify"

_PDF = b"%PDF-"

_HELP = """\
Check an award report, a receipt of a bid, a challenge's part of the log, or a supplier's passport.
FILE is the report's PDF, the receipt's own file, the e-mail that brought it, or the file of a chain
or a passport; - reads standard input. Nothing but the files named here is read: no site, no
database, no account.
"""
_AFTER = """\
The exit code is 0 where all is proven and the file is as it was made, 4 where all in an award
report agrees and nobody vouches for the file (give --chain or --certificate), 3 where all agrees
and the signer's key is not known (give it with --trust), 1 where something failed or the PDF is no
award report, 2 where this was asked wrongly.
"""


_VOUCH = """\
To know that the file is as it was made, give one of these:
  --chain FILE           the challenge's log, which has the digest of each file that was made: the
                         site gives it as /challenges/REFERENCE/log.json once it is public
  --certificate SHA-256  the fingerprint of the certificate by which the body signs, which you have
                         from the body (the certificate itself goes into the file for --trust)
"""


class _WrongQuestion(Exception):
    """A file or an option cannot be used; the message says why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in the manner of the other commands."""
        raise _WrongQuestion(message)


def main(
    arguments: Sequence[str],
    check_report: CheckReport | None = None,
    read_anchors: ReadAnchors | None = None,
) -> int:
    """Check one file and say what was found; give the exit code.

    `check_report` is asked about award reports, and `read_anchors` parts certificates from the keys
    that are trusted; without them none are taken.
    """
    try:
        asked = _parser().parse_args(arguments)
        content = _read(asked.file)
        known, anchors = _trusted(asked.trust, read_anchors)
        newer = _newer(asked.checkpoint, asked.proof)
        receipt = None if asked.receipt is None else _text(asked.receipt)
        checked: Checked
        if content.lstrip().startswith(_PDF):
            if check_report is None:
                raise _WrongQuestion(f"{asked.file} is a PDF, and reports are not checked here")
            copy = None if asked.chain is None else _read(asked.chain).rstrip()
            checked = check_report(
                content,
                known,
                receipt=receipt,
                newer=newer,
                copy=copy,
                anchors=anchors,
                fingerprints=[_fingerprint(each) for each in asked.certificate],
            )
        elif receipt is not None or asked.chain is not None or asked.certificate:
            raise _WrongQuestion("--receipt, --chain and --certificate go with an award report")
        else:
            checked = _check(_decoded(asked.file, content), known, newer)
    except _WrongQuestion as error:
        sys.stderr.write(f"{_TITLE}: {printable(error)}\n")
        return _ASKED_WRONGLY
    except SystemExit as end:  # after --help
        return int(end.code or 0)
    if asked.json:
        _say(_as_json(checked))
    else:
        _say(_as_words(checked) + _next_step(checked, known, newer))
    return EXIT[checked.verdict]


def _say(text: str) -> None:
    """Write to standard output, whatever its encoding can say, and to whoever still listens."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would say so again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
        help="public keys of the log, one a line, changes of key that lead on from them, and "
        "certificates (PEM) that vouch for who signs reports",
    )
    parser.add_argument(
        "--checkpoint", metavar="FILE", help="a checkpoint of the log that was kept"
    )
    parser.add_argument(
        "--receipt",
        metavar="FILE",
        help="a bidder's receipt, which the log in an award report must agree with",
    )
    parser.add_argument(
        "--chain",
        metavar="FILE",
        help="the file of the challenge's chain, as /challenges/REFERENCE/log.json gives it, which "
        "has the digest of each file that was made, and by which whatever an award report leaves "
        "out is named",
    )
    parser.add_argument(
        "--certificate",
        metavar="SHA-256",
        action="append",
        default=[],
        help="the fingerprint of the certificate by which the public body signs its award reports, "
        "as you have it from the body; may be given again for another",
    )
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
            "neither an award report nor a receipt nor a chain nor a passport: the first is a "
            f"PDF, the second begins with {receipts.FORMAT}, the third with "
            f'{{"chain": and the fourth with {{"format":'
        )
    return receipt_check.check(note, known, newer)


def _read(name: str) -> bytes:
    """Read a file, or standard input."""
    try:
        if name == "-":
            content = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(name).open("rb") as opened:
                content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise _WrongQuestion(f"{name} cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise _WrongQuestion(f"{name} is larger than {_LARGEST // 1024**2} MB")
    return content


def _text(name: str) -> str:
    return _decoded(name, _read(name))


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _WrongQuestion(f"{name} is no text in UTF-8") from error


def _trusted(
    name: str | None, read_anchors: ReadAnchors | None
) -> tuple[list[Verifier], list[bytes]]:
    """Read the keys of logs, and the certificates, that the reader trusts."""
    if name is None:
        return [], []
    anchors: list[bytes] = []
    content = _read(name)
    try:
        if read_anchors is not None:
            anchors, content = read_anchors(content)
        keys = trust.read_keys(_decoded(name, content))
    except BadKey as error:
        raise _WrongQuestion(f"{name} holds no keys to trust: {error}") from error
    except ValueError as error:
        raise _WrongQuestion(f"{name} holds a certificate that cannot be read: {error}") from error
    if not keys and not anchors:
        raise _WrongQuestion(f"{name} holds no keys")
    return keys, anchors


def _fingerprint(given: str) -> bytes:
    """Read the SHA-256 of a certificate, as browsers and tools write it, colons or not."""
    try:
        return entries.read_digest(re.sub(r"[:\s]", "", given).lower())
    except ValueError as error:
        raise _WrongQuestion(
            "--certificate takes a SHA-256, 64 hexadecimal digits; the certificate itself goes "
            "into the file given with --trust"
        ) from error


def _newer(checkpoint: str | None, proof: str | None) -> Newer | None:
    if checkpoint is None:
        if proof is not None:
            raise _WrongQuestion("--proof needs the --checkpoint that it leads to")
        return None
    note = _text(checkpoint).replace("\r\n", "\n")
    return Newer(note, None if proof is None else _proof(proof))


def _proof(name: str) -> list[bytes]:
    try:
        found = json.loads(_text(name))
        steps = found["proof"] if isinstance(found, dict) else found
        return [entries.read_digest(step) for step in steps]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _WrongQuestion(f"{name} is no proof as JSON") from error


def _as_words(checked: Checked) -> str:
    width = max(len(words) for words in STATUS_WORDS.values())
    lines = [
        f"{STATUS_WORDS[found.status]:{width}}  {printable(found)}" for found in checked.findings
    ]
    return "\n".join([*lines, "", VERDICT_WORDS[checked.verdict]]) + "\n"


def _next_step(checked: Checked, known: Sequence[Verifier], newer: Newer | None) -> str:
    """Say what would turn a file that agrees into one that is proven."""
    if checked.verdict is Verdict.UNVOUCHED:
        return _VOUCH
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
    # In ASCII: what a file says reaches a terminal by this too.
    return json.dumps(found, indent=2) + "\n"


def _sentence(found: Finding) -> str:
    return found.what % dict(found.data) if found.data else found.what
