"""Signed contracts: signed once and within what was published, told more of, changed by two."""

import csv
import io
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from challenges.lifecycle import State
from challenges.stages.kinds import LaterKind
from challenges.stages.models import LaterPurchase
from marketplace.core.audit import log
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from scoring.award import service as award
from scoring.award.contracts import service
from scoring.award.contracts.changing import ChangeKind, Wanted
from scoring.award.contracts.models import ContractChange, ContractDetail
from scoring.award.contracts.queries import Kept, contracts_of
from scoring.award.contracts.terms import Terms
from scoring.award.models import Intention
from tests.conftest import sign_in
from tests.factories import a_body, a_person, actor_for
from tests.integration.challenges.browser import send
from tests.journeys import OWN_PRICE, VALUE_MINOR, Journey, Step

TERMS = Terms(
    starts_on=date(2027, 2, 1),
    ends_on=date(2027, 7, 31),
    extensions_most=1,
    extension_months=6,
    purchase_order="PO-1",
    manager="Digital services manager",
)


@pytest.fixture
def step() -> Step:
    """Begin when the intention is announced."""
    return Step.INTENTION


def sign(journey: Journey, reference: str = "C-1", value: int = OWN_PRICE, **more: str) -> None:
    """Record a contract as the officer."""
    award.sign_contract(
        journey.reference,
        contract_reference=reference,
        value_minor=value,
        terms=TERMS,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
        **more,
    )


@pytest.fixture
def signed(journey: Journey, session: Session) -> Journey:
    """Have the standstill over, and the contract signed at that instant."""
    journey.clock.instant = session.scalars(select(Intention)).one().standstill_ends_at
    sign(journey)
    return journey


def kept(journey: Journey) -> Kept:
    """Read the first contract."""
    journey.session.expire_all()
    return contracts_of(journey.session, journey.challenge)[0]


def change(journey: Journey, kind: ChangeKind, what: str = "More wards.", **more: object) -> int:
    """Describe a change as the officer."""
    return service.describe_change(
        journey.reference,
        kept(journey).contract.id,
        Wanted(kind, what, "They asked.", **more),  # type: ignore[arg-type]  # mixed dict
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )


def answer(
    journey: Journey, number: int, *, confirmed: bool = True, by: Role | None = None
) -> None:
    """Answer a change as the approver, or as the officer who described it."""
    person = journey.cast.officer if by else journey.cast.approver
    service.answer_change(
        journey.reference,
        number,
        confirmed=confirmed,
        reason="It is right.",
        actor=journey.actor(person),
        clock=journey.clock,
    )


def test_value_is_changed_by_two_people_and_never_beyond_stricter_rules(
    signed: Journey, session: Session
) -> None:
    number = change(signed, ChangeKind.VALUE, value_after_minor=OWN_PRICE + 100)
    assert change(signed, ChangeKind.VALUE, value_after_minor=OWN_PRICE + 100) == number == 1
    assert kept(signed).value_minor == OWN_PRICE
    told = session.scalars(
        select(Notice.to_email).where(Notice.subject.startswith("A change of a contract waits"))
    )
    assert list(told) == [signed.cast.approver.email]
    with pytest.raises(WrongMoment, match="waits for an approver"):
        change(signed, ChangeKind.SCOPE, "Other wards.")
    with pytest.raises(Forbidden):
        answer(signed, 1, by=Role.PROCUREMENT_OFFICER)
    answer(signed, 1)
    with pytest.raises(WrongMoment):
        answer(signed, 1)

    assert kept(signed).value_minor == OWN_PRICE + 100
    answer(signed, change(signed, ChangeKind.VALUE, value_after_minor=1), confirmed=False)
    assert kept(signed).value_minor == OWN_PRICE + 100
    with pytest.raises(Invalid) as refused:
        change(signed, ChangeKind.VALUE, value_after_minor=10_000_000_00)
    assert set(refused.value.fields) == {"value_after"}
    entries = [each.action for each in log.chain_entries(session, signed.reference)]
    assert [each for each in entries if each.startswith("contract.change")] == [
        *("contract.change_proposed", "contract.changed"),
        *("contract.change_proposed", "contract.change_returned"),
    ]
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(delete(ContractChange))
    session.rollback()


def test_extension_stays_within_the_options_of_the_contract_and_the_register_tells_it(
    signed: Journey, client: FlaskClient
) -> None:
    public = f"/bodies/{signed.cast.body.id}/contracts"
    columns = ("End, without extensions", "End that holds now", "Extensions left")

    def told() -> tuple[str, ...]:
        (row,) = csv.DictReader(io.StringIO(client.get(f"{public}.csv").data.decode("utf-8-sig")))
        return tuple(row[name] for name in columns)

    assert told() == ("2027-07-31", "2027-07-31", "1 × 6 months")
    assert "may be extended once by 6 months" in client.get(public).text
    with pytest.raises(Invalid, match="put right") as late:
        change(signed, ChangeKind.EXTENSION, ends_on=date(2028, 2, 1))
    assert set(late.value.fields) == {"ends_on"}
    change(signed, ChangeKind.EXTENSION, ends_on=date(2028, 1, 31))
    assert kept(signed).ends_on == date(2028, 1, 31)
    assert told() == ("2027-07-31", "2028-01-31", "None")
    page = client.get(public).text
    assert "signed until" in page
    assert "may be extended" not in page
    with pytest.raises(Invalid):
        change(signed, ChangeKind.EXTENSION, ends_on=date(2028, 2, 1))


def test_contract_goes_to_a_supplier_that_is_verified_and_not_excluded(
    signed: Journey, session: Session
) -> None:
    rival = signed.cast.rival

    def take_over(name: str) -> int:
        return change(
            signed, ChangeKind.NOVATION, "A merger.", supplier=name, supplier_check="SC1."
        )

    for name in ("Nobody Ltd", signed.cast.supplier.name):
        with pytest.raises(Invalid) as refused:
            take_over(name)
        assert set(refused.value.fields) == {"supplier"}
    bid = session.scalars(select(Bid).where(Bid.reference == signed.rival_bid)).one()
    bid.state = BidState.EXCLUDED
    session.commit()
    with pytest.raises(Invalid):
        take_over(rival.name)
    bid.state = BidState.VALID
    verified, rival.verified_at = rival.verified_at, None
    session.commit()
    with pytest.raises(Invalid):
        take_over(rival.name)
    rival.verified_at = verified
    session.commit()
    answer(signed, take_over(rival.name.upper()))

    assert kept(signed).supplier.id == rival.id
    told = session.scalars(
        select(Notice.to_email).where(Notice.subject.startswith("A contract goes to another"))
    )
    assert set(told) == {signed.cast.supplier_admin.email, signed.cast.rival_admin.email}


def test_contract_is_recorded_once_and_a_later_purchase_within_its_value(
    signed: Journey, session: Session
) -> None:
    with pytest.raises(WrongMoment):
        sign(signed, "C-2")
    signed.challenge.later = LaterPurchase(
        kind=LaterKind.INCLUDED, value_minor=10_000_00, bodies="Example Council"
    )
    session.commit()
    for reference, value, field in (
        ("C-2", 10_000_01, "value"),
        ("c-1", 10_000_00, "reference"),
        ("C-2", VALUE_MINOR, "value"),
    ):
        with pytest.raises(Invalid) as refused:
            sign(signed, reference, value, bid_reference=signed.own_bid, work="later")
        assert set(refused.value.fields) == {field}
    sign(signed, "C-2", 10_000_00, bid_reference=signed.own_bid, work="later")

    found = contracts_of(session, signed.challenge)
    assert [each.contract.later_purchase for each in found] == [False, True]
    assert [each.notice for each in found] == [1, 1_002]
    assert signed.challenge.state is State.SIGNED


def test_pages_of_a_contract_tell_its_register_line_and_take_more_of_it(
    signed: Journey, session: Session, client: FlaskClient
) -> None:
    sign_in(client, signed.cast.officer)
    base = f"/work/challenges/{signed.reference}/contracts"
    one = f"{base}/{kept(signed).contract.id}"

    assert "C-1" in client.get(base).text
    page = client.get(one).text
    assert "PO-1" in page
    assert "1 × 6 months" in page
    assert send(client, f"{one}/details", {"purchase_order": "", "manager": ""}).status_code == 422
    details = {"purchase_order": "PO-2 <b>", "manager": "The lead"}
    for _again in range(2):
        assert send(client, f"{one}/details", details).status_code == 303
    assert len(session.scalars(select(ContractDetail)).all()) == 2
    assert "PO-2 &lt;b&gt;" in client.get(one).text
    assert client.get(f"{one}/change/friendship").status_code == 404
    wrong = send(client, f"{one}/change/value", {"what": "More", "why": "", "value_after": "0"})
    assert wrong.status_code == 422
    assert "Say this in a few sentences" in wrong.text
    right = {"what": "More", "why": "Asked", "value_after": "21,000"}
    assert send(client, f"{one}/change/value", right).status_code == 303
    # Who may not confirm it is told why not, before anything is typed.
    assert client.get(f"{base}/changes/1/answer").status_code == 403
    sign_in(client, signed.cast.approver)
    asked = client.get(f"{base}/changes/1/answer").text
    rise = (21_000_00 - OWN_PRICE) / OWN_PRICE
    assert "£21,000 from then on, £" in asked
    assert f"more than now. That is {rise:.1%}".replace("%", " percent of its first value") in asked
    assert "It cannot be taken back." in asked
    assert send(client, f"{base}/changes/1/answer", {"answer": "confirm"}).status_code == 422
    taken = {"answer": "confirm", "reason": "It is right."}
    assert send(client, f"{base}/changes/1/answer", taken).status_code == 303
    assert "£21,000" in client.get(one).text
    sign_in(client, signed.cast.officer)
    notice = client.get(f"/work/challenges/{signed.reference}/contract/changes/1").text
    assert "21000.00" in notice


def test_contract_of_another_body_is_not_there(signed: Journey, session: Session) -> None:
    body = a_body(session, signed.clock.now(), "Other Council")
    stranger = a_person(session, signed.clock.now(), body, Role.PROCUREMENT_OFFICER)
    session.commit()
    with pytest.raises(NotFound):
        service.describe_change(
            signed.reference,
            kept(signed).contract.id,
            Wanted(ChangeKind.SCOPE, "x", "y"),
            actor=actor_for(stranger),
            clock=signed.clock,
        )


def test_signing_needs_what_brings_a_contract_to_an_end(journey: Journey, session: Session) -> None:
    journey.clock.instant = session.scalars(select(Intention)).one().standstill_ends_at
    journey.clock.instant += timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        award.sign_contract(
            journey.reference,
            contract_reference="C-1",
            value_minor=1,
            terms=Terms(starts_on=None),
            actor=journey.actor(journey.cast.officer),
            clock=journey.clock,
        )
    assert set(refused.value.fields) == {"starts_on", "ends_on"}
