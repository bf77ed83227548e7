"""A draft is shown to everybody for comment, marked as a draft, and what people said stays."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.consulting import service
from challenges.service import review
from marketplace.core.audit import log
from tests.conftest import sign_in
from tests.integration.asking.conftest import leave, letters
from tests.integration.challenges.browser import send
from tests.journeys import Journey, Step

HOSTILE = "<script>alert(1)</script> \U0001f333 \u202eright to left"


def open_draft(journey: Journey, days: int = 7) -> None:
    """Open a draft for comment."""
    service.open_for_comment(
        journey.reference,
        ends_at=journey.clock.now() + timedelta(days=days),
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )


def test_draft_is_opened_commented_on_and_answered_by_pages_alone(
    client: FlaskClient, draft: Journey, session: Session
) -> None:
    cast, at = draft.cast, f"/drafts/{draft.reference}"
    work = f"/work/challenges/{draft.reference}/consultation"
    assert client.get(at).status_code == 404
    sign_in(client, cast.lead)
    assert "Only a procurement officer" in client.get(work).text
    sign_in(client, cast.officer)
    past = send(client, work, {"ends_at": ["1", "1", "2020", "12", "00"]})
    assert past.status_code == 422
    assert "still to come" in past.text
    day = draft.clock.now() + timedelta(days=7)
    when = [str(day.day), str(day.month), str(day.year), "12", "00"]
    assert send(client, work, {"ends_at": when}).status_code == 303

    leave(client)
    assert "Draft for comment. Not open for bids." in client.get(at).text
    assert "How do we find shade?" in client.get("/drafts").text
    assert draft.reference not in client.get("/challenges").text
    assert client.get(f"/challenges/{draft.reference}").status_code == 404
    assert "sign-in" in client.get(f"{at}/comment").location

    before = len(letters(session))
    sign_in(client, cast.supplier_admin)
    refused = send(client, f"{at}/comment", {"text": "x" * 5_001})
    assert refused.status_code == 422
    assert "Choose what your comment is about" in refused.text
    assert "Shorten this to 5,000 characters" in refused.text
    said = {"topic": "problem", "text": HOSTILE}
    assert send(client, f"{at}/comment", said).status_code == 303
    assert send(client, f"{at}/comment", said).status_code == 303  # a second click
    sign_in(client, cast.rival_admin)
    named = {"topic": "money", "text": "Too little.", "named": "y"}
    assert send(client, f"{at}/comment", named).status_code == 303
    told = letters(session)[before:]
    assert {to for to, _s, _t in told} == {p.email for p in (cast.lead, *cast.officers)}
    assert len(told) == 4

    sign_in(client, cast.lead)
    managed = client.get(work).text
    assert "<script>alert" not in managed
    assert cast.supplier.name not in managed
    reply = managed.split("/reply", 1)[0].rsplit('"', 1)[1] + "/reply"
    assert send(client, reply, {"reply": "We will plant trees."}).status_code == 303
    assert letters(session)[-1][0] == cast.supplier_admin.email

    leave(client)
    shown = client.get(at).text
    assert "We will plant trees." in shown
    assert cast.supplier.name not in shown
    assert cast.supplier_admin.name not in shown
    assert f"Rita Rival, {cast.rival.name}" in shown


def test_hidden_comment_is_gone_for_the_public_and_its_author_is_told_why(
    client: FlaskClient, draft: Journey, session: Session
) -> None:
    cast, at = draft.cast, f"/drafts/{draft.reference}"
    open_draft(draft)
    sign_in(client, cast.supplier_admin)
    send(client, f"{at}/comment", {"topic": "other", "text": "A rude word."})
    sign_in(client, cast.officer)
    managed = client.get(f"/work/challenges/{draft.reference}/consultation").text
    hide = managed.split("/hide", 1)[0].rsplit('"', 1)[1] + "/hide"

    assert send(client, hide, {"because": ""}).status_code == 422
    assert send(client, hide, {"because": "It insults a person."}).status_code == 303

    assert "A rude word." not in client.get(at).text
    to, _subject, text = letters(session)[-1]
    assert to == cast.supplier_admin.email
    assert "It insults a person." in text
    assert log.chain_entries(session, draft.reference)[-1].action == "draft.comment_hidden"


def test_comments_end_at_their_time_and_stay_linked_from_the_published_challenge(
    client: FlaskClient, draft: Journey
) -> None:
    cast, at = draft.cast, f"/drafts/{draft.reference}"
    open_draft(draft, days=2)
    sign_in(client, cast.supplier_admin)
    send(client, f"{at}/comment", {"topic": "other", "text": "More water."})
    draft.clock.instant += timedelta(days=2)
    sign_in(client, cast.supplier_admin)

    assert client.get(f"{at}/comment").status_code == 409
    over = client.get(at).text
    assert "time for comments is over" in over
    assert "People wait" not in over  # the text of the draft
    assert "More water." in over
    assert "No draft is open" in client.get("/drafts").text
    draft.to(Step.OPEN)
    leave(client)
    assert "1 comment from before publication" in client.get(f"/challenges/{draft.reference}").text
    assert "has been published since" in client.get(at).text


def test_draft_that_is_cancelled_while_people_comment_is_told_as_withdrawn(
    client: FlaskClient, draft: Journey
) -> None:
    open_draft(draft)
    review.cancel(
        draft.reference,
        reason="The money went.",
        actor=draft.actor(draft.cast.officer),
        clock=draft.clock,
    )

    shown = client.get(f"/drafts/{draft.reference}").text
    assert "This draft was withdrawn." in shown
    assert "It ended at" not in shown
