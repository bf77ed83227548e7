"""What waits for the founder of the example, besides bids: a query, an answer, papers that expire.

So the founder's dashboard shows each sort of thing that it can.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bids.asking import service as queries
from bids.asking.lifecycle import QueryPart, usual_limit
from bids.asking.service import Concern
from bids.passport import service as passport
from bids.passport.kinds import Subject
from bids.passport.reminders import REMIND
from challenges.asking import service as asking
from challenges.topics import Topic
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Role
from marketplace.demonstration.cast import Cast
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling

SUPPLIER = "kittiwake-signals"
ASKED_ABOUT, QUERIED = "tenement-commons", "urban-air-quality"
# An insurance that was taken for a year, and has three weeks left.
INSURED_FOR = timedelta(days=21)
ANSWERED_BEFORE = timedelta(days=120)
# Before the first of its bids, so that each takes a copy.
FIRST_ANSWERED = timedelta(days=200)
EARLY: Mapping[Subject, Mapping[str, Any]] = {
    Subject.IDENTITY: {
        "kind": "company",
        "legal_name": "Kittiwake Signals Fictional Ltd",
        "company_number": "SC999999",
        "address": "3 Made-up Pier\nStromness\nKW16 3ZZ",
        "contact": "Ciara Inventown",
        "email": "hello@kittiwake-signals.example",
    },
    Subject.SIZE: {
        "staff": 6,
        "turnover_minor": 480_000_00,
        "balance_minor": 210_000_00,
        "rows": [
            {
                "name": "Tern Fund Fictional LP",
                "share": 30,
                "staff": 4,
                "turnover_minor": 900_000_00,
                "balance_minor": 2_000_000_00,
            }
        ],
    },
    Subject.SIGNATORIES: {"rows": [{"name": "Ciara Inventown", "position": "Director"}]},
    Subject.PROMPT_PAYMENT: {"days": 14, "share": 97},
    Subject.CLIMATE: {
        "plan": "working",
        "says": "We travel by train and ferry, and buy used equipment first.",
    },
}

# What is done here at its time, in place of the sweeper.
DONE = REMIND


def of_challenge(telling: Telling) -> Iterator[History]:
    """Give what the founder asks about one challenge, and is asked about its bid on another."""
    days = telling.days
    if telling.item.key == ASKED_ABOUT and days.published and days.closes:
        yield _question(telling, Span(days.published, days.until))
    if telling.item.key == QUERIED and days.opened:
        yield _query(telling, Span(days.opened, days.until))


def fill_in_passport(cast: Cast, clock: Clock, now: datetime) -> History:
    """Answer every subject of the passport but one; the insurance ends soon."""
    yield now - FIRST_ANSWERED
    actor = cast.one(SUPPLIER, Role.SUPPLIER_ADMIN)
    for subject, values in EARLY.items():
        passport.answer(subject, values, actor=actor, clock=clock)
    yield now - ANSWERED_BEFORE
    ends_on = (now + INSURED_FOR).astimezone(PLACE).date().isoformat()
    passport.answer(
        Subject.INSURANCE,
        {
            "rows": [
                {"kind": "public", "cover_minor": 500_000_000, "ends_on": ends_on},
                {"kind": "employers", "cover_minor": 1_000_000_000, "ends_on": ends_on},
            ]
        },
        actor=actor,
        clock=clock,
    )
    passport.answer(
        Subject.FAIR_WORK,
        {"living_wage": "yes", "says": "Everybody sees the pay of everybody else."},
        actor=actor,
        clock=clock,
    )


def _question(telling: Telling, bidding: Span) -> History:
    """Ask two things about the problem; one is answered to everybody, the other waits."""
    # Early: in the last days before closing no question is taken.
    yield bidding.at(0.4)
    actor = telling.cast.one(SUPPLIER, Role.SUPPLIER_ADMIN)
    # Only its id outlives the session of the step.
    answered = asking.ask(
        telling.reference,
        topic=Topic.PROBLEM,
        text="Do owners who let their flat count as owners of the stair?",
        actor=actor,
        clock=telling.clock,
    ).id
    yield bidding.at(0.6)
    asking.ask(
        telling.reference,
        topic=Topic.OFFER,
        text="Will the council lend us the keys of a roof space for the exploration?",
        actor=actor,
        clock=telling.clock,
    )
    yield bidding.at(0.9)
    kept = asking.save_answer(
        telling.reference,
        questions=[answered],
        text="Yes. Whoever owns a flat has a vote on what is shared, wherever they live.",
        actor=telling.lead,
        clock=telling.clock,
    )
    asking.publish_answer(telling.reference, kept, actor=telling.lead, clock=telling.clock)


def _query(telling: Telling, judging: Span) -> History:
    """Have an officer ask the founder to explain one thing, with a limit that still runs."""
    yield judging.at(0.97)
    queries.ask(
        telling.reference,
        telling.bid_references[SUPPLIER],
        concern=Concern(QueryPart.ANSWER, "commitment"),
        text="You write “two engineers”. Are both with you already, or will you hire one of them?",
        answer_by=usual_limit(telling.clock.now()),
        changes_nothing=True,
        actor=telling.officers[0],
        clock=telling.clock,
    )
