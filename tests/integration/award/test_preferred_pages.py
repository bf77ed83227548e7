"""The pages of evidence: found from where people are, and losing nothing that was typed."""

import io

import pytest
from flask.testing import FlaskClient

from bids.asking.lifecycle import usual_limit
from tests.conftest import sign_in
from tests.integration.challenges.browser import send
from tests.journeys import Journey, Step

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
HOSTILE = "<script>alert(1)</script> \N{RIGHT-TO-LEFT OVERRIDE}policy"

pytestmark = pytest.mark.parametrize("step", [Step.RECOMMENDED])


def test_a_document_goes_from_the_officer_to_the_supplier_and_back_through_the_pages(
    client: FlaskClient, journey: Journey
) -> None:
    cast, decision = journey.cast, f"/work/challenges/{journey.reference}/decision"
    asking = f"{decision}/evidence/{journey.own_bid}/ask"
    sign_in(client, cast.officer)
    assert "Ask the preferred bidder for evidence" in client.get(decision).text
    assert asking in client.get(f"{decision}/evidence").text
    refused = send(client, asking, {"document": HOSTILE, "says": "Of this year.", "answer_by": ""})
    assert refused.status_code == 422
    assert "Of this year." in refused.text
    assert "<script>alert" not in refused.text
    limit = usual_limit(journey.clock.now())
    by = [str(limit.day), str(limit.month), str(limit.year), "12", "00"]
    wanted = {"document": HOSTILE, "kind": "insurance", "answer_by": by}
    asked = send(client, asking, wanted)
    assert asked.status_code == 303, asked.text
    assert "Waits for the bidder" in client.get(f"{decision}/evidence").text

    own = f"/bids/{journey.own_bid}/documents-asked"
    sign_in(client, cast.contributor)
    assert f"{own}/1" in client.get("/work").text
    assert own in client.get(f"/bids/{journey.own_bid}").text
    assert f"{own}/1" in client.get(own).text
    assert "Choose a file, or say" in send(client, f"{own}/1", {"note": ""}).text
    given = send(client, f"{own}/1", {"note": "", "file": (io.BytesIO(PDF), "../../policy.pdf")})
    assert given.status_code == 303, given.text
    assert client.get(f"{own}/1/files/1").data == PDF
    assert client.get(f"{own}/1/files/2").status_code == 404
    sign_in(client, cast.rival_admin)
    assert client.get(f"{own}/1").status_code == 404

    sign_in(client, cast.approver)
    page = client.get(f"{decision}/sign-off").text
    assert "One document is not decided yet" in page
    saved = client.get(f"{decision}/evidence/{journey.own_bid}/1/files/1")
    assert (saved.data, saved.headers["Content-Security-Policy"]) == (
        PDF,
        "default-src 'none'; sandbox",
    )
    sign_in(client, cast.officer)
    document = f"{decision}/evidence/{journey.own_bid}/1"
    silent = send(client, document, {"verdict": "accepted", "reason": ""})
    assert (silent.status_code, "Give the reason for this decision" in silent.text) == (422, True)
    until = ["31", "3", "2099"]
    accepted = {"verdict": "accepted", "reason": "It is of this year.", "valid_until": until}
    decided = send(client, document, accepted)
    assert decided.status_code == 303, decided.text
    for page in (f"{decision}/evidence", asking):
        assert "until 31 March 2099" in client.get(page).text
    assert "It is of this year." in client.get(decision).text
    sign_in(client, cast.chair)
    assert client.get(f"{decision}/evidence").status_code == 403
    assert "It is of this year." not in client.get(decision).text


def test_whoever_cannot_approve_is_told_that_evidence_was_refused_and_officers_find_it(
    client: FlaskClient, journey: Journey
) -> None:
    decision = f"/work/challenges/{journey.reference}/decision"
    sign_in(client, journey.cast.officer)
    hub = client.get(f"/work/challenges/{journey.reference}").text
    assert hub.count(f'href="{decision}/evidence"') == 2  # what happens now, and the pages
    limit = usual_limit(journey.clock.now())
    by = [str(limit.day), str(limit.month), str(limit.year), "12", "00"]
    wanted = {"document": "Policy", "kind": "insurance", "answer_by": by}
    send(client, f"{decision}/evidence/{journey.own_bid}/ask", wanted)
    refused = {"verdict": "refused", "reason": "It is of 2019."}
    document = f"{decision}/evidence/{journey.own_bid}/1"
    assert send(client, document, refused).status_code == 303
    sign_in(client, journey.cast.approver)
    page = client.get(f"{decision}/sign-off").text
    assert "You cannot approve: evidence of the preferred bidder was refused" in page
    assert "preferred bidder waits" not in page
    assert "why it was refused" in page


def test_a_bidder_that_failed_is_told_of_on_every_page_of_the_decision(
    client: FlaskClient, journey: Journey
) -> None:
    decision = f"/work/challenges/{journey.reference}/decision"
    sign_in(client, journey.cast.officer)
    looked = send(
        client,
        f"{decision}/evidence/{journey.own_bid}/look-up",
        {"subject": "Trading?", "source": "A register", "concern": "concern", "result": "No."},
    )
    assert looked.status_code == 303, looked.text
    failing = f"{decision}/evidence/{journey.own_bid}/fail"
    assert send(client, failing, {"reason": " "}).status_code == 422
    assert send(client, failing, {"reason": "It is dissolved."}).status_code == 303
    assert client.post(failing, data={"reason": "It is dissolved."}).status_code == 409
    for page in (decision, f"{decision}/evidence"):
        assert "It is dissolved." in client.get(page).text
    assert "computed again" in client.get(decision).text
