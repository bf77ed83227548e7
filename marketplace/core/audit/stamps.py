"""Time stamps by an authority that is not us: asking for them, and checking them. No database.

Source: RFC 3161; section 3.4 for the way by HTTP.
"""

import hashlib
import http.client
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

# A stamp with all its certificates has a few thousand bytes.
LARGEST_ANSWER = 64 * 1024
# From the first packet to the last byte; far less than the time for which a job is held.
SECONDS = 30.0

_SHA256 = "2.16.840.1.101.3.4.2.1"


class BadStamp(ValueError):
    """An answer is no time stamp of this note by an authority that is trusted; it says why."""


@dataclass(frozen=True)
class Stamp:
    """What a time stamp proves: that the authority `by` saw the note at `at` or before."""

    at: datetime
    by: str


def ask(url: str, note: str, roots: bytes, seconds: float = SECONDS) -> bytes:
    """Have an authority stamp a note, and give its answer: a TimeStampResp, in DER.

    `roots` are the certificates by which the authority is trusted, in PEM.

    Raises:
        BadStamp: the answer is none, is too large, or does not check.
        OSError: the authority cannot be reached, or is too slow.
    """
    request = (
        TimestampRequestBuilder()
        .data(note.encode())
        .hash_algorithm(HashAlgorithm.SHA256)
        .cert_request(cert_request=True)
        .nonce(nonce=True)
        .build()
    )
    answer = _within(seconds, url, request.as_bytes())
    _check(note, answer, roots, nonce=request.nonce)
    return answer


def check(note: str, answer: bytes, roots: bytes) -> Stamp:
    """Check a stored answer against the note and the certificates (PEM) that are trusted.

    Whether a certificate was good is judged by the moment of the stamp: stamps outlive them.

    Raises:
        BadStamp: it is no time stamp of this note by an authority that these vouch for.
    """
    return _check(note, answer, roots, nonce=None)


def read_roots(pem: bytes) -> Sequence[x509.Certificate]:
    """Read certificates.

    Raises:
        BadStamp: there is none in it.
    """
    try:
        return list(dict.fromkeys(x509.load_pem_x509_certificates(pem)))
    except ValueError as error:
        raise BadStamp(f"no certificates can be read: {error}") from error


def _check(note: str, answer: bytes, roots: bytes, nonce: int | None) -> Stamp:
    verifier = VerifierBuilder(roots=list(read_roots(roots)), nonce=nonce).build()
    try:
        response = decode_timestamp_response(answer)
        verifier.verify(response, hashlib.sha256(note.encode()).digest())
        if response.tst_info.message_imprint.hash_algorithm.dotted_string != _SHA256:
            raise BadStamp("the stamp is over another kind of digest")
        return Stamp(response.tst_info.gen_time, _name(response))
    except VerificationError as error:
        raise BadStamp(f"the stamp does not check: {error}") from error
    except (ValueError, TypeError) as error:
        raise error if isinstance(error, BadStamp) else BadStamp(f"no stamp: {error}") from error


def _name(response: TimeStampResponse) -> str:
    """Name the certificate whose key signed, as a stamp's own field for it is optional."""
    (signer,) = response.signed_data.signer_infos
    return next(
        certificate.subject.rfc4514_string()
        for certificate in map(x509.load_der_x509_certificate, response.signed_data.certificates)
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number)
    )


def _within(seconds: float, url: str, request: bytes) -> bytes:
    """Post in a thread, since time limits of sockets begin anew with each byte that trickles in."""
    done: list[bytes | Exception] = []

    def post() -> None:
        try:
            done.append(_post(url, request, seconds))
        except Exception as error:
            done.append(error)

    thread = threading.Thread(target=post, daemon=True)
    thread.start()
    thread.join(seconds)
    if not done:
        raise TimeoutError("the authority did not answer in time")
    if isinstance(done[0], Exception):
        raise done[0]
    return done[0]


def _post(url: str, request: bytes, seconds: float) -> bytes:
    asked = urllib.request.Request(  # noqa: S310  # the settings let http and https through alone
        url,
        data=request,
        headers={
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
        },
    )
    try:
        with _opener.open(asked, timeout=seconds) as response:
            answer: bytes = response.read(LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"the authority answered with {error.code}") from None
    except http.client.HTTPException as error:
        raise BadStamp(f"no answer by HTTP: {error!r}") from error
    if len(answer) > LARGEST_ANSWER:
        raise BadStamp(f"the answer has more than {LARGEST_ANSWER} bytes")
    return answer


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the operator named one address."""

    def redirect_request(self, *_given: Any, **_named: Any) -> None:
        """Refuse."""


_opener = urllib.request.build_opener(_Stay)
