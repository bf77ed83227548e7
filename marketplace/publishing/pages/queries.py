"""Reads for the public pages of awards: what the public edition says, and nothing besides."""

import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.lifecycle import AWARDED_STATES, State
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Organisation
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.award.models import Contract, Intention, IntentionWithdrawal
from scoring.award.standing import intention_stands, was_taken_back
from scoring.report import queries as reports
from scoring.report.editions import public_edition
from scoring.report.facts import AwardReport
from scoring.report.queries import Made, Progress
from scoring.report.values import Edition

PAGE = 20


@dataclass(frozen=True)
class AwardList:
    """One page of awards, the newest first; `after` begins the next page, null at the end."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    after: str | None


@dataclass(frozen=True)
class AwardPage:
    """The public story of one award. `report` are the facts of the public edition.

    `progress` tells how far the newest report is made.
    """

    challenge: Row[*tuple[Any, ...]]
    report: AwardReport
    file: Made | None
    full_file: Made | None
    progress: Progress | None
    signed: bool
    ended: bool


def awards(session: Session, words: str | None, after: str | None) -> AwardList:
    """Read awards, newest first, by words in title or body; `after` continues a list."""
    query = (
        select(
            Challenge.reference,
            Challenge.title,
            Challenge.state,
            Organisation.name.label("buyer"),
            func.min(Intention.announced_at).label("announced_at"),
            Intention.stage_id,
            func.min(Intention.standstill_ends_at).label("standstill_ends_at"),
            func.sum(Contract.value_minor).label("value_minor"),
            func.min(Contract.signed_at).label("signed_at"),
        )
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(Intention, Intention.stage_id == Stage.id)
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .outerjoin(
            Contract,
            and_(
                Contract.recommendation_id == Intention.recommendation_id,
                Contract.bid_id == Intention.bid_id,
            ),
        )
        .where(intention_stands())
        # Several that win are announced at one instant, so this keeps an award in one row.
        .group_by(
            Challenge.reference,
            Challenge.title,
            Challenge.state,
            Organisation.name,
            Intention.stage_id,
            Intention.announced_at,
        )
        .order_by(Intention.announced_at.desc(), Intention.stage_id.desc())
        .limit(PAGE + 1)
    )
    for word in (words or "").split()[:8]:
        query = query.where(
            or_(
                Challenge.title.icontains(word, autoescape=True),
                Organisation.name.icontains(word, autoescape=True),
            )
        )
    if mark := mark_of(after):
        at, stage_id = mark
        query = query.where(
            or_(
                Intention.announced_at < at,
                and_(Intention.announced_at == at, Intention.stage_id < stage_id),
            )
        )
    rows = session.execute(query).all()
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    last = rows[-1] if rows else None
    return AwardList(
        rows, f"{last.announced_at.isoformat()}~{last.stage_id}" if more and last else None
    )


def mark_of(after: str | None) -> tuple[datetime, uuid.UUID] | None:
    """Read where a list goes on; anything else that stands in the address begins it anew."""
    at, _tilde, stage_id = (after or "").partition("~")
    try:
        instant = datetime.fromisoformat(at)
        # At either end of the calendar an instant may have no place in UTC.
        return (instant.astimezone(UTC), uuid.UUID(stage_id)) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def supplier_names(session: Session, found: AwardList) -> dict[uuid.UUID, str]:
    """Give the names of the suppliers of a list of awards, by the stage that decided each."""
    rows = session.execute(
        select(Intention.stage_id, Organisation.name)
        .join(Bid, Bid.id == Intention.bid_id)
        .join(Organisation, Organisation.id == Bid.supplier_id)
        .where(Intention.stage_id.in_([row.stage_id for row in found.rows]), intention_stands())
        .order_by(func.lower(Organisation.name))
    ).tuples()
    names: dict[uuid.UUID, list[str]] = defaultdict(list)
    for stage_id, name in rows:
        names[stage_id].append(name)
    return {stage_id: ", ".join(each) for stage_id, each in names.items()}


def taken_back(session: Session, reference: str) -> Row[str, str, str, datetime] | None:
    """Give of a challenge whose announced decisions were all taken back its reference, title and
    body, and when the last was; None of any other."""
    if not was_taken_back(session, reference):
        return None
    return session.execute(
        select(
            Challenge.reference,
            Challenge.title,
            Organisation.name.label("buyer"),
            func.max(IntentionWithdrawal.withdrawn_at).label("at"),
        )
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(Intention, Intention.stage_id == Stage.id)
        .join(
            IntentionWithdrawal,
            IntentionWithdrawal.recommendation_id == Intention.recommendation_id,
        )
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .where(Challenge.reference == reference)
        .group_by(Challenge.reference, Challenge.title, Organisation.name)
    ).one()


def award(session: Session, reference: str) -> AwardPage:
    """Read the public story of one award.

    Raises:
        NotFound: no intention to award is announced for such a challenge.
    """
    row = session.execute(
        select(Challenge.reference, Challenge.state, Challenge.buyer_id, Stage.id.label("stage_id"))
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(Intention, Intention.stage_id == Stage.id)
        .where(Challenge.reference == reference, intention_stands())
        .limit(1)
    ).one_or_none()
    facts = reports.newest_facts(session, row.stage_id) if row else None
    if row is None or facts is None:
        raise NotFound(N_("No award has been announced for such a challenge."))
    full = AwardReport.from_json(json.loads(facts))
    files = {made.edition: made for made in reversed(reports.files(session, row.stage_id))}
    signed = full.decision.contract is not None
    return AwardPage(
        challenge=row,
        report=full if full.edition is Edition.PUBLIC else public_edition(full),
        file=files.get(Edition.PUBLIC),
        full_file=files.get(Edition.FULL),
        progress=reports.progress(session, session.get_one(Stage, row.stage_id), signed=signed),
        signed=signed,
        ended=row.state not in AWARDED_STATES and row.state is not State.STOPPED,
    )
