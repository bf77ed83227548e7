"""Pages of work under a contract: what was typed stays, files are checked, words are only words."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.models import Stage
from challenges.stages.kinds import Payment, Property, StageKind
from marketplace.core.accounts.models import User
from scoring.award.delivery.milestones.models import MilestoneReport
from scoring.award.delivery.views import REQUEST_MOST
from scoring.award.models import Contract
from tests.conftest import sign_in
from tests.journeys import OWN_PRICE, Journey, Step

HOSTILE = "<script>alert(1)</script> \u202eright to left\u202c 🦊"
PDF = b"%PDF-1.7\nA map.\n%%EOF\n"


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


def row(at: int, payment: str) -> dict[str, object]:
    """Give what is typed of one milestone."""
    return {
        f"title_{at}": f"Map {at}",
        f"deliverable_{at}": HOSTILE,
        f"accepted_when_{at}": "We used it.",
        f"due_on_{at}": ["1", "3", "2027"],
        f"payment_{at}": payment,
    }


def see(client: FlaskClient, person: User, path: str, status: int = 200) -> str:
    """Sign a person in and look at a page."""
    sign_in(client, person)
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.text


def test_milestone_goes_through_its_pages_from_plan_to_benefits(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    cast, base = journey.cast, f"/work/challenges/{journey.reference}/delivery"
    contract = session.scalars(select(Contract.id)).one()
    one, own = f"{base}/{contract}", f"/contracts/{contract}"
    pounds = OWN_PRICE // 100

    assert "Write the milestones" in see(client, cast.officer, one)
    assert f"£{pounds:,}" in see(client, cast.officer, f"{one}/plan")
    wrong = client.post(f"{one}/plan", data={"seen": "0", **row(0, f"{pounds - 1}.99")})
    assert wrong.status_code == 422
    assert "That is £0.01 less" in wrong.text
    assert "Map 0" in wrong.text
    dates = {f"due_on_{at}": ["77", "3", "2027"] for at in (0, 1)}
    two = {"seen": "0", **row(0, "5"), **row(1, "5"), **dates}
    undated = client.post(f"{one}/plan", data=two)
    assert "Milestone 2, By which day? Enter a real date" in undated.text
    more = client.post(f"{one}/plan", data={"more": "1", **row(0, "5")})
    assert more.status_code == 200
    assert "title_1" in more.text
    good = {"seen": "0", **row(0, str(pounds)), "title_1": ""}
    assert client.post(f"{one}/plan", data=good).status_code == 303

    assert "Map 0" in see(client, cast.supplier_admin, own)
    assert "Map 0" in see(client, cast.supplier_admin, "/work")
    see(client, cast.rival_admin, own, 404)
    report = f"{own}/milestones/1"
    see(client, cast.supplier_admin, report)
    bad = {"words": HOSTILE, "file": (io.BytesIO(b"MZ"), "map.pdf")}
    refused = client.post(report, data=bad, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "not what its name says" in refused.text
    huge = client.post(
        report,
        data={"words": "x", "file": (io.BytesIO(PDF), "map.pdf")},
        content_type="multipart/form-data",
        environ_overrides={"CONTENT_LENGTH": str(REQUEST_MOST + 1)},
    )
    assert huge.status_code == 413
    assert "larger than 20 MB" in huge.text
    sent = {"words": HOSTILE, "file": (io.BytesIO(PDF), "../map.pdf")}
    assert client.post(report, data=sent, content_type="multipart/form-data").status_code == 303

    waiting = see(client, cast.lead, "/work")
    assert "Accept a milestone or send it back" in waiting
    shown = see(client, cast.lead, f"{one}/milestones/1/answer")
    assert "<script>alert" not in shown
    made = session.scalars(select(MilestoneReport.id)).one()
    assert client.get(f"{one}/files/{made}/1").data == PDF
    assert client.get(f"{one}/files/{made}/2").status_code == 404
    empty = client.post(f"{one}/milestones/1/answer", data={"report": "1"})
    assert empty.status_code == 422
    accept = {"report": "1", "answer": "accept", "words": "We used it on Sunday."}
    assert client.post(f"{one}/milestones/1/answer", data=accept).status_code == 303

    assert "Record a payment" in see(client, cast.officer, "/work")
    see(client, cast.officer, f"{one}/milestones/1/payment")
    today = journey.clock.now().date()
    paid = {
        "amount": str(pounds),
        "paid_on": [str(today.day), str(today.month), str(today.year)],
        "reference": "BACS 7",
    }
    assert client.post(f"{one}/milestones/1/payment", data=paid).status_code == 303
    assert client.post(f"{one}/milestones/1/payment", data=paid).status_code == 409
    see(client, cast.lead, f"{one}/finish")
    assert client.post(f"{one}/finish", data={"words": "A map."}).status_code == 303
    assert "All work is finished" in see(client, cast.auditor, base)
    assert "To be measured from" in see(client, cast.lead, f"{base}/benefits")
    journey.clock.instant += timedelta(days=200)
    assert "Half of those asked used it." in see(client, cast.lead, f"{base}/benefits/6")
    measured = {
        "seen": "0",
        "measure_0": "Used it",
        "now_0": "62%",
        "words": "Warm.",
        "publish": "y",
    }
    assert client.post(f"{base}/benefits/6", data=measured).status_code == 303
    public = see(client, cast.rival_admin, f"/challenges/{journey.reference}")
    assert "62%" in public
    assert "BACS 7" not in public
    assert "<script>alert" not in public


def test_gate_is_held_and_confirmed_on_its_pages(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    cast, former = journey.cast, session.scalars(select(Contract)).one()
    stage = Stage(
        challenge_id=journey.challenge.id,
        ordinal=2,
        name="Accelerator",
        kind=StageKind.ACCELERATOR,
        payment=Payment.NONE,
        property=Property.SUPPLIER,
        minimum_panel=3,
    )
    session.add(stage)
    session.flush()
    gated = Contract(
        stage_id=former.stage_id,
        bid_id=former.bid_id,
        recommendation_id=former.recommendation_id,
        work_stage_id=stage.id,
        reference="C-2",
        value_minor=OWN_PRICE,
        signed_at=journey.clock.now(),
        recorded_by_id=cast.officer.id,
    )
    session.add(gated)
    session.commit()
    gate = f"/work/challenges/{journey.reference}/delivery/{gated.id}/gate"

    asked = see(client, cast.lead, gate)
    assert "tested with at least six disabled and older people" in asked
    assert client.post(gate, data={"criterion_0": "Tested?"}).status_code == 422
    held = {
        "criterion_0": "Tested?",
        "finding_0": "met",
        "words_0": HOSTILE,
        "decision": "goes_on",
        "reason": "It works.",
    }
    assert client.post(gate, data=held).status_code == 303
    assert "Confirm what follows from a gate" in see(client, cast.approver, "/work")
    shown = see(client, cast.approver, f"{gate}/confirm")
    assert "It works." in shown
    assert "<script>alert" not in shown
    see(client, cast.lead, f"{gate}/confirm", 403)
