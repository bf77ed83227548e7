"""Rules change with a date and two administrators; what was published keeps the rules it had."""

import re
import tomllib
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenges.law import law_holding, rules_on
from challenges.lifecycle import State
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from marketplace.core.regimes import book
from marketplace.core.regimes.changing.models import RegimeDecision, RegimeProposal
from tests.conftest import sign_in
from tests.factories import a_body, a_challenge, a_person, the_platform

CHANGE = "/admin/rules/scotland/change"
LOCAL = "bands.above_threshold.from_pounds.local"


@pytest.fixture
def admins(session: Session, clock: FixedClock) -> list[User]:
    """Add two who run the service."""
    platform = the_platform(session, clock.now())
    found = [
        a_person(session, clock.now(), platform, Role.PLATFORM_ADMIN, name=name)
        for name in ("Pia Platform", "Piet Platform")
    ]
    session.commit()
    return found


def typed(client: FlaskClient, page: str = CHANGE, **changes: object) -> dict[str, object]:
    """Give what the form would send, with these changes: a day, a reason and one threshold."""
    text = client.get(page).text
    found: dict[str, object] = dict(
        re.findall(
            r'<input[^>]*name="((?:bands|routes|vat|required)[^"]*)"[^>]*value="([^"]*)"', text
        )
    )
    based_on = re.search(r'name="based_on"[^>]*value="([^"]*)"', text)
    assert based_on
    return {
        **found,
        "based_on": based_on[1],
        "valid_from": ["1", "1", "2028"],
        "source": "A notice in the gazette of 3 November 2027",
        "notes": "All of it.",
        "reason": "The thresholds are set anew every two years.",
        LOCAL: "£214,904",
        **changes,
    }


def test_one_administrator_proposes_another_confirms_and_the_day_decides(
    client: FlaskClient, session: Session, clock: FixedClock, admins: list[User]
) -> None:
    body = a_body(session, clock.now())
    draft = a_challenge(session, clock.now(), body, a_person(session, clock.now(), body))
    open_one = a_challenge(
        session, clock.now(), body, a_person(session, clock.now(), body), State.OPEN
    )
    session.commit()
    sign_in(client, admins[0])

    sent = client.post(CHANGE, data=typed(client))

    assert sent.status_code == 303
    page = sent.location
    shown = client.get(page).text
    assert all(text in shown for text in ("£207,720", "£214,904", "Another administrator decides"))
    assert client.post(f"{page}/confirm").status_code == 403
    assert client.get("/rules/scotland/2028-01-01").status_code == 404

    sign_in(client, admins[1])
    assert "1 change of the rules waits for your decision" in client.get("/work").text
    assert client.post(f"{page}/confirm").status_code == 303
    # As from a second tab, or by a double click.
    assert client.post(f"{page}/confirm").status_code == 409
    assert client.post(f"{page}/refuse", data={"reason": "No."}).status_code == 409

    last_day = datetime(2027, 12, 31, 23, 59, tzinfo=UTC)
    assert rules_on(last_day).version == "2026-01"
    new_year = last_day + timedelta(minutes=1)
    assert rules_on(new_year).version == "2028-01-01"
    assert rules_on(new_year).bands[2].from_pounds["local"] == 214_904
    assert rules_on(new_year).bands[2].from_pounds["central"] == 135_018
    assert law_holding(draft, new_year).regime.version == "2028-01-01"
    # What was published keeps the version that it was pinned to.
    assert law_holding(open_one, new_year).regime.version == "2026-01"
    # Everybody reads it, with what is other, and as a file that the service itself could hold.
    client.get("/sign-out")
    text = client.get("/rules/scotland/2028-01-01").text
    assert all(word in text for word in ("does not hold yet", "£207,720", "£214,904"))
    file = tomllib.loads(client.get("/rules/scotland/2028-01-01/file").text)
    assert file["versions"][0]["bands"][2]["from_pounds"]["local"] == 214_904
    assert (file["key"], file["versions"][0]["valid_from"]) == ("scotland", date(2028, 1, 1))
    said = {
        entry.action: entry.fields
        for entry in session.scalars(select(LogEntry).order_by(LogEntry.n))
        if entry.action.startswith("rules.")
    }
    assert list(said) == ["rules.proposed", "rules.confirmed"]
    assert said["rules.proposed"]["changes"] == f"{LOCAL}: 207720 → 214904"
    assert said["rules.confirmed"]["version"] == "2028-01-01"


def test_what_does_not_fit_is_refused_and_what_was_typed_stays(
    client: FlaskClient, session: Session, clock: FixedClock, admins: list[User]
) -> None:
    sign_in(client, admins[0])
    fits = typed(client)
    standstill = "bands.regulated.standstill.days_other"

    for changes, said in (
        ({"valid_from": ["1", "12", "2026"]}, "valid from a day to come"),
        ({"valid_from": ["", "", ""]}, "Enter the day"),
        ({"reason": ""}, "Say why the rules change"),
        ({"source": "x" * 2001}, "2,000 characters or fewer"),
        ({LOCAL: "a lot"}, "for local bodies: Enter whole pounds"),
        ({LOCAL: "9999999999"}, "Above the GPA threshold, Begins at, for local bodies: Enter"),
        ({LOCAL: "207,720"}, "Nothing is other"),
        ({LOCAL: "40000"}, "thresholds contradict each other"),
        ({standstill: "9"}, "no shorter where a letter went by other means"),
        ({"bands.regulated.key": "mine"}, "something that it does not ask for"),
        ({"based_on": "2025-01"}, "Other rules were set since"),
    ):
        answer = client.post(CHANGE, data={**fits, **changes})
        assert (answer.status_code, said in answer.text) == (422, True), changes
        assert "A notice in the gazette" in answer.text or "source" in changes
    assert session.scalars(select(RegimeProposal)).all() == []
    assert client.get("/admin/rules/atlantis/change").status_code == 404

    # Two that begin from the same rules: once one holds the other is overtaken, and refused.
    pages = [
        client.post(CHANGE, data={**fits, LOCAL: pounds}).location
        for pounds in ("214,904", "1,000,000")
    ]
    sign_in(client, admins[1])
    assert client.post(f"{pages[0]}/confirm").status_code == 303
    assert "Other rules were set since" in client.get(pages[1]).text
    assert client.post(f"{pages[1]}/confirm").status_code == 409
    assert client.post(f"{pages[1]}/refuse", data={"reason": ""}).status_code == 422
    assert client.post(f"{pages[1]}/refuse", data={"reason": "Overtaken."}).status_code == 303
    assert "Overtaken." in client.get(pages[1]).text
    assert [each.version for each in book.versions("scotland")] == ["2026-01", "2028-01-01"]
    # The next is based on the newest, and waits until its day may not be reached any more.
    later = client.post(CHANGE, data=typed(client, valid_from=["1", "1", "2030"], **{LOCAL: "1"}))
    assert "thresholds contradict" in later.text
    later = client.post(
        CHANGE, data=typed(client, valid_from=["1", "1", "2030"], **{LOCAL: "300,000"})
    )
    clock.instant = datetime(2030, 1, 1, 12, tzinfo=UTC)
    sign_in(client, admins[0])
    assert client.post(f"{later.location}/confirm").status_code == 409
    # By then the list of bank holidays that came with the service has run out.
    assert "Bank holidays are known here until 31 December" in client.get("/rules").text


def test_database_itself_keeps_one_person_from_deciding_about_their_own(
    session: Session, clock: FixedClock, admins: list[User]
) -> None:
    proposal = RegimeProposal(
        id=uuid.uuid4(),
        regime="scotland",
        version="v",
        based_on="2026-01",
        valid_from=date(2028, 1, 1),
        changes={"figures": {}, "source": "s", "notes": "n"},
        reason="r",
        proposed_by_id=admins[0].id,
        proposed_at=clock.now(),
    )
    session.add(proposal)
    session.flush()
    session.add(
        RegimeDecision(
            proposal_id=proposal.id,
            proposed_by_id=admins[0].id,
            decided_by_id=admins[0].id,
            decided_at=clock.now(),
            regime="scotland",
            version="v",
            follows="2026-01",
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_other_rules_are_seen_by_nobody_until_an_administrator_has_a_body_buy_by_them(
    client: FlaskClient, session: Session, clock: FixedClock, admins: list[User]
) -> None:
    body = a_body(session, clock.now(), "Example Trust")
    officer = a_person(session, clock.now(), body, Role.PROCUREMENT_OFFICER)
    draft = a_challenge(session, clock.now(), body, officer)
    session.commit()
    choose = f"/admin/organisations/{body.id}/rules"
    sign_in(client, officer)
    assert "2023" not in client.get("/rules").text
    assert client.get("/rules/uk-2023").status_code == 404
    assert client.get(choose).status_code == 403

    sign_in(client, admins[0])
    assert client.get("/rules/uk-2023").status_code == 200
    for data in (
        {"regime": "uk-2023", "reason": ""},
        {"regime": "atlantis", "reason": "It is there."},
        {"regime": "scotland", "reason": "As before."},
    ):
        assert client.post(choose, data=data).status_code == 422
    chosen = {"regime": "uk-2023", "reason": "Its seat is in Carlisle."}
    assert client.post(choose, data=chosen).status_code == 303

    sign_in(client, officer)
    assert client.get("/rules/uk-2023").status_code == 200
    assert law_holding(draft, clock.now()).band.key == "notifiable"
    assert "Part 6" in client.get(f"/work/challenges/{draft.reference}/rules").text
