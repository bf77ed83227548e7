"""A query about a bid from its asking to the panel: who is told, who sees it, what is on record."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.asking import queries, service
from bids.asking.lifecycle import QueryDecision, QueryPart, usual_limit
from bids.asking.models import BidQuery
from bids.asking.service import Concern
from marketplace.core.accounts.models import User
from marketplace.core.audit.log import chain_entries
from marketplace.core.errors import Forbidden, Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor
from scoring.panel import service as panel
from tests.conftest import count_statements, sign_in
from tests.integration.bid_queries.conftest import ABOUT_QUESTION, ANSWER, TEXT, Asking
from tests.integration.challenges.browser import send
from tests.journeys import QUESTIONS, Journey, Step, a_journey

Reply = Callable[..., None]
REASON = "It says what the Wombatproof section meant."


def desk(journey: Journey, number: int, page: str = "") -> str:
    at = f"/work/challenges/{journey.reference}/bids/{journey.own_bid}/queries/{number}"
    return at + page


def actions(session: Session, journey: Journey) -> list[str]:
    session.rollback()
    entries = chain_entries(session, journey.reference)
    return [entry.action for entry in entries if entry.action.startswith("bid_query.")]


def the_query(session: Session) -> BidQuery:
    session.rollback()
    return session.scalars(select(BidQuery)).one()


def told(session: Session, person: User, words: str) -> list[str]:
    session.rollback()
    return [
        notice.text
        for notice in session.scalars(select(Notice).where(Notice.user_id == person.id))
        if words in notice.subject
    ]


def decide(journey: Journey, number: int, **more: object) -> None:
    facts: dict[str, object] = {
        "decision": QueryDecision.ACCEPTED,
        "because": REASON,
        "shown": True,
        "actor": journey.actor(journey.cast.officer),
        "clock": journey.clock,
    }
    service.decide(journey.reference, journey.own_bid, number, **{**facts, **more})  # type: ignore[arg-type]  # of many kinds


def test_a_query_goes_from_officer_to_bidder_and_back_through_the_pages(
    session: Session, client: FlaskClient, journey: Journey
) -> None:
    cast = journey.cast
    sign_in(client, cast.officer)
    hub = client.get(f"/work/challenges/{journey.reference}").text
    assert f"/work/challenges/{journey.reference}/queries" in hub
    bid = client.get(f"/work/challenges/{journey.reference}/bids/{journey.own_bid}").text
    assert "Ask this bidder to explain or complete something" in bid
    limit = usual_limit(journey.clock.now())
    typed = {
        "concern": f"question:{QUESTIONS[0]}",
        "text": TEXT,
        "answer_by": [str(limit.day), str(limit.month), str(limit.year), "12", "00"],
    }
    ask = f"/work/challenges/{journey.reference}/bids/{journey.own_bid}/queries/ask"
    refused = send(client, ask, typed)
    assert refused.status_code == 422
    assert TEXT in refused.text  # nothing typed is lost where the box is not ticked
    assert send(client, ask, {**typed, "changes_nothing": "y"}).status_code == 303

    assert [
        ANSWER in text or TEXT in text for text in told(session, cast.contributor, "A query")
    ] == [False]
    sign_in(client, cast.contributor)
    assert "Answer a query about your bid" in client.get("/bids").text
    assert f"/bids/{journey.own_bid}/queries/1" in client.get(f"/bids/{journey.own_bid}").text
    own = f"/bids/{journey.own_bid}/queries/1"
    assert cast.officer.name not in client.get(own).text
    assert send(client, own, {"text": ANSWER, "then": "check"}).location.endswith("/send")
    assert "Only a supplier administrator can send" in client.get(f"{own}/send").text
    sign_in(client, cast.supplier_admin)
    assert send(client, f"{own}/send", {}).status_code == 303
    assert "cannot be changed" in client.post(own, data={"text": "Later thoughts."}).text
    assert the_query(session).answer == ANSWER

    assert len(told(session, cast.second_officer, "A query was answered")) == 1
    sign_in(client, cast.officer)
    assert ANSWER in client.get(desk(journey, 1)).text
    decided = {"decision": "accepted", "because": REASON}
    unsure = send(client, desk(journey, 1, "/decision"), {**decided, "panel": "keep"})
    assert unsure.status_code == 422
    assert REASON in unsure.text
    kept = {**decided, "panel": "keep", "kept_because": "It names the lamp."}
    assert send(client, desk(journey, 1, "/decision"), kept).status_code == 303
    scoring = f"/work/challenges/{journey.reference}/panel/questions/{QUESTIONS[0]}"
    sign_in(client, cast.evaluators[0])
    assert TEXT not in client.get(scoring).text
    sign_in(client, cast.officer)
    assert send(client, desk(journey, 1), {}).status_code == 303
    sign_in(client, cast.evaluators[0])
    seen = client.get(scoring).text
    for words in (TEXT, ANSWER, REASON):
        assert words in seen
    assert cast.officer.name not in seen
    assert actions(session, journey) == [
        f"bid_query.{done}" for done in ("asked", "answered", "decided", "shown")
    ]


def test_the_panel_is_shown_only_what_was_decided_for_it(
    session: Session, journey: Journey, ask: Asking, reply: Reply
) -> None:
    evaluator = journey.actor(journey.cast.evaluators[0])

    def seen(key: str) -> int:
        page = panel.read_question(journey.reference, key, actor=evaluator, clock=journey.clock)
        return sum(len(found) for found in page.asked.values())

    for concern in (ABOUT_QUESTION, Concern(QueryPart.PRICE), Concern(QueryPart.OTHER)):
        reply(ask(concern, f"About {concern.part}?"))
    assert seen(QUESTIONS[0]) == 0  # nothing is decided
    for number in (1, 2, 3):
        decide(journey, number)
    assert seen(QUESTIONS[0]) == 2  # of the price nothing
    assert seen(QUESTIONS[1]) == 1  # what concerns no question


def test_an_answer_at_the_limit_is_refused_and_kept_on_the_page(
    session: Session, client: FlaskClient, journey: Journey, ask: Asking
) -> None:
    ask()
    admin = journey.cast.supplier_admin
    sign_in(client, admin)
    own = f"/bids/{journey.own_bid}/queries/1"
    send(client, own, {"text": ANSWER, "then": "stay"})
    journey.clock.instant = the_query(session).answer_by
    sign_in(client, admin)
    late = client.post(own, data={"text": "Typed at the last moment."})
    assert late.status_code == 409
    assert "Typed at the last moment." in late.text
    assert "too late" in late.text
    sent = client.post(f"{own}/send", data={})
    assert sent.status_code == 409
    assert ANSWER in sent.text
    assert the_query(session).answer is None
    assert actions(session, journey) == ["bid_query.asked", "bid_query.refused"]
    assert ANSWER in client.get(own).text  # and can be copied


def test_what_arrived_in_time_counts_though_it_is_recorded_after_the_limit(
    session: Session, journey: Journey, ask: Asking
) -> None:
    ask()
    admin = journey.actor(journey.cast.supplier_admin)
    limit = the_query(session).answer_by
    arrived = limit - timedelta(microseconds=1)
    service.save_draft(
        journey.own_bid, 1, text=ANSWER, actor=admin, arrived=arrived, clock=journey.clock
    )
    journey.clock.instant = limit + timedelta(seconds=60)
    with pytest.raises(WrongMoment):  # an officer may have decided by now that none came
        service.send_answer(journey.own_bid, 1, actor=admin, arrived=arrived, clock=journey.clock)
    journey.clock.instant = limit + timedelta(seconds=59)
    for _again in range(2):  # a button pressed twice
        service.send_answer(journey.own_bid, 1, actor=admin, arrived=arrived, clock=journey.clock)
    assert actions(session, journey).count("bid_query.answered") == 1


def test_more_time_can_be_given_after_the_limit_and_is_told(
    session: Session, journey: Journey, ask: Asking, reply: Reply
) -> None:
    ask()
    former = the_query(session).answer_by
    journey.clock.instant = former + timedelta(minutes=2)
    officer = journey.actor(journey.cast.officer)
    longer = usual_limit(journey.clock.now())
    service.extend(
        journey.reference, journey.own_bid, 1,
        answer_by=longer, because="They were at sea.", actor=officer, clock=journey.clock,
    )  # fmt: skip
    query = the_query(session)
    assert [(each.limit_from, each.limit_to) for each in query.extensions] == [(former, longer)]
    assert len(told(session, journey.cast.supplier_admin, "More time")) == 1
    reply(1)
    with pytest.raises(WrongMoment):
        service.extend(
            journey.reference, journey.own_bid, 1,
            answer_by=longer + timedelta(days=1), because="More.", actor=officer,
            clock=journey.clock,
        )  # fmt: skip


def test_a_query_taken_back_asks_for_nothing_any_more(
    session: Session, journey: Journey, ask: Asking, reply: Reply
) -> None:
    ask()
    officer = journey.actor(journey.cast.officer)
    with pytest.raises(Invalid):
        service.withdraw(
            journey.reference, journey.own_bid, 1, because=" ", actor=officer, clock=journey.clock
        )
    service.withdraw(
        journey.reference, journey.own_bid, 1,
        because="Found it on page two.", actor=officer, clock=journey.clock,
    )  # fmt: skip
    assert len(told(session, journey.cast.contributor, "taken back")) == 1
    with pytest.raises(WrongMoment):
        reply(1)
    supplier = journey.cast.supplier.id
    assert queries.waiting_of_supplier(session, supplier, journey.clock.now()) == []


def test_decisions_fit_the_answer_and_are_made_once(
    session: Session, journey: Journey, ask: Asking, reply: Reply
) -> None:
    ask()
    with pytest.raises(WrongMoment):  # the supplier still has time
        decide(journey, 1, decision=QueryDecision.NO_ANSWER)
    reply(1)
    with pytest.raises(Invalid):
        decide(journey, 1, decision=QueryDecision.NO_ANSWER)
    for _again in range(2):  # a button pressed twice
        decide(journey, 1)
    with pytest.raises(WrongMoment):
        decide(journey, 1, because="Another reason.")
    assert actions(session, journey).count("bid_query.decided") == 1


def test_others_neither_read_nor_handle_a_query(
    client: FlaskClient, journey: Journey, ask: Asking
) -> None:
    ask(Concern(QueryPart.PRICE))
    cast = journey.cast
    asks = {
        "concern": ABOUT_QUESTION,
        "text": "Why?",
        "answer_by": usual_limit(journey.clock.now()),
    }
    for person, refusal in (
        (cast.lead, Forbidden),
        (cast.evaluators[0], Forbidden),
        (cast.auditor, Forbidden),
        (cast.other_officer, NotFound),
    ):
        with pytest.raises(refusal):
            service.ask(
                journey.reference, journey.own_bid, changes_nothing=True,
                actor=journey.actor(person), clock=journey.clock, **asks,  # type: ignore[arg-type]  # of many kinds
            )  # fmt: skip
    for who, status in (
        (cast.auditor, 200),
        (cast.lead, 403),  # may lead the challenge, but not know the price
        (cast.evaluators[0], 403),
        (cast.other_officer, 404),
        (cast.rival_admin, 403),
    ):
        sign_in(client, who)
        assert client.get(desk(journey, 1)).status_code == status, who.name
    sign_in(client, cast.rival_admin)
    assert client.get(f"/bids/{journey.own_bid}/queries/1").status_code == 404
    assert client.post(f"/bids/{journey.own_bid}/queries/1/send", data={}).status_code == 404


def test_nobody_is_asked_before_the_opening(session: Session, journey: Journey) -> None:
    closed = a_journey(session, journey.clock, journey.cast).to(Step.CLOSED)
    with pytest.raises(NotFound):  # not even that there is a bid is told
        service.ask(
            closed.reference, closed.own_bid,
            concern=ABOUT_QUESTION, text="Why?", answer_by=usual_limit(closed.clock.now()),
            changes_nothing=True, actor=closed.actor(closed.cast.officer), clock=closed.clock,
        )  # fmt: skip


def test_two_people_do_not_write_over_each_other(
    session: Session, journey: Journey, ask: Asking
) -> None:
    ask()
    seen, now, clock = the_query(session).row_version, journey.clock.now(), journey.clock
    contributor = journey.actor(journey.cast.contributor)
    admin = journey.actor(journey.cast.supplier_admin)

    def write(text: str, by: Actor) -> None:
        service.save_draft(
            journey.own_bid, 1, text=text, seen=seen, actor=by, arrived=now, clock=clock
        )

    write("First.", contributor)
    with pytest.raises(StaleEdit):
        write("Mine.", admin)
    with pytest.raises(StaleEdit):
        service.send_answer(journey.own_bid, 1, seen=seen, actor=admin, arrived=now, clock=clock)
    assert the_query(session).draft == "First."


def test_hostile_texts_are_shown_as_text_and_too_long_ones_refused(
    client: FlaskClient, journey: Journey, ask: Asking, reply: Reply
) -> None:
    hostile = "<script>alert(1)</script> \u202eabc 🏴"
    ask(text=hostile)
    with pytest.raises(Invalid):
        reply(1, "x" * 20_000)
    reply(1, hostile)
    sign_in(client, journey.cast.officer)
    page = client.get(desk(journey, 1)).text
    assert "<script>alert" not in page
    assert "🏴" in page


def test_statements_of_the_list_do_not_grow_with_its_queries(
    session: Session, client: FlaskClient, journey: Journey, ask: Asking
) -> None:
    sign_in(client, journey.cast.officer)
    at = f"/work/challenges/{journey.reference}/queries"

    def statements() -> int:
        with count_statements(session) as counted:
            assert client.get(at).status_code == 200
        return len(counted.statements)

    ask(text="One?")
    few = statements()
    for number in range(3):
        ask(text=f"More {number}?")
    assert statements() == few
