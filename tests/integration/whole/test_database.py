"""The migrated database is the one that the models describe, append-only tables included."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.orm import Session

import scoring.award.committee.models
import scoring.award.contracts.models  # noqa: F401  (all make their tables known)
from marketplace.core.audit.models import APPEND_ONLY
from marketplace.core.database import Base
from tests.integration.whole.tables import differences, expected, pragmas, triggers

# Named here too, so that a model that loses its mark is noticed.
MUST_BE_APPEND_ONLY = {
    "bid_query_extension",
    "brought_bid",
    "brought_file",
    "log_checkpoint",
    "log_detail",
    "log_entry",
    "log_erasure",
    "log_key",
    "log_node",
    "log_stamp",
    *("erased_row", "erased_file", "keeping_time", "legal_hold", "hold_lift"),
    *("erasure", "erasure_answer", "debrief_file"),
    *("award_complaint", "complaint_proposal", "complaint_answer", "complaint_withdrawal"),
    *("court_proceedings", "proceedings_end", "proceedings_end_answer"),
    *("reconsideration", "reconsideration_answer", "panel_reopening", "agreed_again"),
    *("committee_decision", "award_route"),
    *("court_order", "court_order_answer", "rest_end", "advance_withdrawal"),
    "opened_submission",
    "opened_file",
    "opening",
    "opening_confirmation",
    "opening_officer",
    "own_erasure",
    "own_erasure_end",
    "opening_rehearsal",
    "plan",
    "submission",
    "score",
    "consensus_score",
    "declared_ground",
    "conflict_declaration",
    "conflict_decision",
    "recomputation",
    "found_interest",
    "found_decision",
    "score_set_aside",
    "agreement_void",
    "quality_unlock",
    "scoring_reopened",
    "result",
    "recommendation",
    "recommended_bid",
    "cut_off_decision",
    "advance",
    "advancing_bid",
    "advance_answer",
    "sign_off",
    "intention",
    "intention_withdrawal",
    "contract",
    "frozen_report",
    "ground_finding",
    "low_price_decision",
    "evidence_request",
    "evidence_extension",
    "evidence_answer",
    "evidence_decision",
    "due_diligence",
    "preferred_failure",
    "award_route",
    "committee_decision",
    "report_file",
    "evaluation_plan",
    "clarification_version",
    "addendum",
    "approved_text",
    "answer_mask",
    "notice_record",
    "contract_change",
    "contract_change_answer",
    "contract_detail",
    "eligibility_decision",
    "evidence_check",
    "evidence_sharing",
    "evidence_withdrawal",
    "eligibility_declaration",
    "passport_answer",
    "register_reading",
    "bidder_party",
    "party_bid",
    "bid_alias",
    "reading_order",
    "local_holiday",
    "regime_proposal",
    "regime_decision",
    "award_complaint",
    "complaint_proposal",
    "complaint_answer",
    "complaint_withdrawal",
    "court_proceedings",
    "proceedings_end",
    "proceedings_end_answer",
    "reconsideration",
    "reconsideration_answer",
    "panel_reopening",
    "agreed_again",
    "hold_lift",
    "milestone",
    "milestone_plan",
    "milestone_terms",
    "milestone_report",
    "milestone_file",
    "milestone_answer",
    "milestone_payment",
    "gate",
    "gate_finding",
    "gate_answer",
    "work_end",
    "work_finish",
    "benefit_review",
    "benefit_value",
    "debrief_file",
}


def test_tables_that_hold_evidence_are_append_only(app: Flask) -> None:
    assert set(APPEND_ONLY) == MUST_BE_APPEND_ONLY
    assert len(APPEND_ONLY) == len(set(APPEND_ONLY))


def test_append_only_tables_have_their_triggers_after_migration(
    session: Session, database_kind: str
) -> None:
    assert triggers(session) == expected(database_kind)


def test_triggers_after_migration_are_word_for_word_those_of_the_models(
    session: Session, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("only SQLite keeps the words of a trigger as they were given")
    statement = sa.text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
    migrated = {tuple(row) for row in session.execute(statement)}
    session.rollback()
    fresh = sa.create_engine("sqlite://")
    with fresh.begin() as connection:
        Base.metadata.create_all(connection)
        assert {tuple(row) for row in connection.execute(statement)} == migrated
    fresh.dispose()


def test_append_only_tables_have_their_triggers_after_going_back_and_forth(
    app: Flask, session: Session, database_kind: str
) -> None:
    downgrade(revision="base")
    assert triggers(session) == {}
    upgrade()

    assert triggers(session) == expected(database_kind)


def test_migrated_tables_are_those_of_the_models(session: Session) -> None:
    assert differences(session) == []


def test_sqlite_connections_keep_foreign_keys_and_recursive_triggers(
    session: Session, database_kind: str
) -> None:
    if database_kind == "postgresql":
        assert session.execute(sa.text("SHOW timezone")).scalar_one() == "UTC"
        return

    assert pragmas(session) == {
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "synchronous": 2,
        "journal_mode": "wal",
    }
