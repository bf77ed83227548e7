"""That the log's check finds a list taken back, or a rest ended, by one person alone."""

from datetime import UTC, datetime

import pytest

from marketplace.core.audit.verifying.recorded import Recorded
from scoring.award.again.log_words import (
    PROPOSED,
    REST_ENDED,
    REST_PROPOSED,
    REST_RETURNED,
    SIFT_AGAIN,
    STANDS,
)
from scoring.award.log_checks import follow

AT = datetime(2027, 3, 1, tzinfo=UTC)
WENT_ON = ("advance.confirmed", "approver")


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([(REST_PROPOSED, "officer"), (REST_ENDED, "approver")], None),
        ([(REST_PROPOSED, "officer"), (REST_ENDED, "officer")], "who proposed it in entry 0"),
        ([(REST_ENDED, "approver")], "nobody had proposed it"),
        (
            [(REST_PROPOSED, "officer"), (REST_RETURNED, "approver"), (REST_ENDED, "approver")],
            "nobody had proposed it",
        ),
        ([(REST_PROPOSED, None), (REST_ENDED, None)], None),  # names can have been erased since
        ([WENT_ON, (PROPOSED, "chair"), (SIFT_AGAIN, "approver")], None),
        ([WENT_ON, (PROPOSED, "chair"), (SIFT_AGAIN, "chair")], "who proposed it in entry 1"),
        ([WENT_ON, (SIFT_AGAIN, "approver")], "nobody had proposed it"),
        (
            [WENT_ON, (PROPOSED, "chair"), (STANDS, "approver"), (SIFT_AGAIN, "approver")],
            "nobody had proposed it",
        ),
    ],
)
def test_what_two_people_decide_is_decided_by_two(
    steps: list[tuple[str, str | None]], found: str | None
) -> None:
    entries = [
        Recorded(n, AT, "CH-1", action, {"actor_id": who}) for n, (action, who) in enumerate(steps)
    ]
    findings = [str(each) for each in follow(entries)]
    assert len(findings) == (found is not None)
    assert found is None or found in findings[0]
