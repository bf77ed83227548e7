"""The award notice, and changes of a signed contract with theirs."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from challenges.models import Challenge
from challenges.notices.models import NoticeRecord
from marketplace.core.audit import log
from marketplace.core.errors import Forbidden, Invalid
from marketplace.core.regimes.notice_forms import notice_book
from scoring.award.notices import service
from scoring.award.notices.models import ContractChange
from scoring.award.notices.service import Described
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.integration.challenges.browser import send
from tests.journeys import OWN_PRICE, Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


def describe(journey: Journey, **more: object) -> int:
    described = Described(
        **{
            "what": "Two more wards.",
            "why": "They asked.",
            "value_after_minor": OWN_PRICE + 100,
            **more,
        }  # type: ignore[arg-type]
    )
    return service.describe_change(
        journey.reference, described, actor=actor_for(journey.cast.officer), clock=journey.clock
    )


def test_award_notice_tells_supplier_value_and_bids_and_is_recorded(
    client: FlaskClient, session: Session, journey: Journey
) -> None:
    sign_in(client, journey.cast.officer)
    path = f"/work/challenges/{journey.reference}/decision/notice"

    text = client.get(f"{path}?as=text").text
    assert f"without VAT (GBP)\n{OWN_PRICE / 100:.2f}" in text
    today = journey.clock.instant
    recorded = send(
        client,
        path,
        {"reference": "JAN1", "published_on": [str(today.day), str(today.month), str(today.year)]},
    )
    assert recorded.status_code == 303
    assert session.scalars(select(NoticeRecord.kind)).all() == ["award"]
    assert "Award notice JAN1" in client.get(f"/challenges/{journey.reference}").text


def test_change_of_a_contract_is_numbered_recorded_and_said_in_its_notice(
    client: FlaskClient, session: Session, journey: Journey
) -> None:
    assert [describe(journey), describe(journey), describe(journey, what="Less.")] == [1, 1, 2]

    first, second = session.scalars(select(ContractChange).order_by(ContractChange.number))
    assert (first.value_before_minor, first.value_after_minor) == (OWN_PRICE, OWN_PRICE + 100)
    assert second.value_before_minor == OWN_PRICE + 100
    entries = log.chain_entries(session, journey.reference)
    changed = [e.fields["what"] for e in entries if e.action == "contract.changed"]
    assert changed == ["Two more wards.", "Less."]
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(delete(ContractChange))
    session.rollback()
    sign_in(client, journey.cast.officer)
    page = client.get(f"/work/challenges/{journey.reference}/contract/changes/1").text
    assert "Two more wards." in page
    assert client.get(f"/work/challenges/{journey.reference}/contract/changes/3").status_code == 404


def test_change_is_described_in_the_browser_and_bad_input_is_kept(
    client: FlaskClient, session: Session, journey: Journey
) -> None:
    sign_in(client, journey.cast.officer)
    path = f"/work/challenges/{journey.reference}/contract/changes"

    wrong = send(client, path, {"what": "More <b>", "why": "", "value_after": "0"})
    assert wrong.status_code == 422
    assert "More &lt;b&gt;" in wrong.text
    assert "Say this in a few sentences" in wrong.text
    right = send(client, path, {"what": "More", "why": "Asked", "value_after": "1,000"})
    assert right.headers["Location"] == f"{path}/1"


def test_change_is_not_described_by_others_or_with_what_cannot_be(
    session: Session, journey: Journey
) -> None:
    for person in (journey.cast.lead, journey.cast.approver):
        with pytest.raises(Forbidden):
            service.describe_change(
                journey.reference,
                Described("x", "y", 1),
                actor=actor_for(person),
                clock=journey.clock,
            )
    with pytest.raises(Invalid):
        describe(journey, why="")
    with pytest.raises(Invalid):
        describe(journey, what="x" * 5_001)
    with pytest.raises(Invalid):
        describe(journey, value_after_minor=0)


def test_above_the_threshold_a_change_needs_a_ground_that_allows_its_value(
    session: Session, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = notice_book("scotland", "2026-01")
    monkeypatch.setattr(service, "grounds_of", lambda *_: dict(book.change_grounds))

    with pytest.raises(Invalid) as none:
        describe(journey)
    with pytest.raises(Invalid) as much:
        describe(journey, ground="unforeseen", value_after_minor=OWN_PRICE * 2)
    assert set(none.value.fields) == {"ground"}
    assert set(much.value.fields) == {"value_after"}
    assert describe(journey, ground="unforeseen", value_after_minor=OWN_PRICE * 3 // 2) == 1


def test_hub_asks_for_the_award_notice_only_where_the_rules_do(
    client: FlaskClient, session: Session, journey: Journey
) -> None:
    sign_in(client, journey.cast.officer)
    wanted = "Publish the award notice, and record it"
    challenge = session.scalars(
        select(Challenge).where(Challenge.reference == journey.reference)
    ).one()

    page = client.get(f"/work/challenges/{journey.reference}").text

    assert challenge.stage.plan is not None
    assert (wanted in page) is (challenge.stage.plan.band != "below_act")
