"""A change to a published challenge: written, handed over, published by another, and proven."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.changing import letters, service
from challenges.changing.models import Addendum, ChangeDraft
from challenges.changing.queries import in_hand
from challenges.kinds import Combine
from challenges.models import Plan
from challenges.sections import Money, Outcome, Question, Section
from challenges.service import read
from challenges.service.method import choose_method, read_method
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import log
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Role
from scoring.panel import service as panels
from scoring.panel.assigning import service as assigning
from scoring.panel.trial import service as trial
from scoring.panel.trial.models import TrialExample
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_person, actor_for
from tests.integration.bids.damage import damage, deleted, written_over
from tests.integration.changes.conftest import WHY, Published


def last_entry(published: Published) -> dict[str, object]:
    published.session.rollback()
    entry = list(log.chain_entries(published.session, published.reference))[-1]
    assert entry.action == "challenge.changed"
    return dict(entry.fields)


def test_text_change_is_published_with_number_and_texts_and_keeps_the_plan(
    published: Published,
) -> None:
    plan = published.challenge.plan
    assert plan is not None
    published.write("People find a warm and dry place.")
    assert published.challenge.outcome == "People find a warm place within five minutes' walk."

    made = published.publish()

    challenge = published.challenge
    assert challenge.outcome == "People find a warm and dry place."
    assert [each.version for each in challenge.plans] == [1]
    stored = published.session.scalars(sa.select(Addendum)).one()
    assert (stored.number, stored.reason, stored.confirm, stored.new_plan) == (1, WHY, False, False)
    assert "five minutes' walk" in json.loads(stored.before)["sections"]["outcome"]["outcome"]
    assert "warm and dry" in json.loads(stored.after)["sections"]["outcome"]["outcome"]
    assert {
        "number": 1,
        "reason": WHY,
        "confirm": False,
        "plan": plan.sha256,
        "before": hashlib.sha256(stored.before).hexdigest(),
        "after": hashlib.sha256(stored.after).hexdigest(),
    }.items() <= last_entry(published).items()
    assert in_hand(published.session, challenge) is None
    assert made.number == 1
    assert damage() == []


def test_weights_changed_make_the_next_version_of_the_plan_and_ask_to_confirm(
    published: Published,
) -> None:
    published.weigh("50")

    made = published.publish(confirm=False)

    challenge = published.challenge
    assert [each.version for each in challenge.plans] == [1, 2]
    assert (made.confirm, made.new_plan, made.plan_version) == (True, True, 2)
    newest = challenge.plan
    assert newest is not None
    document = json.loads(newest.canonical)
    assert document["version"] == 2
    weights = [each["weight"] for each in document["stages"][0]["evaluation"]["criteria"]]
    assert weights == ["50", "50"]
    assert last_entry(published)["plan"] == newest.sha256
    assert damage() == []


def test_criteria_can_be_added_reworded_and_taken_out_in_one_change(published: Published) -> None:
    actor, clock, at = published.lead, published.clock, published.reference
    service.delete_criterion(at, "team", actor=actor, clock=clock)
    new = Question(title="Access for all", weight=Decimal(40), question="Who is left out?")
    service.add_criterion(at, new, actor=actor, clock=clock)

    published.publish()

    criteria = published.challenge.stage.criteria
    assert [(each.key, each.ordinal) for each in criteria] == [("solves", 1), ("access-for-all", 2)]
    assert criteria[1].question == "Who is left out?"
    assert damage() == []


def test_criterion_is_not_taken_from_whoever_scores_nothing_else(
    published: Published, session: Session
) -> None:
    at, clock, officer = published.reference, published.clock, published.officer()
    body = session.get_one(Organisation, published.challenge.buyer_id)
    people = [a_person(session, NOW, body, Role.EVALUATOR, name=f"Eva {n}") for n in range(3)]
    chair = a_person(session, NOW, body, Role.CHAIR, name="Cher Chair")
    session.commit()
    panels.name_panel(
        at,
        chair=chair.id,
        evaluators=[each.id for each in people],
        actor=officer,
        clock=clock,
    )
    assigning.assign(at, "E1", keys=["team"], expertise=None, actor=officer, clock=clock)
    trial.set_example(at, key="team", text="An answer.", actor=officer, clock=clock)
    service.delete_criterion(at, "team", actor=published.lead, clock=clock)
    service.delete_criterion(at, "solves", actor=published.lead, clock=clock)
    new = Question(title="Access for all", weight=Decimal(100), question="Who is left out?")
    service.add_criterion(at, new, actor=published.lead, clock=clock)
    published.hand_over()
    with pytest.raises(Invalid, match="scores nothing but what this change takes out"):
        service.publish(at, actor=officer, clock=clock)
    session.rollback()
    assigning.assign(at, "E1", keys=(), expertise=None, actor=officer, clock=clock)
    service.publish(at, actor=officer, clock=clock)
    assert session.scalars(sa.select(TrialExample)).all() == []


def test_tie_break_goes_with_its_criterion_and_no_key_comes_back_for_another_question(
    published: Published, client: FlaskClient
) -> None:
    actor, clock, at = published.lead, published.clock, published.reference
    published.challenge.stage.tie_break = "criterion:team draw"
    published.session.commit()
    sign_in(client, published.scene.lead)
    path = f"/work/challenges/{at}/change"
    assert "parted by this criterion now" in client.get(f"{path}/criteria/team/delete").text
    service.delete_criterion(at, "team", actor=actor, clock=clock)
    service.arrange(at, {"solves": Decimal(100)}, actor=actor, clock=clock)

    assert "no longer parted by: " in client.get(path).text
    published.publish()

    plan = published.challenge.plan
    assert plan is not None
    assert json.loads(plan.canonical)["stages"][0]["evaluation"]["method"]["tie_break"] == ["draw"]
    other = Question(title="Team", weight=Decimal(40), question="Who is left out?")
    service.add_criterion(at, other, actor=actor, clock=clock)
    weights = {"solves": Decimal(60), "team-2": Decimal(40)}
    service.arrange(at, weights, actor=actor, clock=clock)
    published.publish()
    assert [each.key for each in published.challenge.stage.criteria] == ["solves", "team-2"]


def test_change_that_every_officer_wrote_in_is_not_handed_over_to_nobody(
    published: Published,
) -> None:
    published.write()
    draft = in_hand(published.session, published.challenge)
    assert draft is not None
    officers = letters.of_body(published.session, published.challenge, Role.PROCUREMENT_OFFICER)
    draft.writers = [*draft.writers, *map(str, officers)]
    published.session.commit()

    with pytest.raises(WrongMoment, match="name another officer"):
        published.hand_over()


def test_price_can_come_to_count_by_a_change_of_money_and_weights(published: Published) -> None:
    present = read(published.challenge, Section.MONEY)
    assert isinstance(present, Money)
    money = {**vars(present), "price_model": "lowest_price_ratio", "price_weight": None}

    money["price_weight"] = Decimal(20)
    service.save_section(
        published.reference, Money(**money), actor=published.lead, clock=published.clock
    )
    weights = {"solves": Decimal(50), "team": Decimal(30), "price": Decimal(20)}
    service.arrange(published.reference, weights, actor=published.lead, clock=published.clock)

    published.publish()

    criteria = published.challenge.stage.criteria
    assert {each.key: each.weight for each in criteria} == weights
    assert damage() == []


def test_legal_route_and_value_stay_what_they_were_published_as(published: Published) -> None:
    present = read(published.challenge, Section.MONEY)
    assert isinstance(present, Money)
    other = Money(**{**vars(present), "value_minor": 90_000_00, "legal_route": None})

    with pytest.raises(Invalid) as refusal:
        service.save_section(
            published.reference, other, actor=published.lead, clock=published.clock
        )

    assert set(refusal.value.fields) == {"value_minor", "legal_route"}


def test_how_the_panel_judges_stays_as_it_was_published(published: Published) -> None:
    challenge = published.challenge
    other = replace(read_method(challenge.stage), combine=Combine.MEAN, names_withheld=True)
    with pytest.raises(WrongMoment):
        choose_method(published.reference, other, actor=published.lead, clock=published.clock)

    # New weights make another plan, and leave both as they were.
    published.weigh("50")
    published.publish()

    made = published.challenge.plan
    assert made is not None
    assert made.version == 2
    stage = json.loads(made.canonical)["stages"][0]
    assert stage["names_withheld"] is False
    assert stage["evaluation"]["method"]["combine"] == "consensus"


def test_change_is_published_only_by_an_officer_who_wrote_nothing_of_it(
    published: Published,
) -> None:
    published.write()
    service.save_section(
        published.reference,
        Outcome(outcome="Warmth for all.", measures="Half of those asked."),
        actor=published.officer(1),
        clock=published.clock,
    )
    service.hand_over(
        published.reference,
        reason=WHY,
        confirm=False,
        actor=published.officer(1),
        clock=published.clock,
    )

    for actor in (published.officer(1), published.lead):
        with pytest.raises(Forbidden):
            service.publish(published.reference, actor=actor, clock=published.clock)
    service.publish(published.reference, actor=published.officer(0), clock=published.clock)


def test_change_written_in_after_hand_over_or_reading_is_not_published(
    published: Published,
) -> None:
    published.write()
    published.hand_over()
    seen = published.session.scalars(sa.select(ChangeDraft.row_version)).one()
    published.write("Another text.")
    with pytest.raises(WrongMoment, match="still being written"):
        service.publish(published.reference, actor=published.officer(), clock=published.clock)
    published.hand_over()

    with pytest.raises(StaleEdit):
        service.publish(
            published.reference, actor=published.officer(), clock=published.clock, seen=seen
        )


def test_second_writer_of_a_section_is_told_and_overwrites_nothing(published: Published) -> None:
    published.write("First.")

    with pytest.raises(StaleEdit):
        service.save_section(
            published.reference,
            Outcome(outcome="Second."),
            actor=published.officer(),
            clock=published.clock,
            seen="an older edition",
        )


@pytest.mark.parametrize("whose", ["another body's officer", "a bidder"])
def test_others_cannot_change_a_challenge_and_do_not_learn_of_it(
    published: Published, session: Session, whose: str
) -> None:
    if whose == "a bidder":
        actor = published.scene.admin
    else:
        other = a_body(session, NOW, "Other Council")
        actor = actor_for(a_person(session, NOW, other, Role.PROCUREMENT_OFFICER))
        session.commit()
    published.write()
    published.hand_over()

    for do in (service.publish, service.discard):
        with pytest.raises(NotFound):
            do(published.reference, actor=actor, clock=published.clock)


def test_change_ends_with_the_closing_and_needs_five_days_where_bids_must_be_confirmed(
    published: Published,
) -> None:
    published.write()
    published.clock.instant = published.scene.closes_at - timedelta(days=5, seconds=-1)
    with pytest.raises(WrongMoment, match="fewer than 5 days"):
        published.hand_over(confirm=True)
    published.hand_over(confirm=False)
    published.clock.instant = published.scene.closes_at

    with pytest.raises(WrongMoment, match="only while it is open"):
        service.publish(published.reference, actor=published.officer(), clock=published.clock)


def test_change_of_nothing_without_a_reason_or_of_incomplete_criteria_is_refused(
    published: Published,
) -> None:
    published.write()
    with pytest.raises(Invalid) as refusal:
        service.hand_over(
            published.reference,
            reason=" ",
            confirm=False,
            actor=published.lead,
            clock=published.clock,
        )
    assert set(refusal.value.fields) == {"reason"}
    published.write(published.challenge.outcome)
    with pytest.raises(Invalid, match="changes nothing"):
        published.hand_over()
    service.delete_criterion(
        published.reference, "team", actor=published.lead, clock=published.clock
    )

    with pytest.raises(Invalid, match="add up to 60"):
        published.hand_over()


def test_changes_are_numbered_one_by_one_and_each_begins_where_the_last_ended(
    published: Published,
) -> None:
    for text in ("First.", "Second."):
        published.write(text)
        published.publish()

    first, second = published.session.scalars(sa.select(Addendum).order_by(Addendum.number))
    assert (first.number, second.number) == (1, 2)
    assert second.before == first.after
    assert damage() == []


def test_stored_change_that_differs_from_the_log_or_is_gone_is_found(published: Published) -> None:
    published.write()
    published.publish()
    at = f"challenge {published.reference}, change 1"
    everything = Addendum.number == 1

    for values in ({"reason": "Another."}, {"after": b"{}"}, {"confirm": True}):
        with written_over(db.engine, Addendum, everything, values):
            assert any(each.startswith(f"{at}: It is not the change") for each in damage()), values
    with deleted(db.engine, Addendum, everything):
        assert any("It records a change that is not stored" in each for each in damage())


def test_plan_version_that_no_entry_names_is_found(published: Published) -> None:
    published.weigh()
    published.publish()

    with written_over(db.engine, Plan, Plan.version == 2, {"sha256": "ab" * 32}):
        found = damage()

    assert f"challenge {published.reference}: Its plan is not the one that the log names" in found
