"""Reads the challenges that are most like one: by meaning where there is a model, else by words."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, desc, exists, or_, select
from sqlalchemy.orm import Session, aliased

from challenges.finding.matching import matches
from challenges.finding.wanted import Term, Wanted
from challenges.lifecycle import AWARDED_STATES, UNPUBLISHED, State, state_at
from challenges.models import Challenge, Stage
from challenges.similar import index, model, outcomes, texts, vectors
from challenges.similar.models import ChallengeVector
from marketplace.core.accounts.models import Organisation
from marketplace.core.permissions import Actor, Permission

MOST = 5
# Measured on real titles: of pairs that mean the same nearly all lie above, of others one in ten.
LIKE_ENOUGH = 0.12
# The same where too few texts are known to tell what they all have in common.
LIKE_ENOUGH_AMONG_FEW = 0.25
# Times as many as are shown are read whole at first: nearly all of them may be known to everybody.
FIRST_LOOK = 4


class By(StrEnum):
    """How challenges were compared."""

    MEANING = "meaning"
    WORDS = "words"


@dataclass(frozen=True)
class Similar:
    """A challenge that is like another, and what became of it.

    `supplier` is the preferred one's name. `published` is false for a draft, of one's own body or
    open to partners.
    """

    id: uuid.UUID
    reference: str
    title: str
    summary: str
    buyer: str
    own: bool
    published: bool
    state: State
    closes_at: datetime | None
    lessons: str | None
    cancelled_because: str | None
    supplier: str | None


@dataclass(frozen=True)
class Found:
    """What is like a challenge, the nearest first, and how that was found out."""

    rows: Sequence[Similar]
    by: By


def similar_to(
    session: Session,
    challenge: Challenge,
    *,
    now: datetime,
    actor: Actor | None = None,
    most: int = MOST,
    at_once: bool = False,
) -> Found:
    """Give what is most like a challenge: published ones, and drafts that the actor may know of.

    With `at_once` a text that no job has read yet is read now, which takes half a second; without,
    words are compared until it was.
    """
    vector = _vector(session, challenge, at_once=at_once)
    if vector is None:
        return Found(_by_words(session, challenge, actor, now, most), By.WORDS)
    return Found(_by_meaning(session, challenge, vector, actor, now, most), By.MEANING)


def _vector(session: Session, challenge: Challenge, *, at_once: bool) -> bytes | None:
    files = vectors.files()
    if files is None:
        return None
    row = session.get(ChallengeVector, challenge.id)
    known = row is not None and row.model == model.version(files)
    if not at_once:
        return row.vector if row is not None and known else None
    parts = texts.parts(challenge.title, challenge.summary, challenge.problem)
    if row is not None and known and row.digest == texts.digest(parts):
        return row.vector
    try:
        return model.vector_apart(files, parts)
    except model.NoModel:
        return None


def _by_meaning(
    session: Session,
    challenge: Challenge,
    vector: bytes,
    actor: Actor | None,
    now: datetime,
    most: int,
) -> Sequence[Similar]:
    files = vectors.files()
    assert files is not None
    known = index.current(session, model.version(files))
    here = index.read([vector])[0]
    candidates = known.nearest(here)
    if not candidates:
        return []
    # Vectors first, and whole rows of the few that are shown: wide rows of all would cost far more.
    held = session.execute(
        select(ChallengeVector.challenge_id, ChallengeVector.vector).where(
            ChallengeVector.challenge_id.in_(candidates), ChallengeVector.model == known.model
        )
    ).all()
    if not held:
        return []
    likeness = known.likeness(here, index.read([row.vector for row in held]))
    enough = LIKE_ENOUGH_AMONG_FEW if known.middle is None else LIKE_ENOUGH
    like = {
        row.challenge_id: each
        for row, each in zip(held, likeness, strict=True)
        if each >= enough and row.challenge_id != challenge.id
    }
    order = sorted(like, key=lambda each: (-like[each], each))
    rows: list[Row[*tuple[Any, ...]]] = []
    # What the actor may not know of is left out only here, so a second look may be needed.
    for some in (order[: most * FIRST_LOOK], order[most * FIRST_LOOK :]):
        if some and len(rows) < most:
            rows += session.execute(_visible(challenge, actor).where(Challenge.id.in_(some))).all()
    rows.sort(key=lambda row: (-like[row.id], row.reference))
    return _told(session, rows[:most], actor, now)


def _by_words(
    session: Session, challenge: Challenge, actor: Actor | None, now: datetime, most: int
) -> Sequence[Similar]:
    """Give what shares the rarest words; only what is published stands in the index of words."""
    words = texts.telling_words(challenge.title, challenge.summary)
    if not words:
        return []
    hits = (
        matches(session, AnyOf(tuple(Term((word,)) for word in words)), ranked=True)
        .order_by(desc("score"))
        .limit(most + 1)
        .subquery()
    )
    rows = session.execute(
        _visible(challenge, actor)
        .join(hits, hits.c.challenge_id == Challenge.id)
        .order_by(hits.c.score.desc(), Challenge.reference)
        .limit(most)
    ).all()
    return _told(session, rows, actor, now)


class AnyOf(Wanted):
    """Words of which any may occur: the more and the rarer, the better."""

    @property
    def fts5(self) -> str:
        """Say it in SQLite's language for full text."""
        return " OR ".join(Wanted((term,)).fts5 for term in self.terms)

    @property
    def tsquery(self) -> str:
        """Say it in PostgreSQL's language for full text."""
        return " | ".join(Wanted((term,)).tsquery for term in self.terms)


def _visible(challenge: Challenge, actor: Actor | None) -> Select[*tuple[Any, ...]]:
    """Select every other challenge that the actor may know of."""
    known: list[ColumnElement[bool]] = [Challenge.published_at.is_not(None)]
    if actor is not None and actor.may(Permission.CHALLENGE_READ_OWN):
        known.append(
            and_(
                Challenge.buyer_id == actor.organisation_id,
                Challenge.state.in_(UNPUBLISHED),
            )
        )
    if actor is not None and actor.may(Permission.CHALLENGE_WRITE):
        # Whoever says that they act for a public body must be known to do so.
        own = aliased(Organisation)
        verified = exists().where(own.id == actor.organisation_id, own.verified_at.is_not(None))
        known.append(and_(Challenge.open_to_partners, Challenge.state.in_(UNPUBLISHED), verified))
    return (
        select(
            Challenge.id,
            Challenge.reference,
            Challenge.title,
            Challenge.summary,
            Challenge.buyer_id,
            Organisation.name.label("buyer"),
            Challenge.state,
            Challenge.published_at,
            Challenge.lessons,
            Challenge.cancelled_because,
            Stage.closes_at,
        )
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .join(Stage, and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1))
        .where(Challenge.id != challenge.id, or_(*known))
    )


def _told(
    session: Session,
    rows: Sequence[Row[*tuple[Any, ...]]],
    actor: Actor | None,
    now: datetime,
) -> Sequence[Similar]:
    awarded = [row.id for row in rows if row.state in AWARDED_STATES or row.state is State.STOPPED]
    preferred = outcomes.suppliers(session, awarded)
    return [
        Similar(
            id=row.id,
            reference=row.reference,
            title=row.title,
            summary=row.summary,
            buyer=row.buyer,
            own=actor is not None and row.buyer_id == actor.organisation_id,
            published=row.published_at is not None,
            state=state_at(row.state, row.closes_at, now),
            closes_at=row.closes_at,
            lessons=row.lessons,
            cancelled_because=row.cancelled_because,
            supplier=preferred.get(row.id),
        )
        for row in rows
    ]
