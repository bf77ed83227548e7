"""Reads everything an evaluator has before them: all questions of all bids, or of one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from bids.asking import queries as bid_queries
from bids.asking.queries import ShownQuery
from bids.documents import Attachment
from bids.opened import FLAW_WORDS
from bids.queries import opened_bids
from scoring.panel import queries
from scoring.panel.evaluator_pages import OwnQuestion, bidder_of, own_work
from scoring.panel.queries import Meeting


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


def whole_desk(session: Session, found: Meeting) -> Desk:
    """Give everything that this evaluator may read.

    Only `service.reading` calls this: it asks the policy and records the read.

    Raises:
        Forbidden: the actor does not sit on the panel.
    """
    queries.load_scales(session, found.stage)
    opened = opened_bids(session, found.stage.id)
    work = own_work(session, found, [bidder_of(bid) for bid in opened])
    readable = {score.bidder.bid_id for item in work.questions for score in item.scores}
    read = [bid for bid in opened if bid.bid_id in readable]
    return Desk(
        reference=found.challenge.reference,
        challenge_title=found.challenge.title,
        member_id=work.member.id,
        label=work.member.label,
        questions=work.questions,
        answers={bid.bid_id: bid.answers for bid in read},
        flaws={bid.bid_id: FLAW_WORDS[bid.flaw] for bid in read if bid.flaw is not None},
        asked=bid_queries.shown_to_panel(session, readable),
        files={bid.bid_id: bid.attachments for bid in read if bid.intact},
        scales={
            item.question.id: queries.scale(found.stage, item.question) for item in work.questions
        },
    )
