"""The countdown goes by the server's clock, whatever the device's says."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from marketplace.core.accounts.models import User
from tests.journeys import Journey, Step


def test_the_last_seconds_are_counted_by_the_servers_clock_and_said_what_counts(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    journey.to(Step.OPEN)
    closes_at = journey.challenge.stage.closes_at
    assert closes_at is not None
    journey.clock.instant = closes_at - timedelta(seconds=5)
    page = enter(journey.cast.supplier_admin, f"/challenges/{journey.reference}")

    count = page.locator("[data-countdown]")
    expect(count).to_contain_text("seconds left")
    expect(page.locator("[data-countdown-last]")).to_contain_text("arrives before the closing time")
    expect(count).to_have_text("Bids have closed", timeout=8000)
    expect(page.locator("[data-countdown-last]")).to_contain_text("What arrives now is too late")
