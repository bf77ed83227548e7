"""erasable words: what people wrote in the rooms of the decision and of the work goes too.

Revision: 0043, after 0042
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import Erasing, append_only_ddl

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

# By table: which columns could be erased before, and which can be now.
ERASABLE: dict[str, tuple[set[str], set[str]]] = {
    "bid_query_extension": (set(), {"because"}),
    "evidence_check": (set(), {"seen"}),
    "evidence_withdrawal": (set(), {"reason"}),
    "cut_off_decision": (set(), {"reason"}),
    "advance": (set(), {"reason"}),
    "advance_answer": (set(), {"reason"}),
    "reconsideration": (set(), {"reason"}),
    "reconsideration_answer": (set(), {"reason"}),
    "committee_decision": (set(), {"words"}),
    "complaint_proposal": (set(), {"reason"}),
    "complaint_answer": (set(), {"reason"}),
    "court_proceedings": (set(), {"about"}),
    "proceedings_end": (set(), {"evidence"}),
    "proceedings_end_answer": (set(), {"reason"}),
    "award_complaint": ({"grounds", "asks"}, {"grounds", "asks", "sender"}),
    "contract_detail": (set(), {"manager"}),
    "contract_change": (set(), {"why", "supplier_check"}),
    "contract_change_answer": (set(), {"reason"}),
    "work_end": (set(), {"words"}),
    "work_finish": (set(), {"words"}),
    "gate": (set(), {"reason"}),
    "gate_finding": (set(), {"words"}),
    "gate_answer": (set(), {"reason"}),
    "milestone_plan": (set(), {"reason"}),
    "milestone_report": (set(), {"words"}),
    "milestone_file": (set(), {"name"}),
    "milestone_answer": (set(), {"words"}),
    "milestone_payment": (set(), {"note"}),
    "evidence_request": (set(), {"says", "beyond"}),
    "evidence_extension": (set(), {"because"}),
    "preferred_failure": (set(), {"reason"}),
    "low_price_decision": (set(), {"reason"}),
    "recomputation": (set(), {"reason"}),
    "panel_reopening": (set(), {"reason"}),
    "recommendation": (set(), {"reason"}),
    "sign_off": (set(), {"reason"}),
    "intention_withdrawal": (set(), {"reason"}),
    "contract": (set(), {"supplier_check"}),
}


def upgrade() -> None:
    """Make the change."""
    for table, (_before, after) in ERASABLE.items():
        _change(table, after)


def downgrade() -> None:
    """Take the change back."""
    for table, (before, _after) in ERASABLE.items():
        _change(table, before)
        if not before and op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION refuse_{table}_change()")


def _change(table: str, erasable: set[str]) -> None:
    """Put another trigger about changes in place of the one that is there."""
    kind = op.get_bind().dialect.name
    op.execute(
        f"DROP TRIGGER {table}_no_update"
        if kind == "sqlite"
        else f"DROP TRIGGER {table}_no_change ON {table}"
    )
    found = sa.inspect(op.get_bind())
    columns = found.get_columns(table)
    keys = [found.get_pk_constraint(table)["constrained_columns"]]
    erasing = None
    if erasable:
        erasing = Erasing(
            keys[0][0],
            {column["name"] for column in columns} - erasable,
            {column["name"] for column in columns if isinstance(column["type"], sa.JSON)},
        )
    for statement, dialect in append_only_ddl(table, keys, None, erasing):
        about_changes = (
            f"{table}_no_update " in statement
            or f"{table}_no_change " in statement
            or statement.startswith("CREATE OR REPLACE FUNCTION")
        )
        if dialect == kind and about_changes:
            op.execute(statement)
