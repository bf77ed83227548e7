"""Letters: made once each whatever is killed, sent at one instant, withheld words, what failed."""

import re
import smtplib
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from challenges.lifecycle import State
from marketplace.core import jobs
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.dates import PLACE
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.notices import post
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from marketplace.core.vault import sealing
from scoring.award import blocking, hooks
from scoring.award import service as award
from scoring.award.letters import log_checks, making, sending, service
from scoring.award.letters.models import InformationRequest, Letter, LetterBatch
from scoring.award.models import Intention
from scoring.award.queries import decision
from tests.conftest import sign_in
from tests.factories import a_person, a_supplier
from tests.journeys import Journey, Step

BIDDERS = 50


@pytest.fixture
def step() -> Step:
    """Begin when a bid is recommended."""
    return Step.RECOMMENDED


@pytest.fixture
def approved(journey: Journey) -> Journey:
    """Have the recommendation approved on a working morning; the job has made no letter yet."""
    journey.clock.instant = datetime(2027, 3, 2, 10, tzinfo=PLACE)
    _approve(journey)
    return journey


def _approve(journey: Journey) -> None:
    assert journey.recommendation_id is not None
    award.sign_off(
        journey.reference,
        recommendation_id=journey.recommendation_id,
        approved=True,
        reason="The reasons are clear.",
        actor=journey.actor(journey.cast.approver),
        clock=journey.clock,
    )


def batch_of(journey: Journey) -> LetterBatch:
    journey.session.rollback()
    return journey.session.scalars(
        select(LetterBatch).where(LetterBatch.request_id.is_(None))
    ).one()


def letters(journey: Journey) -> dict[str, Letter]:
    journey.session.rollback()
    journey.session.expire_all()
    return {row.facts["bid"]: row for row in journey.session.scalars(select(Letter))}


def actions(journey: Journey) -> list[str]:
    return [entry.action for entry in chain_entries(journey.session, journey.reference)]


def work(journey: Journey) -> None:
    """Do what is due of letters, and leave out reports, whose pages take long to set."""
    for kind, do in ((making.MAKE, making.make), (sending.SEND, sending.send_as_planned)):
        journey.session.rollback()
        due = select(jobs.Job.payload).where(
            jobs.Job.kind == kind, jobs.Job.due_at <= journey.clock.now()
        )
        for payload in journey.session.scalars(due).all():
            journey.session.rollback()
            do(payload, journey.clock)


class Killed(Exception):
    """What a worker that is killed leaves behind: nothing after this."""


class Dying(FixedClock):
    """A clock whose worker is killed the nth time it looks."""

    looks = 17

    def now(self) -> datetime:
        self.looks -= 1
        if self.looks < 0:
            raise Killed
        return super().now()


def more_bidders(journey: Journey, count: int) -> None:
    """Add bids of other suppliers, each with somebody who is written to."""
    session, stage, now = journey.session, journey.challenge.stage, journey.clock.now()
    for number in range(count):
        supplier = a_supplier(session, now, f"Bidder {number:02d} Ltd")
        person = a_person(session, now, supplier, Role.SUPPLIER_ADMIN)
        session.add(
            Bid(
                reference=f"B-MORE{number:04d}",
                challenge_id=stage.challenge_id,
                stage_id=stage.id,
                supplier_id=supplier.id,
                state=BidState.VALID,
                unsealed=True,
                created_by_id=person.id,
                created_at=now,
                changed_at=now,
                copy_key_id=sealing.new_copy(session, journey.clock).id,
            )
        )
    session.commit()


def test_letters_for_fifty_are_made_once_each_and_one_bad_address_stops_none(
    approved: Journey, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey, session = approved, approved.session
    # The report of made-up bids is no matter here.
    monkeypatch.setattr(hooks, "_after_decision", {})
    more_bidders(journey, BIDDERS - 2)
    payload = {"batch": str(batch_of(journey).id)}

    with pytest.raises(Killed):
        making.make(payload, Dying(journey.clock.now()))
    half = letters(journey)
    assert 5 < len(half) < BIDDERS
    assert batch_of(journey).made_at is None
    making.make(payload, journey.clock)
    making.make(payload, journey.clock)

    made = letters(journey)
    assert len(made) == BIDDERS
    assert {bid: row.id for bid, row in half.items()}.items() <= {
        bid: row.id for bid, row in made.items()
    }.items()
    ends = service.send_now(
        journey.reference, actor=journey.actor(journey.cast.officer), clock=journey.clock
    )
    with pytest.raises(WrongMoment):
        service.send_now(
            journey.reference, actor=journey.actor(journey.cast.officer), clock=journey.clock
        )
    assert ends is not None
    assert actions(journey).count("letter.sent") == BIDDERS
    # Most of the bids are in no opening, which the log's check tells; of the letters it is content.
    found = [str(each) for each in log_checks.check(journey.session.connection())]
    assert len(found) == sum(bid.startswith("B-MORE") for bid in made)
    assert all("was not opened" in each for each in found)
    assert {row.available_at for row in letters(journey).values()} == {journey.clock.now()}

    class Failing(post.Mailer):
        def send(self, notice: Notice) -> None:
            if notice.to_email == journey.cast.rival_admin.email:
                raise smtplib.SMTPRecipientsRefused({notice.to_email: (550, b"No such user")})

    kept = jobs._handlers[post.SEND]
    try:
        post.register(Failing(None, "site@example.org"))
        jobs.run_due(journey.clock, limit=200)
    finally:
        jobs.handles(post.SEND)(kept)
    told = session.scalars(select(Notice).where(Notice.subject.startswith("Intention"))).all()
    assert sum(each.sent_at is not None for each in told) == BIDDERS - 1
    assert [each.to_email for each in told if each.failure] == [journey.cast.rival_admin.email]
    stage = journey.challenge.stage
    assert _kinds(session, journey, ends) == {"letters"}

    # It goes by post two days later, so that the standstill counts fifteen days from then.
    journey.clock.instant += timedelta(days=2)
    service.record_gone(
        journey.reference,
        batch_id=batch_of(journey).id,
        bids=[journey.rival_bid],
        gone_at=journey.clock.now(),
        electronic=False,
        how="By recorded post.",
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )
    assert actions(journey)[-1] == "letter.went_otherwise"
    (later,) = [each for each in blocking.holds(session, stage, ends) if each.kind == "letters"]
    assert later.until == datetime(2027, 3, 20, tzinfo=PLACE)
    with pytest.raises(Invalid) as sooner:
        service.record_gone(
            journey.reference,
            batch_id=batch_of(journey).id,
            bids=[journey.rival_bid],
            gone_at=journey.clock.now(),
            electronic=True,
            how="By e-mail after all.",
            actor=journey.actor(journey.cast.officer),
            clock=journey.clock,
        )
    assert set(sooner.value.fields) == {"gone_at"}
    assert _kinds(session, journey, later.until) == set()


def _kinds(session: Session, journey: Journey, now: datetime) -> set[str]:
    session.rollback()
    stage = journey.challenge.stage
    found = blocking.holds(session, stage, now, decision(session, stage))
    return {each.kind for each in found} & {"letters", "standstill"}


def test_letters_go_out_at_the_chosen_time_unless_it_was_changed_or_called_back(
    approved: Journey,
) -> None:
    journey, officer = approved, approved.actor(approved.cast.officer)
    work(journey)
    batch = batch_of(journey).id
    times = [datetime(2027, 3, day, 10, tzinfo=PLACE) for day in (3, 4, 5)]

    def plan(number: int) -> None:
        service.plan(
            journey.reference,
            batch_id=batch,
            send_at=times[number],
            actor=officer,
            clock=journey.clock,
        )

    plan(0)
    plan(1)
    journey.clock.instant = times[0] + timedelta(minutes=1)
    work(journey)
    assert batch_of(journey).sent_at is None
    service.call_back(journey.reference, batch_id=batch, actor=officer, clock=journey.clock)
    journey.clock.instant = times[1] + timedelta(minutes=1)
    work(journey)
    assert batch_of(journey).sent_at is None
    plan(2)
    # The worker stood still: an officer decides anew when they go out.
    journey.clock.instant = times[2] + timedelta(hours=5)
    work(journey)
    late = batch_of(journey)
    assert (late.sent_at, late.send_at) == (None, None)
    assert late.hindered
    assert actions(journey)[-1] == "letter.hindered"
    times[2] += timedelta(days=3)
    plan(2)
    journey.clock.instant = times[2]
    work(journey)

    assert batch_of(journey).sent_at == times[2]
    assert journey.challenge.state is State.INTENTION
    (intention,) = journey.session.scalars(select(Intention))
    assert intention.announced_at == times[2]
    assert actions(journey).count("letter.planned") == 4
    assert actions(journey).count("intention.announced") == 1
    assert batch_of(journey).sent_by_id == journey.cast.officer.id


def test_an_officer_withholds_words_and_the_bidder_reads_asks_and_is_answered(
    approved: Journey, client: FlaskClient
) -> None:
    journey, cast = approved, approved.cast
    at = f"/work/challenges/{journey.reference}/decision/letters/{batch_of(journey).id}"
    rival = f"{at}/{journey.rival_bid}"
    # Nothing goes out, now or later, that nobody can have read.
    sign_in(client, cast.officer)
    when = {"send_at-0": "3", "send_at-1": "3", "send_at-2": "2027", "send_at-3": "10:00"}
    for early in (
        client.post(f"{at}/send"),
        client.post(f"{at}/send", data={"sure": "y"}),
        client.post(f"{at}/plan", data=when),
    ):
        assert early.status_code == 409, early.text
        assert "Not all letters are made yet" in early.text
        assert "once all are made" in early.text
    work(journey)
    sign_in(client, cast.auditor)
    assert "It solves the problem best." in client.get(rival).text
    assert client.post(f"{rival}/withhold", data={}).status_code == 403
    sign_in(client, cast.officer)
    words = {"words": "solves  THE problem", "ground": "commercial", "reason": "It tells how."}
    for name, wrong in (("words", "no such words"), ("ground", "none"), ("reason", " ")):
        refused = client.post(f"{rival}/withhold", data={**words, name: wrong})
        assert refused.status_code == 422
        assert "no such words" in refused.text or name != "words"
    assert client.post(f"{rival}/withhold", data=words).status_code == 303
    assert client.post(f"{rival}/add", data={"addition": "Thank you all."}).status_code == 303
    preview = client.get(rival).text
    ground = "Freedom of Information (Scotland) Act 2002, section 33(1)(b)"
    assert f"It [withheld: {ground}] best." in preview
    assert "<del" in preview
    assert "Thank you all." in preview
    sure = client.post(f"{at}/send")
    assert sure.status_code == 200
    assert "Send 2 letters now?" in sure.text
    assert "midnight at the start of Saturday 13 March 2027" in sure.text
    assert batch_of(journey).sent_at is None
    assert client.post(f"{at}/send", data={"sure": "y"}).status_code == 303
    # Nothing can be changed in what went out.
    assert client.post(f"{rival}/withhold", data=words).status_code == 409
    assert client.post(f"{rival}/add", data={"addition": "More."}).status_code == 409
    word = client.get(f"{rival}/letter.docx")
    assert word.data.startswith(b"PK")

    sign_in(client, cast.rival_admin)
    outcome = f"/bids/{journey.rival_bid}/outcome"
    page = client.get(outcome).text
    assert "It [withheld: Freedom" in page
    assert "solves the problem" not in page
    own = re.search(r'href="(/bids/[^"]+/letters/[^"]+)"', page)
    assert own is not None
    assert letters(journey)[journey.rival_bid].read_at is None
    letter = client.get(own[1]).text
    assert "Thank you all." in letter
    assert "solves the problem" not in letter
    assert letters(journey)[journey.rival_bid].read_at == journey.clock.now()
    assert client.get(own[1].replace(journey.rival_bid, journey.own_bid)).status_code == 404
    pdf = client.get(f"{own[1]}/letter.pdf").data
    assert pdf.startswith(b"%PDF-")

    asked = f"{outcome}/further-information"
    assert client.post(asked, data={"words": "Why not us?"}).status_code == 303
    assert client.post(asked, data={"words": "Again."}).status_code == 409
    assert "The answer is due before" in client.get(outcome).text
    work(journey)
    journey.session.rollback()
    request = journey.session.scalars(select(InformationRequest)).one()
    assert request.due_at is not None
    sign_in(client, cast.officer)
    assert "Write to bidders who wait for a letter" in client.get("/work").text
    waiting = client.get(f"/work/challenges/{journey.reference}/decision/letters/requests").text
    answer = re.search(r'href="([^"]+/letters/[0-9a-f-]{36})"', waiting)
    assert answer is not None
    assert "Why not us?" in client.get(f"{answer[1]}/{journey.rival_bid}").text
    assert client.post(f"{answer[1]}/send", data={"sure": "y"}).status_code == 303
    sign_in(client, cast.rival_admin)
    page = client.get(outcome).text
    assert "Further information about your bid" in page
    assert "by letter." in page
    last = [entry.action for entry in chain_entries(journey.session, journey.reference)]
    assert last[-1] == "letter.issued"
    assert "information.requested" in last
    assert "letter.read" in last
