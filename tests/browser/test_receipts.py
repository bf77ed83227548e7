"""A receipt as people use it: taken from its page as a file, and given to the page that checks."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from marketplace.core.database import db
from tests.browser.conftest import Site
from tests.browser.eyes import faults
from tests.browser.person import turn_page
from tests.conftest import NOW
from tests.journeys import Step, a_cast, a_journey


def check(page: Page, file: Path) -> None:
    """Give a file to the page on which receipts are checked."""
    page.goto("/verify")
    page.get_by_label("Choose the file of the award report, receipt or passport").set_input_files(
        file
    )
    turn_page(page, page.get_by_role("button", name="Check it"))


def test_receipt_taken_from_its_page_is_checked_by_a_stranger(
    browser: Browser, site: Site, tmp_path: Path
) -> None:
    with site.app.app_context():
        session = db.session()
        journey = a_journey(session, site.clock, a_cast(session, NOW)).to(Step.OPEN)
        journey.bid()
        person, organisation = journey.cast.supplier_admin.id, journey.cast.supplier.id
        reference = journey.own_bid
        db.session.remove()
    site.sweep()
    own = browser.new_context(base_url=site.address)
    own.add_cookies([site.session_of(person, organisation)])
    page = own.new_page()
    page.goto(f"/bids/{reference}/receipts/1")
    page.get_by_text("How to check the receipt").click()
    found = list(faults(page, narrow=True))
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Download the receipt (text").click()
    file = tmp_path / arriving.value.suggested_filename
    arriving.value.save_as(file)
    own.close()
    stranger = browser.new_context(base_url=site.address)
    page = stranger.new_page()

    check(page, file)
    expect(page.get_by_text("File unchanged, sums agree")).to_be_visible()
    expect(page.get_by_text("This site holds the very same entry today")).to_be_visible()
    found += faults(page, narrow=True)

    file.write_text(file.read_text(encoding="utf-8").replace("B-", "C-"), encoding="utf-8")
    check(page, file)
    expect(page.get_by_text("Something does not agree")).to_be_visible()
    found += faults(page, narrow=True)
    stranger.close()

    assert file.name == f"receipt-{reference}-v1.txt"
    assert not found, "\n".join(found)
