"""Two stages from the first bid to the contracts: carried results, and several who win."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.colours import Brand
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from scoring.award import pages
from scoring.award import service as award
from scoring.award.contracts.changing import ChangeKind, Wanted
from scoring.award.contracts.queries import change_of, contracts_of
from scoring.award.contracts.service import describe_change
from scoring.award.letters import service as letters
from scoring.award.models import Contract, Intention
from scoring.award.notices import queries as notices
from scoring.award.queries import decision
from scoring.engine import evaluate_document
from scoring.report.check import ReportDiffersError, check_report
from scoring.report.editions import public_edition
from scoring.report.facts import AwardReport
from scoring.report.queries import newest_facts
from scoring.report.rendering import report_html
from tests.conftest import NOW
from tests.journeys import A_YEAR, Step, a_cast, a_journey, hand_over_letters
from tests.staged import SecondStage, a_delivery_stage, a_second_stage, go_on


@pytest.fixture
def second(app: Flask, session: Session, clock: FixedClock) -> SecondStage:
    """Give the second stage of a challenge to which both suppliers went on, and have it heard."""
    journey = a_journey(session, clock, a_cast(session, NOW))
    a_second_stage(journey, places=2)
    a_delivery_stage(journey, suppliers=2)
    journey.to(Step.LOCKED)
    go_on(journey)
    second = SecondStage(journey)
    second.hear()
    return second


def standing(second: SecondStage) -> State:
    """Read where the challenge stands."""
    return second.journey.challenge.state


def first_of_two_is_signed(second: SecondStage, app: Flask) -> None:
    """Look at what everybody is told when one supplier has signed and the other has not."""
    cast, reference = second.journey.cast, second.journey.reference
    shown = app.test_client().get(f"/awards/{reference}").text
    assert f"has signed a contract with {cast.supplier.name}." in " ".join(shown.split())
    assert f"intends to award a contract to {cast.rival.name} too" in shown
    assert shown.count("<strong>Chosen</strong>") == 2
    assert shown.count("Went on to the next stage") == 2
    told = pages.outcome(
        second.journey.session, second.rival_bid, second.journey.actor(cast.rival_admin)
    )
    assert (told.contract, told.signed_names, told.unsigned_names) == (
        None,
        cast.supplier.name,
        cast.rival.name,
    )


def assert_each_contract_has_its_notice_and_changes(second: SecondStage) -> None:
    """Look at the notices of two contracts, and change the second one."""
    journey, session = second.journey, second.journey.session
    told = [notices.award_of(session, journey.challenge, number) for number in (1, 2)]
    assert [each.supplier for each in told] == [journey.cast.rival.name, journey.cast.supplier.name]
    # In the order of the result, whoever signed first.
    assert [each.contract and each.contract.reference for each in told] == ["C-2", "C-1"]
    for number in (0, 3):
        with pytest.raises(NotFound):
            notices.award_of(session, journey.challenge, number)
    kept = {each.contract.reference: each for each in contracts_of(session, journey.challenge)}
    assert [kept[each].notice for each in ("C-1", "C-2")] == [2, 1]
    made = [
        describe_change(
            journey.reference,
            kept[contract].contract.id,
            Wanted(ChangeKind.SCOPE, "More wards.", "They asked."),
            actor=journey.actor(journey.cast.officer),
            clock=journey.clock,
        )
        for contract in ("C-1", "C-2", "C-2")
    ]
    assert made == [1, 2, 2]
    changed, _change = change_of(contracts_of(session, journey.challenge), 2)
    assert changed.contract.reference == "C-2"


def test_second_stage_carries_the_first_and_two_suppliers_win(
    second: SecondStage, session: Session, app: Flask
) -> None:
    journey, clock = second.journey, second.journey.clock
    first = decision(session, journey.challenge.stage).computed
    assert first is not None
    # Less was heard from the supplier that led after the first stage than from its rival.
    second.judge({second.own_bid: Decimal(2), second.rival_bid: Decimal(5)})

    found = decision(session, second.stage)
    assert found.computed is not None
    rows = {row["id"]: row for row in found.computed.result["bids"]}
    totals = {row["id"]: Fraction(row["total"]["exact"]) for row in first.result["bids"]}
    for bid, before, heard in (
        (second.own_bid, journey.own_bid, 2),
        (second.rival_bid, journey.rival_bid, 5),
    ):
        carried = rows[bid]["criteria"]["application"]
        assert carried["source"] == "carried"
        assert Fraction(carried["percentage"]["exact"]) == totals[before]
        expected = totals[before] * 40 / 100 + Fraction(heard, 5) * 60
        assert Fraction(rows[bid]["total"]["exact"]) == expected
    entries = list(log.chain_entries(session, journey.reference))
    computed = [each.fields.get("stage") for each in entries if each.action == "result.computed"]
    assert computed == [None, 2]
    page = pages.result(
        session, second.at, journey.actor(journey.cast.approver), "#123456", journey.clock.now()
    )
    assert page.carried["application"].stage.ordinal == 1
    assert page.winners_most == 2

    chair, approver = journey.actor(journey.cast.chair), journey.actor(journey.cast.approver)
    lower = min(rows, key=lambda bid: Fraction(rows[bid]["total"]["exact"]))
    with pytest.raises(Invalid, match="Choose a bid"):
        award.recommend(second.at, bids=[lower], reason="Cheaper.", actor=chair, clock=clock)
    recommendation = award.recommend(
        second.at,
        bids=[second.own_bid, second.rival_bid],
        reason="Both convince, in different ways.",
        actor=chair,
        clock=clock,
    )
    award.sign_off(
        second.at,
        recommendation_id=recommendation,
        approved=True,
        reason="The reasons are clear.",
        actor=approver,
        clock=clock,
    )
    letters.send_now(second.at, actor=journey.actor(journey.cast.officer), clock=clock)
    hand_over_letters(session, clock)

    intentions = session.scalars(select(Intention)).all()
    assert {each.bid_id for each in intentions} == {
        bid.id for bid in decision(session, second.stage).unsigned
    }
    assert len(intentions) == 2
    assert standing(second) is State.INTENTION
    told = {
        notice.to_email: notice.text
        for notice in session.scalars(select(Notice))
        if notice.subject.startswith("Intention to award")
    }
    for admin, other in (
        (journey.cast.supplier_admin, journey.cast.rival),
        (journey.cast.rival_admin, journey.cast.supplier),
    ):
        assert f"a contract to you, and to {other.name}" in told[admin.email]
    outcome = pages.outcome(session, second.own_bid, journey.actor(journey.cast.supplier_admin))
    assert outcome.own
    assert [name for name, _row in outcome.preferred_rows] == [journey.cast.rival.name]

    clock.instant = intentions[0].standstill_ends_at
    officer = journey.actor(journey.cast.officer)
    with pytest.raises(Invalid):
        award.sign_contract(
            second.at,
            contract_reference="C-1",
            value_minor=1,
            terms=A_YEAR,
            actor=officer,
            clock=clock,
        )
    for number, bid in enumerate((second.own_bid, second.rival_bid), start=1):
        award.sign_contract(
            second.at,
            contract_reference=f"C-{number}",
            value_minor=20_000_00,
            terms=A_YEAR,
            bid_reference=bid,
            actor=officer,
            clock=clock,
        )
        assert standing(second) is State.SIGNED
        if number == 1:
            first_of_two_is_signed(second, app)
    assert_each_contract_has_its_notice_and_changes(second)
    with pytest.raises(WrongMoment):
        award.sign_contract(
            second.at,
            contract_reference="C-3",
            value_minor=1,
            terms=A_YEAR,
            actor=officer,
            clock=clock,
        )
    assert len(session.scalars(select(Contract)).all()) == 2

    facts = newest_facts(session, second.stage.id)
    assert facts is not None
    report = AwardReport.from_json(json.loads(facts))
    check_report(report, evaluate_document)
    assert [stage.id for stage in report.stages] == ["stage-1", "stage-2"]
    going_on = report.stages[0].going_on
    assert going_on is not None
    assert set(going_on.bids) == {journey.own_bid, journey.rival_bid}
    assert set(report.decision.winners) == {second.own_bid, second.rival_bid}
    (further,) = report.decision.further_contracts
    assert (further.reference, further.bid) == ("C-2", second.rival_bid)
    html = report_html(report, environment=app.jinja_env, brand=Brand())
    assert "Went on to the next stage" in html
    public = public_edition(report)
    written = report_html(public, environment=app.jinja_env, brand=Brand())
    for supplier in (journey.cast.supplier, journey.cast.rival):
        assert supplier.name in written
    forged = replace(report.stages[0], going_on=replace(going_on, bids=going_on.bids[:1]))
    with pytest.raises(ReportDiffersError, match="not those who go on by the result"):
        check_report(replace(report, stages=(forged, report.stages[1])), evaluate_document)
