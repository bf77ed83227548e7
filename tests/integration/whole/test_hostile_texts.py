"""Texts that try to be more than text, from the draft to the printed award report."""

import re

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from tests.conftest import sign_in
from tests.journeys import Step, a_cast, a_journey

HOSTILE = (
    "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)><svg onload=alert(3)>"
    "{{ 7 * 7 }} {% raw %} %(reason)s %s [a](javascript:alert(4)) \u202e \ufffe ]]>"
)


def test_hostile_names_and_titles_stay_text_up_to_the_printed_report(
    client: FlaskClient, clock: FixedClock, session: Session
) -> None:
    cast = a_cast(session, clock.now())
    cast.supplier.name = cast.body.name = cast.chair.name = HOSTILE[:120]
    journey = a_journey(session, clock, cast, title=HOSTILE)
    for criterion in journey.challenge.stage.criteria:
        criterion.title, criterion.question = HOSTILE[:120], HOSTILE  # as much as there is room
    session.commit()

    journey.to(Step.SIGNED)
    while jobs.run_due(journey.clock):
        pass

    at = f"/work/challenges/{journey.reference}"
    for person, paths in (
        (None, ["/", "/challenges", "/awards", f"/awards/{journey.reference}"]),
        (cast.officer, ["/work", at, f"{at}/bids", f"{at}/bids/{journey.own_bid}"]),
        (cast.chair, [f"{at}/decision", f"{at}/decision/bids/{journey.own_bid}"]),
        (cast.chair, [f"{at}/panel/moderation", f"{at}/panel/progress"]),
        (cast.rival_admin, ["/bids", f"/bids/{journey.rival_bid}/outcome"]),
    ):
        if person is not None:
            sign_in(client, person)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert not re.search(r"<(script>|img src=x|svg onload)|href=.javascript", answer.text)
    assert client.get(f"/awards/{journey.reference}/report.pdf").status_code == 200
    sign_in(client, cast.auditor)
    assert client.get(f"/awards/{journey.reference}/report-full.pdf").data.startswith(b"%PDF")
