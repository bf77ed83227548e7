"""Other bodies hear of a draft only where it is open to partners, and only of its problem."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import sign_in
from tests.integration.asking.conftest import letters
from tests.integration.challenges.browser import send
from tests.journeys import Journey, Step


def test_draft_is_offered_found_written_about_and_connected(
    client: FlaskClient, draft: Journey, session: Session
) -> None:
    cast, own = draft.cast, f"/work/challenges/{draft.reference}/partners"
    page = f"/work/partners/{draft.reference}"
    sign_in(client, cast.other_officer)
    assert client.get(page).status_code == 404
    sign_in(client, cast.lead)
    assert send(client, own, {}).status_code == 303

    before = len(letters(session))
    sign_in(client, cast.other_officer)
    assert "How do we find shade?" in client.get("/work/partners").text
    shown = client.get(page).text
    assert cast.lead.email in shown
    assert "within five minutes" not in shown  # the outcome
    assert "Connect two bodies" not in shown
    assert "/work/challenges/join" in shown
    assert client.post(page, data={"text": " "}).status_code == 422
    for _ in range(2):  # a second click
        assert client.post(page, data={"text": "We too."}).status_code == 303
    told = letters(session)[before:]
    assert {to for to, _s, _t in told} == {p.email for p in (cast.lead, *cast.officers)}
    assert len(told) == 4
    assert cast.other_officer.email in told[0][2]
    assert client.post(f"{page}/connect", data={}).status_code == 403

    before = len(letters(session))
    sign_in(client, cast.facilitator)
    assert client.get(f"/work/challenges/{draft.reference}").status_code in (403, 404)
    assert "/work/challenges/join" not in client.get(page).text  # for bodies only
    chosen = {"organisation": str(cast.body.id), "note": "Both lack shade."}
    assert client.post(f"{page}/connect", data=chosen).status_code == 422  # its own body
    chosen["organisation"] = str(cast.other_body.id)
    for _ in range(2):
        assert client.post(f"{page}/connect", data=chosen).status_code == 303
    told = letters(session)[before:]
    assert {to for to, _s, _t in told} == {
        p.email for p in (cast.lead, *cast.officers, cast.other_officer)
    }
    assert len(told) == 5

    sign_in(client, cast.lead)
    mine = client.get(own).text
    assert "We too." in mine
    assert "Both lack shade." in mine
    assert send(client, own, {}).status_code == 303  # closes it
    sign_in(client, cast.other_officer)
    assert client.get(page).status_code == 404


def test_drafts_open_to_partners_are_for_bodies_and_facilitators_before_publication(
    client: FlaskClient, draft: Journey
) -> None:
    cast = draft.cast
    sign_in(client, cast.lead)
    send(client, f"/work/challenges/{draft.reference}/partners", {})
    for person in (cast.supplier_admin, cast.evaluators[0], cast.platform_admin):
        sign_in(client, person)
        assert client.get("/work/partners").status_code == 403, person.name
    sign_in(client, cast.lead)
    assert client.post(f"/work/partners/{draft.reference}", data={"text": "I"}).status_code == 403
    draft.to(Step.OPEN)
    sign_in(client, cast.facilitator)
    assert client.get(f"/work/partners/{draft.reference}").status_code == 404
    sign_in(client, cast.lead)
    assert (
        client.post(
            f"/work/challenges/{draft.reference}/partners", data={"offered": "no"}
        ).status_code
        == 409
    )
