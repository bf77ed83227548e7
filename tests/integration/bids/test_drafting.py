"""Beginning a bid and saving its parts, alone and with colleagues."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from bids import queries, service
from bids.drafts import content_of, eligibility_of, fingerprint
from bids.grounds.document import DeclaredGround
from bids.lifecycle import BidState
from bids.models import Bid, BidField
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Role
from marketplace.core.vault.models import DraftKey
from tests.conftest import NOW
from tests.factories import a_challenge, a_person, a_supplier, actor_for
from tests.integration.bids.conftest import MARKER, Scene, build_scene, the_bid


def start(scene: Scene, clock: FixedClock) -> str:
    return service.start_bid(
        scene.challenge.reference, actor=scene.contributor, clock=clock
    ).reference


def test_start_twice_by_two_colleagues_gives_one_bid(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    first = start(scene, clock)
    second = service.start_bid(scene.challenge.reference, actor=scene.admin, clock=clock).reference
    assert second == first
    assert session.query(Bid).count() == 1


def test_start_by_somebody_of_a_body_is_forbidden(scene: Scene, clock: FixedClock) -> None:
    with pytest.raises(Forbidden):
        service.start_bid(scene.challenge.reference, actor=scene.officer(0), clock=clock)


def test_start_at_the_closing_instant_is_the_wrong_moment(scene: Scene, clock: FixedClock) -> None:
    clock.instant = scene.closes_at
    with pytest.raises(WrongMoment):
        start(scene, clock)


def test_start_for_a_challenge_in_draft_finds_nothing(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    hidden = a_challenge(session, NOW, scene.body, scene.lead, State.DRAFT)
    session.commit()
    with pytest.raises(NotFound):
        service.start_bid(hidden.reference, actor=scene.contributor, clock=clock)


def test_save_answer_of_any_length_keeps_every_word(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    long = "word " * 5000
    service.save_answer(reference, "team", long, actor=scene.contributor, clock=clock)
    bid = queries.own_bid(session, reference, scene.admin)
    assert content_of(session, bid).answers == {"solves": "", "team": long}


def test_save_answer_after_a_colleague_changed_it_is_refused_and_theirs_stands(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    seen = fingerprint("")
    service.save_answer(reference, "team", "Theirs", actor=scene.admin, clock=clock, seen=seen)
    with pytest.raises(StaleEdit):
        service.save_answer(
            reference, "team", "Mine", actor=scene.contributor, clock=clock, seen=seen
        )
    assert (
        content_of(session, queries.own_bid(session, reference, scene.admin)).answers["team"]
        == "Theirs"
    )


def test_save_answer_to_another_question_in_a_second_tab_is_no_conflict(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    seen = fingerprint("")
    service.save_answer(reference, "team", "One", actor=scene.admin, clock=clock, seen=seen)
    service.save_answer(reference, "solves", "Two", actor=scene.admin, clock=clock, seen=seen)
    answers = content_of(session, queries.own_bid(session, reference, scene.admin)).answers
    assert answers == {"solves": "Two", "team": "One"}


def test_save_answer_sent_twice_by_the_same_page_is_no_conflict(
    scene: Scene, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    for _ in range(2):
        service.save_answer(
            reference, "team", "Same", actor=scene.admin, clock=clock, seen=fingerprint("")
        )


def test_save_answer_marks_the_bid_changed_even_at_the_same_instant(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    before = the_bid(session, reference).row_version
    service.save_answer(reference, "team", "New", actor=scene.admin, clock=clock)
    assert the_bid(session, reference).row_version == before + 1


@pytest.mark.parametrize("key", ["nothing", "price"])
def test_save_answer_to_what_is_no_question_finds_nothing(
    session: Session, clock: FixedClock, key: str
) -> None:
    scene = build_scene(session, PriceModel.FIXED_BOUNDS)
    reference = start(scene, clock)
    with pytest.raises(NotFound):
        service.save_answer(reference, key, "Text", actor=scene.admin, clock=clock)


def test_save_answer_of_another_supplier_finds_no_bid(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    other = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    with pytest.raises(NotFound):
        service.save_answer(reference, "team", "Mine", actor=actor_for(other), clock=clock)


def test_save_answer_after_closing_is_the_wrong_moment_and_the_draft_stays_readable(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    service.save_answer(reference, "team", "In time", actor=scene.admin, clock=clock)
    clock.instant = scene.closes_at
    with pytest.raises(WrongMoment):
        service.save_answer(reference, "team", "Late", actor=scene.admin, clock=clock)
    answers = content_of(session, queries.own_bid(session, reference, scene.admin)).answers
    assert answers["team"] == "In time"


def test_save_price_where_none_is_asked_finds_nothing(scene: Scene, clock: FixedClock) -> None:
    reference = start(scene, clock)
    with pytest.raises(NotFound):
        service.save_price(reference, 1_00, actor=scene.admin, clock=clock)


def test_save_price_below_zero_is_refused(session: Session, clock: FixedClock) -> None:
    scene = build_scene(session, PriceModel.LOWEST_PRICE_RATIO)
    reference = start(scene, clock)
    with pytest.raises(Invalid):
        service.save_price(reference, -1, actor=scene.admin, clock=clock)


def test_save_terms_accepting_the_contract_drops_points_raised_before(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    for accepted in (False, True):
        service.save_terms(
            reference,
            contract_accepted=accepted,
            contract_points="Clause 4",
            ai_statement="",
            actor=scene.admin,
            clock=clock,
        )
        expected = "" if accepted else "Clause 4"
        bid = queries.own_bid(session, reference, scene.admin)
        assert content_of(session, bid).contract_points == expected


def test_declare_a_ground_without_saying_what_was_put_right_is_refused(
    scene: Scene, clock: FixedClock
) -> None:
    declared = service.Declared([DeclaredGround("tax_otherwise", None, " ")], 3, 0, 0)
    with pytest.raises(Invalid) as refusal:
        service.declare_eligibility(declared, actor=scene.admin, clock=clock)
    assert set(refusal.value.fields) == {"tax_otherwise-right"}


def test_declare_again_expires_a_year_later_and_replaces_the_earlier(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    clock.instant = NOW + timedelta(days=10)
    owed = DeclaredGround("tax_otherwise", None, "We paid.")
    conduct = DeclaredGround("misconduct", NOW.date(), "We explained it.")
    declared = service.Declared([conduct, owed], 3, 0, 0)
    service.declare_eligibility(declared, actor=scene.admin, clock=clock)
    current = queries.current_declaration(session, scene.supplier.id)
    assert current is not None
    # In the order of the rules, whatever order they were given in.
    assert list(eligibility_of(current).grounds) == [owed, conduct]
    assert current.expires_at == (NOW + timedelta(days=10)).replace(year=NOW.year + 1)


def test_declare_by_a_contributor_is_forbidden(scene: Scene, clock: FixedClock) -> None:
    declared = service.Declared([], 3, 0, 0)
    with pytest.raises(Forbidden):
        service.declare_eligibility(declared, actor=scene.contributor, clock=clock)


def test_own_bids_of_many_come_in_pages_that_lead_to_all(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    made = []
    for _ in range(23):
        challenge = a_challenge(session, NOW, scene.body, scene.lead, State.OPEN)
        session.commit()
        bid = service.start_bid(challenge.reference, actor=scene.admin, clock=clock)
        made.append(bid.reference)
    first = queries.own_bids(session, scene.admin)
    second = queries.own_bids(session, scene.admin, first.next_after)
    found = [bid.reference for page in (first, second) for bid in page.bids]
    assert sorted(found) == sorted(made)
    assert (len(first.bids), second.next_after) == (20, None)


def test_a_draft_in_the_database_shows_neither_its_words_nor_the_length_of_its_price(
    session: Session, clock: FixedClock
) -> None:
    scene = build_scene(session, PriceModel.LOWEST_PRICE_RATIO)
    reference = scene.written_bid(clock)
    lengths = set()
    for price in (None, 0, 7, 1_234_567_89):
        service.save_price(reference, price, actor=scene.admin, clock=clock)
        session.rollback()
        held = {field.name: field.ciphertext for field in session.query(BidField)}
        lengths.add(len(held["price_minor"]))
        assert not any(MARKER.encode() in kept for kept in held.values())
        assert b"123456789" not in held["price_minor"]
        assert b"We used none." not in held["ai_statement"]
    assert len(lengths) == 1
    assert lengths == {len(held["contract"])}


def test_two_drafts_that_say_the_same_look_different_in_the_database(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    for _ in range(2):
        service.save_answer(reference, "team", "Same", actor=scene.admin, clock=clock)
        service.save_answer(reference, "solves", "Same", actor=scene.admin, clock=clock)
    session.rollback()
    kept = [field.ciphertext for field in session.query(BidField)]
    assert len({each[:12] for each in kept}) == len(kept)


@pytest.fixture
def submitted(scene: Scene, clock: FixedClock) -> str:
    """Submit a bid, and give its reference."""
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    return reference


def test_save_answer_after_submission_is_the_wrong_moment_and_stores_nothing(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    with pytest.raises(WrongMoment, match="Change this bid"):
        service.save_answer(submitted, "team", "Too late", actor=scene.contributor, clock=clock)
    assert session.query(BidField).count() == 0


def test_change_begins_with_what_was_submitted_and_leaves_that_counting(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    service.change_bid(submitted, actor=scene.contributor, clock=clock)
    session.rollback()
    bid = queries.own_bid(session, submitted, scene.admin)
    assert content_of(session, bid).answers["team"] == f"{MARKER} (team)"
    assert (bid.state, bid.current_version) == (BidState.SUBMITTED, 1)


def test_change_again_by_a_colleague_leaves_the_draft_that_is_there(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    service.change_bid(submitted, actor=scene.contributor, clock=clock)
    service.save_answer(submitted, "team", "Better", actor=scene.contributor, clock=clock)
    service.change_bid(submitted, actor=scene.admin, clock=clock, empty=True)
    session.rollback()
    bid = queries.own_bid(session, submitted, scene.admin)
    assert content_of(session, bid).answers["team"] == "Better"


@pytest.mark.parametrize("use", [service.change_bid, service.discard_changes])
def test_change_and_giving_up_at_the_closing_instant_are_the_wrong_moment(
    scene: Scene, clock: FixedClock, submitted: str, use: Callable[..., None]
) -> None:
    clock.instant = scene.closes_at
    with pytest.raises(WrongMoment):
        use(submitted, actor=scene.contributor, clock=clock)


@pytest.mark.parametrize("use", [service.change_bid, service.discard_changes])
def test_change_and_giving_up_of_another_supplier_find_no_bid(
    scene: Scene, session: Session, clock: FixedClock, submitted: str, use: Callable[..., None]
) -> None:
    other = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    with pytest.raises(NotFound):
        use(submitted, actor=actor_for(other), clock=clock)


def test_discard_deletes_the_changes_and_their_key_and_what_was_submitted_counts(
    scene: Scene, session: Session, clock: FixedClock, submitted: str
) -> None:
    service.change_bid(submitted, actor=scene.contributor, clock=clock)
    service.save_answer(submitted, "team", "Better", actor=scene.contributor, clock=clock)
    for _ in range(2):
        service.discard_changes(submitted, actor=scene.contributor, clock=clock)
    session.rollback()
    assert (session.query(BidField).count(), session.query(DraftKey).count()) == (0, 0)
    bid = queries.own_bid(session, submitted, scene.admin)
    assert bid.current_version == 1
    assert queries.shown_content(session, bid).answers["team"] == f"{MARKER} (team)"


def test_discard_of_a_draft_that_was_never_submitted_is_refused(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = start(scene, clock)
    with pytest.raises(WrongMoment):
        service.discard_changes(reference, actor=scene.contributor, clock=clock)
    assert the_bid(session, reference).draft_key_id is not None


def test_a_page_that_reads_a_draft_while_it_is_submitted_shows_what_was_submitted(
    app: Flask, scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    admin = scene.admin
    session.rollback()
    bid = queries.own_bid(session, reference, admin)

    def submit() -> None:
        with app.app_context():
            service.submit_bid(reference, actor=admin, arrived=NOW, clock=clock)
            db.session.remove()

    thread = threading.Thread(target=submit)
    thread.start()
    thread.join(60)

    assert queries.shown_content(session, bid).answers["team"] == f"{MARKER} (team)"
    session.rollback()
    assert the_bid(session, reference).current_version == 1
