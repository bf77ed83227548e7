"""Reports are signed by the certificate of their body, and what was changed afterwards shows."""

import io
import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from marketplace.core.audit.findings import Status
from marketplace.core.pdf import render_pdf
from scoring.report.sign import BadCertificate, Seal, Seals, read_pkcs12, self_made, sign
from scoring.report.verifying import signature
from scoring.report.verifying.signature import Trusted

NOW = datetime.now(UTC)
BODY = uuid.UUID(int=7)
_SIGNATURE = re.compile(rb"/Contents ?<([0-9a-fA-F]+)>")


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render_pdf(
        '<html lang="en-GB"><body><p style="font-family: Report Sans">Award</p></body></html>',
        title="Award",
        created=NOW,
        identifier=b"award",
    )


@pytest.fixture(scope="module")
def seal() -> Seal:
    return self_made("Example Council", NOW)


def found(content: bytes, *anchors: bytes) -> tuple[Status, str]:
    (only,) = signature.check(content, Trusted(anchors), body="Example Council")
    return only.status, str(only)


def test_signed_report_is_proven_to_those_who_trust_the_certificate(pdf: bytes, seal: Seal) -> None:
    signed = sign(pdf, seal)

    assert signed.startswith(pdf)
    status, said = found(signed, seal.chain[0])
    assert status is Status.PROVEN
    assert "since Example Council (" in said
    assert found(signed)[0] is Status.ASSERTED
    assert found(signed, self_made("Another", NOW).chain[0])[0] is Status.FAILED


def test_report_without_signature_claims_none(pdf: bytes, seal: Seal) -> None:
    assert found(pdf, seal.chain[0]) == (
        Status.ASSERTED,
        "signature: The file bears no signature of the body that made it",
    )


def test_report_changed_after_signing_is_found(pdf: bytes, seal: Seal) -> None:
    signed = sign(pdf, seal)
    place = signed.index(b"/Title")
    changed = signed[:place] + b"/Tiple" + signed[place + 6 :]

    status, said = found(changed, seal.chain[0])
    assert status is Status.FAILED
    assert "The file was changed after Example Council (" in said


def test_signature_of_another_report_is_found(pdf: bytes, seal: Seal) -> None:
    other = render_pdf(
        '<html lang="en-GB"><body><p style="font-family: Report Sans">Owned</p></body></html>',
        title="Award",
        created=NOW,
        identifier=b"award",
    )
    signed = sign(other, seal)
    mine, theirs = (_SIGNATURE.search(each) for each in (sign(pdf, seal), signed))
    assert mine is not None
    assert theirs is not None
    taken = signed.replace(theirs[1], mine[1])

    assert found(taken, seal.chain[0])[0] is Status.FAILED


def test_what_is_added_behind_the_signature_is_found(pdf: bytes, seal: Seal) -> None:
    behind = sign(pdf, seal) + b"\n% and more\n"
    assert any(
        each.status is Status.FAILED for each in signature.check(behind, Trusted([seal.chain[0]]))
    )


def with_a_page_more(pdf: bytes) -> bytes:
    """Add a version behind a PDF."""
    writer, out = pypdf.PdfWriter(io.BytesIO(pdf), incremental=True), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(out)
    return out.getvalue()


def test_page_that_is_added_after_signing_or_before_somebody_else_signs_is_found(
    pdf: bytes, seal: Seal
) -> None:
    signed, other = sign(pdf, seal), self_made("Another Council", NOW)

    for added, who in (
        (with_a_page_more(signed), seal),
        (sign(with_a_page_more(pdf), other), other),
    ):
        said = [str(each) for each in signature.check(added, Trusted([who.chain[0]]))]
        assert any("it has 3 versions" in each for each in said), said


def test_second_signature_leaves_the_first_one_behind_and_counts_by_itself(
    pdf: bytes, seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = self_made("Another Council", NOW)
    signed = sign(pdf, seal)
    monkeypatch.setattr("scoring.report.sign.FIELD", "Second")

    first, second = signature.check(sign(signed, other), Trusted([seal.chain[0]]))

    assert (first.status, second.status) == (Status.FAILED, Status.FAILED)
    assert "Something was added behind the signature of" in str(first)
    assert "with a certificate for which none that you trust vouches" in str(second)


def an_authority() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example time stamps")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=400))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
        .sign(key, hashes.SHA256())
    )
    return made, key


def test_signature_of_the_long_term_form_carries_its_stamp_and_what_checks_it(
    pdf: bytes, seal: Seal
) -> None:
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509

    certificate, key = an_authority()
    stamper = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        tsa_key=asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
    )
    roots = certificate.public_bytes(serialization.Encoding.PEM)
    signed = sign(pdf, seal, stamper=stamper, roots=roots)

    assert b"/DSS" in signed
    assert found(signed, seal.chain[0])[0] is Status.PROVEN


def packed(passphrase: str, seal: Seal) -> bytes:
    key = serialization.load_der_private_key(seal.key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return pkcs12.serialize_key_and_certificates(
        b"body",
        key,
        x509.load_der_x509_certificate(seal.chain[0]),
        None,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )


def test_certificate_is_read_from_the_file_that_authorities_give_out(seal: Seal) -> None:
    assert read_pkcs12(packed("open", seal), "open", NOW) == seal
    for content, passphrase, at, why in (
        (packed("open", seal), "shut", NOW, "passphrase is not right"),
        (b"no such file", "open", NOW, "passphrase is not right"),
        (packed("open", seal), "open", NOW + timedelta(days=9999), "the certificate is valid from"),
    ):
        with pytest.raises(BadCertificate, match=why):
            read_pkcs12(content, passphrase, at)


def test_certificates_are_kept_for_each_body_alone_and_readable_by_nobody_else(
    tmp_path: Path, seal: Seal
) -> None:
    seals = Seals(tmp_path / "certificates")
    assert seals.of(BODY, "Example Council", NOW) is None
    seals.keep(BODY, seal)

    assert seals.of(BODY, "Example Council", NOW) == seal
    assert seals.file(BODY).stat().st_mode & 0o777 == 0o600
    assert seals.remove(BODY)
    assert not seals.remove(BODY)


def test_demonstration_makes_a_certificate_that_says_so_and_keeps_it(tmp_path: Path) -> None:
    seals = Seals(tmp_path, makes=True)
    made = seals.of(BODY, "Example Council", NOW)

    assert made is not None
    assert "Demonstration" in made.subject
    assert seals.of(BODY, "Example Council", NOW) == made


def test_certificate_that_was_damaged_is_told_of(tmp_path: Path, seal: Seal) -> None:
    seals = Seals(tmp_path)
    seals.keep(BODY, seal)
    seals.file(BODY).write_bytes(b"-----BEGIN")

    with pytest.raises(BadCertificate, match="cannot be read"):
        seals.of(BODY, "Example Council", NOW)


def test_anchors_are_parted_from_keys(seal: Seal) -> None:
    pem = x509.load_der_x509_certificate(seal.chain[0]).public_bytes(serialization.Encoding.PEM)

    anchors, left = signature.read_anchors(b"first+line\n" + pem + b"last+line\n")

    assert anchors == [seal.chain[0]]
    assert left.split() == [b"first+line", b"last+line"]
    with pytest.raises(ValueError, match="does not end"):
        signature.read_anchors(b"-----BEGIN CERTIFICATE-----\nAAAA\n")
