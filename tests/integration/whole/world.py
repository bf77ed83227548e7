"""One world with a challenge in every state, and a browser for each kind of person in it."""

import contextvars
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import Cookie, TestResponse

from bids import service as bids
from bids.evidence import service as evidence
from bids.evidence.kinds import Evidence
from bids.evidence.models import EvidenceCheck
from bids.team import service as team
from bids.team.models import TeamInvitation
from challenges import service as challenges
from challenges.alerts import service as alerts
from challenges.alerts.timing import Frequency
from challenges.asking import service as asking
from challenges.asking.models import Clarification
from challenges.changing import service as changing
from challenges.consulting import service as consulting
from challenges.consulting.models import DraftComment
from challenges.documents.models import Document
from challenges.ending.service import end_without_contract
from challenges.joining import service as joining
from challenges.joining.models import JointSponsor
from challenges.lifecycle import NoAward
from challenges.live import service as live
from challenges.live.models import LiveSession
from challenges.live.service import Meeting
from challenges.partners import service as partners
from challenges.reviewing import service as reviewing
from challenges.reviewing.models import ReviewComment
from challenges.sections import Problem, Section
from challenges.service import read
from challenges.stages import service as stages
from challenges.topics import Topic
from marketplace.core import jobs
from marketplace.core.access import current_files
from marketplace.core.accounts.models import Invitation, Membership, Organisation, User
from marketplace.core.audit.models import LogCheckpoint
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.files import store as files
from scoring.panel import service as panel
from scoring.panel.inviting import service as inviting
from scoring.panel.inviting.models import PanelInvitation
from scoring.panel.lifecycle import Expertise, Seat
from scoring.panel.parties import key_of
from tests.conftest import NOW, sign_in
from tests.databases import Databases
from tests.factories import a_supplier, actor_for
from tests.integration.whole import beside
from tests.journeys import Cast, Journey, Step, a_cast, a_journey, open_the_bids, play

BEGAN = NOW - timedelta(days=60)
# A challenge that is still open was begun lately, and closes a fortnight from now.
LATELY = NOW - timedelta(days=15)
_PAST = timedelta(days=14)

# Column of the table, and who it is in the cast.
ACTORS: Mapping[str, Callable[[Cast], User | None]] = {
    "visitor": lambda _cast: None,
    "supplier": lambda cast: cast.supplier_admin,
    "contrib": lambda cast: cast.contributor,
    "rival": lambda cast: cast.rival_admin,
    "lead": lambda cast: cast.lead,
    "officer": lambda cast: cast.officer,
    "officer2": lambda cast: cast.second_officer,
    "evaluator": lambda cast: cast.evaluators[0],
    "chair": lambda cast: cast.chair,
    "approver": lambda cast: cast.approver,
    "auditor": lambda cast: cast.auditor,
    "facilit": lambda cast: cast.facilitator,
    "platform": lambda cast: cast.platform_admin,
    "officer@2": lambda cast: cast.other_officer,
    "auditor@2": lambda cast: cast.other_auditor,
}

TOKEN = "0" * 40


@dataclass
class Thing:
    """What stands in the places of an address: a challenge in a state, a bid, a person."""

    reference: str = ""
    bid: str = ""
    party: str = ""
    evaluator: str = ""
    document: str = ""


@dataclass
class Written:
    """One statement that changed the database; `action` is a log entry's."""

    table: str
    action: str = ""


@dataclass
class Seen:
    """What one request came to."""

    status: int
    location: str
    written: list[Written]

    @property
    def cell(self) -> str:
        """Write the outcome as the table has it."""
        if self.status == 302 and self.location.startswith("/sign-in"):
            return "sign-in"
        return str(self.status)


@dataclass
class World:
    """The application, its people's browsers, and its things by name; `things` have labels."""

    app: Flask
    reset: Callable[[], None]
    cast: Cast
    things: dict[str, Thing]
    ids: dict[str, str]
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: int = 0
    cookies: dict[str, Cookie | None] = field(default_factory=dict)

    def client(self, actor: str) -> FlaskClient:
        """Give a fresh browser in which `actor` has signed in before."""
        client = self.app.test_client()
        name = self.app.config["SESSION_COOKIE_NAME"]
        if actor not in self.cookies:
            with client.session_transaction() as held:
                held.update(self.sessions[actor])
            self.cookies[actor] = client.get_cookie(name)
        elif cookie := self.cookies[actor]:
            client.set_cookie(name, cookie.value, secure=cookie.secure)
        return client

    def token(self) -> str:
        """Give the token that every browser's forms carry."""
        signer = URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token")
        return str(signer.dumps(TOKEN))

    def ask(
        self,
        method: str,
        path: str,
        actor: str,
        data: Mapping[str, object] | None = None,
        **more: Any,
    ) -> tuple[TestResponse, list[Written]]:
        """Make one request, from an address of its own so that no rate limit joins in."""
        self.requests += 1
        number = self.requests
        client = self.client(actor)
        engine = self._engine()
        written: list[Written] = []

        def note(_c: Any, _cur: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
            found = re.match(r"(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)", statement)
            if found:
                values = (getattr(context, "compiled_parameters", None) or [{}])[0]
                written.append(Written(found[1], str(values.get("action", ""))))

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            answer = contextvars.Context().run(
                client.open,
                path,
                method=method,
                data=data,
                environ_base={"REMOTE_ADDR": str(ip_address(0x0A000000 + number))},
                **more,
            )
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return answer, written

    def see(self, method: str, path: str, actor: str) -> Seen:
        """Make one request with an empty form; whatever a POST changed is undone after it."""
        data = {"csrf_token": self.token()} if method == "POST" else None
        answer, written = self.ask(method, path, actor, data)
        answer.close()
        if method == "POST" and written:
            self.reset()
        return Seen(answer.status_code, answer.location or "", written)

    def path(self, rule: Rule, label: str) -> str:
        """Fill a route's places with the things that `label` names."""
        thing = self.things.get(label, Thing())
        of_bids = rule.rule.startswith("/bids/")
        places: dict[str, str] = {
            "reference": thing.bid if of_bids else thing.reference,
            "bid_reference": thing.bid,
            # The interest that waits for a decision is one in the rival.
            "party": thing.party,
            "handle": thing.bid,
            "label": thing.evaluator,
            "key": "solves",
            "section": "problem",
            "subject": "insurance",
            "kind": "supplier",
            "ending": "docx",
            "version": "1",
            "document_id": thing.document or str(uuid.UUID(int=0)),
            # What was submitted has no file: the answers tell who would be let through to one.
            "place": "0",
            "number": "1",
            "side": "before",
            "part": "paper",
            "decision_id": str(uuid.UUID(int=0)),
            "address": "0/000.p/1",
            "filename": "css/fairway.css",
            "day": "2027-04-19",
            "months": "6",
            # A report has no file: the answers tell who would be let through to one.
            "report_id": str(uuid.UUID(int=0)),
            "regime": "scotland",
            "name": "2026-01",
            "proposal_id": str(uuid.UUID(int=0)),
            "debrief_id": str(uuid.UUID(int=0)),
            # Nothing is held, and nothing is due to be erased: tests of their own play that.
            "hold_id": str(uuid.UUID(int=0)),
            "erasure_id": str(uuid.UUID(int=0)),
            "request_id": str(uuid.UUID(int=0)),
            "what": "purchases",
            "sheet": "csv",
            **self.ids,
        }
        if rule.endpoint == "contracts.change":
            places["kind"] = "scope"
        if rule.endpoint == "auditing.report":
            places |= {"ordinal": "1", "edition": "full"}
        if rule.endpoint == "asking.correct":
            places["answer_id"] = self.ids["published_answer_id"]
        if label in ("supplier", "body", "waiting"):
            places["organisation_id"] = self.ids[f"{label}_id"]
            places["membership_id"] = self.ids.get(f"{label}_member", "")
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: places[found[1]], rule.rule)

    def _engine(self) -> sa.Engine:
        with self.app.app_context():
            return db.engine


def build(app: Flask, clock: FixedClock) -> World:
    """Play the world's challenges in the order of time, and sign everybody in."""
    with app.app_context():
        session = db.session()
        clock.instant = BEGAN
        cast = a_cast(session, BEGAN)
        late = {
            "opened": Step.OPENED,
            "scoring": Step.SCORING,
            "scored": Step.SCORED,
            "moderating": Step.MODERATING,
            "locked": Step.LOCKED,
            "recommended": Step.RECOMMENDED,
            "intention": Step.INTENTION,
            "signed": Step.SIGNED,
            "stopped": Step.OPENED,
        }
        early = {
            "draft": Step.DRAFT,
            "in review": Step.IN_REVIEW,
            "ready": Step.READY,
            "open": Step.OPEN,
            "submitted": Step.OPEN,
            "changing": Step.OPEN,
            "cancelled": Step.OPEN,
            "elsewhere": Step.OPEN,
            "closed": Step.CLOSED,
            "briefed": Step.CLOSED,
        }
        told: dict[str, Journey] = {}
        for label in late:
            told[label] = a_journey(session, clock, cast, title=f"How can we help the {label}?")
        for step in list(Step)[1:]:
            play([told[label] for label in late if late[label] >= step], step)
        clock.instant = LATELY
        for label, step in early.items():
            over = step is Step.CLOSED or label == "elsewhere"
            closes = _PAST if over else timedelta(days=29)
            told[label] = a_journey(
                session, clock, cast, title=f"How can we help the {label}?", closes_after=closes
            )
        beside.before_publication(told["open"])
        beside.send_elsewhere(told["elsewhere"])
        for step in list(Step)[1:5]:
            play([told[label] for label in early if early[label] >= step], step)
        clock.instant = NOW
        _finish(told, cast, clock)
        while jobs.run_due(clock):
            pass
        documents = _documents(told["draft"], told["open"])
        partner = {"entry_id": _partner(told["draft"], cast, clock)}
        partner["check_id"] = _checked(told["opened"], clock)
        ids = {**_ids(cast, clock), **_of_stages(told["draft"], clock), **partner}
        ids |= beside.ids_of(told["open"], cast)
        ids["form"] = beside.put_down(told["elsewhere"])
        ids["contract_id"] = beside.sign(told["signed"], clock)
        ids |= beside.letters_of(told["intention"])
        ids["slot_id"] = beside.meet(told["opened"], cast, clock)
        things = {
            label: Thing(
                journey.reference,
                journey.own_bid,
                key_of(cast.rival.name),
                journey.labels.get(cast.evaluators[0].id, "E1"),
                documents.get(journey.reference, ""),
            )
            for label, journey in told.items()
        }
        world = World(app, lambda: None, cast, things, ids)
        for name, who in ACTORS.items():
            world.sessions[name] = _signed_in(app, who(cast))
        db.session.remove()
        db.engine.dispose()
    return world


def _finish(told: Mapping[str, Journey], cast: Cast, clock: FixedClock) -> None:
    """Take the steps that lie beside the calendar."""
    told["submitted"].bid()
    _change(told["changing"], cast, clock)
    own = told["open"].actor(cast.supplier_admin)
    told["open"].own_bid = bids.start_bid(told["open"].reference, actor=own, clock=clock).reference
    officer = told["draft"].actor(cast.officer)
    team.invite(
        told["open"].own_bid,
        email=cast.rival_admin.email,
        name=cast.rival.name,
        does="The signs.",
        share_percent=20,
        actor=own,
        clock=clock,
    )
    _ask(told["open"], cast, clock)
    _talk(told, cast, clock)
    beside.ask(told["scoring"], answered=False, clock=clock)
    beside.ask(told["moderating"], answered=True, clock=clock)
    end_without_contract(
        told["cancelled"].reference,
        why=NoAward.NO_MONEY,
        reason="The money went.",
        actor=officer,
        clock=clock,
    )
    challenges.stop(told["stopped"].reference, lessons="Ask first.", actor=officer, clock=clock)
    briefed = told["briefed"]
    open_the_bids(
        briefed.reference,
        briefed.actor(cast.officer),
        briefed.actor(cast.second_officer),
        clock=clock,
    )
    inviting.invite(
        told["closed"].reference,
        name="Nora Newcomer",
        email=cast.rival_admin.email,
        seat=Seat.EVALUATOR,
        expertise=Expertise.TECHNICAL,
        reason="Knows benches.",
        actor=officer,
        clock=clock,
        link=str,
    )
    for person in (cast.chair, *cast.evaluators):
        panel.accept_briefing(briefed.reference, actor=briefed.actor(person), clock=clock)


def _documents(*journeys: Journey) -> dict[str, str]:
    """Give each challenge a file, published or not; its identifier by reference."""
    session, store, made = db.session(), current_files(), {}
    sha256 = store.write(b"All gauges, by river.")
    for journey in journeys:
        document = Document(
            challenge_id=journey.challenge.id,
            file=files.keep(session, store, sha256, media_type="text/plain", clock=FixedClock(NOW)),
            name="gauges.txt",
            title="Gauges",
            added_by_id=journey.cast.lead.id,
            added_at=NOW,
        )
        session.add(document)
        session.commit()
        made[journey.reference] = str(document.id)
    return made


def _ask(journey: Journey, cast: Cast, clock: FixedClock) -> None:
    """Have a supplier ask twice; the first question is answered, the second in a draft."""
    for number, text in enumerate(("Which parks?", "How many benches?"), 1):
        asked = asking.ask(
            journey.reference,
            topic=Topic.PROBLEM,
            text=text,
            actor=journey.actor(cast.supplier_admin),
            clock=clock,
        )
        lead = journey.actor(cast.lead)
        answer_id = asking.save_answer(
            journey.reference, questions=[asked.id], text="All.", actor=lead, clock=clock
        )
        if number == 1:
            asking.publish_answer(journey.reference, answer_id, actor=lead, clock=clock)


def _talk(told: Mapping[str, Journey], cast: Cast, clock: FixedClock) -> None:
    """Have a draft commented on, another opened to everybody, and a session announced."""
    draft, journey = told["draft"], told["open"]
    reviewing.comment(
        draft.reference,
        Section.PROBLEM,
        text="How many people?",
        actor=draft.actor(cast.officer),
        clock=clock,
    )
    review = told["in review"]
    officer = review.actor(cast.officer)
    ends_at = clock.now() + timedelta(days=7)
    consulting.open_for_comment(review.reference, ends_at=ends_at, actor=officer, clock=clock)
    consulting.comment(
        review.reference,
        topic=Topic.PROBLEM,
        text="We need shade.",
        named=False,
        user_id=cast.rival_admin.id,
        organisation_id=cast.rival.id,
        clock=clock,
    )
    partners.offer(review.reference, offered=True, actor=officer, clock=clock)
    meeting = Meeting("Meet us", clock.now() + timedelta(days=2), 30, "https://meet.example.org/1")
    live.announce(journey.reference, meeting, actor=journey.actor(cast.lead), clock=clock)


def _change(journey: Journey, cast: Cast, clock: FixedClock) -> None:
    """Have the supplier begin to change its bid, and an officer propose a later closing time.

    The challenge has changed so that bids must be confirmed, and the next change waits.
    """
    journey.bid()
    lead, second = journey.actor(cast.lead), journey.actor(cast.second_officer)
    for title in ("Who waits in the cold?", "Where is it warm?"):
        present = read(journey.challenge, Section.PROBLEM)
        assert isinstance(present, Problem)
        problem = replace(present, title=title)
        changing.save_section(journey.reference, problem, actor=lead, clock=clock)
        changing.hand_over(
            journey.reference, reason="It is clearer.", confirm=True, actor=lead, clock=clock
        )
        if title.startswith("Who"):
            changing.publish(journey.reference, actor=second, clock=clock)
    bids.change_bid(journey.own_bid, actor=journey.actor(cast.supplier_admin), clock=clock)
    challenges.propose_deadline(
        journey.reference,
        closes_to=journey.closes_at + timedelta(days=7),
        reason="Some of the data came late.",
        actor=journey.actor(cast.officer),
        clock=clock,
    )


def _partner(draft: Journey, cast: Cast, clock: FixedClock) -> str:
    """Have another body ask to join in the draft."""
    joining.ask(
        draft.reference, message="Us too.", actor=actor_for(cast.other_officer), clock=clock
    )
    return str(db.session.scalars(sa.select(JointSponsor.id)).one())


def _checked(opened: Journey, clock: FixedClock) -> str:
    """Have an officer check a document of the supplier of an opened bid."""
    seen = evidence.Seen(Evidence.INSURANCE, "Policy 17", "Five million pounds.", None)
    officer = opened.actor(opened.cast.officer)
    evidence.record_check(opened.reference, opened.own_bid, seen, actor=officer, clock=clock)
    return str(db.session.scalars(sa.select(EvidenceCheck.id)).one())


def _ids(cast: Cast, clock: FixedClock) -> dict[str, str]:
    session = db.session()
    waiting = a_supplier(session, clock.now(), "Waiting Specimen Ltd")
    invitation = Invitation(
        organisation_id=cast.supplier.id,
        email=cast.rival_admin.email,
        roles=["supplier_contributor"],
        invited_by_id=cast.supplier_admin.id,
        created_at=clock.now(),
        ends_at=clock.now() + timedelta(days=14),
    )
    session.add(invitation)
    session.commit()
    return {
        "supplier_id": str(cast.supplier.id),
        "body_id": str(cast.body.id),
        "search_id": str(
            alerts.save(
                "Floods",
                {"q": "flood"},
                Frequency.DAILY,
                person=cast.supplier_admin.id,
                clock=clock,
            )
        ),
        "waiting_id": str(waiting.id),
        "partnership_id": str(session.query(TeamInvitation).one().id),
        "supplier_member": _membership(cast.contributor, cast.supplier),
        "body_member": _membership(cast.evaluators[1], cast.body),
        "invitation_id": str(invitation.id),
        "asked_id": str(session.query(PanelInvitation).one().id),
        **_asked(session),
        "thread_id": str(session.query(ReviewComment).one().id),
        "comment_id": str(session.query(DraftComment).one().id),
        "session_id": str(session.query(LiveSession).one().id),
        "size": str(session.scalar(sa.select(sa.func.max(LogCheckpoint.size)))),
    }


def _asked(session: Session) -> dict[str, str]:
    """Name the question that waits and its drafted answer; the answer before it is number 1."""
    question = session.query(Clarification).filter_by(text="How many benches?").one()
    return {"question_id": str(question.id), "answer_id": str(question.answer_id), "number": "1"}


def _of_stages(draft: Journey, clock: FixedClock) -> dict[str, str]:
    kept = stages.save_template(
        draft.reference, "Kept", actor=draft.actor(draft.cast.lead), clock=clock
    )
    return {
        "stage_id": str(draft.challenge.stage.id),
        "template": "staged",
        "template_id": str(kept),
    }


def _membership(user: User, organisation: Organisation) -> str:
    session = db.session()
    found: Membership = (
        session.query(Membership).filter_by(user_id=user.id, organisation_id=organisation.id).one()
    )
    return str(found.id)


def _signed_in(app: Flask, user: User | None) -> dict[str, Any]:
    """Give what the cookie of a person's browser holds."""
    client = app.test_client()
    if user is not None:
        sign_in(client, user)
    with client.session_transaction() as held:
        held["csrf_token"] = TOKEN
        return dict(held)


def resetter(app: Flask, databases: Databases) -> Callable[[], None]:
    """Keep database and files as they are now, and give what puts them back to that."""
    url: str = app.config["SQLALCHEMY_DATABASE_URI"]

    def let_go() -> None:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()

    let_go()
    kept = databases.keep(url)
    folder = app.extensions["files"].folder
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def restore() -> None:
        let_go()
        databases.put_back(url, kept)
        for path, content in files.items():
            if not path.exists():
                path.write_bytes(content)

    return restore
