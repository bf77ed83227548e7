"""Who takes part in the journey, what they know of it so far, and the calendar they go by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bids import service as bids
from bids.grounds.document import DeclaredGround
from marketplace.core.accounts.models import User
from marketplace.core.database import db
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor, Role
from tests.browser.conftest import Site
from tests.browser.person import Person, let_sign_in
from tests.factories import (
    a_body,
    a_person,
    a_supplier,
    actor_for,
    the_platform,
)

LONDON = ZoneInfo("Europe/London")
CLOSES = datetime(2026, 12, 15, 12, 0, tzinfo=LONDON)
TITLE = "How can technology help people find a warm place to wait?"
BODY, OWN = "Example Council", "Specimen Fictional Lanterns Ltd"
RIVAL, THIRD, LATE = (
    "Pretend Umbrella Works Ltd",
    "Sample Benches Fictional Ltd",
    "Tardy Fictional Clocks Ltd",
)
# Who would do the work, in the second version of our own supplier's bid.
TEAM = "Three people who wait for buses, and one who drives them."
# What each asks for, where the challenge asks for a price. Odd amounts, so that they are found.
PRICES = {OWN: "19,873", RIVAL: "31,417", THIRD: "43,219"}
# What each evaluator gives each supplier on the two questions, and what they agree on.
SCORES = {OWN: (4, 3), RIVAL: (3, 4), THIRD: (2, 2)}
TROUBLE = "A contract ended early in 2024. We changed our ways."
BODY_PEOPLE = {
    "Lena Lead": Role.CHALLENGE_LEAD,
    "Oona Officer": Role.PROCUREMENT_OFFICER,
    "Omar Officer": Role.PROCUREMENT_OFFICER,
    "Orla Officer": Role.PROCUREMENT_OFFICER,
    "Cora Chair": Role.CHAIR,
    "Eva Evaluator": Role.EVALUATOR,
    "Edgar Evaluator": Role.EVALUATOR,
    "Elin Evaluator": Role.EVALUATOR,
    "Asa Approver": Role.APPROVER,
    "Ada Auditor": Role.AUDITOR,
}


# What locks each officer's key; the third has not come round to it.
PASSPHRASES = {
    "Oona Officer": "nine fictional herons wade",
    "Omar Officer": "a pretend tram to nowhere",
}


@dataclass
class Play:
    """One challenge on its way through the pages."""

    site: Site
    come: Callable[..., Person]
    people: dict[str, Person] = field(default_factory=dict)
    reference: str = ""
    bids: dict[str, str] = field(default_factory=dict)

    def at(self, day: int, hour: int, minute: int = 0, second: int = 0, month: int = 12) -> None:
        """Move the clock, in London's time of that December, or a month of the year after."""
        year = 2026 if month == 12 else 2027
        self.site.clock.instant = datetime(year, month, day, hour, minute, second, tzinfo=LONDON)

    def as_(self, name: str) -> Person:
        """Have somebody of the body sign in afresh, and give them."""
        person = self.people[name]
        person.context.clear_cookies()
        person.sign_in()
        return person

    def at_work(self, name: str) -> Person:
        """Give somebody who is signed in without the pages of it, with their own work before them.

        Who signs in often has no recovery codes left, and those pages are walked elsewhere.
        """
        person = self.people[name]
        with self.site.app.app_context():
            user = db.session.scalars(select(User).where(User.name == name)).one()
            found = user.id, user.memberships[0].organisation_id
            db.session.remove()
        person.context.clear_cookies()
        person.context.add_cookies([self.site.session_of(*found)])
        person.go("/work")
        return person

    @property
    def hub(self) -> str:
        """Give the address of the challenge's own page for the body's people."""
        return f"/work/challenges/{self.reference}"

    def seed(
        self, suppliers: Sequence[str] = (RIVAL, THIRD, LATE), *, troubled: str = THIRD
    ) -> None:
        """Add the body with its people, suppliers and somebody to run the service.

        All but one officer have set their second step up already; where no supplier is `troubled`,
        which is one that has to tell of something, all of them have.
        """
        now = self.site.clock.now()
        declarations: list[tuple[bool, Actor]] = []
        with self.site.app.app_context():
            session = db.session()
            body = a_body(session, now, BODY)
            for name, role in BODY_PEOPLE.items():
                self._enter(a_person(session, now, body, role, name=name))
            self._enter(
                a_person(
                    session, now, the_platform(session, now), Role.PLATFORM_ADMIN, name="Pia Team"
                )
            )
            for name in suppliers:
                supplier = a_supplier(session, now, name)
                user = a_person(
                    session,
                    now,
                    supplier,
                    Role.SUPPLIER_ADMIN,
                    name=f"{name.split(maxsplit=1)[0]} Supplier",
                )
                self._enter(user)
                declarations.append((name == troubled, actor_for(user)))
            officer = session.scalars(select(User).where(User.name == "Oona Officer")).one()
            if troubled:
                officer.tf_primary_method = officer.tf_totp_secret = None
                officer.mf_recovery_codes = None
            session.commit()
            for tells, actor in declarations:
                self._declare(tells, actor)
            db.session.remove()

    def _declare(self, troubled: bool, actor: Actor) -> None:
        bids.declare_eligibility(
            bids.Declared(
                grounds=[DeclaredGround("poor_performance", self.site.clock.now().date(), TROUBLE)]
                if troubled
                else [],
                staff=7,
                turnover_minor=400_000_00,
                balance_minor=100_000_00,
            ),
            actor=actor,
            clock=self.site.clock,
        )

    def _enter(self, user: User) -> None:
        person = self.come(user.name, user.email)
        person.recovery_codes = let_sign_in(user)
        self.people[user.name] = person

    def bid_by_service(self, name: str, *, submit: bool) -> None:
        """Have a supplier that was here before write its bid, and submit it."""
        clock = self.site.clock
        with self.site.app.app_context():
            user = db.session.scalars(select(User).where(User.name == _admin_of(name))).one()
            actor = actor_for(user)
            made = bids.start_bid(self.reference, actor=actor, clock=clock).reference
            for key in ("solves", "team"):
                bids.save_answer(
                    made, key, f"{name} would ask first ({key}).", actor=actor, clock=clock
                )
            minor = int(PRICES.get(name, "30,000").replace(",", "")) * 100
            bids.save_price(made, minor, actor=actor, clock=clock)
            bids.save_terms(
                made,
                contract_accepted=True,
                contract_points="",
                ai_statement="",
                actor=actor,
                clock=clock,
            )
            if submit:
                bids.submit_bid(made, actor=actor, arrived=clock.now(), clock=clock)
            db.session.remove()
        self.bids[name] = made

    def letters(self, email: str) -> list[str]:
        """Give the texts of what was sent to an address, the newest last."""
        with self.site.app.app_context():
            found = db.session.scalars(
                select(Notice.text)
                .where(Notice.to_email == email)
                .order_by(Notice.created_at, Notice.id)
            ).all()
            db.session.remove()
        return list(found)


def _admin_of(supplier: str) -> str:
    """Give the name of a seeded supplier's one person: its first word is enough to tell them."""
    return f"{supplier.split(maxsplit=1)[0]} Supplier"
