"""Adding, changing, weighing, ordering and deleting criteria."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges import service
from challenges.kinds import LegalRoute, PriceModel
from challenges.models import Challenge
from challenges.sections import CRITERIA_MOST, Money, Question
from challenges.service.criteria import Move
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Invalid, NotFound, StaleEdit
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.integration.challenges.browser import hidden_fields, send

MONEY = Money(
    PriceModel.FIXED_BOUNDS,
    LegalRoute.OPEN,
    value_minor=50_000_00,
    best_minor=1_00,
    worst_minor=2_00,
    price_weight=Decimal(30),
)


def keys(challenge: Challenge) -> list[str]:
    return [criterion.key for criterion in challenge.stage.criteria]


def weights(challenge: Challenge) -> dict[str, str]:
    return {c.key: f"{c.weight:f}" for c in challenge.stage.criteria}


def test_adding_makes_keys_from_titles_that_never_meet(
    draft: Challenge, lead: User, clock: FixedClock
) -> None:
    made = [
        service.add_criterion(
            draft.reference,
            Question(title=title, weight=Decimal(1)),
            actor=actor_for(lead),
            clock=clock,
        )
        for title in ("Café & Ökonomie", "Café & Ökonomie", "Price", "！")
    ]

    assert made == ["cafe-okonomie", "cafe-okonomie-2", "price-2", "criterion"]


def test_adding_keeps_price_last(
    draft: Challenge, lead: User, clock: FixedClock, session: Session
) -> None:
    service.save(draft.reference, MONEY, actor=actor_for(lead), clock=clock)

    service.add_criterion(
        draft.reference,
        Question(title="New", weight=Decimal(1)),
        actor=actor_for(lead),
        clock=clock,
    )

    session.expire_all()
    assert keys(draft) == ["solves", "team", "new", "price"]


def test_adding_more_than_a_challenge_can_have_is_refused(
    draft: Challenge, lead: User, clock: FixedClock
) -> None:
    question = Question(title="More", weight=Decimal(1))
    for _number in range(CRITERIA_MOST - 2):
        service.add_criterion(draft.reference, question, actor=actor_for(lead), clock=clock)

    with pytest.raises(Invalid, match="at most 30"):
        service.add_criterion(draft.reference, question, actor=actor_for(lead), clock=clock)


def test_price_model_brings_the_price_criterion_and_takes_it_away(
    draft: Challenge, lead: User, clock: FixedClock, session: Session
) -> None:
    actor = actor_for(lead)
    service.save(draft.reference, MONEY, actor=actor, clock=clock)
    session.expire_all()
    assert weights(draft) == {"solves": "60", "team": "40", "price": "30"}
    heavier = replace(MONEY, price_weight=Decimal("31.5"))
    service.save(draft.reference, heavier, actor=actor, clock=clock)
    session.expire_all()
    assert weights(draft)["price"] == "31.5"

    service.save(draft.reference, Money(PriceModel.FIXED_BUDGET), actor=actor, clock=clock)

    session.expire_all()
    assert keys(draft) == ["solves", "team"]


def test_weights_are_saved_even_when_they_do_not_add_up_and_the_page_says_so(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/criteria"

    answer = send(client, path, {"weight-solves": "50.5", "weight-team": "40", "action": "save"})

    assert answer.status_code == 303
    session.expire_all()
    assert weights(draft) == {"solves": "50.5", "team": "40"}
    page = client.get(path).text
    assert "The weights add up to 90.5" in page
    assert re.search(r"data-weight-sum[^>]*>90\.5<", page)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "above 0"), ("0", "above 0"), ("101", "up to 100"), ("x", "Enter a number")],
)
def test_weight_out_of_range_is_refused_with_what_was_typed(
    client: FlaskClient, session: Session, draft: Challenge, lead: User, typed: str, said: str
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/criteria"

    answer = send(client, path, {"weight-solves": typed, "weight-team": "12.25"})

    assert answer.status_code == 422
    assert said in answer.text
    assert 'href="#weight-solves"' in answer.text
    assert 'value="12.25"' in answer.text
    session.expire_all()
    assert weights(draft) == {"solves": "60", "team": "40"}


def test_moving_a_criterion_saves_the_weights_that_were_typed(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/criteria"

    moved = send(
        client, path, {"weight-solves": "54.125", "weight-team": "45.875", "action": "down:solves"}
    )

    assert moved.status_code == 303
    session.expire_all()
    assert keys(draft) == ["team", "solves"]
    assert weights(draft) == {"team": "45.875", "solves": "54.125"}
    assert re.search(r"data-weight-sum[^>]*>100<", client.get(path).text)


@pytest.mark.parametrize(("key", "move"), [("solves", Move.UP), ("team", Move.DOWN)])
def test_moving_beyond_the_end_changes_nothing(
    draft: Challenge, lead: User, clock: FixedClock, session: Session, key: str, move: Move
) -> None:
    service.arrange(draft.reference, {}, move=(key, move), actor=actor_for(lead), clock=clock)

    session.expire_all()
    assert keys(draft) == ["solves", "team"]


def test_arranging_an_unknown_criterion_is_not_found(
    draft: Challenge, lead: User, clock: FixedClock
) -> None:
    def arrange(weights: dict[str, Decimal], move: tuple[str, Move] | None = None) -> None:
        service.arrange(draft.reference, weights, move=move, actor=actor_for(lead), clock=clock)

    with pytest.raises(NotFound):
        arrange({"unknown": Decimal(1)})
    with pytest.raises(NotFound):
        arrange({}, move=("unknown", Move.UP))


def test_weights_from_a_second_tab_do_not_overwrite_the_first(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/criteria"
    loaded = hidden_fields(client.get(path).text)
    added = {"title": "New", "weight": "10", "max_score": "5", "descriptors": "", "question": "?"}
    assert send(client, f"{path}/new", added).status_code == 303

    answer = client.post(path, data={**loaded, "weight-solves": "70", "weight-team": "30"})

    assert answer.status_code == 409
    assert 'value="70"' in answer.text
    assert "New" in answer.text
    session.expire_all()
    assert weights(draft) == {"solves": "60", "team": "40", "new": "10"}


def test_changing_a_criterion_in_two_tabs_gives_the_second_both_texts(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/criteria/solves"
    loaded = client.get(path).text
    typed = {"title": "Solves", "weight": "60", "max_score": "5", "descriptors": "5: Best"}
    first = client.post(path, data={**hidden_fields(loaded), **typed, "question": "First?"})
    assert first.status_code == 303

    second = client.post(path, data={**hidden_fields(loaded), **typed, "question": "Second?"})

    assert second.status_code == 409
    assert "First?" in second.text
    assert "Second?" in second.text
    third = client.post(path, data={**hidden_fields(second.text), **typed, "question": "Second?"})
    assert third.status_code == 303
    session.expire_all()
    assert draft.stage.criteria[0].question == "Second?"
    assert [(d.score, d.text) for d in draft.stage.criteria[0].descriptors] == [
        (Decimal(5), "Best")
    ]


def test_changing_to_the_same_as_is_saved_is_no_conflict(
    draft: Challenge, lead: User, clock: FixedClock
) -> None:
    question = Question(title="Solves", weight=Decimal(60))
    actor = actor_for(lead)
    service.change_criterion(draft.reference, "solves", question, actor=actor, clock=clock)

    service.change_criterion(
        draft.reference, "solves", question, seen="long ago", actor=actor, clock=clock
    )
    with pytest.raises(StaleEdit):
        service.change_criterion(
            draft.reference,
            "solves",
            Question(title="Other", weight=Decimal(60)),
            seen="long ago",
            actor=actor,
            clock=clock,
        )


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", "", "Enter a short name"),
        ("weight", "", "Enter a weight"),
        ("weight", "1.2345", "at most 3 digits"),
        ("max_score", "0", "above 0 and up to 100"),
        ("min_score", "6", "between 0 and the highest score"),
        ("word_limit", "many", "Enter a whole number"),
        ("descriptors", "good: yes", "Begin each line with the score"),
        ("descriptors", "9: Far", "between 0 and the highest score"),
        ("question", "x" * 5_001, "5,000 characters"),
    ],
)
def test_criterion_with_a_fault_shows_it_with_what_was_typed(
    client: FlaskClient, draft: Challenge, lead: User, field: str, typed: str, said: str
) -> None:
    sign_in(client, lead)
    whole = {
        "title": "Team",
        "question": "Who?",
        "weight": "40",
        "max_score": "5",
        "descriptors": "0: None",
    }

    answer = client.post(
        f"/work/challenges/{draft.reference}/write/criteria/team", data={**whole, field: typed}
    )

    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#{field}"' in answer.text
    assert typed in answer.text


def test_deleting_a_criterion_asks_first(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/criteria/team/delete"

    assert "cannot be undone" in client.get(path).text
    session.expire_all()
    assert keys(draft) == ["solves", "team"]
    assert send(client, path, {}).status_code == 303

    session.expire_all()
    assert keys(draft) == ["solves"]
    assert client.get(path).status_code == 404
