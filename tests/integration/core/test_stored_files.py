"""Rows of stored files: what the database knows of bytes that lie on disk."""

import uuid

from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.access import current_files
from marketplace.core.clock import FixedClock
from marketplace.core.files import store as files
from tests.conftest import NOW

SEALED = "application/age-encryption"


def test_stored_file_has_its_size_and_media_type(app: Flask, session: Session) -> None:
    sha256 = current_files().write(uuid.uuid4().bytes)

    row = files.keep(session, current_files(), sha256, media_type=SEALED, clock=FixedClock(NOW))

    assert (row.sha256, row.size, row.media_type, row.stored_at) == (sha256, 16, SEALED, NOW)


def test_stored_file_that_is_known_stays_as_it_was_told_first(app: Flask, session: Session) -> None:
    sha256 = current_files().write(b"the same bytes")
    first = files.keep(session, current_files(), sha256, media_type=SEALED, clock=FixedClock(NOW))

    again = files.keep(
        session, current_files(), sha256, media_type="text/plain", clock=FixedClock(NOW)
    )

    assert again is first
    assert again.media_type == SEALED
