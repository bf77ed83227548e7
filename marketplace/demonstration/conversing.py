"""What people ask, answer, say and hear about three challenges: open, in review, and a draft.

Who asks is plainly made up, as everybody here.
"""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from challenges.asking import service as asking
from challenges.asking.service.telling import REMIND
from challenges.asking.service.telling import TELL as TELL_ANSWERS
from challenges.consulting import queries as comments
from challenges.consulting import service as consulting
from challenges.live import service as live
from challenges.live.service import Meeting
from challenges.models import Challenge
from challenges.partners import service as partners
from challenges.reviewing import queries as threads
from challenges.reviewing import service as reviewing
from challenges.reviewing.service import TELL as TELL_COMMENTS
from challenges.sections import Section
from challenges.topics import Topic
from marketplace.core.database import db
from marketplace.core.permissions import Actor, Role
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling

ASKED_ABOUT, REVIEWED, SHOWN = "town-centres", "service-management", "circular-nhs"

# What is done here at its time, in place of the sweeper.
DONE = (TELL_ANSWERS, REMIND, TELL_COMMENTS)

HOUR = timedelta(hours=1)


def converse(telling: Telling) -> Iterator[History]:
    """Give the conversations about a challenge, each a history of its own."""
    if telling.item.key == ASKED_ABOUT and telling.days.published:
        bidding = Span(telling.days.published, telling.days.until)
        yield _questions(telling, bidding)
        yield _sessions(telling, bidding)
    if telling.item.key == REVIEWED:
        yield _review(telling, Span(telling.days.created, telling.days.ready))
    if telling.item.key == SHOWN:
        yield _comments(telling, Span(telling.days.created, telling.days.ready))


def _questions(telling: Telling, bidding: Span) -> History:
    """Ask four questions: two have one answer, one is answered privately, and one waits."""
    reference, clock = telling.reference, telling.clock

    def ask(supplier: str, topic: Topic, text: str) -> uuid.UUID:
        # Only its id outlives the session of the step.
        return asking.ask(
            reference, topic=topic, text=text, actor=_supplier(telling, supplier), clock=clock
        ).id

    yield bidding.at(0.1)
    lead = telling.lead
    first = ask(
        "burnside-maps",
        Topic.OFFER,
        "We at Burnside Maps drew the street plan of one town. Which three towns take part?",
    )
    yield bidding.at(0.15)
    second = ask("tweed-and-tide", Topic.OFFER, "May a bidder propose a fourth town?")
    yield bidding.at(0.2)
    asking.reword(
        reference,
        first,
        wording="Which three towns take part?",
        actor=telling.officers[0],
        clock=clock,
    )
    kept = asking.save_answer(
        reference,
        questions=[first, second],
        text=(
            "The three towns are told to whoever is chosen for the exploration, so that no bidder "
            "has a head start. Each has fewer than 25,000 people.\n\nYou may propose a fourth town "
            "if its council agrees in writing. It earns no points by itself."
        ),
        actor=lead,
        clock=clock,
    )
    asking.publish_answer(reference, kept, actor=lead, clock=clock)
    yield clock.now() + HOUR
    _tell_answers(reference, telling)
    yield bidding.at(0.3)
    private = ask(
        "hill-and-hedge",
        Topic.OUTCOME,
        "We would insure first users for a month at a time. Does that respect owners' rights?",
    )
    yield bidding.at(0.4)
    alone = asking.save_answer(
        reference,
        questions=[private],
        text="Yes, as long as each owner agrees to the insurer.",
        private_because="The question gives away the supplier’s own idea.",
        actor=telling.officers[0],
        clock=clock,
    )
    asking.publish_answer(reference, alone, actor=telling.officers[0], clock=clock)
    yield bidding.at(0.5)
    asking.correct_answer(
        reference,
        kept,
        text=(
            "The three towns are told to whoever is chosen for the exploration, so that no bidder "
            "has a head start. Each has fewer than 30,000 people.\n\nYou may propose a fourth town "
            "if its council agrees in writing. It earns no points by itself."
        ),
        because="We had the figure of one town from an old count.",
        actor=lead,
        clock=clock,
    )
    yield clock.now() + HOUR
    _tell_answers(reference, telling)
    yield bidding.at(0.93)
    ask("open-close", Topic.MONEY, "Can part of the budget pay rent for the first month?")


def _sessions(telling: Telling, bidding: Span) -> History:
    """Hold one session, with its recording, and announce another."""
    reference, clock = telling.reference, telling.clock
    yield bidding.at(0.05)
    lead = telling.lead
    held = live.announce(
        reference,
        Meeting(
            title="Meet the town centre officers",
            about="Three officers say what they have tried. Ask them anything.",
            starts_at=bidding.at(0.35),
            minutes=60,
            join_url="https://meet.example.org/town-centres",
        ),
        actor=lead,
        clock=clock,
    )
    yield bidding.at(0.45)
    live.record(
        reference,
        held,
        recording_url="https://video.example.org/town-centres",
        notes=(
            "- A key lent for a month works where the owner meets the user first.\n"
            "- Registers name owners, and not whom to call.\n"
            "- Evenings need buses more than lights."
        ),
        actor=lead,
        clock=clock,
    )
    yield bidding.at(0.9)
    live.announce(
        reference,
        Meeting(
            title="Last questions before bids close",
            about="How a bid is written here, and how it is judged.",
            starts_at=bidding.end + timedelta(days=3),
            minutes=45,
            join_url="https://meet.example.org/last-questions",
            join_for_all=True,
        ),
        actor=lead,
        clock=clock,
    )


def _review(telling: Telling, writing: Span) -> History:
    """Have an officer comment on two sections; the lead answers, and one thread is resolved."""
    reference, clock = telling.reference, telling.clock
    yield writing.at(0.65)
    lead, officer = telling.lead, telling.officers[0]
    for section, text in (
        (Section.PROBLEM, "How many services have no named owner today? A number would help."),
        (Section.OUTCOME, "“Most faults” is hard to count. Could the measure name a share?"),
    ):
        reviewing.comment(reference, section, text=text, actor=officer, clock=clock)
    yield clock.now() + HOUR
    reviewing.tell({"challenge": str(_challenge(reference).id)}, clock)
    yield writing.at(0.75)
    thread = threads.threads(db.session(), _challenge(reference), Section.PROBLEM)[0].id
    reviewing.comment(
        reference,
        Section.PROBLEM,
        text="Nine of forty. I add it if you return the draft.",
        thread_id=thread,
        actor=lead,
        clock=clock,
    )
    yield clock.now() + HOUR
    reviewing.tell({"challenge": str(_challenge(reference).id)}, clock)
    yield writing.at(0.85)
    outcome = threads.threads(db.session(), _challenge(reference), Section.OUTCOME)[0].id
    reviewing.resolve(reference, outcome, resolved=True, actor=officer, clock=clock)


def _comments(telling: Telling, writing: Span) -> History:
    """Show a draft to everybody for comment, and to other bodies as partners."""
    reference, clock = telling.reference, telling.clock
    yield writing.at(0.6)
    lead = telling.lead
    consulting.open_for_comment(
        reference,
        ends_at=writing.end + timedelta(days=10),
        actor=telling.officers[0],
        clock=clock,
    )
    partners.offer(reference, offered=True, actor=lead, clock=clock)
    for supplier, topic, text, named in (
        (
            "carseview-health",
            Topic.PROBLEM,
            "Cleaning is the easy part. Proof of cleaning is what wards ask us for.",
            True,
        ),
        (
            "second-shore",
            Topic.MONEY,
            "Three weeks are short if a loan store has to be counted first.",
            False,
        ),
    ):
        yield clock.now() + HOUR
        actor = _supplier(telling, supplier)
        consulting.comment(
            reference,
            topic=topic,
            text=text,
            named=named,
            user_id=actor.user_id,
            organisation_id=actor.organisation_id,
            clock=clock,
        )
    yield writing.at(0.8)
    first = comments.comments(db.session(), _challenge(reference))[0][0].id
    consulting.reply(
        reference,
        first,
        text="Thank you. We will say in the problem who has to be convinced, and by what.",
        actor=lead,
        clock=clock,
    )
    other = next(
        each
        for each in telling.content.organisations
        if each.kind == "body"
        and each.key != telling.item.buyer
        and telling.cast.all(each.key, Role.PROCUREMENT_OFFICER)
    )
    officer = telling.cast.one(other.key, Role.PROCUREMENT_OFFICER)
    partners.write(
        reference,
        text="We have this problem too: our loan store holds frames that nobody asks back for.",
        actor=officer,
        clock=clock,
    )


def _tell_answers(reference: str, telling: Telling) -> None:
    asking.tell({"challenge": str(_challenge(reference).id)}, telling.clock)


def _challenge(reference: str) -> Challenge:
    session = db.session()
    session.rollback()
    return session.query(Challenge).filter_by(reference=reference).one()


def _supplier(telling: Telling, key: str) -> Actor:
    return telling.cast.one(key, Role.SUPPLIER_ADMIN)
