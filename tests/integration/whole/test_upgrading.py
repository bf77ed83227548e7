"""Migrations on databases that hold something: what people wrote survives, or nothing changes."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from challenges.kinds import LegalRoute
from challenges.lifecycle import State
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Role
from marketplace.core.transaction import transaction
from marketplace.core.vault import officers
from marketplace.demonstration.fresh import start_again
from scoring.panel.lifecycle import Interest
from scoring.panel.service import Declaration, accept_briefing, declare_interests
from tests.conftest import NOW
from tests.factories import (
    PASSPHRASE,
    a_bid,
    a_body,
    a_challenge,
    a_panel,
    a_person,
    a_supplier,
    actor_for,
    an_opening,
    no_interests,
)
from tests.integration.whole.tables import (
    add,
    differences,
    expected,
    pragmas,
    rows,
    triggers,
    version,
)

Rows = Mapping[str, uuid.UUID]


def a_former_challenge(rows_so_far: Rows, reference: str, state: str, **more: object) -> uuid.UUID:
    """Add a challenge, with a stage and a criterion, to tables of the first version."""
    texts = ("summary", "problem", "affected", "today", "why_now", "outcome", "measures", "tried")
    challenge = add(
        "challenge",
        reference=reference,
        buyer_id=rows_so_far["body"],
        owner_id=rows_so_far["person"],
        title="Where can people wait in the warm?",
        **dict.fromkeys([*texts, "constraints", "support"], "Ask first."),
        currency="GBP",
        state=state,
        created_at=NOW,
        row_version=1,
        **more,
    )
    stage = add(
        "stage",
        challenge_id=challenge,
        ordinal=1,
        name="Application",
        closes_at=NOW + timedelta(days=14),
        price_model="fixed_budget",
        minimum_panel=3,
    )
    add(
        "criterion",
        stage_id=stage,
        ordinal=1,
        key="solves",
        kind="quality",
        title="Solves",
        question="How?",
        guidance="",
        weight=60_000,
        max_score=5_000,
    )
    return stage


@pytest.fixture
def former(app: Flask) -> Rows:
    """Go back to the tables of the first version and write what people had written there."""
    downgrade(revision="base")
    upgrade(revision="0001")
    known = {
        "person": add(
            "user_account",
            email="una@example.org",
            name="Una Sample",
            active=True,
            created_at=NOW,
            fs_uniquifier="u" * 32,
        ),
        "body": add(
            "organisation",
            kind="body",
            name="Example Council",
            body_type="local",
            created_at=NOW,
        ),
        "supplier": add(
            "organisation",
            kind="supplier",
            name="Specimen Ltd",
            supplier_type="company",
            created_at=NOW,
        ),
    }
    known["membership"] = add(
        "membership",
        user_id=known["person"],
        organisation_id=known["body"],
        created_at=NOW,
    )
    add(
        "sign_in",
        user_id=known["person"],
        digest="0" * 64,
        started_at=NOW,
        ends_at=NOW + timedelta(hours=8),
    )
    a_former_challenge(known, "CH-DRAFT", "draft")
    known["stage"] = a_former_challenge(
        known,
        "CH-REVIEW",
        "in_review",
        submitted_by_id=known["person"],
        submitted_at=NOW,
    )
    db.session.remove()
    return known


def publish_before(known: Rows) -> None:
    """Publish a challenge as the first version did."""
    a_former_challenge(known, "CH-OPEN", "open", published_at=NOW)


def begin_bid_before(known: Rows) -> None:
    """Begin a bid as the first version did, on a challenge whose publication was taken back."""
    with db.engine.connect() as connection:
        challenge = connection.scalar(
            sa.text("SELECT id FROM challenge WHERE reference = 'CH-REVIEW'")
        )
    add(
        "bid",
        reference="B-ONE",
        challenge_id=challenge,
        stage_id=known["stage"],
        supplier_id=known["supplier"],
        state="draft",
        created_by_id=known["person"],
        created_at=NOW,
        changed_at=NOW,
        contract_points="",
        ai_statement="",
        row_version=1,
    )


def test_upgrade_from_the_first_version_keeps_what_was_not_published(
    former: Rows, session: Session, database_kind: str
) -> None:
    upgrade()

    assert rows("challenge", "reference", "state", "problem") == [
        ("CH-DRAFT", "draft", "Ask first."),
        ("CH-REVIEW", "in_review", "Ask first."),
    ]
    assert rows("stage", "name", "sealing_key_id") == [("Application", None)] * 2
    assert rows("criterion", "key", "weight") == [("solves", 60_000)] * 2
    assert rows("organisation", "name") == [("Example Council",), ("Specimen Ltd",)]
    assert rows("membership", "ended_at") == [(None,)]
    # Whether a second factor was given at a sign-in of before, nobody knows.
    assert [bool(given) for (given,) in rows("sign_in", "second_factor")] == [False]
    assert triggers(session) == expected(database_kind)
    assert differences(session) == []


@pytest.mark.parametrize("use", [publish_before, begin_bid_before])
def test_upgrade_from_the_first_version_refuses_what_was_published_and_changes_nothing(
    former: Rows, session: Session, use: Callable[[Rows], None]
) -> None:
    use(former)
    before = rows("challenge", "reference", "state"), rows("bid", "reference")
    found = triggers(session)

    with pytest.raises(WrongMoment, match="Nothing was changed"):
        upgrade()

    assert version() == "0001"
    assert (rows("challenge", "reference", "state"), rows("bid", "reference")) == before
    assert rows("bid_answer", "text") == []
    assert triggers(session) == found


def test_upgrade_lets_a_challenge_have_each_legal_route_and_no_other(
    former: Rows, session: Session
) -> None:
    upgrade()
    route = sa.text("UPDATE challenge SET legal_route = :route")

    for each in LegalRoute:
        session.execute(route, {"route": each.value})
    with pytest.raises(IntegrityError):
        session.execute(route, {"route": "by_friendship"})
    session.rollback()

    session.execute(route, {"route": LegalRoute.DESIGN_CONTEST.value})
    session.commit()
    with pytest.raises(WrongMoment, match="legal route"):
        downgrade(revision="0006")
    session.execute(route, {"route": LegalRoute.OPEN.value})
    session.commit()
    downgrade(revision="0006")
    with pytest.raises(IntegrityError):
        session.execute(route, {"route": LegalRoute.DESIGN_CONTEST.value})
    session.rollback()


def test_downgrade_keeps_what_was_not_published(former: Rows, session: Session) -> None:
    upgrade()
    signer, locked = officers.prepare("tests.example/log", PASSPHRASE)
    with transaction() as inside:
        officers.keep(inside, former["person"], signer, locked, FixedClock(NOW))
    db.session.remove()

    downgrade(revision="0001")

    assert rows("challenge", "reference") == [("CH-DRAFT",), ("CH-REVIEW",)]
    assert "sealing_key_id" not in {
        column["name"] for column in sa.inspect(db.engine).get_columns("stage")
    }
    upgrade()
    assert rows("stage", "name") == [("Application",)] * 2
    assert differences(session) == []


def test_downgrade_refuses_what_was_published_and_changes_nothing(session: Session) -> None:
    publish_and_submit(session, NOW)
    newest = version()

    with pytest.raises(WrongMoment, match="Nothing was changed"):
        downgrade(revision="0001")

    assert version() == newest
    assert len(rows("submission", "sha256")) == 1


def test_downgrade_refuses_to_drop_what_bodies_and_people_said(session: Session) -> None:
    body = a_body(session, NOW)
    owner = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
    challenge = a_challenge(session, NOW, body, owner, State.DRAFT)
    session.commit()
    about, by, their = challenge.id, owner.id, body.id
    db.session.remove()
    newest = version()
    # The last one stays: what is evidence cannot be deleted.
    said: Mapping[str, tuple[str, dict[str, object]]] = {
        "drawn_from": ("0009", {"source_id": about}),
        "partner_message": (
            "0008",
            {"organisation_id": their, "by_id": by, "text": "May we join?", "at": NOW},
        ),
        "approved_text": (
            "0003",
            {"canonical": b"{}", "sha256": "0" * 64, "approved_at": NOW},
        ),
    }
    for table, (before, values) in said.items():
        add(table, challenge_id=about, **values)

        with pytest.raises(WrongMoment, match="Nothing was changed"):
            downgrade(revision=before)

        assert version() == newest
        assert len(rows(table, "challenge_id")) == 1
        if table != "approved_text":
            with db.engine.begin() as connection:
                connection.execute(sa.text(f"DELETE FROM {table}"))
    add("own_erasure", user_id=by, asked_at=NOW)
    with pytest.raises(WrongMoment, match="Nothing was changed"):
        downgrade(revision="0044")


def publish_and_submit(session: Session, at: datetime) -> None:
    """Add a published challenge and a submitted bid, which refer to each other in circles."""
    body = a_body(session, at)
    owner = a_person(session, at, body, Role.CHALLENGE_LEAD)
    supplier = a_supplier(session, at)
    bidder = a_person(session, at, supplier, Role.SUPPLIER_ADMIN)
    challenge = a_challenge(session, at, body, owner, State.OPEN)
    a_bid(session, at, challenge, supplier, bidder, BidState.SUBMITTED)
    session.commit()
    db.session.remove()


def test_starting_again_leaves_the_tables_of_an_empty_installation(
    session: Session, database_kind: str
) -> None:
    publish_and_submit(session, NOW)

    start_again()

    assert rows("challenge", "id") == rows("log_entry", "n") == rows("user_account", "id") == []
    assert triggers(session) == expected(database_kind)
    assert database_kind != "sqlite" or pragmas(session)["foreign_keys"] == 1


def test_starting_again_works_on_tables_of_an_earlier_version(
    former: Rows, session: Session, database_kind: str
) -> None:
    publish_before(former)
    begin_bid_before(former)

    start_again()

    assert rows("challenge", "id") == []
    assert triggers(session) == expected(database_kind)


def test_interests_in_bids_become_interests_in_their_bidders_and_back(
    session: Session, database_kind: str
) -> None:
    body = a_body(session, NOW)
    officers = [a_person(session, NOW, body, Role.PROCUREMENT_OFFICER) for _number in range(2)]
    lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
    challenge = a_challenge(session, NOW, body, lead, State.CLOSED)
    challenge.state = State.OPENED
    panel = a_panel(session, NOW, challenge)
    bids = []
    for name in ("Acorn", "Birch"):
        supplier = a_supplier(session, NOW, name)
        bidder = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
        bids.append(a_bid(session, NOW, challenge, supplier, bidder, BidState.VALID).id)
    an_opening(session, NOW, challenge, *officers)
    session.commit()
    chair = panel.members[0].user
    accept_briefing(challenge.reference, actor=actor_for(chair), clock=FixedClock(NOW))
    declared = {
        **no_interests(session, challenge),
        "Birch": Declaration(Interest.DECLARED, "A friend works there."),
    }
    declare_interests(challenge.reference, declared, actor=actor_for(chair), clock=FixedClock(NOW))
    keys = sorted(rows("bidder_party", "key"))
    db.session.remove()

    downgrade(revision="0024")

    assert sorted(rows("conflict_declaration", "bid_id, interest")) == sorted(
        [(_stored(bids[0], database_kind), "none"), (_stored(bids[1], database_kind), "declared")]
    )

    upgrade()

    assert sorted(rows("bidder_party", "key")) == keys
    assert [row[0] for row in rows("party_bid", "role")] == ["bidder", "bidder"]
    assert triggers(session) == expected(database_kind)
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), db.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM conflict_declaration"))


def _stored(identifier: uuid.UUID, database_kind: str) -> object:
    return identifier.hex if database_kind == "sqlite" else identifier


def test_masks_are_of_a_step_of_their_own_and_are_not_thrown_away(session: Session) -> None:
    body = a_body(session, NOW)
    officer = a_person(session, NOW, body, Role.PROCUREMENT_OFFICER)
    challenge = a_challenge(session, NOW, body, officer, State.OPEN)
    bid = a_bid(session, NOW, challenge, a_supplier(session, NOW), officer)
    session.commit()
    mask = {"bid_id": bid.id, "masked_by_id": officer.id, "masked_at": NOW}
    db.session.remove()

    downgrade(revision="0031")
    tables = sa.inspect(db.engine)
    assert not tables.has_table("answer_mask")
    assert "asked_elsewhere" not in {
        column["name"] for column in tables.get_columns("low_price_decision")
    }
    upgrade()

    assert differences(session) == []
    session.rollback()
    add("answer_mask", words="Specimen", reason="It names the bidder.", **mask)
    newest = version()
    with pytest.raises(WrongMoment, match="Nothing was changed"):
        downgrade(revision="0031")
    assert version() == newest
