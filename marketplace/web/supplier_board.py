"""Reads a supplier's dashboard: what is to be done, its bids, questions, and what is new for it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from bids import expiring, progress
from bids.lifecycle import BidState
from bids.models import Bid, Submission
from bids.progress import Progress
from bids.renewing.queries import counts, is_current
from challenges.alerts import news
from challenges.asking import queries as asking
from challenges.asking.queries import Asked
from challenges.models import Challenge, Stage
from challenges.stages.running import stands
from marketplace.core import todos
from marketplace.core.accounts import queries as accounts
from marketplace.core.accounts.models import Organisation, OrganisationKind
from marketplace.core.permissions import Actor, Permission, Role
from marketplace.core.todos import Todo
from marketplace.web.supplier_bids import Group, OwnBid, grouped
from scoring.award.advancing.models import Advance, AdvanceAnswer
from scoring.award.advancing.queries import stands_still
from scoring.award.letters.models import LetterBatch
from scoring.award.models import Contract, Intention
from scoring.award.standing import intention_stands

BIDS_MOST = 100
QUESTIONS_MOST = 5
# Likeness is sought to what the supplier bid for last; what it bid for years ago may interest it
# no more.
LIKED_MOST = 3


@dataclass(frozen=True)
class Elsewhere:
    """Another supplier that the person acts for, and how many things press there."""

    membership_id: uuid.UUID
    name: str
    waiting: int


@dataclass(frozen=True)
class SupplierBoard:
    """What a person who acts for a supplier sees first.

    `expiring` is what expires and presses nobody yet. `administrators` are named where the person
    is none. `untouched` tells that the supplier has neither bid nor question nor anything to do.
    """

    to_do: Sequence[Todo]
    bids: Mapping[Group, Sequence[OwnBid]]
    progress: Mapping[uuid.UUID, Progress]
    questions: Sequence[Asked]
    expiring: Sequence[Todo]
    news: news.News
    elsewhere: Sequence[Elsewhere]
    administrators: Sequence[str]

    @property
    def untouched(self) -> bool:
        """Tell whether there is nothing of the supplier's own to show."""
        return not (self.to_do or any(self.bids.values()) or self.questions)


def board(session: Session, actor: Actor, now: datetime) -> SupplierBoard:
    """Read the dashboard of the supplier that the actor acts for."""
    hats = {actor.organisation_id: actor}
    others = []
    for membership in accounts.own_memberships(actor.user_id):
        organisation = membership.organisation
        if organisation.kind is OrganisationKind.SUPPLIER and organisation.id not in hats:
            roles = frozenset(role.role for role in membership.roles)
            hats[organisation.id] = Actor(actor.user_id, actor.name, organisation.id, roles)
            others.append(membership)
    waiting = todos.waiting(session, list(hats.values()), now)
    here = [each for each in waiting if each.organisation_id == actor.organisation_id]
    own = _own_bids(session, actor)
    bids = grouped(own, now)
    return SupplierBoard(
        to_do=[each for each in here if not each.later],
        bids=bids,
        progress=_progress(session, actor, bids[Group.DRAFTS], now),
        questions=asking.asked_by(session, [actor.organisation_id], now, most=QUESTIONS_MOST),
        expiring=[each for each in here if each.later],
        news=news.news_for(
            session,
            actor.user_id,
            now,
            besides=[bid.challenge_id for bid in own],
            like=[bid.title for bid in own[:LIKED_MOST]],
        ),
        elsewhere=[
            Elsewhere(
                membership.id,
                membership.organisation.name,
                sum(
                    each.organisation_id == membership.organisation_id and not each.later
                    for each in waiting
                ),
            )
            for membership in others
        ],
        administrators=()
        if actor.may(Permission.BID_SUBMIT)
        else accounts.names_of(actor.organisation_id, Role.SUPPLIER_ADMIN),
    )


def _own_bids(session: Session, actor: Actor) -> Sequence[OwnBid]:
    """Give the supplier's bids, the one begun last first, in one statement."""
    following = aliased(Bid)
    announced = exists().where(Intention.stage_id == Bid.stage_id, intention_stands())
    preferred = exists().where(Intention.bid_id == Bid.id, intention_stands())
    query: Select[*tuple[Any, ...]] = (
        select(
            Bid.id,
            Bid.reference,
            Bid.challenge_id,
            Challenge.title,
            Organisation.name,
            Bid.state,
            stands(),
            Stage.closes_at,
            Bid.draft_key_id.is_not(None),
            Bid.current_version,
            Submission.recorded_at,
            counts(),
            announced,
            preferred,
            Stage.ordinal,
            Bid.unsealed,
            exists().where(
                following.previous_id == Bid.id,
                # An invitation that was taken back while there was no work counts no more.
                or_(
                    following.state != BidState.WITHDRAWN,
                    exists().where(Contract.bid_id == Bid.id),
                ),
            ),
            exists().where(Contract.bid_id == Bid.id),
            exists().where(
                Advance.stage_id == Bid.stage_id,
                AdvanceAnswer.advance_id == Advance.id,
                AdvanceAnswer.confirmed,
                stands_still(),
                # Who does not go on is told by a letter, and not before.
                ~exists().where(
                    LetterBatch.advance_id == Advance.id, LetterBatch.sent_at.is_(None)
                ),
            ),
        )
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .join(Stage, Stage.id == Bid.stage_id)
        .outerjoin(Submission, is_current())
        .where(Bid.supplier_id == actor.organisation_id)
        .order_by(Bid.created_at.desc(), Bid.id.desc())
        .limit(BIDS_MOST)
    )
    return [OwnBid(*row) for row in session.execute(query)]


def _progress(
    session: Session, actor: Actor, listed: Sequence[OwnBid], now: datetime
) -> Mapping[uuid.UUID, Progress]:
    written = [bid.id for bid in listed if bid.drafted]
    if not written:
        return {}
    until = expiring.declared_until(session, [actor.organisation_id])
    return progress.of_drafts(
        session, written, eligible_until=until.get(actor.organisation_id), now=now
    )
