"""Tells the people of a body what waits for them, and bidders when bidding closes later."""

import uuid
from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.closing_models import DeadlineChange, OpeningOfficer
from challenges.following.letters import tell_followers
from challenges.hooks import Party
from challenges.models import Challenge, Stage
from challenges.stages.standing import said
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, Role


def ask_for_review(session: Session, challenge: Challenge, actor: Actor, clock: Clock) -> None:
    """Ask the body's procurement officers, but for the one who asks, to read a challenge."""
    _send(
        session,
        challenge,
        _officers(session, challenge, besides=actor.user_id),
        subject=_("Please review: %(title)s", title=challenge.title),
        text=_(
            "%(name)s has handed in this challenge for review. Read it, then approve it or "
            "return it with what should be changed.",
            name=actor.name,
        ),
        page="review",
        clock=clock,
    )


def tell_returned(
    session: Session, challenge: Challenge, reason: str, actor: Actor, clock: Clock
) -> None:
    """Tell the challenge lead what should be changed."""
    _send(
        session,
        challenge,
        _lead(session, challenge, besides=actor.user_id),
        subject=_("Returned to you: %(title)s", title=challenge.title),
        text=_("%(name)s asks for a change:", name=actor.name) + "\n\n" + reason,
        page="write",
        clock=clock,
    )


def tell_approved(session: Session, challenge: Challenge, actor: Actor, clock: Clock) -> None:
    """Tell the challenge lead that it can be published."""
    _send(
        session,
        challenge,
        _lead(session, challenge, besides=actor.user_id),
        subject=_("Approved: %(title)s", title=challenge.title),
        text=_(
            "%(name)s has approved this challenge. A procurement officer can publish it now.",
            name=actor.name,
        ),
        page="",
        clock=clock,
    )


def tell_opener(
    session: Session, stage: Stage, officer_id: uuid.UUID, *, has_key: bool, clock: Clock
) -> None:
    """Tell an officer that they were named to open the bids, and what to do before closing."""
    do = (
        _("Test before closing that you can open them.")
        if has_key
        else _("Set your opening passphrase now, and test before closing that you can open them.")
    )
    named = _(
        "You are one of the officers named to open the bids on this challenge. Any two of you "
        "open them after closing."
    )
    challenge = stage.challenge
    _send(
        session,
        challenge,
        [session.get_one(User, officer_id)],
        subject=_("You are named to open bids: %(title)s", title=challenge.title),
        text="\n\n".join([*_which(stage), named, do]),
        page=_page(stage, "opening"),
        clock=clock,
    )


def tell_openers_added(
    session: Session,
    stage: Stage,
    named_before: Collection[uuid.UUID],
    names: Sequence[str],
    actor: Actor,
    clock: Clock,
) -> None:
    """Tell the officers named before that somebody named others, and whom."""
    challenge = stage.challenge
    _send(
        session,
        challenge,
        _people(session, named_before),
        subject=_("Others may now open bids: %(title)s", title=challenge.title),
        text="\n\n".join(
            [
                *_which(stage),
                _(
                    "%(name)s has named others who may open the bids on this challenge, together "
                    "with any one of you: %(others)s.",
                    name=actor.name,
                    others=", ".join(names),
                ),
                _(
                    "If you do not know who they are or why they were named, ask %(name)s and "
                    "another officer before bids close.",
                    name=actor.name,
                ),
            ]
        ),
        page=_page(stage, "openers"),
        clock=clock,
    )


def ask_to_confirm_deadline(
    session: Session, stage: Stage, change: DeadlineChange, actor: Actor, clock: Clock
) -> None:
    """Ask the body's other procurement officers to confirm or decline a later closing time."""
    challenge = stage.challenge
    _send(
        session,
        challenge,
        _officers(session, challenge, besides=actor.user_id),
        subject=_("Please confirm a closing time: %(title)s", title=challenge.title),
        text="\n\n".join(
            [
                *_which(stage),
                _(
                    "%(name)s proposes that bidding closes at %(new)s, and not at %(old)s. It "
                    "holds only when another officer confirms it.",
                    name=actor.name,
                    new=format_instant(change.closes_to),
                    old=format_instant(change.closes_from),
                ),
                _("Reason: %(reason)s", reason=change.reason),
            ]
        ),
        page=_page(stage, "closing-time"),
        clock=clock,
    )


def tell_deadline_declined(
    session: Session, stage: Stage, change: DeadlineChange, actor: Actor, clock: Clock
) -> None:
    """Tell the officer who proposed a later closing time that it was declined."""
    challenge = stage.challenge
    _send(
        session,
        challenge,
        [change.proposed_by],
        subject=_("Declined: a later closing time for %(title)s", title=challenge.title),
        text=_(
            "%(name)s has declined the closing time that you proposed, %(new)s. Bidding closes at "
            "%(old)s, as before.",
            name=actor.name,
            new=format_instant(change.closes_to),
            old=format_instant(change.closes_from),
        ),
        page=_page(stage, "closing-time"),
        clock=clock,
    )


def tell_deadline_moved(
    session: Session,
    stage: Stage,
    change: DeadlineChange,
    parties: Sequence[Party],
    clock: Clock,
) -> None:
    """Tell bidders, and the officers named to open the bids, that bidding closes later."""
    challenge = stage.challenge
    bidders = {each.user_id for each in parties}
    new, old = format_instant(change.closes_to), format_instant(change.closes_from)
    subject = (
        _("Open for bids again: %(title)s", title=challenge.title)
        if change.after_closing
        else _("More time to bid: %(title)s", title=challenge.title)
    )
    happened = (
        _(
            "Two officers have opened this challenge to bids again, for everybody alike. Bids had "
            "closed at %(old)s. They now close at %(new)s.",
            old=old,
            new=new,
        )
        if change.after_closing
        else _("Bids close at %(new)s, and not at %(old)s.", old=old, new=new)
    )
    reason = _("Reason: %(reason)s", reason=change.reason)
    keep = _(
        "A bid that you have submitted stays as it is: you need not do anything. Until the new "
        "closing time you can go on writing, and change or withdraw what you submitted."
    )
    awaited = {each.user_id: each.bid for each in parties if each.awaited}
    bid_of = {each.user_id: each.bid for each in parties}
    site = current_settings().public_url
    for person in _people(session, bidders):
        if (bid := awaited.get(person.id)) is not None:
            do, page = _to_confirm(bid, new), f"{site}/bids/{bid}/confirm"
        else:
            do, page = keep, f"{site}/bids/{bid_of[person.id]}"
        _post(
            session,
            [person],
            subject=subject,
            parts=[challenge.title, *_which(stage), happened, reason, do, page],
            clock=clock,
        )
    named = session.scalars(
        select(OpeningOfficer.officer_id).where(OpeningOfficer.stage_id == stage.id)
    ).all()
    if not said(stage):
        # Nobody else can take part in a later stage, so its times are for those invited alone.
        tell_followers(
            session,
            challenge,
            subject=subject,
            text="\n\n".join([happened, reason]),
            besides={*bidders, *named},
            clock=clock,
        )
    _send(
        session,
        challenge,
        _people(session, set(named) - set(bidders)),
        subject=subject,
        text="\n\n".join([*_which(stage), happened, reason]),
        page=_page(stage, "opening"),
        clock=clock,
    )


def _which(stage: Stage) -> list[str]:
    """Name a stage after the first, where a message could be about either."""
    if not said(stage):
        return []
    return [_("This is about stage %(number)d, “%(name)s”.", number=stage.ordinal, name=stage.name)]


def _page(stage: Stage, page: str) -> str:
    return f"stages/{stage.ordinal}/{page}" if said(stage) else page


def _to_confirm(bid: str, closes: str) -> str:
    """Say what it takes for a bid to count that a change asked to confirm."""
    return str(
        _(
            "You must confirm your bid %(bid)s: this challenge changed after you submitted it. "
            "Read the change, then confirm your bid as it is, or change it and submit it again, "
            "before bids close at %(closes)s. A bid that is not confirmed by then does not count: "
            "it stays sealed and is not opened.",
            bid=bid,
            closes=closes,
        )
    )


def _people(session: Session, ids: Collection[uuid.UUID]) -> Sequence[User]:
    """Give the people whose accounts stand, each once."""
    return session.scalars(
        select(User).where(User.id.in_(ids), User.active).order_by(User.email)
    ).all()


def _officers(session: Session, challenge: Challenge, *, besides: uuid.UUID) -> Sequence[User]:
    return session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.organisation_id == challenge.buyer_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.PROCUREMENT_OFFICER,
            User.active,
            User.id != besides,
        )
        .order_by(User.email)
    ).all()


def _lead(session: Session, challenge: Challenge, *, besides: uuid.UUID) -> Sequence[User]:
    return [] if challenge.owner_id == besides else [session.get_one(User, challenge.owner_id)]


def _send(
    session: Session,
    challenge: Challenge,
    people: Sequence[User],
    *,
    subject: str,
    text: str,
    page: str,
    clock: Clock,
) -> None:
    address = f"{current_settings().public_url}/work/challenges/{challenge.reference}"
    parts = [challenge.title, text, f"{address}/{page}".rstrip("/")]
    _post(session, people, subject=subject, parts=parts, clock=clock)


def _post(
    session: Session, people: Sequence[User], *, subject: str, parts: Sequence[str], clock: Clock
) -> None:
    for person in people:
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=subject,
            text="\n\n".join(parts),
            clock=clock,
        )
