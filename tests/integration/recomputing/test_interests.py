"""An interest found later: access stops at once, and all that rested on it is done again."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.models import EligibilityFinding
from marketplace.core.accounts.models import User
from marketplace.core.audit.log import chain_entries
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from scoring import engine
from scoring.award import queries, service
from scoring.award.models import Result
from scoring.award.recomputing.lifecycle import Why
from scoring.award.recomputing.queries import computed_again
from scoring.panel import parties
from scoring.panel import service as panel
from scoring.panel.interests import service as interests
from scoring.panel.interests.models import AgreementVoid, QualityUnlock, ScoreSetAside
from scoring.panel.lifecycle import Measure, Seat
from scoring.panel.models import ConsensusScore, Score
from scoring.report import queries as reports
from scoring.report.check import ReportDiffersError, check_report
from scoring.report.facts import AwardReport
from tests.conftest import sign_in
from tests.factories import a_person, actor_for, no_interests
from tests.integration.challenges.browser import send
from tests.journeys import OWN_SCORE, QUESTIONS, Journey, Step

STATEMENT = "My sister was hired by them last month."
REASON = "A close relative works there."


def find(journey: Journey, who: User, *, by: User | None = None, party: str = "") -> None:
    """Say that a member has an interest in a party, the own supplier where none is named."""
    interests.find_interest(
        journey.reference,
        journey.labels[who.id],
        parties.key_of(party or journey.cast.supplier.name),
        statement=STATEMENT,
        actor=actor_for(by or who),
        clock=journey.clock,
    )


def decide(
    journey: Journey,
    who: User,
    *,
    by: User | None = None,
    measure: Measure = Measure.RECUSE,
    party: str = "",
) -> None:
    """Decide what follows."""
    interests.decide_found(
        journey.reference,
        journey.labels[who.id],
        parties.key_of(party or journey.cast.supplier.name),
        measure=measure,
        reason=REASON,
        actor=actor_for(by or journey.cast.chair),
        clock=journey.clock,
    )


def agree(journey: Journey, bid: str, *without: User, value: Decimal = OWN_SCORE) -> None:
    """Agree the scores of a bid again, without some people there."""
    away = {user.id for user in without}
    present = [label for user, label in journey.labels.items() if user not in away]
    for key in QUESTIONS:
        panel.record_consensus(
            journey.reference,
            key,
            bid,
            value=value,
            rationale="Agreed again without them.",
            present=present,
            actor=actor_for(journey.cast.chair),
            clock=journey.clock,
        )


def join(journey: Journey) -> User:
    """Have a fourth evaluator join while the panel scores, score alone and submit."""
    cast, clock = journey.cast, journey.clock
    person = a_person(
        journey.session, clock.now(), cast.body, Role.EVALUATOR, name="Ewan Evaluator"
    )
    journey.session.commit()
    journey.labels[person.id] = panel.add_member(
        journey.reference,
        user_id=person.id,
        seat=Seat.EVALUATOR,
        reason="One more.",
        actor=actor_for(cast.lead),
        clock=clock,
    )
    actor = actor_for(person)
    bids = (journey.own_bid, journey.rival_bid)
    panel.accept_briefing(journey.reference, actor=actor, clock=clock)
    panel.declare_interests(
        journey.reference,
        no_interests(journey.session, journey.challenge),
        actor=actor,
        clock=clock,
    )
    for key in QUESTIONS:
        cells = {bid: panel.DraftCell(OWN_SCORE, "Read afresh.") for bid in bids}
        panel.save_draft(journey.reference, key, cells, actor=actor, clock=clock)
    panel.submit_scores(journey.reference, actor=actor, clock=clock)
    return person


def actions(journey: Journey) -> list[str]:
    """Give what the log has of the challenge."""
    return [entry.action for entry in chain_entries(journey.session, journey.reference)]


def conclude(journey: Journey) -> None:
    """Lock quality."""
    service.conclude_scoring(
        journey.reference, actor=actor_for(journey.cast.chair), clock=journey.clock
    )


@pytest.mark.parametrize("step", [Step.SCORED])
def test_recusal_after_the_lock_is_agreed_and_computed_again_to_the_report(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    cast, eva = journey.cast, journey.cast.evaluators[0]
    label = journey.labels[eva.id]
    join(journey)
    for step in (Step.MODERATING, Step.LOCKED, Step.RECOMMENDED):
        journey.take(step)
    first = queries.decision(session, journey.challenge.stage).computed
    assert first is not None

    find(journey, eva)
    with pytest.raises(WrongMoment, match="is not decided yet"):
        journey.take(Step.INTENTION)
    decide(journey, eva)

    assert actions(journey)[-5:] == [
        "interest.found",
        "interest.decided",
        "scores.set_aside",
        "agreement.voided",
        "quality.unlocked",
    ]
    unlocked = chain_entries(session, journey.reference)[-1]
    assert unlocked.fields["prices_were_shown"] is True
    assert len(session.scalars(select(ScoreSetAside)).all()) == len(QUESTIONS)
    assert len(session.scalars(select(AgreementVoid)).all()) == len(QUESTIONS)
    assert len(session.scalars(select(QualityUnlock)).all()) == 1
    # Nothing that was recorded is gone.
    assert len(session.scalars(select(Score)).all()) == 4 * 2 * len(QUESTIONS)
    assert len(session.scalars(select(ConsensusScore)).all()) == 2 * len(QUESTIONS)
    session.rollback()

    base = f"/work/challenges/{journey.reference}"
    sign_in(client, cast.approver)
    assert client.get(f"{base}/decision").status_code == 409
    assert f"{base}/decision/sign-off" not in client.get("/work").text
    sign_in(client, cast.chair)
    page = client.get(f"{base}/panel/moderation").text
    assert "The scores were unlocked" in page
    assert page.count("To agree") == len(QUESTIONS)
    assert (
        "Stands no longer" in client.get(f"{base}/panel/moderation/solves/{journey.own_bid}").text
    )
    session.rollback()
    with pytest.raises(WrongMoment, match="Not every score is agreed"):
        conclude(journey)

    agree(journey, journey.own_bid, eva)
    conclude(journey)

    again = computed_again(session, journey.challenge.stage.id)
    assert [(each.why, each.bid, each.reason) for each in again] == [
        (Why.INTEREST, journey.own_bid, REASON)
    ]
    found = queries.decision(session, journey.challenge.stage)
    assert found.computed is not None
    assert again[0].before_sha256 == first.row.evaluation_sha256
    evaluators = {each["id"]: each for each in found.computed.evaluation["evaluators"]}
    assert evaluators[label]["recused_from"] == [journey.own_bid]
    own = next(b for b in found.computed.evaluation["bids"] if b["id"] == journey.own_bid)
    assert all(label not in cell["by_evaluator"] for cell in own["scores"].values())
    assert found.lapsed
    session.rollback()
    sign_in(client, cast.chair)
    page = client.get(f"{base}/decision").text
    assert "an interest of a member of the panel was found later" in page
    assert "Found " in page
    session.rollback()

    journey.take(Step.RECOMMENDED)
    journey.take(Step.INTENTION)
    facts = reports.newest_facts(session, journey.challenge.stage.id)
    assert facts is not None
    report = AwardReport.from_json(json.loads(facts))
    person = next(each for each in report.people if each.id == label)
    late = next(each for each in person.interests if each.found_at is not None)
    assert (late.declared, late.decision.value, late.reason) == (STATEMENT, "recuse", REASON)
    (made,) = report.deciding_stage.recomputed
    assert (made.why.value, made.bid, made.reason) == ("interest", journey.own_bid, REASON)
    assert made.before_sha256 == first.row.evaluation_sha256
    check_report(report, engine.evaluate_document)
    wrong = replace(made, after_sha256=made.before_sha256)
    changed = replace(report, stages=(replace(report.deciding_stage, recomputed=(wrong,)),))
    with pytest.raises(ReportDiffersError, match="did not give the evaluation document"):
        check_report(changed, engine.evaluate_document)
    with pytest.raises(WrongMoment, match="signed off"):
        find(journey, cast.evaluators[1])


@pytest.mark.parametrize("step", [Step.SCORED])
def test_recusal_of_somebody_who_was_not_present_is_computed_again_at_once(
    journey: Journey, session: Session
) -> None:
    elin, edgar = journey.cast.evaluators[2], journey.cast.evaluators[1]
    join(journey)
    journey.take(Step.MODERATING)
    agree(journey, journey.rival_bid, elin)
    conclude(journey)

    find(journey, elin, by=journey.cast.officer, party=journey.cast.rival.name)
    assert len(session.scalars(select(Result)).all()) == 1
    decide(journey, elin, party=journey.cast.rival.name)

    assert actions(journey)[-3:] == ["interest.decided", "scores.set_aside", "result.computed"]
    entry = chain_entries(session, journey.reference)[-1]
    assert (entry.fields["because"], entry.fields["reason"]) == ("interest", REASON)
    stage = journey.challenge.stage
    (again,) = computed_again(session, stage.id)
    assert [each.changed for each in again.moved] == [False, False]  # the agreed scores decide
    # Kept under conditions, nothing is computed.
    find(journey, edgar, party=journey.cast.rival.name)
    decide(journey, edgar, measure=Measure.RESTRICT, party=journey.cast.rival.name)
    assert actions(journey)[-1] == "interest.decided"


@pytest.mark.parametrize("step", [Step.SCORING])
def test_access_stops_between_loading_a_page_and_sending_it(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    eva = journey.cast.evaluators[0]
    path = f"/work/challenges/{journey.reference}/panel/questions/solves"
    sign_in(client, eva)
    assert f"reason-{journey.own_bid}" in client.get(path).text
    session.rollback()

    find(journey, eva, by=journey.cast.chair)
    session.rollback()

    sent = client.post(
        path,
        data={
            f"score-{journey.own_bid}": "1",
            f"reason-{journey.own_bid}": "Too late to be kept.",
            f"score-{journey.rival_bid}": "2",
            f"reason-{journey.rival_bid}": "This one is still mine.",
        },
    )
    assert sent.status_code == 303
    page = client.get(path).text
    assert journey.own_bid not in page
    assert "This one is still mine." in page
    assert "Too late to be kept." not in page
    session.rollback()
    with pytest.raises(NotFound):
        panel.save_draft(
            journey.reference,
            "solves",
            {journey.own_bid: panel.DraftCell(OWN_SCORE, "Straight to the service.")},
            actor=actor_for(eva),
            clock=journey.clock,
        )
    with pytest.raises(WrongMoment, match="not decided"):
        panel.submit_scores(journey.reference, actor=actor_for(eva), clock=journey.clock)
    letters = session.scalars(select(Notice).where(Notice.subject.startswith("An interest")))
    assert [letter.to_email for letter in letters] == [eva.email]
    session.rollback()

    decide(journey, eva, measure=Measure.KEEP)
    assert journey.own_bid in client.get(path).text


@pytest.mark.parametrize("step", [Step.SCORED])
def test_submitted_score_of_a_bid_one_is_kept_away_from_is_not_corrected(
    journey: Journey,
) -> None:
    eva = journey.cast.evaluators[0]
    find(journey, eva)

    with pytest.raises(NotFound):
        panel.correct_score(
            journey.reference,
            "solves",
            journey.own_bid,
            value=Decimal(1),
            rationale="Lower.",
            reason="I changed my mind.",
            actor=actor_for(eva),
            clock=journey.clock,
        )
    with pytest.raises(WrongMoment, match="already"):
        find(journey, eva, by=journey.cast.officer)


def test_interest_of_the_chair_is_decided_by_an_approver_and_unlocks(
    journey: Journey, session: Session
) -> None:
    chair = journey.cast.chair
    find(journey, chair)
    with pytest.raises(Forbidden):
        decide(journey, chair)

    decide(journey, chair, by=journey.cast.approver)

    assert actions(journey)[-1] == "quality.unlocked"
    with pytest.raises(NotFound):
        agree(journey, journey.own_bid, chair)
    with pytest.raises(WrongMoment, match="name another chair"):
        conclude(journey)
    officer = actor_for(journey.cast.officer)
    interests.reopen_scoring(
        journey.reference, reason="Another chair.", actor=officer, clock=journey.clock
    )
    coming = a_person(session, journey.clock.now(), journey.cast.body, Role.CHAIR, name="Nils New")
    session.commit()
    panel.replace_member(
        journey.reference,
        journey.labels[chair.id],
        user_id=coming.id,
        reason="Recused.",
        actor=officer,
        clock=journey.clock,
    )
    actor = actor_for(coming)
    panel.accept_briefing(journey.reference, actor=actor, clock=journey.clock)
    panel.declare_interests(
        journey.reference,
        no_interests(journey.session, journey.challenge),
        actor=actor,
        clock=journey.clock,
    )
    panel.begin_moderation(journey.reference, actor=actor, clock=journey.clock)
    del journey.labels[chair.id]
    journey.cast.chair = coming
    agree(journey, journey.own_bid, coming)
    conclude(journey)
    assert len(computed_again(session, journey.challenge.stage.id)) == 1


@pytest.mark.parametrize("step", [Step.SCORED])
def test_score_that_a_chair_recorded_falls_with_the_chair_ticked_or_not(
    journey: Journey, session: Session
) -> None:
    chair = journey.cast.chair
    journey.take(Step.MODERATING)
    agree(journey, journey.own_bid, chair)
    find(journey, chair)
    decide(journey, chair, by=journey.cast.approver)

    assert len(session.scalars(select(AgreementVoid)).all()) == len(QUESTIONS)


@pytest.mark.parametrize("step", [Step.SCORED])
def test_bid_left_out_comes_back_only_while_enough_may_judge_it(journey: Journey) -> None:
    *others, _last = journey.cast.evaluators
    journey.take(Step.MODERATING)
    agree(journey, journey.own_bid, *others)
    conclude(journey)
    leave_out(journey, EligibilityFinding.INELIGIBLE)
    for who in others:
        find(journey, who)
        decide(journey, who)
    assert "quality.unlocked" not in actions(journey)
    with pytest.raises(WrongMoment, match="fewer people than the published plan"):
        leave_out(journey, EligibilityFinding.VALID)


def a_person_who_may(session: Session, journey: Journey) -> User:
    """Give an evaluator of the body who never sat."""
    person = a_person(
        session, journey.clock.now(), journey.cast.body, Role.EVALUATOR, name="Nora New"
    )
    session.commit()
    return person


def replace_with(journey: Journey, who: User, *, by: User) -> None:
    """Put somebody in a member's seat."""
    panel.replace_member(
        journey.reference,
        journey.labels[who.id],
        user_id=by.id,
        reason="Changed job.",
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )


def leave_out(journey: Journey, finding: EligibilityFinding) -> None:
    """Decide whether the own bid goes on."""
    bids.decide_eligibility(
        journey.reference,
        journey.own_bid,
        finding=finding,
        reason="It lacks what the conditions ask for.",
        found=[],
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )


def test_last_evaluator_of_a_bid_leaves_words_and_a_way_on(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    eva, chair = journey.cast.evaluators[0], actor_for(journey.cast.chair)
    for who in journey.cast.evaluators:
        find(journey, who)
        decide(journey, who)

    with pytest.raises(WrongMoment, match="would be scored by 0 evaluators"):
        conclude(journey)
    session.rollback()
    base = f"/work/challenges/{journey.reference}/panel"
    sign_in(client, journey.cast.chair)
    page = client.get(f"{base}/progress").text
    assert "Before quality can be locked" in page
    assert "would be scored by 0 evaluators" in page
    assert f"{base}/interests/found/others" in page
    assert send(client, f"{base}/interests/found/others", {"reason": ""}).status_code == 422
    given = {"reason": "Ewan and two more join."}
    assert send(client, f"{base}/interests/found/others", given).status_code == 303
    assert client.get(f"{base}/interests/found/others").status_code == 409
    # Nobody sees scores again before the newcomers have scored; who saw them corrects nothing.
    sign_in(client, eva)
    assert "yours stand as they are" in client.get(base).text
    sign_in(client, journey.cast.chair)
    assert client.get(f"{base}/moderation").status_code == 409
    session.rollback()
    with pytest.raises(WrongMoment, match="seen the others"):
        panel.read_own_score(
            journey.reference,
            "solves",
            journey.rival_bid,
            actor=actor_for(eva),
            clock=journey.clock,
        )
    ewan = join(journey)
    with pytest.raises(WrongMoment, match="would be scored by 1 evaluators"):
        panel.begin_moderation(journey.reference, actor=chair, clock=journey.clock)
    # Whoever saw all scores does not come back to score, in the seat of somebody else.
    replace_with(journey, eva, by=a_person_who_may(session, journey))
    with pytest.raises(Invalid) as refused:
        replace_with(journey, ewan, by=eva)
    assert "seen everybody’s scores" in refused.value.fields["person"]
    entry = next(e for e in chain_entries(session, journey.reference) if "reopened" in e.action)
    assert entry.fields["reason"] == given["reason"]


def test_finding_and_deciding_in_a_browser(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    cast, eva = journey.cast, journey.cast.evaluators[0]
    base = f"/work/challenges/{journey.reference}/panel"
    page = f"{base}/interests/found"
    sign_in(client, eva)
    assert page in client.get(base).text
    empty = client.post(page, data={"member": journey.labels[eva.id]})
    assert empty.status_code == 422
    assert "Say what the interest is" in empty.text
    other = journey.labels[cast.evaluators[1].id]
    for_other = client.post(
        page,
        data={
            "member": other,
            "party": parties.key_of(journey.cast.supplier.name),
            "statement": "Not mine.",
        },
    )
    assert for_other.status_code == 422
    given = {"party": parties.key_of(journey.cast.supplier.name), "statement": STATEMENT}
    assert send(client, page, given).status_code == 303
    assert STATEMENT in client.get(page).text
    sign_in(client, cast.evaluators[1])
    assert STATEMENT not in client.get(page).text
    for stranger in (cast.auditor, cast.lead, cast.supplier_admin):
        sign_in(client, stranger)
        assert client.get(page).status_code in (403, 404)
    sign_in(client, cast.other_officer)
    assert client.get(page).status_code == 404

    sign_in(client, cast.chair)
    assert STATEMENT in client.get(f"{base}/interests/decide").text
    deciding = f"{page}/{journey.labels[eva.id]}/{given['party']}"
    assert deciding in client.get(page).text
    refused = send(client, deciding, {"measure": "", "reason": "Typed at length."})
    assert refused.status_code == 422
    assert "Typed at length." in refused.text
    assert send(client, deciding, {"measure": "recuse", "reason": REASON}).status_code == 303
    again = client.post(deciding, data={"measure": "keep", "reason": "Double click."})
    assert again.status_code == 409
    assert "what was decided stands" in again.text
    assert REASON in client.get(page).text
