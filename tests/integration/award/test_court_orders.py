"""What a court ordered about a contract: recorded, confirmed by another, and then it holds."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from flask_migrate import downgrade
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from marketplace.core.audit import log
from marketplace.core.database import db
from marketplace.core.dates import PLACE
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor
from marketplace.web.standings import line_of, standings
from scoring.award.contracts import log_checks
from scoring.award.contracts import service as contracts
from scoring.award.contracts.changing import ChangeKind, Wanted
from scoring.award.contracts.ordered import log_words, service
from scoring.award.contracts.ordered.lifecycle import Ordered, OrderKind
from scoring.award.delivery import running, story
from scoring.records.flags import Flag
from scoring.records.periods import Basis, financial_year, year_of
from scoring.records.population import population
from scoring.records.registers import contract_lines
from scoring.report.facts import AwardReport
from scoring.report.models import FrozenReport
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.integration.award.test_delivery import Under
from tests.integration.challenges.browser import send
from tests.integration.whole.tables import version
from tests.journeys import OWN_PRICE, Journey, Step

WAITS = "Confirm what a court ordered about a contract, or not"


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


@pytest.fixture
def under(journey: Journey) -> Under:
    """Give the signed contract, with one milestone accepted and one ahead."""
    found = Under(journey)
    found.plan(OWN_PRICE - 100, 100)
    found.report()
    found.answer(accepted=True)
    return found


def order(under: Under, kind: OrderKind = OrderKind.INEFFECTIVE, **more: object) -> Ordered:
    today = under.journey.clock.now().astimezone(PLACE).date()
    made = Ordered(kind, today, "Court of Session", "P12/27", "The standstill was not kept.")
    return replace(made, **more)  # type: ignore[arg-type]  # mixed dict


def record(under: Under, ordered: Ordered, file: bytes | None = None) -> int:
    return service.record(
        under.journey.reference,
        under.id,
        ordered,
        file=("order.pdf", io.BytesIO(file)) if file else None,
        actor=under.officer,
        clock=under.journey.clock,
    )


def confirm(under: Under, number: int, *, confirmed: bool = True, own: bool = False) -> None:
    service.answer(
        under.journey.reference,
        under.id,
        number,
        confirmed=confirmed,
        reason="I read the order.",
        actor=under.officer if own else under.approver,
        clock=under.journey.clock,
    )


def steps_of(under: Under, actor: Actor) -> list[str]:
    """Give what a person reads on their board that there is to do."""
    journey = under.journey
    rows = journey.session.execute(standings(actor))
    found = [line_of(row, actor, journey.clock.now()) for row in rows]
    return [step.words for line in found for step in line.steps]


def finish(under: Under) -> None:
    running.finish_one(
        under.journey.reference,
        under.id,
        words="What was made in time is in use.",
        actor=under.lead,
        clock=under.journey.clock,
    )


def recorded(under: Under, action: str) -> list[Mapping[str, object]]:
    """Give the fields of the challenge's entries of an action."""
    entries = log.chain_entries(under.journey.session, under.journey.reference)
    return [each.fields for each in entries if each.action == action]


def test_ineffective_contract_takes_no_milestone_payment_or_change_and_is_told_everywhere(
    under: Under, session: Session
) -> None:
    journey = under.journey
    with pytest.raises(Invalid) as wrong:
        # A form in which nothing was chosen has no kind.
        record(under, order(under, None, court=" ", says=""))  # type: ignore[arg-type]
    assert set(wrong.value.fields) == {"kind", "court", "says"}
    number = record(under, order(under))
    assert record(under, order(under)) == number == 1
    with pytest.raises(WrongMoment):
        record(under, order(under, reference="P13/27"))
    with pytest.raises(WrongMoment, match="waits for a second person"):
        record(under, order(under), b"%PDF-1.7\n%%EOF\n")  # no file is dropped in silence
    with pytest.raises(Forbidden):
        confirm(under, 1, own=True)
    assert WAITS in steps_of(under, under.approver)
    assert WAITS not in steps_of(under, under.officer)
    confirm(under, 1, confirmed=False)
    assert WAITS not in steps_of(under, under.approver)
    # Nothing holds until two have said so.
    under.pay(OWN_PRICE - 100)
    confirm(under, record(under, order(under)))
    with pytest.raises(WrongMoment):
        confirm(under, 2)

    with pytest.raises(WrongMoment, match="ended"):
        under.plan(OWN_PRICE, seen=1, reason="More.")
    with pytest.raises(WrongMoment, match="ended"):
        under.report(2)
    with pytest.raises(WrongMoment, match="court"):
        contracts.describe_change(
            journey.reference,
            under.id,
            Wanted(ChangeKind.SCOPE, "Other wards.", "They asked."),
            actor=under.officer,
            clock=journey.clock,
        )
    # It was the only contract: no work is left, so the challenge has ended.
    assert journey.challenge.state is State.STOPPED
    assert "standstill was not kept" in (journey.challenge.lessons or "")
    told = [each.heading for each in story.told(session, journey.challenge)]
    assert any("Court of Session" in each and "ineffective" in each for each in told)
    (said,) = recorded(under, log_words.CONFIRMED)
    assert (said["order"], said["confirmed_because"]) == ("ineffective", "I read the order.")
    assert list(log_checks.check(session.connection())) == []
    subjects = session.scalars(
        select(Notice.subject).where(Notice.to_email == journey.cast.supplier_admin.email)
    ).all()
    assert any("court’s order" in each for each in subjects)


def test_register_population_and_report_tell_of_the_order(under: Under, session: Session) -> None:
    journey = under.journey
    confirm(under, record(under, order(under, penalty_minor=1_000_00)))
    auditor, now = actor_for(journey.cast.auditor), journey.clock.now()
    today = now.astimezone(PLACE).date()

    (line,) = contract_lines(session, journey.challenge.buyer_id)
    assert line.ends_on_now == today
    found = population(session, auditor, financial_year(year_of(now)), Basis.DECIDED, now)
    flags = next(each.flags for each in found if each.id == journey.challenge.id)
    assert flags[Flag.COURT_ORDER] == 1
    stored = session.scalars(select(FrozenReport).order_by(FrozenReport.number.desc())).first()
    assert stored is not None
    contract = AwardReport.from_json(json.loads(stored.facts)).decision.contract
    assert contract is not None
    (told,) = contract.orders
    assert (told.reference, told.says) == ("P12/27", "The standstill was not kept.")
    assert told.penalty is not None
    assert (told.penalty.minor, contract.last_day) == (1_000_00, today)


def test_shorter_contract_is_worked_until_its_new_last_day_and_paid_after_it(
    under: Under, session: Session
) -> None:
    clock = under.journey.clock
    ends_on = clock.now().astimezone(PLACE).date() + timedelta(days=30)
    confirm(under, record(under, order(under, OrderKind.SHORTENED, ends_on=ends_on)))
    assert under.work.agreement.ends_on == ends_on
    under.report(2)
    clock.instant += timedelta(days=31)

    with pytest.raises(WrongMoment, match="ended"):
        under.plan(OWN_PRICE - 100, 100, seen=1, reason="Other work.")
    with pytest.raises(WrongMoment, match="accepted yet"):
        finish(under)
    # What was delivered in time is accepted and paid, also where the answer comes later.
    under.answer(accepted=True, number=2)
    under.pay(OWN_PRICE - 100)
    assert under.journey.challenge.state is not State.STOPPED
    confirm(under, record(under, order(under, OrderKind.PENALTY, penalty_minor=5, reference="B")))
    assert [each.kind for each in under.work.agreement.kept.ordered] == ["shortened", "penalty"]


def test_work_under_a_shorter_contract_ends_though_not_all_of_it_was_delivered(
    under: Under,
) -> None:
    clock = under.journey.clock
    today = clock.now().astimezone(PLACE).date()
    clock.instant += timedelta(days=2)
    under.report(2)
    made = order(under, OrderKind.SHORTENED, made_on=today, ends_on=today + timedelta(days=1))
    confirm(under, record(under, made))

    with pytest.raises(WrongMoment, match="after the last day"):
        under.answer(accepted=True, number=2)
    under.answer(accepted=False, number=2)
    finish(under)
    assert under.journey.challenge.state is State.FINISHED


def test_downgrade_refuses_to_drop_an_order(under: Under) -> None:
    record(under, order(under))
    db.session.remove()
    newest = version()
    with pytest.raises(WrongMoment, match="would be lost"):
        downgrade(revision="0043")
    assert version() == newest


def test_order_is_recorded_with_its_file_and_confirmed_in_a_browser(
    under: Under, client: FlaskClient
) -> None:
    cast, page = under.cast, f"/work/challenges/{under.journey.reference}/contracts/{under.id}"
    today = under.journey.clock.now().astimezone(PLACE).date()
    fields: dict[str, object] = {
        "kind": "ineffective",
        "made_on": [str(today.day), str(today.month), str(today.year)],
        "court": "Court of Session",
        "reference": "P12/27",
        "says": "<script>alert(1)</script> The standstill was not kept.",
    }
    sign_in(client, cast.officer)
    assert f"{page}/orders/record" in client.get(page).text
    assert "which supplier it is about" not in client.get(f"{page}/orders/record").text
    empty = send(client, f"{page}/orders/record", {**fields, "kind": ""})
    assert (empty.status_code, "Choose what the court ordered" in empty.text) == (422, True)
    assert "P12/27" in empty.text
    sent = send(
        client,
        f"{page}/orders/record",
        {**fields, "file": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "order.pdf")},
    )
    assert sent.status_code == 303
    says = str(fields["says"])
    assert record(under, order(under, says=says), b"%PDF-1.7\n%%EOF\n") == 1  # twice is one
    sign_in(client, cast.approver)
    assert f"{page}/orders/1/answer" in client.get(page).text
    none = send(client, f"{page}/orders/1/answer", {"reason": "Read."})
    assert (none.status_code, "Choose whether you confirm it" in none.text) == (422, True)
    given = {"answer": "confirm", "reason": "I read the order."}
    assert send(client, f"{page}/orders/1/answer", given).status_code == 303
    told = client.get(page).text
    assert "The contract is ineffective, or set aside" in told
    assert "<script>alert" not in told
    assert client.get(f"{page}/orders/1/file").data.startswith(b"%PDF")
    assert len(recorded(under, log_words.READ)) == 1
    public = client.get(f"/challenges/{under.journey.reference}").text
    assert "Court of Session" in public

    sign_in(client, cast.other_officer)
    assert client.get(f"{page}/orders/1/file").status_code == 404
    with pytest.raises(NotFound):
        service.record(
            under.journey.reference,
            under.id,
            order(under),
            actor=actor_for(cast.other_officer),
            clock=under.journey.clock,
        )
