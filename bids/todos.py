"""Tells suppliers' dashboards what waits with their bids, their declaration and their passport."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from bids import expiring, policy
from bids.expiring import Expiring
from bids.lifecycle import BidState
from bids.models import Bid, Submission
from bids.passport.answers import last_day, rules_at
from bids.passport.subjects import ASKED
from bids.renewing.queries import counts, is_current
from challenges.models import Challenge, Stage
from challenges.stages.running import takes_bids
from marketplace.core import todos
from marketplace.core.dates import format_date, format_instant, time_left
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo

# A draft that has longer stands among the drafts, and presses nobody.
CLOSES_SOON = timedelta(days=7)


def of_suppliers(session: Session, actors: Sequence[Actor], now: datetime) -> Iterator[Todo]:
    """Give what waits for a person who writes bids, in three statements."""
    acting = {each.organisation_id: each for each in actors if each.may(Permission.BID_DRAFT)}
    if not acting:
        return
    rows = _open_bids(session, acting.keys(), now)
    for row in rows:
        yield from _of_bid(row, acting[row.supplier_id], now)
    # When the first draft of each supplier closes: until then its papers have to be in order.
    pressing: dict[uuid.UUID, datetime] = {}
    for row in rows:
        if row.draft_key_id is not None:
            pressing.setdefault(row.supplier_id, row.closes_at)
    yield from _declarations(session, acting, pressing, now)
    yield from _passports(session, acting, pressing, now)


def _open_bids(
    session: Session, suppliers: Collection[uuid.UUID], now: datetime
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Give the suppliers' bids on what is open now, those that close first before the others."""
    return session.execute(
        select(
            Bid.supplier_id,
            Bid.reference,
            Bid.state,
            Bid.draft_key_id,
            Challenge.title,
            Stage.ordinal,
            Stage.closes_at,
            counts().label("counts"),
        )
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .join(Stage, Stage.id == Bid.stage_id)
        .outerjoin(Submission, is_current())
        .where(Bid.supplier_id.in_(suppliers), takes_bids(now))
        .order_by(Stage.closes_at, Bid.id)
    ).all()


def _of_bid(row: Row[*tuple[Any, ...]], actor: Actor, now: datetime) -> Iterator[Todo]:
    """Give what one bid waits for: one thing at most, the first that has to be done."""
    submitted = row.state is BidState.SUBMITTED
    may_submit = policy.can_submit(actor).allowed
    closes = _(
        "Closes at %(when)s: %(left)s left.",
        when=format_instant(row.closes_at),
        left=time_left(now, row.closes_at),
    )
    if row.state is BidState.INVITED:
        yield Todo(
            row.supplier_id,
            Kind.DRAFT,
            _(
                "You are invited to stage %(number)d: answer by %(when)s",
                number=row.ordinal,
                when=format_instant(row.closes_at),
            ),
            "bids.task_list",
            {"reference": row.reference},
            about=row.title,
            due=row.closes_at,
            deadline=closes,
        )
    elif submitted and not row.counts:
        yield Todo(
            row.supplier_id,
            Kind.CONFIRMATION,
            _("This challenge changed: confirm your bid"),
            "bids.renewal",
            {"reference": row.reference},
            about=row.title,
            due=row.closes_at,
            deadline=closes + " " + _("Your bid does not count unless you do."),
            note="" if may_submit else _("You can read what changed. An administrator confirms."),
        )
    elif row.draft_key_id is not None and row.closes_at - now <= CLOSES_SOON:
        yield Todo(
            row.supplier_id,
            Kind.DRAFT,
            _("Submit your changes, or give them up")
            if submitted
            else _("Finish and submit your bid"),
            "bids.task_list",
            {"reference": row.reference},
            about=row.title,
            due=row.closes_at,
            deadline=closes,
            note="" if may_submit else _("You can write. An administrator submits."),
        )


def _declarations(
    session: Session,
    acting: Mapping[uuid.UUID, Actor],
    pressing: Mapping[uuid.UUID, datetime],
    now: datetime,
) -> Iterator[Todo]:
    """Give the declarations that are missing or expire; without one no bid can be submitted."""
    until = expiring.declared_until(session, acting.keys())
    for supplier_id, actor in acting.items():
        holds_until, closes_at = until.get(supplier_id), pressing.get(supplier_id)
        due = closes_at
        if holds_until is None:
            if closes_at is None:
                continue
            title, deadline = _("Declare that you may bid"), _("No bid can be submitted without.")
        elif holds_until <= now:
            title = _("Declare again that you may bid")
            deadline = _(
                "Your declaration expired on %(day)s. No bid can be submitted without.",
                day=format_date(holds_until),
            )
        elif holds_until - now <= rules_at(now).soon:
            title, due = _("Declare again that you may bid"), holds_until
            deadline = _("Your declaration expires on %(day)s.", day=format_date(holds_until))
        else:
            continue
        yield Todo(
            supplier_id,
            Kind.DECLARATION,
            title,
            "bids.eligibility",
            due=due,
            deadline=deadline,
            note="" if policy.can_declare(actor).allowed else _("An administrator declares."),
            later=closes_at is None,
        )


def _passports(
    session: Session,
    acting: Mapping[uuid.UUID, Actor],
    pressing: Mapping[uuid.UUID, datetime],
    now: datetime,
) -> Iterator[Todo]:
    """Give the passports' answers that expired or expire soon; those of one day are one thing."""
    together: dict[tuple[uuid.UUID, datetime], list[Expiring]] = defaultdict(list)
    for each in expiring.passport_answers(session, acting.keys(), now + rules_at(now).soon):
        together[each.supplier_id, each.expires_at].append(each)
    for (supplier_id, expires_at), answers in together.items():
        day = format_date(last_day(expires_at))
        expired = expires_at <= now
        yield Todo(
            supplier_id,
            Kind.PASSPORT,
            _("Look again at your passport"),
            "passport.index",
            about=", ".join(_(ASKED[each.subject].title) for each in answers),
            # What has expired already keeps no bid from being submitted.
            due=None if expired else expires_at,
            deadline=_("Expired after %(day)s.", day=day)
            if expired
            else _("Holds until %(day)s.", day=day),
            later=supplier_id not in pressing,
        )


todos.register("bids", of_suppliers)
