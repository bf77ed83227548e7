"""A challenge whose bids went elsewhere and closed there, its people, and archives to bring."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from bids.drafts import asked_of
from bids.elsewhere import writing
from bids.elsewhere.layout import BIDS, SHEET_NAME, headings
from challenges import service
from challenges.elsewhere.service import send_elsewhere
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from tests.conftest import NOW
from tests.factories import a_body, a_challenge, a_person, actor_for
from tests.integration.challenges.browser import Browser
from tests.integration.panel.conftest import Scene
from tests.scenes import KeptScene, Scenes

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LINK = "https://notices.example.org/notice?id=NOV123"
RECEIVED = f"{NOW - timedelta(hours=3):%Y-%m-%d %H:%M}"


def a_bid_row(supplier: str, **cells: str) -> dict[str, str]:
    """Give the cells of a bid that is right, with some of them changed."""
    return {
        "supplier": supplier,
        "received": RECEIVED,
        "answers.solves": f"What {supplier} would do.",
        "answers.team": "Five people.",
        "price": "4,000",
        **{name.replace("__", "."): text for name, text in cells.items()},
    }


def archive_of(
    challenge: Challenge,
    rows: Sequence[Mapping[str, str]],
    files: Mapping[str, bytes] | None = None,
) -> io.BytesIO:
    """Fill in the challenge's own sheet, and pack it with some files."""
    asked = asked_of(challenge.stage)
    columns = headings(asked)
    empty = writing.write(
        columns,
        asked,
        title="",
        reference="",
        closes="",
        now=NOW,
        translate=lambda words, **_d: words,
    )
    book = load_workbook(io.BytesIO(empty))
    keys = [heading.key for heading in columns]
    for number, row in enumerate(rows, start=2):
        for key, text in row.items():
            book[BIDS].cell(number, keys.index(key) + 1).value = text
    sheet, out = io.BytesIO(), io.BytesIO()
    book.save(sheet)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(SHEET_NAME, sheet.getvalue())
        for name, content in (files or {}).items():
            package.writestr(name, content)
    out.seek(0)
    return out


def _published(session: Session, clock: FixedClock) -> Scene:
    """Publish a challenge whose bids went elsewhere, an hour before it closed there."""
    body = a_body(session, NOW)
    people = {
        "lena": Role.CHALLENGE_LEAD,
        "olga": Role.PROCUREMENT_OFFICER,
        "otto": Role.PROCUREMENT_OFFICER,
        "cher": Role.CHAIR,
        "eva": Role.EVALUATOR,
        "evan": Role.EVALUATOR,
        "evie": Role.EVALUATOR,
        "abby": Role.APPROVER,
        "audrey": Role.AUDITOR,
    }
    users: dict[str, User] = {
        name: a_person(session, NOW, body, role, name=name.capitalize())
        for name, role in people.items()
    }
    challenge = a_challenge(
        session,
        NOW,
        body,
        users["lena"],
        State.DRAFT,
        price_model=PriceModel.FIXED_BOUNDS,
        closes_at=NOW - timedelta(hours=1),
    )
    session.commit()
    reference = challenge.reference
    clock.instant = NOW - timedelta(hours=2)
    lena, olga = actor_for(users["lena"]), actor_for(users["olga"])
    send_elsewhere(reference, notice="NOV123", link=LINK, actor=lena, clock=clock)
    service.submit_for_review(reference, actor=lena, clock=clock)
    service.approve(reference, actor=olga, clock=clock, because="It is well known there.")
    service.publish(reference, openers_named=(), actor=olga, clock=clock)
    clock.instant = NOW
    return Scene(session, clock, reference, body, challenge, users)


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Scene]:
    """Keep a challenge whose bids went elsewhere."""
    return scenes.keep("elsewhere", _published)


@pytest.fixture
def scene(kept_scene: KeptScene[Scene], session: Session, clock: FixedClock) -> Scene:
    """Give a challenge whose bids went elsewhere, an hour before it closed there."""
    return kept_scene.give(session, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()
