"""A bidder names who does the work; partners accept by themselves; the bid waits for them."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import service as bids
from bids.models import BidField
from bids.team import service
from bids.team.document import Subcontractor
from bids.team.lifecycle import InvitationState
from bids.team.models import TeamInvitation
from marketplace.core.accounts.models import Membership, MembershipRole
from marketplace.core.database import db
from marketplace.core.errors import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    StaleEdit,
    WrongMoment,
)
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_declaration, a_person, a_supplier, actor_for
from tests.integration.bids.conftest import MARKER, actions
from tests.integration.challenges.browser import send
from tests.integration.team.conftest import PART, Partnership


def submit(team: Partnership) -> int:
    """Submit the bid, and give its version."""
    made = bids.submit_bid(
        team.reference, actor=team.scene.admin, arrived=team.clock.now(), clock=team.clock
    )
    return made.version


def test_a_lone_bidder_answers_nothing_and_submits(team: Partnership, client: FlaskClient) -> None:
    sign_in(client, team.scene.admin_user)

    assert "You alone: 100%" in client.get(f"/bids/{team.reference}").text
    assert submit(team) == 1


def test_subcontractors_are_added_changed_and_removed_on_their_pages(
    team: Partnership, client: FlaskClient
) -> None:
    at = f"/bids/{team.reference}/team"
    sign_in(client, team.scene.contributor_user)

    for share, name in (("40", "Specimen Cables"), ("", "<script>alert(1)</script> \u202e🐧")):
        typed = {"name": name, "does": "Lays cables.\nTwice.", "share": share}
        assert send(client, f"{at}/subcontractors/add", typed).status_code == 303
    page = client.get(at).text
    assert "at most 60%" in page
    assert "<script>alert" not in page
    first, second = team.team().subcontractors
    change = f"{at}/subcontractors/{first.id}"
    typed = {"name": "Specimen Wires", "does": "Pulls wires.", "share": "1"}
    assert send(client, change, typed).status_code == 303
    assert send(client, f"{at}/subcontractors/{second.id}/remove", {}).status_code == 303

    left = team.team().subcontractors
    assert [each.told for each in left] == [Subcontractor("Specimen Wires", "Pulls wires.", 1)]
    assert client.get(f"{at}/subcontractors/{second.id}").status_code == 404
    kept = team.session.query(BidField).filter_by(name="team").one()
    assert b"Specimen" not in kept.ciphertext


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"share": "100"}, "from 1 to 99"),
        ({"share": "half"}, "whole number"),
        ({"share": "70"}, "below 100%"),
        ({"name": ""}, "Enter the name"),
        ({"name": "x" * 20_000}, "200 characters"),
        ({"does": "x" * 20_000}, "500 characters"),
    ],
)
def test_bad_input_is_told_beside_the_field_and_kept(
    team: Partnership, client: FlaskClient, typed: dict[str, str], fault: str
) -> None:
    team.invite(30)
    sign_in(client, team.scene.contributor_user)
    good = {"name": "Specimen Cables", "does": "Lays cables.", "share": "5"}

    answer = send(client, f"/bids/{team.reference}/team/subcontractors/add", {**good, **typed})

    assert answer.status_code == 422
    assert fault in answer.text
    assert "Lays cables." in answer.text or "does" in typed
    assert team.team().subcontractors == []


def test_two_who_change_one_subcontractor_see_both_and_a_double_click_adds_one(
    team: Partnership, client: FlaskClient
) -> None:
    team.add(share=10)
    team.add(share=10)
    (only,) = team.team().subcontractors
    at = f"/bids/{team.reference}/team/subcontractors/{only.id}"
    sign_in(client, team.scene.contributor_user)
    stale = client.get(at).text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    told = Subcontractor("Specimen Cables", "Lays cables.", 20)
    service.change_subcontractor(
        team.reference, only.id, told, actor=team.scene.admin, clock=team.clock
    )

    answer = client.post(
        at, data={"name": "Specimen Cables", "does": "Pulls.", "share": "5", "seen": stale}
    )

    assert answer.status_code == 409
    assert "Pulls." in answer.text
    assert [each.told for each in team.team().subcontractors] == [told]


def test_a_partner_is_asked_accepts_on_its_page_and_sees_nothing_of_the_bid(
    team: Partnership, client: FlaskClient
) -> None:
    sign_in(client, team.scene.contributor_user)
    typed = {
        "email": team.person.email.upper(),
        "name": "Partner as we call it",
        "does": PART,
        "share": "30",
    }
    answer = send(client, f"/bids/{team.reference}/team/partners/invite", typed)
    assert answer.status_code == 303
    (asked,) = team.session.query(TeamInvitation).all()
    assert PART.encode() not in asked.terms
    assert team.letters("Join a bid") == [team.person.email]
    page = f"/organisation/partnerships/{asked.id}"

    sign_in(client, team.person)
    assert page in client.get("/work").text
    assert page in client.get("/organisation/partnerships").text
    shown = client.get(page).text
    assert PART in shown
    assert team.scene.challenge.title in shown
    assert MARKER not in shown
    assert client.post(f"{page}/accept", data={}).status_code == 422
    for _twice in range(2):
        assert client.post(f"{page}/accept", data={"agreed": "y"}).status_code == 303
    assert page not in client.get("/work").text
    assert client.get(f"/bids/{team.reference}/team").status_code == 404

    (partner,) = team.team().partners
    assert (partner.name, partner.invitation.state.value) == (team.partner.name, "accepted")
    people = sorted([team.scene.admin_user.email, team.scene.contributor_user.email])
    assert team.letters("A partner has accepted") == people
    assert not any("team" in action for action in actions(team.session, team.scene))


def test_a_person_who_is_not_here_yet_registers_and_is_led_on(
    team: Partnership, client: FlaskClient, session: Session
) -> None:
    stranger = a_person(session, NOW, None)
    session.commit()
    asked = team.invite(email=stranger.email)
    page = f"/organisation/partnerships/{asked}"
    sign_in(client, stranger)
    assert page in client.get("/work").text
    register = f"/organisation/new/supplier?next={page}"
    assert register in client.get(page).text
    assert client.post(f"{page}/accept", data={"agreed": "y"}).status_code == 403

    founded = {"name": "Specimen New Ltd", "type": "company"}
    assert client.post(register, data=founded).location == page
    assert f"/organisation/eligibility/declare?next={page}" in client.get(page).text
    assert client.post(f"{page}/accept", data={"agreed": "y"}).status_code == 409
    assert team.team().partners[0].invitation.state is InvitationState.ASKED


def test_a_bid_waits_for_its_partners_and_names_who_is_missing(
    team: Partnership, client: FlaskClient
) -> None:
    asked = team.invite()
    with pytest.raises(Invalid):
        submit(team)
    sign_in(client, team.scene.admin_user)
    page = client.get(f"/bids/{team.reference}/check").text
    assert "Partner as we call it has not accepted yet" in page
    assert f"/bids/{team.reference}/team" in page

    service.decline(asked, words="No time.", user_id=team.person.id, actor=None, clock=team.clock)

    assert "No time." in client.get(f"/bids/{team.reference}/team").text
    assert team.letters("A partner has declined") != []
    assert submit(team) == 1


def test_a_partner_whose_declaration_expires_meanwhile_keeps_the_bid_back(
    team: Partnership, client: FlaskClient, session: Session
) -> None:
    supplier = a_supplier(session, NOW, "Specimen Fleeting Ltd")
    person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
    a_declaration(session, NOW - timedelta(days=360), supplier, person)
    session.commit()
    asked = team.invite(email=person.email)
    service.accept(asked, user_id=person.id, actor=actor_for(person), clock=team.clock)

    team.clock.instant += timedelta(days=6)

    with pytest.raises(Invalid):
        submit(team)
    sign_in(client, team.scene.admin_user)
    page = client.get(f"/bids/{team.reference}/check").text
    assert "Specimen Fleeting Ltd must declare its eligibility again" in page
    board = client.get("/work").text
    assert "Specimen Fleeting Ltd must declare its eligibility again" in board
    assert "All parts are done" not in board


def test_leaving_before_the_bid_is_submitted_makes_the_bidder_look_again(
    team: Partnership, client: FlaskClient
) -> None:
    asked = team.invite()
    team.accept(asked)
    team.session.rollback()
    checked = team.team().partners[0].invitation.bid.row_version
    for _twice in range(2):
        service.leave(asked, user_id=team.person.id, actor=team.admin, clock=team.clock)

    with pytest.raises(StaleEdit):
        bids.submit_bid(
            team.reference,
            actor=team.scene.admin,
            arrived=team.clock.now(),
            clock=team.clock,
            checked_version=checked,
        )
    assert len(team.letters("A partner has left")) == 2
    sign_in(client, team.person)
    assert "has left this bid" in client.get(f"/organisation/partnerships/{asked}").text


def test_a_partner_is_told_when_the_bidder_takes_the_invitation_back(
    team: Partnership, client: FlaskClient
) -> None:
    asked = team.invite()
    sign_in(client, team.scene.contributor_user)
    at = f"/bids/{team.reference}/team/partners/{asked}/take-back"

    assert send(client, at, {}).status_code == 303

    assert team.letters("taken back") == [team.person.email]
    with pytest.raises(WrongMoment):
        team.accept(asked)
    assert team.invite() != asked  # another invitation is another row


def test_nobody_is_invited_twice_nor_of_the_own_organisation_nor_beyond_the_whole(
    team: Partnership,
) -> None:
    first = team.invite()
    assert team.invite() == first  # a double click
    team.add(share=60)
    for share, email in (
        (20, team.person.email),
        (5, team.scene.admin_user.email),
        (10, "a@b.example"),
    ):
        with pytest.raises(Invalid):
            team.invite(share, email)
    with pytest.raises(Invalid):
        team.invite(None, "c@example.org")
    assert len(team.team().partners) == 1


def test_an_organisation_joins_a_bid_once(team: Partnership, session: Session) -> None:
    second = a_person(session, NOW, team.partner, Role.SUPPLIER_ADMIN)
    session.commit()
    team.accept(team.invite())
    again = team.invite(email=second.email)

    with pytest.raises(WrongMoment):
        service.accept(again, user_id=second.id, actor=actor_for(second), clock=team.clock)


def test_whoever_belongs_to_two_suppliers_accepts_for_the_one_they_act_for(
    team: Partnership, client: FlaskClient, session: Session
) -> None:
    other = a_supplier(session, NOW, "Specimen Second Ltd")
    a_declaration(session, NOW, other, team.person)
    held = Membership(user=team.person, organisation=other, created_at=NOW)
    held.roles = [MembershipRole(role=Role.SUPPLIER_ADMIN)]
    session.add(held)
    session.commit()
    asked = team.invite()
    sign_in(client, team.person, other.id)

    client.post(f"/organisation/partnerships/{asked}/accept", data={"agreed": "y"})

    assert [each.name for each in team.team().partners] == ["Specimen Second Ltd"]
    sign_in(client, team.person, team.partner.id)
    assert client.get(f"/organisation/partnerships/{asked}").status_code == 404


def test_a_partner_that_bids_by_itself_is_warned_and_the_bidder_is_not_told(
    team: Partnership, client: FlaskClient
) -> None:
    asked = team.invite()
    team.accept(asked)
    own = bids.start_bid(team.scene.challenge.reference, actor=team.admin, clock=team.clock)
    own_reference = own.reference
    words = "has a bid of its own for this challenge"

    sign_in(client, team.person)
    assert words in client.get(f"/organisation/partnerships/{asked}").text
    assert "also a partner in another bid" in client.get(f"/bids/{own_reference}/team").text
    sign_in(client, team.scene.admin_user)
    page = client.get(f"/bids/{team.reference}/team").text
    assert words not in page
    assert own_reference not in page


def test_nothing_changes_after_closing(
    team: Partnership, client: FlaskClient, session: Session
) -> None:
    supplier = a_supplier(session, NOW)
    person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
    a_declaration(session, NOW, supplier, person)
    session.commit()
    joined = team.invite(10, person.email)
    service.accept(joined, user_id=person.id, actor=actor_for(person), clock=team.clock)
    asked, admin = team.invite(), team.scene.admin
    team.clock.instant = team.scene.closes_at
    for attempt in (
        lambda: team.accept(asked),
        lambda: service.decline(
            asked, words="", user_id=team.person.id, actor=None, clock=team.clock
        ),
        lambda: service.leave(joined, user_id=person.id, actor=actor_for(person), clock=team.clock),
        lambda: team.invite(1, "late@example.org"),
        team.add,
        lambda: service.take_back(team.reference, asked, actor=admin, clock=team.clock),
    ):
        with pytest.raises(WrongMoment):
            attempt()
    sign_in(client, team.person)
    assert "Bids are closed" in client.get(f"/organisation/partnerships/{asked}").text


def test_strangers_find_no_invitation_and_no_team(
    team: Partnership, client: FlaskClient, session: Session
) -> None:
    asked = team.invite()
    team.add()
    (member,) = team.team().subcontractors
    stranger = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    for person in (stranger, team.scene.officers[0]):
        sign_in(client, person)
        for end in ("", "/accept", "/decline", "/leave"):
            at = f"/organisation/partnerships/{asked}{end}"
            assert client.post(at, data={"agreed": "y"}).status_code in (404, 405)
    sign_in(client, stranger)
    for end in ("", f"/subcontractors/{member.id}", f"/partners/{asked}/take-back"):
        assert client.get(f"/bids/{team.reference}/team{end}").status_code == 404
    with pytest.raises(NotFound):
        service.take_back(team.reference, asked, actor=actor_for(stranger), clock=team.clock)
    # The bidder's own people cannot answer for the partner.
    with pytest.raises(NotFound):
        service.accept(
            asked, user_id=team.scene.admin_user.id, actor=team.scene.admin, clock=team.clock
        )


def test_a_contributor_of_the_partner_can_neither_accept_nor_leave(
    team: Partnership, session: Session
) -> None:
    colleague = a_person(session, NOW, team.partner, Role.SUPPLIER_CONTRIBUTOR)
    session.commit()
    theirs = team.invite(5, colleague.email)
    with pytest.raises(Forbidden):
        service.accept(theirs, user_id=colleague.id, actor=actor_for(colleague), clock=team.clock)
    joined = team.invite()
    team.accept(joined)
    with pytest.raises(Forbidden):
        service.leave(joined, user_id=colleague.id, actor=actor_for(colleague), clock=team.clock)


def test_a_partner_leaves_either_before_or_after_the_bid_is_submitted(
    team: Partnership, app: Flask
) -> None:
    """Both at once: the bid never counts with a partner that left while it was being sealed."""
    asked = team.invite()
    team.accept(asked)
    outcomes: dict[str, object] = {}
    start = threading.Barrier(2)
    admin, partner, person_id = team.scene.admin, team.admin, team.person.id
    team.session.rollback()

    def run(name: str, work: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                outcomes[name] = work()
            except DomainError as error:
                outcomes[name] = type(error).__name__
            finally:
                db.session.remove()

    now = team.clock.now()
    threads = [
        threading.Thread(target=run, args=each)
        for each in (
            (
                "submit",
                lambda: (
                    bids.submit_bid(
                        team.reference, actor=admin, arrived=now, clock=team.clock
                    ).version
                ),
            ),
            (
                "leave",
                lambda: service.leave(asked, user_id=person_id, actor=partner, clock=team.clock),
            ),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes["leave"] is None
    told = team.letters("A partner has left")
    assert len(told) == 2
    # Sealed before: the letter says so. Sealed after: without the partner. In between: refused.
    assert outcomes["submit"] in (1, "StaleEdit")
