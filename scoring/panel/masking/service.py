"""Shows an officer what in answers may tell the bidder, and masks what they choose."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.log_words import READ
from bids.models import Bid
from bids.opened_bid import OpenedBid
from bids.queries import opened_bids
from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.accounts.models import Membership, Organisation, User
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import parties, queries
from scoring.panel.aliases.queries import judges_unnamed
from scoring.panel.masking import log_words, policy
from scoring.panel.masking.finding import Found, Known, find, may_be_masked, stands_in
from scoring.panel.masking.models import AnswerMask
from scoring.panel.masking.queries import masks
from scoring.panel.queries import Meeting

WORDS_MOST = 200
# Else one person could take out of a bid what it is scored for.
TELLS_NOBODY = N_(
    "These words stay, for they name nobody: %(words)s. Only names of the bidder, its partners and "
    "subcontractors, full names of people who act for it, and addresses can be masked"
)


@dataclass(frozen=True)
class Checked:
    """A bid with what in its answers may tell the bidder, and what is masked already, with why and
    by whom."""

    reference: str
    supplier: str
    found: Sequence[Found]
    masked: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Answers:
    """What an officer sees of a stage's answers before scoring: of each bid that counts."""

    title: str
    bids: Sequence[Checked]
    questions: Mapping[str, str]


def read_answers(at: Where, *, actor: Actor, clock: Clock) -> Answers:
    """Give what may tell the bidders, and record that their bids were read.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_mask`.
    """
    with transaction() as session:
        found, bids = _bids(session, at, actor)
        made = masks(session, found.stage)
        known = _known(session, found.stage.id)
        page = Answers(
            title=found.challenge.title,
            bids=[
                Checked(
                    bid.reference,
                    bid.supplier_name,
                    [
                        each
                        for each in find(known[bid.bid_id], bid.answers)
                        if not _covered(each.words, made.get(bid.bid_id, ()))
                    ],
                    [(m.words, m.reason, m.masked_by.name) for m in made.get(bid.bid_id, ())],
                )
                for bid in bids
            ],
            questions={item.key: item.title for item in queries.questions(found.stage)},
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=READ,
            actor=actor,
            bid=", ".join(sorted(bid.reference for bid in bids)),
            looked_for="names",
        )
    return page


def mask(
    at: Where, words: Mapping[str, Sequence[str]], *, reason: str, actor: Actor, clock: Clock
) -> int:
    """Mask words in the answers of bids, by bid reference; return how many were not masked before.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_mask`.
        Invalid: nothing is chosen, words stand in no answer of the bid, are too long or tell nobody
            (field `more-` with the bid's reference), or there is no reason (`reason`). Nothing is
            kept.
    """
    with transaction() as session:
        found, bids = _bids(session, at, actor, lock=True)
        made = masks(session, found.stage)
        known = _known(session, found.stage.id)
        faults: dict[str, str] = {}
        harmless: list[str] = []
        fresh: dict[str, list[str]] = {}
        for bid in bids:
            done = {one.words for one in made.get(bid.bid_id, ())}
            wanted = dict.fromkeys(" ".join(each.split()) for each in words.get(bid.reference, ()))
            for each in filter(None, wanted):
                if len(each) > WORDS_MOST or not stands_in(each, bid.answers):
                    faults[f"more-{bid.reference}"] = N_(
                        "Write words as they stand in the bid’s answers, each on a line of its own"
                    )
                elif not may_be_masked(each, known[bid.bid_id], bid.answers):
                    harmless.append(each)
                    faults.setdefault(f"more-{bid.reference}", TELLS_NOBODY)
                elif each not in done:
                    fresh.setdefault(bid.reference, []).append(each)
        if not faults and not fresh:
            faults[f"more-{bids[0].reference}" if bids else "reason"] = N_(
                "Choose or write what is to be masked"
            )
        if not reason.strip():
            faults["reason"] = N_("Say why these words are masked")
        if faults:
            raise Invalid(N_("Nothing was masked."), faults, words=", ".join(harmless))
        for bid in bids:
            if bid.reference in fresh:
                _mask(session, found, bid, fresh[bid.reference], reason.strip(), actor, clock)
        return sum(len(each) for each in fresh.values())


def _mask(
    session: Session,
    found: Meeting,
    bid: OpenedBid,
    words: Sequence[str],
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    session.add_all(
        AnswerMask(
            bid_id=bid.bid_id,
            words=each,
            reason=reason,
            masked_by_id=actor.user_id,
            masked_at=clock.now(),
        )
        for each in words
    )
    recording.append(
        session,
        found.stage,
        clock=clock,
        action=log_words.MASKED,
        actor=actor,
        bid=bid.reference,
        words=list(words),
        reason=reason,
    )


def _bids(
    session: Session, at: Where, actor: Actor, *, lock: bool = False
) -> tuple[Meeting, list[OpenedBid]]:
    found = queries.meeting(session, at, actor, lock=lock)
    ensure(
        policy.can_mask(
            actor,
            judges=judges_unnamed(session, found.challenge.reference, actor.user_id),
            names_withheld=found.stage.names_withheld,
            state=found.state,
        )
    )
    bids = opened_bids(session, found.stage.id)
    return found, [bid for bid in bids if bid.state is BidState.VALID]


def _covered(words: str, made: Sequence[AnswerMask]) -> bool:
    return any(stands_in(each.words, {"": words}) for each in made)


def _known(session: Session, stage_id: uuid.UUID) -> Mapping[uuid.UUID, Known]:
    """Give what may tell each bid's bidder: the names of everybody with a part in it, the bidder's
    first, and the people who act for the bidder, with the domains of their addresses."""
    names: dict[uuid.UUID, list[str]] = defaultdict(list)
    for party in parties.parties(session, stage_id):
        for part in party.parts:
            of_bid = names[part.bid_id]
            of_bid.insert(0 if part.bidder == party.name else len(of_bid), party.name)
    people: dict[uuid.UUID, dict[str, None]] = defaultdict(dict)
    domains: dict[uuid.UUID, dict[str, None]] = defaultdict(dict)
    for bid_id, short_name, person, email in session.execute(
        select(Bid.id, Organisation.short_name, User.name, User.email)
        .join(Organisation, Organisation.id == Bid.supplier_id)
        .outerjoin(
            Membership,
            and_(Membership.organisation_id == Organisation.id, Membership.ended_at.is_(None)),
        )
        .outerjoin(User, User.id == Membership.user_id)
        .where(Bid.stage_id == stage_id)
        .order_by(Bid.id, User.name)
    ):
        if short_name and short_name not in names[bid_id]:
            names[bid_id].append(short_name)
        if person:
            people[bid_id][person] = None
            domains[bid_id][email.rpartition("@")[2]] = None
    return {
        bid_id: Known(of_bid, list(people[bid_id]), list(domains[bid_id]))
        for bid_id, of_bid in names.items()
    }
