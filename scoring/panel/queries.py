"""Reads the panel, its declarations and its scores; shared by its pages, its services and the
decision. Pages of evaluators and of the chair have modules of their own."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from bids.lifecycle import OPENED_STATES, BidState
from bids.models import Bid
from bids.opened_bid import OpenedBid
from challenges.kinds import CriterionKind
from challenges.models import Criterion, Stage
from marketplace.core.accounts.models import Organisation
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.panel import declarations
from scoring.panel.again.models import AgreedAgain
from scoring.panel.aliases import drawing
from scoring.panel.aliases.models import BidAlias
from scoring.panel.interests.models import (
    AgreementVoid,
    ScoreSetAside,
)
from scoring.panel.models import (
    ConsensusScore,
    PanelMember,
    Score,
)
from scoring.panel.seating import (
    Candidate,
    Meeting,
    candidates,
    meeting,
    meeting_of,
    member_of,
    numbered,
    seats,
)

__all__ = [
    "Agreed",
    "Bidder",
    "Candidate",
    "Meeting",
    "Question",
    "all_consensus",
    "bidder_named",
    "bidders",
    "bidders_of",
    "candidates",
    "current_consensus",
    "current_scores",
    "expected_cells",
    "load_scales",
    "meeting",
    "meeting_of",
    "member_of",
    "numbered",
    "question_named",
    "questions",
    "questions_of",
    "reasons",
    "scale",
    "seats",
    "valid",
]


@dataclass(frozen=True)
class Bidder:
    """Who bids, and nothing of what the bid says.

    Pages of the panel show and address a bid by `shown` and `handle` alone. `word` is what was
    drawn for the bid where names are withheld, empty where they are not; `named` tells that
    whoever looks may know the name too.
    """

    bid_id: uuid.UUID
    reference: str
    supplier_name: str
    state: BidState
    word: str = ""
    named: bool = False

    @property
    def withheld(self) -> bool:
        """Tell whether the name is withheld from whoever looks."""
        return bool(self.word) and not self.named

    @property
    def shown(self) -> str:
        """Give what the panel calls this bid."""
        if not self.word:
            return self.supplier_name
        alias = drawing.shown(self.word)
        return f"{self.supplier_name} ({alias})" if self.named else alias

    @property
    def handle(self) -> str:
        """Give what names this bid in addresses and fields."""
        return drawing.handle(self.word) if self.word else self.reference


@dataclass(frozen=True)
class Question:
    """What people score: a criterion, detached from its transaction."""

    id: uuid.UUID
    key: str
    number: int
    title: str
    text: str
    guidance: str
    max_score: Decimal


def bidders(session: Session, stage_id: uuid.UUID, *, named: bool = False) -> list[Bidder]:
    """Give the bidders whose bids were opened, in the order of what the panel calls them.

    `named` tells that whoever looks may know the names that are withheld.
    """
    rows = session.execute(
        select(Bid.id, Bid.reference, Organisation.name, Bid.state, BidAlias.word)
        .join(Organisation, Organisation.id == Bid.supplier_id)
        .outerjoin(BidAlias, BidAlias.bid_id == Bid.id)
        .where(Bid.stage_id == stage_id, Bid.state.in_(OPENED_STATES))
    )
    return _in_order(
        Bidder(bid_id, reference, name, state, word or "", named)
        for bid_id, reference, name, state, word in rows
    )


def bidders_of(
    bids: Iterable[OpenedBid], words: Mapping[uuid.UUID, str], *, named: bool = False
) -> list[Bidder]:
    """Give the same out of opened bids, which the caller has read with the words drawn for them."""
    return _in_order(
        Bidder(
            bid.bid_id,
            bid.reference,
            bid.supplier_name,
            bid.state,
            words.get(bid.bid_id, ""),
            named,
        )
        for bid in bids
    )


def _in_order(found: Iterable[Bidder]) -> list[Bidder]:
    """Sort by alias where there are any: an order by name would tell what the alias hides."""
    return sorted(found, key=lambda one: ((one.word or one.supplier_name).casefold(), one.handle))


def bidder_named(all_bidders: Sequence[Bidder], handle: str) -> Bidder:
    """Give the bidder whose bid has this handle.

    Raises:
        NotFound: no bid of this stage has it.
    """
    for bidder in all_bidders:
        if bidder.handle == handle:
            return bidder
    raise NotFound(N_("There is no such bid."))


def question_named(stage: Stage, key: str) -> Question:
    """Give the question with this key.

    Raises:
        NotFound: the stage has no such question.
    """
    for question in questions(stage):
        if question.key == key:
            return question
    raise NotFound(N_("There is no such question."))


def valid(all_bidders: Sequence[Bidder]) -> list[Bidder]:
    """Give those whose bids count, in the order given."""
    return [bidder for bidder in all_bidders if bidder.state is BidState.VALID]


def questions(stage: Stage) -> list[Question]:
    """Give what people score, in its order, numbered from 1."""
    scored = [item for item in stage.criteria if item.kind is CriterionKind.QUALITY]
    return [
        Question(
            id=item.id,
            key=item.key,
            number=number,
            title=item.title,
            text=item.question,
            guidance=item.guidance,
            # The database sees to it that a criterion which people score has a scale.
            max_score=item.max_score if item.max_score is not None else Decimal(0),
        )
        for number, item in enumerate(scored, start=1)
    ]


def questions_of(member: PanelMember, stage: Stage) -> list[Question]:
    """Give the questions that an evaluator scores, numbered as the stage numbers them."""
    return [question for question in questions(stage) if member.scores_criterion(question.id)]


def load_scales(session: Session, stage: Stage) -> None:
    """Load a stage's criteria with what each score means, all in one statement."""
    session.scalars(
        select(Stage)
        .where(Stage.id == stage.id)
        .options(joinedload(Stage.criteria).joinedload(Criterion.descriptors))
        .execution_options(populate_existing=True)
    ).unique().one()


def scale(stage: Stage, question: Question) -> list[tuple[Decimal, str]]:
    """Give what each score of a question means, the lowest first; call after `load_scales`."""
    criterion = next(item for item in stage.criteria if item.id == question.id)
    return [(descriptor.score, descriptor.text) for descriptor in criterion.descriptors]


def current_scores(
    session: Session, stage_id: uuid.UUID, *, member_id: uuid.UUID | None = None
) -> Sequence[Score]:
    """Give the submitted scores that count, those that no later row replaces; of one member only
    where `member_id` is given. Scores of one who left, and those set aside for an interest found
    later, stay on record and do not count."""
    later = aliased(Score)
    own = [Score.member_id == member_id] if member_id is not None else []
    return session.scalars(
        select(Score)
        .join(PanelMember, PanelMember.id == Score.member_id)
        .outerjoin(later, later.replaces_id == Score.id)
        .where(
            PanelMember.stage_id == stage_id,
            PanelMember.left_at.is_(None),
            later.id.is_(None),
            Score.id.not_in(select(ScoreSetAside.score_id)),
            *own,
        )
        .options(joinedload(Score.member), joinedload(Score.criterion))
        .order_by(Score.id)
    ).all()


@dataclass(frozen=True)
class Agreed:
    """An agreed score as it was recorded; `void` where it stands no longer, replaced or not."""

    score: ConsensusScore
    void: bool


def current_consensus(session: Session, stage_id: uuid.UUID) -> Sequence[ConsensusScore]:
    """Give the agreed scores that count: those that no later row replaces and that are not void."""
    every = all_consensus(session, stage_id)
    replaced = {each.score.replaces_id for each in every}
    return [each.score for each in every if each.score.id not in replaced and not each.void]


def all_consensus(session: Session, stage_id: uuid.UUID) -> list[Agreed]:
    """Give every agreed score of a stage, replaced and void ones too, in the order of recording."""
    rows = session.execute(
        select(ConsensusScore, func.coalesce(AgreementVoid.consensus_id, AgreedAgain.consensus_id))
        .join(Criterion, Criterion.id == ConsensusScore.criterion_id)
        .outerjoin(AgreementVoid, AgreementVoid.consensus_id == ConsensusScore.id)
        .outerjoin(AgreedAgain, AgreedAgain.consensus_id == ConsensusScore.id)
        .where(Criterion.stage_id == stage_id)
        .options(joinedload(ConsensusScore.criterion), joinedload(ConsensusScore.recorded_by))
        .order_by(ConsensusScore.recorded_at, ConsensusScore.id)
    )
    return [Agreed(row, void is not None) for row, void in rows]


def reasons(session: Session, stage: Stage, bid_id: uuid.UUID) -> Mapping[str, list[str]]:
    """Give the reasons for what counts of a bid, as `reasons_by_bid` has them."""
    return reasons_by_bid(session, stage).get(bid_id, {})


def reasons_by_bid(session: Session, stage: Stage) -> Mapping[uuid.UUID, Mapping[str, list[str]]]:
    """Give the reasons for what counts of each bid, by question: the panel's for the agreed score,
    or each evaluator's where scores stand.

    Those of several stand in the order of their words, which tells nobody whose they are.
    """
    found: dict[uuid.UUID, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = current_scores(session, stage.id) if stage.scores_stand else None
    if rows is None:
        for agreed in current_consensus(session, stage.id):
            found[agreed.bid_id][agreed.criterion.key] = [agreed.rationale]
        return found
    apart = declarations.recusals(session, stage.id)
    for row in rows:
        if (row.member_id, row.bid_id) not in apart:
            found[row.bid_id][row.criterion.key].append(row.rationale)
    return {
        bid_id: {key: sorted(told) for key, told in by_question.items()}
        for bid_id, by_question in found.items()
    }


def expected_cells(
    member: PanelMember,
    stage: Stage,
    all_bidders: Sequence[Bidder],
    kept_apart: Set[tuple[uuid.UUID, uuid.UUID]],
) -> list[tuple[Bidder, Question]]:
    """Give the scores an evaluator owes: each question that is theirs, of each valid bid, recusals
    left out."""
    return [
        (bidder, question)
        for question in questions_of(member, stage)
        for bidder in valid(all_bidders)
        if (member.id, bidder.bid_id) not in kept_apart
    ]
