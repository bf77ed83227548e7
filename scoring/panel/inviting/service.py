"""Asks people onto a panel by e-mail, takes that back, and seats who accepts."""

import uuid
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.models import Challenge
from challenges.stages import recording
from challenges.stages.place import Place, Where
from challenges.texts import text_faults
from marketplace.core.accounts import entries, rows
from marketplace.core.accounts.models import Membership, User
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from marketplace.core.errors import Forbidden, Invalid, WrongMoment
from marketplace.core.notices import post
from marketplace.core.permissions import GUEST_ROLES, Actor, ensure
from marketplace.core.text import N_, on_one_line
from marketplace.core.transaction import transaction
from scoring.panel import policy as panels
from scoring.panel import queries as seated
from scoring.panel.aliases.queries import read_under_names
from scoring.panel.interests.queries import saw_all_scores
from scoring.panel.inviting import letters, log_words, policy, queries
from scoring.panel.inviting.lifecycle import NAME_MOST, OPEN_MOST, STANDS_FOR, Standing
from scoring.panel.inviting.models import PanelInvitation
from scoring.panel.lifecycle import Expertise, Seat
from scoring.panel.models import PanelMember
from scoring.panel.seating import SITTING_ROLES
from scoring.panel.service.naming import seat_people, take_place

__all__ = ["accept", "decline", "invite", "log_words", "withdraw"]

_REASON_MOST = 10_000
_DOES = {
    Seat.EVALUATOR: "You would read the bids and score them, each score with its reason.",
    Seat.OBSERVER: "You would look on, and not score.",
}


def invite(
    at: Where,
    *,
    name: str,
    email: str,
    seat: Seat | None,
    expertise: Expertise | None,
    reason: str,
    replaces: str = "",
    actor: Actor,
    clock: Clock,
    link: Callable[[uuid.UUID], str],
) -> uuid.UUID:
    """Ask whoever reads post at `email` (in its normal form) to sit on the panel; give the
    invitation's identifier.

    `replaces` is the label of the member whose place they would take, or empty. `link` gives the
    full address of the page that answers an invitation. One that waits at the same address is
    withdrawn: the newest counts.

    Raises:
        NotFound: the challenge is another body's, or nobody who sits has the label `replaces`.
        Forbidden: the actor's role does not name panels.
        WrongMoment: there is no panel, moderation has begun, or too many invitations wait.
        Invalid: something is missing, or the person sits already, or acts for the body, whose
            people are seated without an invitation.
    """
    name, reason = on_one_line(name), reason.strip()
    with transaction() as session:
        found = seated.meeting(session, at, actor, lock=True)
        ensure(panels.can_change_members(actor, found.phase))
        leaving = found.labelled(replaces) if replaces else None
        faults = {
            **text_faults(name, "name", N_("Enter the person's name"), NAME_MOST),
            **text_faults(reason, "reason", N_("Say why you invite this person"), _REASON_MOST),
        }
        if seat is None or seat is Seat.CHAIR:
            faults["seat"] = N_("Choose what they will do")
        elif leaving is not None and leaving.seat is not seat:
            faults["replaces"] = N_("Choose somebody who does the same on the panel")
        if expertise is None:
            faults["expertise"] = N_("Choose what they know best")
        if any(member.user.email == email for member in found.members):
            faults["email"] = N_("This person sits on the panel already.")
        elif _of_the_body(session, email, found.challenge.buyer_id):
            faults["email"] = N_(
                "This person acts for your organisation. Add them from the list of its people."
            )
        if faults or seat is None or expertise is None:
            raise Invalid(N_("The invitation is not complete."), faults)

        now = clock.now()
        open_ones = [
            each
            for each in queries.of_panel(session, found.stage.id)
            if each.accepted_at is None and each.declined_at is None and each.withdrawn_at is None
        ]
        for earlier in open_ones:
            if earlier.email == email:
                earlier.withdrawn_at = now
        if sum(each.standing(now) is Standing.OPEN for each in open_ones) >= OPEN_MOST:
            raise WrongMoment(
                N_("20 invitations wait for an answer. Withdraw one before you send another.")
            )
        session.flush()  # the earlier one is withdrawn before another takes its place
        invitation = PanelInvitation(
            stage_id=found.stage.id,
            email=email,
            name=name,
            seat=seat,
            expertise=expertise,
            reason=reason,
            replaces_id=leaving.id if leaving else None,
            invited_by_id=actor.user_id,
            invited_at=now,
            ends_at=now + STANDS_FOR,
        )
        session.add(invitation)
        session.flush()
        post.queue(
            session,
            to_email=email,
            subject=letters.INVITED_SUBJECT.format(title=found.challenge.title),
            text=letters.invited(
                name=name,
                inviter=actor.name,
                body=found.challenge.buyer.name,
                title=found.challenge.title,
                does=_DOES[seat],
                until=format_instant(invitation.ends_at),
                link=link(invitation.id),
            ),
            clock=clock,
        )
        _record(
            session,
            "panel.invited",
            invitation,
            actor,
            clock,
            seat=seat.value,
            expertise=expertise.value,
            reason=reason,
            replaces=leaving.label if leaving else None,
        )
        return invitation.id


def withdraw(at: Where, invitation_id: uuid.UUID, *, actor: Actor, clock: Clock) -> None:
    """Withdraw an invitation that waits; the person is told.

    Raises:
        NotFound: the challenge is another body's, or its panel has no such invitation.
        Forbidden: the actor's role does not name panels.
        WrongMoment: it does not wait any more, or moderation has begun.
    """
    with transaction() as session:
        found = seated.meeting(session, at, actor, lock=True)
        ensure(panels.can_change_members(actor, found.phase))
        invitation = queries.one_of_panel(session, found.stage.id, invitation_id)
        ensure(policy.can_withdraw(invitation.standing(clock.now())))
        invitation.withdrawn_at = clock.now()
        title = found.challenge.title
        post.queue(
            session,
            to_email=invitation.email,
            subject=letters.WITHDRAWN_SUBJECT.format(title=title),
            text=letters.withdrawn(
                name=invitation.name, body=found.challenge.buyer.name, title=title
            ),
            clock=clock,
        )
        _record(session, "panel.invitation_withdrawn", invitation, actor, clock)


def accept(
    invitation_id: uuid.UUID, *, user_id: uuid.UUID, clock: Clock, link: Callable[[Place], str]
) -> uuid.UUID:
    """Take a seat as an invitation says; give the membership that lets the person act there.

    Whoever does not act for the body becomes its guest, for whom only this panel exists. Twice is
    once. `link` gives the full address of the panel of a challenge, for the message to whoever
    invited.

    Raises:
        NotFound: there is no such invitation to this person's address.
        Forbidden: the person acts for a bidder, or for the body in roles that do not score.
        WrongMoment: it does not stand any more, or moderation has begun.
    """
    with transaction() as session:
        invitation, challenge = _locked(session, invitation_id, user_id)
        user = session.get_one(User, user_id)
        now = clock.now()
        standing = invitation.standing(now)
        if standing is Standing.ACCEPTED and invitation.member and not invitation.member.left_at:
            return _membership(session, challenge, user, clock).id
        ensure(
            policy.can_accept(
                standing,
                queries.phase_now(session, invitation.stage_id),
                for_bidder=queries.acts_for_bidder(session, user_id, invitation.stage_id),
            )
        )
        membership = _membership(session, challenge, user, clock)
        actor = rows.acting(membership)
        member = _seated(session, invitation, challenge, actor, clock)
        member.expertise = invitation.expertise
        invitation.member_id = member.id
        invitation.accepted_at = now
        _record(
            session,
            "panel.accepted",
            invitation,
            actor,
            clock,
            label=member.label,
            member=str(user_id),
            reason=invitation.reason,
        )
        _tell_inviter(session, invitation, challenge, member.label, link, clock)
        return membership.id


def decline(
    invitation_id: uuid.UUID, *, user_id: uuid.UUID, clock: Clock, link: Callable[[Place], str]
) -> None:
    """Decline an invitation; whoever invited is told. Twice is once.

    Raises:
        NotFound: there is no such invitation to this person's address.
        WrongMoment: it was accepted or withdrawn, or is too old.
    """
    with transaction() as session:
        invitation, challenge = _locked(session, invitation_id, user_id)
        if invitation.declined_at is not None:
            return
        ensure(policy.can_decline(invitation.standing(clock.now())))
        invitation.declined_at = clock.now()
        _record(session, "panel.declined", invitation, None, clock, person_id=str(user_id))
        _tell_inviter(session, invitation, challenge, None, link, clock)


def _locked(
    session: Session, invitation_id: uuid.UUID, user_id: uuid.UUID
) -> tuple[PanelInvitation, Challenge]:
    """Give an invitation to the person as it is once the challenge's row is held: all that changes
    a panel goes one after the other."""
    challenge_id = queries.own(session, invitation_id, user_id).stage.challenge_id
    challenge = session.scalars(
        select(Challenge).where(Challenge.id == challenge_id).with_for_update()
    ).one()
    return queries.own(session, invitation_id, user_id), challenge


def _seated(
    session: Session,
    invitation: PanelInvitation,
    challenge: Challenge,
    actor: Actor,
    clock: Clock,
) -> PanelMember:
    """Seat the person, in the place of whom the invitation names if they sit there still."""
    standing = next(
        (
            member
            for member in seated.seats(session, invitation.stage_id)
            if member.user_id == actor.user_id and member.left_at is None
        ),
        None,
    )
    if standing is not None:
        raise WrongMoment(N_("You sit on this panel already."))
    if invitation.seat is Seat.EVALUATOR and saw_all_scores(
        session, invitation.stage_id, actor.user_id
    ):
        raise Forbidden(
            N_(
                "You have seen everybody’s scores in a moderation that was ended, so you cannot "
                "score."
            )
        )
    stage = invitation.stage
    if stage.names_withheld and actor.user_id in read_under_names(session, stage):
        raise Forbidden(
            N_(
                "You have read bids under the names of their bidders, so you cannot judge without "
                "them."
            )
        )
    leaving = invitation.replaces
    if leaving is not None and leaving.left_at is None:
        return take_place(
            session,
            stage,
            leaving,
            actor.user_id,
            invitation.reason,
            actor=actor,
            clock=clock,
        )
    return seat_people(session, invitation.stage_id, invitation.seat, [actor.user_id])[0]


def _membership(session: Session, challenge: Challenge, user: User, clock: Clock) -> Membership:
    """Give the person's membership of the body; whoever has none, or an ended one, becomes its
    guest.

    Raises:
        Forbidden: they act for the body in roles that do not score.
    """
    body = rows.locked_organisation(session, challenge.buyer_id)
    membership = session.scalar(
        select(Membership).where(
            Membership.user_id == user.id, Membership.organisation_id == body.id
        )
    )
    if membership is None:
        membership = rows.begin(body, user, GUEST_ROLES, clock)
        session.add(membership)
    elif membership.ended_at is not None:
        membership.ended_at = None
        rows.set_roles(session, membership, GUEST_ROLES)
    elif rows.roles_in(membership) & (SITTING_ROLES | GUEST_ROLES):
        return membership
    else:
        raise Forbidden(
            N_(
                "You act for this organisation in another role by now. Ask its officers to seat "
                "you."
            )
        )
    session.flush()
    log.append(
        session,
        clock=clock,
        action=entries.MEMBERSHIP_STARTED,
        actor=rows.acting(membership),
        **rows.fields_about(membership),
        roles=rows.codes(rows.roles_in(membership)),
    )
    return membership


def _of_the_body(session: Session, email: str, body_id: uuid.UUID) -> bool:
    """Tell whether the person with this address acts for the body in more than a guest's role."""
    return any(
        member.user.email == email and not rows.acting(member).guest
        for member in rows.standing(session, body_id)
    )


def _tell_inviter(
    session: Session,
    invitation: PanelInvitation,
    challenge: Challenge,
    label: str | None,
    link: Callable[[Place], str],
    clock: Clock,
) -> None:
    inviter = session.get_one(User, invitation.invited_by_id)
    post.queue(
        session,
        to_email=inviter.email,
        user_id=inviter.id,
        subject=letters.ANSWERED_SUBJECT.format(
            name=invitation.name,
            answer="has joined the panel" if label else "declined",
            title=challenge.title,
        ),
        text=letters.answered(
            name=invitation.name,
            accepted=label is not None,
            title=challenge.title,
            label=label or "",
            link=link(Place(challenge.reference, invitation.stage.ordinal)),
        ),
        clock=clock,
    )


def _record(
    session: Session,
    action: str,
    invitation: PanelInvitation,
    actor: Actor | None,
    clock: Clock,
    **more: object,
) -> None:
    """Record what happened to an invitation, without whom it is for: that stands in its row."""
    recording.append(
        session,
        invitation.stage,
        clock=clock,
        action=action,
        actor=actor,
        invitation=str(invitation.id),
        **more,
    )
