"""A report that was forged where no log looks is never called unchanged: who vouches for it?"""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pypdf.generic import ArrayObject, DecodedStreamObject, NameObject

from marketplace.cli import main
from marketplace.core.audit import trust
from marketplace.core.audit.findings import Status, Vouching
from marketplace.core.audit.receipt_check import Verdict
from scoring.report.sign import Seal, self_made, sign
from scoring.report.verifying import files, printed, report, signature
from scoring.report.verifying.signature import Trusted
from tests import forging

GOLDEN = Path(__file__).parents[3] / "golden"
PDF = (GOLDEN / "award-report-public.pdf").read_bytes()
KEYS = trust.read_keys((GOLDEN / "award-report-keys.txt").read_text())
LOG = (GOLDEN / "award-report-log.json").read_bytes()
BODY = "Example Council"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def seal() -> Seal:
    return self_made(BODY, NOW)


def failures(checked: report.Checked) -> str:
    return "\n".join(str(each) for each in checked.findings if each.status is Status.FAILED)


def remade(how: Callable[[pypdf.PdfWriter], object]) -> bytes:
    """Write the whole report anew, with something changed, as a tool for PDFs does."""
    writer, out = pypdf.PdfWriter(clone_from=io.BytesIO(PDF)), io.BytesIO()
    how(writer)
    writer.write(out)
    return out.getvalue()


def written_on(writer: pypdf.PdfWriter) -> None:
    """Write over a page what never happened."""
    more = DecodedStreamObject()
    more.set_data(b"q 0 g 60 620 400 2 re f Q\n")
    page = writer.pages[1]
    both = ArrayObject([page.raw_get("/Contents"), writer._add_object(more)])
    page[NameObject("/Contents")] = both


def another_value(writer: pypdf.PdfWriter) -> None:
    """Change the open data, and have the manifest name it as it is then."""
    content = files.take_out(PDF)
    other = content["release.json"].replace(b"Lanterns", b"Candles")
    changed = forging.cover({**content, "release.json": other})
    root: Any = writer.root_object
    for each in root["/AF"]:
        found = each.get_object()
        found["/EF"]["/F"].get_object().set_data(changed[found["/UF"]])


def test_what_the_log_does_not_cover_is_vouched_for_by_nobody_and_found_by_the_digest(
    seal: Seal,
) -> None:
    def forge(writer: pypdf.PdfWriter) -> None:
        written_on(writer)
        another_value(writer)

    forged = remade(forge)

    # Taken off, or made by the forger in the name of the body: a signature changes nothing.
    for pdf in (forged, sign(forged, seal)):
        checked = report.check(pdf, KEYS)
        assert (failures(checked), checked.verdict) == ("", Verdict.UNVOUCHED)
    found = failures(report.check(forged, KEYS, copy=LOG))
    assert "The file that was made then is another one" in found


def test_true_file_is_proven_by_the_chain_of_a_known_key_that_has_its_digest() -> None:
    checked = report.check(PDF, KEYS, copy=LOG)
    said = "\n".join(map(str, checked.findings))

    assert checked.verdict is Verdict.PROVEN
    assert "The one price that is shown is the one that was sealed" in said
    assert "One price is not shown in this edition" in said
    assert report.check(PDF, [], copy=LOG).verdict is Verdict.SIGNER_UNKNOWN


def test_signature_vouches_by_a_certificate_that_the_reader_gave_and_by_no_other(
    seal: Seal,
) -> None:
    signed, other = sign(PDF, seal), self_made(BODY, NOW)
    own, foreign = (sha256(each.chain[0]).digest() for each in (seal, other))

    (unknown,) = signature.check(signed)
    (false,) = signature.check(signed, Trusted(fingerprints=[foreign]))
    (true,) = signature.check(signed, Trusted(fingerprints=[foreign, own]))

    assert not isinstance(unknown, Vouching)
    assert seal.sha256 == own.hex()
    assert seal.sha256 in str(unknown)
    assert false.status is Status.FAILED
    assert isinstance(true, Vouching)


def an_authority_and_whom_it_vouches_for(name: str) -> tuple[bytes, Seal]:
    """Make an authority's certificate, and one that it gave to `name`."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _each in range(2)]
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)])
        for each in ("Example Authority", name)
    ]
    found = []
    for of, key, is_authority in zip(names, keys, (True, False), strict=True):
        usage = {"digital_signature": True, "content_commitment": True, "key_cert_sign": True}
        others = ("key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
        usage |= dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
        made = (
            x509.CertificateBuilder()
            .subject_name(of)
            .issuer_name(names[0])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=400))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .sign(keys[0], hashes.SHA256())
        )
        found.append(made.public_bytes(serialization.Encoding.DER))
    key_bytes = keys[1].private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return found[0], Seal((found[1],), key_bytes)


@pytest.mark.parametrize(("name", "vouches"), [(BODY, True), ("Somebody Else", False)])
def test_authority_vouches_for_a_report_only_in_the_name_of_its_body(
    name: str, vouches: bool
) -> None:
    authority, seal = an_authority_and_whom_it_vouches_for(name)

    (found,) = signature.check(sign(PDF, seal), Trusted([authority]), body=BODY)

    assert isinstance(found, Vouching) == vouches, str(found)
    assert found.status is (Status.PROVEN if vouches else Status.ASSERTED)


def test_pages_that_are_gone_or_put_in_are_named() -> None:
    def gone(writer: pypdf.PdfWriter) -> None:
        writer.remove_page(writer.pages[3])

    content = files.read(files.take_out(PDF))
    (first, *_others) = printed.check(remade(gone), content)
    assert str(first).startswith("pages: Page 4 of ")
    more = remade(lambda writer: writer.add_blank_page(595, 842))
    (found,) = printed.check(more, content)
    assert "is what they say themselves" in str(found)


def test_signed_file_of_which_a_page_was_taken_says_how_many_bytes_were_signed(seal: Seal) -> None:
    signed = sign(PDF, seal)
    cut = signed.replace(b"/Title", b"/Title ", 1)

    (found,) = signature.check(cut)
    assert f"{len(signed)} bytes were signed, and it has {len(cut)}" in str(found)


def test_entry_that_was_cut_from_the_events_is_named() -> None:
    content = files.take_out(PDF)
    lines = content["events.jsonl"].splitlines(keepends=True)
    before, after = (json.loads(json.loads(lines[at])["entry"])["n"] for at in (5, 7))

    for events, said in (
        (
            [*lines[:6], *lines[7:]],
            f"number 7 of this challenge is missing (after entry {before} and before entry {after}",
        ),
        ([*lines[:7], *lines[6:]], "number 7 stands twice"),
    ):
        cut = forging.cover({**content, "events.jsonl": b"".join(events)})
        assert said in failures(report.check_files(cut, KEYS))


def test_pdf_that_never_was_a_report_is_told_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    writer, letter = pypdf.PdfWriter(), tmp_path / "letter.pdf"
    writer.add_blank_page(595, 842)
    writer.write(letter)

    assert main(["verify", str(letter)]) == 1
    said = capsys.readouterr().out
    assert "This is no award report, receipt or passport of this kind" in said
    assert "does not agree" not in said


def test_command_tells_by_its_exit_code_that_nobody_vouches_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, seal: Seal
) -> None:
    signed = tmp_path / "signed.pdf"
    signed.write_bytes(sign(PDF, seal))
    asked = ["verify", str(signed), "--trust", str(GOLDEN / "award-report-keys.txt")]
    fingerprint = seal.sha256.upper()
    colons = ":".join(fingerprint[at : at + 2] for at in range(0, 64, 2))

    assert main(asked) == 4
    said = capsys.readouterr().out
    assert "nobody vouches for this file" in said
    assert "--chain FILE" in said
    assert "--certificate SHA-256" in said
    assert "File unchanged" not in said
    assert main([*asked, "--certificate", colons]) == 0
    assert main([*asked, "--certificate", "ab"]) == 2
