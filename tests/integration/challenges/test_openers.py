"""Officers who are named after publication: by whom, until when, and what stays in the record."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges import service
from challenges.closing_models import OpeningOfficer
from challenges.lifecycle import CHALLENGE_STATES, State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from tests.conftest import NOW, count_statements, sign_in
from tests.factories import a_body, a_person, actor_for, name_openers
from tests.integration.challenges.browser import send
from tests.integration.challenges.states import in_state


@pytest.fixture
def published(session: Session, body: Organisation, lead: User, officers: list[User]) -> Challenge:
    """Give an open challenge whose bids three officers may open."""
    challenge = in_state(session, body, lead, State.OPEN)
    name_openers(session, NOW, challenge, *officers)
    session.commit()
    return challenge


@pytest.fixture
def fourth(session: Session, body: Organisation) -> User:
    """Give a fourth procurement officer."""
    person = a_person(session, NOW, body, Role.PROCUREMENT_OFFICER, name="Otis Officer")
    session.commit()
    return person


def name(challenge: Challenge, by: User, clock: FixedClock, *officers: User) -> int:
    """Name officers as another."""
    return service.name_openers(
        challenge.reference,
        officers=[each.id for each in officers],
        actor=actor_for(by),
        clock=clock,
    )


def is_named(session: Session, challenge: Challenge, person: User) -> bool:
    return session.get(OpeningOfficer, (challenge.stage.id, person.id)) is not None


def test_naming_a_fourth_officer_is_recorded_and_told_to_all_officers_named(
    session: Session, published: Challenge, officers: list[User], fourth: User, clock: FixedClock
) -> None:
    assert name(published, officers[1], clock, fourth) == 1

    assert is_named(session, published, fourth)
    (entry,) = log.chain_entries(session, published.reference)
    assert entry.action == "opening.officer_named"
    assert entry.actor_id == str(officers[1].id)
    assert entry.fields["officer_id"] == str(fourth.id)
    assert entry.fields["key"] is None
    told = {notice.to_email: notice for notice in session.scalars(select(Notice))}
    assert told.keys() == {each.email for each in [fourth, *officers]}
    assert told[fourth.email].subject.startswith("You are named to open bids")
    for officer in officers:
        text = told[officer.email].text
        assert f"{officers[1].name} has named others" in text
        assert f"any one of you: {fourth.name}." in text
        assert f"/work/challenges/{published.reference}/openers" in text


def test_naming_another_is_not_told_to_an_officer_who_has_left(
    session: Session, published: Challenge, officers: list[User], fourth: User, clock: FixedClock
) -> None:
    officers[2].memberships[0].ended_at = NOW
    session.commit()

    name(published, officers[0], clock, fourth)

    assert officers[2].email not in session.scalars(select(Notice.to_email)).all()


def test_naming_somebody_again_records_and_sends_nothing(
    session: Session, published: Challenge, officers: list[User], fourth: User, clock: FixedClock
) -> None:
    name(published, officers[0], clock, fourth)
    sent = select(func.count()).select_from(Notice)
    before = session.scalar(sent)

    assert name(published, officers[1], clock, fourth, officers[2]) == 0

    assert len(log.chain_entries(session, published.reference)) == 1
    assert session.scalar(sent) == before


def test_naming_nobody_or_no_officer_is_refused(
    session: Session, published: Challenge, lead: User, officers: list[User], clock: FixedClock
) -> None:
    stranger = a_person(
        session, NOW, a_body(session, NOW, "Another Council"), Role.PROCUREMENT_OFFICER
    )
    session.commit()

    with pytest.raises(Invalid, match="Choose who else"):
        name(published, officers[0], clock)
    for wrong in (lead, stranger):
        with pytest.raises(Invalid, match="not, or no longer, a procurement officer"):
            name(published, officers[0], clock, wrong)
    with pytest.raises(Forbidden):
        name(published, lead, clock, officers[0])
    with pytest.raises(NotFound):
        name(published, stranger, clock, officers[0])
    assert log.chain_entries(session, published.reference) == []


@pytest.mark.parametrize("state", sorted(CHALLENGE_STATES))
def test_naming_is_possible_from_publication_until_the_bids_are_opened(
    session: Session,
    body: Organisation,
    lead: User,
    officers: list[User],
    clock: FixedClock,
    state: State,
) -> None:
    challenge = in_state(session, body, lead, state)

    if state in (State.OPEN, State.CLOSED):
        assert name(challenge, officers[0], clock, officers[1]) == 1
    else:
        with pytest.raises(WrongMoment):
            name(challenge, officers[0], clock, officers[1])


def test_page_lists_who_is_named_and_marks_who_has_left(
    client: FlaskClient, session: Session, published: Challenge, officers: list[User]
) -> None:
    officers[1].memberships[0].ended_at = NOW + timedelta(hours=1)
    session.commit()
    sign_in(client, officers[0])

    with count_statements(session) as counted:
        page = client.get(f"/work/challenges/{published.reference}/openers").text

    assert len(counted) <= 12
    for officer in officers:
        assert officer.name in page
    assert page.count("No longer able to open") == 1
    assert "Nobody can be taken off this list" in page
    assert f"/work/challenges/{published.reference}/opening" in page
    # Only one of those left has a passphrase, and it takes two.
    assert "Fewer than two of them could open the bids" in page


def test_page_names_a_further_officer_once_however_often_it_is_sent(
    client: FlaskClient,
    session: Session,
    published: Challenge,
    officers: list[User],
    fourth: User,
) -> None:
    sign_in(client, officers[0])
    path = f"/work/challenges/{published.reference}/openers"
    assert send(client, path, {}).status_code == 422

    for said in ("1 officer named.", "They were named already."):
        answer = client.post(path, data={"openers": str(fourth.id)})
        assert answer.status_code == 303
        assert said in client.get(path).text

    assert is_named(session, published, fourth)
    assert len(log.chain_entries(session, published.reference)) == 1


def test_page_is_for_procurement_officers_of_the_body(
    client: FlaskClient, session: Session, published: Challenge, lead: User
) -> None:
    other = a_person(
        session, NOW, a_body(session, NOW, "Another Council"), Role.PROCUREMENT_OFFICER
    )
    session.commit()
    for person, status in ((lead, 403), (other, 404)):
        sign_in(client, person)
        assert client.get(f"/work/challenges/{published.reference}/openers").status_code == status


def test_page_once_the_bids_are_opened_says_that_it_is_too_late(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officer: User
) -> None:
    challenge = in_state(session, body, lead, State.OPENED)
    sign_in(client, officer)

    answer = client.get(f"/work/challenges/{challenge.reference}/openers")

    assert answer.status_code == 409
    assert "the bids have been opened" in answer.text
