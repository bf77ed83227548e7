"""Where an invitation to a panel stands, and who may answer it when."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.permissions import Ground
from scoring.panel.inviting import policy
from scoring.panel.inviting.lifecycle import STANDING_WORDS, STANDS_FOR, Standing, standing_of
from scoring.panel.lifecycle import PanelPhase

SENT = datetime(2026, 12, 1, tzinfo=UTC)
ENDS = SENT + STANDS_FOR
NAMED, DECLARING, SCORING, MODERATING, LOCKED = PanelPhase


def standing(now: datetime, **ends: datetime) -> Standing:
    return standing_of(
        ends_at=ENDS,
        accepted_at=ends.get("accepted"),
        declined_at=ends.get("declined"),
        withdrawn_at=ends.get("withdrawn"),
        now=now,
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (SENT, Standing.OPEN),
        (ENDS - timedelta(seconds=1), Standing.OPEN),
        (ENDS, Standing.EXPIRED),
    ],
)
def test_invitation_without_an_answer_stands_14_days(now: datetime, expected: Standing) -> None:
    assert standing(now) is expected


@pytest.mark.parametrize("end", [Standing.ACCEPTED, Standing.DECLINED, Standing.WITHDRAWN])
def test_invitation_that_ended_stays_so_after_14_days(end: Standing) -> None:
    assert standing(ENDS, **{end.value: SENT}) is end


def test_every_standing_has_words() -> None:
    assert set(STANDING_WORDS) == set(Standing)


@pytest.mark.parametrize("phase", PanelPhase)
def test_accept_is_possible_until_moderation(phase: PanelPhase) -> None:
    answer = policy.can_accept(Standing.OPEN, phase, for_bidder=False)
    allowed = phase in {NAMED, DECLARING, SCORING}
    assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


def test_accept_without_a_panel_is_the_wrong_moment() -> None:
    assert policy.can_accept(Standing.OPEN, None, for_bidder=False).ground is Ground.MOMENT


def test_accept_by_somebody_of_a_bidder_lacks_the_right() -> None:
    assert policy.can_accept(Standing.OPEN, NAMED, for_bidder=True).ground is Ground.RIGHT


@pytest.mark.parametrize("ended", [one for one in Standing if one is not Standing.OPEN])
def test_answer_or_withdrawal_of_what_ended_is_the_wrong_moment(ended: Standing) -> None:
    assert policy.can_accept(ended, NAMED, for_bidder=False).ground is Ground.MOMENT
    assert policy.can_decline(ended).ground is Ground.MOMENT
    assert policy.can_withdraw(ended).ground is Ground.MOMENT


def test_decline_and_withdrawal_of_what_waits_are_possible() -> None:
    assert policy.can_decline(Standing.OPEN).allowed
    assert policy.can_withdraw(Standing.OPEN).allowed
