"""A file on its way: how much of it is sent is shown and said, it can be called back, and the
server's own words come after it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from bids import service as bids
from bids.attachments.models import DraftFile
from marketplace.core.accounts.models import User
from tests.browser.eyes import faults
from tests.journeys import Journey, Step

PDF = b"%PDF-1.7\n" + b"Quokkaproof lanterns\n" * 100_000 + b"%%EOF\n"
SAID = "[data-upload-said]"
QUARTER = re.compile("(25|50|75)% of the file is sent.")


def attached(session: Session) -> int:
    session.rollback()
    return session.query(DraftFile).count()


def test_file_shows_how_far_it_is_can_be_called_back_and_is_answered_by_the_servers_page(
    journey: Journey, enter: Callable[[User, str], Page]
) -> None:
    author = journey.to(Step.OPEN).cast.supplier_admin
    stage = journey.challenge.stage
    stage.attach_kinds, stage.attach_most, stage.attach_mb = "pdf", 3, 3
    journey.session.commit()
    bid = bids.start_bid(journey.reference, actor=journey.actor(author), clock=journey.clock)
    page = enter(author, f"/bids/{bid.reference}/files")
    file, button = page.get_by_label("Choose a file"), page.get_by_role("button", name="Attach")
    said, bar = page.locator(SAID), page.get_by_role("progressbar", name="How much of the file")

    file.set_input_files({"name": "big.pdf", "mimeType": "", "buffer": PDF * 2})
    button.click()
    expect(said).to_have_text(
        "The file is larger than 3 MB, so it was not sent. Choose a smaller one."
    )
    expect(file).to_be_focused()

    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 200_000})
    heard = "() => { window.heard = []; new MutationObserver(() => heard.push(said.textContent))"
    page.evaluate(
        heard.replace("said.", f"document.querySelector('{SAID}').")
        + f".observe(document.querySelector('{SAID}'), {{childList: true}}) }}"
    )
    file.set_input_files({"name": "plan.pdf", "mimeType": "", "buffer": PDF})
    button.click()
    expect(bar).to_be_visible()
    expect(said).to_have_text(QUARTER)
    assert not list(faults(page))
    page.get_by_role("button", name="Cancel").click()
    expect(said).to_have_text("You cancelled. The file is not attached.")
    expect(bar).to_be_hidden()
    # A busy machine may send a second quarter before the button is pressed.
    first, *quarters, last = page.evaluate("heard")
    assert (first, last) == ("Sending the file…", "You cancelled. The file is not attached.")
    assert quarters
    assert all(QUARTER.fullmatch(each) for each in quarters)
    assert attached(journey.session) == 0

    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“plan.pdf” is attached.")
    expect(page.get_by_role("link", name="plan.pdf", exact=True)).to_be_visible()

    file.set_input_files({"name": "plan.pdf", "mimeType": "", "buffer": b"MZ\x90\x00" * 50})
    button.click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("The content of this file is not what its name says")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Error: ")
    page.context.set_offline(True)
    file.set_input_files({"name": "other.pdf", "mimeType": "", "buffer": b"%PDF-1.7 other"})
    button.click()
    expect(said).to_contain_text("The connection was lost")
    page.context.set_offline(False)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("“other.pdf” is attached.")
    assert attached(journey.session) == 2
