"""Files of a challenge: attached to a draft, public once published, gone when taken off."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from challenges.documents import service
from challenges.documents.kinds import FILE_MOST, FILES_MOST
from challenges.documents.models import Document
from challenges.documents.views import REQUEST_MOST
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.access import current_files
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.files.models import StoredFile
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person, actor_for
from tests.integration.challenges.browser import hidden_fields

NOTES = b"All gauges, by river."


def attach(draft: Challenge, lead: User, content: bytes = NOTES, *, contract: bool = False) -> None:
    service.attach(
        draft.reference,
        name="gauges.txt",
        content=content,
        title="All gauges",
        is_contract=contract,
        actor=actor_for(lead),
        clock=FixedClock(NOW),
        store=current_files(),
    )


def send(
    client: FlaskClient, draft: Challenge, content: bytes, name: str = "gauges.txt"
) -> TestResponse:
    path = f"/work/challenges/{draft.reference}/write/documents/add"
    data = {
        **hidden_fields(client.get(path).text),
        "title": "Everything we measured",
        "is_contract": "y",
        "file": FileStorage(io.BytesIO(content), name),
    }
    # Encoded here: the test client would put a large file down and leave it open.
    boundary, body = encode_multipart(data)
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_file_is_the_bodys_until_it_is_published_and_everybodys_then(
    app: Flask, client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, lead)

    notes = NOTES * 150_000  # more than other pages take
    assert send(client, draft, notes).status_code == 303

    section = client.get(f"/work/challenges/{draft.reference}/write/documents").text
    assert "Everything we measured" in section
    assert "Draft contract" in section
    session.expire_all()
    (document,) = draft.documents
    public = f"/challenges/{draft.reference}/documents/{document.id}"
    own = f"/work{public}"
    assert client.get(own).data == notes
    assert client.get(public).status_code == 404
    with client.session_transaction() as held:
        held.clear()
    assert client.get(own).status_code == 302
    draft.published_at, draft.state, draft.approved_by_id = NOW, State.OPEN, None
    session.commit()
    answer = client.get(public)
    assert answer.data == notes
    assert answer.headers["Content-Disposition"] == "attachment; filename=gauges.txt"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "name", "status", "said"),
    [
        (b"", "gauges.txt", 422, "The file is empty"),
        (b"MZ\x90\x00", "gauges.txt", 422, "not what its name says"),
        (b"<script>", "gauges.html", 422, "of another kind"),
        (b"x" * (FILE_MOST + 1), "gauges.txt", 422, "larger than 10 MB"),
        (b"", "", 422, "Choose a file."),
    ],
)
def test_file_that_is_not_taken_says_why_and_leaves_nothing(
    client: FlaskClient,
    session: Session,
    draft: Challenge,
    lead: User,
    content: bytes,
    name: str,
    status: int,
    said: str,
) -> None:
    sign_in(client, lead)

    answer = send(client, draft, content, name)

    assert answer.status_code == status
    assert said in answer.text
    assert 'href="#file"' in answer.text
    assert "Everything we measured" in answer.text
    session.expire_all()
    assert draft.documents == []
    assert session.query(StoredFile).count() == 0
    assert not [path for path in current_files().folder.rglob("*") if path.is_file()]


def test_file_too_large_to_be_taken_in_is_refused_by_its_field(
    client: FlaskClient, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/documents/add"

    answer = client.post(
        path,
        data={"file": (io.BytesIO(NOTES), "gauges.txt")},
        content_type="multipart/form-data",
        environ_overrides={"CONTENT_LENGTH": str(REQUEST_MOST + 1)},
    )

    assert answer.status_code == 413
    assert "larger than 10 MB" in answer.text
    assert 'href="#file"' in answer.text
    # No other page takes so much.
    other = path.replace("documents/add", "problem")
    assert client.post(other, data={"problem": "x" * 3_000_000}).status_code == 413


def test_file_taken_off_is_really_gone_unless_another_challenge_has_it(
    client: FlaskClient, session: Session, body: Organisation, draft: Challenge, lead: User
) -> None:
    other = a_challenge(session, NOW, body, lead)
    session.commit()
    attach(draft, lead)
    attach(other, lead)
    session.expire_all()
    sha256 = draft.documents[0].sha256
    path = current_files().path(sha256)
    sign_in(client, lead)
    for challenge, left in ((draft, True), (other, False)):
        document = challenge.documents[0]
        delete = f"/work/challenges/{challenge.reference}/write/documents/{document.id}/delete"
        assert "Take this file off?" in client.get(delete).text
        assert client.post(delete).status_code == 303
        # A second click finds it gone.
        assert client.post(delete).status_code == 404
        session.expire_all()
        assert path.exists() is left
        assert (session.get(StoredFile, sha256) is not None) is left


def test_second_draft_contract_takes_the_place_of_the_first(
    session: Session, draft: Challenge, lead: User
) -> None:
    attach(draft, lead, b"Old terms.", contract=True)
    attach(draft, lead, b"New terms.", contract=True)

    session.expire_all()
    assert [document.is_contract for document in draft.documents] == [False, True]


def test_the_same_file_twice_and_one_too_many_are_refused(
    session: Session, draft: Challenge, lead: User
) -> None:
    attach(draft, lead)
    with pytest.raises(Invalid, match="attached already"):
        attach(draft, lead)
    session.expire_all()
    first = draft.documents[0]
    for number in range(FILES_MOST - 1):
        session.add(
            Document(
                challenge_id=draft.id,
                sha256=first.sha256,
                name=f"{number}.txt",
                title="Notes",
                added_by_id=lead.id,
                added_at=NOW,
            )
        )
    session.commit()

    with pytest.raises(Invalid, match="at most 20 files"):
        attach(draft, lead, b"One more.")

    assert current_files().path(first.sha256).exists()


def test_files_of_a_challenge_in_review_stay_as_they_are(
    session: Session, draft: Challenge, lead: User
) -> None:
    attach(draft, lead)
    draft.state, draft.submitted_by_id = State.IN_REVIEW, lead.id
    session.commit()
    document_id = draft.documents[0].id

    with pytest.raises(WrongMoment):
        attach(draft, lead, b"More.")
    with pytest.raises(WrongMoment):
        service.remove(
            draft.reference,
            document_id,
            actor=actor_for(lead),
            clock=FixedClock(NOW),
            store=current_files(),
        )


def test_files_of_another_body_are_not_found(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    attach(draft, lead)
    session.expire_all()
    document_id = draft.documents[0].id
    other = a_body(session, NOW, "Another Council")
    stranger = a_person(session, NOW, other, Role.CHALLENGE_LEAD)
    own = a_challenge(session, NOW, other, stranger)
    session.commit()
    sign_in(client, stranger)

    for reference in (draft.reference, own.reference):
        base = f"/work/challenges/{reference}"
        assert client.get(f"{base}/documents/{document_id}").status_code == 404
        assert client.post(f"{base}/write/documents/{document_id}/delete").status_code == 404


def test_hostile_title_and_name_stay_text(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/documents/add"
    hostile = "<script>alert(1)</script>\u202e"

    answer = client.post(
        path,
        data={"title": hostile, "file": (io.BytesIO(NOTES), f"<b>{hostile}.txt")},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 303
    session.expire_all()
    document = draft.documents[0]
    assert document.title == "<script>alert(1)</script>"
    assert not re.search(r'[<>"/\u202e]', document.name)
    page = client.get(f"/work/challenges/{draft.reference}/preview").text
    assert "<script>alert" not in page
