"""An award that a committee decides: its paper, its minute, and who is told of it."""

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core.audit.log import chain_entries
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.choices import do_without
from marketplace.core.notices.models import Kind, Notice
from marketplace.core.permissions import Role
from scoring.award import service as award
from scoring.award.committee import queries, service
from scoring.award.committee.kinds import Outcome, Part
from scoring.award.committee.models import CommitteeDecision
from scoring.award.letters import service as letters
from scoring.award.models import SignOff
from scoring.report.facts import AwardReport
from scoring.report.models import FrozenReport
from tests.conftest import sign_in
from tests.factories import a_person, actor_for
from tests.integration.challenges.browser import send
from tests.journeys import Journey, Step

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
COMMITTEE = "Finance and Contracts Committee"

pytestmark = pytest.mark.parametrize("step", [Step.RECOMMENDED])


def choose(journey: Journey, committee: str = COMMITTEE, **more: Any) -> None:
    service.choose(
        journey.reference,
        committee=committee,
        exemption=more.pop("exemption", "business"),
        actor=actor_for(more.pop("actor", journey.cast.officer)),
        clock=journey.clock,
    )


def record(journey: Journey, outcome: Outcome | None = Outcome.APPROVED, **more: Any) -> None:
    assert journey.recommendation_id is not None
    said = {"minute": "FC/2027/03, item 7", "words": "Agreed without a division.", **more}
    service.record(
        journey.reference,
        recommendation_id=journey.recommendation_id,
        outcome=outcome,
        met_on=said.pop("met_on", journey.clock.now().date()),
        file=said.pop("file", None),
        actor=actor_for(said.pop("actor", journey.cast.approver)),
        clock=journey.clock,
        **said,
    )


def text_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("word/document.xml").decode()


def take(journey: Journey, part: Part) -> str:
    name, content = service.take_paper(
        journey.reference, part, actor=actor_for(journey.cast.officer), clock=journey.clock
    )
    assert name == f"{journey.reference}-{part.value}.docx"
    last = list(chain_entries(db.session(), journey.reference))[-1]
    assert last.fields["sha256"] == hashlib.sha256(content).hexdigest()
    return text_of(content)


def test_a_committee_decides_by_its_minute_and_nobody_by_a_button(journey: Journey) -> None:
    with pytest.raises(WrongMoment, match="A person decides"):
        record(journey)
    choose(journey)
    choose(journey)  # pressed twice
    with pytest.raises(WrongMoment, match="A committee decides"):
        award.sign_off(
            journey.reference,
            recommendation_id=journey.recommendation_id or journey.cast.lead.id,
            approved=True,
            reason="I like it.",
            actor=actor_for(journey.cast.approver),
            clock=journey.clock,
        )
    record(journey, Outcome.DEFERRED, words="More time is needed to read it.")
    assert db.session().scalars(select(SignOff)).all() == []
    journey.clock.instant += timedelta(days=14)
    record(journey, file=("minute.pdf", io.BytesIO(PDF)))
    with pytest.raises(WrongMoment, match="answered already"):
        record(journey)

    answer = db.session().scalars(select(SignOff)).one()
    assert (answer.approved, answer.reason) == (True, "Agreed without a division.")
    entries = [(e.action, e.fields) for e in chain_entries(db.session(), journey.reference)]
    assert [action for action, _fields in entries[-4:]] == [
        "award.route_set", "committee.decided", "committee.decided", "award.cleared",
    ]  # fmt: skip
    assert entries[-1][1]["minute"] == "FC/2027/03, item 7"
    last = queries.decisions_of(db.session(), answer_stage(journey))[-1]
    _attachment, source = service.read_minute(
        journey.reference, last.id, actor=actor_for(journey.cast.auditor), clock=journey.clock
    )
    assert source.read(len(PDF) + 1) == PDF
    source.close()
    # It goes on as after any approval, and the report cites the minute.
    letters.send_now(journey.reference, actor=actor_for(journey.cast.officer), clock=journey.clock)
    report = db.session().scalars(select(FrozenReport)).one()
    minute = AwardReport.from_json(json.loads(report.facts)).decision.minute
    assert minute.startswith(COMMITTEE)
    assert minute.endswith("FC/2027/03, item 7")


def answer_stage(journey: Journey) -> Any:
    return journey.challenge.stage.id


def test_the_paper_names_whom_it_may_and_keeps_figures_for_the_exempt_annex(
    journey: Journey,
) -> None:
    with pytest.raises(WrongMoment):
        take(journey, Part.NAMED)
    choose(journey)
    own, rival = journey.cast.supplier.name, journey.cast.rival.name
    named, unnamed = take(journey, Part.NAMED), take(journey, Part.UNNAMED)
    annex = take(journey, Part.ANNEX)
    assert own in named
    assert "It solves the problem best." in named
    assert COMMITTEE in named
    for text in (named, unnamed):
        assert rival not in text
        assert "30,000" not in text
        assert "Eva Evaluator" not in text
        assert "Schedule 7A, paragraph 6" in text
    assert own not in unnamed
    assert "It solves the problem best." not in unnamed
    for held in (own, rival, "30,000.00", "Eva Evaluator", "A cousin worked there"):
        assert held in annex


def test_an_approver_who_did_not_recommend_records_it_for_its_own_body(journey: Journey) -> None:
    with pytest.raises(Forbidden):
        choose(journey, actor=journey.cast.approver)
    with pytest.raises(NotFound):
        choose(journey, actor=journey.cast.other_officer)
    with pytest.raises(Invalid) as refused:
        choose(journey, "x" * 201, exemption="whim")
    assert set(refused.value.fields) == {"committee", "exemption"}
    choose(journey)
    for person in (journey.cast.officer, journey.cast.auditor, journey.cast.chair):
        with pytest.raises(Forbidden):
            record(journey, actor=person)
    with pytest.raises(Invalid) as wrong:
        record(
            journey, None, minute=" ", words="\N{PARTY POPPER}" * 10_001, met_on=date(2020, 1, 1)
        )
    assert set(wrong.value.fields) == {"outcome", "minute", "words", "met_on"}
    recommender = journey.cast.chair.id
    db.session().add(
        CommitteeDecision(
            recommendation_id=journey.recommendation_id,
            recommended_by_id=recommender,
            outcome=Outcome.APPROVED,
            committee=COMMITTEE,
            met_on=journey.clock.now().date(),
            minute="1",
            words="Yes.",
            recorded_by_id=recommender,
            recorded_at=journey.clock.now(),
        )
    )
    with pytest.raises(sa.exc.IntegrityError, match="another_person"):
        db.session().flush()
    db.session().rollback()


def subjects(to: str) -> list[str]:
    return list(
        db.session().scalars(
            select(Notice.subject).where(Notice.to_email == to).order_by(Notice.id)
        )
    )


def test_approvers_officers_and_the_chair_are_told_that_it_is_their_turn(journey: Journey) -> None:
    cast = journey.cast
    waits, returned = "An award waits for your decision", "A recommendation was returned"
    assert [s for s in subjects(cast.approver.email) if s.startswith(waits)]
    choose(journey)
    record(journey, Outcome.RETURNED, words="The reasons are thin.")
    for person in (cast.chair, cast.officer):
        assert subjects(person.email)[-1].startswith(returned)
    second = a_person(db.session(), journey.clock.now(), cast.body, Role.APPROVER, name="Avis Two")
    do_without(db.session(), cast.approver.id, Kind.AWARD)
    db.session().commit()
    before = len(subjects(cast.approver.email))
    journey.recommendation_id = award.recommend(
        journey.reference,
        bids=[journey.own_bid],
        reason="It solves the problem best, as the reasons show.",
        actor=actor_for(cast.chair),
        clock=journey.clock,
    )
    assert subjects(second.email)[-1].startswith(waits)
    assert len(subjects(cast.approver.email)) == before
    record(journey)
    assert subjects(cast.officer.email)[-1].startswith("An award is approved")


def test_a_committee_is_chosen_its_minute_recorded_and_read_through_the_pages(
    client: FlaskClient, journey: Journey
) -> None:
    cast, decision = journey.cast, f"/work/challenges/{journey.reference}/decision"
    sign_in(client, cast.officer)
    assert f"{decision}/committee" in client.get(decision).text
    choosing = f"{decision}/committee/choose"
    refused = send(client, choosing, {"who": "committee", "committee": COMMITTEE, "exemption": ""})
    assert refused.status_code == 422
    assert COMMITTEE in refused.text
    chosen = {"who": "committee", "committee": COMMITTEE, "exemption": "business"}
    assert send(client, choosing, chosen).status_code == 303
    paper = client.get(f"{decision}/committee/exempt-annex.docx")
    assert journey.cast.rival.name in text_of(paper.data)
    assert client.get(f"{decision}/committee/other.docx").status_code == 404

    sign_in(client, cast.approver)
    page = client.get(f"{decision}/sign-off").text
    assert f"{decision}/committee/decision" in page
    assert 'name="answer"' not in page
    assert "What to look at twice" in page
    assert "A standstill of 10 days" in page
    today = journey.clock.now().date()
    minute = {
        "outcome": "approved",
        "met_on": [str(today.day), str(today.month), str(today.year)],
        "minute": "FC/7",
        "words": "<b>Agreed</b> without a division.",
        "file": (io.BytesIO(PDF), "minute.pdf"),
    }
    empty = send(client, f"{decision}/committee/decision", {**minute, "words": "", "file": b""})
    assert (empty.status_code, "Give what the minute says" in empty.text) == (422, True)
    assert send(client, f"{decision}/committee/decision", minute).status_code == 303
    assert "minute.pdf" in client.get(f"{decision}/committee").text
    told = client.get(decision).text
    assert "Decided by committee" in told
    assert "&lt;b&gt;Agreed&lt;/b&gt;" in told
