"""Stored openings, plans and keys are held against the log: whatever was changed is found."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bids import service
from bids.models import Flaw, OpenedSubmission, Opening, OpeningConfirmation
from challenges.closing_models import OpeningOfficer
from challenges.models import EvaluationPlan, Plan, Stage
from marketplace.core import jobs
from marketplace.core.access import current_files
from marketplace.core.audit import retention
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.database import Base, db
from marketplace.core.errors import Invalid
from marketplace.core.vault.models import OfficerKey, SealingKey
from scoring.engine.canonical import canonical
from tests.conftest import NOW
from tests.factories import PASSPHRASE, record_publication
from tests.integration.bids.conftest import Scene
from tests.integration.bids.damage import damage, deleted, insert, written_over


def open_bids(scene: Scene, session: Session, clock: FixedClock, *, spoil: bool = False) -> str:
    """Publish, take a bid, close, and have two officers open it; give the bid's reference."""
    record_publication(session, NOW, scene.challenge, *scene.officers)
    session.commit()
    bid = scene.written_bid(clock)
    envelope = service.submit_bid(bid, actor=scene.admin, arrived=NOW, clock=clock).sha256
    if spoil:
        current_files().path(envelope).write_bytes(b"something else")
    clock.instant = scene.closes_at + timedelta(minutes=2)
    for number in range(2):
        service.confirm_opening(
            scene.challenge.reference,
            passphrase=PASSPHRASE,
            second_factor=True,
            actor=scene.officer(number),
            clock=clock,
        )
    while jobs.run_due(clock):
        pass
    return bid


@pytest.fixture
def bid(scene: Scene, session: Session, clock: FixedClock) -> str:
    """Open a challenge's one bid."""
    made = open_bids(scene, session, clock)
    session.rollback()
    return made


def changed(table: type[Base], which: sa.ColumnElement[bool], **values: Any) -> list[str]:
    """Write values over a row's, say what is found, and put it back."""
    with written_over(db.engine, table, which, values):
        return damage()


def only(session: Session, table: type[Base]) -> dict[str, Any]:
    """Give the values of a table's first row."""
    found = session.execute(sa.select(table.__table__)).mappings().first()
    session.rollback()
    assert found is not None
    return dict(found)


def test_opening_as_it_happened_agrees_with_the_log(bid: str) -> None:
    assert damage() == []


def test_flagged_bid_agrees_with_the_log_that_says_so(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    open_bids(scene, session, clock, spoil=True)

    assert only(session, OpenedSubmission)["flaw"] is Flaw.DIFFERS
    assert damage() == []


def test_changed_document_of_an_opened_bid_is_found(bid: str, session: Session) -> None:
    held = json.loads(only(session, OpenedSubmission)["document"])
    held["ai_statement"] = "We used every one."

    for other in (canonical(held), b"{}"):
        assert changed(OpenedSubmission, sa.true(), document=other) == [
            f"bid {bid}, version 1, opened: What was read of it is not what was submitted, and its"
            " flag does not say so"
        ]


def test_flag_that_was_put_on_an_opened_bid_is_found(bid: str, scene: Scene) -> None:
    found = changed(OpenedSubmission, sa.true(), flaw=Flaw.UNREADABLE)

    assert f"bid {bid}, version 1, opened: It is flagged, and what was read of it is what was" in (
        "\n".join(found)
    )
    assert any("What is stored of its envelopes is not what entry" in each for each in found)


def test_other_digest_of_an_opened_envelope_is_found(bid: str) -> None:
    found = changed(OpenedSubmission, sa.true(), found_sha256="ab" * 32)

    assert any("What is stored of its envelopes is not what entry" in each for each in found)


def test_officers_statement_that_was_changed_or_moved_is_found(bid: str, session: Session) -> None:
    statement = only(session, OpeningConfirmation)["statement"]
    which = OpeningConfirmation.statement == statement

    found = changed(
        OpeningConfirmation, which, statement=statement.replace('"count":1', '"count":2')
    )

    assert any("No entry records its statement" in each for each in found)
    assert any("an officer's confirmation that is not stored" in each for each in found)


def test_confirmation_under_another_officers_key_is_found(bid: str, session: Session) -> None:
    held = only(session, OpeningConfirmation)
    other = session.scalars(
        sa.select(OfficerKey.id).where(OfficerKey.id != held["officer_key_id"])
    ).first()
    session.rollback()

    found = changed(
        OpeningConfirmation,
        OpeningConfirmation.statement == held["statement"],
        officer_key_id=other,
    )

    assert any("records another officer, key or closing" in each for each in found)


def test_confirmation_that_was_deleted_is_found(bid: str, session: Session) -> None:
    statement = only(session, OpeningConfirmation)["statement"]

    with deleted(db.engine, OpeningConfirmation, OpeningConfirmation.statement == statement):
        found = damage()

    assert any("an officer's confirmation that is not stored" in each for each in found)


def test_opening_of_another_instant_or_by_others_is_found(
    bid: str, session: Session, scene: Scene
) -> None:
    third = scene.officers[2].id
    for values in (
        {"opened_at": NOW},
        {"closed_n": 0},
        {"first_officer_id": third},
    ):
        found = changed(Opening, sa.true(), **values)
        assert any("records another instant, closing or other officers" in e for e in found), values


def test_opening_that_was_deleted_is_found(bid: str) -> None:
    with deleted(db.engine, Opening, sa.true()):
        found = damage()

    assert any("It records an opening that is not stored" in each for each in found)


def test_opening_that_nothing_records_is_found(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    record_publication(session, NOW, scene.challenge, *scene.officers)
    session.commit()
    stage, officers = scene.challenge.stage.id, [each.id for each in scene.officers]
    insert(
        db.engine,
        Opening,
        [
            {
                "stage_id": stage,
                "closed_n": 0,
                "opened_at": NOW,
                "first_officer_id": officers[0],
                "second_officer_id": officers[1],
            }
        ],
    )

    assert f"challenge {scene.challenge.reference}, opening: No entry records it" in damage()


def test_officer_who_is_no_longer_stored_as_named_is_found(bid: str, scene: Scene) -> None:
    with deleted(db.engine, OpeningOfficer, OpeningOfficer.officer_id == scene.officers[2].id):
        found = damage()

    assert any("It names an officer who is not stored" in each for each in found)


def test_plan_that_is_not_the_logged_one_is_found(bid: str, session: Session, scene: Scene) -> None:
    plan = only(session, Plan)["canonical"]
    other = plan.replace(b'"minimum_panel":3', b'"minimum_panel":4')
    assert other != plan
    for values in ({"canonical": other}, {"sha256": "ab" * 32}):
        # The bids that answer it are then said to differ from it, too.
        found = changed(Plan, sa.true(), **values)
        assert (
            f"challenge {scene.challenge.reference}: Its plan is not the one that the log names"
            in found
        )


def test_criteria_that_are_not_the_plans_are_found(
    bid: str, session: Session, scene: Scene
) -> None:
    evaluation = only(session, EvaluationPlan)["canonical"]
    other = evaluation.replace(b'"weight":"60"', b'"weight":"61"')
    assert other != evaluation
    for values in ({"canonical": other}, {"sha256": "ab" * 32}):
        assert changed(EvaluationPlan, sa.true(), **values) == [
            f"challenge {scene.challenge.reference}: The criteria and method of its stage are not"
            " those of its plan"
        ]


def test_sealing_key_that_is_not_the_logged_one_is_found(
    bid: str, session: Session, scene: Scene
) -> None:
    key = session.scalars(sa.select(Stage.sealing_key_id)).first()
    session.rollback()

    assert changed(SealingKey, SealingKey.id == key, recipient="age1other") == [
        f"challenge {scene.challenge.reference}: Its bids are sealed to another key than the log"
        " names"
    ]


def test_closing_instant_that_was_moved_without_an_entry_is_found(bid: str, scene: Scene) -> None:
    moved = scene.closes_at + timedelta(hours=1)

    assert changed(Stage, sa.true(), closes_at=moved) == [
        f"challenge {scene.challenge.reference}: It closes at another instant than the log says"
    ]


@pytest.mark.parametrize(
    ("action", "names"),
    [
        ("challenge.published", ["plan", "closes_at", "sealing_key"]),
        ("opening.officer_named", ["key", "officer_id"]),
        ("opening.confirmed", ["key", "statement", "place"]),
        ("bids.opened", ["bids", "count", "officers"]),
    ],
)
def test_what_an_opening_is_proven_by_cannot_be_erased(
    bid: str, session: Session, clock: FixedClock, action: str, names: list[str]
) -> None:
    place = session.scalars(
        sa.select(LogEntry.n).where(LogEntry.action == action).order_by(LogEntry.n)
    ).first()
    session.rollback()
    assert place is not None
    for name in names:
        with pytest.raises(Invalid):
            retention.erase(place, name, reason="A rule", clock=clock)
