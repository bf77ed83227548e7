"""A passport leaves as a signed file and comes in where somebody looked at each answer."""

import io
import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids.passport import service as passport
from bids.passport.kinds import Subject
from bids.passport.queries import passport_of
from marketplace.core.audit import keys, passports
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.audit.signing import Signer
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_person, a_supplier, actor_for
from tests.integration.bids.conftest import Scene

IDENTITY = {
    "kind": "sole_trader",
    "legal_name": "Ada <b>Example</b>",
    "address": "1 Row\n🦜",
    "contact": "Ada",
    "email": "ada@example.org",
}
ELSEWHERE = Signer("elsewhere.example/log", b"\x08" * 32)
AT = "/organisation/passport"


@pytest.fixture
def answered(scene: Scene, clock: FixedClock) -> Scene:
    """Have the supplier say who it is."""
    passport.answer(Subject.IDENTITY, IDENTITY, actor=scene.admin, clock=clock)
    return scene


def a_file(signer: Signer = ELSEWHERE, **identity: str) -> bytes:
    subject = passports.Subject({**IDENTITY, "address": "2 Row", **identity}, NOW)
    return passports.write(
        passports.Passport("their id", "Ada", NOW, {"identity": subject}), signer
    )


def bring(client: FlaskClient, content: bytes) -> tuple[int, str]:
    file = (io.BytesIO(content), "passport.json")
    answer = client.post(f"{AT}/import", data={"file": file})
    return answer.status_code, unescape(answer.text)


def take(client: FlaskClient, page: str, content: bytes, *subjects: str) -> tuple[int, str]:
    found = re.search(r'name="mark" value="(\w+)"', page)
    assert found is not None
    data = {"content": content.decode(), "mark": found[1], "subjects": list(subjects)}
    answer = client.post(f"{AT}/import/take", data=data)
    return answer.status_code, unescape(answer.text)


def address(session: Session, scene: Scene) -> object:
    session.rollback()
    return passport_of(session, scene.supplier.id).answers[Subject.IDENTITY].values["address"]


def test_file_that_leaves_is_proven_and_the_document_holds_it(
    session: Session, answered: Scene, client: FlaskClient
) -> None:
    sign_in(client, answered.contributor_user)

    content = client.get(f"{AT}/passport.json").data
    pdf = pypdf.PdfReader(io.BytesIO(client.get(f"{AT}/passport.pdf").data))

    checked = passports.check(content, keys.known(session))
    assert checked.verdict is Verdict.PROVEN
    assert set(json.loads(content)["passport"]["subjects"]) == {"identity", "grounds"}
    # Who typed an answer is nobody's business elsewhere.
    assert answered.admin_user.name.encode() not in content
    assert pdf.attachments["passport.json"] == [content]
    assert "Ada <b>Example</b>" in pdf.pages[0].extract_text()
    assert (
        "Nobody changed this file" in client.post("/verify", data={"text": content.decode()}).text
    )


def test_nothing_is_taken_before_it_was_seen_and_ticked(
    session: Session, answered: Scene, client: FlaskClient
) -> None:
    sign_in(client, answered.contributor_user)

    status, page = bring(client, a_file())

    assert (status, address(session, answered)) == (200, "1 Row\n🦜")
    shown = page.partition("</textarea>")[2]
    assert shown.index("1 Row") < shown.index("2 Row")
    assert "is not known here" in page
    assert take(client, page, a_file())[0] == 422
    assert address(session, answered) == "1 Row\n🦜"
    assert take(client, page, a_file(), "identity")[0] == 303
    assert address(session, answered) == "2 Row"
    stands = passport_of(session, answered.supplier.id).answers[Subject.IDENTITY]
    assert stands.answered_by == answered.contributor_user.name


def test_answer_that_changed_meanwhile_is_not_overwritten_unseen(
    session: Session, answered: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    sign_in(client, answered.contributor_user)
    _status, page = bring(client, a_file())
    changed = {**IDENTITY, "address": "3 Row"}
    passport.answer(Subject.IDENTITY, changed, actor=answered.admin, clock=clock)

    status, again = take(client, page, a_file(), "identity")

    assert (status, "changed meanwhile" in again, "3 Row" in again) == (409, True, True)
    assert address(session, answered) == "3 Row"


def test_operator_names_the_services_whose_signature_is_known(
    app: Flask, answered: Scene, client: FlaskClient, tmp_path: Path
) -> None:
    file = tmp_path / "trust.txt"
    file.write_text(f"{ELSEWHERE.verifier}\n", encoding="utf-8")
    app.extensions["settings"] = replace(app.extensions["settings"], passport_trust=file)
    sign_in(client, answered.contributor_user)

    assert "of a service that is known here" in bring(client, a_file())[1]


def test_file_of_another_supplier_here_or_one_that_was_changed_is_refused(
    session: Session, answered: Scene, client: FlaskClient
) -> None:
    sign_in(client, answered.contributor_user)
    own = client.get(f"{AT}/passport.json").data
    rival = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    assert actor_for(rival).organisation_id != answered.supplier.id
    sign_in(client, rival)

    for content, said in (
        (own, "by another supplier of this service"),
        (own.replace(b"1 Row", b"9 Row"), "was changed after it was signed"),
        (b"", "Choose the file"),
        (b"%PDF-1.7", "the document to read"),
        (b"\xff\xfe\x00", "not a passport"),
        (b"[" * 50_000, "not a passport"),
        (b'{"format":"passport/1","note":"","passport":{}}', "not a passport"),
        (b"x" * 500_001, "larger than any passport"),
    ):
        status, page = bring(client, content)
        assert (status, said in page) == (422, True), content[:40]


def test_spd_shows_the_answers_and_gives_them_as_text(answered: Scene, client: FlaskClient) -> None:
    sign_in(client, answered.contributor_user)

    page, text = client.get(f"{AT}/spd").text, client.get(f"{AT}/spd.txt")

    assert "Ada &lt;b&gt;Example&lt;/b&gt;" in page
    assert "Ada <b>Example</b>" in text.text
    assert text.headers["Content-Disposition"] == "attachment; filename=spd.txt"


def test_spd_tells_the_size_from_the_declaration_until_the_passport_does(
    answered: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    sign_in(client, answered.contributor_user)

    declared = client.get(f"{AT}/spd.txt").text

    assert "Is the bidder a micro, small or medium-sized enterprise?\nMicro\n" in declared
    assert "4B.1.1  General yearly turnover\n£400,000\n" in declared
    assert "4C  Average yearly staff\n7\n" in declared
    size = {"staff": 70, "turnover_minor": 9_000_000_00, "balance_minor": 0}
    passport.answer(Subject.SIZE, size, actor=answered.admin, clock=clock)
    answered_here = client.get(f"{AT}/spd.txt").text
    assert "medium-sized enterprise?\nMedium\n" in answered_here
    assert "General yearly turnover\n£9,000,000\n" in answered_here
