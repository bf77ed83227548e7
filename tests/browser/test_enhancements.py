"""What script adds to pages that work without it; pages by keyboard alone, and much enlarged."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bids import queries
from bids import service as bids
from bids.drafts import content_of
from marketplace.core.accounts.models import User
from scoring.panel.models import ScoreDraft
from tests.browser.eyes import DESK, PHONE, ZOOMED
from tests.journeys import Journey, Step

SHOWN = "main :is(a, button, input, textarea, select, h1, h2, h3, p, th, td, img, svg)"


def test_weights_are_added_up_while_they_are_typed(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    page = enter(journey.cast.lead, f"/work/challenges/{journey.reference}/write/criteria")

    page.get_by_label("Weight of Criterion solves").fill("12.125")

    expect(page.locator("[data-weight-sum]")).to_have_text("72.125")


def test_trial_is_worked_out_anew_while_somebody_types_and_the_address_follows(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    page = enter(journey.cast.lead, f"/work/challenges/{journey.reference}/write/simulator")
    first = page.locator("[data-simulator-first]")
    expect(first).to_have_attribute("data-simulator-first", "Good and dear")

    price = page.get_by_role("group", name="Bid 1").get_by_label("Price")
    page.get_by_role("group", name="Bid 1").get_by_label("Criterion solves").fill("0")

    expect(first).to_have_attribute("data-simulator-first", "Strong on one question")
    expect(page.locator("[data-simulator-status]")).to_contain_text("1. Strong on one question.")
    assert "s=0" in page.url
    price.fill("much")
    expect(page.locator("#p1-error")).to_contain_text("Enter an amount in pounds")
    expect(price).to_have_value("much")
    expect(price).to_be_focused()


def test_answer_counts_its_words_and_saves_itself(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    journey.to(Step.OPEN)
    author = journey.cast.supplier_admin
    bid = bids.start_bid(journey.reference, actor=journey.actor(author), clock=journey.clock)
    page = enter(author, f"/bids/{bid.reference}/answers/solves")

    page.get_by_label("Your answer").press_sequentially("We would ask people first")

    expect(page.locator("[data-words]")).to_have_text("195 of 200 words left")
    expect(page.locator("[data-keep-state]")).to_contain_text("Saved")
    assert drafted(journey, bid.reference) == "We would ask people first"


def drafted(journey: Journey, reference: str) -> str:
    """Give what the draft of the author's bid answers to the first question."""
    journey.session.rollback()
    own = queries.own_bid(journey.session, reference, journey.actor(journey.cast.supplier_admin))
    return content_of(journey.session, own).answers["solves"]


LATE = "A thought that came after a colleague had submitted"
KEPT = "Object.values(localStorage).flatMap(JSON.parse).map((kept) => kept.values['text/1'])"


@pytest.fixture
def overtaken(journey: Journey, enter: Callable[[User, str], Page]) -> tuple[Journey, Page]:
    """Have somebody go on writing an answer in a bid that is submitted meanwhile."""
    journey.to(Step.OPEN)
    journey.bid()
    author = journey.actor(journey.cast.supplier_admin)
    bids.change_bid(journey.own_bid, actor=author, clock=journey.clock)
    page = enter(journey.cast.supplier_admin, f"/bids/{journey.own_bid}/answers/solves")
    now = journey.clock.now()
    bids.submit_bid(journey.own_bid, actor=author, arrived=now, clock=journey.clock)
    journey.session.rollback()
    return journey, page


def test_answer_that_is_overtaken_by_a_submission_stays_in_the_browser_and_is_offered_again(
    overtaken: tuple[Journey, Page],
) -> None:
    journey, page = overtaken
    page.get_by_label("Your answer").fill(LATE)
    expect(page.locator("[data-keep-state]")).to_contain_text("This bid was submitted")
    expect(page.locator("[data-keep-state]")).to_contain_text("This browser keeps what you typed")
    expect(page.get_by_label("Your answer")).to_have_value(LATE)
    page.get_by_label("Your answer").fill(LATE + ".")
    assert page.evaluate(KEPT) == [LATE + "."]

    page.get_by_role("link", name="Go to your bid").click()
    page.get_by_role("button", name="Change this bid").click()
    page.get_by_role("link", name="Criterion solves").click()

    notice = page.locator("[data-keep-offer]")
    expect(notice).to_contain_text(LATE + ".")
    expect(page.get_by_label("Your answer")).not_to_have_value(LATE + ".")
    notice.get_by_role("button", name="Put it back").click()
    expect(notice).to_be_hidden()
    expect(page.get_by_label("Your answer")).to_have_value(LATE + ".")
    expect(page.locator("[data-keep-state]")).to_contain_text("Saved at")
    assert page.evaluate(KEPT) == []
    assert drafted(journey, journey.own_bid) == LATE + "."


def test_answer_that_is_overtaken_and_saved_by_its_button_is_kept_and_saved_by_its_button(
    overtaken: tuple[Journey, Page],
) -> None:
    journey, page = overtaken
    answer = page.get_by_label("Your answer")
    answer.fill(LATE)
    page.get_by_role("button", name="Save and go back to your bid").click()
    expect(page.get_by_text("This was not saved. Copy it")).to_be_visible()
    assert page.evaluate(KEPT) == [LATE]

    page.get_by_role("button", name="Change this bid").click()
    page.get_by_role("button", name="Put it back").click()
    page.get_by_role("button", name="Save and go back to your bid").click()
    page.get_by_role("link", name="Criterion solves").click()

    expect(answer).to_have_value(LATE)
    expect(page.locator("[data-keep-offer]")).to_be_hidden()
    assert page.evaluate(KEPT) == []
    assert drafted(journey, journey.own_bid) == LATE


def test_kept_answer_that_is_not_wanted_is_deleted_from_the_browser(
    overtaken: tuple[Journey, Page],
) -> None:
    journey, page = overtaken
    page.get_by_label("Your answer").fill(LATE)
    expect(page.locator("[data-keep-state]")).to_contain_text("This browser keeps what you typed")
    page.reload()
    expect(page.locator("[data-keep-offer]")).to_contain_text(LATE)
    page.get_by_role("button", name="Change this bid").click()
    page.get_by_role("button", name="Delete it from this browser").click()
    expect(page.locator("[data-keep-offer]")).to_be_hidden()
    assert page.evaluate(KEPT) == []
    assert LATE not in drafted(journey, journey.own_bid)


def test_scores_save_themselves_and_are_there_afterwards(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    evaluator = journey.to(Step.SCORING).cast.evaluators[1]
    page = enter(evaluator, f"/work/challenges/{journey.reference}/panel/questions/solves")

    page.get_by_role("group").first.get_by_label("3", exact=True).check()
    page.get_by_label("Reason for the score of").first.press_sequentially("It names the people.")

    expect(page.locator("[data-keep-state]")).to_contain_text("Saved at")
    kept = journey.session.scalars(select(ScoreDraft.rationale)).all()
    assert "It names the people." in kept
    page.reload()
    expect(page.get_by_label("Reason for the score of").first).to_have_value("It names the people.")


def test_menu_on_a_phone_opens_at_a_press(scripted: Page) -> None:
    scripted.set_viewport_size({"width": PHONE, "height": 844})
    scripted.goto("/")
    link = scripted.get_by_role("navigation", name="Menu").get_by_role("link", name="Awards")

    expect(link).to_be_hidden()
    scripted.get_by_role("button", name="Menu").click()

    expect(link).to_be_visible()


def test_scores_can_be_given_by_keyboard_alone(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    evaluator = journey.to(Step.SCORING).cast.evaluators[1]
    page = enter(evaluator, f"/work/challenges/{journey.reference}/panel/questions/solves")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    for first in range(2):
        page.keyboard.press("Alt+Shift+KeyU")
        assert met(page).startswith("score-")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        assert met(page).startswith("reason-")
        if first == 0:
            page.keyboard.type("It says who does what.")
    # A text of one's own, by the button under the reason.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Use this text"
    page.keyboard.press("Enter")
    assert met(page).startswith("reason-")
    page.keyboard.press("Alt+Shift+KeyU")
    expect(page.locator("[data-keys-said]")).to_contain_text("Everything on this page")
    page.keyboard.press("Alt+Shift+KeyK")
    assert page.evaluate("document.activeElement.id").startswith("bid-")
    for _stop in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "next":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Criterion team")
    values = journey.session.scalars(
        select(ScoreDraft.value).where(ScoreDraft.rationale == "It says who does what.")
    ).all()
    assert values == [Decimal(1), Decimal(1)]


def met(page: Page) -> str:
    """Give what has the focus, which can be seen."""
    name = str(page.evaluate("document.activeElement.name || document.activeElement.type"))
    assert page.evaluate(SEEN), f"nobody sees that {name} has the focus"
    return name


# The focused thing, or what is drawn for it, has an outline, a shadow or a ground of its own.
SEEN = """() => {
  const it = document.activeElement;
  const drawn = it.type === 'radio' ? getComputedStyle(it.nextElementSibling, '::before')
                                    : getComputedStyle(it);
  return drawn.boxShadow !== 'none' || parseFloat(drawn.outlineWidth) > 0;
}"""


@pytest.mark.parametrize(
    "path", ["/panel/questions/solves", "/panel/scores", ""], ids=["scoring", "check", "hub"]
)
def test_page_at_four_times_the_size_loses_nothing(
    journey: Journey, enter: Callable[[User, str], Page], path: str
) -> None:
    evaluator = journey.to(Step.SCORING).cast.evaluators[0]
    page = enter(
        evaluator if path else journey.cast.officer, f"/work/challenges/{journey.reference}{path}"
    )

    shown = {}
    for width in (DESK, ZOOMED):
        page.set_viewport_size({"width": width, "height": 256})
        shown[width] = [it.inner_text() for it in page.locator(SHOWN).all() if it.is_visible()]

    assert shown[ZOOMED] == shown[DESK]
    assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED
