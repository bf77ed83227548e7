"""The opening passphrase: set through its page, told and recorded, never shown nor sent back."""

import logging
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service
from marketplace.config import DEMONSTRATION_PASSPHRASE, Mode, Settings
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from marketplace.core.vault.models import OfficerKey
from tests.conftest import NOW, count_statements, make_settings, sign_in
from tests.factories import PASSPHRASE, a_person, actor_for, name_openers
from tests.integration.bids.conftest import Scene
from tests.integration.challenges.browser import send
from tests.journeys import confirm

PAGE = "/work/opening-passphrase"
NEW = "heron lantern quarry almanac"
PUBLIC = DEMONSTRATION_PASSPHRASE


def keys_of(session: Session, user: User) -> list[OfficerKey]:
    """Give all keys of a person, the first one first."""
    session.rollback()
    return list(
        session.scalars(
            select(OfficerKey).where(OfficerKey.user_id == user.id).order_by(OfficerKey.made_at)
        )
    )


def entries(session: Session, chain: str, action: str) -> list[LogEntry]:
    """Give the entries of one action in a chain."""
    session.rollback()
    return [entry for entry in log.chain_entries(session, chain) if entry.action == action]


@pytest.fixture
def newcomer(scene: Scene, session: Session) -> User:
    """Name a fourth officer, who has set no passphrase yet."""
    user = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER, name="Nora Newcomer")
    name_openers(session, NOW, scene.challenge, user)
    session.commit()
    return user


def test_passphrase_set_on_its_page_makes_a_key_that_the_log_names_and_the_officer_is_told(
    scene: Scene, session: Session, client: FlaskClient, newcomer: User
) -> None:
    sign_in(client, newcomer)
    page = client.get(PAGE).text
    assert "You have not set one yet." in page
    assert "ends the one you have" not in page

    answer = send(client, PAGE, {"passphrase": NEW, "passphrase_again": NEW})

    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    (key,) = keys_of(session, newcomer)
    for chain in ("site", scene.challenge.reference):
        (entry,) = entries(session, chain, "opening.key_set")
        assert entry.fields == {"key": key.verifier, "former": None}
        assert entry.actor_name == "Nora Newcomer"
    (notice,) = session.scalars(select(Notice).where(Notice.to_email == newcomer.email))
    assert notice.subject == "You set an opening passphrase"
    assert PAGE in notice.text
    assert NEW not in notice.text
    page = client.get(PAGE).text
    assert "Your opening passphrase is set." in page
    assert "You have had one since 9:30am on Tuesday 1 December 2026" in page


def test_new_passphrase_ends_the_one_before_and_says_so_beforehand(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    officer = scene.officers[0]
    (former,) = [key.verifier for key in keys_of(session, officer)]
    sign_in(client, officer)
    assert "A new passphrase ends the one you have" in client.get(PAGE).text

    send(client, PAGE, {"passphrase": NEW, "passphrase_again": NEW})

    (entry,) = entries(session, scene.challenge.reference, "opening.key_set")
    assert entry.fields["former"] == former
    (notice,) = session.scalars(select(Notice).where(Notice.to_email == officer.email))
    assert notice.subject == "Your opening passphrase was changed"
    clock.instant = scene.closes_at + timedelta(minutes=1)
    with pytest.raises(Invalid, match="not your opening passphrase"):
        confirm(scene.challenge.reference, actor_for(officer), clock=clock)
    assert not service.confirm_opening(
        scene.challenge.reference,
        passphrase=NEW,
        second_factor=True,
        actor=actor_for(officer),
        clock=clock,
    )


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("", "", "Enter an opening passphrase"),
        (NEW, "", "Enter the passphrase a second time"),
        (NEW, f"{NEW}s", "Enter the same passphrase in both boxes"),
        ("short words", "short words", "Use at least 16 characters"),
        ("a" * 201, "a" * 201, "Use at most 200 characters"),
        ("abababababababababab", "abababababababababab", "Choose words that are harder to guess"),
        (PUBLIC, PUBLIC, "Choose words that are harder to guess"),
        (PUBLIC.title(), PUBLIC.title(), "Choose words that are harder to guess"),
    ],
)
def test_passphrase_that_is_refused_says_what_to_do_and_is_not_sent_back(
    scene: Scene, session: Session, client: FlaskClient, first: str, second: str, told: str
) -> None:
    sign_in(client, scene.officers[0])

    answer = client.post(PAGE, data={"passphrase": first, "passphrase_again": second})

    assert answer.status_code == 422
    assert told in answer.text
    assert not first or f'value="{first}"' not in answer.text
    assert len(keys_of(session, scene.officers[0])) == 1


def test_passphrase_with_the_officers_own_name_is_refused(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    name = "Bartholomew Example-Sampleton"
    officer = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER, name=name)
    session.commit()

    local = officer.email.partition("@")[0]
    for words in (
        name.upper(),
        f"{name} 123",
        "bartholomewsampleton1234",
        f"{local}-{local}-12345",
    ):
        with pytest.raises(Invalid, match="harder to guess, without your name"):
            service.set_opening_passphrase(words, actor=actor_for(officer), clock=clock)


def test_passphrase_is_for_officers_alone(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    with pytest.raises(Forbidden):
        service.set_opening_passphrase(NEW, actor=actor_for(scene.lead), clock=clock)
    sign_in(client, scene.lead)
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/account").text


def test_account_page_leads_an_officer_to_the_passphrase(scene: Scene, client: FlaskClient) -> None:
    sign_in(client, scene.officers[0])

    assert PAGE in client.get("/account").text


def test_page_of_the_passphrase_takes_at_most_12_statements(
    scene: Scene, session: Session, client: FlaskClient
) -> None:
    sign_in(client, scene.officers[0])

    with count_statements(session) as statements:
        client.get(PAGE)

    assert len(statements) <= 12, "\n".join(statements.statements)


def test_passphrase_in_a_form_that_expired_is_not_given_back(
    scene: Scene, client: FlaskClient
) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, scene.officers[0])

    answer = client.post(
        PAGE,
        data={"passphrase": NEW, "passphrase_again": NEW},
        headers={"Origin": "http://localhost"},
    )

    assert answer.status_code == 400
    assert NEW not in answer.text


def test_passphrase_stands_in_no_log_of_the_service_where_something_goes_wrong(
    scene: Scene,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("something broke")

    caplog.set_level(logging.DEBUG)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(service, "set_opening_passphrase", fail)
    sign_in(client, scene.officers[0])

    answer = client.post(
        PAGE,
        data={"passphrase": NEW, "passphrase_again": NEW},
        headers={"Origin": "http://localhost"},
    )

    assert answer.status_code == 500
    assert NEW not in answer.text
    assert "something broke" in caplog.text
    assert NEW not in caplog.text


def rehearse(scene: Scene, number: int, clock: FixedClock, passphrase: str = PASSPHRASE) -> None:
    service.rehearse_opening(
        scene.challenge.reference, passphrase=passphrase, actor=scene.officer(number), clock=clock
    )


def test_rehearsal_before_closing_is_recorded_and_touches_no_bid(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    rehearse(scene, 0, clock)

    (entry,) = entries(session, scene.challenge.reference, "opening.rehearsed")
    assert entry.actor_name == scene.officers[0].name
    assert entry.fields == {}


def test_rehearsal_with_a_wrong_passphrase_is_refused_and_records_nothing(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    with pytest.raises(service.WrongPassphrase):
        rehearse(scene, 0, clock, "some other words")

    assert entries(session, scene.challenge.reference, "opening.rehearsed") == []


def test_rehearsal_by_an_officer_without_a_passphrase_or_a_name_on_the_list_is_refused(
    scene: Scene, session: Session, clock: FixedClock, newcomer: User
) -> None:
    unnamed = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER)
    session.commit()
    reference = scene.challenge.reference

    with pytest.raises(Invalid, match="Set your opening passphrase first"):
        service.rehearse_opening(
            reference, passphrase=PASSPHRASE, actor=actor_for(newcomer), clock=clock
        )
    with pytest.raises(Forbidden):
        service.rehearse_opening(
            reference, passphrase=PASSPHRASE, actor=actor_for(unnamed), clock=clock
        )


def test_rehearsal_after_closing_is_the_wrong_moment(scene: Scene, clock: FixedClock) -> None:
    clock.instant = scene.closes_at

    with pytest.raises(WrongMoment):
        rehearse(scene, 0, clock)


def test_rehearsal_where_the_service_lost_its_key_says_whom_to_tell(
    scene: Scene, session: Session, client: FlaskClient, settings: Settings
) -> None:
    sealing_key = scene.challenge.stage.sealing_key
    assert sealing_key is not None
    sealing_key.wrapped = None
    session.commit()
    sign_in(client, scene.officers[0])

    answer = client.post(
        f"/work/challenges/{scene.challenge.reference}/opening/test",
        data={"passphrase": PASSPHRASE},
    )

    assert answer.status_code == 409
    assert "Tell the service team now, before bids close." in answer.text
    assert entries(session, scene.challenge.reference, "opening.rehearsed") == []


class TestDemonstration:
    """In the demonstration visitors share the officers, and nobody has a second step."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Choose the demonstration."""
        return make_settings(settings.data, settings.database_url, mode=Mode.DEMONSTRATION)

    def test_passphrase_of_a_shared_person_is_shown_and_cannot_be_changed(
        self, scene: Scene, session: Session, client: FlaskClient
    ) -> None:
        scene.officers[0].demo_role = "Procurement officer"
        session.commit()
        sign_in(client, scene.officers[0], second_factor=False)

        page = client.get(PAGE).text
        answer = client.post(PAGE, data={"passphrase": NEW, "passphrase_again": NEW})

        assert "Visitors share this person" in page
        assert 'name="passphrase"' not in page
        assert answer.status_code == 403
        assert len(keys_of(session, scene.officers[0])) == 1

    def test_confirming_needs_no_second_step(
        self, scene: Scene, client: FlaskClient, clock: FixedClock
    ) -> None:
        clock.instant = scene.closes_at + timedelta(minutes=1)
        sign_in(client, scene.officers[0], second_factor=False)

        answer = client.post(
            f"/work/challenges/{scene.challenge.reference}/opening",
            data={"passphrase": PASSPHRASE},
        )

        assert answer.status_code == 303
