"""Work under three of the contracts: one goes on, one stopped at its gate, one is finished."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from challenges.lifecycle import State
from challenges.live import service as live
from challenges.live.service import Meeting
from challenges.queries import own_challenge
from marketplace.core.access import current_files
from marketplace.core.database import db
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Actor, Role
from marketplace.core.transaction import transaction
from marketplace.demonstration.days import working_morning
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling
from scoring.award.delivery import agreements, running
from scoring.award.delivery.benefits import service as benefits
from scoring.award.delivery.benefits.lifecycle import Measured, due_on
from scoring.award.delivery.gates import service as gates
from scoring.award.delivery.gates.lifecycle import Decision, Finding, Found
from scoring.award.delivery.milestones import service
from scoring.award.delivery.milestones.lifecycle import Written, evenly

# Where the challenges with work come to, by key.
CAME_TO: Mapping[str, State] = {
    "flood-forecasts": State.DELIVERING,
    "protected-areas": State.STOPPED,
    "tenant-data": State.FINISHED,
    "rural-skills": State.DELIVERING,
}
DONE = (running.BEGIN,)


@dataclass(frozen=True)
class _Milestone:
    """What is delivered in which week of the contract, and what was said of it."""

    week: int
    title: str
    deliverable: str
    accepted_when: str
    reported: str = ""
    seen: str = ""


_PLANS: Mapping[str, Sequence[_Milestone]] = {
    "flood-forecasts": (
        _Milestone(
            2,
            "Plan agreed, and first test beside the river",
            "A plan of the 15 weeks, and paper cards tried by six people who live by the water.",
            "We have read the plan, and the notes say what people did with the cards.",
            "The plan is in our shared folder. Six people tried the cards on Saturday; "
            "four knew at once what to do, two took the second card for the first.",
            "I was there on Saturday and saw all six. The plan names who does what.",
        ),
        _Milestone(
            4,
            "Messages tried on two small rivers",
            "Messages to 40 households for two weeks, with a line to call.",
            "40 households had messages, and at least half of them told us what they thought.",
            "Messages went to 43 households. 29 told us what they thought; their "
            "words are in the shared folder, without names.",
        ),
        _Milestone(
            14,
            "Version shown at the demo day, with its documents handed over",
            "The service as tried, its source, and a guide for whoever runs it.",
            "Another person of ours has set it up with the guide alone.",
        ),
    ),
    "protected-areas": (
        _Milestone(
            5,
            "First statements drawn from ten reports",
            "Statements from ten old reports, each with the page that it came from.",
            "Two officers have checked every statement against its page.",
            "Ten reports are done: 214 statements, each with its page.",
            "Two of us checked all 214. 31 were wrong, most of them in tables.",
        ),
    ),
    "rural-skills": (
        _Milestone(
            4,
            "Two skills tried in two halls",
            "Twelve people in two halls learn one skill each, with a person on the line.",
            "Nine of the twelve can show it to somebody else.",
            "Twelve people took part in Dalwhinnie and on Tiree. Ten showed the skill to a "
            "neighbour.",
            "I saw four of them do it, and spoke with the others. The notes are in our file.",
        ),
        _Milestone(
            5,
            "A record of skills that an employer accepts",
            "A record that a person can show, tried with three employers.",
            "All three employers have said in writing what they would accept it for.",
            "Three employers have written. Their letters are in the shared folder.",
        ),
        _Milestone(
            30,
            "In use in six halls",
            "The service in six halls, with people trained to run it.",
            "Each hall has held two evenings without us.",
        ),
    ),
    "tenant-data": (
        _Milestone(
            3,
            "The page that tenants can print",
            "A page for each block: repairs asked for, done and open, in plain words.",
            "Five tenants have taken it to a meeting and used it.",
            "All 61 blocks have their page. Seven tenants took one to the meeting in March.",
            "I sat in the meeting: people pointed at the page and got answers.",
        ),
    ),
}
_FOUND = (
    Found(
        "It does what the challenge asked for, measured as the challenge said.",
        Finding.PARTLY,
        "Text is read well. Tables and maps, where most of the evidence is, are not.",
    ),
    Found(
        "It was tested with at least six disabled and older people; findings and changes are told.",
        Finding.MET,
        "Seven people tested it, and what they found was mended.",
    ),
    Found(
        "It is known what it costs to run, and who pays after the first year.",
        Finding.NOT_MET,
        "Each report needs an hour of checking by hand, which nobody has.",
    ),
)
_LESSONS = (
    "Old reports keep their evidence in tables and maps: try ten of those first, before anything "
    "else. Checking by hand is the real cost, so measure it from the first day. The supplier "
    "keeps its reader of plain text, which two other bodies want to try."
)
# What was measured so many months after the end of the work: in words, what was learned, and each
# measure with what it was before and what it is now.
_MEASURED = {
    6: (
        "Tenants find their three facts in minutes and take them to meetings. Landlords on "
        "islands still say that they are compared with the wrong others.",
        "Print the page: most who used it had it on paper.",
        (
            (
                "Tenants in a test who find the right figure and explain it in their own words.",
                "4 of 20",
                "15 of 20",
            ),
            (
                "Meetings at which tenants used a figure, reported by tenant groups.",
                "2 in six months",
                "19 in six months",
            ),
            ("Landlords who say that the comparison with others is fair.", "Not asked", "8 of 14"),
        ),
    ),
    12: (
        "It is used without our help. Landlords can choose now whom they are compared with, and "
        "more of them call it fair.",
        "Ask the landlords earlier what makes a comparison fair.",
        (
            (
                "Tenants in a test who find the right figure and explain it in their own words.",
                "4 of 20",
                "17 of 20",
            ),
            (
                "Meetings at which tenants used a figure, reported by tenant groups.",
                "2 in six months",
                "31 in six months",
            ),
            ("Landlords who say that the comparison with others is fair.", "Not asked", "12 of 14"),
        ),
    ),
}


class _Known(NamedTuple):
    """What is known of a contract before its work begins."""

    id: uuid.UUID
    reference: str
    value_minor: int
    starts_on: date


def begin(telling: Telling) -> History:
    """Plan the work under the contract of a challenge, and begin it on the contract's first day."""
    plan = _PLANS.get(telling.item.key)
    if plan is None:
        return
    agreement = _agreement(telling)
    amounts = evenly(agreement.value_minor, len(plan))
    rows = [
        Written(
            each.title,
            each.deliverable,
            each.accepted_when,
            agreement.starts_on + timedelta(weeks=each.week),
            amount,
        )
        for each, amount in zip(plan, amounts, strict=True)
    ]
    service.plan(
        telling.reference, agreement.id, rows, actor=telling.officers[0], clock=telling.clock
    )
    yield max(telling.clock.now(), _morning(agreement.starts_on))
    _begin(telling)


def go_on(telling: Telling) -> History:
    """Go with work that has begun as far as the demonstration has it."""
    plan = _PLANS.get(telling.item.key)
    if plan is None:
        return
    agreement = _agreement(telling)
    amounts = evenly(agreement.value_minor, len(plan))
    supplier = telling.cast.one(_supplier(telling), Role.SUPPLIER_ADMIN)
    for number, each in enumerate(plan, start=1):
        if each.reported:
            yield from _deliver(telling, agreement, number, each, supplier, amounts[number - 1])
    yield from _after(telling, agreement)


def _deliver(
    telling: Telling,
    agreement: _Known,
    number: int,
    milestone: _Milestone,
    supplier: Actor,
    amount: int,
) -> Iterator[datetime]:
    """Report a milestone a day before it is due; where something was seen, accept and pay it."""
    due = _morning(agreement.starts_on + timedelta(weeks=milestone.week, days=-1))
    yield max(telling.clock.now(), due)
    service.report(
        service.Party(agreement.id),
        number,
        words=milestone.reported,
        actor=supplier,
        clock=telling.clock,
        store=current_files(),
    )
    if not milestone.seen:
        return
    yield telling.clock.now() + timedelta(hours=5)
    service.answer(
        telling.reference,
        agreement.id,
        number,
        report_number=1,
        accepted=True,
        words=milestone.seen,
        actor=telling.lead,
        clock=telling.clock,
    )
    yield working_morning(telling.clock.now() + timedelta(days=1))
    service.pay(
        telling.reference,
        agreement.id,
        number,
        amount_minor=amount,
        paid_on=telling.clock.now().astimezone(PLACE).date(),
        payment_reference=f"EXAMPLE-{agreement.reference}-{number}",
        actor=telling.officers[0],
        clock=telling.clock,
    )


def _after(telling: Telling, agreement: _Known) -> Iterator[datetime]:
    """Announce the demo day, hold the gate, or say that the work is finished."""
    match CAME_TO[telling.item.key]:
        case State.DELIVERING if telling.item.key == "flood-forecasts":
            live.announce(
                telling.reference,
                Meeting(
                    title="Demo day",
                    starts_at=_morning(agreement.starts_on + timedelta(weeks=15)),
                    minutes=120,
                    join_url="https://meet.example.org/demo-day",
                    about="What was tried on two small rivers, shown by those who tried it.",
                    join_for_all=True,
                    place="Town hall, and online",
                ),
                actor=telling.lead,
                clock=telling.clock,
            )
        case State.STOPPED:
            yield working_morning(telling.clock.now() + timedelta(days=2))
            gate = gates.propose(
                telling.reference,
                agreement.id,
                _FOUND,
                decision=Decision.STOPS,
                reason="What matters most cannot be read yet, and checking it costs too much.",
                lessons=_LESSONS,
                actor=telling.lead,
                clock=telling.clock,
            )
            yield working_morning(telling.clock.now() + timedelta(hours=3))
            gates.answer(
                telling.reference,
                agreement.id,
                gate_id=gate,
                confirmed=True,
                reason="A fair trial and a clear answer. Thank you to everybody who took part.",
                actor=telling.approver,
                clock=telling.clock,
            )
        case State.FINISHED:
            yield working_morning(telling.clock.now() + timedelta(hours=3))
            running.finish_one(
                telling.reference,
                agreement.id,
                words="A page for each of 61 blocks, which tenants print and take to meetings.",
                actor=telling.lead,
                clock=telling.clock,
            )
            if own_challenge(db.session(), telling.reference, telling.lead).state is not (
                State.FINISHED
            ):
                running.close(
                    telling.reference,
                    words="The page does what was wanted.",
                    actor=telling.officers[0],
                    clock=telling.clock,
                )
            yield from _measure(telling)


def _measure(telling: Telling) -> Iterator[datetime]:
    """Measure what came of the work, 6 and 12 months after it was finished."""
    finished = telling.clock.now().astimezone(PLACE).date()
    for months, (words, lessons, values) in _MEASURED.items():
        yield _morning(due_on(finished, months))
        benefits.measure(
            telling.reference,
            months,
            [Measured(*each) for each in values],
            words=words,
            lessons=lessons,
            publish=True,
            actor=telling.lead,
            clock=telling.clock,
        )


def _begin(telling: Telling) -> None:
    """Begin the work on the contract's first day, as the sweeper does."""
    with transaction() as session:
        challenge = own_challenge(session, telling.reference, telling.lead, lock=True)
        running.begin(session, challenge, None, telling.clock)


def _agreement(telling: Telling) -> _Known:
    challenge = own_challenge(db.session(), telling.reference, telling.lead)
    found = agreements.of_challenge(db.session(), challenge)[0]
    assert found.contract.starts_on is not None
    return _Known(found.id, found.reference, found.value_minor, found.contract.starts_on)


def _supplier(telling: Telling) -> str:
    """Give the key of the supplier that signed."""
    recommendation = telling.bid_set.recommendation
    assert recommendation is not None
    return recommendation.supplier


def _morning(day: date) -> datetime:
    return working_morning(datetime(day.year, day.month, day.day, tzinfo=PLACE))
