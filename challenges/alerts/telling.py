"""Jobs that tell people what is new in their saved searches.

What is told is written in the transaction of the message, so a job that is killed, or runs twice,
tells nothing twice and leaves nothing out.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from challenges.alerts import tokens
from challenges.alerts.models import SavedSearch, Told
from challenges.alerts.service import SEARCH, await_next
from challenges.alerts.timing import Frequency
from challenges.finding.choosing import FIRST_STAGE, choosing
from challenges.finding.filters import Filters, Order
from challenges.forms.search import FilterForm
from challenges.hooks import ON_PUBLICATION
from challenges.models import Challenge, Stage
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Organisation
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.dates import format_instant
from marketplace.core.notices import choices, post
from marketplace.core.notices.models import Kind
from marketplace.core.transaction import transaction

# A message lists so many; the page behind it has the others.
LISTED_MOST = 20
# At most so many are told at once: who has been away for years has enough to read.
TOLD_MOST = 500
# A publication is seen this long after its instant at the latest, when its transaction has ended.
_LATE = timedelta(hours=1)


@jobs.handles(SEARCH)
def tell_search(payload: dict[str, Any], clock: Clock) -> None:
    """Tell what is new in one saved search, and await its next turn."""
    with transaction() as session:
        search = _locked(session, uuid.UUID(payload["search"]))
        if search is None or search.due_at is None:
            return
        if search.due_at != datetime.fromisoformat(payload["due"]):
            return
        _tell(session, search, clock)
        await_next(session, search, clock)


@jobs.handles(ON_PUBLICATION)
def tell_at_once(_payload: dict[str, Any], clock: Clock) -> None:
    """Tell everybody who wants to know at once what was published."""
    session = db.session()
    waiting = session.scalars(
        select(SavedSearch.id).where(SavedSearch.frequency == Frequency.AT_ONCE)
    ).all()
    session.rollback()
    for search_id in waiting:
        with transaction() as inside:
            search = _locked(inside, search_id)
            if search is not None and search.frequency is Frequency.AT_ONCE:
                _tell(inside, search, clock)


def filters_of(asked: Mapping[str, str], now: datetime) -> Filters | None:
    """Give what a saved search looks for at `now`, None where any of it cannot be read.

    A page leaves such a part out and shows so; a message would tell of what nobody asked for.
    """
    form = FilterForm(MultiDict(asked))
    form.accept_any_place()
    form.validate()
    if any(name not in form or form[name].errors for name in asked):
        return None
    return form.filters(now)


def list_url(search: SavedSearch) -> str:
    """Give the whole address of the list that a saved search stands for."""
    return f"{current_settings().public_url}/challenges?{urlencode(search.asked)}"


def _locked(session: Session, search_id: uuid.UUID) -> SavedSearch | None:
    return session.scalar(select(SavedSearch).where(SavedSearch.id == search_id).with_for_update())


def _tell(session: Session, search: SavedSearch, clock: Clock) -> None:
    now = clock.now()
    found = _new(session, search, now)
    person = search.user
    if found and person.active and choices.who_wants(session, [person.id], Kind.SAVED_SEARCH):
        _write(session, search, found, clock)
    session.add_all(
        Told(search_id=search.id, challenge_id=row.id, published_at=row.published_at)
        for row in found
    )
    session.flush()
    search.seen_until = max(search.seen_until, now - _LATE)
    session.execute(
        delete(Told).where(Told.search_id == search.id, Told.published_at <= search.seen_until)
    )


def _new(session: Session, search: SavedSearch, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Give what answers the search and was not told, the newest first."""
    asked = filters_of(search.asked, now)
    if asked is None:
        return []
    filters = asked.since(search.seen_until).ordered(Order.NEWEST)
    told = select(Told.challenge_id).where(Told.search_id == search.id)
    ids = choosing(session, filters, now).where(Challenge.id.not_in(told)).subquery()
    return session.execute(
        select(
            Challenge.id,
            Challenge.published_at,
            Challenge.reference,
            Challenge.title,
            Organisation.name.label("buyer"),
            Stage.closes_at,
        )
        .join(ids, ids.c.id == Challenge.id)
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .outerjoin(Stage, FIRST_STAGE)
        .order_by(Challenge.published_at.desc(), Challenge.id.desc())
        .limit(TOLD_MOST)
    ).all()


def _write(
    session: Session, search: SavedSearch, found: Sequence[Row[*tuple[Any, ...]]], clock: Clock
) -> None:
    public_url = current_settings().public_url
    stop = tokens.stop_url(tokens.SEARCH, search.user_id, search.id)
    parts = [
        ngettext(
            "%(num)d new challenge answers your saved search “%(name)s”:",
            "%(num)d new challenges answer your saved search “%(name)s”:",
            len(found),
            name=search.name,
        )
    ]
    for row in found[:LISTED_MOST]:
        lines = [row.title, row.buyer]
        if row.closes_at:
            lines.append(_("Closes at %(when)s", when=format_instant(row.closes_at)))
        parts.append("\n".join([*lines, f"{public_url}/challenges/{row.reference}"]))
    if len(found) > LISTED_MOST:
        parts.append(_("And %(count)s more.", count=len(found) - LISTED_MOST))
    parts += [
        _("All that answers it:") + f"\n{list_url(search)}",
        _("Change how often we write:") + f"\n{public_url}/searches",
        _("Stop these e-mails:") + f"\n{stop}",
    ]
    post.queue(
        session,
        to_email=search.user.email,
        user_id=search.user_id,
        subject=_("New: %(title)s", title=found[0].title)
        if len(found) == 1
        else _("%(count)s new challenges: %(name)s", count=len(found), name=search.name),
        text="\n\n".join(parts) + "\n",
        stop_url=stop,
        clock=clock,
    )
