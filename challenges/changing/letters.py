"""Tells whom a change concerns: each person once, and in each case what they must do."""

import uuid
from collections.abc import Collection, Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import hooks, telling
from challenges.changing.models import Addendum, ChangeDraft
from challenges.closing_models import OpeningOfficer
from challenges.following import letters as following
from challenges.hooks import Party
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from marketplace.core.permissions import Actor, Role


def ask_to_publish(
    session: Session, challenge: Challenge, draft: ChangeDraft, clock: Clock
) -> None:
    """Ask those who may publish a change to read it, then to publish it."""
    writer = session.get_one(User, draft.changed_by_id)
    telling.queue(
        session,
        publishers(session, challenge, draft),
        subject=_("Please read a change, then publish it: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _("%(name)s has written a change to this published challenge.", name=writer.name),
            _("Reason: %(reason)s", reason=draft.reason),
            _("Nothing changes until an officer who did not write it publishes it."),
            f"{current_settings().public_url}/work/challenges/{challenge.reference}/change",
        ],
        clock=clock,
    )


def publishers(session: Session, challenge: Challenge, draft: ChangeDraft) -> Sequence[User]:
    """Give the body's officers who wrote nothing of a change."""
    writers = {uuid.UUID(each) for each in draft.writers}
    officers = of_body(session, challenge, Role.PROCUREMENT_OFFICER)
    return telling.people(session, officers - writers)


def tell_changed(
    session: Session, challenge: Challenge, change: Addendum, actor: Actor, clock: Clock
) -> None:
    """Tell bidders, then followers, then the people of the body that a change was published.

    Whoever belongs to more than one of these is told as the first of them. The officer who
    publishes it knows.
    """
    told = {actor.user_id}
    parties = _by_person(hooks.of_bids().parties(session, challenge.stage))
    for person in telling.people(session, parties.keys() - told):
        said = _to_bidder(challenge, change, parties[person.id])
        _tell(session, challenge, change, [person], said, clock)
    told |= parties.keys()
    site = current_settings().public_url
    told |= following.tell_followers(
        session,
        challenge,
        subject=_subject(challenge, change),
        text="\n\n".join(_said(challenge, change, site)),
        besides=told,
        clock=clock,
    )
    own = of_body(session, challenge, Role.PROCUREMENT_OFFICER) | _openers(session, challenge)
    if challenge.owner_id in of_body(session, challenge, *Role):
        own.add(challenge.owner_id)
    note = _("%(name)s of your organisation published it.", name=actor.name)
    _tell(session, challenge, change, telling.people(session, own - told), [note], clock)


def _to_bidder(challenge: Challenge, change: Addendum, bids: Sequence[Party]) -> list[str]:
    """Say what a change asks of somebody who acts for suppliers with these bids."""
    closes_at, site = challenge.stage.closes_at, current_settings().public_url
    closes = format_instant(closes_at) if closes_at else ""
    said = []
    for each in bids:
        # An earlier change may have asked already, and this bid was not confirmed since.
        if each.submitted and (change.confirm or each.awaited):
            said += [
                _(
                    "You must confirm your bid %(bid)s before bids close at %(closes)s. Read the "
                    "change, then confirm your bid as it is, or change it and submit it again. A "
                    "bid that is not confirmed by then does not count: it stays sealed and is not "
                    "opened.",
                    bid=each.bid,
                    closes=closes,
                ),
                f"{site}/bids/{each.bid}/confirm",
            ]
        elif each.submitted:
            said += [
                _(
                    "Your bid %(bid)s stays as you submitted it and counts: you need not do "
                    "anything. You can change it until bids close at %(closes)s.",
                    bid=each.bid,
                    closes=closes,
                ),
                f"{site}/bids/{each.bid}",
            ]
        else:
            said += [
                _(
                    "You have a draft, bid %(bid)s. Nothing you wrote is lost. Read the change, "
                    "look at your answers again, and submit before bids close at %(closes)s.",
                    bid=each.bid,
                    closes=closes,
                ),
                f"{site}/bids/{each.bid}",
            ]
    return said


def _tell(
    session: Session,
    challenge: Challenge,
    change: Addendum,
    people: Sequence[User],
    said: Sequence[str],
    clock: Clock,
) -> None:
    site = current_settings().public_url
    must = any("/confirm" in part for part in said)
    subject = (
        _("Confirm your bid, for the challenge changed: %(title)s", title=challenge.title)
        if must
        else _subject(challenge, change)
    )
    telling.queue(
        session,
        people,
        subject=subject,
        parts=[challenge.title, *_said(challenge, change, site, said)],
        clock=clock,
    )


def _subject(challenge: Challenge, change: Addendum) -> str:
    return str(
        _(
            "Change %(number)s to a challenge: %(title)s",
            number=change.number,
            title=challenge.title,
        )
    )


def _said(challenge: Challenge, change: Addendum, site: str, more: Sequence[str] = ()) -> list[str]:
    """Say what happened, why, what one must do, and where the difference stands."""
    return [
        _("Change %(number)s to this challenge was published.", number=change.number),
        _("Reason: %(reason)s", reason=change.reason),
        *more,
        _("What changed, before and after:"),
        f"{site}/challenges/{challenge.reference}/changes/{change.number}",
    ]


def _by_person(parties: Iterable[Party]) -> dict[uuid.UUID, list[Party]]:
    found: dict[uuid.UUID, list[Party]] = {}
    for party in parties:
        found.setdefault(party.user_id, []).append(party)
    return found


def of_body(session: Session, challenge: Challenge, *roles: Role) -> set[uuid.UUID]:
    """Give the people who have one of the roles at the body today."""
    return set(
        session.scalars(
            select(Membership.user_id)
            .join(MembershipRole, MembershipRole.membership_id == Membership.id)
            .where(
                Membership.organisation_id == challenge.buyer_id,
                Membership.ended_at.is_(None),
                MembershipRole.role.in_(roles),
            )
        )
    )


def _openers(session: Session, challenge: Challenge) -> set[uuid.UUID]:
    """Give those named to open the bids who are of the body still."""
    named = session.scalars(
        select(OpeningOfficer.officer_id).where(OpeningOfficer.stage_id == challenge.stage.id)
    )
    return set(named) & of_body(session, challenge, *Role)


def post_to(
    session: Session,
    people: Collection[uuid.UUID],
    *,
    subject: str,
    parts: Sequence[str],
    clock: Clock,
) -> None:
    """Queue a message to each whose account stands."""
    found = telling.people(session, people)
    telling.queue(session, found, subject=subject, parts=parts, clock=clock)
