"""Nothing typed is lost: the network goes, the session ends, another tab was open."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import update

from bids import service as bids
from marketplace.core.accounts.models import SignIn, User
from tests.browser.conftest import Site
from tests.browser.eyes import PHONE
from tests.journeys import Journey, Step

STATE = "[data-keep-state]"
OFFER = "[data-keep-offer]"
KEPT = "Object.values(localStorage).map(JSON.parse).flat().map((kept) => kept.values)"
COUNTED = Path(__file__).parents[1] / "unit" / "bids" / "word_cases.json"
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


def test_answer_loses_no_character_when_network_and_session_end_while_it_is_typed(
    site: Site, journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    author = journey.to(Step.OPEN).cast.supplier_admin
    bid = bids.start_bid(journey.reference, actor=journey.actor(author), clock=journey.clock)
    path = f"/bids/{bid.reference}/answers/solves"
    page = enter(author, path)
    box, state = page.get_by_label("Your answer"), page.locator(STATE)
    written = "## Plan\n\n* People first\n* **Then** [the river](https://example.com/)\n" + WRITTEN

    box.press_sequentially(written[:40])
    page.context.set_offline(True)
    box.press_sequentially(written[40:100])
    expect(state).to_contain_text("Not saved: no connection. This browser keeps what you typed")
    end_sessions(site, journey)
    page.context.set_offline(False)
    expect(state).to_contain_text("Not saved: you are signed out now.")
    box.press_sequentially(written[100:])
    typed = box.input_value().rstrip()  # the server drops white space at the ends
    back = page.get_by_role("link", name="Sign in and come back to this page")
    assert str(back.get_attribute("href")).endswith(f"?next={path.replace('/', '%2F')}")

    page = enter(author, path)
    page.locator(OFFER).get_by_role("button", name="Put it back").click()
    expect(state).to_contain_text("Saved at")
    page.reload()
    found = box.input_value()
    lost = sum(
        1 for one, other in zip(typed, found.ljust(len(typed)), strict=False) if one != other
    )
    print(f"typed {len(typed)} characters without network and session, lost {lost}")
    assert found == typed
    assert page.evaluate(KEPT) == []

    page.set_viewport_size({"width": PHONE, "height": 844})
    page.get_by_role("button", name="Show how it will be read").click()
    shown = page.locator("[data-preview-text]")
    expect(shown.get_by_role("heading", name="Plan")).to_be_visible()
    expect(shown.get_by_role("link", name="the river")).to_have_attribute(
        "rel", "nofollow noopener noreferrer"
    )
    expect(shown).to_contain_text("<script>x</script>")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_words_are_counted_in_the_browser_as_on_the_server(scripted: Page) -> None:
    cases = json.loads(COUNTED.read_text(encoding="utf-8"))
    scripted.goto("/")
    counted = scripted.evaluate(
        """texts => import("/static/js/bids.js").then((it) => texts.map(it.countWords))""",
        [text for text, _words in cases],
    )
    assert counted == [words for _text, words in cases]
