"""An evaluator's own reasons, to be used again for another score. Nobody else's, and no bid's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.panel.evaluator_pages import OwnQuestion, OwnScore, own_work
from scoring.panel.queries import Meeting

Written = tuple[OwnQuestion, OwnScore]


@dataclass(frozen=True)
class OwnTexts:
    """The score that wants a reason, and the own reasons that are near to it.

    `alike` are those for the same question of other bids, `beside` those for other questions of
    the same bid; each in the evaluator's own order, empty ones left out.
    """

    item: OwnQuestion
    score: OwnScore
    alike: Sequence[Written]
    beside: Sequence[Written]

    def named(self, key: str, handle: str) -> str:
        """Give the text of one of them.

        Raises:
            NotFound: it is none of them.
        """
        for item, score in (*self.alike, *self.beside):
            if (item.question.key, score.bidder.handle) == (key, handle):
                return score.rationale
        raise NotFound(N_("You have no such text."))


def own_texts(session: Session, found: Meeting, key: str, handle: str) -> OwnTexts:
    """Give an evaluator the own reasons that may serve for one score.

    Raises:
        NotFound: it is not among the scores that this evaluator owes.
        Forbidden: the actor does not sit on the panel.
    """
    cells = [(item, s) for item in own_work(session, found).questions for s in item.scores]
    for wanted, own in cells:
        if (wanted.question.key, own.bidder.handle) == (key, handle):
            break
    else:
        raise NotFound(N_("You have no such score."))
    written = [(item, s) for item, s in cells if s is not own and s.rationale.strip()]
    return OwnTexts(
        item=wanted,
        score=own,
        alike=[(item, s) for item, s in written if item.question == wanted.question],
        beside=[(item, s) for item, s in written if s.bidder == own.bidder],
    )
