"""Time stamps from a local authority: what is taken, and every way in which one is refused."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from marketplace.core.audit import stamps
from marketplace.core.audit.signing import Signer
from marketplace.core.audit.stamps import BadStamp
from tests.authority import STAMPED_AT, Answering, Authority, serving

NOTE = Signer("market.example/log", b"\x07" * 32).sign("market.example/log\n1\nAAAA\n")


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Give an authority that the tests trust."""
    return Authority()


def ask(answering: Answering, roots: bytes, **limits: Any) -> bytes:
    with serving(answering) as url:
        return stamps.ask(url, NOTE, roots, **limits)


def test_stamp_of_a_note_checks_and_says_when_and_by_whom(authority: Authority) -> None:
    answer = ask(lambda request: (200, authority.answer(request)), authority.roots)

    assert stamps.check(NOTE, answer, authority.roots) == stamps.Stamp(
        STAMPED_AT, "CN=Clock of the tests"
    )


def test_stamp_of_one_note_is_none_of_another(authority: Authority) -> None:
    answer = ask(lambda request: (200, authority.answer(request)), authority.roots)

    with pytest.raises(BadStamp, match="does not check"):
        stamps.check(NOTE.replace("\n1\n", "\n2\n"), answer, authority.roots)


def test_stamp_by_an_authority_that_is_not_trusted_is_refused(authority: Authority) -> None:
    answer = ask(lambda request: (200, authority.answer(request)), authority.roots)

    with pytest.raises(BadStamp, match="does not check"):
        stamps.check(NOTE, answer, Authority().roots)


def test_stamp_outlives_the_certificate_that_was_good_when_it_was_made() -> None:
    # The moment of the stamp lies a day after the certificate's start, so this one is over by it.
    brief = Authority(valid_for=timedelta(hours=1))
    with pytest.raises(BadStamp, match="does not check"):
        ask(lambda request: (200, brief.answer(request)), brief.roots)

    long_gone = Authority(valid_for=timedelta(days=2))
    assert ask(lambda request: (200, long_gone.answer(request)), long_gone.roots)


def test_certificate_for_another_purpose_makes_no_stamp() -> None:
    other = Authority(purpose=ExtendedKeyUsageOID.SERVER_AUTH)

    with pytest.raises(BadStamp, match="does not check"):
        ask(lambda request: (200, other.answer(request)), other.roots)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"imprint": b"\x01" * 32}, "does not check"),
        ({"nonce": 1}, "Nonce"),
        ({"digest": "sha512_256"}, "another kind of digest"),
        ({"status": 2}, "GRANTED"),
        ({"status": 3}, "GRANTED"),
    ],
)
def test_answer_that_differs_from_what_was_asked_for_is_refused(
    authority: Authority, wrong: dict[str, Any], why: str
) -> None:
    with pytest.raises(BadStamp, match=why):
        ask(lambda request: (200, authority.answer(request, **wrong)), authority.roots)


@pytest.mark.parametrize("answer", [b"", b"busy", b"\x30\x03\x02\x01\x00", b"\x30\x84"])
def test_answer_that_is_no_stamp_is_refused(authority: Authority, answer: bytes) -> None:
    with pytest.raises(BadStamp):
        ask(lambda _request: (200, answer), authority.roots)


def test_changed_byte_anywhere_in_a_stamp_is_found(authority: Authority) -> None:
    answer = ask(lambda request: (200, authority.answer(request)), authority.roots)
    good = stamps.check(NOTE, answer, authority.roots)

    for place in range(0, len(answer), 7):
        changed = bytearray(answer)
        changed[place] ^= 0x01
        try:
            found = stamps.check(NOTE, bytes(changed), authority.roots)
        except BadStamp:
            continue
        # Some bytes are outside of what is signed; then nothing that is claimed may differ.
        assert found == good


def test_huge_answer_is_refused_before_it_is_read_whole(authority: Authority) -> None:
    with pytest.raises(BadStamp, match="more than"):
        ask(lambda _request: (200, b"\x30" * (5 * stamps.LARGEST_ANSWER)), authority.roots)


@pytest.mark.parametrize("status", [403, 500, 503])
def test_authority_that_fails_is_no_authority(authority: Authority, status: int) -> None:
    with pytest.raises(OSError, match=str(status)):
        ask(lambda _request: (status, b""), authority.roots)


def test_authority_that_sends_elsewhere_is_not_followed(authority: Authority) -> None:
    with pytest.raises(OSError, match="302"):
        ask(lambda _request: (302, b"http://elsewhere.invalid/"), authority.roots)


def test_authority_that_is_down_is_an_error_of_the_network(authority: Authority) -> None:
    with serving(lambda request: (200, request)) as url:
        pass

    with pytest.raises(OSError, match="refused"):
        stamps.ask(url, NOTE, authority.roots)


def test_authority_that_never_answers_is_given_up(authority: Authority) -> None:
    over = threading.Event()

    def dawdle(_request: bytes) -> tuple[int, bytes]:
        over.wait()
        return 200, b""

    with serving(dawdle) as url:
        try:
            with pytest.raises(OSError, match=r"time"):
                stamps.ask(url, NOTE, authority.roots, seconds=0.05)
        finally:
            over.set()


@pytest.mark.parametrize("roots", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAA"])
def test_file_without_certificates_vouches_for_nobody(authority: Authority, roots: bytes) -> None:
    with pytest.raises(BadStamp, match="no certificates"):
        ask(lambda request: (200, authority.answer(request)), roots)
