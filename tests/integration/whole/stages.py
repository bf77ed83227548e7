"""Copies a signed award many times over, for lists that must not slow down with their rows."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.core.database import Base, new_id
from marketplace.core.vault import sealing
from tests.journeys import Journey

# In the order in which rows refer to each other, with what names the row of this award.
_TABLES = (
    "challenge",
    "stage",
    "bid",
    "result",
    "recommendation",
    "sign_off",
    "recommended_bid",
    "intention",
    "contract",
)


def copy_of_decision(session: Session, journey: Journey) -> None:
    """Add another award with the same people: the rows of the journey's, under new identifiers."""
    renamed: dict[Any, uuid.UUID] = {}
    tables = Base.metadata.tables
    number = new_id().hex[-8:].upper()
    for name in _TABLES:
        table = tables[name]
        for row in session.execute(sa.select(table).where(_first(session, table, journey))):
            values = dict(row._mapping)
            if isinstance(values.get("id"), uuid.UUID):
                renamed[values["id"]] = new_id()
            for column, value in values.items():
                if value in renamed:
                    values[column] = renamed[value]
            if name == "challenge":
                values["reference"] = f"CH-{number}"
            if name == "stage":
                values["sealing_key_id"] = None
            if name == "bid":
                # The copies were sealed nowhere: a draft needs no submission.
                values |= {
                    "reference": f"B-{new_id().hex[-8:].upper()}",
                    "state": "draft",
                    "current_version": None,
                    "copy_key_id": sealing.new_copy(session, journey.clock).id,
                }
            session.execute(sa.insert(table).values(values))
    session.commit()


def _first(session: Session, table: sa.Table, journey: Journey) -> sa.ColumnElement[bool]:
    """Tell the journey's own rows from those of copies."""
    tables = Base.metadata.tables
    challenge = (
        sa.select(tables["challenge"].c.id)
        .where(tables["challenge"].c.reference == journey.reference)
        .scalar_subquery()
    )
    stage = (
        sa.select(tables["stage"].c.id)
        .where(tables["stage"].c.challenge_id == challenge)
        .scalar_subquery()
    )
    if table.name == "challenge":
        return table.c.id == challenge
    if table.name == "stage":
        return table.c.challenge_id == challenge
    if table.name == "sign_off":
        recommendation = tables["recommendation"]
        return table.c.recommendation_id.in_(
            sa.select(recommendation.c.id).where(recommendation.c.stage_id == stage)
        )
    return table.c.stage_id == stage
