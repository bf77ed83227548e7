"""Bodies that join in a challenge of another: who may what, who is told, who pays."""

import re
import uuid
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import service as challenges
from challenges.documents import service as documents
from challenges.joining import queries, service
from challenges.joining.lifecycle import Joining, Measure, Shares
from challenges.joining.models import CostShare, JointSponsor
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.sections import Place, Sponsors, Team
from marketplace.core.access import current_files
from marketplace.core.accounts.models import Membership, Organisation, User
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person, actor_for
from tests.integration.challenges.browser import send

CLOCK = FixedClock(NOW)


@pytest.fixture
def partner(session: Session) -> Organisation:
    body = a_body(session, NOW, "Example Health Board")
    session.commit()
    return body


@pytest.fixture
def partner_officer(session: Session, partner: Organisation) -> User:
    person = a_person(session, NOW, partner, Role.PROCUREMENT_OFFICER, name="Petra Partner")
    session.commit()
    return person


@pytest.fixture
def partner_lead(session: Session, partner: Organisation) -> User:
    person = a_person(session, NOW, partner, Role.CHALLENGE_LEAD, name="Pavel Partner")
    session.commit()
    return person


@pytest.fixture
def joined(
    session: Session, draft: Challenge, lead: User, partner: Organisation, partner_officer: User
) -> JointSponsor:
    """Have the partner join by invitation."""
    actor = actor_for(lead)
    service.invite(draft.reference, partner.id, message="Join us", actor=actor, clock=CLOCK)
    service.answer(
        draft.reference, accept=True, reason="", actor=actor_for(partner_officer), clock=CLOCK
    )
    session.expire_all()
    return session.scalars(select(JointSponsor)).one()


def told(session: Session) -> list[tuple[str, str]]:
    """Give who got which message, in order."""
    rows = session.execute(select(Notice.to_email, Notice.subject).order_by(Notice.id))
    return [(row.to_email, re.split("[:?]", row.subject)[0]) for row in rows]


def recorded(session: Session, challenge: Challenge) -> list[str]:
    entries = select(LogEntry.action).where(LogEntry.chain == challenge.reference)
    return list(session.scalars(entries.order_by(LogEntry.cn)))


def test_invited_body_reads_answers_and_joins_through_pages(
    client: FlaskClient,
    session: Session,
    draft: Challenge,
    lead: User,
    partner: Organisation,
    partner_officer: User,
    partner_lead: User,
) -> None:
    page = f"/work/challenges/{draft.reference}"
    sign_in(client, lead)
    assert send(client, f"{page}/sponsors", {"body": "", "message": ""}).status_code == 422
    asked = {"body": str(partner.id), "message": "<script>Both of us?</script>"}
    assert send(client, f"{page}/sponsors", asked).status_code == 303
    assert send(client, f"{page}/sponsors", asked).status_code == 303  # pressed twice

    sign_in(client, partner_lead)
    assert "You are invited to sponsor this jointly" in client.get("/work").text
    read = client.get(f"{page}/joint").text
    assert "&lt;script&gt;Both of us?" in read
    assert draft.problem.splitlines()[0] in read
    assert "Only a procurement officer answers" in read
    assert client.get(f"{page}/preview").status_code == 404

    sign_in(client, partner_officer)
    unsaid = send(client, f"{page}/joint", {"decision": "decline", "reason": " "})
    assert unsaid.status_code == 422
    assert "Say why" in unsaid.text
    assert send(client, f"{page}/joint", {"decision": "accept"}).status_code == 303
    assert client.get(f"{page}/preview").status_code == 200
    assert client.get(page).location == f"{page}/joint"

    assert told(session) == [
        (partner_officer.email, "Will you join"),
        (lead.email, "Joined"),
    ]
    assert recorded(session, draft) == ["joining.invited", "joining.joined"]
    assert [each.name for each in session.get_one(Challenge, draft.id).co_sponsors] == [
        partner.name
    ]
    sign_in(client, lead)
    assert f"{partner.name} joined as a sponsor" in client.get(f"{page}/log").text


def test_answer_reaches_the_body_that_asked_though_whoever_asked_has_left_it(
    session: Session,
    draft: Challenge,
    officer: User,
    partner_lead: User,
    partner_officer: User,
) -> None:
    asker = actor_for(partner_lead)
    service.ask(draft.reference, message="Us too", actor=asker, clock=CLOCK)
    # They work for the other body now, which must not lead them to its page either.
    partner_lead.memberships[0].ended_at = NOW
    session.add(Membership(user=partner_lead, organisation=draft.buyer, created_at=NOW))
    session.commit()
    before = len(told(session))
    entry = session.scalars(select(JointSponsor)).one()

    service.decide(
        draft.reference, entry.id, accept=True, reason="", actor=actor_for(officer), clock=CLOCK
    )

    assert told(session)[before:] == [(partner_officer.email, "Joined")]
    letter = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert letter is not None
    assert letter.text.endswith(f"/work/challenges/{draft.reference}/joint")


def test_body_asks_by_reference_and_the_lead_bodys_officer_declines_with_reason(
    client: FlaskClient,
    session: Session,
    draft: Challenge,
    lead: User,
    officer: User,
    partner_lead: User,
) -> None:
    sign_in(client, partner_lead)
    wrong = send(client, "/work/challenges/join", {"reference": "CH-NONE", "message": "Us too"})
    assert wrong.status_code == 422
    assert "No draft of another organisation has this reference." in wrong.text
    asked = {"reference": f" {draft.reference.lower()} ", "message": "Our halls are cold too."}
    assert send(client, "/work/challenges/join", asked).status_code == 303
    shown = client.get(f"/work/challenges/{draft.reference}/joint").text
    assert "has not answered yet" in shown
    assert draft.problem.splitlines()[0] not in shown

    sign_in(client, officer)
    page = f"/work/challenges/{draft.reference}/sponsors"
    found = re.search(rf'action="({page}/[^"]+/decision)"', client.get(page).text)
    assert found is not None
    assert client.post(found[1], data={"decision": "decline"}).status_code == 422
    declined = {"decision": "decline", "reason": "We sign next week."}
    assert client.post(found[1], data=declined).status_code == 303
    assert client.post(found[1], data={"decision": "accept"}).status_code == 409

    assert told(session) == [
        *((email, "Another body asks to join") for email in sorted([lead.email, officer.email])),
        (partner_lead.email, "Declined"),
    ]
    with pytest.raises(NotFound):
        queries.partner_challenge(session, draft.reference, actor_for(partner_lead))


def test_joined_body_reads_and_writes_only_what_it_was_let(
    session: Session, joined: JointSponsor, draft: Challenge, lead: User, partner_lead: User
) -> None:
    def save(region: str) -> None:
        content = Place(region=region, sector="health")
        challenges.save(draft.reference, content, actor=actor_for(partner_lead), clock=CLOCK)

    with pytest.raises(Forbidden, match="read this draft, and not change it"):
        save("tayside")
    let = {"actor": actor_for(lead), "clock": CLOCK}
    service.let_write(draft.reference, joined.id, writes=True, **let)  # type: ignore[arg-type]  # mixed dict
    save("tayside")
    service.let_write(draft.reference, joined.id, writes=False, **let)  # type: ignore[arg-type]  # mixed dict
    with pytest.raises(Forbidden):
        save("central")

    session.expire_all()
    assert draft.region == "tayside"
    with pytest.raises(NotFound):
        challenges.save(draft.reference, Team(), actor=actor_for(partner_lead), clock=CLOCK)
    with pytest.raises(NotFound):
        challenges.submit_for_review(draft.reference, actor=actor_for(partner_lead), clock=CLOCK)


def test_joined_body_is_led_only_where_it_may_go(
    client: FlaskClient, session: Session, joined: JointSponsor, draft: Challenge, lead: User,
    partner_lead: User,
) -> None:  # fmt: skip
    service.let_write(draft.reference, joined.id, writes=True, actor=actor_for(lead), clock=CLOCK)
    documents.attach(
        draft.reference, name="gauges.txt", content=b"All gauges.", title="All gauges",
        is_contract=False, actor=actor_for(lead), clock=CLOCK, store=current_files(),
    )  # fmt: skip
    sign_in(client, partner_lead)
    at = f"/work/challenges/{draft.reference}"

    for page in ("/write", "/write/criteria", "/write/problem", "/preview"):
        links = set(re.findall(rf'href="({at}[^"#]*)', client.get(at + page).text))
        assert links, page
        for link in links:
            answer = client.get(link)
            assert answer.status_code in (200, 303), (page, link)
            answer.close()
    assert f"{at}/documents/" in client.get(f"{at}/preview").text


def test_joined_body_never_reaches_opening_panel_or_award(
    client: FlaskClient,
    session: Session,
    joined: JointSponsor,
    draft: Challenge,
    body: Organisation,
    lead: User,
    partner_officer: User,
) -> None:
    """What is a matter of the lead body alone stays hidden, whatever the state."""
    done = a_challenge(session, NOW, body, lead, State.EVALUATING)
    session.add(
        JointSponsor(
            challenge_id=done.id,
            body_id=joined.body_id,
            joining=Joining.JOINED,
            begun_by_id=lead.id,
            begun_at=NOW,
            decided_by_id=partner_officer.id,
            decided_at=NOW,
        )
    )
    session.commit()
    sign_in(client, partner_officer)

    page = f"/work/challenges/{done.reference}"
    pages = ["opening", "bids", "panel", "openers", "closing-time", "result", "log", "cancel"]
    found = {each: client.get(f"{page}/{each}").status_code for each in pages}

    assert set(found.values()) <= {403, 404}, found
    assert client.get(f"{page}/joint").status_code == 200


def test_shares_must_add_up_and_are_set_anew_when_a_body_leaves(
    client: FlaskClient,
    session: Session,
    joined: JointSponsor,
    draft: Challenge,
    lead: User,
    body: Organisation,
    partner_officer: User,
) -> None:
    page = f"/work/challenges/{draft.reference}"
    sign_in(client, lead)

    def shares(measure: str, own: str, theirs: str) -> dict[str, str]:
        return {
            "measure": measure,
            f"share-{body.id}": own,
            f"share-{joined.body_id}": theirs,
        }

    short = send(client, f"{page}/shares", shares("percent", "60", "39.99"))
    assert short.status_code == 422
    assert "The shares must add up to 100." in short.text
    assert 'value="39.99"' in short.text
    assert send(client, f"{page}/shares", shares("pounds", "1", "2")).status_code == 422
    assert send(client, f"{page}/shares", shares("pounds", "40000", "5000")).status_code == 303
    assert send(client, f"{page}/shares", shares("percent", "66.67", "33.33")).status_code == 303
    assert "33.33 %" in client.get(f"{page}/sponsors").text
    assert queries.shares(session, draft) == Shares(
        Measure.PERCENT, {body.id: Decimal("66.67"), joined.body_id: Decimal("33.33")}
    )

    sign_in(client, partner_officer)
    assert "33.33 %" in client.get(f"{page}/joint").text
    assert send(client, f"{page}/joint/leave", {"reason": ""}).status_code == 422
    assert send(client, f"{page}/joint/leave", {"reason": "No budget."}).status_code == 303

    assert session.scalars(select(CostShare)).all() == []
    assert session.get_one(Challenge, draft.id).co_sponsors == []
    assert told(session)[-1][0] == lead.email
    assert recorded(session, draft)[-1] == "joining.left"
    assert client.get(f"{page}/preview").status_code == 404


def test_bodies_join_and_leave_only_while_it_is_a_draft(
    session: Session, joined: JointSponsor, draft: Challenge, lead: User, partner_officer: User
) -> None:
    draft.state = State.IN_REVIEW
    session.commit()

    with pytest.raises(WrongMoment):
        service.leave(draft.reference, reason="Late", actor=actor_for(partner_officer), clock=CLOCK)
    with pytest.raises(WrongMoment):
        service.invite(
            draft.reference, uuid.uuid4(), message="", actor=actor_for(lead), clock=CLOCK
        )


def test_names_typed_by_hand_never_take_a_joined_body_out(
    session: Session, joined: JointSponsor, draft: Challenge, lead: User
) -> None:
    challenges.save(
        draft.reference, Sponsors(("A Trust Elsewhere",)), actor=actor_for(lead), clock=CLOCK
    )

    session.expire_all()
    assert [each.name for each in draft.co_sponsors] == [
        "A Trust Elsewhere",
        "Example Health Board",
    ]


def test_supplier_or_own_body_cannot_be_invited(
    session: Session, draft: Challenge, body: Organisation, lead: User
) -> None:
    for wrong in (body.id, uuid.uuid4(), None):
        with pytest.raises(Invalid):
            service.invite(draft.reference, wrong, message="", actor=actor_for(lead), clock=CLOCK)
