"""Looks at pages of a running site with axe and on narrow screens, as whoever they are for."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.conftest import Site
from tests.browser.eyes import DESK, faults
from tests.browser.keyboard import unreached
from tests.browser.visits import Found

# Nothing in the world of all routes is in the state that these pages are made for. A test of each
# group's own brings a challenge there, and fails unless it has looked at all of the group.
ROOMS: dict[str, frozenset[str]] = {
    "after": frozenset(
        {
            *("complaints.show", "complaints.propose", "complaints.decide", "complaint.take_back"),
            *("complaints.end", "complaints.confirm_end", "again.decide"),
            *("debriefs.offer", "debriefs.record"),
        }
    ),
    "preferred": frozenset(
        {
            *("preferred.ask_again", "preferred.document", "preferred.record", "preferred.extend"),
            *("asked_of_us.index", "asked_of_us.give", "committee.record"),
        }
    ),
    "advancing": frozenset(
        {
            *("advancing.show", "advancing.cut_off", "advancing.propose", "advancing.confirm"),
            "low_prices.decide",
        }
    ),
    "found late": frozenset({"panel_found.decide", "panel_found.reopen"}),
    "scoring": frozenset({"panel_sheets.check", "panel_masking.masks"}),
    "delivery": frozenset(
        {
            *("delivery.report", "delivery.payment", "delivery.finish", "delivery.close"),
            *("gates.propose", "gates.confirm", "benefits.measure", "own_delivery.report"),
            "court_orders.record",
        }
    ),
    "keeping": frozenset({"keeping.lift", "keeping.answer", "own_data.decide"}),
    "together": frozenset({"live.record", "joining.leave"}),
}
SHOWN_ELSEWHERE = frozenset().union(
    *ROOMS.values(),
    # The journey of a team and that of a quick check look at these on their way.
    {"team.leave", "checking.show"},
)
# Pages of suppliers, on which the keyboard is followed too.
OF_SUPPLIERS = re.compile(r"/bids|/organisation|/quick-check|/challenges/[^/]+/check")
# Also seen by axe at the width of a phone, where the layout is another one.
NARROW_TOO = frozenset(
    {
        *("web.home", "web.work", "web.challenge", "challenges.index", "challenges.criteria"),
        *("bids.task_list", "panel.question", "panel.moderation", "panel.cell", "award.result"),
        *("awards.show", "opening.bids", "log.index", "log.checkpoint_list"),
    }
)
# Everything that a person fills in is emptied; what only carries a token is left. The button that
# asks for one more row sends nothing to be refused.
EMPTY = """() => {
  const form = [...document.querySelectorAll('main form[method=post]')]
    .find(form => form.querySelector('input:not([type=hidden]), textarea, select'));
  if (!form) return false;
  for (const box of form.querySelectorAll('input:not([type=hidden]), textarea, select')) {
    if (box.type === 'radio' || box.type === 'checkbox') box.checked = false;
    else box.value = '';
  }
  const buttons = [...form.querySelectorAll('button[type=submit], button:not([type])')];
  const shown = buttons.filter(button =>
    button.tabIndex >= 0 && button.value.indexOf(':') < 0 && button.name !== 'more');
  form.requestSubmit(shown[0] ?? buttons[0]);
  return true;
}"""


class Looker:
    """Goes to pages as whoever it takes, and keeps what is wrong with them."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.found: list[str] = []
        self.seen: set[str] = set()
        self._who: object = None
        self._context: BrowserContext | None = None
        self._page: Page | None = None

    def page_of(self, found: Found) -> Page:
        """Give a page on which this person is signed in, or nobody."""
        # A session that began before the clock moved on has ended.
        who = (found.person, self.site.clock.instant)
        if self._page is None or who != self._who:
            self.close()
            self._context = self.browser.new_context(
                base_url=self.site.address, viewport={"width": DESK, "height": 900}
            )
            self._context.set_default_timeout(20_000)
            if found.person is not None:
                self._context.add_cookies([self.site.session_of(found.person, found.organisation)])
            self._who, self._page = who, self._context.new_page()
            self._page.on("console", self._hear)
            self._page.on("pageerror", lambda error: self.found.append(str(error)))
        return self._page

    def _hear(self, message: ConsoleMessage) -> None:
        """Keep what the browser says about script and style that the page may not have."""
        if "Content Security Policy" in message.text:
            self.found.append(f"{message.location['url']}: {message.text}")

    def look(self, endpoint: str, found: Found, *, send_empty: bool) -> None:
        """Look at one page; with `send_empty`, then at what it says to a form with nothing in."""
        if self.look_at(endpoint, found, address_of(self.site.app, endpoint, found)) and send_empty:
            self._send_empty(endpoint, self.page_of(found))

    def look_at(self, endpoint: str, found: Found, address: str) -> bool:
        """Look at the page of an address, and tell whether it was shown."""
        page = self.page_of(found)
        answer = page.goto(address)
        if answer is None or answer.status != 200 or not page.url.endswith(address):
            self.found.append(
                f"{endpoint}: {answer and answer.status} at {page.url}, not {address}"
            )
            return False
        self.seen.add(endpoint)
        self.found += [
            f"{endpoint}: {fault}" for fault in faults(page, narrow=endpoint in NARROW_TOO)
        ]
        if OF_SUPPLIERS.match(address):
            self.found += [f"{endpoint}: {fault}" for fault in unreached(page)]
        return True

    def _send_empty(self, endpoint: str, page: Page) -> None:
        with page.expect_navigation() as arriving:
            assert page.evaluate(EMPTY), f"{endpoint} has no form"
        answer = arriving.value
        if answer is None or answer.status != 422 or not page.title().startswith("Error: "):
            self.found.append(f"{endpoint}: nothing filled in is accepted: {page.title()}")
            return
        self.found += [f"{endpoint}, refused: {fault}" for fault in faults(page)]
        for href in page.locator(".govuk-error-summary a").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        ):
            if href.startswith("#") and page.locator(f"[id='{href[1:]}']").count() != 1:
                self.found.append(f"{endpoint}, refused: the summary leads to no field: {href}")

    def judge(self) -> None:
        """Fail with everything that was found."""
        assert not self.found, "\n".join(self.found)

    def close(self) -> None:
        """Let the browser go."""
        if self._context is not None:
            self._context.close()


def address_of(app: Flask, endpoint: str, found: Found) -> str:
    """Give the address of a page with those of the parts that it takes."""
    # Some pages of a later stage have an address of their own; the first stage's names none.
    rule = min(
        (rule for rule in app.url_map.iter_rules(endpoint) if "GET" in (rule.methods or ())),
        key=lambda rule: len(rule.rule),
    )
    fixed = set(rule.defaults or {})
    wanted: dict[str, Any] = {name: found.values[name] for name in rule.arguments - fixed}
    if endpoint == "bids.submit":
        wanted["checked"] = found.values["checked"]
    if rule.rule.startswith("/bids/"):
        wanted["reference"] = found.values["bid"]
    with app.test_request_context():
        return app.url_for(endpoint, **wanted).removeprefix("http://localhost")


@pytest.fixture
def looker(browser: Browser, site: Site) -> Iterator[Looker]:
    """Look at the site of this test."""
    looker = Looker(browser, site)
    yield looker
    looker.close()
