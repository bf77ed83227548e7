"""From submission to publication and to the end: who may, when, and what is settled for good."""

import re
import threading
from contextvars import Context
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenges import queries, service
from challenges.kinds import CriterionKind, PriceModel
from challenges.lifecycle import State
from challenges.models import Challenge, Criterion
from challenges.sections import Problem
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    WrongMoment,
)
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_person, actor_for
from tests.integration.challenges.browser import send
from tests.integration.challenges.states import in_state


def a_price_criterion(weight: str) -> Criterion:
    return Criterion(
        ordinal=1, key="price", kind=CriterionKind.PRICE, title="Price", weight=Decimal(weight)
    )


def count_of(session: Session, action: str) -> int:
    found = session.scalar(select(func.count()).where(LogEntry.action == action))
    return found or 0


def test_submitting_a_complete_draft_records_who_and_when(
    session: Session, draft: Challenge, lead: User, clock: FixedClock
) -> None:
    service.submit_for_review(draft.reference, actor=actor_for(lead), clock=clock)

    assert draft.state is State.IN_REVIEW
    assert (draft.submitted_by_id, draft.submitted_at) == (lead.id, NOW)
    (entry,) = log.chain_entries(session, draft.reference)
    assert (entry.action, entry.actor_id) == ("challenge.submitted_for_review", str(lead.id))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("weights", "The weights add up to 90"),
        ("price only", "price alone"),
        ("past closing", "closing time is in the past"),
        ("no budget", "There is no budget"),
        ("no measure", "no measure of success"),
    ],
)
def test_submitting_with_a_fault_names_it_and_changes_nothing(
    client: FlaskClient, session: Session, draft: Challenge, lead: User, fault: str, said: str
) -> None:
    stage = draft.stage
    match fault:
        case "weights":
            stage.criteria[0].weight -= 10
        case "price only":
            stage.price_model = PriceModel.LOWEST_PRICE_RATIO
            stage.criteria = [a_price_criterion("100")]
        case "past closing":
            stage.closes_at = NOW
        case "no budget":
            stage.budget_minor = None
        case "no measure":
            draft.measures = ""
    session.commit()
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/review"
    page = client.get(path)
    assert said in page.text
    assert "Put right what is missing" in page.text

    answer = client.post(path)

    assert answer.status_code == 422
    assert said in answer.text
    session.expire_all()
    assert draft.state is State.DRAFT
    assert count_of(session, "challenge.submitted_for_review") == 0


def test_returning_needs_a_reason_and_shows_it_to_the_writer(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officer: User
) -> None:
    challenge = in_state(session, body, lead, State.IN_REVIEW)
    path = f"/work/challenges/{challenge.reference}/return"
    sign_in(client, officer)

    empty = send(client, path, {"reason": "  \n"})
    assert empty.status_code == 422
    assert 'href="#reason"' in empty.text
    assert send(client, path, {"reason": "Say who is affected."}).status_code == 303

    session.expire_all()
    assert challenge.state is State.DRAFT
    sign_in(client, lead)
    write = client.get(f"/work/challenges/{challenge.reference}/write").text
    assert "Say who is affected." in write


def test_returning_an_approved_challenge_takes_the_approval_back(
    session: Session, body: Organisation, lead: User, officer: User, clock: FixedClock
) -> None:
    challenge = in_state(session, body, lead, State.READY)

    service.return_to_draft(
        challenge.reference, reason="A date changed.", actor=actor_for(officer), clock=clock
    )

    assert (challenge.approved_by_id, challenge.approved_at) == (None, None)


def test_returning_with_too_long_a_reason_is_refused(
    session: Session, body: Organisation, lead: User, officer: User, clock: FixedClock
) -> None:
    challenge = in_state(session, body, lead, State.IN_REVIEW)

    with pytest.raises(Invalid, match="5,000 characters"):
        service.return_to_draft(
            challenge.reference, reason="x" * 5_001, actor=actor_for(officer), clock=clock
        )


def test_approving_ones_own_submission_is_forbidden(
    client: FlaskClient, session: Session, body: Organisation, clock: FixedClock
) -> None:
    both = a_person(session, NOW, body, Role.CHALLENGE_LEAD, Role.PROCUREMENT_OFFICER)
    challenge = in_state(session, body, both, State.IN_REVIEW)

    with pytest.raises(Forbidden, match="another person approves"):
        service.approve(challenge.reference, actor=actor_for(both), clock=clock)
    sign_in(client, both)
    page = client.get(f"/work/challenges/{challenge.reference}/review").text
    assert "another person approves it" in page
    assert "/approve" not in page
    assert client.post(f"/work/challenges/{challenge.reference}/approve").status_code == 403
    session.expire_all()
    assert challenge.state is State.IN_REVIEW


def test_approving_ones_own_submission_is_refused_by_the_database_too(
    session: Session, body: Organisation, lead: User
) -> None:
    challenge = in_state(session, body, lead, State.IN_REVIEW)

    with pytest.raises(IntegrityError, match="approved_by_another"):
        session.execute(
            update(Challenge)
            .where(Challenge.id == challenge.id)
            .values(approved_by_id=challenge.submitted_by_id)
        )


def test_two_approvals_at_once_leave_one(
    app: Flask, session: Session, body: Organisation, lead: User, officer: User, clock: FixedClock
) -> None:
    second = a_person(session, NOW, body, Role.PROCUREMENT_OFFICER)
    challenge = in_state(session, body, lead, State.IN_REVIEW)
    reference = challenge.reference
    actors = [actor_for(officer), actor_for(second)]
    session.rollback()
    start = threading.Barrier(2)
    outcomes: list[DomainError | None] = []

    def approve(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                service.approve(reference, because="Fine.", actor=actors[number], clock=clock)
                outcomes.append(None)
            except DomainError as error:
                outcomes.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(approve, n)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(outcome) for outcome in outcomes if outcome] == [WrongMoment]
    assert len(outcomes) == 2
    assert count_of(session, "challenge.approved") == 1
    assert challenge.state is State.READY


def test_second_approval_by_page_says_that_it_is_approved_already(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officer: User
) -> None:
    challenge = in_state(session, body, lead, State.READY)
    sign_in(client, officer)

    answer = client.post(f"/work/challenges/{challenge.reference}/approve")

    assert answer.status_code == 409
    assert "approved and ready to publish" in answer.text


def test_approving_what_has_changed_since_it_was_read_is_refused(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officer: User
) -> None:
    challenge = in_state(session, body, lead, State.DRAFT)
    clock = FixedClock(NOW)
    reference = challenge.reference
    service.submit_for_review(reference, actor=actor_for(lead), clock=clock)
    read = queries.own_challenge(session, reference, actor_for(officer)).row_version
    service.return_to_draft(reference, reason="Shorter.", actor=actor_for(officer), clock=clock)
    service.save(
        reference, Problem(title="Why?", summary="s", problem="p"),
        actor=actor_for(lead), clock=clock,
    )  # fmt: skip
    service.submit_for_review(reference, actor=actor_for(lead), clock=clock)
    session.commit()
    sign_in(client, officer)

    answer = client.post(f"/work/challenges/{reference}/approve", data={"seen": str(read)})

    assert answer.status_code == 409
    assert "has changed since you opened this page" in answer.text
    session.expire_all()
    assert challenge.state is State.IN_REVIEW


def test_steps_on_another_bodys_challenge_are_not_found(
    session: Session, body: Organisation, lead: User, clock: FixedClock
) -> None:
    other = a_body(session, NOW, "Another Council")
    stranger = actor_for(a_person(session, NOW, other, Role.PROCUREMENT_OFFICER))
    reference = in_state(session, body, lead, State.IN_REVIEW).reference

    for step in (service.submit_for_review, service.approve):
        with pytest.raises(NotFound):
            step(reference, actor=stranger, clock=clock)
    with pytest.raises(NotFound):
        service.publish(reference, openers_named=[], actor=stranger, clock=clock)
    with pytest.raises(NotFound):
        service.name_openers(reference, officers=[], actor=stranger, clock=clock)
    with pytest.raises(NotFound):
        service.cancel(reference, reason="No.", actor=stranger, clock=clock)


@pytest.mark.parametrize("step", ["approve", "publish", "return", "stop"])
def test_steps_of_an_officer_are_forbidden_to_a_lead(
    client: FlaskClient, session: Session, body: Organisation, lead: User, step: str
) -> None:
    challenge = in_state(session, body, lead, State.IN_REVIEW)
    sign_in(client, lead)

    answer = client.post(f"/work/challenges/{challenge.reference}/{step}", data={"reason": "No."})

    assert answer.status_code == 403


def test_review_page_shows_the_officer_the_text_that_will_be_public(
    client: FlaskClient,
    session: Session,
    body: Organisation,
    lead: User,
    officer: User,
    officers: list[User],
) -> None:
    challenge = in_state(session, body, lead, State.IN_REVIEW)
    sign_in(client, officer)
    read = client.get(f"/work/challenges/{challenge.reference}/review").text

    approving = f"/work/challenges/{challenge.reference}/approve"
    assert "although the check warns" in read
    refused = client.post(approving)
    assert refused.status_code == 422
    assert "Say why you approve it although the check warns." in refused.text
    assert client.post(approving, data={"because": "Nobody else can do it."}).status_code == 303
    told = {each.action: each.fields for each in log.chain_entries(session, challenge.reference)}
    assert told["challenge.warnings_accepted"]["reason"] == "Nobody else can do it."
    assert int(told["challenge.warnings_accepted"]["warnings"]) > 0
    named = {"openers": [str(each.id) for each in officers]}
    path = f"/work/challenges/{challenge.reference}/publish"
    assert client.post(path, data=named).status_code == 303

    def text_of(page: str) -> str:
        part = page[page.index("The problem</h2>") : page.index("Criteria, weights and method")]
        # Where one can ask about a section is no part of its text.
        part = re.sub(r'<p class="[^"]*fw-about">.*?</p>', "", part, flags=re.S)
        return re.sub(r"\s+", " ", part)

    assert text_of(read) == text_of(client.get(f"/challenges/{challenge.reference}").text)
