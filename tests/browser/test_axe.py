"""Every page, as the right person, in every state: no violation of WCAG 2.2 AA, and room enough."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_security import confirmable, recoverable
from playwright.sync_api import Browser, expect

from marketplace.config import Mode
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.permissions import Role
from tests.applications import make_app
from tests.browser.conftest import Site, serving
from tests.browser.eyes import faults
from tests.browser.looking import SHOWN_ELSEWHERE, Looker, looker
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

__all__ = ["loaded_demonstration", "looker", "world"]

ALL = (*VISITS.items(), *MORE)
# How many tests look at the pages of the demonstration, so that workers share them.
PARTS = 4
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


def refuses(endpoint: str, visit: Visit) -> bool:
    """Tell whether this is the visit on which a page is sent an empty form."""
    return endpoint in REFUSE_EMPTY and VISITS[endpoint] == visit


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
    assert set(endpoints) - set(pages) == SHOWN_ELSEWHERE & set(endpoints)


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
