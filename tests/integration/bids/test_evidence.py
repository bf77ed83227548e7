"""Evidence that one body checked: recorded, withdrawn, and shown to others where allowed."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import service as bids
from bids.evidence import service
from bids.evidence.kinds import Evidence
from bids.evidence.models import EvidenceCheck, EvidenceSharing
from bids.evidence.service import Seen
from challenges.lifecycle import State
from marketplace.core.accounts.models import User
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import (
    a_body,
    a_challenge,
    a_person,
    a_supplier,
    give_opening_key,
    name_openers,
)
from tests.integration.bids.conftest import Scene, actions
from tests.journeys import open_the_bids

FORM = {
    "kind": "insurance",
    "document": "Liability policy 17 <script>",
    "seen": "Five million pounds. 🦜",
    "valid_until": ["31", "3", "2027"],
}


@dataclass
class Opened:
    """A challenge whose bids are open: the address of the bidder's evidence, and the bid."""

    at: str
    bid: str


@pytest.fixture
def opened(scene: Scene, clock: FixedClock) -> Opened:
    """Submit the supplier's bid and open it."""
    bid = scene.written_bid(clock)
    bids.submit_bid(bid, actor=scene.admin, arrived=NOW, clock=clock)
    clock.instant = scene.closes_at + timedelta(minutes=1)
    open_the_bids(scene.challenge.reference, scene.officer(0), scene.officer(1), clock=clock)
    return Opened(f"/work/challenges/{scene.challenge.reference}/bids/{bid}/evidence", bid)


def record(scene: Scene, opened: Opened, clock: FixedClock, document: str = "Policy 17") -> str:
    found = Seen(Evidence.INSURANCE, document, "Five million pounds.", None)
    service.record_check(
        scene.challenge.reference, opened.bid, found, actor=scene.officer(0), clock=clock
    )
    check = EvidenceCheck.__table__.c
    session = Session.object_session(scene.body)
    assert session is not None
    session.rollback()
    return str(session.query(EvidenceCheck).order_by(check.id.desc()).first().id)  # type: ignore[union-attr]  # there is one


def another_body(session: Session, scene: Scene, clock: FixedClock) -> tuple[str, User]:
    """Have the supplier bid to a second body, open that bid, and give its page and an officer."""
    now = clock.now()
    body = a_body(session, now, "Neighbour Council")
    lead = a_person(session, now, body, Role.CHALLENGE_LEAD)
    officers = [a_person(session, now, body, Role.PROCUREMENT_OFFICER) for _ in range(2)]
    challenge = a_challenge(session, now, body, lead, State.OPEN)
    name_openers(session, now, challenge, *officers)
    give_opening_key(session, now, *officers)
    session.commit()
    theirs = replace(scene, body=body, lead=lead, officers=officers, challenge=challenge)
    bid = theirs.written_bid(clock)
    bids.submit_bid(bid, actor=scene.admin, arrived=now, clock=clock)
    clock.instant = theirs.closes_at + timedelta(minutes=1)
    open_the_bids(challenge.reference, theirs.officer(0), theirs.officer(1), clock=clock)
    return f"/work/challenges/{challenge.reference}/bids/{bid}", officers[0]


def test_officer_records_what_was_seen_and_finds_it_beside_the_decision(
    session: Session, scene: Scene, client: FlaskClient, opened: Opened
) -> None:
    sign_in(client, scene.officers[0])
    file = (BytesIO(b"a scan"), "policy.pdf")

    answer = client.post(f"{opened.at}/record", data={**FORM, "file": file})

    assert answer.status_code == 303
    page = client.get(opened.at).text
    for shown in ("Liability policy 17 &lt;script&gt;", "Five million pounds. 🦜", "31 March 2027"):
        assert shown in page
    assert hashlib.sha256(b"a scan").hexdigest() in page
    deciding = client.get(opened.at.replace("/evidence", "/eligibility")).text
    assert "Liability policy 17 &lt;script&gt;: by Example Council" in deciding
    assert actions(session, scene).count("evidence.checked") == 1


def test_same_check_sent_twice_is_recorded_once(
    session: Session, scene: Scene, client: FlaskClient, opened: Opened
) -> None:
    sign_in(client, scene.officers[0])

    for _ in range(2):
        assert client.post(f"{opened.at}/record", data=FORM).status_code == 303

    assert actions(session, scene).count("evidence.checked") == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"document": ""}, "Name the document"),
        ({"document": "x" * 20_000}, "Name the document"),
        ({"seen": " \u200b"}, "Say what you saw in it"),
        ({"seen": "y" * 20_000}, "Shorten this"),
        ({"kind": "mood"}, "Choose one of the options"),
        ({"valid_until": ["30", "2", "2027"]}, "Enter a real date"),
        ({"valid_until": ["1", "1", "2020"]}, "This day is past"),
    ],
)
def test_check_that_lacks_something_is_refused_by_the_field_and_loses_nothing(
    session: Session,
    scene: Scene,
    client: FlaskClient,
    opened: Opened,
    wrong: dict[str, object],
    message: str,
) -> None:
    sign_in(client, scene.officers[0])

    answer = client.post(f"{opened.at}/record", data={**FORM, **wrong})

    assert (answer.status_code, message in answer.text) == (422, True)
    kept = "Five million pounds" if "seen" not in wrong else "Liability policy 17"
    assert kept in answer.text
    assert actions(session, scene).count("evidence.checked") == 0


def test_file_that_is_too_large_is_refused_by_its_field(
    scene: Scene, client: FlaskClient, opened: Opened
) -> None:
    sign_in(client, scene.officers[0])
    answer = client.post(
        f"{opened.at}/record",
        data={**FORM, "file": (BytesIO(b"a scan"), "policy.pdf")},
        content_type="multipart/form-data",
        environ_overrides={"CONTENT_LENGTH": str(13 * 1024 * 1024)},
    )

    assert (answer.status_code, "larger than 10 MB" in answer.text) == (413, True)
    # Nothing that was sent could be read, so the browser offers what it kept of the other fields.
    assert "data-keep=" in answer.text
    assert "data-typed" not in answer.text
    refused = client.post(f"{opened.at}/record", data={"document": "Policy 3", "kept_as": "it#7"})
    assert "data-typed" in refused.text
    assert 'value="it#7"' in refused.text


def test_other_bodies_see_a_check_once_the_supplier_lets_them_and_no_longer_after(
    session: Session, scene: Scene, client: FlaskClient, opened: Opened, clock: FixedClock
) -> None:
    check = record(scene, opened, clock)
    theirs, officer = another_body(session, scene, clock)

    def shown() -> tuple[bool, bool]:
        sign_in(client, officer)
        pages = (client.get(f"{theirs}/evidence").text, client.get(f"{theirs}/eligibility").text)
        return ("Policy 17" in pages[0], "Policy 17" in pages[1])

    assert shown() == (False, False)
    for step, seen in (("share", True), ("share", True), ("hide", False), ("share", True)):
        sign_in(client, scene.admin_user)
        assert client.post(f"/organisation/evidence/{check}/{step}").status_code == 303
        assert shown() == (seen, seen), step
    page = client.get(f"{theirs}/evidence").text
    assert "Example Council" in page
    # Who at the other body checked is nobody's business here, and only that body withdraws it.
    assert scene.officers[0].name not in page
    assert "Withdraw this check" not in page
    assert client.get(f"{theirs}/evidence/{check}/withdraw").status_code == 404
    session.rollback()
    assert session.query(EvidenceSharing).count() == 3
    told = [entry.action for entry in chain_entries(session, "site")]
    assert [told.count("evidence.shared"), told.count("evidence.unshared")] == [2, 1]


def test_withdrawn_check_stays_with_its_reason_and_is_withdrawn_once(
    session: Session, scene: Scene, client: FlaskClient, opened: Opened, clock: FixedClock
) -> None:
    check = record(scene, opened, clock)
    sign_in(client, scene.officers[1])
    page = f"{opened.at}/{check}/withdraw"

    assert "Say why" in client.post(page, data={"reason": ""}).text
    assert client.post(page, data={"reason": "It was another firm’s."}).status_code == 303
    assert client.post(page, data={"reason": "Again."}).status_code == 409

    shown = client.get(opened.at).text
    assert "Withdrawn" in shown
    assert "It was another firm’s." in shown
    assert actions(session, scene).count("evidence.withdrawn") == 1
    sign_in(client, scene.contributor_user)
    assert "It was another firm’s." in client.get("/organisation/evidence").text


def test_supplier_sees_what_was_checked_and_no_other_supplier_does(
    session: Session, scene: Scene, client: FlaskClient, opened: Opened, clock: FixedClock
) -> None:
    check = record(scene, opened, clock)
    rival = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    sign_in(client, scene.contributor_user)
    assert "Policy 17" in client.get("/organisation/evidence").text
    assert client.post(f"/organisation/evidence/{check}/share").status_code == 403
    sign_in(client, rival)
    assert "Nothing was checked yet" in client.get("/organisation/evidence").text
    assert client.post(f"/organisation/evidence/{check}/share").status_code == 404


def test_before_the_opening_there_is_no_bidder_to_check(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    bid = scene.written_bid(clock)
    bids.submit_bid(bid, actor=scene.admin, arrived=NOW, clock=clock)
    sign_in(client, scene.officers[0])
    page = f"/work/challenges/{scene.challenge.reference}/bids/{bid}/evidence"

    assert [client.get(page).status_code, client.get(f"{page}/record").status_code] == [404, 404]
    with pytest.raises(NotFound):
        service.record_check(
            scene.challenge.reference,
            bid,
            Seen(Evidence.OTHER, "x", "y", None),
            actor=scene.officer(0),
            clock=clock,
        )
