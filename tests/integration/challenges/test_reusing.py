"""What a body does with another's challenge: copies it, writes to it, adopts its result."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.reusing import queries, service
from challenges.stages.kinds import LaterKind
from challenges.stages.models import LaterPurchase
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person, actor_for
from tests.integration.challenges.browser import send

CLOCK = FixedClock(NOW)


@pytest.fixture
def theirs(session: Session, body: Organisation, lead: User) -> Challenge:
    """Add a challenge of the first body with a signed contract."""
    challenge = a_challenge(session, NOW, body, lead, State.SIGNED)
    session.add(
        LaterPurchase(
            challenge_id=challenge.id,
            kind=LaterKind.INCLUDED,
            value_minor=20_000_00,
            bodies="All councils of Scotland",
        )
    )
    session.commit()
    return challenge


@pytest.fixture
def other_body(session: Session) -> Organisation:
    other = a_body(session, NOW, "Example Health Board")
    session.commit()
    return other


@pytest.fixture
def neighbour(session: Session, other_body: Organisation) -> User:
    person = a_person(session, NOW, other_body, Role.CHALLENGE_LEAD, name="Nora Neighbour")
    session.commit()
    return person


def test_copy_takes_text_stages_and_criteria_and_nothing_that_is_theirs(
    client: FlaskClient, session: Session, theirs: Challenge, neighbour: User
) -> None:
    sign_in(client, neighbour)

    begun = send(client, f"/work/challenges/{theirs.reference}/copy", {})

    assert begun.status_code == 303
    reference = begun.location.split("/")[3]
    made = own_challenge(session, reference, actor_for(neighbour), whole=True)
    source = session.get_one(Challenge, theirs.id)
    for same in ("title", "summary", "problem", "today", "outcome", "measures", "sector"):
        assert getattr(made, same) == getattr(source, same), same
    assert [
        (c.key, c.weight, c.question, [d.text for d in c.descriptors]) for c in made.stage.criteria
    ] == [
        (c.key, c.weight, c.question, [d.text for d in c.descriptors])
        for c in source.stage.criteria
    ]
    assert made.later is not None
    assert made.later.bodies == "All councils of Scotland"
    assert made.state is State.DRAFT
    assert made.owner_id == neighbour.id
    for gone in ("closes_at", "sealing_key_id"):
        assert getattr(made.stage, gone) is None, gone
    for gone in ("round", "region", "published_at", "approved_by_id"):
        assert getattr(made, gone) is None, gone
    assert made.co_sponsors == []
    assert f"This draft began as a copy of {theirs.reference}" in client.get(begun.location).text
    told = select(LogEntry.action).where(LogEntry.chain == reference).order_by(LogEntry.n)
    assert session.scalars(told).all() == ["challenge.created", "challenge.copied"]


def test_draft_of_another_body_cannot_be_copied_or_written_to(
    session: Session, draft: Challenge, neighbour: User
) -> None:
    actor = actor_for(neighbour)
    with pytest.raises(NotFound):
        service.copy(draft.reference, actor=actor, clock=CLOCK)
    with pytest.raises(NotFound):
        service.contact(draft.reference, text="Hello", actor=actor, clock=CLOCK)


def test_message_reaches_who_leads_and_says_where_to_answer(
    client: FlaskClient,
    session: Session,
    theirs: Challenge,
    lead: User,
    officer: User,
    neighbour: User,
) -> None:
    sign_in(client, neighbour)
    page = f"/work/challenges/{theirs.reference}/contact"
    assert "Write a message." in send(client, page, {"text": "  "}).text
    long = send(client, page, {"text": "é" * 2_001})
    assert long.status_code == 422
    assert "é" * 2_001 in long.text
    assert send(client, page, {"text": "Could we talk?\nOn Monday?"}).status_code == 303

    sent = session.scalars(select(Notice)).all()
    approver = theirs.approved_by_id
    to = {notice.user_id for notice in sent}
    assert to == {lead.id, officer.id, approver}  # the approver is an officer too
    assert all(neighbour.email in notice.text for notice in sent)

    sign_in(client, lead)
    assert client.get(page).status_code == 403


def test_eleventh_message_of_a_day_waits(
    session: Session, theirs: Challenge, neighbour: User
) -> None:
    clock = FixedClock(NOW)
    actor = actor_for(neighbour)

    def write(number: int) -> None:
        service.contact(theirs.reference, text=f"Hello {number}", actor=actor, clock=clock)

    for number in range(queries.MESSAGES_A_DAY):
        write(number)
    with pytest.raises(WrongMoment):
        write(10)
    clock.instant += timedelta(days=1, seconds=1)
    write(10)


def test_adopter_reads_the_terms_is_listed_and_can_withdraw(
    client: FlaskClient, session: Session, theirs: Challenge, neighbour: User
) -> None:
    page = f"/work/challenges/{theirs.reference}/adopt"
    public = f"/challenges/{theirs.reference}"
    sign_in(client, neighbour)
    assert page in client.get(public).text
    terms = client.get(page).text
    assert "Who may buy: All councils of Scotland" in terms
    assert "£20,000" in terms
    assert send(client, page, {"interest": ""}).status_code == 422
    assert client.post(page, data={"interest": "The map, for 30 clinics."}).status_code == 303
    assert client.post(page, data={"interest": "The map, for 40 clinics."}).status_code == 303

    assert client.get(page).text.count("The map, for 40 clinics.") == 1
    listed = "Organisations that want to use the result"
    assert listed in client.get(public).text
    assert "40 clinics" not in client.get(public).text
    assert client.post(f"{page}/withdraw").status_code == 303
    assert listed not in client.get(public).text
    actions = session.scalars(select(LogEntry.action).where(LogEntry.chain == theirs.reference))
    assert list(actions) == ["adoption.registered", "adoption.withdrawn"]


def test_result_is_adopted_only_once_a_contract_is_signed(
    session: Session, body: Organisation, lead: User, neighbour: User
) -> None:
    running = a_challenge(session, NOW, body, lead, State.OPEN)
    session.commit()

    with pytest.raises(WrongMoment):
        service.adopt(running.reference, interest="It", actor=actor_for(neighbour), clock=CLOCK)
