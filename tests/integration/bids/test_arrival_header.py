"""A proxy's word about a request's arrival counts where the installation trusts one, only there."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import queries
from marketplace.config import Settings
from marketplace.core.clock import FixedClock
from tests.conftest import make_settings, sign_in
from tests.integration.bids.conftest import Scene, the_bid

QUEUED = timedelta(seconds=20)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, request: pytest.FixtureRequest) -> Settings:
    """Trust one proxy, which tells the arrival in the header that the test names."""
    return make_settings(
        tmp_path / "data", database_url, trusted_proxies=1, arrival_header=request.param
    )


def press(
    scene: Scene, session: Session, clock: FixedClock, client: FlaskClient
) -> tuple[str, int]:
    """Press the button a second before closing, and have the service come to it after closing."""
    reference = scene.written_bid(clock)
    version = the_bid(session, reference).row_version
    told = scene.closes_at - timedelta(seconds=1)
    clock.instant = told
    sign_in(client, scene.admin_user)
    clock.instant = told + QUEUED
    answer = client.post(
        f"/bids/{reference}/submit",
        data={"agreed": "y", "checked": str(version)},
        headers={"X-Arrived": f"{told.timestamp():.3f}"},
    )
    return reference, answer.status_code


@pytest.mark.parametrize("settings", ["X-Arrived"], indirect=True)
def test_submit_that_stood_in_a_queue_at_closing_is_in_time_by_a_trusted_proxys_word(
    scene: Scene, session: Session, clock: FixedClock, client: FlaskClient
) -> None:
    reference, status = press(scene, session, clock, client)
    assert status == 303
    submission = queries.submission(session, the_bid(session, reference).id, 1)
    assert submission is not None
    assert submission.arrived_at == scene.closes_at - timedelta(seconds=1)
    assert submission.recorded_at == submission.arrived_at + QUEUED


@pytest.mark.parametrize("settings", [None], indirect=True)
def test_submit_whose_header_nobody_vouches_for_is_late_by_the_services_own_time(
    scene: Scene, session: Session, clock: FixedClock, client: FlaskClient
) -> None:
    reference, status = press(scene, session, clock, client)
    assert status == 409
    assert the_bid(session, reference).current_version is None
