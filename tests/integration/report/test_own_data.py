"""People have what is held of them erased: the account at once, the name when nothing keeps it."""

import contextlib
import threading
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.accounts import rows
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.audit.entries import value_bytes
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.database import Base, db
from marketplace.core.errors import Forbidden, WrongMoment
from marketplace.core.notices import post
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from marketplace.core.transaction import transaction
from scoring.panel import service as panel
from scoring.panel.inviting.models import PanelInvitation
from scoring.panel.lifecycle import Expertise, Seat
from scoring.records.keeping import service as keeping
from scoring.records.own_data import queries
from scoring.records.own_data import service as own_data
from scoring.records.own_data.models import OwnErasure, OwnErasureEnd
from scoring.records.own_data.policy import Ties
from tests.conftest import sign_in
from tests.factories import a_person
from tests.integration.report.test_keeping import confirm, damage, when_due
from tests.journeys import Journey, Step

YOURS, THEIRS = "/account/your-data", "/admin/personal-data"


@pytest.fixture
def step() -> Step:
    return Step.SIGNED


def test_account_goes_at_once_and_the_name_with_the_last_records_that_hold_it(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    due = when_due(journey, clock)
    person, admin = journey.cast.evaluators[0], journey.cast.platform_admin
    person_id, name, address = person.id, person.name, person.email
    sign_in(client, person)
    assert "Your data" in client.get("/account").text
    page = client.get(YOURS).text
    assert journey.challenge.title in page
    assert due.strftime("%Y") in page
    assert client.post(YOURS, data={}).status_code == 422
    assert client.post(YOURS, data={"sure": "y"}).status_code == 303
    assert client.post(YOURS, data={"sure": "y"}).status_code == 409
    assert client.post(f"{YOURS}/take-back").status_code == 303
    assert client.post(f"{YOURS}/take-back").status_code == 409
    assert client.post(YOURS, data={"sure": "y"}).status_code == 303
    assert client.get(THEIRS).status_code == 403

    sign_in(client, admin)
    assert "Decide who has their personal data erased" in client.get("/work").text
    write_elsewhere(journey, person, clock)
    path = f"{THEIRS}/{session.scalars(sa.select(OwnErasure.id).where(waits())).one()}"
    assert path in client.get(THEIRS).text
    assert client.post(path, data={"answer": "grant", "reason": " "}).status_code == 422
    assert client.post(path, data={"answer": "grant", "reason": "As asked."}).status_code == 303
    assert client.post(path, data={"answer": "grant", "reason": "As asked."}).status_code == 409
    session.expire_all()
    assert (person.name, person.active, person.password) == (name, False, None)
    assert address not in person.email
    assert all(each.ended_at for each in person.memberships)
    told = session.scalars(sa.select(Notice).where(Notice.user_id == person_id)).all()
    assert any("As asked." in each.text for each in told)
    session.rollback()
    # Whoever has the address by now is told what they are told.
    clock.instant += timedelta(hours=1)
    with transaction() as writing:
        post.queue(writing, to_email=address, subject="Later", text="For another", clock=clock)

    clock.instant += own_data.MESSAGES_STAY
    own_data.follow_up({}, clock)
    session.expire_all()
    assert {
        each.text for each in session.scalars(sa.select(Notice)) if each.user_id == person_id
    } == {""}
    assert where_written(session, address) == ["notice.to_email"]
    assert person.name == name
    session.rollback()
    keeping.erase(confirm(journey, clock), clock)
    own_data.follow_up({}, clock)
    session.expire_all()
    assert person.name.startswith("[Erased on ")
    ends = session.scalars(sa.select(OwnErasureEnd).where(OwnErasureEnd.user_id == person_id)).all()
    assert {each.reason[:11] for each in ends} == {"", "[Erased on "}
    values = session.scalars(
        sa.select(LogDetail.value)
        .join(LogEntry, LogEntry.n == LogDetail.n)
        .where(LogEntry.chain == "site")
    ).all()
    for said in (name, str(person_id), "As asked."):
        assert not any(said in each.decode() for each in values)
    session.rollback()
    assert damage() == []


def write_elsewhere(journey: Journey, person: User, clock: FixedClock) -> None:
    """Write a person's address where no account is named: in invitations, and where one failed."""
    with transaction() as session:
        post.queue(
            session, to_email=person.email, subject="Join us", text=f"{person.email}!", clock=clock
        )
        refused = post.queue(
            session, to_email=person.email, user_id=person.id, subject="X", text="", clock=clock
        )
        refused.failure = f"550 no such user: {person.email}"
        session.add(
            PanelInvitation(
                stage_id=journey.challenge.stage.id,
                email=person.email,
                name=person.name,
                seat=Seat.EVALUATOR,
                expertise=Expertise.OTHER,
                reason="One more.",
                invited_by_id=journey.cast.lead.id,
                invited_at=clock.now(),
                ends_at=clock.now() + timedelta(days=7),
            )
        )


def where_written(session: Session, words: str) -> list[str]:
    """Name the columns of text in which these words stand."""
    return [
        str(column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if type(column.type) in (sa.String, sa.Text)
        and session.scalar(sa.select(column).where(column.contains(words)).limit(1))
    ]


def granted(journey: Journey, person: User, clock: FixedClock) -> None:
    """Have a person's request granted, and take the steps that follow a day later."""
    session = journey.session
    own_data.ask(person.id, clock=clock)
    request_id = session.scalars(sa.select(OwnErasure.id).where(waits())).one()
    session.rollback()
    admin = journey.actor(journey.cast.platform_admin)
    own_data.decide(request_id, grants=True, reason="As asked.", actor=admin, clock=clock)
    clock.instant += own_data.MESSAGES_STAY
    own_data.follow_up({}, clock)
    session.expire_all()


@pytest.mark.parametrize("step", [Step.OPENED])
def test_panel_keeps_the_name_of_who_was_replaced_before_they_did_anything(
    journey: Journey, session: Session, clock: FixedClock
) -> None:
    body, lead = journey.challenge.buyer, journey.actor(journey.cast.lead)
    spare, other = [
        a_person(session, clock.now(), body, Role.EVALUATOR, name=name)
        for name in ("Sven Spare", "Stella Spare")
    ]
    session.commit()
    label = panel.add_member(
        journey.reference,
        user_id=spare.id,
        seat=Seat.EVALUATOR,
        reason="More.",
        actor=lead,
        clock=clock,
    )
    panel.replace_member(
        journey.reference, label, user_id=other.id, reason="Ill.", actor=lead, clock=clock
    )

    granted(journey, spare, clock)

    assert spare.name == "Sven Spare"
    assert queries.held_of(session, spare.id).count == 1


@pytest.mark.parametrize("step", [Step.READY])
def test_challenge_that_was_never_published_keeps_no_name(
    journey: Journey, session: Session, clock: FixedClock
) -> None:
    person = journey.cast.approver
    with transaction() as writing:
        log.append(
            writing,
            clock=clock,
            action="challenge.approved",
            chain=journey.reference,
            actor=journey.actor(person),
        )
    assert queries.held_of(session, person.id).count == 0

    granted(journey, person, clock)

    assert person.name.startswith("[Erased on ")
    about = session.scalars(
        sa.select(LogDetail.name).where(LogDetail.value == value_bytes(str(person.id)))
    ).all()
    assert about == []


def test_every_field_that_names_an_account_is_known(journey: Journey, session: Session) -> None:
    """What is not looked for, or not by a row of its own, would be erased while it is needed."""
    ids = {str(each) for each in session.scalars(sa.select(User.id))}
    found = {
        name
        for name, value in session.execute(sa.select(LogDetail.name, LogDetail.value))
        if any(each in value.decode() for each in ids)
    }
    assert {"actor_id", "chair", "members", "officers"} <= found
    assert found <= {*queries.WHO, *queries.WHO_TOGETHER}
    # All of those are found again by whoever asks who is still named.
    named = {str(each) for each in queries.named(session, [uuid.UUID(each) for each in ids])}
    chain = sa.select(LogEntry.n).where(LogEntry.chain == journey.reference)
    values = session.scalars(sa.select(LogDetail.value).where(LogDetail.n.in_(chain))).all()
    assert named == {each for each in ids if any(each in value.decode() for value in values)}


def test_two_who_look_after_the_same_people_do_not_both_go_at_once(
    app: Flask, journey: Journey, session: Session, clock: FixedClock
) -> None:
    supplier, first = journey.cast.supplier, journey.cast.supplier_admin
    second = a_person(session, clock.now(), supplier, Role.SUPPLIER_ADMIN, name="Second Admin")
    session.commit()
    for person in (first, second):
        own_data.ask(person.id, clock=clock)
    asked = session.scalars(sa.select(OwnErasure.id)).all()
    admin, supplier_id = journey.actor(journey.cast.platform_admin), supplier.id
    session.rollback()
    together, ties_of = threading.Barrier(2), queries.ties_of
    came: list[str] = []

    def slowly(session: Session, user: User) -> Ties:
        ties = ties_of(session, user)
        # Only where nothing keeps them apart do both come here.
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(0.5)
        return ties

    def grant(request_id: uuid.UUID) -> None:
        with app.app_context():
            try:
                own_data.decide(request_id, grants=True, reason="Yes.", actor=admin, clock=clock)
                came.append("granted")
            except WrongMoment:
                came.append("refused")
            finally:
                db.session.remove()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "ties_of", slowly)
        threads = [threading.Thread(target=grant, args=[each]) for each in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted(came) == ["granted", "refused"]
    assert any(Role.SUPPLIER_ADMIN in rows.roles_in(m) for m in rows.standing(session, supplier_id))


def test_who_waits_longest_comes_first_and_no_request_is_lost_between_pages(
    journey: Journey, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = journey.cast
    people = [cast.approver, cast.lead, cast.contributor, cast.auditor, cast.officer]
    for person in people:
        clock.instant += timedelta(minutes=1)
        own_data.ask(person.id, clock=clock)
    for person in people[3:]:
        own_data.take_back(person.id, clock=clock)
    monkeypatch.setattr(queries, "PAGE", 2)
    admin = journey.actor(cast.platform_admin)
    found, after = [], None
    for _page in range(3):
        page = queries.requests(session, admin, after=after)
        found += [each.user.name for each in page.requests]
        after = page.after
    assert after is None
    waiting, ended = people[:3], [cast.officer, cast.auditor]
    assert found == [each.name for each in [*waiting, *ended]]


def waits() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(OwnErasureEnd.request_id == OwnErasure.id)


def test_nobody_goes_whom_others_need_and_nobody_decides_for_themselves(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    sign_in(client, journey.cast.supplier_admin)
    page = client.get(YOURS).text
    assert "Nobody else looks after the people" in page
    assert client.post(YOURS, data={"sure": "y"}).status_code == 409
    sign_in(client, journey.cast.approver)
    assert client.post(YOURS, data={"sure": "y"}).status_code == 303
    request_id = session.scalars(sa.select(OwnErasure.id)).one()
    session.rollback()
    with pytest.raises(Forbidden):
        own_data.decide(
            request_id,
            grants=False,
            reason="Mine.",
            actor=journey.actor(journey.cast.approver),
            clock=clock,
        )
    sign_in(client, journey.cast.platform_admin)
    refused = {"answer": "refuse", "reason": "<b>A court asked for it</b>"}
    assert client.post(f"{THEIRS}/{request_id}", data=refused).status_code == 303
    assert client.get(f"{THEIRS}/{uuid.UUID(int=0)}").status_code == 404
    sign_in(client, journey.cast.approver)
    assert "&lt;b&gt;A court asked" in client.get(YOURS).text
    assert client.post(YOURS, data={"sure": "y"}).status_code == 303
