"""A time-stamping authority of the tests' own: it signs as RFC 3161 says, or wrongly as told."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

STAMPED_AT = datetime(2026, 12, 1, 9, 31, tzinfo=UTC)
QUERY = "application/timestamp-query"


@dataclass
class Authority:
    """Keys and certificates of one authority, made when first needed."""

    name: str = "Clock of the tests"
    purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING
    valid_for: timedelta = timedelta(days=365)
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @cached_property
    def root_key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def root(self) -> x509.Certificate:
        name = _name(f"Root of {self.name}")
        return (
            self._certificate(name, self.root_key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self.root_key, hashes.SHA256())
        )

    @cached_property
    def certificate(self) -> x509.Certificate:
        return (
            self._certificate(_name(self.name), self.key)
            .add_extension(x509.ExtendedKeyUsage([self.purpose]), critical=True)
            .sign(self.root_key, hashes.SHA256())
        )

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey
    ) -> x509.CertificateBuilder:
        start = STAMPED_AT - timedelta(days=1)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_name(f"Root of {self.name}"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + self.valid_for)
        )

    @property
    def roots(self) -> bytes:
        """Give what a relying party is told to trust, in PEM."""
        return self.root.public_bytes(Encoding.PEM)

    def answer(
        self,
        request: bytes,
        *,
        imprint: bytes | None = None,
        nonce: int | None = None,
        digest: str = "sha256",
        status: int = 0,
    ) -> bytes:
        """Answer a request; what is named differs from what was asked for."""
        asked = tsp.TimeStampReq.load(request)
        if status:
            # A refusal holds its status and nothing else: two sequences around one small number.
            return bytes([0x30, 5, 0x30, 3, 0x02, 1, status])
        message = imprint or asked["message_imprint"]["hashed_message"].native
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.3.4",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": digest},
                    "hashed_message": message,
                },
                "serial_number": 7,
                "gen_time": STAMPED_AT,
                "nonce": asked["nonce"].native if nonce is None else nonce,
            }
        )
        return bytes(
            tsp.TimeStampResp(
                {
                    "status": {"status": "granted"},
                    "time_stamp_token": cms.ContentInfo(
                        {"content_type": "signed_data", "content": self._signed(info.dump())}
                    ),
                }
            ).dump()
        )

    def _signed(self, info: bytes) -> cms.SignedData:
        certificate = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("message_digest", hashlib.sha256(info).digest()),
                _attribute(
                    "signing_certificate_v2",
                    tsp.SigningCertificateV2(
                        {"certs": [{"cert_hash": hashlib.sha256(certificate.dump()).digest()}]}
                    ),
                ),
            ]
        )
        return cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(info),
                },
                "certificates": [certificate],
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": cms.SignerIdentifier(
                            "issuer_and_serial_number",
                            {
                                "issuer": certificate.issuer,
                                "serial_number": certificate.serial_number,
                            },
                        ),
                        "digest_algorithm": {"algorithm": "sha256"},
                        "signed_attrs": attributes,
                        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                        "signature": self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
                    }
                ],
            }
        )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


Answering = Callable[[bytes], tuple[int, bytes]]


@contextmanager
def serving(answering: Answering) -> Iterator[str]:
    """Serve an authority on this machine, and give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            asked_well = self.headers["Content-Type"] == QUERY
            status, answer = answering(request) if asked_well else (415, b"")
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", answer.decode())
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_given: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_given: None  # type: ignore[method-assign]  # callers hang up
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
