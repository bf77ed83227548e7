"""Lead and officer talk about a draft, section by section, and nobody else hears it."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.reviewing import service as reviewing
from challenges.reviewing.models import ReviewComment
from marketplace.core import jobs
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.integration.asking.conftest import leave, letters
from tests.integration.challenges.browser import hidden_fields, send
from tests.journeys import Journey, Step

HOSTILE = "<script>alert(1)</script> \U0001f333 \u202eright to left"


def test_comment_is_made_answered_and_resolved_and_named_before_approval(
    client: FlaskClient, draft: Journey
) -> None:
    cast, at = draft.cast, f"/work/challenges/{draft.reference}"
    page = f"{at}/comments/problem"
    sign_in(client, cast.officer)
    assert send(client, page, {"text": " "}).status_code == 422
    long = send(client, page, {"text": "x" * 5_001})
    assert long.status_code == 422
    assert "x" * 5_001 in long.text
    assert send(client, page, {"text": HOSTILE}).status_code == 303
    assert send(client, page, {"text": HOSTILE}).status_code == 303  # a second click

    sign_in(client, cast.lead)
    for place in (f"{at}/write", f"{at}/review"):
        assert "1 open comment" in client.get(place).text
    beside = client.get(f"{at}/write/problem").text
    assert "Oona Officer" in beside
    assert "<script>alert" not in beside
    shown = client.get(page).text
    assert shown.count("Oona Officer</strong>") == 1
    thread = shown.split("thread-", 1)[1].split('"', 1)[0]
    token = hidden_fields(shown).get("csrf_token", "")
    reply = {"csrf_token": token, "thread": thread, "text": "Yes, trees."}
    assert client.post(page, data=reply).status_code == 303
    done = client.post(f"{at}/comments/threads/{thread}", data={"resolved": "yes"})
    assert done.status_code == 303
    assert "Resolved by Lena Lead" in client.get(page).text
    assert "No comment is open" in client.get(f"{at}/review").text


def test_comments_are_for_those_who_write_and_for_auditors_until_publication(
    client: FlaskClient, draft: Journey
) -> None:
    cast, page = draft.cast, f"/work/challenges/{draft.reference}/comments/problem"
    for person, seen, made in (
        (cast.lead, 200, 303),
        (cast.auditor, 200, 403),
        (cast.evaluators[0], 403, 403),
        (cast.supplier_admin, 403, 403),
        (cast.other_officer, 404, 404),
    ):
        sign_in(client, person)
        assert client.get(page).status_code == seen, person.name
        assert client.post(page, data={"text": "More shade."}).status_code == made, person.name
    assert client.get(page.replace("problem", "nonsense")).status_code == 404
    draft.to(Step.OPEN)
    sign_in(client, cast.lead)
    assert client.post(page, data={"text": "Late."}).status_code == 409
    leave(client)
    assert "More shade." not in client.get(f"/challenges/{draft.reference}").text


def test_comments_are_told_together_to_the_others_concerned(
    client: FlaskClient, draft: Journey, session: Session
) -> None:
    cast, page = draft.cast, f"/work/challenges/{draft.reference}/comments/problem"
    before = len(letters(session))
    sign_in(client, cast.officer)
    for text in ("One.", "Two.", "Settled."):
        assert send(client, page, {"text": text}).status_code == 303
    settled = session.scalars(
        select(ReviewComment.id).where(ReviewComment.text == "Settled.")
    ).one()
    session.rollback()
    reviewing.resolve(
        draft.reference, settled, resolved=True, actor=actor_for(cast.officer), clock=draft.clock
    )
    assert len(letters(session)) == before
    draft.clock.instant += timedelta(minutes=10)
    while jobs.run_due(draft.clock):
        pass

    told = letters(session)[before:]
    assert [to for to, _s, _t in told] == [cast.lead.email]
    assert told[0][1].startswith("2 new comments")
