"""How well the real model finds problems that mean the same in other words.

SIMILAR_CASES may name further files or folders, parted as PATH is: their JSON files hold `pairs` of
texts, and `others` (or `challenges` with a `problem` each) among which the second is to be found.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import service
from challenges.models import Challenge
from challenges.sections import Problem, Section
from challenges.similar import model, vectors
from challenges.similar.models import ChallengeVector
from challenges.similar.queries import By, similar_to
from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from tests.conftest import NOW
from tests.factories import actor_for

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "similar.json"
# Of eight pairs seven are to be among the first three.
SHARE = 7 / 8

pytestmark = pytest.mark.skipif(
    model.find(None) is None, reason="the sentence model is not installed"
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, similar_model=None)


def documents() -> Iterator[dict[str, Any]]:
    """Read the golden pairs and whatever else is to be tried."""
    named = [Path(each) for each in os.environ.get("SIMILAR_CASES", "").split(os.pathsep) if each]
    for path in [GOLDEN, *named]:
        for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
            yield json.loads(file.read_text("utf-8"))


def cases() -> tuple[list[tuple[str, str]], list[str]]:
    """Give all pairs, and all texts."""
    pairs, texts = [], []
    for document in documents():
        pairs += [(first, second) for first, second in document.get("pairs", [])]
        texts += document.get("others", [])
        texts += [each["problem"] for each in document.get("challenges", [])]
    return pairs, list(dict.fromkeys([text for pair in pairs for text in pair] + texts))


def test_problem_said_in_other_words_is_among_the_first_three(
    session: Session, lead: User, clock: FixedClock
) -> None:
    pairs, texts = cases()
    actor = actor_for(lead)
    references = {text: service.create(actor=actor, clock=clock, title=text) for text in texts}
    while jobs.run_due(clock):
        pass

    def place(first: str, second: str) -> int:
        """Give the place of the second, or a hundred where it is not found."""
        wanted = select(Challenge).where(Challenge.reference == references[first])
        found = similar_to(session, session.scalars(wanted).one(), actor=actor, now=NOW, most=10)
        assert found.by is By.MEANING
        titles = [row.title for row in found.rows]
        return titles.index(second) + 1 if second in titles else 100

    places = {pair: place(*pair) for pair in pairs}

    found = sum(at <= 3 for at in places.values())
    assert found >= SHARE * len(pairs), {p: at for p, at in places.items() if at > 3}


def test_text_is_read_once_again_when_it_changed_and_at_once_while_drafting(
    session: Session, lead: User, clock: FixedClock
) -> None:
    actor = actor_for(lead)
    reference = service.create(actor=actor, clock=clock, title="How can we count deer?")
    challenge = session.scalars(select(Challenge)).one()
    assert similar_to(session, challenge, now=NOW).by is By.WORDS
    assert similar_to(session, challenge, now=NOW, at_once=True).by is By.MEANING
    assert jobs.run_due(clock) == 1
    made = session.scalars(select(ChallengeVector)).one()
    first = (made.number, made.digest, made.vector)

    session.rollback()
    assert vectors.rebuild(clock) == 0
    content = service.read(challenge, Section.PROBLEM)
    assert isinstance(content, Problem)
    service.save(
        reference, replace(content, problem="Deer eat young trees."), actor=actor, clock=clock
    )
    assert jobs.run_due(clock) == 1

    session.expire_all()
    made = session.scalars(select(ChallengeVector)).one()
    assert made.number == first[0] + 1
    assert made.digest != first[1]
    assert made.vector != first[2]
    assert made.vector == model.vector_apart(_files(), ["count deer", "Deer eat young trees."])


def _files() -> model.Files:
    files = model.find(None)
    assert files is not None
    return files


def test_folder_without_a_model_has_none(tmp_path: Path) -> None:
    assert model.find(tmp_path) is None
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    (tmp_path / "tokenizer.json").write_text("{}")
    broken = model.find(tmp_path)
    assert broken is not None

    with pytest.raises(model.NoModel):
        model.vector_apart(broken, ["anything"])
    with pytest.raises(model.NoModel):
        model.Model(broken)
