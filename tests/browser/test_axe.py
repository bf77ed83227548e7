"""Every page, as the right person, in every state: no violation of WCAG 2.2 AA, and room enough."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_security import confirmable, recoverable
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from marketplace.config import Mode
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.permissions import Role
from tests.applications import make_app
from tests.browser.conftest import Site, serving
from tests.browser.eyes import DESK, faults
from tests.browser.keyboard import unreached
from tests.browser.person import PASSWORD, let_sign_in, turn_page
from tests.browser.visits import (
    AUDITOR,
    BIDDER,
    CHAIR,
    CLOSED,
    EVALUATOR,
    FILES,
    MORE,
    OFFICER,
    REFUSE_EMPTY,
    SIGNING_IN,
    VISITOR,
    VISITS,
    Found,
    Guide,
    Visit,
)
from tests.conftest import NOW, make_settings
from tests.databases import Databases
from tests.demonstrations import Loaded, loaded_demonstration
from tests.factories import a_body, a_person, a_supplier, the_platform
from tests.integration.whole.conftest import world
from tests.integration.whole.rows import rows_of
from tests.integration.whole.world import ACTORS, World
from tests.journeys import Step, a_cast, a_journey

__all__ = ["loaded_demonstration", "world"]

ALL = (*VISITS.items(), *MORE)
# How many tests look at the pages of the demonstration, so that workers share them.
PARTS = 4
# Nothing in the world of all routes is in the state that these pages are made for.
NEVER_SHOWN = frozenset(
    {
        *("live.record", "joining.leave", "team.leave"),
        # It shows a sheet that somebody has just brought: tests of its own do.
        "panel_sheets.check",
        # No price of the world is flagged, and no interest was found in it late.
        *("low_prices.decide", "panel_found.decide", "panel_found.reopen"),
        # In the world nobody goes on to another stage: tests of their own play that.
        *("advancing.show", "advancing.cut_off", "advancing.propose", "advancing.confirm"),
        # In the world nothing is asked of the preferred bidder and no committee decides: tests of
        # their own play that.
        *("preferred.ask_again", "preferred.document", "preferred.record", "preferred.extend"),
        *("asked_of_us.index", "asked_of_us.give", "committee.record"),
        # Nothing of the world is held or due to be erased: tests of their own play that.
        *("keeping.lift", "keeping.answer", "own_data.decide"),
        # In the world nobody has complained and nothing is before a court: tests of their own do.
        *("complaints.show", "complaints.propose", "complaints.decide", "complaint.take_back"),
        *("complaints.end", "complaints.confirm_end", "again.decide"),
        *("debriefs.offer", "debriefs.record"),
        # In the world a milestone waits to be accepted: tests of their own go on from there.
        *("delivery.report", "delivery.payment", "delivery.finish", "delivery.close"),
        *("gates.propose", "gates.confirm", "benefits.measure", "own_delivery.report"),
        # No panel of the world judges without names: a test of its own looks for them.
        "panel_masking.masks",
        # The answers stand in the browser of whoever gave them: a test of its own gives some.
        "checking.show",
    }
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
# A word that no line can hold, and many that a line can.
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" + " and all its neighbours" * 6
LONG_VISITS: dict[Step, tuple[tuple[str, Role | None], ...]] = {
    Step.OPEN: (
        ("web.home", VISITOR),
        ("challenges.index", VISITOR),
        ("challenges.show", VISITOR),
        ("web.work", OFFICER),
        ("web.challenge", OFFICER),
        ("accounts.organisation", OFFICER),
        ("accounts.person", OFFICER),
    ),
    Step.OPENED: (
        ("opening.bids", OFFICER),
        ("opening.bid", OFFICER),
        ("panel.chair", CHAIR),
        ("panel.declared", CHAIR),
        ("panel.decide", CHAIR),
        ("bids.index", BIDDER),
        ("bids.task_list", BIDDER),
    ),
    Step.SCORING: (("panel.question", EVALUATOR), ("panel.check", EVALUATOR)),
    Step.MODERATING: (("panel.moderation", CHAIR), ("panel.cell", CHAIR)),
    Step.LOCKED: (("award.result", CHAIR), ("award.trace", CHAIR), ("award.recommend", CHAIR)),
    Step.SIGNED: (
        ("awards.index", VISITOR),
        ("awards.show", VISITOR),
        ("award.outcome", BIDDER),
        ("award.result", AUDITOR),
    ),
}
# Everything that a person fills in is emptied; what only carries a token is left.
EMPTY = """() => {
  const form = [...document.querySelectorAll('main form[method=post]')]
    .find(form => form.querySelector('input:not([type=hidden]), textarea, select'));
  if (!form) return false;
  for (const box of form.querySelectorAll('input:not([type=hidden]), textarea, select')) {
    if (box.type === 'radio' || box.type === 'checkbox') box.checked = false;
    else box.value = '';
  }
  const buttons = [...form.querySelectorAll('button[type=submit], button:not([type])')];
  const shown = buttons.filter(button => button.tabIndex >= 0 && button.value.indexOf(':') < 0);
  form.requestSubmit(shown[0] ?? buttons[0]);
  return true;
}"""


class Looker:
    """Goes to pages as whoever it takes, and keeps what is wrong with them."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser = browser
        self.site = site
        self.found: list[str] = []
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


def refuses(endpoint: str, visit: Visit) -> bool:
    """Tell whether this is the visit on which a page is sent an empty form."""
    return endpoint in REFUSE_EMPTY and VISITS[endpoint] == visit


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


@pytest.fixture(scope="module")
def demonstration(
    databases: Databases, loaded_demonstration: Loaded, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Serve the demonstration."""
    clock = FixedClock(NOW)
    url = databases.make(loaded_demonstration.database, tmp_path_factory.mktemp("demonstration"))
    app = make_app(make_settings(loaded_demonstration.data, url, mode=Mode.DEMONSTRATION), clock)
    with serving(app, clock) as site:
        yield site


def test_visits_name_only_pages_that_can_be_read(app: Flask) -> None:
    readable = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert set(VISITS) | SIGNING_IN | FILES | CLOSED <= readable


@pytest.mark.parametrize("part", range(PARTS))
def test_every_other_page_has_no_violation(browser: Browser, world: World, part: int) -> None:
    """Look at each page without a visit as the first person to whom it is shown."""
    pages: dict[str, tuple[str, str]] = {}
    named = set(VISITS) | SIGNING_IN | FILES | CLOSED
    others = [(row, rule) for row, rule in rows_of(world.app) if row.endpoint not in named]
    endpoints = sorted({row.endpoint for row, _rule in others if row.method == "GET"})[part::PARTS]
    for row, rule in others:
        if row.method != "GET" or row.endpoint in pages or row.endpoint not in endpoints:
            continue
        path = world.path(rule, row.thing)
        shown = (who for who in ACTORS if world.see("GET", path, who).status == 200)
        if (who := next(shown, None)) is not None:
            pages[row.endpoint] = (path, who)
    clock = FixedClock(NOW)
    with serving(make_app(world.app.extensions["settings"], clock), clock) as site:
        looker = Looker(browser, site)
        for endpoint, (path, who) in sorted(pages.items(), key=lambda page: page[1][1]):
            with world.app.app_context():
                user = ACTORS[who](world.cast)
                identity = None if user is None else sa.inspect(user).identity
                person = identity[0] if identity else None
            looker.look_at(endpoint, Found(person, None, {}), path)
        looker.close()

    looker.judge()
    assert set(endpoints) - set(pages) == NEVER_SHOWN & set(endpoints)


@pytest.mark.parametrize("part", range(PARTS))
def test_pages_of_the_demonstration_have_no_violation(
    browser: Browser, demonstration: Site, part: int
) -> None:
    looker = Looker(browser, demonstration)
    # Whoever looks stays signed in for all they look at.
    visits = sorted(
        ((name, visit) for name, visit in ALL if not isinstance(visit.at, Step)),
        key=lambda item: (str(item[1].who), item[0]),
    )
    begin, end = (len(visits) * number // PARTS for number in (part, part + 1))
    with demonstration.app.app_context():
        guide = Guide(db.session())
        found = [
            (name, guide.find(visit), refuses(name, visit)) for name, visit in visits[begin:end]
        ]
        db.session.remove()

    for name, visit, refusing in sorted(found, key=lambda item: (str(item[1].person), item[0])):
        looker.look(name, visit, send_empty=refusing)

    looker.close()
    looker.judge()


def test_pages_of_a_decision_on_its_way_have_no_violation(looker: Looker) -> None:
    site = looker.site
    with site.app.app_context():
        session = db.session()
        journey = a_journey(session, site.clock, a_cast(session, NOW))
        for step in sorted({visit.at for _, visit in ALL if isinstance(visit.at, Step)}):
            journey.to(step)
            for name, visit in ALL:
                if visit.at == step:
                    found = Guide(session).find(visit, journey.reference)
                    session.rollback()
                    looker.look(name, found, send_empty=refuses(name, visit))

    looker.judge()


def test_pages_of_a_quick_check_have_no_violation(looker: Looker) -> None:
    site = looker.site
    with site.app.app_context():
        journey = a_journey(db.session(), site.clock, a_cast(db.session(), NOW)).to(Step.OPEN)
        address = f"/challenges/{journey.reference}/check"
        db.session.remove()
    visitor = Found(None, None, {})
    looker.look_at("checking.ask", visitor, address)
    page = looker.page_of(visitor)
    for group in page.get_by_role("group").all():
        group.get_by_role("radio").first.check()
    turn_page(page, page.get_by_role("button", name="See the result"))
    looker.look_at("checking.show", visitor, f"{address}/result")

    looker.judge()


def test_pages_of_signing_in_have_no_violation(browser: Browser, site: Site) -> None:
    with site.app.app_context():
        session = db.session()
        officer = a_person(session, NOW, a_body(session, NOW), Role.PROCUREMENT_OFFICER)
        codes, email = let_sign_in(officer), officer.email
        session.commit()
        with site.app.test_request_context():
            confirming = confirmable.generate_confirmation_token(officer)  # type: ignore[no-untyped-call]  # it has none
            resetting = recoverable.generate_reset_password_token(officer)  # type: ignore[no-untyped-call]  # it has none
        db.session.remove()
    page = browser.new_context(base_url=site.address).new_page()
    found: list[str] = []

    def look(path: str, button: str = "") -> None:
        page.goto(path)
        found.extend(faults(page))
        if button:
            turn_page(page, page.locator("main").get_by_role("button", name=button, exact=True))
            expect(page).to_have_title(re.compile("^Error: "))
            found.extend(faults(page))

    for path, button in (
        ("/create-account", "Create account"),
        ("/confirm-address", "Send the link again"),
        (f"/confirm-address/{confirming}", ""),
        ("/new-password", "Send a link"),
        (f"/new-password/{resetting}", "Set password"),
        ("/sign-in", "Sign in"),
    ):
        look(path, button)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    turn_page(page, page.locator("main").get_by_role("button", name="Sign in"))
    look("/sign-in/code", "Continue")
    look("/sign-in/recovery-code", "Continue")
    page.get_by_label("Recovery code").fill(codes.pop())
    turn_page(page, page.get_by_role("button", name="Continue"))
    look("/account/password", "Change password")
    look("/account/check", "Continue")
    look("/account/second-step")
    turn_page(page, page.get_by_role("button", name="Set up an app"))
    found.extend(faults(page))
    turn_page(page, page.get_by_role("button", name="Continue"))
    expect(page).to_have_title(re.compile("^Error: "))
    found.extend(faults(page))
    look("/account/recovery-codes")
    turn_page(page, page.get_by_role("button", name="Show my recovery codes"))
    assert page.locator(".fw-key").count() == 10
    found.extend(faults(page))
    page.context.close()

    assert not found, "\n".join(found)


def test_pages_with_nothing_on_them_have_no_violation(looker: Looker) -> None:
    with looker.site.app.app_context():
        session = db.session()
        body, supplier = a_body(session, NOW), a_supplier(session, NOW)
        platform = the_platform(session, NOW)
        people = [
            (a_person(session, NOW, body, Role.PROCUREMENT_OFFICER, Role.CHALLENGE_LEAD), body),
            (a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN), supplier),
            (a_person(session, NOW, platform, Role.PLATFORM_ADMIN), platform),
            (a_person(session, NOW, None), None),
        ]
        session.commit()
        officer, bidder, team, alone = (
            Found(person.id, owner.id if owner else None, {}) for person, owner in people
        )
        db.session.remove()
    for who, names in (
        (Found(None, None, {}), ("web.home", "challenges.index", "awards.index")),
        (Found(None, None, {}), ("log.index", "log.checkpoint_list")),
        (officer, ("web.work", "challenges.own", "accounts.organisation")),
        (bidder, ("web.work", "bids.index", "bids.eligibility")),
        (team, ("web.work", "accounts.organisations")),
        (alone, ("web.work", "accounts.organisation", "accounts.person")),
    ):
        for name in names:
            looker.look(name, who, send_empty=False)

    looker.judge()


def test_pages_with_very_long_words_have_no_violation(looker: Looker) -> None:
    site = looker.site
    with site.app.app_context():
        session = db.session()
        cast = a_cast(session, NOW)
        for thing in (cast.body, cast.supplier, cast.rival):
            thing.name = f"{thing.name} {LONG}"[:200]
        for user in (cast.lead, cast.officer, cast.chair, cast.evaluators[0], cast.supplier_admin):
            user.name = f"{user.name} {LONG}"[:120]
        session.commit()
        journey = a_journey(session, site.clock, cast, title=f"How can {LONG}?"[:200])
        for step, visits in LONG_VISITS.items():
            journey.to(step)
            for name, who in visits:
                found = Guide(session).find(Visit(who, step), journey.reference)
                session.rollback()
                looker.look(name, found, send_empty=False)

    looker.judge()
