"""From recommendation to approval: what a preferred bidder is asked, gives, and fails by."""

import io
import json
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from bids.asking.lifecycle import usual_limit
from bids.evidence.kinds import Evidence
from bids.evidence.models import EvidenceCheck
from bids.lifecycle import BidState
from bids.models import Bid
from marketplace.core.access import current_files
from marketplace.core.audit.log import chain_entries
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor, Role
from scoring.award import service as award
from scoring.award.evidence import answering, queries, service
from scoring.award.evidence.kinds import Concern, Standing, Verdict
from scoring.award.evidence.service import Wanted
from scoring.award.letters import service as letters
from scoring.report.editions import public_edition
from scoring.report.facts import AwardReport
from scoring.report.models import FrozenReport
from scoring.report.values import Withheld
from tests.factories import a_person, actor_for
from tests.journeys import Journey, Step

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
POLICY = Wanted(Evidence.INSURANCE, "Employer’s liability policy", "Cover of £5 million.")

pytestmark = pytest.mark.parametrize("step", [Step.RECOMMENDED])


def officer(journey: Journey) -> Actor:
    return actor_for(journey.cast.officer)


def ask(journey: Journey, *wanted: Wanted, bid: str = "", **more: Any) -> list[int]:
    asked = service.ask(
        journey.reference,
        bid or journey.own_bid,
        wanted=wanted or (POLICY,),
        answer_by=more.pop("answer_by", usual_limit(journey.clock.now())),
        actor=more.pop("actor", officer(journey)),
        clock=journey.clock,
        **more,
    )
    return list(asked)


def give(journey: Journey, number: int = 1, *, note: str = "", content: bytes | None = PDF) -> None:
    answering.give(
        journey.own_bid,
        number,
        note=note,
        file=("policy.pdf", io.BytesIO(content)) if content is not None else None,
        actor=actor_for(journey.cast.contributor),
        arrived=journey.clock.now(),
        clock=journey.clock,
    )


def decide(journey: Journey, verdict: Verdict, number: int = 1, **more: Any) -> None:
    service.decide(
        journey.reference,
        journey.own_bid,
        number,
        verdict=verdict,
        reason="It names the company and the sum.",
        actor=officer(journey),
        clock=journey.clock,
        **more,
    )


def approve(journey: Journey, *, approved: bool = True) -> None:
    assert journey.recommendation_id is not None
    award.sign_off(
        journey.reference,
        recommendation_id=journey.recommendation_id,
        approved=approved,
        reason="Clear reasons.",
        actor=actor_for(journey.cast.approver),
        clock=journey.clock,
    )


def standings(journey: Journey) -> list[Standing]:
    page = queries.page_of(db.session(), journey.reference, officer(journey), journey.clock.now())
    return [each.standing for each in page.of(journey.own_bid).asked]


def test_evidence_is_asked_given_and_accepted_and_only_then_the_award_is_approved(
    journey: Journey,
) -> None:
    assert ask(journey) == [1]
    assert ask(journey) == []  # a second press of the button
    with pytest.raises(WrongMoment, match="not decided yet"):
        approve(journey)

    give(journey)
    give(journey)  # pressed twice
    journey.clock.instant += timedelta(minutes=1)
    give(journey, note="The broker’s telephone number is on page 2.", content=None)
    assert standings(journey) == [Standing.ANSWERED]
    attachment, source = answering.read_file(
        journey.reference,
        journey.own_bid,
        1,
        1,
        actor=actor_for(journey.cast.approver),
        clock=journey.clock,
    )
    assert (attachment.name, source.read(len(PDF) + 1)) == ("policy.pdf", PDF)
    source.close()
    decide(journey, Verdict.ACCEPTED, valid_until=date(2099, 3, 31))
    with pytest.raises(WrongMoment, match="decided already"):
        decide(journey, Verdict.REFUSED)
    with pytest.raises(WrongMoment, match="needs nothing more"):
        give(journey, note="Late thought.", content=None)
    approve(journey)
    with pytest.raises(WrongMoment, match="approved"):
        ask(journey, Wanted(Evidence.TAX, "Tax certificate"))

    # What was given lies there unreadable, and what it was called too.
    request = queries.own_requests(
        db.session(), journey.own_bid, actor_for(journey.cast.supplier_admin)
    )[1][0]
    assert len(request.answers) == 2
    stored = request.answers[0]
    assert PDF not in current_files().path(stored.stored_sha256 or "").read_bytes()
    assert b"policy" not in (stored.sealed or b"")
    entries = {
        entry.action: entry.fields for entry in chain_entries(db.session(), journey.reference)
    }
    assert entries["preferred.decided"]["verdict"] == "accepted"
    assert entries["preferred.read"]["file"] == stored.file_sha256
    told = db.session().scalars(select(Notice.subject).order_by(Notice.id)).all()
    assert len([each for each in told if each.startswith("Documents for your bid")]) == 2
    assert any(each.startswith("Evidence came in") for each in told)


def test_what_was_accepted_is_a_check_and_is_not_asked_for_again_without_a_reason(
    journey: Journey,
) -> None:
    ask(journey)
    give(journey)
    decide(journey, Verdict.ACCEPTED)
    check = db.session().scalars(select(EvidenceCheck)).one()
    assert (check.document, check.seen) == (POLICY.document, "It names the company and the sum.")

    with pytest.raises(Invalid) as refused:
        ask(journey, Wanted(Evidence.INSURANCE, "Public liability policy"))
    assert set(refused.value.fields) == {"beyond"}
    assert ask(
        journey,
        Wanted(Evidence.INSURANCE, "Public liability policy"),
        beyond="The first covers staff alone.",
    ) == [2]


def test_what_is_refused_holds_the_approval_until_it_is_asked_again_or_the_bidder_fails(
    journey: Journey,
) -> None:
    ask(journey)
    journey.clock.instant += timedelta(days=14)
    with pytest.raises(WrongMoment, match="time to answer is over"):
        give(journey)
    service.extend(
        journey.reference,
        journey.own_bid,
        1,
        answer_by=usual_limit(journey.clock.now()),
        because="The insurer was slow.",
        actor=officer(journey),
        clock=journey.clock,
    )
    give(journey)
    decide(journey, Verdict.REFUSED)
    with pytest.raises(WrongMoment, match="was refused"):
        approve(journey)
    assert (
        service.ask_again(
            journey.reference,
            journey.own_bid,
            1,
            says="The policy ended last year.",
            answer_by=usual_limit(journey.clock.now()),
            actor=officer(journey),
            clock=journey.clock,
        )
        == 2
    )
    assert standings(journey) == [Standing.REPLACED, Standing.WAITING]
    approve(journey, approved=False)  # it can be returned whatever waits
    with pytest.raises(WrongMoment, match="no recommendation stands"):
        decide(journey, Verdict.NOT_NEEDED, 2)


def test_a_bidder_that_fails_is_left_out_the_result_computed_again_and_the_next_one_recommended(
    journey: Journey,
) -> None:
    ask(journey)
    give(journey, note="It has expired.", content=None)
    decide(journey, Verdict.REFUSED)
    service.look_up(
        journey.reference,
        journey.own_bid,
        subject="Is the company still trading?",
        source="Companies House, 3 March",
        concern=Concern.CONCERN,
        result="It was dissolved.",
        actor=officer(journey),
        clock=journey.clock,
    )
    service.fail(
        journey.reference,
        journey.own_bid,
        reason="The company was dissolved.",
        actor=officer(journey),
        clock=journey.clock,
    )
    with pytest.raises(WrongMoment, match="result changed"):
        approve(journey)
    with pytest.raises(WrongMoment, match="no recommendation stands"):
        ask(journey)
    bid = db.session().scalars(select(Bid).where(Bid.reference == journey.own_bid)).one()
    assert bid.state is BidState.INELIGIBLE
    journey.recommendation_id = award.recommend(
        journey.reference,
        bids=[journey.rival_bid],
        reason="It is the best that is left.",
        actor=actor_for(journey.cast.chair),
        clock=journey.clock,
    )
    page = queries.page_of(
        db.session(), journey.reference, actor_for(journey.cast.approver), journey.clock.now()
    )
    (before,) = page.evidence.earlier
    assert before.failure is not None
    assert before.failure.reason == "The company was dissolved."
    assert [note.subject for note in before.notes] == ["Is the company still trading?"]
    # What was refused of the former bidder does not hold the next one's approval.
    approve(journey)
    letters.send_now(journey.reference, actor=officer(journey), clock=journey.clock)
    frozen = db.session().scalars(select(FrozenReport)).one()
    report = AwardReport.from_json(json.loads(frozen.facts))
    assert not isinstance(report.decision.failed, Withheld)
    assert not isinstance(report.decision.shown, Withheld)
    assert [(each.bid, each.reason) for each in report.decision.failed] == [
        (journey.own_bid, "The company was dissolved.")
    ]
    assert [each.document for each in report.decision.shown] == [POLICY.document]
    public = public_edition(report)
    assert "dissolved" not in json.dumps(public.to_json())
    assert {"What preferred bidders showed as evidence"} <= {r.what for r in public.redactions}
    actions = [entry.action for entry in chain_entries(db.session(), journey.reference)]
    after = actions[actions.index("preferred.failed") :]
    assert after[:4] == [
        "preferred.failed", "eligibility.decided", "result.computed", "award.recommended",
    ]  # fmt: skip
    chair = (
        db.session()
        .scalars(select(Notice).where(Notice.subject.startswith("Recommend a bid anew")))
        .one()
    )
    assert chair.to_email == journey.cast.chair.email


def test_nothing_is_asked_of_anybody_else_by_anybody_else_or_from_another_body(
    journey: Journey,
) -> None:
    with pytest.raises(NotFound):
        ask(journey, bid=journey.rival_bid)
    for person in (journey.cast.approver, journey.cast.auditor):
        with pytest.raises(Forbidden):
            ask(journey, actor=actor_for(person))
    with pytest.raises(NotFound):
        ask(journey, actor=actor_for(journey.cast.other_officer))
    scorer = a_person(
        db.session(), journey.clock.now(), journey.cast.body,
        Role.PROCUREMENT_OFFICER, Role.EVALUATOR, name="Erin Both",
    )  # fmt: skip
    db.session().commit()
    with pytest.raises(Forbidden):
        ask(journey, actor=actor_for(scorer))
    ask(journey)
    with pytest.raises(NotFound):
        answering.give(
            journey.own_bid,
            1,
            note="Here.",
            file=None,
            actor=actor_for(journey.cast.rival_admin),
            arrived=journey.clock.now(),
            clock=journey.clock,
        )
    with pytest.raises(NotFound):
        answering.read_file(
            journey.reference, journey.own_bid, 1, 1,
            actor=officer(journey), clock=journey.clock,
        )  # fmt: skip


def test_hostile_files_and_endless_words_are_refused_and_leave_nothing_behind(
    journey: Journey,
) -> None:
    ask(journey)

    def held() -> int:
        return len(list(current_files().folder.rglob("*")))

    before = held()
    with pytest.raises(Invalid):
        give(journey, content=b"MZ this is no PDF")
    with pytest.raises(Invalid):
        give(journey, content=b"")
    with pytest.raises(Invalid):
        give(journey, note="x" * 20_000, content=None)
    with pytest.raises(Invalid):
        give(journey, content=None)
    assert held() == before
    with pytest.raises(Invalid) as refused:
        ask(journey, Wanted(Evidence.OTHER, "é" * 201, "\N{PARTY POPPER}" * 5_001), answer_by=None)
    assert set(refused.value.fields) == {"document", "says", "answer_by"}
    assert standings(journey) == [Standing.WAITING]


def test_an_officer_records_what_came_in_for_a_bidder_without_an_account(journey: Journey) -> None:
    ask(journey)
    received = journey.clock.now() + timedelta(hours=1)

    def record(note: str) -> None:
        answering.record(
            journey.reference,
            journey.own_bid,
            1,
            note=note,
            received_at=received,
            file=("policy.pdf", io.BytesIO(PDF)),
            actor=officer(journey),
            clock=journey.clock,
        )

    with pytest.raises(Invalid) as refused:
        record("")
    assert set(refused.value.fields) == {"note", "received_at"}
    journey.clock.instant += timedelta(hours=2)
    record("By e-mail from the company’s secretary.")
    decide(journey, Verdict.ACCEPTED)
    approve(journey)


def test_an_approval_and_a_new_question_at_one_moment_cannot_both_be_kept(
    app: Flask, journey: Journey
) -> None:
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def at_once(work: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(10)
            try:
                work()
                outcomes.append("kept")
            except WrongMoment:
                outcomes.append("refused")
            finally:
                db.session.remove()

    approver, asker = actor_for(journey.cast.approver), officer(journey)
    reference, seen, bid = journey.reference, journey.recommendation_id, journey.own_bid
    assert seen is not None
    limit = usual_limit(journey.clock.now())
    journey.session.rollback()
    threads = [
        threading.Thread(target=at_once, args=(work,))
        for work in (
            lambda: award.sign_off(
                reference,
                recommendation_id=seen,
                approved=True,
                reason="Clear.",
                actor=approver,
                clock=journey.clock,
            ),
            lambda: service.ask(
                reference,
                bid,
                wanted=[POLICY],
                answer_by=limit,
                actor=asker,
                clock=journey.clock,
            ),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(outcomes) == ["kept", "refused"]
