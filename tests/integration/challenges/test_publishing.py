"""What publication settles for good: the plan, the key that bids are sealed to, who opens them."""

import json
import re
import uuid
from decimal import Decimal
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from challenges import queries, service
from challenges.closing_models import OpeningOfficer
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.models import Challenge, EvaluationPlan, Plan
from challenges.plan import frozen_plan
from challenges.sections import Outcome, Question
from marketplace.core.accounts.models import Membership, Organisation, User
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from marketplace.core.vault.models import OfficerKey, SealingKey
from scoring.engine.canonical import canonical
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_person, actor_for
from tests.integration.challenges.browser import send
from tests.integration.challenges.states import in_state


@pytest.fixture
def ready(session: Session, body: Organisation, lead: User) -> Challenge:
    """Give a challenge that was approved, with a price formula."""
    return in_state(session, body, lead, State.READY, price_model=PriceModel.FIXED_BOUNDS)


def publish(challenge: Challenge, officers: list[User], clock: FixedClock, **more: int) -> None:
    """Publish as the first of the officers, naming them all."""
    service.publish(
        challenge.reference,
        openers_named=[each.id for each in officers],
        actor=actor_for(officers[0]),
        clock=clock,
        **more,
    )


def boxes(page: str) -> dict[str, bool]:
    """Give whether each officer's box is ticked, by id."""
    found = re.findall(r'<input[^>]*name="openers"[^>]*>', page)
    return {re.findall(r'value="([^"]*)"', box)[0]: " checked" in box for box in found}


def test_publishing_freezes_the_stages_method_under_the_rules_of_the_day(
    ready: Challenge, officers: list[User], clock: FixedClock
) -> None:
    publish(ready, officers, clock)

    plan = ready.stage.plan
    assert plan is not None
    assert json.loads(plan.canonical) == queries.plan_document(ready.stage)
    assert json.loads(plan.canonical)["criteria"][2] == {
        "formula": {"best": "10000", "name": "fixed_bounds", "worst": "50000"},
        "id": "price",
        "kind": "price",
        "title": "Price",
        "weight": "30",
    }
    assert (plan.regime, plan.regime_version, plan.band) == ("scotland", "2026-01", "below_act")
    assert (ready.state, ready.published_at) == (State.OPEN, NOW)


def test_publishing_freezes_the_whole_plan_with_that_very_method_in_it(
    ready: Challenge, officers: list[User], clock: FixedClock
) -> None:
    publish(ready, officers, clock)

    plan, stage = ready.plan, ready.stage
    assert plan is not None
    assert stage.plan is not None
    said = frozen_plan(ready, regime="scotland", regime_version="2026-01", band="below_act")
    assert plan.canonical == canonical(said)
    assert plan.sha256 == sha256(plan.canonical).hexdigest()
    within = json.loads(plan.canonical)["stages"][0]["evaluation"]
    assert canonical(within) == stage.plan.canonical


def test_publishing_records_plan_closing_and_key_and_then_each_officer(
    session: Session, ready: Challenge, officers: list[User], clock: FixedClock
) -> None:
    publish(ready, officers, clock)

    published, *named = log.chain_entries(session, ready.reference)
    assert ready.plan is not None
    assert ready.stage.sealing_key is not None
    assert ready.stage.closes_at is not None
    assert published.action == "challenge.published"
    assert published.fields["plan"] == ready.plan.sha256
    assert published.fields["sealing_key"] == ready.stage.sealing_key.recipient
    assert published.fields["closes_at"] == write_instant(ready.stage.closes_at)
    assert {entry.action for entry in named} == {"opening.officer_named"}
    with_key = session.scalars(select(OfficerKey)).one()
    assert {entry.fields["officer"]: entry.fields["key"] for entry in named} == {
        "Oona Officer": None,
        "Omar Officer": None,
        "Orla Officer": with_key.verifier,
    }
    assert set(session.scalars(select(OpeningOfficer.officer_id))) == {o.id for o in officers}


def test_publishing_tells_each_officer_what_to_do_before_closing(
    session: Session, ready: Challenge, officers: list[User], clock: FixedClock
) -> None:
    publish(ready, officers, clock)

    told = {notice.to_email: notice.text for notice in session.scalars(select(Notice))}
    assert set(told) == {officer.email for officer in officers}
    assert "Set your opening passphrase now" in told[officers[0].email]
    assert "Set your opening passphrase" not in told[officers[2].email]
    assert f"/work/challenges/{ready.reference}/opening" in told[officers[2].email]


def test_each_challenge_is_sealed_to_a_key_of_its_own(
    session: Session,
    body: Organisation,
    lead: User,
    ready: Challenge,
    officers: list[User],
    clock: FixedClock,
) -> None:
    another = in_state(session, body, lead, State.READY)
    publish(ready, officers, clock)
    publish(another, officers, clock)

    assert ready.stage.sealing_key_id != another.stage.sealing_key_id


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_publishing_with_fewer_than_three_officers_is_refused_and_changes_nothing(
    session: Session, ready: Challenge, officers: list[User], clock: FixedClock, wanted: int
) -> None:
    # The same person twice is one person.
    ids = [each.id for each in officers[:wanted]] * 2

    with pytest.raises(Invalid, match="at least three procurement officers"):
        service.publish(
            ready.reference, openers_named=ids, actor=actor_for(officers[0]), clock=clock
        )

    assert (ready.state, ready.plan, ready.stage.sealing_key) == (State.READY, None, None)
    assert log.chain_entries(session, ready.reference) == []


@pytest.mark.parametrize("who", ["lead", "another body's", "left", "closed account", "nobody"])
def test_publishing_with_somebody_who_is_no_officer_of_the_body_is_refused(
    session: Session,
    ready: Challenge,
    lead: User,
    officers: list[User],
    clock: FixedClock,
    who: str,
) -> None:
    fourth = lead.id
    match who:
        case "another body's":
            other = a_body(session, NOW, "Another Council")
            fourth = a_person(session, NOW, other, Role.PROCUREMENT_OFFICER).id
        case "left":
            gone = a_person(session, NOW, ready.buyer, Role.PROCUREMENT_OFFICER)
            gone.memberships[0].ended_at = NOW
            fourth = gone.id
        case "closed account":
            closed = a_person(session, NOW, ready.buyer, Role.PROCUREMENT_OFFICER)
            closed.active = False
            fourth = closed.id
        case "nobody":
            fourth = uuid.uuid4()
    session.commit()

    with pytest.raises(Invalid, match="not, or no longer, a procurement officer"):
        service.publish(
            ready.reference,
            openers_named=[*(each.id for each in officers), fourth],
            actor=actor_for(officers[0]),
            clock=clock,
        )

    assert ready.state is State.READY


def test_publish_page_lists_the_bodys_officers_and_who_has_a_passphrase(
    client: FlaskClient, session: Session, ready: Challenge, officers: list[User]
) -> None:
    a_person(session, NOW, a_body(session, NOW, "Another Council"), Role.PROCUREMENT_OFFICER)
    gone = a_person(session, NOW, ready.buyer, Role.PROCUREMENT_OFFICER)
    gone.memberships[0].ended_at = NOW
    session.commit()
    sign_in(client, officers[0])

    page = client.get(f"/work/challenges/{ready.reference}/publish").text

    listed = set(session.scalars(select(Membership.user_id).where(
        Membership.organisation_id == ready.buyer_id, Membership.ended_at.is_(None),
        Membership.roles.any(role=Role.PROCUREMENT_OFFICER),
    )))  # fmt: skip
    # Nobody is ticked beforehand: naming is for good.
    assert boxes(page) == {str(each): False for each in listed}
    assert page.count("Has set an opening passphrase") == 1
    assert "any two of the officers you name" in page
    assert "holidays" in page


def test_publish_page_with_too_few_ticked_keeps_them_and_says_what_to_do(
    client: FlaskClient, session: Session, ready: Challenge, officers: list[User]
) -> None:
    sign_in(client, officers[0])
    path = f"/work/challenges/{ready.reference}/publish"
    two = {str(each.id) for each in officers[:2]}

    answer = send(client, path, {"openers": sorted(two)})

    assert answer.status_code == 422
    assert "Choose at least three procurement officers" in answer.text
    assert {each for each, ticked in boxes(answer.text).items() if ticked} == two
    assert ready.state is State.READY


def test_publish_page_when_an_officer_left_meanwhile_keeps_the_others(
    client: FlaskClient, session: Session, ready: Challenge, officers: list[User]
) -> None:
    sign_in(client, officers[0])
    path = f"/work/challenges/{ready.reference}/publish"
    ids = {str(each.id) for each in officers}
    assert ids <= set(boxes(client.get(path).text))
    gone = str(officers[2].id)
    officers[2].memberships[0].ended_at = NOW
    session.commit()

    answer = send(client, path, {"openers": sorted(ids)})

    assert answer.status_code == 422
    assert "not, or no longer, a procurement officer" in answer.text
    assert {each for each, ticked in boxes(answer.text).items() if ticked} == ids - {gone}


def test_publish_page_with_what_no_page_offers_is_refused(
    client: FlaskClient, ready: Challenge, officers: list[User]
) -> None:
    sign_in(client, officers[0])
    path = f"/work/challenges/{ready.reference}/publish"

    answer = send(client, path, {"openers": [*(str(each.id) for each in officers), "all"]})

    assert answer.status_code == 422
    assert "Choose one of the options on this page" in answer.text


def test_publish_page_of_a_version_that_moved_publishes_nothing(
    client: FlaskClient, ready: Challenge, officers: list[User]
) -> None:
    sign_in(client, officers[0])
    data = {"openers": [str(each.id) for each in officers], "seen": str(ready.row_version + 1)}

    answer = client.post(f"/work/challenges/{ready.reference}/publish", data=data)

    assert answer.status_code == 409
    assert "has changed since you opened this page" in answer.text
    assert all(ticked for each, ticked in boxes(answer.text).items() if each in data["openers"])


@pytest.mark.parametrize("page", ["", "/review", "/publish"])
def test_pages_before_publication_warn_a_body_of_fewer_than_three_officers(
    client: FlaskClient, session: Session, ready: Challenge, officer: User, page: str
) -> None:
    # The approver is an officer too, so there are two.
    sign_in(client, officer)
    path = f"/work/challenges/{ready.reference}{page}"

    warned = client.get(path).text
    assert "needs three procurement officers to publish" in warned
    assert f"/organisation/{ready.buyer_id}/invite" in warned
    assert "Publish now" not in warned

    a_person(session, NOW, ready.buyer, Role.PROCUREMENT_OFFICER)
    session.commit()
    assert "needs three procurement officers" not in client.get(path).text


def test_pages_of_a_lead_say_whom_to_ask_for_a_third_officer(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)

    for page in ("", "/review"):
        said = client.get(f"/work/challenges/{draft.reference}{page}").text
        assert "Ask a procurement officer of your organisation to invite another one" in said


def test_publishing_makes_the_plan_impossible_to_change(
    session: Session, ready: Challenge, lead: User, officers: list[User], clock: FixedClock
) -> None:
    reference, writer = ready.reference, actor_for(lead)
    publish(ready, officers, clock)
    question = Question(title="Late", weight=Decimal(10))

    with pytest.raises(WrongMoment):
        service.save(reference, Outcome(outcome="Another"), actor=writer, clock=clock)
    with pytest.raises(WrongMoment):
        service.add_criterion(reference, question, actor=writer, clock=clock)
    with pytest.raises(WrongMoment):
        service.change_criterion(reference, "solves", question, actor=writer, clock=clock)
    with pytest.raises(WrongMoment):
        service.delete_criterion(reference, "solves", actor=writer, clock=clock)
    with pytest.raises(WrongMoment):
        service.arrange(reference, {"solves": Decimal(50)}, actor=writer, clock=clock)
    session.rollback()
    for statement in (
        update(EvaluationPlan).values(band="other"),
        delete(EvaluationPlan),
        update(Plan).values(sha256="0" * 64),
        delete(Plan),
        update(OpeningOfficer).values(named_by_id=lead.id),
        delete(OpeningOfficer),
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(statement)
        session.rollback()


def test_publishing_after_the_closing_time_is_refused_and_says_what_to_do(
    client: FlaskClient, ready: Challenge, officers: list[User], clock: FixedClock
) -> None:
    closes_at = ready.stage.closes_at
    assert closes_at is not None
    clock.instant = closes_at
    sign_in(client, officers[0])
    path = f"/work/challenges/{ready.reference}/publish"

    assert "cannot be published yet" in client.get(path).text
    answer = client.post(path, data={"openers": [str(each.id) for each in officers]})

    assert answer.status_code == 422
    assert "The closing time is in the past. Choose a later one." in answer.text
    assert (ready.state, ready.published_at) == (State.READY, None)


def test_publishing_twice_is_refused_and_names_nobody_twice(
    session: Session, ready: Challenge, officers: list[User], clock: FixedClock
) -> None:
    publish(ready, officers, clock)

    with pytest.raises(WrongMoment):
        publish(ready, officers, clock)
    with pytest.raises(WrongMoment):
        publish(ready, officers, clock, seen=1)
    assert len(log.chain_entries(session, ready.reference)) == 4
    assert session.scalar(select(func.count()).select_from(SealingKey)) == 1


def test_publishing_what_moved_since_is_refused(
    ready: Challenge, officers: list[User], clock: FixedClock
) -> None:
    with pytest.raises(StaleEdit):
        publish(ready, officers, clock, seen=ready.row_version + 1)
