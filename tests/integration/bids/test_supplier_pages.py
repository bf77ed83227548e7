"""A supplier's pages, without script: from the start of a bid to its receipt, and every refusal."""

import uuid
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import queries, service
from bids.drafts import content_of
from bids.lifecycle import BidState
from bids.models import Bid, EligibilityDeclaration
from challenges.kinds import PriceModel
from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from marketplace.core.vault import sealing
from tests.conftest import NOW, count_statements, sign_in
from tests.factories import a_bid, a_challenge, a_declaration, a_person, a_supplier
from tests.integration.bids.conftest import MARKER, Scene, build_scene, the_bid
from tests.integration.challenges.browser import hidden_fields, send


def submit(client: FlaskClient, reference: str) -> int:
    answer = send(client, f"/bids/{reference}/submit", {"agreed": "y"})
    return answer.status_code


def test_a_first_bid_from_the_challenge_to_its_receipt(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    scene = build_scene(session, PriceModel.FIXED_BOUNDS)
    sign_in(client, scene.admin_user)
    started = send(client, f"/challenges/{scene.challenge.reference}/bid", {})
    at = started.headers["Location"]
    for key in ("solves", "team"):
        assert send(client, f"{at}/answers/{key}", {"text": f"{MARKER} {key}"}).status_code == 303
    assert send(client, f"{at}/price", {"price": "£4,000.50"}).status_code == 303
    assert send(client, f"{at}/terms", {"contract": "yes"}).status_code == 303
    assert "Go on to submit" in client.get(f"{at}/check").text
    sent = send(client, f"{at}/submit", {"agreed": "y"})
    assert sent.status_code == 303
    page = client.get(sent.headers["Location"]).text
    assert "Bid submitted" in page
    assert f"{MARKER} team" in page
    assert "£4,000.50" in page


class HeldBack(BytesIO):
    """The body of a request whose end comes only when bids have closed."""

    def __init__(self, body: bytes, clock: FixedClock, ends_at: datetime) -> None:
        super().__init__(body)
        self.clock, self.ends_at = clock, ends_at

    def readinto(self, buffer: Any, /) -> int:
        """Give the bytes and let the time pass."""
        self.clock.instant = self.ends_at
        return super().readinto(buffer)


def test_submit_whose_end_comes_after_closing_is_too_late(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    clock.instant = scene.closes_at - timedelta(seconds=10)
    sign_in(client, scene.admin_user)
    body = b"agreed=y"
    answer = client.post(
        f"/bids/{reference}/submit",
        input_stream=HeldBack(body, clock, scene.closes_at),
        content_length=len(body),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 409
    assert the_bid(session, reference).state is BidState.DRAFT


@pytest.mark.parametrize("version", ["2", "2147483648", "9" * 40])
def test_receipt_of_a_version_that_never_was_is_not_found(
    scene: Scene, client: FlaskClient, clock: FixedClock, version: str
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    sign_in(client, scene.admin_user)
    assert client.get(f"/bids/{reference}/receipts/{version}").status_code == 404


def test_start_by_a_visitor_leads_to_sign_in_and_back(scene: Scene, client: FlaskClient) -> None:
    path = f"/challenges/{scene.challenge.reference}/bid"
    page = client.get(path).text
    assert f"/sign-in?next={path}" in page
    assert f"/create-account?next={path}" in page


def test_start_by_a_person_without_an_organisation_offers_to_register_one(
    scene: Scene, session: Session, client: FlaskClient
) -> None:
    person = a_person(session, NOW, None)
    session.commit()
    sign_in(client, person)
    page = client.get(f"/challenges/{scene.challenge.reference}/bid").text
    assert "/organisation/new/supplier" in page


def test_start_when_a_bid_exists_leads_to_it(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    answer = client.get(f"/challenges/{scene.challenge.reference}/bid")
    assert answer.headers["Location"] == f"/bids/{reference}"


def test_the_check_page_names_all_that_is_missing(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = service.start_bid(
        scene.challenge.reference, actor=scene.contributor, clock=clock
    ).reference
    sign_in(client, scene.admin_user)
    page = client.get(f"/bids/{reference}/check").text
    for missing in ("Answer “Criterion solves”", "Answer “Criterion team”", "draft contract"):
        assert missing in page
    assert "Go on to submit" not in page


def test_saving_an_answer_over_its_limit_keeps_it_and_says_so(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    long = "word " * 201
    send(client, f"/bids/{reference}/answers/team", {"text": long})
    assert "it has 201 words and may have 200" in client.get(f"/bids/{reference}/check").text


def test_saving_by_script_answers_with_the_mark_for_the_next_save(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    path, json = f"/bids/{reference}/answers/team", {"Accept": "application/json"}
    first = client.post(path, data={"text": "One"}, headers=json).get_json()
    second = client.post(path, data={"text": "Two", "seen": first["seen"]}, headers=json)
    assert second.status_code == 200
    stale = client.post(path, data={"text": "Three", "seen": first["seen"]}, headers=json)
    assert stale.status_code == 409
    assert "Somebody else changed this" in stale.get_json()["message"]


def test_saving_over_a_colleagues_change_shows_both_and_a_second_save_keeps_ours(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    path = f"/bids/{reference}/answers/team"
    old = {"text": "Mine, long thought about", "seen": "0" * 16}
    refused = client.post(path, data=old)
    assert refused.status_code == 409
    assert "Mine, long thought about" in refused.text
    assert f"{MARKER} (team)" in refused.text
    again = client.post(path, data={**hidden_fields(refused.text), "text": old["text"]})
    assert again.status_code == 303
    session.rollback()
    bid = queries.own_bid(session, reference, scene.admin)
    assert content_of(session, bid).answers["team"] == old["text"]


def test_saving_a_malformed_price_shows_it_again_with_the_fault(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    scene = build_scene(session, PriceModel.FIXED_BOUNDS)
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    answer = send(client, f"/bids/{reference}/price", {"price": "about 4k"})
    assert answer.status_code == 422
    assert 'value="about 4k"' in answer.text
    assert "<title>Error: " in answer.text


def test_submitting_at_the_closing_instant_says_when_it_came_and_loses_nothing(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    clock.instant = scene.closes_at - timedelta(minutes=1)
    sign_in(client, scene.admin_user)
    assert "Submit your bid" in client.get(f"/bids/{reference}/submit").text
    clock.instant = scene.closes_at + timedelta(seconds=1)
    answer = client.post(f"/bids/{reference}/submit", data={"agreed": "y"})
    assert answer.status_code == 409
    assert "9:30:01am" in answer.text
    assert f"/bids/{reference}/check" in answer.text
    assert MARKER in client.get(f"/bids/{reference}/check").text
    assert the_bid(session, reference).state is BidState.DRAFT


def test_submitting_without_the_declaration_is_refused(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.admin_user)
    answer = send(client, f"/bids/{reference}/submit", {})
    assert answer.status_code == 422
    assert the_bid(session, reference).state is BidState.DRAFT


def test_submitting_by_two_clicks_leads_to_one_receipt(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.admin_user)
    form = hidden_fields(client.get(f"/bids/{reference}/submit").text)
    answers = [
        client.post(f"/bids/{reference}/submit", data={**form, "agreed": "y"}) for _ in range(2)
    ]
    assert {answer.headers["Location"] for answer in answers} == {f"/bids/{reference}/receipts/1"}
    assert len(the_bid(session, reference).submissions) == 1


def test_submitting_what_a_colleague_changed_meanwhile_is_refused(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.admin_user)
    form = hidden_fields(client.get(f"/bids/{reference}/submit").text)
    service.save_answer(reference, "team", "Changed", actor=scene.contributor, clock=clock)
    answer = client.post(f"/bids/{reference}/submit", data={**form, "agreed": "y"})
    assert answer.status_code == 409
    assert "Check it again" in answer.text
    assert the_bid(session, reference).state is BidState.DRAFT


def test_text_that_the_browser_kept_can_be_deleted_also_where_the_bid_cannot_be_changed(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.admin_user)

    assert submit(client, reference) == 303
    submitted = client.get(f"/bids/{reference}/answers/team").text
    clock.instant = scene.closes_at + timedelta(minutes=1)
    sign_in(client, scene.admin_user)
    closed = client.get(f"/bids/{reference}/answers/team").text

    for page in (submitted, closed):
        assert "data-keep-drop" in page
        assert "data-keep-use" not in page


def test_the_bid_says_which_version_counts_before_while_and_after_it_is_changed(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.admin_user)
    assert submit(client, reference) == 303
    sealed = client.get(f"/bids/{reference}").text
    assert "Version 1 is submitted and counts" in sealed
    assert "Nobody at the public body can read it until two officers open the bids" in sealed
    assert the_bid(session, reference).submissions[0].sha256 in sealed
    assert "Give up these changes" not in sealed

    changed = send(client, f"/bids/{reference}", {})
    assert changed.headers["Location"] == f"/bids/{reference}"
    send(client, f"/bids/{reference}/answers/team", {"text": "Better"})
    page = client.get(f"/bids/{reference}").text
    assert "Version 1 is submitted and counts" in page
    assert "Nothing changes until you submit again" in page
    assert "Give up these changes" in page
    assert submit(client, reference) == 303
    assert "Version 2 is submitted and counts" in client.get(f"/bids/{reference}").text
    assert "does not count any more" in client.get(f"/bids/{reference}/receipts/1").text


def test_withdrawing_asks_first_and_keeps_the_draft(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.admin_user)
    submit(client, reference)
    assert the_bid(session, reference).state is BidState.SUBMITTED
    assert send(client, f"/bids/{reference}/withdraw", {}).status_code == 303
    assert the_bid(session, reference).state is BidState.WITHDRAWN
    assert "Your bid is withdrawn" in client.get(f"/bids/{reference}").text


@pytest.mark.parametrize("page", ["submit", "withdraw"])
def test_a_contributor_is_shown_no_way_to_submit_or_withdraw(
    scene: Scene, client: FlaskClient, clock: FixedClock, page: str
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    assert client.get(f"/bids/{reference}/{page}").status_code == 403
    check = client.get(f"/bids/{reference}/check").text
    assert "Only a supplier administrator can submit a bid" in check


@pytest.mark.parametrize(
    "page", ["", "/answers/team", "/terms", "/check", "/submit", "/withdraw", "/receipts/1"]
)
def test_another_suppliers_bid_does_not_exist(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, page: str
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    other = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    sign_in(client, other)
    answer = client.get(f"/bids/{reference}{page}")
    assert answer.status_code == 404
    assert MARKER not in answer.text
    assert scene.supplier.name not in answer.text


NONE = dict.fromkeys((f"group-{key}" for key in ("crimes", "tax", "work", "conduct")), "no")
SMALL = {"group-purchase": "no", "staff": "1,200", "turnover": "£2,000,000", "balance": "500000"}
DECLARED = {**NONE, **SMALL, "agreed": "y"}
DECLARE = "/organisation/eligibility/declare"


def test_declaring_a_yes_asks_next_which_ground_and_keeps_everything_typed(
    scene: Scene, session: Session, client: FlaskClient
) -> None:
    sign_in(client, scene.admin_user)
    answers = {**DECLARED, "group-tax": "yes"}
    page = send(client, DECLARE, answers)
    assert page.status_code == 200
    assert "no court or authority has finally decided" in page.text
    # What does not concern them is not asked.
    assert "fraud-right" not in page.text
    assert 'value="1,200"' in page.text
    before = queries.current_declaration(session, scene.supplier.id)
    assert before is not None
    assert before.grounds == []

    refused = send(client, DECLARE, {**answers, "told": "tax"})
    assert refused.status_code == 422
    assert "Tax and social security: tick what applies, or answer no" in refused.text
    answers |= {"told": "tax", "tax_otherwise-applies": "y"}
    refused = send(client, DECLARE, answers)
    assert refused.status_code == 422
    assert "what you did to put it right" in refused.text
    assert 'value="£2,000,000"' in refused.text

    made = send(client, DECLARE, {**answers, "tax_otherwise-right": "We agreed a plan."})
    assert made.status_code == 303
    stands = client.get("/organisation/eligibility").text
    assert "Tax or social security, not decided" in stands
    assert "We agreed a plan." in stands


def test_declaring_what_is_longer_ago_than_the_rules_look_back_says_so(
    scene: Scene, client: FlaskClient
) -> None:
    sign_in(client, scene.admin_user)
    old = {
        "group-crimes": "yes",
        "told": "crimes",
        "fraud-applies": "y",
        "fraud-on": ["1", "1", str(NOW.year - 6)],
        "fraud-right": "We paid it back.",
    }
    page = send(client, DECLARE, {**DECLARED, **old})
    assert page.status_code == 422
    assert "longer ago than the rules look back" in page.text


def test_what_was_typed_about_a_ground_that_is_not_ticked_any_more_is_in_nobodys_way(
    scene: Scene, client: FlaskClient
) -> None:
    sign_in(client, scene.admin_user)
    typed = {"told": "crimes", "fraud-on": ["31", "2", "2024"], "fraud-right": "We paid."}
    assert send(client, DECLARE, {**DECLARED, **typed}).status_code == 303


def test_a_declaration_by_earlier_rules_answers_nothing_of_what_is_asked_now(
    scene: Scene, session: Session, client: FlaskClient
) -> None:
    earlier = a_declaration(session, NOW + timedelta(1), scene.supplier, scene.admin_user)
    session.execute(
        sa.insert(EligibilityDeclaration).values(
            {
                column.name: getattr(earlier, column.name)
                for column in EligibilityDeclaration.__table__.columns
            }
            | {
                "id": uuid.uuid4(),
                "declared_at": NOW + timedelta(days=2),
                "grounds_rules": "three-groups",
            }
        )
    )
    session.commit()
    sign_in(client, scene.admin_user)
    assert " checked" not in client.get(DECLARE).text


def test_declaration_that_expires_is_told_of_to_whoever_acts_for_the_supplier(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    sign_in(client, scene.admin_user)
    send(client, DECLARE, DECLARED)
    clock.instant = NOW + timedelta(days=364)
    jobs.run_due(clock)
    told = session.scalars(
        select(Notice.to_email).where(Notice.subject.contains("declaration of eligibility"))
    ).all()
    assert set(told) == {scene.admin_user.email, scene.contributor_user.email}


def test_declaring_leads_back_to_the_bid_that_sent_the_person(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.admin_user)
    made = send(client, f"{DECLARE}?bid={reference}", {**DECLARED, "staff": "3"})
    assert made.headers["Location"] == f"/bids/{reference}"
    assert "Micro" in client.get("/organisation/eligibility").text


SEALED_PAGES = ("", "/answers/team", "/terms", "/receipts/1", "/withdraw")
DRAFT_PAGES = (*SEALED_PAGES, "/check", "/submit", "/discard")


@pytest.mark.parametrize(
    ("page", "changing"),
    [*((page, False) for page in SEALED_PAGES), *((page, True) for page in DRAFT_PAGES)],
)
def test_a_page_of_a_bid_takes_at_most_12_statements(
    scene: Scene,
    session: Session,
    client: FlaskClient,
    clock: FixedClock,
    page: str,
    changing: bool,
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    if changing:
        service.change_bid(reference, actor=scene.admin, clock=clock)
    sign_in(client, scene.admin_user)
    with count_statements(session) as statements:
        assert client.get(f"/bids/{reference}{page}").status_code == 200
    assert len(statements) <= 12, "\n".join(statements.statements)


def test_the_list_of_50_bids_takes_at_most_12_statements(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    for number in range(50):
        challenge = a_challenge(session, NOW, scene.body, scene.lead, scene.challenge.state)
        session.add(
            Bid(
                reference=f"B-MANY{number:02d}",
                challenge_id=challenge.id,
                stage_id=challenge.stage.id,
                supplier_id=scene.supplier.id,
                created_by_id=scene.admin_user.id,
                created_at=NOW,
                changed_at=NOW,
                copy_key_id=sealing.new_copy(session, clock).id,
            )
        )
    session.commit()
    sign_in(client, scene.admin_user)
    with count_statements(session) as statements:
        page = client.get("/bids").text
    assert page.count("/bids/B-MANY") == 20
    assert "Older bids" in page
    assert len(statements) <= 12, "\n".join(statements.statements)


def test_saving_a_price_over_a_colleagues_shows_theirs(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    scene = build_scene(session, PriceModel.LOWEST_PRICE_RATIO)
    reference = scene.written_bid(clock)
    service.save_price(reference, 1_234_00, actor=scene.admin, clock=clock)
    sign_in(client, scene.contributor_user)
    answer = client.post(f"/bids/{reference}/price", data={"price": "999", "seen": "0" * 16})
    assert answer.status_code == 409
    assert "£1,234" in answer.text
    assert 'value="999"' in answer.text


def test_saving_terms_over_a_colleagues_shows_theirs_and_keeps_ours(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    ours = {"contract": "no", "points": "Clause 9", "ai_statement": "", "seen": "0" * 16}
    answer = client.post(f"/bids/{reference}/terms", data=ours)
    assert answer.status_code == 409
    assert "We used none." in answer.text
    assert "Clause 9" in answer.text


def test_saving_terms_without_points_where_the_contract_is_not_accepted_asks_for_them(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    answer = send(client, f"/bids/{reference}/terms", {"contract": "no", "points": ""})
    assert answer.status_code == 422


def test_saving_an_answer_and_going_on_leads_to_the_next_question(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    path = f"/bids/{reference}/answers/"
    first = send(client, path + "solves", {"text": "One", "then": "next"})
    assert first.headers["Location"] == path + "team"
    last = send(client, path + "team", {"text": "Two", "then": "next"})
    assert last.headers["Location"] == f"/bids/{reference}"


def test_saving_after_closing_shows_what_was_typed(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    clock.instant = scene.closes_at
    sign_in(client, scene.contributor_user)
    answer = client.post(
        f"/bids/{reference}/answers/team", data={"text": "Typed in the last minute"}
    )
    assert answer.status_code == 409
    assert "Typed in the last minute" in answer.text


def test_withdrawing_too_late_says_that_the_bid_still_counts(
    scene: Scene, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    clock.instant = scene.closes_at
    sign_in(client, scene.admin_user)
    answer = client.post(f"/bids/{reference}/withdraw")
    assert answer.status_code == 409
    assert "still counts" in answer.text


def test_an_opened_bid_tells_its_supplier_nothing_of_what_was_found(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    bid = a_bid(session, NOW, scene.challenge, scene.supplier, scene.admin_user, BidState.EXCLUDED)
    session.commit()
    clock.instant = scene.closes_at + timedelta(minutes=1)
    sign_in(client, scene.admin_user)
    page = client.get(f"/bids/{bid.reference}").text
    assert "was opened with all other bids" in page
    assert "Change this bid" not in page
    assert "Excluded" not in page
    assert "Excluded" not in client.get("/bids").text
    assert (
        "We would ask people first. (team)" in client.get(f"/bids/{bid.reference}/receipts/1").text
    )
