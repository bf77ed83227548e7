"""Writing at the desk: one bid across all questions, and an own text used again. Drafts only."""

from collections.abc import Mapping

from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import policy, queries
from scoring.panel.desk.texts import own_texts
from scoring.panel.service import DraftCell, keep_drafts
from scoring.panel.sheets.comparing import REASON_MOST


def save_bid(
    at: Where,
    handle: str,
    cells: Mapping[str, DraftCell],
    *,
    actor: Actor,
    clock: Clock,
) -> int:
    """Keep what an evaluator has written on one bid, by question key; as `save_draft` otherwise.

    Raises:
        NotFound: the challenge is another body's, or the bid is not among those this evaluator
            scores, or there is no such question.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
        Invalid: a value is outside the scale; fields are named `score-` with the question's key.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_write_scores(actor, found.own_seat, found.phase))
        return keep_drafts(
            session,
            found,
            {(key, handle): cell for key, cell in cells.items()},
            field=lambda key, _handle: f"score-{key}",
            clock=clock,
        )


def use_text(
    at: Where,
    key: str,
    handle: str,
    source: tuple[str, str],
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Put an own reason, of the cell `source` (question key, bid handle), below what stands in the
    reason of another cell; both are drafts, and the source stays as it is.

    Raises:
        NotFound: the challenge is another body's, or either is no cell of the actor's.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
        Invalid: together they would be too long.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_write_scores(actor, found.own_seat, found.phase))
        texts = own_texts(session, found, key, handle)
        together = "\n\n".join(filter(None, (texts.score.rationale, texts.named(*source))))
        if len(together) > REASON_MOST:
            raise Invalid(
                N_("The reason would have more than 10,000 characters. Shorten it first.")
            )
        keep_drafts(
            session,
            found,
            {(key, handle): DraftCell(texts.score.value, together)},
            field=lambda _key, _handle: "reason",
            clock=clock,
        )
