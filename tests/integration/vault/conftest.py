"""A market with keys of every kind: a challenge, a submitted bid, a draft, and three officers."""

import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from challenges.lifecycle import State
from marketplace.config import Settings
from marketplace.core.accounts.models import User
from marketplace.core.permissions import Role
from marketplace.core.vault.models import DraftKey, OfficerKey, SealingKey
from tests.conftest import NOW
from tests.factories import (
    a_bid,
    a_body,
    a_challenge,
    a_person,
    a_supplier,
    give_opening_key,
    name_openers,
)


@dataclass(frozen=True)
class Kept:
    """What hangs on the master key."""

    session: Session
    settings: Settings
    officers: list[User]
    sealing_key: uuid.UUID
    draft: uuid.UUID

    @property
    def file(self) -> Path:
        """Give the file of the master key."""
        return self.settings.master_key_path

    def wrapped(self) -> dict[uuid.UUID, bytes]:
        """Read every wrapped key."""
        self.session.rollback()
        return {
            key: wrapped
            for table in (SealingKey, DraftKey, OfficerKey)
            for key, wrapped in self.session.execute(select(table.id, table.wrapped)).tuples()
            if wrapped is not None
        }


@pytest.fixture
def kept(app: Flask, session: Session, settings: Settings) -> Kept:
    """Make one key for a closing, two for suppliers' copies, one draft's and three officers'."""
    body = a_body(session, NOW)
    officers = [a_person(session, NOW, body, Role.PROCUREMENT_OFFICER) for _ in range(3)]
    challenge = a_challenge(session, NOW, body, officers[0], State.OPEN)
    name_openers(session, NOW, challenge, *officers)
    give_opening_key(session, NOW, *officers)
    drafts = []
    for state in (BidState.SUBMITTED, BidState.DRAFT):
        supplier = a_supplier(session, NOW)
        person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
        bid = a_bid(session, NOW, challenge, supplier, person, state)
        if bid.draft_key_id is not None:
            drafts.append(bid.draft_key_id)
    assert challenge.stage.sealing_key_id is not None
    found = Kept(session, settings, officers, challenge.stage.sealing_key_id, drafts[0])
    session.commit()
    return found
