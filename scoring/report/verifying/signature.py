"""Checks the signature of a report's PDF: whole, unchanged since, and of whom. No network."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any

from marketplace.core.audit.findings import Finding, asserted, failed, proven
from marketplace.core.text import N_

Anchors = Sequence[bytes]

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


def check(pdf: bytes, anchors: Anchors) -> Iterator[Finding]:
    """Say whether the file is as it was when it was signed, and by whose certificate.

    `anchors` are the certificates that the reader trusts, in DER.
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
    trusted = [x509.Certificate.load(each) for each in anchors]
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
        who = _signer(signature.signer_cert.subject)
        if not status.intact or not status.valid:
            yield failed(
                N_(
                    "The file is not the one that %(who)s signed: it was changed, or the signature "
                    "is of another"
                ),
                "signature",
                who=who,
            )
        elif status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
            yield failed(
                N_("Something was added behind the signature of %(who)s"), "signature", who=who
            )
        elif not trusted:
            yield asserted(
                N_("Unchanged since %(who)s signed it, by a certificate that is not known here"),
                "signature",
                who=who,
            )
        elif not status.trusted:
            yield failed(
                N_("Signed by %(who)s with a certificate for which none that you trust vouches"),
                "signature",
                who=who,
            )
        else:
            yield proven(
                N_("Unchanged since %(who)s signed it, by a certificate that you trust"),
                "signature",
                who=who,
            )


def _signer(subject: Any) -> str:
    """Name who signed, by the certificate: its name and, where it is another, its organisation."""
    said = subject.native
    names = [str(said[key]) for key in ("common_name", "organization_name") if said.get(key)]
    if not names:
        return str(subject.human_friendly)
    return names[0] if len(set(names)) == 1 else f"{names[0]} ({names[1]})"
