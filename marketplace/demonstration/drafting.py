"""What a challenge's body writes besides the problem: its record, its team, its terms and days."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import zip_longest

from challenges.documents import service as documents
from challenges.drafting.kinds import Duty, Topic
from challenges.sections import (
    Benefits,
    Content,
    Member,
    People,
    Place,
    Record,
    Recorded,
    Support,
    Team,
    Terms,
    Timeline,
)
from marketplace.core.access import current_files
from marketplace.core.permissions import Role
from marketplace.core.regimes.book import LONDON, next_working_day
from marketplace.core.strict_toml import build, only_keys, read_list, read_table
from marketplace.demonstration.content import FOLDER
from marketplace.demonstration.shapes import Challenge
from marketplace.demonstration.telling import Telling

FILE = "drafting.toml"

# How long before closing questions end, and how long after it the next steps are planned.
ASKING_ENDS, ASKING_LASTS = timedelta(days=7), timedelta(days=3)
INTERVIEWS, DECISION, START = timedelta(days=21), timedelta(days=35), timedelta(days=63)


@dataclass(frozen=True)
class Draft:
    """What is written for one challenge alone."""

    challenge: str
    research: str = ""
    people_offered: str = ""
    benefits: str = ""
    reach: str | None = None
    pooling: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Drafts:
    """What every body wrote, and what was written for one challenge alone, by its key."""

    record: Mapping[str, str]
    routes: Mapping[str, str]
    terms: str
    contract: str
    own: Mapping[str, Draft] = field(default_factory=dict)

    def of(self, item: Challenge) -> Draft:
        """Give what was written for a challenge alone."""
        return self.own.get(item.key) or Draft(item.key)


@cache
def drafts() -> Drafts:
    """Read the written content.

    Raises:
        ContentError: something in the file does not fit.
    """
    table = read_table(FOLDER / FILE)
    only_keys(table, {"record", "routes", "terms", "drafts"}, FILE)
    own = [build(Draft, each, FILE) for each in read_list(table, "drafts", FILE)]
    return Drafts(
        record=dict(table["record"]),
        routes=dict(table["routes"]),
        terms=str(table["terms"]["text"]),
        contract=str(table["terms"]["contract"]),
        own={draft.challenge: draft for draft in own},
    )


def sections(telling: Telling) -> Iterator[Content]:
    """Give the sections that stand beside problem, outcome, money and criteria."""
    item, own = telling.item, drafts().of(telling.item)
    yield People(item.affected, own.research)
    yield Benefits(own.benefits)
    yield Support(item.support, own.people_offered)
    yield Place(item.region, item.sector, item.round, own.reach, own.pooling)
    yield Terms(drafts().terms)
    yield _timeline(telling)
    yield _team(telling)
    yield _record(item)


def attached(telling: Telling) -> Iterator[Callable[[], object]]:
    """Give the steps that attach what was written for this challenge: notes, and the contract."""
    own = drafts().of(telling.item)
    if not own.notes:
        return
    for name, title, text, is_contract in (
        ("round-table-notes.txt", "Notes of the round table", own.notes, False),
        ("draft-contract.txt", "Draft contract", drafts().contract, True),
    ):
        yield partial(
            documents.attach,
            telling.reference,
            name=name,
            content=text.encode(),
            title=title,
            is_contract=is_contract,
            actor=telling.lead,
            clock=telling.clock,
            store=current_files(),
        )


def _timeline(telling: Telling) -> Timeline:
    closes, ready = telling.days.closed_first, telling.days.ready
    if closes is None:
        return Timeline()
    asks = closes - ASKING_ENDS if closes - ASKING_ENDS - ready > ASKING_LASTS else None
    return Timeline(
        closes_at=closes,
        questions_until=asks,
        interviews_on=_working_day(closes + INTERVIEWS),
        decision_on=_working_day(closes + DECISION),
        starts_on=_working_day(closes + START),
    )


def _working_day(instant: datetime) -> date:
    return next_working_day(instant.astimezone(LONDON).date())


def _team(telling: Telling) -> Team:
    """Give the officer, and evaluators as the people for the service and for its technical side."""
    judges = telling.cast.all(telling.item.buyer, Role.EVALUATOR)[:2]
    jobs = ((Duty.SERVICE, "Looks after the service"), (Duty.TECHNICAL, "Digital architect"))
    return Team(
        members=(
            Member(Duty.OFFICER, telling.officers[0].user_id),
            *(
                Member(duty, judge.user_id if judge else None, job)
                for (duty, job), judge in zip_longest(jobs, judges)
            ),
            Member(Duty.USERS, None, "A panel of six of the people affected"),
        ),
        panel_planned=3,
        contact_name="The challenge team",
        contact_email="challenges@example.org",
        contact_shown=True,
    )


def _record(item: Challenge) -> Record:
    """Fill in the record: an answer that begins with "!" says why a question does not apply."""
    texts = {**drafts().record, Topic.ROUTE.value: drafts().routes[item.legal_route]}
    return Record(
        tuple(
            Recorded(
                topic,
                texts[topic].format(reference=item.reference).removeprefix("!"),
                texts[topic].startswith("!"),
            )
            for topic in Topic
        )
    )
