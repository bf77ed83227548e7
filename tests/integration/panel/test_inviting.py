"""People from outside asked onto a panel: the letter, the answer, and what they see."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.lifecycle import State
from marketplace.core.access import access_class
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.audit.log import chain_entries
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import ROLE_PERMISSIONS, Actor, Role
from scoring.panel import queries, service
from scoring.panel.inviting import queries as invitations
from scoring.panel.inviting import service as inviting
from scoring.panel.inviting.lifecycle import Standing
from scoring.panel.inviting.models import PanelInvitation
from scoring.panel.lifecycle import Expertise, Interest, Seat
from tests.conftest import NOW
from tests.factories import a_challenge, a_person, a_supplier
from tests.integration.panel.conftest import Scene, enter

OUTSIDE = "Thandi Outsider"


@pytest.fixture
def named(scene: Scene, session: Session) -> Scene:
    """Give a panel of three evaluators, and somebody outside the body with an account."""
    scene.name()
    elsewhere = a_supplier(session, NOW, "University of Nowhere")
    scene.users["thandi"] = a_person(
        session, NOW, elsewhere, Role.SUPPLIER_CONTRIBUTOR, name=OUTSIDE
    )
    session.commit()
    return scene


def invite(scene: Scene, who: str = "thandi", **more: object) -> uuid.UUID:
    given: dict[str, object] = {
        "name": OUTSIDE,
        "email": scene.users[who].email,
        "seat": Seat.EVALUATOR,
        "expertise": Expertise.TECHNICAL,
        "reason": "Knows batteries.",
        "actor": scene.actor("olga"),
        "clock": scene.clock,
        "link": lambda key: f"https://example.test/invitations/panel/{key}",
    } | more
    return inviting.invite(scene.reference, **given)  # type: ignore[arg-type]  # as the test says


def accept(scene: Scene, invitation_id: uuid.UUID, who: str = "thandi") -> uuid.UUID:
    return inviting.accept(
        invitation_id, user_id=scene.users[who].id, clock=scene.clock, link=lambda ref: f"/{ref}"
    )


def standing(scene: Scene, session: Session, invitation_id: uuid.UUID) -> Standing:
    session.expire_all()
    return session.get_one(PanelInvitation, invitation_id).standing(scene.clock.now())


def seated(scene: Scene, session: Session, who: str = "thandi") -> bool:
    stage_id = scene.challenge.stage.id
    return queries.member_of(session, stage_id, scene.users[who].id) is not None


def test_invited_person_accepts_and_sits_as_a_guest(named: Scene, session: Session) -> None:
    key = invite(named)
    letter = session.scalars(
        select(Notice).where(Notice.to_email == named.users["thandi"].email)
    ).one()
    assert f"/invitations/panel/{key}" in letter.text
    assert "Olga Officer" in letter.text
    membership_id = accept(named, key)
    assert accept(named, key) == membership_id  # twice is once

    member = queries.member_of(session, named.challenge.stage.id, named.users["thandi"].id)
    assert member is not None
    assert (member.seat, member.label, member.expertise) == (
        Seat.EVALUATOR,
        "E4",
        Expertise.TECHNICAL,
    )
    roles = session.scalars(
        select(MembershipRole.role).where(MembershipRole.membership_id == membership_id)
    ).all()
    assert roles == [Role.GUEST_EVALUATOR]
    told = chain_entries(session, named.reference)
    assert [entry.action for entry in told[-2:]] == ["panel.invited", "panel.accepted"]
    # The log cannot forget: neither name nor address of who was asked stands in it.
    assert named.users["thandi"].email not in str([entry.fields for entry in told])
    assert (
        session.scalars(select(Notice.subject).where(Notice.to_email == named.users["olga"].email))
        .all()[-1]
        .startswith(f"{OUTSIDE} has joined the panel")
    )


def guest(scene: Scene, who: str = "thandi") -> Actor:
    """Give a person as the body's guest."""
    user = scene.users[who]
    return Actor(user.id, user.name, scene.body.id, frozenset({Role.GUEST_EVALUATOR}))


def test_guest_declares_and_scores_like_everybody(named: Scene) -> None:
    accept(named, invite(named))
    for who in ("cher", "eva", "evan", "evie"):
        named.brief(who)
        named.declare(who)
    service.accept_briefing(named.reference, actor=guest(named), clock=named.clock)
    with pytest.raises(WrongMoment, match="Thandi Outsider has not declared"):
        named.begin()
    service.declare_interests(
        named.reference,
        {name: service.Declaration(Interest.NONE) for name in named.bids},
        actor=guest(named),
        clock=named.clock,
    )
    named.begin()
    page = service.read_question(named.reference, "solves", actor=guest(named), clock=named.clock)
    assert len(page.current.scores) == 3


def test_invitation_that_waits_stands_on_the_persons_own_page(
    named: Scene, client: FlaskClient
) -> None:
    key = invite(named)
    enter(client, named.users["thandi"])
    assert f"/invitations/panel/{key}" in client.get("/work").text
    inviting.decline(
        key, user_id=named.users["thandi"].id, clock=named.clock, link=lambda at: at.reference
    )
    assert f"/invitations/panel/{key}" not in client.get("/work").text


def test_invited_in_the_place_of_a_member_takes_it_once_they_accept(
    named: Scene, session: Session
) -> None:
    key = invite(named, replaces=named.label("eva"))
    assert seated(named, session, "eva")
    accept(named, key)
    assert not seated(named, session, "eva")
    assert seated(named, session)
    left = next(m for m in queries.seats(session, named.challenge.stage.id) if m.left_at)
    assert left.left_because == "Knows batteries."


def test_invitation_ends_by_refusal_withdrawal_or_age_and_is_then_not_accepted(
    named: Scene, session: Session
) -> None:
    declined = invite(named)
    inviting.decline(
        declined, user_id=named.users["thandi"].id, clock=named.clock, link=lambda ref: f"/{ref}"
    )
    withdrawn = invite(named)
    inviting.withdraw(named.reference, withdrawn, actor=named.actor("lena"), clock=named.clock)
    expired = invite(named)
    named.clock.instant += timedelta(days=14)
    for key, where in (
        (declined, Standing.DECLINED),
        (withdrawn, Standing.WITHDRAWN),
        (expired, Standing.EXPIRED),
    ):
        assert standing(named, session, key) is where
        with pytest.raises(WrongMoment):
            accept(named, key)
    assert not seated(named, session)
    accept(named, invite(named))
    assert seated(named, session)


def test_invited_twice_the_newest_counts(named: Scene, session: Session) -> None:
    first, second = invite(named), invite(named, seat=Seat.OBSERVER)
    assert standing(named, session, first) is Standing.WITHDRAWN
    with pytest.raises(WrongMoment):
        accept(named, first)
    accept(named, second)
    assert [each.id for each in invitations.of_panel(session, named.challenge.stage.id)] == [
        second,
        first,
    ]
    with pytest.raises(Invalid) as refused:
        invite(named)
    assert list(refused.value.fields) == ["email"]


def test_invitation_to_another_address_does_not_exist_for_a_person(named: Scene) -> None:
    key = invite(named, email="somebody.else@example.com")
    with pytest.raises(NotFound):
        accept(named, key)


def test_invite_somebody_of_the_body_says_to_add_them_instead(named: Scene) -> None:
    for who in ("evo", "abby"):
        with pytest.raises(Invalid) as refused:
            invite(named, who)
        assert list(refused.value.fields) == ["email"]


def test_invite_without_saying_what_for_names_every_field(named: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        invite(named, name=" ", seat=Seat.CHAIR, expertise=None, reason="x" * 20_000)
    assert set(refused.value.fields) == {"name", "seat", "expertise", "reason"}


def test_invite_in_the_place_of_a_member_who_does_something_else_is_refused(named: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        invite(named, replaces=named.label("cher"))
    assert list(refused.value.fields) == ["replaces"]


def test_invite_or_withdraw_by_an_evaluator_is_forbidden(named: Scene) -> None:
    with pytest.raises(Forbidden):
        invite(named, actor=named.actor("eva"))
    key = invite(named)
    with pytest.raises(Forbidden):
        inviting.withdraw(named.reference, key, actor=named.actor("cher"), clock=named.clock)


def test_accept_by_somebody_of_a_bidder_is_forbidden(named: Scene, session: Session) -> None:
    acorn = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Bid, Bid.supplier_id == Membership.organisation_id)
        .where(Bid.reference == named.bids["Acorn"])
    ).one()
    named.users["acorn"] = acorn
    with pytest.raises(Forbidden, match="bids for this challenge"):
        accept(named, invite(named, "acorn"), "acorn")


def test_accept_after_moderation_began_is_the_wrong_moment(scene: Scene, session: Session) -> None:
    scene.scored()
    scene.users["thandi"] = a_person(
        session, NOW, a_supplier(session, NOW, "Nowhere"), Role.SUPPLIER_CONTRIBUTOR, name=OUTSIDE
    )
    session.commit()
    key = invite(scene)
    service.begin_moderation(scene.reference, actor=scene.actor("cher"), clock=scene.clock)
    with pytest.raises(WrongMoment):
        accept(scene, key)
    with pytest.raises(WrongMoment):
        invite(scene)


def test_panel_named_with_more_to_follow_waits_for_them_before_scoring(
    scene: Scene, session: Session
) -> None:
    service.name_panel(
        scene.reference,
        chair=scene.users["cher"].id,
        evaluators=[scene.users["eva"].id],
        more_follow=True,
        actor=scene.actor("olga"),
        clock=scene.clock,
    )
    scene.ready()
    with pytest.raises(WrongMoment, match="scored by 1 evaluators, and 3 are needed"):
        scene.begin()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def test_pages_lead_from_the_letter_to_the_panel_and_nowhere_else(
    named: Scene, session: Session, client: FlaskClient
) -> None:
    other = a_challenge(session, NOW, named.body, named.users["lena"], State.OPENED)
    session.commit()
    panel = f"/work/challenges/{named.reference}/panel"
    enter(client, named.users["olga"])
    missing = client.post(f"{panel}/invite", data={"email": "nobody"})
    assert missing.status_code == 422
    sent = client.post(
        f"{panel}/invite",
        data={
            "name": OUTSIDE,
            "email": named.users["thandi"].email.upper(),
            "seat": "evaluator",
            "expertise": "technical",
            "replaces": "",
            "reason": "Knows batteries.",
        },
    )
    assert sent.status_code == 303
    key = session.scalars(select(PanelInvitation.id)).one()
    page = f"/invitations/panel/{key}"
    assert named.users["thandi"].email in client.get(f"{panel}/progress").text
    assert client.get(page).status_code == 404  # sent to somebody else

    enter(client, named.users["thandi"])
    assert "asks you to sit on the panel" in client.get(page).text
    assert client.get(f"{panel}/progress").status_code in (403, 404)
    accepted = client.post(f"{page}/accept")
    assert (accepted.status_code, accepted.location) == (303, panel)
    assert "Begin with the briefing" in client.get(panel).text
    assert client.get(f"{panel}/briefing").status_code == 200
    assert panel in client.get("/work").text
    for elsewhere in (
        f"/work/challenges/{other.reference}/panel",
        f"/work/challenges/{other.reference}/panel/briefing",
        f"/work/challenges/{other.reference}",
        f"/work/challenges/{named.reference}",
        f"/work/challenges/{named.reference}/bids",
        f"{panel}/invite",
        f"{panel}/name",
        f"/work/challenges/{named.reference}/decision",
        "/work/challenges",
        "/organisation",
    ):
        assert client.get(elsewhere).status_code == 404, elsewhere
    assert "Your organisation" not in client.get("/work").text


def test_rights_of_a_guest_open_the_pages_of_panels_alone(app: Flask) -> None:
    rights = {right.value for right in ROLE_PERMISSIONS[Role.GUEST_EVALUATOR]}
    with app.app_context():
        classes = {name: access_class(name) or "" for name in app.view_functions}
    opened = {name for name, told in classes.items() if rights & set(told.split("|"))}
    assert "panel.question" in opened
    addresses = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint in opened]
    of_panels = (
        "/work/challenges/<reference>/panel",
        "/work/challenges/<reference>/stages/<int:stage>/panel",
    )
    assert all(path.startswith(of_panels) for path in addresses)


def test_declined_on_the_page_is_told_to_whoever_invited(
    named: Scene, session: Session, client: FlaskClient
) -> None:
    page = f"/invitations/panel/{invite(named)}"
    enter(client, named.users["thandi"])
    assert client.get(f"{page}/decline").status_code == 200
    assert client.post(f"{page}/decline").location == page
    assert "You declined" in client.get(page).text
    assert client.post(f"{page}/accept").status_code == 409
    told = session.scalars(
        select(Notice.subject).where(Notice.to_email == named.users["olga"].email)
    ).all()
    assert told[-1].startswith(f"{OUTSIDE} declined")
