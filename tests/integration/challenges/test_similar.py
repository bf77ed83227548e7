"""Similar challenges: who sees which, how they are found, and what became of them."""

from dataclasses import FrozenInstanceError

import numpy
import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.similar import index, model, outcomes, vectors
from challenges.similar.models import ChallengeVector
from challenges.similar.queries import By, similar_to
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.database import new_id
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person, actor_for


@pytest.fixture
def other(session: Session) -> Organisation:
    body = a_body(session, NOW, "Example Health Board")
    session.commit()
    return body


@pytest.fixture
def other_lead(session: Session, other: Organisation) -> User:
    person = a_person(session, NOW, other, Role.CHALLENGE_LEAD, name="Otto Other")
    session.commit()
    return person


def a_vector(session: Session, challenge: Challenge, *parts: int, number: int) -> None:
    """Say what a challenge means, without a model."""
    vector = bytes(numpy.array([*parts, *([1] * (64 - len(parts)))], numpy.int8))
    session.add(
        ChallengeVector(
            challenge_id=challenge.id,
            model="made-up",
            digest="of no text",
            vector=vector,
            number=number,
            made_at=NOW,
        )
    )
    session.flush()


@pytest.fixture
def made_up_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the site believe in a model, whose vectors the test writes."""
    monkeypatch.setattr(vectors, "files", lambda: "the files")
    monkeypatch.setattr(model, "version", lambda _files: "made-up")


@pytest.mark.usefixtures("made_up_model")
def test_similar_by_meaning_are_the_nearest_of_what_one_may_know(
    session: Session, draft: Challenge, other: Organisation, other_lead: User, lead: User
) -> None:
    def another(state: State, *parts: int, number: int, own: bool = False) -> str:
        body, person = (draft.buyer, lead) if own else (other, other_lead)
        made = a_challenge(session, NOW, body, person, state)
        a_vector(session, made, *parts, number=number)
        return made.reference

    a_vector(session, draft, 100, 0, number=1)
    near = another(State.SIGNED, 100, 10, number=2)
    farther = another(State.OPEN, 100, 60, number=3)
    another(State.OPEN, -100, 60, number=4)
    hidden = another(State.DRAFT, 100, 1, number=5)
    offered = another(State.DRAFT, 100, 20, number=7)
    session.query(Challenge).filter_by(reference=offered).one().open_to_partners = True
    mine = another(State.DRAFT, 100, 30, number=6, own=True)
    session.commit()

    found = similar_to(session, draft, actor=actor_for(lead), now=NOW)
    public = similar_to(session, draft, now=NOW)

    assert found.by is By.MEANING
    assert [row.reference for row in found.rows] == [near, offered, mine, farther]
    assert [row.reference for row in public.rows] == [near, farther]
    assert hidden not in {row.reference for row in found.rows}
    assert [row.own for row in found.rows] == [False, False, True, False]


@pytest.mark.usefixtures("made_up_model")
@pytest.mark.parametrize("verified", [True, False])
def test_draft_open_to_partners_is_for_people_of_verified_bodies(
    session: Session,
    draft: Challenge,
    body: Organisation,
    other: Organisation,
    other_lead: User,
    lead: User,
    verified: bool,
) -> None:
    offered = a_challenge(session, NOW, other, other_lead, State.DRAFT)
    offered.open_to_partners = True
    a_vector(session, draft, 100, 0, number=1)
    a_vector(session, offered, 100, 10, number=2)
    body.verified_at = NOW if verified else None
    session.commit()

    found = similar_to(session, draft, actor=actor_for(lead), now=NOW)

    assert [row.reference for row in found.rows] == ([offered.reference] if verified else [])


def test_index_in_use_stays_as_it_is_while_a_newer_one_takes_its_place(
    session: Session, lead: User, body: Organisation
) -> None:
    first, second = (a_challenge(session, NOW, body, lead, State.OPEN) for _ in range(2))
    a_vector(session, first, 100, 10, number=1)
    session.commit()
    held = index.current(session, "made-up")
    assert index.current(session, "made-up") is held
    a_vector(session, second, 100, 5, number=2)
    session.commit()

    newer = index.current(session, "made-up")

    assert newer.count == len(newer.bits) == 2
    assert held.count == len(held.bits) == 1
    with pytest.raises(FrozenInstanceError):
        held.last = 5  # type: ignore[misc]  # frozen


@pytest.mark.usefixtures("made_up_model")
def test_index_sees_what_is_new_what_was_read_anew_and_a_restored_backup(
    session: Session, draft: Challenge, lead: User, body: Organisation
) -> None:
    def nearest() -> list[str]:
        return [row.reference for row in similar_to(session, draft, now=NOW).rows]

    first, second = (a_challenge(session, NOW, body, lead, State.OPEN) for _ in range(2))
    a_vector(session, draft, 100, 0, number=1)
    a_vector(session, first, 100, 10, number=2)
    session.commit()
    assert nearest() == [first.reference]

    a_vector(session, second, 100, 5, number=3)
    session.commit()
    assert nearest() == [second.reference, first.reference]

    session.get_one(ChallengeVector, second.id).vector = bytes([156, *([1] * 63)])
    session.get_one(ChallengeVector, second.id).number = 4
    session.commit()
    assert nearest() == [first.reference]

    session.delete(session.get_one(ChallengeVector, second.id))
    session.commit()
    assert nearest() == [first.reference]


def test_bits_find_the_nearest_among_many(
    session: Session, draft: Challenge, lead: User, body: Organisation
) -> None:
    many = index.CANDIDATES * 3
    chance = numpy.random.default_rng(7)
    leaning = chance.normal(size=384) * 2  # as all real vectors lean the same way
    rows = (chance.normal(size=(many, 384)) + leaning).clip(-9, 9) * 14
    rows[5] = rows[0] + chance.normal(size=384) * 2
    keys = [new_id() for _ in range(many)]
    session.execute(insert(Challenge), [_plain(key, n, lead, body) for n, key in enumerate(keys)])
    session.execute(
        insert(ChallengeVector),
        [
            {
                "challenge_id": key,
                "model": "made-up",
                "digest": "",
                "vector": row.astype(numpy.int8).tobytes(),
                "number": n + 1,
                "made_at": NOW,
            }
            for n, (key, row) in enumerate(zip(keys, rows, strict=True))
        ],
    )
    session.commit()
    known = index.current(session, "made-up")
    here = rows[0].astype(numpy.int8)

    found = known.nearest(here)

    assert len(found) == index.CANDIDATES
    assert {keys[0], keys[5]} <= set(found)
    alike = known.likeness(here, rows.astype(numpy.int8))
    assert sorted(range(many), key=lambda n: -alike[n])[:2] == [0, 5]
    assert max(alike[1:5]) < 0.3  # without the middle they would all be very like


def _plain(key: object, number: int, lead: User, body: Organisation) -> dict[str, object]:
    return {
        "id": key,
        "reference": f"CH-{number:06d}",
        "buyer_id": body.id,
        "title": "How?",
        "created_at": NOW,
        "owner_id": lead.id,
        "row_version": 1,
    }


def test_without_a_model_words_are_compared_and_the_page_says_so(
    client: FlaskClient,
    session: Session,
    other: Organisation,
    other_lead: User,
    lead: User,
    draft: Challenge,
) -> None:
    draft.title = "How can we count the deer on the hills?"
    draft.summary = ""
    like = a_challenge(session, NOW, other, other_lead, State.OPEN, title="Counting deer from air?")
    unlike = a_challenge(session, NOW, other, other_lead, State.OPEN, title="Filling potholes?")
    session.commit()
    sign_in(client, lead)

    page = client.get(f"/work/challenges/{draft.reference}/similar").text

    assert like.title in page
    assert unlike.title not in page
    assert "Only words were compared" in page


def test_draft_that_is_like_nothing_says_what_to_do(
    client: FlaskClient, lead: User, draft: Challenge
) -> None:
    sign_in(client, lead)

    page = client.get(f"/work/challenges/{draft.reference}/similar").text

    assert "No other challenge looks like yours so far" in page


def test_page_of_a_draft_is_of_its_own_body_only(
    client: FlaskClient, other_lead: User, draft: Challenge
) -> None:
    sign_in(client, other_lead)

    assert client.get(f"/work/challenges/{draft.reference}/similar").status_code == 404


def test_public_page_tells_what_became_of_similar_challenges(
    client: FlaskClient,
    session: Session,
    other: Organisation,
    other_lead: User,
    lead: User,
    body: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    titled = "Filling potholes before winter?"
    here = a_challenge(session, NOW, body, lead, State.OPEN, title=titled)
    made = {
        state: a_challenge(session, NOW, other, other_lead, state, title=f"{titled} {state.name}")
        for state in (State.OPEN, State.SIGNED, State.STOPPED, State.CANCELLED, State.DRAFT)
    }
    session.commit()
    outcome = dict.fromkeys([each.id for each in made.values()], "Specimen Paving Ltd")
    monkeypatch.setattr(outcomes, "_registered", [lambda _session, _ids: outcome])

    page = client.get(f"/challenges/{here.reference}").text

    shown = page[page.index('id="similar"') :]
    for state, challenge in made.items():
        assert (challenge.title in shown) is (state is not State.DRAFT)
    assert "A contract was signed with Specimen Paving Ltd." in shown
    assert "What was learned: We learned to ask first." in shown
    assert "Why: The money went." in shown
    assert "Closes at" in shown
