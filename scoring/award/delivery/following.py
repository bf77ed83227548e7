"""Finds the work that follows a contract whose gate said that it goes on, and is not signed for."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from scoring.award.contracts.ordered.queries import is_ineffective
from scoring.award.contracts.terms import work_stages
from scoring.award.models import Contract, RestEnd


class Further(NamedTuple):
    """The name of the work that follows, and where its contract is recorded."""

    work: str
    params: Mapping[str, object]


def further_work(session: Session, contracts: Sequence[Contract]) -> dict[uuid.UUID, Further]:
    """Give by contract the next stage of work of the same award that has none with its bidder.

    What was paid for before a further judging leads to that, and to no contract; nor does what a
    court declared ineffective, or an award whose rest has ended.
    """
    asked = [each for each in contracts if each.recommendation_id is not None]
    if not asked:
        return {}
    over = or_(
        is_ineffective(), exists().where(RestEnd.recommendation_id == Contract.recommendation_id)
    )
    signed: dict[uuid.UUID, set[uuid.UUID | None]] = defaultdict(set)
    ended: set[uuid.UUID] = set()
    for contract_id, bid_id, work_id, is_over in session.execute(
        select(Contract.id, Contract.bid_id, Contract.work_stage_id, over).where(
            Contract.bid_id.in_([each.bid_id for each in asked])
        )
    ):
        signed[bid_id].add(work_id)
        if is_over:
            ended.add(contract_id)
    resting = [each for each in asked if each.id not in ended]
    if not resting:
        return {}
    judged = {
        each.id: each
        for each in session.scalars(
            select(Stage)
            .where(Stage.id.in_([each.stage_id for each in resting]))
            .options(joinedload(Stage.challenge).selectinload(Challenge.stages))
        )
    }
    found = {}
    for each in resting:
        stage = judged[each.stage_id]
        if stage.challenge.state not in (State.SIGNED, State.DELIVERING):
            continue
        works = work_stages(stage.challenge, stage)
        places = [place for place, work in enumerate(works) if work.id == each.work_stage_id]
        after = works[places[0] + 1 :] if places else []
        if after and after[0].id not in signed[each.bid_id]:
            params: dict[str, object] = {"reference": stage.challenge.reference}
            if stage.ordinal > 1:
                params["stage"] = stage.ordinal
            found[each.id] = Further(after[0].name, params)
    return found
