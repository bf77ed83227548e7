"""What was refused about bids is on record, and nobody can fill the record with it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import service
from bids.lifecycle import TooLate
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import PASSPHRASE, a_body, a_person, a_supplier, give_opening_key
from tests.integration.bids.conftest import Scene
from tests.journeys import confirm

MINUTE = timedelta(seconds=60)


@pytest.fixture
def bid(scene: Scene, clock: FixedClock) -> str:
    """Write and submit a bid."""
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=clock.now(), clock=clock)
    return reference


def entries(session: Session, scene: Scene, action: str) -> list[LogEntry]:
    """Give the entries of one action about the challenge."""
    session.rollback()
    chain = log.chain_entries(session, scene.challenge.reference)
    return [entry for entry in chain if entry.action == action]


def look(client: FlaskClient, user: User, path: str) -> int:
    """Ask for a page as somebody."""
    sign_in(client, user)
    return client.get(path).status_code


def test_sending_late_a_thousand_times_adds_one_entry_an_hour(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)

    def send_late() -> None:
        with pytest.raises(TooLate):
            service.submit_bid(reference, actor=scene.admin, arrived=clock.now(), clock=clock)

    clock.instant = scene.closes_at
    for _ in range(5):
        clock.instant += timedelta(minutes=2)
        send_late()
    assert len(entries(session, scene, "bid.refused")) == 1

    clock.instant += timedelta(hours=1)
    send_late()
    assert len(entries(session, scene, "bid.refused")) == 2


def test_withdrawing_late_is_recorded_beside_submitting_late(
    scene: Scene, session: Session, clock: FixedClock, bid: str
) -> None:
    clock.instant = scene.closes_at
    with pytest.raises(TooLate):
        service.withdraw_bid(bid, actor=scene.admin, arrived=clock.now(), clock=clock)

    (entry,) = entries(session, scene, "bid.refused")
    assert entry.fields["what"] == "withdraw"
    assert entry.fields["bid"] == bid


def test_officer_who_tries_to_read_before_the_opening_is_on_record(
    scene: Scene, session: Session, client: FlaskClient, bid: str
) -> None:
    path = f"/work/challenges/{scene.challenge.reference}/bids/{bid}"

    assert look(client, scene.officers[0], path) == 409
    assert look(client, scene.officers[0], path) == 409

    (entry,) = entries(session, scene, "bid.read_refused")
    assert entry.actor_name == scene.officers[0].name
    assert entry.fields == {"bid": bid, "reason": "moment", "page": "opening.bid"}
    assert entries(session, scene, "bid.read") == []


def test_asking_for_the_head_of_a_sealed_bid_alone_is_on_record_too(
    scene: Scene, session: Session, client: FlaskClient, bid: str
) -> None:
    sign_in(client, scene.officers[0])

    path = f"/work/challenges/{scene.challenge.reference}/bids/{bid}"
    assert client.head(path).status_code == 409
    assert len(entries(session, scene, "bid.read_refused")) == 1


def test_other_bodys_officer_and_wrong_role_are_on_record_with_why(
    scene: Scene, session: Session, client: FlaskClient, bid: str
) -> None:
    other = a_person(session, NOW, a_body(session, NOW, "Another"), Role.PROCUREMENT_OFFICER)
    approver = a_person(session, NOW, scene.body, Role.APPROVER)
    session.commit()
    path = f"/work/challenges/{scene.challenge.reference}/bids/{bid}"

    assert look(client, other, path) == 404
    assert look(client, approver, path) == 403

    reasons = [entry.fields["reason"] for entry in entries(session, scene, "bid.read_refused")]
    assert reasons == ["organisation", "role"]


def test_supplier_who_tries_anothers_bid_is_on_record_and_learns_nothing(
    scene: Scene, session: Session, client: FlaskClient, bid: str
) -> None:
    rival = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()

    assert look(client, rival, f"/bids/{bid}") == 404
    assert look(client, rival, f"/bids/{bid}/check") == 404
    assert look(client, rival, "/bids/B-NOTHING") == 404

    (entry,) = entries(session, scene, "bid.read_refused")
    assert entry.fields["bid"] == bid
    assert entry.fields["reason"] == "organisation"


def test_bids_that_do_not_exist_fill_no_log_however_many_are_tried(
    scene: Scene, session: Session, client: FlaskClient
) -> None:
    for number in range(5):
        path = f"/work/challenges/{scene.challenge.reference}/bids/B-{number}"
        assert look(client, scene.officers[0], path) == 409

    (entry,) = entries(session, scene, "bid.read_refused")
    assert entry.fields["bid"] is None


def test_visitor_who_has_not_signed_in_adds_nothing(
    scene: Scene, session: Session, client: FlaskClient, bid: str
) -> None:
    client.get(f"/work/challenges/{scene.challenge.reference}/bids/{bid}")
    client.get(f"/bids/{bid}")

    assert entries(session, scene, "bid.read_refused") == []


def test_own_people_of_a_supplier_are_no_refused_readers(
    scene: Scene, session: Session, client: FlaskClient, bid: str
) -> None:
    assert look(client, scene.contributor_user, f"/bids/{bid}/receipts/9") == 404

    assert entries(session, scene, "bid.read_refused") == []


def test_opening_before_closing_is_refused_and_on_record(
    scene: Scene, session: Session, client: FlaskClient, bid: str
) -> None:
    sign_in(client, scene.officers[0])
    path = f"/work/challenges/{scene.challenge.reference}/opening"
    for typed in (PASSPHRASE, "", "some other words than those"):
        assert client.post(path, data={"passphrase": typed}).status_code == 409

    assert reasons(session, scene) == ["moment"]


def reasons(session: Session, scene: Scene) -> list[str]:
    """Give why openings were refused, in the order of the log."""
    return [entry.fields["reason"] for entry in entries(session, scene, "opening.refused")]


def test_opening_with_a_wrong_passphrase_is_on_record_once_an_hour_and_an_empty_one_is_not(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    clock.instant = scene.closes_at + MINUTE
    sign_in(client, scene.officers[0])
    path = f"/work/challenges/{scene.challenge.reference}/opening"

    assert client.post(path, data={"passphrase": ""}).status_code == 422
    assert reasons(session, scene) == []
    for _ in range(3):
        assert client.post(path, data={"passphrase": "some other words"}).status_code == 422
    assert reasons(session, scene) == ["passphrase"]
    (entry,) = entries(session, scene, "opening.refused")
    assert set(entry.fields) == {"reason"}


def test_testing_with_a_wrong_passphrase_is_no_attempt_to_open(
    scene: Scene, session: Session, client: FlaskClient, bid: str
) -> None:
    sign_in(client, scene.officers[0])
    path = f"/work/challenges/{scene.challenge.reference}/opening/test"

    assert client.post(path, data={"passphrase": "some other words"}).status_code == 422
    assert reasons(session, scene) == []


def test_opening_by_whom_it_is_not_for_is_on_record_with_why(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    elsewhere = a_person(session, NOW, a_body(session, NOW, "Another"), Role.PROCUREMENT_OFFICER)
    unnamed = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER)
    give_opening_key(session, NOW, elsewhere, unnamed)
    session.commit()
    clock.instant = scene.closes_at + MINUTE
    path = f"/work/challenges/{scene.challenge.reference}/opening"

    answers = []
    for who, second_factor in (
        (elsewhere, True),
        (scene.lead, True),
        (unnamed, True),
        (scene.officers[0], False),
    ):
        sign_in(client, who, second_factor=second_factor)
        answers.append(client.post(path, data={"passphrase": PASSPHRASE}).status_code)

    assert answers == [404, 403, 403, 403]
    assert reasons(session, scene) == ["organisation", "role", "not named", "second step"]
    assert entries(session, scene, "opening.confirmed") == []


def test_opening_waits_for_the_closing_in_the_log_and_records_it_where_no_sweeper_came(
    scene: Scene, session: Session, clock: FixedClock, bid: str
) -> None:
    clock.instant = scene.closes_at + MINUTE - timedelta(microseconds=1)
    with pytest.raises(WrongMoment, match="Wait for one minute"):
        confirm(scene.challenge.reference, scene.officer(0), clock=clock)
    assert entries(session, scene, "challenge.closed") == []

    clock.instant = scene.closes_at + MINUTE
    for number in (0, 1):
        confirm(scene.challenge.reference, scene.officer(number), clock=clock)

    session.rollback()
    chain = [e.action for e in log.chain_entries(session, scene.challenge.reference)]
    assert chain.count("challenge.closed") == 1
    assert chain.index("bid.submitted") < chain.index("challenge.closed")
    assert chain.index("challenge.closed") < chain.index("opening.confirmed")
