"""Pages of interviews: the panel offers and records, the bidder chooses, nobody meets a name."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from challenges.lifecycle import State
from challenges.stages.kinds import Source
from challenges.stages.models import StageRun
from challenges.stages.place import Place
from marketplace.core.accounts.models import User
from marketplace.core.audit.log import chain_entries
from marketplace.core.errors import WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from marketplace.core.vault import sealing
from scoring.panel import queries as panels
from scoring.panel import service as panel
from scoring.panel.interviews import queries, service
from scoring.panel.interviews.lifecycle import Step
from scoring.panel.interviews.models import InterviewSlot
from scoring.panel.models import Panel
from tests.conftest import NOW, count_statements
from tests.factories import a_bid, a_later_stage, a_person, a_supplier
from tests.integration.panel.conftest import Scene, add_bid, enter

WHOLE = {
    "first": ["10", "12", "2026", "9", "30"],
    "minutes": "30",
    "gap": "15",
    "number": "3",
    "where": "remote",
    "join_url": "https://meet.example.org/room",
    "choose_by": ["7", "12", "2026", "12", "00"],
    "notice": "24",
}


@pytest.fixture
def hearing(hearing_panel: Scene) -> Scene:
    """Give a stage of interviews whose panel scores."""
    return hearing_panel


def bidder(scene: Scene, name: str) -> User:
    """Give somebody who acts for a supplier."""
    bid = scene.session.scalars(select(Bid).where(Bid.reference == scene.bids[name])).one()
    person = a_person(scene.session, NOW, bid.supplier, Role.SUPPLIER_CONTRIBUTOR)
    scene.session.commit()
    return person


def page_of(scene: Scene, more: str = "") -> str:
    """Give the address of one of the panel's pages."""
    return f"/work/challenges/{scene.reference}/panel/interviews{more}"


def slots(scene: Scene) -> list[InterviewSlot]:
    """Give the times that are offered."""
    return list(queries.slots(scene.session, scene.challenge.stage.id))


def test_chair_offers_from_the_panel_and_bad_input_loses_nothing(
    hearing: Scene, client: FlaskClient
) -> None:
    enter(client, hearing.users["cher"])
    home = client.get(f"/work/challenges/{hearing.reference}/panel").text
    assert page_of(hearing) in home
    assert page_of(hearing, "/offer") in client.get(page_of(hearing)).text

    wrong = {**WHOLE, "minutes": "many", "join_url": "meet me <script>", "number": "9" * 30}
    answer = client.post(page_of(hearing, "/offer"), data=wrong)
    assert answer.status_code == 422
    assert "Enter a whole number" in answer.text
    assert "meet me &lt;script&gt;" in answer.text
    skipped = {**WHOLE, "first": ["28", "3", "2027", "1", "30"]}
    answer = client.post(page_of(hearing, "/offer"), data=skipped)
    assert "The clocks go forward then" in answer.text

    answer = client.post(page_of(hearing, "/offer"), data=WHOLE, follow_redirects=True)
    assert "3 times are offered" in answer.text
    assert "3 bidders have no time yet." in answer.text


def test_bidder_finds_chooses_and_takes_home_a_time(hearing: Scene, client: FlaskClient) -> None:
    enter(client, hearing.users["olga"])
    client.post(page_of(hearing, "/offer"), data=WHOLE)
    enter(client, bidder(hearing, "Acorn"))
    own = f"/bids/{hearing.bids['Acorn']}"
    for page in ("/work", own):
        assert f"{own}/interview" in client.get(page).text
        assert "Choose before midday on Monday 7 December 2026" in client.get(page).text
    assert client.get(f"{own}/interview/calendar.ics").status_code == 404
    assert client.post(f"{own}/interview", data={}).status_code == 422

    chosen, other, _last = slots(hearing)
    answer = client.post(f"{own}/interview", data={"time": f"{chosen.id}.0"}, follow_redirects=True)
    assert "You have this time." in answer.text
    assert "https://meet.example.org/room" in answer.text
    assert "Come to your interview" in client.get("/work").text
    file = client.get(f"{own}/interview/calendar.ics")
    assert file.mimetype == "text/calendar"

    enter(client, bidder(hearing, "Birch"))
    rival = f"/bids/{hearing.bids['Birch']}/interview"
    assert client.get(f"{own}/interview").status_code == 404
    page = client.get(rival).text
    assert str(chosen.id) not in page
    assert "meet.example.org" not in page
    assert "Acorn" not in page
    answer = client.post(rival, data={"time": f"{chosen.id}.0"})
    assert answer.status_code == 422
    assert "This time has just been taken or changed." in answer.text
    assert str(other.id) in answer.text


def test_chair_moves_withdraws_and_records(hearing: Scene, client: FlaskClient) -> None:
    enter(client, hearing.users["cher"])
    client.post(page_of(hearing, "/offer"), data=WHOLE)
    taken, other, last = slots(hearing)
    enter(client, bidder(hearing, "Acorn"))
    own = f"/bids/{hearing.bids['Acorn']}/interview"
    client.post(own, data={"time": f"{taken.id}.0"})

    enter(client, hearing.users["cher"])
    move, withdraw = (page_of(hearing, f"/times/{taken.id}{end}") for end in ("", "/withdraw"))
    assert 'value="30"' in client.get(move).text
    assert client.post(move, data={"seen": "0"}).status_code == 422
    to = {
        "starts_at": ["10", "12", "2026", "15", "00"],
        "minutes": "45",
        "where": "place",
        "place": "Room 2",
        "reason": "The chair is ill.",
        "seen": "0",
    }
    assert client.post(move, data=to).status_code == 303
    assert client.post(move, data=to).status_code == 409  # sent twice, seen before the change
    page = client.get(page_of(hearing)).text
    assert "Room 2" in page
    assert "Acorn" in page
    assert client.post(withdraw, data={"reason": ""}).status_code == 422
    assert client.post(withdraw, data={"reason": "Too late."}).status_code == 303
    assert client.post(withdraw, data={"reason": "Too late."}).status_code == 404

    enter(client, bidder(hearing, "Acorn"))
    client.post(own, data={"time": f"{other.id}.0"})
    enter(client, hearing.users["cher"])
    record = page_of(hearing, f"/bids/{hearing.bids['Acorn']}")
    assert "nothing to record before it begins" in client.get(record).text
    hearing.clock.instant = other.starts_at
    enter(client, hearing.users["cher"])  # nobody stays signed in for days
    assert client.post(record, data={}).status_code == 422
    assert client.post(record, data={"step": "missed"}).status_code == 422
    answer = client.post(record, data={"step": "missed", "reason": "Nobody came."})
    assert answer.status_code == 303
    enter(client, bidder(hearing, "Acorn"))
    assert "Nobody came." in client.get(own).text
    assert client.post(own, data={"time": f"{last.id}.0"}).status_code == 409
    enter(client, hearing.users["cher"])
    client.post(record, data={"step": "held"})
    assert "Held" in client.get(page_of(hearing)).text


def test_evaluator_reads_that_interviews_come_before_submission(
    hearing: Scene, client: FlaskClient
) -> None:
    enter(client, hearing.users["cher"])
    client.post(page_of(hearing, "/offer"), data=WHOLE)
    enter(client, hearing.users["eva"])
    home = client.get(f"/work/challenges/{hearing.reference}/panel").text
    assert "3 bidders have no time yet." in home
    base = f"/work/challenges/{hearing.reference}/panel"
    for more in ("questions/solves", f"bids/{hearing.bids['Birch']}"):
        assert "This bidder has no time for its interview yet." in client.get(f"{base}/{more}").text
    check = f"{base}/scores"
    assert "Interviews come first: Acorn, Birch, Cedar" in client.get(check).text
    assert client.post(check).status_code == 409
    assert client.get(page_of(hearing)).status_code == 200
    assert client.get(page_of(hearing, "/calendar.ics")).status_code == 200
    assert client.get(page_of(hearing, "/offer")).status_code == 403


def test_adjustments_are_shown_to_who_offers_and_the_reading_is_recorded(
    hearing: Scene, client: FlaskClient
) -> None:
    session = hearing.session
    supplier = a_supplier(session, NOW, "Dogwood")
    asking = a_bid(
        session,
        NOW - timedelta(days=1),
        hearing.challenge,
        supplier,
        a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN),
        BidState.VALID,
        adjustments="Somebody who signs BSL",
    )
    session.commit()
    enter(client, hearing.users["olga"])
    assert "Somebody who signs BSL" in client.get(page_of(hearing, "/offer")).text
    entry = chain_entries(session, hearing.reference)[-1]
    assert entry.action == "bid.read"
    assert set(entry.fields["bid"].split(", ")) == {asking.reference, *hearing.bids.values()}
    assert entry.fields["part"] == "adjustments"


def test_page_asks_as_much_for_many_interviews_as_for_few(
    hearing: Scene, client: FlaskClient
) -> None:
    enter(client, hearing.users["cher"])
    client.post(page_of(hearing, "/offer"), data=WHOLE)
    asked = []
    for more in ((), ("Dogwood", "Elm", "Fir")):
        for name in more:
            add_bid(hearing, name)
        free = [s for s in slots(hearing) if s.starts_at < hearing.clock.now() + timedelta(20)]
        for name, slot in zip(hearing.bids, free, strict=False):
            enter(client, bidder(hearing, name))
            client.post(f"/bids/{hearing.bids[name]}/interview", data={"time": f"{slot.id}.0"})
        enter(client, hearing.users["cher"])
        client.get(page_of(hearing))
        with count_statements(hearing.session) as counter:
            assert client.get(page_of(hearing)).status_code == 200
        asked.append(len(counter))
        client.post(
            page_of(hearing, "/offer"), data={**WHOLE, "first": ["11", "12", "2026", "9", "30"]}
        )
    assert asked[0] == asked[1] <= 12


def test_stage_of_interviews_that_follows_a_written_one(
    scene: Scene, session: Session, client: FlaskClient
) -> None:
    """Suppliers who are only heard choose a time, and what they asked for before is known."""
    first = scene.challenge.stage
    stage = a_later_stage(session, scene.challenge, ("talk", "100"))
    supplier = a_supplier(session, NOW, "Dogwood")
    person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
    before = a_bid(
        session,
        NOW - timedelta(days=1),
        scene.challenge,
        supplier,
        person,
        BidState.VALID,
        adjustments="A room without steps",
    )
    heard = Bid(
        reference="B-HEARD",
        challenge_id=scene.challenge.id,
        stage_id=stage.id,
        supplier=supplier,
        state=BidState.VALID,
        unsealed=True,
        previous_id=before.id,
        created_by_id=person.id,
        created_at=NOW,
        changed_at=NOW,
        copy_key_id=sealing.new_copy(session, scene.clock).id,
    )
    officer = scene.users["olga"]
    begun: dict[str, Any] = {"begun_at": NOW, "begun_by_id": officer.id}
    session.add_all(
        [
            heard,
            StageRun(
                stage_id=stage.id, state=State.OPENED, source=Source.HEARD, bids_at=NOW, **begun
            ),
            StageRun(stage_id=first.id, state=State.ADVANCED, **begun),
        ]
    )
    scene.challenge.state = State.EVALUATING
    scene.challenge.interviews_on = date(2026, 12, 10)
    session.commit()
    panel.name_panel(
        Place(scene.reference, 2),
        chair=scene.users["cher"].id,
        evaluators=[scene.users[who].id for who in ("eva", "evan", "evie")],
        observers=[],
        actor=scene.actor("olga"),
        clock=scene.clock,
    )

    enter(client, officer)
    at = f"/work/challenges/{scene.reference}/stages/2/panel/interviews"
    assert "A room without steps" in client.get(f"{at}/offer").text
    assert client.post(f"{at}/offer", data=WHOLE).location.endswith(at)
    enter(client, person)
    (slot, *_rest) = queries.slots(session, stage.id)
    own = "/bids/B-HEARD/interview"
    assert client.post(own, data={"time": f"{slot.id}.0"}).status_code == 303
    assert client.get(f"/bids/{before.reference}/interview").status_code == 404
    told = session.scalars(
        select(Notice.text).where(Notice.to_email == scene.users["eva"].email)
    ).all()
    assert at in told[-1]
    enter(client, officer)
    assert "Dogwood" in client.get(at).text
    entries = chain_entries(session, scene.reference)
    assert {e.fields.get("stage") for e in entries if e.action.startswith("interview")} == {2}

    # Who wrote nothing is heard, or not judged.
    session.get_one(Panel, stage.id).scoring_began_at = NOW
    for member in panels.seats(session, stage.id):
        member.briefed_at = member.interests_declared_at = NOW
    session.commit()
    with pytest.raises(WrongMoment, match="nothing to judge"):
        service.record(
            Place(scene.reference, 2),
            "B-HEARD",
            Step.WITHOUT,
            reason="They did not come.",
            actor=scene.actor("cher"),
            clock=scene.clock,
        )


def test_panel_that_must_not_know_names_meets_nobody(scene: Scene, client: FlaskClient) -> None:
    scene.challenge.interviews_on = date(2026, 12, 10)
    scene.challenge.stage.names_withheld = True
    scene.session.commit()
    scene.name()
    scene.ready()
    for who, more in (("cher", ""), ("eva", ""), ("eva", "/calendar.ics"), ("olga", "/offer")):
        enter(client, scene.users[who])
        assert client.get(page_of(scene, more)).status_code == 409
    home = client.get(f"/work/challenges/{scene.reference}/panel").text
    assert page_of(scene) not in home
