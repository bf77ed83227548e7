"""The team is sealed with the bid; officers see it when it is opened, judges its names alone."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import queries
from bids import service as bids
from bids.documents import BidDocument
from bids.envelopes import own_document
from bids.grounds.models import GroundDeclared
from bids.lifecycle import opens_from
from bids.models import OpenedSubmission
from bids.team import service
from bids.team.document import Partner, Subcontractor
from bids.team.joining import join
from challenges.lifecycle import State
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Role
from scoring.panel import service as panel
from tests.conftest import sign_in
from tests.factories import a_declaration, a_person, actor_for
from tests.integration.team.conftest import PART, Partnership
from tests.journeys import open_the_bids


def submit(team: Partnership) -> BidDocument:
    """Submit the bid, and read what was sealed from the supplier's own copy."""
    made = bids.submit_bid(
        team.reference, actor=team.scene.admin, arrived=team.clock.now(), clock=team.clock
    )
    team.session.rollback()
    bid = queries.own_bid(team.session, team.reference, team.scene.admin)
    return own_document(team.session, bid, made)


def test_what_is_sealed_names_partners_with_their_declaration_and_subcontractors(
    team: Partnership, client: FlaskClient
) -> None:
    team.accept(team.invite())
    team.add("Specimen Cables", None)

    document = submit(team)

    partner, subcontractor = document.content.team
    assert isinstance(partner, Partner)
    assert (partner.name, partner.does, partner.share_percent) == (team.partner.name, PART, 30)
    assert partner.organisation_id == str(team.partner.id)
    assert partner.eligibility.declared_by == team.person.name
    assert subcontractor == Subcontractor("Specimen Cables", "Lays cables.", None)
    sign_in(client, team.scene.admin_user)
    for page in (f"/bids/{team.reference}/receipts/1", f"/bids/{team.reference}/team"):
        shown = client.get(page).text
        assert PART in shown
        assert "Specimen Cables" in shown
        assert "at most 70%" in shown


def test_a_change_begins_with_the_same_subcontractors(team: Partnership) -> None:
    team.accept(team.invite())
    team.add("Specimen Cables", 20)
    first = submit(team)

    bids.change_bid(team.reference, actor=team.scene.admin, clock=team.clock)
    assert [each.told.name for each in team.team().subcontractors] == ["Specimen Cables"]
    again = submit(team)

    assert again.content.team == first.content.team
    assert again.version == first.version  # the very same is no other version


def test_changes_that_are_given_up_never_leave_more_than_the_whole(team: Partnership) -> None:
    team.add(share=60)
    submit(team)
    bids.change_bid(team.reference, actor=team.scene.admin, clock=team.clock)
    (held,) = team.team().subcontractors
    service.remove_subcontractor(team.reference, held.id, actor=team.scene.admin, clock=team.clock)
    team.accept(team.invite(50))
    bids.discard_changes(team.reference, actor=team.scene.admin, clock=team.clock)
    bids.change_bid(team.reference, actor=team.scene.admin, clock=team.clock)

    with pytest.raises(Invalid):
        submit(team)


def test_a_partner_that_leaves_after_submission_is_named_to_the_bidder_and_the_officers(
    team: Partnership, client: FlaskClient, clock: FixedClock
) -> None:
    asked = team.invite()
    team.accept(asked)
    submit(team)
    service.leave(asked, user_id=team.person.id, actor=team.admin, clock=clock)

    sign_in(client, team.scene.admin_user)
    assert "Who does the work has changed" in client.get(f"/bids/{team.reference}").text
    # Confirming what was submitted would name it again.
    team.session.rollback()
    bid = queries.own_bid(team.session, team.reference, team.scene.admin)
    content = queries.shown_content(team.session, bid)
    (gap,) = join(team.session, bid, content, clock.now()).gaps
    assert gap.data == {"name": team.partner.name}

    at = f"/work/challenges/{team.scene.challenge.reference}/bids"
    clock.instant = opens_from(team.scene.closes_at)
    open_the_bids(
        team.scene.challenge.reference, team.scene.officer(0), team.scene.officer(1), clock=clock
    )
    sign_in(client, team.scene.officers[0])
    page = client.get(f"{at}/{team.reference}").text
    assert PART in page
    assert "Left before bids closed" in page


def test_a_bid_that_a_partner_left_waits_for_the_bidder_until_it_is_submitted_again(
    team: Partnership, client: FlaskClient
) -> None:
    asked = team.invite()
    team.accept(asked)
    team.clock.instant += timedelta(minutes=1)
    submit(team)
    sign_in(client, team.scene.admin_user)
    said = "A partner has left a bid that you submitted"
    assert said not in client.get("/work").text

    team.clock.instant += timedelta(minutes=1)
    service.leave(asked, user_id=team.person.id, actor=team.admin, clock=team.clock)
    assert said in client.get("/work").text

    bids.change_bid(team.reference, actor=team.scene.admin, clock=team.clock)
    team.clock.instant += timedelta(minutes=1)
    submit(team)
    assert said not in client.get("/work").text


def test_who_left_is_no_matter_any_more_once_the_challenge_is_cancelled(
    team: Partnership, client: FlaskClient
) -> None:
    asked = team.invite()
    team.accept(asked)
    team.clock.instant += timedelta(minutes=1)
    submit(team)
    team.clock.instant += timedelta(minutes=1)
    service.leave(asked, user_id=team.person.id, actor=team.admin, clock=team.clock)
    challenge = team.scene.challenge
    challenge.state, challenge.cancelled_because = State.CANCELLED, "The money went elsewhere."
    team.session.commit()
    sign_in(client, team.scene.admin_user)
    assert "A partner has left a bid that you submitted" not in client.get("/work").text


def test_a_draft_is_not_done_while_a_partner_has_to_do_something(
    team: Partnership, client: FlaskClient
) -> None:
    asked = team.invite()
    sign_in(client, team.scene.admin_user)
    board = client.get("/work").text
    assert "Partner as we call it has not accepted yet" in board
    assert "All parts are done" not in board

    team.accept(asked)
    assert "All parts are done" in client.get("/work").text


def test_judges_declare_about_partners_and_main_subcontractors_by_name_alone(
    team: Partnership, client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    team.accept(team.invite())
    team.add("Specimen Small", 5)
    team.add("Specimen Unknown", None)
    submit(team)
    scene = team.scene
    chair = a_person(session, clock.now(), scene.body, Role.CHAIR)
    judges = [a_person(session, clock.now(), scene.body, Role.EVALUATOR) for _each in range(3)]
    session.commit()
    reference = scene.challenge.reference
    clock.instant = opens_from(scene.closes_at)
    panel.name_panel(
        reference,
        chair=chair.id,
        evaluators=[each.id for each in judges],
        actor=actor_for(scene.lead),
        clock=clock,
    )
    open_the_bids(reference, scene.officer(0), scene.officer(1), clock=clock)
    panel.accept_briefing(reference, actor=actor_for(judges[0]), clock=clock)

    sign_in(client, judges[0])
    page = client.get(f"/work/challenges/{reference}/panel/interests").text

    assert team.partner.name in page
    assert "Specimen Unknown" in page
    assert "Specimen Small" not in page
    assert PART not in page


@pytest.mark.parametrize("guilty", [False, True])
def test_a_ground_that_a_partner_declared_marks_the_opened_bid(
    team: Partnership, session: Session, clock: FixedClock, guilty: bool
) -> None:
    if guilty:
        declared = a_declaration(session, clock.now(), team.partner, team.person)
        session.add(
            GroundDeclared(
                declaration_id=declared.id, ground="fraud", place=1, put_right="We paid it back."
            )
        )
        session.commit()
    team.accept(team.invite())
    submit(team)
    clock.instant = opens_from(team.scene.closes_at)
    open_the_bids(
        team.scene.challenge.reference, team.scene.officer(0), team.scene.officer(1), clock=clock
    )

    (found,) = session.query(OpenedSubmission).all()
    assert found.grounds_declared is guilty
