"""Nothing typed is lost: the network goes, the session ends, another tab was open."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import update

from marketplace.core.accounts.models import SignIn, User
from tests.browser.conftest import Site
from tests.journeys import Journey

STATE = "[data-keep-state]"
OFFER = "[data-keep-offer]"
KEPT = "Object.values(localStorage).map(JSON.parse).flat().map((kept) => kept.values)"
WRITTEN = "People beside a small burn move their sheep too late. 🌊 مرحبا <script>x</script>\n"


def end_sessions(site: Site, journey: Journey) -> None:
    """End every session, as eight hours do."""
    journey.session.rollback()
    journey.session.execute(update(SignIn).values(ended_at=site.clock.now()))
    journey.session.commit()


def test_section_of_a_draft_is_kept_without_network_and_session_and_forgotten_when_saved(
    site: Site, journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    lead, path = journey.cast.lead, f"/work/challenges/{journey.reference}/write/problem"
    page = enter(lead, path)
    box = page.get_by_label("What is the problem?")
    before = box.input_value()
    expect(page.locator(STATE)).to_contain_text("Nothing is saved until you press a button")

    box.fill(before + "\n\n" + WRITTEN)
    expect(page.locator(STATE)).to_contain_text("Not saved yet. This browser keeps what you typed")
    page.context.set_offline(True)
    box.press_sequentially("Offline.")
    page.get_by_role("button", name="Save this section").click()
    expect(page.locator(STATE)).to_contain_text("Not saved: no connection.")
    typed = box.input_value()
    page.context.set_offline(False)
    end_sessions(site, journey)
    page.get_by_role("button", name="Save this section").click()
    expect(page.locator("h1")).to_have_text("This page was open for too long")

    page = enter(lead, path)
    offer = page.locator(OFFER)
    expect(offer).to_contain_text("Typed on")
    expect(offer.locator("ins")).to_contain_text("Offline.")
    expect(box).to_have_value(before)
    offer.get_by_role("button", name="Put it back").click()
    expect(box).to_have_value(typed)
    page.get_by_role("button", name="Save this section").click()
    expect(page.locator("h1")).to_have_text("Write the challenge")
    assert page.evaluate(KEPT) == []
    page.goto(path)
    expect(page.locator(OFFER)).to_be_hidden()
    assert "Offline." in box.input_value()


def test_kept_text_is_not_overwritten_by_new_typing_nor_shown_to_somebody_else(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    lead, path = journey.cast.lead, f"/work/challenges/{journey.reference}/write/people"
    page = enter(lead, path)
    page.get_by_role("textbox").first.fill("The first tab")
    page.reload()
    expect(page.locator(OFFER)).to_contain_text("The first tab")
    page.get_by_role("textbox").first.fill("The second tab")

    page = enter(journey.cast.officer, path)
    expect(page.locator(OFFER)).to_be_hidden()
    page = enter(lead, path)
    offer = page.locator(OFFER)
    expect(offer).to_contain_text("The second tab")
    offer.get_by_role("button", name="Delete it from this browser").click()
    expect(offer).to_contain_text("The first tab")
    offer.get_by_role("button", name="Delete it from this browser").click()
    expect(offer).to_be_hidden()
    assert page.evaluate(KEPT) == []
