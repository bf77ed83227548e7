"""The chain of a real journey proves that two officers opened its bids, and names neither."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.closing_models import OpeningOfficer
from marketplace.core import jobs
from marketplace.core.accounts.models import User
from marketplace.core.audit import chains
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Verdict
from tests.conftest import LOG_KEY, sign_in
from tests.journeys import Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the bids are opened."""
    return Step.OPENED


def told(content: bytes) -> chains.Checked:
    return chains.check(content, [LOG_KEY.verifier])


def test_public_file_proves_the_opening_and_names_no_officer(
    journey: Journey, client: FlaskClient, session: Session
) -> None:
    jobs.run_due(journey.clock)
    content = client.get(f"/challenges/{journey.reference}/log.json").data
    page = client.get(f"/challenges/{journey.reference}/log").text
    officers = session.scalars(
        select(User).join(OpeningOfficer, OpeningOfficer.officer_id == User.id)
    ).all()

    found = told(content)

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.PROVEN)
    assert len(officers) >= 3
    for officer in officers:
        for text in (content.decode(), page):
            assert officer.name not in text
            assert str(officer.id) not in text


def test_auditors_file_proves_that_they_are_two_people(
    journey: Journey, client: FlaskClient
) -> None:
    jobs.run_due(journey.clock)
    sign_in(client, journey.cast.auditor)
    content = client.get(f"/work/challenges/{journey.reference}/log.json").data

    found = told(content)

    assert (found.verdict, found.opening) == (Verdict.PROVEN, Status.PROVEN)
    assert not [each for each in found.findings if "Who the two officers are" in each.what]


def test_timeline_of_the_body_tells_the_opening_in_plain_words(
    journey: Journey, client: FlaskClient
) -> None:
    sign_in(client, journey.cast.auditor)
    page = client.get(f"/work/challenges/{journey.reference}/log?kind=opening").text

    for words in (
        "was named as one of those who may open the bids",
        "An officer signed for the opening of bids",
        "Two officers opened the bids (",
    ):
        assert words in page
