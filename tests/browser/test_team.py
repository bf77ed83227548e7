"""Two suppliers bid together: one asks from its task list, the other accepts from its board."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from bids import service as bids
from marketplace.core.accounts.models import User
from tests.browser.eyes import faults
from tests.journeys import Journey, Step


def test_a_partner_is_asked_accepts_and_leaves_by_following_links(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    cast = journey.to(Step.OPEN).cast
    lead, asked = cast.supplier_admin, cast.rival_admin
    name, email = cast.supplier.name, asked.email
    bid = bids.start_bid(journey.reference, actor=journey.actor(lead), clock=journey.clock)
    page = enter(lead, f"/bids/{bid.reference}")
    expect(page.get_by_text("You alone: 100%")).to_be_visible()

    page.get_by_role("link", name="Who does the work").click()
    page.get_by_role("button", name="Invite a partner").click()
    page.get_by_label("Name of the organisation").fill("Pretend Partner")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("What it does").fill("The signs, in " + "Llanfairpwllgwyngyll" * 6)
    page.get_by_label("Its share").fill("30")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("You: 70% of the work")).to_be_visible()

    enter(asked, "/work")
    page.get_by_role("link", name=f"Join a bid of {name} as a partner").click()
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("I may accept this").check()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("You are a partner in this bid now.")).to_be_visible()
    assert not list(faults(page))
    page.get_by_role("link", name="Leave this bid").click()
    assert not list(faults(page))
    page.get_by_role("button", name="Leave this bid").click()
    expect(page.get_by_text("Your organisation has left this bid.")).to_be_visible()

    enter(lead, f"/bids/{bid.reference}/team")
    expect(page.get_by_text("No partner.")).to_be_visible()
    page.get_by_text("Invitations that ended").click()
    expect(page.get_by_text("Left", exact=True)).to_be_visible()
