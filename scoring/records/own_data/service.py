"""Takes requests of people to have their data erased, decides them, and erases what may go.

The account goes at once: how the person signs in, and where they are written to. Messages follow a
day later, when what was decided has reached them. The name stays as long as the records of a
purchase say what the person did there, and goes when the last of those is erased.
"""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from bids.team.models import TeamInvitation
from challenges.alerts.models import SavedSearch
from challenges.following.models import Follow
from challenges.models import Challenge
from marketplace.core import jobs
from marketplace.core.accounts import entries, rows
from marketplace.core.accounts.models import (
    Invitation,
    Membership,
    SecurityEvent,
    SignIn,
    User,
)
from marketplace.core.audit import log, retention
from marketplace.core.audit.entries import value_bytes
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.dates import format_date
from marketplace.core.erased.models import ErasedRow, digest_of, said
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.notices import post
from marketplace.core.notices.models import Notice, Unwanted
from marketplace.core.permissions import Actor, ensure
from marketplace.core.presence.models import Presence
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel.inviting.models import PanelInvitation
from scoring.records.own_data import log_words, policy, queries
from scoring.records.own_data.models import (
    FOLLOW_UP,
    Ending,
    OwnErasure,
    OwnErasureEnd,
    OwnErasureRun,
)

# So that the answer can be delivered, and delivered again, before its address goes.
MESSAGES_STAY = timedelta(days=1)

_ENDED = WrongMoment(N_("This request is at its end already."))
_ANSWERS = (log_words.GRANTED, log_words.REFUSED)
# Of so many people it is asked at once whether a purchase still names them.
_AT_ONCE = 500
# Beside the identifiers of `queries.WHO` an entry says the name by these.
_NAMES = {
    "actor_id": "actor",
    "officer_id": "officer",
    "person_id": "person",
    "proposed_by_id": "proposed_by",
}


def ask(user_id: uuid.UUID, *, clock: Clock) -> None:
    """Ask to have one's own data erased.

    Raises:
        WrongMoment: by `policy.can_ask`.
    """
    with transaction() as session:
        rows.take_turns(session, user_id)
        user = session.get_one(User, user_id)
        ensure(policy.can_ask(queries.ties_of(session, user)))
        session.add(OwnErasure(user_id=user_id, asked_at=clock.now()))
        session.flush()
        log.append(session, clock=clock, action=log_words.ASKED, actor=None, **_about(user))


def take_back(user_id: uuid.UUID, *, clock: Clock) -> None:
    """Take one's own request back before it is decided.

    Raises:
        WrongMoment: none waits.
    """
    with transaction(taken=_ENDED) as session:
        found = session.scalar(
            select(OwnErasure)
            .outerjoin(OwnErasureEnd, OwnErasureEnd.request_id == OwnErasure.id)
            .where(OwnErasure.user_id == user_id, OwnErasureEnd.request_id.is_(None))
        )
        if found is None:
            raise _ENDED
        _end(session, found, Ending.TAKEN_BACK, "", user_id, clock)
        log.append(
            session, clock=clock, action=log_words.TAKEN_BACK, actor=None, **_about(found.user)
        )


def decide(request_id: uuid.UUID, *, grants: bool, reason: str, actor: Actor, clock: Clock) -> None:
    """Decide about a request; where it is granted, the account goes in the same transaction.

    Raises:
        NotFound: there is no such request.
        Forbidden, WrongMoment: by `policy.can_decide`.
        Invalid: there is no reason.
    """
    with transaction(taken=_ENDED) as session:
        found = queries.request_of(session, request_id, actor)
        _take_turns(session, found.user_id)
        user = found.user
        ties = queries.ties_of(session, user)
        ensure(policy.can_decide(actor, found.user_id, ties, grants=grants))
        if not reason.strip():
            raise Invalid(N_("Give the reason."), {"reason": N_("Give the reason for your answer")})
        ending = Ending.GRANTED if grants else Ending.REFUSED
        _end(session, found, ending, reason.strip(), actor.user_id, clock)
        _tell(session, user, reason.strip(), clock, granted=grants)
        action = log_words.GRANTED if grants else log_words.REFUSED
        entry = log.append(
            session,
            clock=clock,
            action=action,
            actor=actor,
            **_about(user),
            reason=reason.strip(),
        )
        if grants:
            session.add(OwnErasureRun(request_id=found.id, entry_n=entry.n, address=user.email))
            _close(session, user, actor, clock)
            jobs.enqueue(session, FOLLOW_UP, clock=clock, due_at=clock.now() + MESSAGES_STAY)


def _take_turns(session: Session, user_id: uuid.UUID) -> None:
    """Wait for whoever changes the people of an organisation that the person acts for.

    Two of them could else go at once, each counting on the other to stay.
    """
    for organisation_id in session.scalars(
        select(Membership.organisation_id)
        .distinct()
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.organisation_id)
    ).all():
        rows.take_turns_for(session, organisation_id)
    rows.take_turns(session, user_id)


def _about(user: User) -> dict[str, str]:
    return {"person": user.name, "person_id": str(user.id)}


def _end(
    session: Session,
    found: OwnErasure,
    ending: Ending,
    reason: str,
    by: uuid.UUID,
    clock: Clock,
) -> None:
    session.add(
        OwnErasureEnd(
            request_id=found.id,
            user_id=found.user_id,
            ending=ending,
            reason=reason,
            ended_by_id=by,
            ended_at=clock.now(),
        )
    )
    session.flush()


def _tell(session: Session, user: User, reason: str, clock: Clock, *, granted: bool) -> None:
    if granted:
        words = _(
            "Your account is erased, as you asked. What the law keeps of your name goes with the "
            "records of the purchases in which you took part."
        )
    else:
        words = _("Your account was not erased.")
    post.queue(
        session,
        to_email=user.email,
        user_id=user.id,
        subject=_("Your request to erase your data"),
        text="\n\n".join([words, _("Reason: %(reason)s", reason=reason)]),
        clock=clock,
    )


def _close(session: Session, user: User, actor: Actor, clock: Clock) -> None:
    """Erase an account: nobody can sign in by it, be written to by it, or act by it."""
    address, nowhere = user.email, f"{user.id}@erased.invalid"
    for membership in session.scalars(
        select(Membership).where(Membership.user_id == user.id, Membership.ended_at.is_(None))
    ):
        membership.ended_at = clock.now()
        log.append(
            session,
            clock=clock,
            action=entries.MEMBERSHIP_ENDED,
            actor=actor,
            **rows.fields_about(membership),
        )
    for invitation in (Invitation, PanelInvitation, TeamInvitation):
        session.execute(update(invitation).where(invitation.email == address).values(email=nowhere))
    for table in (SignIn, SecurityEvent, SavedSearch, Follow, Presence, Unwanted):
        session.execute(delete(table).where(table.user_id == user.id))
    user.email, user.active, user.password = nowhere, False, None
    user.fs_uniquifier = uuid.uuid4().hex
    user.confirmed_at = user.last_login_at = user.current_login_at = None
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = None
    user.mf_recovery_codes = None
    session.flush()


@jobs.handles(FOLLOW_UP, insists=True)
def follow_up(_payload: dict[str, Any], clock: Clock) -> None:
    """Erase of those whose account is gone their messages, and each name that nothing keeps."""
    session: Session = db.session()
    due = session.execute(
        select(OwnErasureRun.request_id, OwnErasure.user_id)
        .join(OwnErasure, OwnErasure.id == OwnErasureRun.request_id)
        .where(OwnErasureRun.name_at.is_(None))
        .order_by(OwnErasureRun.entry_n)
    ).all()
    session.rollback()
    for start in range(0, len(due), _AT_ONCE):
        some = due[start : start + _AT_ONCE]
        named = queries.named(session, [user_id for _request, user_id in some])
        session.rollback()
        for request_id, user_id in some:
            with transaction() as session:
                run = session.get_one(OwnErasureRun, request_id)
                ended = session.get_one(OwnErasureEnd, request_id).ended_at
                if run.messages_at is None and clock.now() >= ended + MESSAGES_STAY:
                    _empty_messages(session, user_id, run.address, until=ended)
                    run.messages_at, run.address = clock.now(), None
                goes = run.messages_at is not None and user_id not in named
                entry_n = run.entry_n
            if goes:
                _erase_name(request_id, user_id, entry_n, clock)


def _empty_messages(
    session: Session, user_id: uuid.UUID, address: str | None, *, until: datetime
) -> None:
    """Empty what was sent to the person, and what went to the address before it was an account's.

    What goes there after `until` is another account's, or an invitation to have one.
    """
    to_address = and_(
        Notice.to_email == address, Notice.user_id.is_(None), Notice.created_at <= until
    )
    session.execute(
        update(Notice)
        .where(or_(Notice.user_id == user_id, to_address))
        .values(
            to_email=f"{user_id}@erased.invalid",
            subject="",
            text="",
            calendar=None,
            stop_url=None,
            failure=None,
        )
    )


def _erase_name(request_id: uuid.UUID, user_id: uuid.UUID, entry_n: int, clock: Clock) -> None:
    """Erase a name from the site's own entries and those of drafts, and last from the account."""
    session: Session = db.session()
    drafts = select(Challenge.reference).where(Challenge.published_at.is_(None))
    entries_of = session.execute(
        select(LogEntry.chain, LogEntry.action, LogDetail.n, LogDetail.name)
        .join(LogEntry, LogEntry.n == LogDetail.n)
        .where(
            *queries.saying([value_bytes(str(user_id))]),
            or_(LogEntry.chain == log.SITE, LogEntry.chain.in_(drafts)),
        )
        .order_by(LogDetail.n)
    ).all()
    session.rollback()
    fields: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for chain, action, n, by in entries_of:
        names = [by, _NAMES.get(by), "reason" if by == "person_id" and action in _ANSWERS else None]
        fields[chain] += [(n, name) for name in names if name is not None]
    for chain, going in fields.items():
        retention.erase_many(going, chain, reason=f"By the leave of entry {entry_n}", clock=clock)
    with transaction() as session:
        _erase_reasons(session, user_id, entry_n, clock)
        user = session.get_one(User, user_id)
        user.name = f"[Erased on {format_date(clock.now())}]"
        session.get_one(OwnErasureRun, request_id).name_at = clock.now()


def _erase_reasons(session: Session, user_id: uuid.UUID, entry_n: int, clock: Clock) -> None:
    """Erase what was answered to the person, of which the log's entries are erased too."""
    for end in session.scalars(select(OwnErasureEnd).where(OwnErasureEnd.user_id == user_id)).all():
        if not end.reason:
            continue
        digest, now = digest_of([end.reason]), clock.now()
        session.add(
            ErasedRow(
                table_name=OwnErasureEnd.__tablename__,
                row_id=end.request_id,
                entry_n=entry_n,
                sha256=digest,
                erased_at=now,
            )
        )
        session.flush()
        end.reason = said(now, digest)
    session.flush()
