"""Signs finished reports with the certificate of the body that makes them: PAdES, by pyHanko.

Owns where certificates are kept: each body's in a file of its own beside the log's key, readable by
the service alone, and never in the database. With a time-stamping authority the signature is of the
long-term form: what is needed to check it when its certificate has run out travels with it.
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko_certvalidator import ValidationContext

    from marketplace.config import Settings

FIELD: Final = "Award report"
# A demonstration's certificates say what they are, and outlive it.
_DEMONSTRATION: Final = timedelta(days=3650)
_ALONE: Final = 0o600
# Seconds; the job that makes a report is tried again later.
_STAMPED: Final = 30


class BadCertificate(ValueError):
    """A file holds no certificate to sign with; the message says why."""


@dataclass(frozen=True)
class Seal:
    """A body's certificate with those that vouch for it, and its private key, all in DER."""

    chain: tuple[bytes, ...]
    key: bytes

    @property
    def subject(self) -> str:
        """Give whom the certificate is of."""
        return x509.load_der_x509_certificate(self.chain[0]).subject.rfc4514_string()

    @property
    def sha256(self) -> str:
        """Give the certificate's fingerprint, by which others can trust it, in hexadecimal."""
        return hashlib.sha256(self.chain[0]).hexdigest()

    @property
    def ends(self) -> datetime:
        """Give until when it is valid."""
        return x509.load_der_x509_certificate(self.chain[0]).not_valid_after_utc


@dataclass(frozen=True)
class Authority:
    """A time-stamping authority: its address, and the file of certificates that vouch for it."""

    url: str
    certificates: Path

    @property
    def roots(self) -> bytes:
        """Give the certificates, in PEM."""
        return self.certificates.read_bytes()


@dataclass(frozen=True)
class Seals:
    """The certificates of an installation, in a folder.

    `makes` says that a body without one is given one by this installation itself, which proves
    nothing of who it is: only a demonstration does so.
    """

    folder: Path
    makes: bool = False
    authority: Authority | None = None

    def of(self, body_id: uuid.UUID, name: str, now: datetime) -> Seal | None:
        """Give a body's seal, or one that is made for a demonstration; None where it has none.

        Raises:
            BadCertificate: its file cannot be used.
        """
        found = self.kept(body_id)
        if found is None and self.makes:
            return self.keep(body_id, self_made(name, now))
        return found

    def kept(self, body_id: uuid.UUID) -> Seal | None:
        """Give the seal that is kept for a body.

        Raises:
            BadCertificate: its file cannot be used.
        """
        try:
            return _read(self.file(body_id).read_bytes())
        except FileNotFoundError:
            return None

    def keep(self, body_id: uuid.UUID, seal: Seal) -> Seal:
        """Keep a body's seal in the place of the one before."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.file(body_id)
        new = file.with_suffix(".new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _ALONE)
        with os.fdopen(handle, "wb") as opened:
            opened.write(_written(seal))
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)
        return seal

    def remove(self, body_id: uuid.UUID) -> bool:
        """Forget a body's seal; tell whether there was one."""
        try:
            self.file(body_id).unlink()
        except FileNotFoundError:
            return False
        return True

    def file(self, body_id: uuid.UUID) -> Path:
        """Give the file of a body's seal."""
        return self.folder / f"{body_id}.pem"

    @property
    def stamper(self) -> TimeStamper | None:
        """Give who stamps signatures, where an authority is configured."""
        from pyhanko.sign.timestamps import HTTPTimeStamper

        return HTTPTimeStamper(self.authority.url, timeout=_STAMPED) if self.authority else None


def seals_of(settings: Settings) -> Seals:
    """Give the certificates of an installation, by its settings."""
    authority = None
    if settings.timestamp_url is not None and settings.timestamp_certificates is not None:
        authority = Authority(settings.timestamp_url, settings.timestamp_certificates)
    return Seals(settings.certificates, settings.demonstration, authority)


def read_pkcs12(content: bytes, passphrase: str, now: datetime) -> Seal:
    """Read a certificate with its key from the file that certification authorities give out.

    Raises:
        BadCertificate: it cannot be opened, has no key, or cannot be used for signing at `now`.
    """
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, passphrase.encode())
    except ValueError as error:
        raise BadCertificate("the file or its passphrase is not right") from error
    if key is None or certificate is None:
        raise BadCertificate("the file holds no certificate with its private key")
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        raise BadCertificate(
            f"the certificate is valid from {certificate.not_valid_before_utc:%d %B %Y} to "
            f"{certificate.not_valid_after_utc:%d %B %Y}"
        )
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise BadCertificate("the certificate is not one for signing")
    return Seal(
        tuple(each.public_bytes(serialization.Encoding.DER) for each in (certificate, *others)),
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def self_made(name: str, now: datetime) -> Seal:
    """Make a certificate that vouches for itself: for a demonstration, and says so."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Demonstration, not the real body"),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(days=1))
        .not_valid_after(now.astimezone(UTC) + _DEMONSTRATION)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return Seal(
        (made.public_bytes(serialization.Encoding.DER),),
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def sign(
    pdf: bytes,
    seal: Seal,
    *,
    stamper: TimeStamper | None = None,
    roots: bytes = b"",
) -> bytes:
    """Sign a whole PDF, and give it with the signature added behind its last byte.

    What was there stays as it was, byte for byte. `stamper` has the signature stamped, and `roots`,
    certificates in PEM, vouch for who stamps.

    Raises:
        pyhanko's `TimestampRequestError`: the authority gave no stamp.
    """
    # It takes a second to load, which only the job that makes reports should wait for.
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificates = [asn1_x509.Certificate.load(each) for each in seal.chain]
    signer = signers.SimpleSigner(
        signing_cert=certificates[0],
        signing_key=asn1_keys.PrivateKeyInfo.load(seal.key),
        cert_registry=SimpleCertificateStore.from_certs(certificates),  # type: ignore[no-untyped-call]  # theirs
    )
    long_term = stamper is not None
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=long_term,
        validation_context=_trusting(certificates, roots) if long_term else None,
        # As a later revision it takes half a minute on a tagged PDF, and covers less.
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    )
    # PDF/A wants it printed and not hidden, PDF/UA wants it beside the page: there is no box.
    field = SigFieldSpec(
        FIELD,
        invis_sig_settings=InvisSigSettings(
            set_hidden_flag=False, set_print_flag=True, box_out_of_bounds=True
        ),
    )
    out = signers.PdfSigner(
        meta, signer=signer, timestamper=stamper, new_field_spec=field
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), in_place=False)
    return bytes(out.getbuffer())


def _trusting(chain: list[Any], roots: bytes) -> ValidationContext:
    """Trust the body's own chain and the authority's: this only gathers what checkers will need."""
    from asn1crypto import x509 as asn1_x509
    from pyhanko_certvalidator import ValidationContext

    vouching = [
        asn1_x509.Certificate.load(each.public_bytes(serialization.Encoding.DER))
        for each in (x509.load_pem_x509_certificates(roots) if roots else ())
    ]
    return ValidationContext(
        trust_roots=[chain[-1], *vouching],
        other_certs=chain,
        allow_fetching=True,
        revocation_mode="soft-fail",
    )


def _written(seal: Seal) -> bytes:
    key = serialization.load_der_private_key(seal.key, None)
    return b"".join(
        [
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
            *(
                x509.load_der_x509_certificate(each).public_bytes(serialization.Encoding.PEM)
                for each in seal.chain
            ),
        ]
    )


def _read(content: bytes) -> Seal:
    try:
        key = serialization.load_pem_private_key(content, None)
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise BadCertificate(f"the kept certificate cannot be read: {error}") from error
    return Seal(
        tuple(each.public_bytes(serialization.Encoding.DER) for each in certificates),
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
