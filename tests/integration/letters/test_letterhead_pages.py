"""A body says how its letters look, and sees a sample of what comes of it."""

import io

import docx as library
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.audit.models import LogEntry
from marketplace.core.letterheads.models import BodyLetterhead
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_person
from tests.unit.core.test_docx import RELATION, a_template, changed

SAID = {
    "address": "1 High Street\nPerth",
    "contact": "bids@example.org",
    "signatory_name": "Una Signatory",
    "signatory_role": "Head of Procurement",
    "reference_prefix": "PROC/",
}


def a_logo(kind: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (1600, 400), "#14505c").save(held, kind)
    return held.getvalue()


def test_letterhead_is_kept_and_stands_on_samples(client: FlaskClient, session: Session) -> None:
    body = a_body(session, NOW)
    officer = a_person(session, NOW, body, Role.PROCUREMENT_OFFICER)
    lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
    session.commit()
    at = "/organisation/letterhead"
    sign_in(client, lead)
    assert client.get(at).status_code == 403
    sign_in(client, officer)
    assert f'href="{at}"' in client.get("/organisation").text

    empty = client.post(at, data={"address": "Only this"})
    assert empty.status_code == 422
    assert "Only this" in empty.text
    assert "Enter who signs the letters" in empty.text
    outside = changed(a_template(), {"word/_rels/x.xml.rels": RELATION % b"image"})
    for name, files, says in (
        ("logo", (io.BytesIO(b"GIF89a"), "logo.png"), "as PNG or JPEG"),
        ("logo", (io.BytesIO(a_logo("PNG")[:200]), "logo.png"), "damaged"),
        ("template", (io.BytesIO(outside), "letter.docx"), "fetches something from outside"),
    ):
        refused = client.post(at, data={**SAID, name: files})
        assert refused.status_code == 422
        assert says in refused.text
    assert session.scalars(select(BodyLetterhead)).all() == []

    saved = client.post(
        at,
        data={
            **SAID,
            "logo": (io.BytesIO(a_logo("JPEG")), "logo.jpg"),
            "template": (io.BytesIO(a_template("[text]")), "ours.docx"),
        },
    )
    assert saved.status_code == 303
    session.rollback()
    row = session.scalars(select(BodyLetterhead)).one()
    assert row.logo is not None
    assert Image.open(io.BytesIO(row.logo)).size == (1200, 300)
    pdf = PdfReader(io.BytesIO(client.get(f"{at}/sample.pdf").data))
    said = pdf.pages[0].extract_text()
    assert "Head of Procurement" in said
    assert "PROC/CH-0000" in said
    assert len(pdf.pages[0].images) == 1
    word = library.Document(io.BytesIO(client.get(f"{at}/sample.docx").data))
    assert word.sections[0].footer.paragraphs[0].text == "Registered in Perth"

    client.post(at, data={**SAID, "without_logo": "y", "without_template": "y"})
    session.rollback()
    session.expire_all()
    row = session.scalars(select(BodyLetterhead)).one()
    assert (row.logo, row.template, row.template_name) == (None, None, None)
    found = select(LogEntry).where(LogEntry.action == "letterhead.changed")
    entries = session.scalars(found.order_by(LogEntry.n)).all()
    assert [each.fields["what"] for each in entries] == [
        "address, contact, signatory_name, signatory_role, reference_prefix, logo, template",
        "logo, template",
    ]
