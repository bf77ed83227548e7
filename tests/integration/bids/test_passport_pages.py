"""A supplier's passport in the browser: answered part by part, confirmed, and reminded of."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.models import EligibilityDeclaration
from bids.passport import queries, service
from bids.passport.kinds import Subject
from bids.passport.models import PassportAnswer
from bids.passport.readings import LOOK_UP
from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_person, a_supplier, actor_for
from tests.integration.challenges.browser import hidden_fields, send

IDENTITY = {
    "kind": "company",
    "legal_name": "Made-up Lanterns Ltd",
    "company_number": "sc 123456",
    "address": "1 Fictional Street\nDundee",
    "contact": "Sales",
    "email": "sales@example.org",
    "telephone": "01632 960 001",
    "website": "www.example.org",
}
HERE = "/organisation/passport"


def fields(page: str) -> dict[str, str]:
    """Give what stands in the boxes of a page and which of its radios is chosen."""
    inputs = re.findall(r"<input[^>]*>", page)
    found = {}
    for tag in inputs:
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and ('type="radio"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1])
    return found


def test_answers_are_given_part_by_part_and_shown_with_who_when_and_until(
    session: Session, client: FlaskClient
) -> None:
    supplier = a_supplier(session, NOW)
    ada = a_person(session, NOW, supplier, Role.SUPPLIER_CONTRIBUTOR, name="Ada Example")
    session.commit()
    sign_in(client, ada)
    assert "Not yet answered" in client.get(HERE).text

    wrong = send(
        client, f"{HERE}/identity", {**IDENTITY, "company_number": "12", "kind": "charity"}
    )
    assert wrong.status_code == 422
    assert "Enter your charity number" in wrong.text
    assert "1 Fictional Street" in wrong.text

    # Nobody asks a register here.
    assert send(client, f"{HERE}/identity", IDENTITY).headers["Location"] == HERE
    assert not session.scalars(select(jobs.Job.id).where(jobs.Job.kind == LOOK_UP)).all()
    page = client.get(HERE).text
    assert "Ada Example answered on" in page
    again = client.get(f"{HERE}/identity").text
    assert 'value="SC123456"' in again
    assert 'value="https://www.example.org"' in again
    assert 'id="register"' not in again


def test_identity_begins_with_what_registration_told_and_is_kept_only_when_saved(
    session: Session, client: FlaskClient
) -> None:
    supplier = a_supplier(session, NOW, "Made-up Lanterns Ltd")
    founder = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN, name="Ada Example")
    left = a_person(session, NOW - timedelta(days=9), supplier, Role.SUPPLIER_ADMIN, name="Bo")
    left.memberships[0].ended_at = NOW
    later = a_person(session, NOW + timedelta(days=1), supplier, Role.SUPPLIER_CONTRIBUTOR)
    session.commit()
    sign_in(client, later)

    page = client.get(f"{HERE}/identity").text

    for known in ("company", "Made-up Lanterns Ltd", "Ada Example", founder.email):
        assert f'value="{known}"' in page
    assert 'value="company" checked' in page
    assert "nothing is kept before you save" in page
    assert queries.passport_of(session, supplier.id).answers == {}
    added = {"company_number": "SC123456", "address": "1 Fictional Street"}
    filled = fields(page) | added
    assert client.post(f"{HERE}/identity", data=filled).status_code == 303
    assert "nothing is kept before you save" not in client.get(f"{HERE}/identity").text


def test_list_grows_row_by_row_without_script_and_loses_nothing(
    session: Session, client: FlaskClient
) -> None:
    supplier = a_supplier(session, NOW)
    sign_in(client, a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN))
    first = {"rows-0-name": "Ada Example", "rows-0-position": "Director"}

    more = send(client, f"{HERE}/signatories", {**first, "more": "1"})
    shown = client.get(more.headers["Location"]).text
    assert 'value="Ada Example"' in shown
    assert 'name="rows-1-name"' in shown

    half = send(client, f"{HERE}/signatories", {**first, "rows-1-name": "Bo Example"})
    assert half.status_code == 422
    assert 'href="#rows-1-position"' in half.text
    assert 'value="Bo Example"' in half.text

    gone = {**first, "rows-0-name": "", "rows-0-position": "", "rows-1-name": "Bo Example",
            "rows-1-position": "Secretary"}  # fmt: skip
    assert send(client, f"{HERE}/signatories", gone).status_code == 303
    answers = queries.passport_of(session, supplier.id).answers
    assert answers[Subject.SIGNATORIES].values == {
        "rows": [{"name": "Bo Example", "position": "Secretary"}]
    }


def test_second_editor_sees_the_first_ones_answer_and_keeps_both(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    supplier = a_supplier(session, NOW)
    ada = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN, name="Ada Example")
    bo = a_person(session, NOW, supplier, Role.SUPPLIER_CONTRIBUTOR)
    session.commit()
    sign_in(client, bo)
    page = f"{HERE}/climate"
    seen = hidden_fields(client.get(page).text)
    mine = {"plan": "yes", "says": "We cycle."}
    service.answer(
        Subject.CLIMATE, {"plan": "no", "says": "Not yet"}, actor=actor_for(ada), clock=clock
    )

    refused = client.post(page, data={**seen, **mine})

    assert refused.status_code == 409
    assert "What Ada Example answered meanwhile" in refused.text
    assert "We cycle." in refused.text
    assert client.post(page, data={**hidden_fields(refused.text), **mine}).status_code == 303
    session.expire_all()
    given = queries.history(session, supplier.id, Subject.CLIMATE)
    assert [row.values["plan"] for row in given] == ["yes", "no"]


def test_size_is_explained_with_those_that_hold_a_part(
    session: Session, client: FlaskClient
) -> None:
    sign_in(client, a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN))
    size = {"staff": "4", "turnover_minor": "£300,000", "balance_minor": "0",
            "rows-0-name": "Fictional Holding", "rows-0-share": "30", "rows-0-staff": "100",
            "rows-0-turnover_minor": "0", "rows-0-balance_minor": "0"}  # fmt: skip
    assert send(client, f"{HERE}/size", size).status_code == 303

    declaring = client.get("/organisation/eligibility/declare").text
    assert "From your passport: Small, 34 people" in declaring
    assert 'name="turnover"' not in declaring
    groups = ("crimes", "tax", "work", "conduct", "purchase")
    declared = {**{f"group-{key}": "no" for key in groups}, "agreed": "y"}
    assert send(client, "/organisation/eligibility/declare", declared).status_code == 303
    assert session.scalars(select(EligibilityDeclaration.staff)).one() == 34

    page = client.get(f"{HERE}/size").text

    assert "Your size class: Small" in page
    assert "Counted: 34 people" in page
    assert "Fictional Holding counts by its share, 30 %." in page


def test_confirming_dates_anew_what_holds_and_leaves_what_expired(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    supplier = a_supplier(session, NOW)
    ada = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
    actor = actor_for(ada)
    session.commit()
    service.answer(Subject.CLIMATE, {"plan": "no"}, actor=actor, clock=clock)
    ends = {"rows": [{"name": "Cyber Essentials", "ends_on": "2027-03-01"}]}
    clock.instant = NOW + timedelta(days=200)
    service.answer(Subject.FAIR_WORK, {"living_wage": "yes"}, actor=actor, clock=clock)
    clock.instant = NOW + timedelta(days=10)
    service.answer(Subject.CERTIFICATES, ends, actor=actor, clock=clock)
    before = queries.passport_of(session, supplier.id).answers
    clock.instant = NOW + timedelta(days=380)
    sign_in(client, ada)

    assert send(client, HERE, {}).status_code == 303

    session.expire_all()
    after = queries.passport_of(session, supplier.id).answers
    assert after[Subject.FAIR_WORK].expires_at > before[Subject.FAIR_WORK].expires_at
    assert after[Subject.CLIMATE].expires_at == before[Subject.CLIMATE].expires_at
    assert after[Subject.CERTIFICATES].expires_at == before[Subject.CERTIFICATES].expires_at


def test_what_has_ended_already_is_refused_in_words(session: Session, client: FlaskClient) -> None:
    sign_in(client, a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN))
    old = {"rows-0-name": "ISO 9001", "rows-0-ends_on": ["1", "2", "2020"]}

    refused = send(client, f"{HERE}/certificates", old)

    assert refused.status_code == 422
    assert "This has ended already" in refused.text
    assert client.get(f"{HERE}/nothing").status_code == 404


def test_supplier_is_reminded_a_month_and_a_week_before_once_for_all_that_expires(
    session: Session, clock: FixedClock
) -> None:
    ada = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    actor = actor_for(ada)
    session.commit()
    for subject, values in (
        (Subject.CLIMATE, {"plan": "no"}),
        (Subject.FAIR_WORK, {"living_wage": "yes"}),
        (Subject.PROMPT_PAYMENT, {"days": 14}),
    ):
        service.answer(subject, values, actor=actor, clock=clock)
    until = queries.passport_of(session, actor.organisation_id).answers[Subject.CLIMATE].expires_at

    def letters() -> list[str]:
        while jobs.run_due(clock):
            pass
        session.expire_all()
        return list(session.scalars(select(Notice.text).where(Notice.subject.contains("passport"))))

    clock.instant = until - timedelta(days=30, seconds=1)
    assert letters() == []
    clock.instant = until - timedelta(days=30)
    (told,) = letters()
    assert "Fair work, Prompt payment, Climate" in told
    service.confirm(actor=actor, clock=clock)
    clock.instant = until - timedelta(days=7)
    assert len(letters()) == 1


def test_nobody_but_the_suppliers_people_answers_or_reads(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    officer = a_person(session, NOW, a_body(session, NOW), Role.PROCUREMENT_OFFICER)
    session.commit()
    with pytest.raises(Forbidden):
        service.answer(Subject.CLIMATE, {"plan": "no"}, actor=actor_for(officer), clock=clock)
    sign_in(client, officer)
    assert client.get(HERE).status_code == 403
    assert session.scalar(select(func.count()).select_from(PassportAnswer)) == 0
