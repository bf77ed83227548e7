"""Pages of complaints and court cases, from the bidder's outcome to the decision."""

from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core.accounts.models import User
from scoring.award.complaints.models import ComplaintProposal, ProceedingsEnd
from tests.conftest import sign_in
from tests.journeys import Journey

SPICY = "Ω <script>alert(1)</script> \u202eהפוך 🦔"


def test_complaint_goes_from_the_outcome_to_a_decision_in_a_browser(
    journey: Journey, client: FlaskClient
) -> None:
    cast, work = journey.cast, f"/work/challenges/{journey.reference}/decision"
    own = f"/bids/{journey.rival_bid}/complaint"

    def by(person: User) -> FlaskClient:
        sign_in(client, person)
        return client

    rival = by(cast.rival_admin)
    assert own in rival.get(f"/bids/{journey.rival_bid}/outcome").text
    empty = rival.post(own, data={"grounds": " "})
    assert empty.status_code == 422
    assert "Say what is wrong with the decision" in empty.text
    long = rival.post(own, data={"grounds": "x" * 10_001})
    assert (long.status_code, "10,000 characters" in long.text) == (422, True)
    assert rival.post(own, data={"grounds": SPICY}).status_code == 303
    seen = rival.get(own).text
    assert "&lt;script&gt;" in seen
    assert "alert(1)</script>" not in seen

    other = by(cast.supplier_admin).get(f"/bids/{journey.own_bid}/outcome").text
    assert "The standstill is suspended: a complaint" in other
    assert cast.rival.name not in other
    assert client.get(own).status_code == 404

    officer = by(cast.officer)
    hub = officer.get(f"/work/challenges/{journey.reference}").text
    assert "Deal with a complaint or a court case" in hub
    assert "Signing is held back" in hub
    assert "Complaint 1" in officer.get(f"{work}/complaints").text
    result = officer.get(work).text
    assert "A complaint about the decision is not decided yet." in result
    assert "Record the signed contract" not in result
    contract = {"reference": "C-1", "value": "20000", "starts_on": ["1", "2", "2027"]}
    early = officer.post(f"{work}/contract", data=contract | {"ends_on": ["31", "1", "2028"]})
    assert early.status_code == 409
    summary = early.text.split("There is a problem")[1].split("</ul>")[0]
    assert "The standstill has not ended" in summary
    assert "A complaint about the decision is not decided yet." in summary
    assert 'href="#"' not in summary
    assert officer.get(f"{work}/complaints/1/propose").status_code == 200
    assert officer.post(f"{work}/complaints/1/propose", data={}).status_code == 422
    sent = officer.post(
        f"{work}/complaints/1/propose", data={"finding": "upheld", "reason": "It is so."}
    )
    assert sent.status_code == 303
    assert officer.get(f"{work}/complaints/1/propose").status_code == 409

    approver = by(cast.approver)
    page = f"{work}/complaints/1/decide"
    assert "It is so." in approver.get(page).text
    waiting = journey.session.scalars(select(ComplaintProposal)).one()
    seen_id = str(waiting.id)
    assert approver.post(page, data={"seen": seen_id, "reason": "Yes"}).status_code == 422
    stale = approver.post(page, data={"seen": "0", "answer": "confirm", "reason": "Yes"})
    assert stale.status_code == 409
    given = {"seen": seen_id, "answer": "confirm", "reason": "Yes"}
    assert approver.post(page, data=given).status_code == 303
    assert approver.post(page, data=given).status_code == 409
    assert "It is so." in by(cast.rival_admin).get(own).text


def test_case_in_court_is_recorded_and_ended_in_a_browser(
    journey: Journey, client: FlaskClient
) -> None:
    cast, work = journey.cast, f"/work/challenges/{journey.reference}/decision"
    sign_in(client, cast.officer)
    today = journey.clock.now()
    day = [str(today.day), str(today.month), str(today.year)]
    assert client.post(f"{work}/court/record", data={}).status_code == 422
    served = {"served_on": day, "court": "Court of Session", "reference": "P1/26"}
    assert client.post(f"{work}/court/record", data=served).status_code == 303
    ended = {"how": "dismissed", "ended_on": day, "evidence": "Interlocutor"}
    assert client.post(f"{work}/court/1/end", data={"how": "dismissed"}).status_code == 422
    assert client.post(f"{work}/court/1/end", data=ended).status_code == 303
    assert client.get(f"{work}/court/1/confirm").status_code == 403
    sign_in(client, cast.supplier_admin)
    assert "before a court" in client.get(f"/bids/{journey.own_bid}/outcome").text
    sign_in(client, cast.approver)
    end = journey.session.scalars(select(ProceedingsEnd)).one()
    assert "Interlocutor" in client.get(f"{work}/court/1/confirm").text
    answer = {"seen": str(end.id), "answer": "confirm", "reason": "Read"}
    assert client.post(f"{work}/court/1/confirm", data=answer).status_code == 303
    assert "Confirmed by" in client.get(f"{work}/complaints").text
