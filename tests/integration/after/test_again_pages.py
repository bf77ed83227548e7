"""Pages of a decision that is taken again: proposed, decided, and told to everybody."""

from flask.testing import FlaskClient
from sqlalchemy import select

from scoring.award.again.models import Reconsideration
from tests.conftest import sign_in
from tests.journeys import Journey


def test_decision_is_taken_again_in_a_browser_and_the_public_reads_so(
    journey: Journey, client: FlaskClient
) -> None:
    cast, hub = journey.cast, f"/work/challenges/{journey.reference}"
    work = f"{hub}/decision/again"
    sign_in(client, cast.officer)
    assert f"{work}" in client.get(f"{hub}/decision").text
    assert "No decision was taken back." in client.get(work).text
    assert client.get(f"{work}/propose").status_code == 200
    none = client.post(f"{work}/propose", data={"complaint": "none", "reason": "x"})
    assert (none.status_code, "Choose from where" in none.text) == (422, True)
    unnamed = {"point": "scoring", "complaint": "none", "reason": "A page was missing."}
    refused = client.post(f"{work}/propose", data=unnamed)
    assert refused.status_code == 422
    assert "Choose the questions that are judged again" in refused.text
    assert "A page was missing." in refused.text
    forged = {**unnamed, "named": ["forged"], "complaint": "99999999"}
    assert client.post(f"{work}/propose", data=forged).status_code == 422
    sent = client.post(f"{work}/propose", data={**unnamed, "named": ["team"]})
    assert sent.status_code == 303
    assert client.get(f"{work}/decide").status_code == 403

    sign_in(client, cast.approver)
    assert "Decide whether the decision is taken again" in client.get(f"{hub}/decision").text
    assert "A page was missing." in client.get(f"{work}/decide").text
    waiting = journey.session.scalars(select(Reconsideration)).one()
    given = {"seen": str(waiting.id), "reason": "So it is."}
    assert client.post(f"{work}/decide", data=given).status_code == 422
    taken = {**given, "answer": "confirm"}
    assert client.post(f"{work}/decide", data=taken).status_code == 303
    assert client.post(f"{work}/decide", data=taken).status_code == 409
    assert "So it is." in client.get(work).text
    assert "what was decided before" in client.get(hub).text

    sign_in(client, cast.rival_admin)
    told = client.get(f"/bids/{journey.rival_bid}/outcome")
    assert "The decision is being taken again" in told.text
    page = client.get(f"/challenges/{journey.reference}").text
    assert "The decision is being taken again" in page
    assert "Intention taken back, to decide again" in page
    gone = client.get(f"/awards/{journey.reference}")
    assert gone.status_code == 200
    assert "was taken back" in gone.text
    assert f'href="/challenges/{journey.reference}"' in gone.text
    for untold in (cast.supplier.name, "A page was missing.", journey.own_bid):
        assert untold not in gone.text.partition("<main")[2]
    assert client.get(f"/awards/{journey.reference}/report.pdf").status_code == 404
    sign_in(client, cast.auditor)
    room = client.get("/work/audit").text
    assert f"{journey.reference}/1" in room
    assert ">Taken back</strong>" in room
    sign_in(client, cast.evaluators[0])
    assert client.get(f"{hub}/panel/questions/team").status_code == 200
