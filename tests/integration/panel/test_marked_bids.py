"""A bid that is not what was submitted is not scored before an officer has decided about it."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.models import Bid, EligibilityFinding, Flaw, OpenedSubmission, Submission
from challenges.lifecycle import State
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from tests.conftest import count_statements, sign_in
from tests.integration.bids.damage import written_over
from tests.integration.panel.conftest import Scene

FIRST = (
    "Decide first about the eligibility of the bids that were marked at the opening, or that "
    "declare a ground of exclusion: Birch."
)


@pytest.fixture
def marked(scene: Scene, session: Session) -> Iterator[Scene]:
    """Give a panel that is ready, and a bid among three that the opening flagged."""
    scene.name()
    scene.ready()
    flagged = session.scalars(
        select(Submission.id).join(Submission.bid).where(Bid.reference == scene.bids["Birch"])
    ).one()
    session.rollback()
    which = OpenedSubmission.submission_id == flagged
    with written_over(db.engine, OpenedSubmission, which, {"flaw": Flaw.FIELDS}):
        yield scene
        session.rollback()


def decide(scene: Scene, finding: EligibilityFinding) -> None:
    """Decide as an officer about the bid that was marked."""
    bids.decide_eligibility(
        scene.reference,
        scene.bids["Birch"],
        finding=finding,
        reason="We asked the supplier, and this is what was sent.",
        actor=scene.actor("olga"),
        clock=scene.clock,
    )


def test_begin_scoring_with_a_marked_bid_undecided_is_refused(marked: Scene) -> None:
    with pytest.raises(WrongMoment, match=FIRST):
        marked.begin()


@pytest.mark.parametrize("finding", list(EligibilityFinding))
def test_begin_scoring_once_an_officer_has_decided_goes_on(
    marked: Scene, session: Session, finding: EligibilityFinding
) -> None:
    decide(marked, finding)

    marked.begin()

    session.refresh(marked.challenge)
    assert marked.challenge.state is State.EVALUATING


@pytest.mark.parametrize("who", ["cher", "olga"])
def test_panel_page_says_so_before_anybody_presses(
    marked: Scene, client: FlaskClient, session: Session, who: str
) -> None:
    sign_in(client, marked.users[who])
    path = f"/work/challenges/{marked.reference}/panel"

    with count_statements(session) as counted:
        page = client.get(path).text

    assert FIRST in page
    assert len(counted) <= 13


def test_panel_page_once_decided_says_nothing_of_it(marked: Scene, client: FlaskClient) -> None:
    decide(marked, EligibilityFinding.VALID)
    sign_in(client, marked.users["cher"])

    page = client.get(f"/work/challenges/{marked.reference}/panel").text

    assert "marked at the opening" not in page
