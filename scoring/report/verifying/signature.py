"""Checks the signature of a report's PDF: whole, unchanged since, and of whom. No network."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.audit.findings import Finding, Status, Vouching, asserted, failed
from marketplace.core.text import N_


@dataclass(frozen=True)
class Trusted:
    """By which certificates the reader lets a report be signed.

    `anchors` are certificates in DER: the signer's own, or those of authorities that vouch for it.
    `fingerprints` are the SHA-256 of signers' own ones.
    """

    anchors: Sequence[bytes] = ()
    fingerprints: Sequence[bytes] = ()

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.anchors or self.fingerprints)

    def names(self, certificate: bytes) -> bool:
        """Tell whether it is the very one that the reader gave, not one of an authority."""
        digest = hashlib.sha256(certificate).digest()
        return digest in {*self.fingerprints, *(hashlib.sha256(a).digest() for a in self.anchors)}


# Where nobody listens to what the libraries say on their way, it is not for a reader's terminal.
for _library in ("pypdf", "pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())

_VERSION = re.compile(rb"startxref\s+\d+\s+%%EOF")
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"


def read_anchors(text: bytes) -> tuple[list[bytes], bytes]:
    """Part a file of what is trusted into certificates, in DER, and the lines that are left.

    Raises:
        ValueError: a certificate cannot be read.
    """
    from asn1crypto import pem, x509

    found: list[bytes] = []
    left: list[bytes] = []
    rest = text
    while True:
        before, mark, rest = rest.partition(_BEGIN)
        left.append(before)
        if not mark:
            return found, b"".join(left)
        body, mark, rest = rest.partition(_END)
        if not mark:
            raise ValueError("a certificate does not end")
        _name, _headers, der = pem.unarmor(_BEGIN + body + _END + b"\n")
        x509.Certificate.load(der, strict=True).native  # noqa: B018  (reads all of it)
        found.append(der)


def check(pdf: bytes, given: Trusted | None = None, *, body: str = "") -> Iterator[Finding]:
    """Say whether the file is as it was when it was signed, and by whose certificate.

    Only a certificate that the reader trusts vouches for it: anybody can make one in any name.
    `body` is the public body of which the report says that it is.
    """
    from asn1crypto import x509
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    except (PdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        yield failed(N_("The file cannot be read: %(why)s"), "signature", why=str(error))
        return
    # A report is written at once, and each signature behind it.
    if (versions := len(_VERSION.findall(pdf))) > 1 + len(signatures):
        yield failed(
            N_("Something was added to the report after it was made: it has %(count)s versions"),
            "signature",
            count=versions,
        )
    if not signatures:
        yield asserted(N_("The file bears no signature of the body that made it"), "signature")
    given = given or Trusted()
    trusted = [x509.Certificate.load(each) for each in given.anchors]
    for signature in signatures:
        try:
            status = validate_pdf_signature(
                signature,
                ValidationContext(
                    trust_roots=trusted or [signature.signer_cert],
                    allow_fetching=False,
                    revocation_mode="soft-fail",
                ),
                # What was added behind it is no matter: nothing may be. To find out takes long.
                skip_diff=True,
            )
        except (
            SignatureValidationError,
            SigningError,
            PdfError,
            ValueError,
            KeyError,
            TypeError,
        ) as error:
            yield failed(
                N_("The signature cannot be checked: %(why)s"), "signature", why=str(error)
            )
            continue
        names = _names(signature.signer_cert.subject)
        who = names[0] if len(names) == 1 else f"{names[0]} ({names[1]})"
        certificate = signature.signer_cert.dump()
        fingerprint = hashlib.sha256(certificate).hexdigest()
        named = given.names(certificate)
        if not status.intact or not status.valid:
            yield _changed(len(pdf), signature.byte_range, who)
        elif status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
            yield failed(
                N_("Something was added behind the signature of %(who)s"), "signature", who=who
            )
        elif not given:
            yield asserted(
                N_(
                    "Unchanged since it was signed in the name of %(who)s. By itself that vouches "
                    "for nothing: the certificate is not known here, and anybody can make one in "
                    "any name. Its SHA-256 is %(fingerprint)s"
                ),
                "signature",
                who=who,
                fingerprint=fingerprint,
            )
        elif not named and not (trusted and status.trusted):
            yield failed(
                N_("Signed by %(who)s with a certificate for which none that you trust vouches"),
                "signature",
                who=who,
            )
        elif not named and body.casefold() not in {name.casefold() for name in names}:
            # An authority vouches for many: that it is this body the reader has to see.
            yield asserted(
                N_(
                    "Unchanged since %(who)s signed it, for whom an authority that you trust "
                    "vouches; the report is of %(body)s. The SHA-256 of the certificate is "
                    "%(fingerprint)s"
                ),
                "signature",
                who=who,
                body=body,
                fingerprint=fingerprint,
            )
        else:
            yield Vouching(
                Status.PROVEN,
                N_("Unchanged since %(who)s signed it, by a certificate that you trust"),
                "signature",
                (("who", who),),
            )


def _changed(now: int, signed: Sequence[Any], who: str) -> Finding:
    """Say that a file is not the one that was signed, and by how many bytes where that shows."""
    try:
        *_first, start, length = map(int, signed)
    except (ValueError, TypeError):
        start, length = 0, now
    before = start + length
    if now == before:
        return failed(
            N_(
                "The file was changed after %(who)s signed it, or the signature was taken from "
                "another file"
            ),
            "signature",
            who=who,
        )
    return failed(
        N_(
            "The file was changed after %(who)s signed it, or the signature was taken from another "
            "file: %(before)s bytes were signed, and it has %(now)s"
        ),
        "signature",
        who=who,
        before=before,
        now=now,
    )


def _names(subject: Any) -> list[str]:
    """Name who signed, by the certificate: its name and, where it is another, its organisation."""
    said = subject.native
    names = [str(said[key]) for key in ("common_name", "organization_name") if said.get(key)]
    return [*dict.fromkeys(names)] or [str(subject.human_friendly)]
