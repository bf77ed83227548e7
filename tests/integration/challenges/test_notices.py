"""Codes are chosen, the notice is copied and recorded, and the gate holds until it is."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from challenges import service
from challenges.drafting import approved
from challenges.kinds import LegalRoute
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.notices import service as notices
from challenges.notices.kinds import NoticeKind
from challenges.notices.models import ChosenCode, NoticeRecord
from challenges.notices.rules import Noticed
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_person, actor_for
from tests.integration.challenges.browser import send
from tests.integration.challenges.states import in_state

RECORDED = Noticed("NOV523456", date(2026, 11, 30), "https://notices.example/NOV523456")


@pytest.fixture
def large(session: Session, body: Organisation, lead: User) -> Challenge:
    """Give an approved challenge above the threshold."""
    challenge = in_state(session, body, lead, State.READY)
    challenge.value_minor = 400_000_00
    challenge.legal_route = LegalRoute.OPEN
    challenge.stage.closes_at = NOW + timedelta(days=31)
    approved.keep(session, challenge, FixedClock(NOW))
    session.commit()
    return challenge


def record(
    challenge: Challenge, officer: User, clock: FixedClock, noticed: Noticed = RECORDED
) -> None:
    notices.record_notice(
        challenge.reference, NoticeKind.CONTRACT, noticed, actor=actor_for(officer), clock=clock
    )


def publish(challenge: Challenge, officers: list[User], clock: FixedClock) -> None:
    service.publish(
        challenge.reference,
        openers_named=[each.id for each in officers],
        actor=actor_for(officers[0]),
        clock=clock,
    )


def stored(session: Session, challenge: Challenge) -> State | None:
    return session.scalar(select(Challenge.state).where(Challenge.id == challenge.id))


def codes_of(session: Session, challenge: Challenge) -> dict[str, bool]:
    session.expire_all()
    return {each.code: each.main for each in challenge.codes}


def test_nothing_above_the_threshold_is_published_before_its_notice(
    session: Session, large: Challenge, officers: list[User], clock: FixedClock
) -> None:
    with pytest.raises(Invalid, match="before the contract notice"):
        publish(large, officers, clock)
    assert stored(session, large) == State.READY

    record(large, officers[0], clock)
    publish(large, officers, clock)

    assert stored(session, large) == State.OPEN
    first = log.chain_entries(session, large.reference)[0]
    assert (first.action, first.fields["notice"]) == ("notice.recorded", "NOV523456")
    assert first.fields["published_on"] == "2026-11-30"


def test_recording_again_keeps_what_was_recorded_before_and_the_same_twice_once(
    session: Session, large: Challenge, officers: list[User], clock: FixedClock
) -> None:
    for reference in ("NOV1", "NOV1", "nov1 ", "NOV2"):
        record(large, officers[0], clock, Noticed(reference, date(2026, 11, 30)))

    assert session.scalars(select(NoticeRecord.reference)).all() == ["NOV1", "NOV2"]
    assert len(log.chain_entries(session, large.reference)) == 2
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(delete(NoticeRecord))


def test_notice_is_not_recorded_by_a_lead_by_another_body_or_for_a_draft(
    session: Session, body: Organisation, lead: User, large: Challenge, clock: FixedClock
) -> None:
    other = a_person(session, NOW, a_body(session, NOW, "Other"), Role.PROCUREMENT_OFFICER)
    own = a_person(session, NOW, body, Role.PROCUREMENT_OFFICER)
    draft = in_state(session, body, lead, State.DRAFT)

    with pytest.raises(Forbidden):
        record(large, lead, clock)
    with pytest.raises(NotFound):
        record(large, other, clock)
    with pytest.raises(WrongMoment):
        record(draft, own, clock)
    assert session.scalar(select(func.count()).select_from(NoticeRecord)) == 0


def test_codes_have_one_main_one_and_at_most_twenty_others(
    session: Session, body: Organisation, lead: User, clock: FixedClock
) -> None:
    draft = in_state(session, body, lead, State.DRAFT)
    actor = actor_for(lead)

    notices.choose_code(draft.reference, "73000000-2", main=True, actor=actor, clock=clock)
    notices.choose_code(draft.reference, "73000000", main=True, actor=actor, clock=clock)
    assert codes_of(session, draft) == {"73000000": True, "72000000": False}

    for number in range(19):
        draft.codes.append(ChosenCode(code=f"{number:08d}", main=False))
    session.commit()
    with pytest.raises(Invalid, match="at most 20"):
        notices.choose_code(draft.reference, "48000000", main=False, actor=actor, clock=clock)
    with pytest.raises(Invalid, match="no such code"):
        notices.choose_code(draft.reference, "12345678", main=False, actor=actor, clock=clock)
    notices.remove_code(draft.reference, "73000000", actor=actor, clock=clock)
    notices.remove_code(draft.reference, "73000000", actor=actor, clock=clock)
    assert len(codes_of(session, draft)) == 20


def test_database_refuses_a_second_main_code(
    session: Session, body: Organisation, lead: User
) -> None:
    draft = in_state(session, body, lead, State.DRAFT)
    draft.codes.append(ChosenCode(code="48000000", main=True))

    with pytest.raises(IntegrityError):
        session.flush()


def test_draft_of_a_regulated_value_needs_a_main_code_and_a_small_one_is_advised(
    session: Session, body: Organisation, lead: User, clock: FixedClock
) -> None:
    draft = in_state(session, body, lead, State.DRAFT)
    draft.codes = []
    draft.value_minor = 60_000_00
    session.commit()

    with pytest.raises(Invalid, match="main code"):
        service.submit_for_review(draft.reference, actor=actor_for(lead), clock=clock)
    draft.value_minor = 45_000_00
    session.commit()
    service.submit_for_review(draft.reference, actor=actor_for(lead), clock=clock)


def test_codes_are_searched_chosen_and_removed_in_the_browser(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    draft = in_state(session, body, lead, State.DRAFT)
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/codes"

    found = client.get(f"{path}?q=air+quality").text
    assert "Air quality management" in found
    assert "90731100" in found
    assert "No code has these words" in client.get(f"{path}?q=<script>").text
    added = client.post(f"{path}?q=air+quality", data={"action": "add:90731100"})
    assert added.headers["Location"] == f"{path}?q=air+quality#chosen"
    assert codes_of(session, draft) == {"72000000": True, "90731100": False}
    refused = client.post(path, data={"action": "add:00000000"})
    assert (refused.status_code, "There is no such code" in refused.text) == (422, True)
    client.post(path, data={"action": "remove:72000000"})
    client.post(path, data={"action": "main:90731100"})
    assert codes_of(session, draft) == {"90731100": True}


def test_gate_says_what_is_missing_leads_there_and_opens_when_it_stands(
    client: FlaskClient, session: Session, large: Challenge, officers: list[User]
) -> None:
    sign_in(client, officers[0])
    gate = f"/work/challenges/{large.reference}/publish"
    notice = f"/work/challenges/{large.reference}/notice"

    closed = client.get(gate).text
    assert "Nothing may" in client.get(notice).text
    assert (notice in closed, "Publish now" in closed) == (True, False)
    wrong = send(client, notice, {"reference": "pending", "published_on": ["31", "2", "2026"]})
    assert wrong.status_code == 422
    assert "Enter a real date" in wrong.text
    assert 'value="pending"' in wrong.text
    right = send(
        client, notice, {"reference": "nov523456", "published_on": ["30", "11", "2026"], "url": ""}
    )
    assert right.headers["Location"] == gate
    opened = client.get(gate).text
    assert "NOV523456" in opened
    assert "Publish now" in opened
    published = send(client, gate, {"openers": [str(each.id) for each in officers]})
    assert published.status_code == 303
    public = client.get(f"/challenges/{large.reference}").text
    assert "Contract notice NOV523456 on Public Contracts Scotland" in public
    assert "72000000-5" in public


def test_notice_is_downloaded_as_plain_text_in_the_forms_order(
    client: FlaskClient, large: Challenge, officers: list[User]
) -> None:
    large.title = 'How can "we" <b>wait</b>?'
    sign_in(client, officers[0])

    answer = client.get(f"/work/challenges/{large.reference}/notice?as=text")

    assert answer.mimetype == "text/plain"
    assert f"{large.reference}-notice.txt" in answer.headers["Content-Disposition"]
    assert answer.text.index("II.1.1  Title") < answer.text.index("II.1.2  Main CPV code")
    assert "400000.00" in answer.text


def test_rules_page_shows_the_sum_behind_the_band_and_what_follows(
    client: FlaskClient, session: Session, large: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{large.reference}/rules"

    page = client.get(path).text
    assert "£480,000" in page  # £400,000 with VAT
    assert "£207,720" in page
    assert "reg. 60" in page
    assert "Required before signing" in page
    large.legal_route = LegalRoute.RESEARCH_AND_DEVELOPMENT
    session.commit()
    page = client.get(path).text
    assert "reg. 60" not in page
    assert "Required before signing" not in page
    assert "To be confirmed by your organisation" in page
    large.value_minor = None
    session.commit()
    assert "not set yet" in client.get(path).text
    assert client.get(f"/work/challenges/{large.reference}/notice").status_code == 409


def test_closing_too_soon_under_the_law_stops_publication(
    session: Session, large: Challenge, officers: list[User], clock: FixedClock
) -> None:
    large.legal_route = LegalRoute.OPEN
    large.stage.closes_at = NOW + timedelta(days=29)
    session.commit()
    record(large, officers[0], clock)

    with pytest.raises(Invalid, match="at least 30 days"):
        publish(large, officers, clock)
