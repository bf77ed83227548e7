"""Withholds words that the panel wrote from bidders, with ground and reason; the original stays."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.letters import log_words, queries
from scoring.award.letters.lifecycle import stands_in
from scoring.award.letters.models import Withheld
from scoring.award.letters.service import changeable, letter_of

WORDS_LEAST = 3
WORDS_MOST = 2_000


def withhold(
    at: Where,
    *,
    batch_id: uuid.UUID,
    bid_reference: str,
    words: str,
    ground: str,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> int:
    """Withhold words that stand in a letter, wherever bidders are shown that reason; tell in how
    many reasons' sources they stand.

    Raises:
        NotFound: the challenge is another body's, or there is no such letter.
        Forbidden, WrongMoment: by `policy.can_change`: never once letters went out.
        Invalid: the words stand in nothing that the panel wrote, are too few or too many, or the
            ground or the reason is missing.
    """
    with transaction() as session:
        stage, batch = changeable(session, at, actor, batch_id)
        facts = letter_of(batch, bid_reference).facts
        words = " ".join(words.split())
        sources = _sources(facts, words) if words else []
        fields = {}
        if not WORDS_LEAST <= len(words) <= WORDS_MOST or not sources:
            fields["words"] = N_("Copy the words as they stand in a reason of this letter")
        if ground not in queries.rules_of(session, stage).grounds:
            fields["ground"] = N_("Choose why these words may be withheld")
        if not reason.strip():
            fields["reason"] = N_("Say why these words are withheld")
        if fields:
            raise Invalid(N_("Nothing was withheld."), fields)
        ids = _identifiers(session, stage.id)
        for source in sources:
            session.add(
                Withheld(
                    stage_id=stage.id,
                    bid_id=ids[source] if source is not None else None,
                    words=words,
                    ground=ground,
                    reason=reason.strip(),
                    withheld_by_id=actor.user_id,
                    withheld_at=clock.now(),
                )
            )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.WITHHELD,
            actor=actor,
            bid=", ".join(each or "-" for each in sources),
            words_sha256=hashlib.sha256(words.encode()).hexdigest(),
            ground=ground,
            reason=reason.strip(),
        )
        return len(sources)


def restore(
    at: Where, *, batch_id: uuid.UUID, withheld_id: uuid.UUID, actor: Actor, clock: Clock
) -> None:
    """Show words to bidders again, before their letters go out.

    Raises:
        NotFound: the challenge is another body's, or nothing such is withheld.
        Forbidden, WrongMoment: by `policy.can_change`.
    """
    with transaction() as session:
        stage, _batch = changeable(session, at, actor, batch_id)
        row = session.get(Withheld, withheld_id)
        if row is None or row.stage_id != stage.id or row.taken_back_at is not None:
            raise NotFound(N_("Nothing such is withheld."))
        row.taken_back_at, row.taken_back_by_id = clock.now(), actor.user_id
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.RESTORED,
            actor=actor,
            words_sha256=hashlib.sha256(row.words.encode()).hexdigest(),
        )


def _sources(facts: Mapping[str, Any], words: str) -> Sequence[str | None]:
    """Give of whose reasons words are: by bid reference, None of why the decision was made."""
    texts: list[tuple[str | None, Iterable[str]]] = [
        (facts["bid"], _of(facts["reasons"])),
        (facts["bid"], (facts["own"] or {}).get("reasons") or ()),
        (None, (facts["why"], facts.get("tie") or "")),
        *((each["bid"], _of(each["reasons"])) for each in facts["preferred"]),
    ]
    return list(dict.fromkeys(bid for bid, said in texts if stands_in(words, said)))


def _of(reasons: Mapping[str, Sequence[str]]) -> list[str]:
    return [each for told in reasons.values() for each in told]


def _identifiers(session: Session, stage_id: uuid.UUID) -> Mapping[str, uuid.UUID]:
    rows = session.execute(select(Bid.reference, Bid.id).where(Bid.stage_id == stage_id))
    return dict(rows.tuples().all())
