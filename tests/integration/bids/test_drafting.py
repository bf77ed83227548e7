"""Beginning a bid and saving its parts, alone and with colleagues."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bids import queries, service
from bids.drafts import content_of, fingerprint
from bids.models import Bid
from challenges.lifecycle import State
from challenges.models import PriceModel
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Role
from tests.conftest import NOW
from tests.factories import a_challenge, a_person, a_supplier, actor_for
from tests.integration.bids.conftest import Scene, build_scene, the_bid


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
    declared = service.Declared(False, False, True, " ", 3, 0, 0)
    with pytest.raises(Invalid) as refusal:
        service.declare_eligibility(declared, actor=scene.admin, clock=clock)
    assert set(refusal.value.fields) == {"put_right"}


def test_declare_again_expires_a_year_later_and_replaces_the_earlier(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    clock.instant = NOW + timedelta(days=10)
    declared = service.Declared(False, True, False, "We paid.", 3, 0, 0)
    service.declare_eligibility(declared, actor=scene.admin, clock=clock)
    current = queries.current_declaration(session, scene.supplier.id)
    assert current is not None
    assert current.put_right == "We paid."
    assert current.expires_at == (NOW + timedelta(days=10)).replace(year=NOW.year + 1)


def test_declare_by_a_contributor_is_forbidden(scene: Scene, clock: FixedClock) -> None:
    declared = service.Declared(False, False, False, "", 3, 0, 0)
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
