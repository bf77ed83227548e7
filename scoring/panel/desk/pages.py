"""Reads everything an evaluator has before them: all questions of all bids, or of one."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from bids.asking import queries as bid_queries
from bids.asking.queries import ShownQuery
from bids.documents import Attachment
from bids.opened_bid import FLAW_WORDS
from bids.queries import opened_bids
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.panel import queries
from scoring.panel.aliases.files import as_given
from scoring.panel.evaluator_pages import OwnQuestion, OwnScore, own_work
from scoring.panel.interviews.queries import Unmet
from scoring.panel.queries import Bidder, Meeting


@dataclass(frozen=True)
class Desk:
    """All questions with the evaluator's own scores, and all that is read to give them.

    `answers` are by bid id and question key, `flaws`, `asked` and `files` by bid id, `scales` by
    question id, the lowest score first. Plain values throughout, as on the page of one question.
    """

    reference: str
    challenge_title: str
    member_id: uuid.UUID
    label: str
    questions: Sequence[OwnQuestion]
    answers: Mapping[uuid.UUID, Mapping[str, str]]
    flaws: Mapping[uuid.UUID, str]
    asked: Mapping[uuid.UUID, Sequence[ShownQuery]]
    files: Mapping[uuid.UUID, Sequence[Attachment]]
    scales: Mapping[uuid.UUID, Sequence[tuple[Decimal, str]]]

    def bid(self, handle: str) -> "BidPage":
        """Narrow it to one bid.

        Raises:
            NotFound: it is not among those this evaluator scores.
        """
        cells = [(item, own) for item in self.questions for own in item.scores]
        mine = [(i, own) for i, own in cells if own.bidder.handle == handle]
        if not mine:
            raise NotFound(N_("That bid is not among those you score."))
        bidder = mine[0][1].bidder
        asked = self.asked.get(bidder.bid_id, ())
        answers = self.answers[bidder.bid_id]
        left = Counter(own.bidder for _item, own in cells if own.fault is not None)
        return BidPage(
            reference=self.reference,
            challenge_title=self.challenge_title,
            bidder=bidder,
            conditions=mine[0][1].conditions,
            unmet=mine[0][1].unmet,
            cells=[
                BidCell(
                    item=item,
                    own=own,
                    answer=answers.get(item.question.key, ""),
                    scale=self.scales[item.question.id],
                    asked=[query for query in asked if query.key == item.question.key],
                )
                for item, own in mine
            ],
            flaw=self.flaws.get(bidder.bid_id),
            asked=[query for query in asked if query.key is None],
            files=as_given(bidder, self.files.get(bidder.bid_id, ())),
            bids=[(one, left[one]) for one in dict.fromkeys(own.bidder for _item, own in cells)],
        )


@dataclass(frozen=True)
class BidCell:
    """One question of one bid: the answer, the own score, and all that is read to give it."""

    item: OwnQuestion
    own: OwnScore
    answer: str
    scale: Sequence[tuple[Decimal, str]]
    asked: Sequence[ShownQuery]


@dataclass(frozen=True)
class BidPage:
    """One bid across all questions; `bids` are all of the evaluator's, in their own order, each
    with how many of its scores are not complete. `asked` concerns no question in particular."""

    reference: str
    challenge_title: str
    bidder: Bidder
    conditions: str
    unmet: Unmet | None
    cells: Sequence[BidCell]
    flaw: str | None
    asked: Sequence[ShownQuery]
    files: Sequence[Attachment]
    bids: Sequence[tuple[Bidder, int]]

    @property
    def place(self) -> int:
        """Give the place of this bid in the evaluator's order, from 0."""
        return [bidder for bidder, _left in self.bids].index(self.bidder)

    @property
    def next_bid(self) -> str | None:
        """Give the bid after this one, or None after the last."""
        following = self.bids[self.place + 1 : self.place + 2]
        return following[0][0].handle if following else None


def whole_desk(session: Session, found: Meeting) -> Desk:
    """Give everything that this evaluator may read.

    Only `service.reading` calls this: it asks the policy and records the read.

    Raises:
        Forbidden: the actor does not sit on the panel.
    """
    queries.load_scales(session, found.stage)
    opened = opened_bids(session, found.stage.id)
    work = own_work(session, found, opened)
    readable = {score.bidder.bid_id for item in work.questions for score in item.scores}
    read = [bid for bid in opened if bid.bid_id in readable]
    return Desk(
        reference=found.challenge.reference,
        challenge_title=found.challenge.title,
        member_id=work.member.id,
        label=work.member.label,
        questions=work.questions,
        answers={
            bid.bid_id: {
                key: work.drawn.answer(bid.bid_id, text) for key, text in bid.answers.items()
            }
            for bid in read
        },
        flaws={bid.bid_id: FLAW_WORDS[bid.flaw] for bid in read if bid.flaw is not None},
        asked=work.drawn.asked(bid_queries.shown_to_panel(session, readable)),
        files={bid.bid_id: bid.attachments for bid in read if bid.intact},
        scales={
            item.question.id: queries.scale(found.stage, item.question) for item in work.questions
        },
    )
