"""The plan of a published challenge can be had by everybody, as the bytes that the log names."""

import hashlib
import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import User
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person


def made(session: Session, state: State) -> tuple[Challenge, User]:
    body = a_body(session, NOW)
    lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
    challenge = a_challenge(session, NOW, body, lead, state)
    session.commit()
    return challenge, lead


def test_plan_of_a_published_challenge_has_the_digest_that_its_page_shows(
    client: FlaskClient, session: Session
) -> None:
    challenge, _lead = made(session, State.OPEN)
    page = client.get(f"/challenges/{challenge.reference}").text

    answer = client.get(f"/challenges/{challenge.reference}/plan.json")

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert hashlib.sha256(answer.data).hexdigest() in page
    assert f"/challenges/{challenge.reference}/plan.json" in page
    assert json.loads(answer.data)["challenge"] == challenge.reference
    assert client.get(f"/challenges/{challenge.reference}/plan.json").data == answer.data


def test_plan_may_be_kept_by_caches_and_sets_no_cookie(
    client: FlaskClient, session: Session
) -> None:
    challenge, _lead = made(session, State.OPEN)

    answer = client.get(f"/challenges/{challenge.reference}/plan.json")

    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.READY])
def test_plan_and_open_data_before_publication_are_not_there(
    client: FlaskClient, session: Session, state: State
) -> None:
    challenge, _lead = made(session, state)

    assert client.get(f"/challenges/{challenge.reference}/plan.json").status_code == 404
    assert client.get(f"/challenges/{challenge.reference}/ocds.json").status_code == 404


def test_officers_page_shows_the_digest_and_leads_to_the_plan(
    client: FlaskClient, session: Session
) -> None:
    challenge, lead = made(session, State.OPEN)
    assert challenge.plan is not None
    digest = challenge.plan.sha256
    sign_in(client, lead)

    page = client.get(f"/work/challenges/{challenge.reference}").text

    assert digest in page
    assert f"/challenges/{challenge.reference}/plan.json" in page
