"""The `passport/1` format: a supplier's own answers as a file that it can take anywhere. Pure.

`docs/verification.md`, section 12, describes it byte by byte. The signature says which service
wrote the file and that nobody changed it since; what the answers say is the supplier's word.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.core.audit import signing
from marketplace.core.audit.entries import read_instant, read_text, write_instant
from marketplace.core.audit.findings import Finding, Status, asserted, failed, proven
from marketplace.core.audit.receipt_check import Verdict, verdict
from marketplace.core.audit.signing import BadNote, Signer, Verifier
from marketplace.core.text import N_
from scoring.engine.canonical import canonical

FORMAT = "passport/1"
# Many times what a passport with every answer written at length comes to.
LARGEST = 500_000
_START = b'{"format":"passport/1",'
# An answer that is a list of objects lies seven levels deep in the file; none needs many more.
_DEEPEST = 10
_SUBJECT = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?")
_NULL = "\0"


class DamagedPassport(ValueError):
    """The bytes are no passport in its one form; the message says what is wrong."""


@dataclass(frozen=True)
class Subject:
    """One answer: its JSON values by name, when it was given, and until when it holds.

    `expires_at` is None where it holds until it is changed.
    """

    answer: Mapping[str, object]
    answered_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Passport:
    """What a file says: whose answers, when they were exported, and each answer by its subject.

    `supplier_id` is the supplier's identifier where the file was made. Who typed an answer is not
    in it: that is of use to nobody elsewhere, and personal.
    """

    supplier_id: str
    supplier_name: str
    exported_at: datetime
    subjects: Mapping[str, Subject]


@dataclass(frozen=True)
class Read:
    """A file that was read: its passport, the origin that it names and the note beside it."""

    passport: Passport
    origin: str
    note: str


@dataclass(frozen=True)
class Checked:
    """What was found; `read` is None where the bytes are no passport in its one form.

    `signer` is the known key that signed it, if any.
    """

    findings: Sequence[Finding]
    verdict: Verdict
    read: Read | None = None
    signer: Verifier | None = None


def write(passport: Passport, signer: Signer) -> bytes:
    """Write and sign a passport: the bytes of its file. The same passport, the same bytes.

    Raises:
        NotCanonical: a text is not Unicode, or a number has a fraction.
    """
    return _file(passport, signer.sign(_text(signer.name, passport)))


def digest(passport: Passport) -> str:
    """Give the SHA-256 over the canonical form of a passport, in hexadecimal digits."""
    return hashlib.sha256(canonical(_facts(passport))).hexdigest()


def looks_like(content: bytes) -> bool:
    """Tell whether a file begins as a passport does."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_START)


def read(content: bytes) -> Read:
    """Read a file back, strictly: it must be what `write` makes. Nothing of its signature.

    White space before and after it is let be: editors add some.

    Raises:
        DamagedPassport: it is anything else.
    """
    if len(content) > LARGEST:
        raise DamagedPassport("it is larger than any passport")
    content = content.removeprefix(b"\xef\xbb\xbf").strip()
    try:
        found = json.loads(content.decode())
        _ensure_shallow(found)
        passport = _read(_object(found, {"format", "note", "passport"})["passport"])
        note = read_text(found["note"])
        same = found["format"] == FORMAT and _file(passport, note) == content
    except DamagedPassport:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise DamagedPassport(str(error)) from error
    if not same:
        raise DamagedPassport("it is not in its canonical form")
    lines = note.split("\n")
    if len(lines) < 4 or lines[0] != FORMAT or lines[3]:
        raise DamagedPassport("its note does not have the three lines of a passport")
    return Read(passport, lines[1], note)


def check(content: bytes, known: Sequence[Verifier]) -> Checked:
    """Check a file against the keys that the reader trusts."""
    try:
        found = read(content)
    except DamagedPassport as error:
        what = N_("This is not a passport as a service writes it: %(why)s")
        return Checked([failed(what, "text", why=str(error))], Verdict.FAILED)
    try:
        opened = signing.open_note(found.note, known)
    except BadNote as error:
        why = N_("The signature cannot be right: %(why)s")
        return Checked([failed(why, "signature", why=str(error))], Verdict.FAILED, found)
    signer = next((key for key in opened.signed_by if key.name == found.origin), None)
    names = {*opened.others, *(key.name for key in opened.signed_by)}
    findings = list(_findings(found, opened.text, names, signer))
    return Checked(findings, verdict(findings, trusted=signer is not None), found, signer)


def _findings(
    found: Read, signed: str, names: set[str], signer: Verifier | None
) -> Iterator[Finding]:
    origin = found.origin
    if signer is not None:
        yield proven(
            N_("Signed by %(name)s with a key that is known, and unchanged since"),
            "signature",
            name=origin,
        )
    elif origin in names:
        yield asserted(
            N_(
                "Signed in the name of %(name)s with a key that is not known here: "
                "who made it, and whether it was changed, is not proven"
            ),
            "signature",
            name=origin,
        )
    else:
        yield failed(
            N_("It says that it is of %(name)s, and is signed in another name"),
            "signature",
            name=origin,
        )
    sha256 = digest(found.passport)
    if signed == _text(origin, found.passport):
        yield Finding(
            Status.PROVEN if signer else Status.ASSERTED,
            N_("The answers are those that were signed; their fingerprint is %(sha256)s"),
            "content",
            (("sha256", sha256),),
        )
    else:
        yield failed(
            N_("The answers are not those that were signed; their fingerprint is %(sha256)s"),
            "content",
            sha256=sha256,
        )
    yield asserted(
        N_("What the answers say is the word of “%(supplier)s”: nobody else vouches for it here"),
        "content",
        supplier=found.passport.supplier_name,
    )


def _text(origin: str, passport: Passport) -> str:
    return f"{FORMAT}\n{origin}\n{digest(passport)}\n"


def _file(passport: Passport, note: str) -> bytes:
    return canonical({"format": FORMAT, "note": note, "passport": _facts(passport)})


def _facts(passport: Passport) -> dict[str, object]:
    return {
        "supplier": {"id": passport.supplier_id, "name": passport.supplier_name},
        "exported_at": write_instant(passport.exported_at),
        "subjects": {
            name: {
                "answer": dict(subject.answer),
                "answered_at": write_instant(subject.answered_at),
                "expires_at": write_instant(subject.expires_at) if subject.expires_at else None,
            }
            for name, subject in passport.subjects.items()
        },
    }


def _read(found: object) -> Passport:
    facts = _object(found, {"supplier", "exported_at", "subjects"})
    supplier = _object(facts["supplier"], {"id", "name"})
    return Passport(
        supplier_id=read_text(supplier["id"]),
        supplier_name=read_text(supplier["name"]),
        exported_at=read_instant(read_text(facts["exported_at"])),
        subjects={
            name: _subject(name, given) for name, given in _object(facts["subjects"]).items()
        },
    )


def _subject(name: str, given: object) -> Subject:
    if not _SUBJECT.fullmatch(name):
        raise DamagedPassport("a subject has a name that is none")
    found = _object(given, {"answer", "answered_at", "expires_at"})
    expires_at = found["expires_at"]
    return Subject(
        answer=_object(found["answer"]),
        answered_at=read_instant(read_text(found["answered_at"])),
        expires_at=None if expires_at is None else read_instant(read_text(expires_at)),
    )


def _object(value: object, keys: set[str] | None = None) -> Mapping[str, object]:
    if not isinstance(value, dict) or (keys is not None and set(value) != keys):
        raise DamagedPassport("an object has other keys than a passport’s")
    return value


def _ensure_shallow(value: object, depth: int = 0) -> None:
    """Refuse what no answer is: endless nesting, or a null character, which databases refuse."""
    if depth > _DEEPEST:
        raise DamagedPassport("something in it is nested more deeply than any answer")
    if isinstance(value, str) and _NULL in value:
        raise DamagedPassport("a text in it holds a null character")
    if isinstance(value, dict):
        for name, inner in value.items():
            _ensure_shallow(name, depth)
            _ensure_shallow(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _ensure_shallow(inner, depth + 1)
