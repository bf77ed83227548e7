"""Reads what an evaluator's pages show: the steps left, one question across all bids, own scores.

Nothing here gives another member's scores, and nothing gives a price.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from bids.asking import queries as bid_queries
from bids.asking.queries import ShownQuery
from bids.documents import Attachment
from bids.opened_bid import FLAW_WORDS, OpenedBid
from bids.queries import opened_bids
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.panel import declarations, queries
from scoring.panel.aliases import queries as aliases
from scoring.panel.aliases.files import as_given
from scoring.panel.aliases.queries import Drawn
from scoring.panel.declarations import DeclaredInterest
from scoring.panel.desk import notes
from scoring.panel.interviews import queries as interviews
from scoring.panel.interviews.queries import Unmet
from scoring.panel.lifecycle import Fault, score_fault
from scoring.panel.models import PanelMember
from scoring.panel.order import in_reading_order
from scoring.panel.queries import Bidder, Meeting, Question


@dataclass(frozen=True)
class OwnScore:
    """An evaluator's own score of one bid on one question, written or not.

    `conditions` are those under which the evaluator may score this bid, if there are any; `note`
    is the evaluator's private one, empty where there is none. `unmet` tells of an interview that
    comes before the scores of this bid are submitted.
    """

    bidder: Bidder
    value: Decimal | None
    rationale: str
    saved_at: datetime | None
    fault: Fault | None
    corrected: bool = False
    conditions: str = ""
    note: str = ""
    unmet: Unmet | None = None


@dataclass(frozen=True)
class OwnQuestion:
    """One question with the evaluator's own scores, in the evaluator's order of bids."""

    question: Question
    scores: Sequence[OwnScore]

    @property
    def done(self) -> int:
        """Count the scores that are complete."""
        return sum(score.fault is None for score in self.scores)

    @property
    def last_saved(self) -> datetime | None:
        """Give when anything of it was last saved."""
        return max((score.saved_at for score in self.scores if score.saved_at), default=None)

    @property
    def left(self) -> int:
        """Count the scores that are not."""
        return len(self.scores) - self.done


@dataclass(frozen=True)
class OwnWork:
    """Everything an evaluator has to do and has done on one panel."""

    meeting: Meeting
    member: PanelMember
    questions: Sequence[OwnQuestion]
    interests: Sequence[DeclaredInterest]
    bidders: Sequence[Bidder]
    drawn: Drawn

    @property
    def expected(self) -> int:
        """Count the scores this evaluator owes."""
        return sum(len(question.scores) for question in self.questions)

    @property
    def done(self) -> int:
        """Count the complete ones."""
        return sum(question.done for question in self.questions)

    @property
    def bids(self) -> list[tuple[Bidder, int]]:
        """Give the bids this evaluator scores, in the evaluator's order, each with how many of its
        scores are not complete."""
        scores = [score for question in self.questions for score in question.scores]
        left = Counter(score.bidder.bid_id for score in scores if score.fault is not None)
        return [(b, left[b.bid_id]) for b in dict.fromkeys(score.bidder for score in scores)]

    def on(self, question: Question) -> OwnQuestion:
        """Give the evaluator's own work on one question.

        Raises:
            NotFound: this evaluator does not score it.
        """
        for item in self.questions:
            if item.question.id == question.id:
                return item
        raise NotFound(N_("You do not score this question."))

    @property
    def last_saved(self) -> datetime | None:
        """Give when anything was last saved."""
        return max((q.last_saved for q in self.questions if q.last_saved), default=None)

    @property
    def undecided(self) -> list[str]:
        """Name the parties in whom this evaluator declared an interest that waits for a decision:
        until then their bids are neither read nor scored, and nothing is submitted."""
        return _named(item for item in self.interests if item.open)

    @property
    def recused_from(self) -> list[str]:
        """Name the parties whose bids this evaluator must not deal with."""
        return _named(item for item in self.interests if item.recused)


def _named(interests: Iterable[DeclaredInterest]) -> list[str]:
    return sorted({item.declaration.party.name for item in interests}, key=str.casefold)


@dataclass(frozen=True)
class QuestionPage:
    """One question across all bids, with their answers by bid id and what each score means.

    `flaws` says of the bids that are not as they were submitted what is wrong, by bid id too;
    `asked` what bidders were asked after the opening, as far as the panel may see it; `files` what
    goes with the bids that are as they were submitted.
    Plain values throughout: the page outlives the transaction that recorded its reading.
    """

    reference: str
    challenge_title: str
    current: OwnQuestion
    questions: Sequence[OwnQuestion]
    answers: Mapping[uuid.UUID, str]
    flaws: Mapping[uuid.UUID, str]
    asked: Mapping[uuid.UUID, Sequence[ShownQuery]]
    files: Mapping[uuid.UUID, Sequence[Attachment]]
    scale: Sequence[tuple[Decimal, str]]

    @property
    def place(self) -> int:
        """Give which of the evaluator's own questions this is, from 1."""
        return 1 + [item.question.key for item in self.questions].index(self.current.question.key)

    @property
    def next_key(self) -> str | None:
        """Give the question after this one, or None after the last."""
        return self._beside(1)

    @property
    def previous_key(self) -> str | None:
        """Give the question before this one, or None before the first."""
        return self._beside(-1)

    def only(self, handle: str) -> "QuestionPage":
        """Narrow the page to one bid.

        Raises:
            NotFound: it is not among those this evaluator scores.
        """
        scores = [s for s in self.current.scores if s.bidder.handle == handle]
        if not scores:
            raise NotFound(N_("You have no such score."))
        bid_id = scores[0].bidder.bid_id
        return replace(
            self,
            current=replace(self.current, scores=scores),
            answers={bid_id: self.answers[bid_id]},
        )

    def _beside(self, step: int) -> str | None:
        place = self.place - 1 + step
        if 0 <= place < len(self.questions):
            return self.questions[place].question.key
        return None


def own_work(
    session: Session, found: Meeting, opened: Sequence[OpenedBid] | None = None
) -> OwnWork:
    """Give an evaluator's own work: drafts until submission, the scores that count afterwards.

    `opened` are the bids where the caller has read them already.

    Raises:
        Forbidden: the actor does not sit on the panel.
    """
    member = found.own_seat
    drawn = aliases.drawn(session, found.stage.id)
    all_bidders = (
        queries.bidders(session, found.stage.id, named=found.names_open)
        if opened is None
        else queries.bidders_of(opened, drawn.words, named=found.names_open)
    )
    interests = [
        item
        for item in declarations.declared_interests(session, found.stage.id)
        if item.declaration.member_id == member.id
    ]
    kept_apart = declarations.kept_apart(interests)
    conditions: dict[uuid.UUID, list[str]] = defaultdict(list)
    for item in interests:
        if item.decision is not None and item.restricted:
            for bid_id in item.bid_ids:
                conditions[bid_id].append(item.decision.reason)
    written, noted = _written(session, found, member)
    by_question: dict[uuid.UUID, list[OwnScore]] = {}
    unmet = interviews.unmet(session, found, [bidder.bid_id for bidder in all_bidders])
    for bidder, question in queries.expected_cells(member, found.stage, all_bidders, kept_apart):
        value, rationale, saved_at, corrected = written.get(
            (bidder.bid_id, question.id), (None, "", None, False)
        )
        by_question.setdefault(question.id, []).append(
            OwnScore(
                bidder=bidder,
                value=value,
                rationale=rationale,
                saved_at=saved_at,
                fault=score_fault(value, rationale, question.max_score),
                corrected=corrected,
                conditions="\n\n".join(conditions[bidder.bid_id]),
                note=noted.get((bidder.bid_id, question.id), ""),
                unmet=unmet.get(bidder.bid_id),
            )
        )
    return OwnWork(
        meeting=found,
        member=member,
        questions=[
            OwnQuestion(
                question,
                in_reading_order(
                    drawn.seed,
                    member.label,
                    by_question.get(question.id, []),
                    lambda score: score.bidder.reference,
                ),
            )
            for question in queries.questions_of(member, found.stage)
        ],
        interests=interests,
        bidders=all_bidders,
        drawn=drawn,
    )


Place = tuple[uuid.UUID, uuid.UUID]
Written = tuple[Decimal | None, str, datetime | None, bool]


def _written(
    session: Session, found: Meeting, member: PanelMember
) -> tuple[dict[Place, Written], dict[Place, str]]:
    """Give the member's own drafts or, once submitted, own scores, by bid and criterion; and the
    member's private notes."""
    if member.scores_submitted_at is None:
        return notes.with_drafts(session, member)
    scores = queries.current_scores(session, found.stage.id, member_id=member.id)
    return {
        (score.bid_id, score.criterion_id): (
            score.value,
            score.rationale,
            score.recorded_at,
            score.replaces_id is not None,
        )
        for score in scores
    }, notes.own(session, member)


def question_page(session: Session, found: Meeting, key: str) -> QuestionPage:
    """Give one question across the bids this evaluator may read, with their answers.

    Only `service.read_question` calls this: it asks the policy and records the read.

    Raises:
        NotFound: there is no such question.
        Forbidden: the actor does not sit on the panel.
    """
    queries.load_scales(session, found.stage)
    question = queries.question_named(found.stage, key)
    opened = opened_bids(session, found.stage.id)
    work = own_work(session, found, opened)
    current = work.on(question)
    readable = {score.bidder.bid_id for score in current.scores}
    files = {bid.bid_id: bid.attachments for bid in opened if bid.intact}
    return QuestionPage(
        reference=found.challenge.reference,
        challenge_title=found.challenge.title,
        current=current,
        questions=work.questions,
        scale=queries.scale(found.stage, question),
        answers={
            bid.bid_id: work.drawn.answer(bid.bid_id, bid.answers.get(key, ""))
            for bid in opened
            if bid.bid_id in readable
        },
        flaws={bid.bid_id: FLAW_WORDS[bid.flaw] for bid in opened if bid.flaw is not None},
        asked=work.drawn.asked(bid_queries.shown_to_panel(session, readable, key)),
        files={
            score.bidder.bid_id: as_given(score.bidder, files[score.bidder.bid_id])
            for score in current.scores
            if score.bidder.bid_id in files
        },
    )
