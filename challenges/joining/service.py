"""Has bodies join in a challenge and leave it, lets them write, and settles who pays what."""

import uuid
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from challenges.joining import letters, log_words, policy, queries
from challenges.joining.lifecycle import (
    DAILY_MOST,
    MESSAGE_MOST,
    STANDING,
    Joining,
    Measure,
    Shares,
)
from challenges.joining.models import CostShare, JointSponsor
from challenges.models import Challenge, CoSponsor
from challenges.queries import own_challenge
from marketplace.core.accounts.models import Organisation, OrganisationKind
from marketplace.core.accounts.rows import ensure_meets_bodies, take_turns
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def invite(
    reference: str, body_id: uuid.UUID | None, *, message: str, actor: Actor, clock: Clock
) -> None:
    """Invite another body to join in a draft; a second invitation while one stands changes nothing.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to invite to, or not now; nobody
            has verified the actor's body; or the person has written to too many within a day.
        Invalid: there is no such verified public body, or the message is too long.
    """
    _refuse_long(message, "message")
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_arrange(actor, challenge))
        ensure_meets_bodies(session, actor)
        body = session.get(Organisation, body_id) if body_id else None
        known = body is not None and body.verified_at and body.kind is OrganisationKind.BODY
        if body is None or not known or body.id == challenge.buyer_id:
            raise _invalid("body", N_("Choose a public body from the list."))
        present = _standing(session, challenge, body.id)
        if present is not None:
            if present.joining is Joining.INVITED:
                return
            raise _invalid("body", N_("This body has asked to join, or has joined already."))
        entry = _begin(session, challenge, body, Joining.INVITED, message, actor, clock)
        letters.tell_invited(session, challenge, entry, actor, clock)
        _record(session, challenge, entry, log_words.INVITED, actor, clock)


def ask(reference: str, *, message: str, actor: Actor, clock: Clock) -> str:
    """Ask that the actor's body joins in another body's draft; return the draft's reference.

    Raises:
        Forbidden: the actor's role does not ask for their body, or nobody has verified it.
        WrongMoment: it is no draft any more, or the person has asked too often within a day.
        Invalid: no draft of another body has this reference, or there is no message.
    """
    _refuse_long(message, "message")
    if not message.strip():
        raise _invalid("message", N_("Say why your organisation has this problem too."))
    wanted = reference.strip().upper()
    with transaction() as session:
        ensure_meets_bodies(session, actor)
        challenge = queries.draft_to_join(session, wanted)
        if challenge is None or challenge.buyer_id == actor.organisation_id:
            raise _invalid("reference", N_("No draft of another organisation has this reference."))
        ensure(policy.can_ask(actor, challenge))
        if _standing(session, challenge, actor.organisation_id) is not None:
            return challenge.reference
        body = session.get_one(Organisation, actor.organisation_id)
        entry = _begin(session, challenge, body, Joining.ASKED, message, actor, clock)
        letters.tell_asked(session, challenge, entry, actor, clock)
        _record(session, challenge, entry, log_words.ASKED, actor, clock)
        return challenge.reference


def decide(
    reference: str,
    entry_id: uuid.UUID,
    *,
    accept: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Answer, for the lead body, a body that asks to join.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to answer, or it was answered.
        Invalid: it is declined without a reason.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        entry = queries.find(session, challenge, entry_id)
        ensure(policy.can_accept_asked(actor, challenge, entry))
        _answer(session, challenge, entry, accept, reason, actor, clock)


def answer(reference: str, *, accept: bool, reason: str, actor: Actor, clock: Clock) -> None:
    """Answer, for the invited body, whether it joins.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to answer, or it was answered.
        Invalid: it is declined without a reason.
    """
    with transaction() as session:
        challenge, entry = queries.partner_challenge(session, reference, actor, lock=True)
        ensure(policy.can_answer(actor, challenge, entry))
        _answer(session, challenge, entry, accept, reason, actor, clock)


def leave(reference: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Take the actor's body out of a draft again; the shares of the cost are then to be set anew.

    Raises:
        NotFound, Forbidden, WrongMoment: it has not joined, or it is no draft any more.
        Invalid: there is no reason.
    """
    with transaction() as session:
        challenge, entry = queries.partner_challenge(session, reference, actor, lock=True)
        ensure(policy.can_leave(actor, challenge, entry))
        entry.because = _told(reason)
        entry.joining, entry.writes = Joining.LEFT, False
        entry.decided_by_id, entry.decided_at = actor.user_id, clock.now()
        session.execute(
            delete(CoSponsor).where(
                CoSponsor.challenge_id == challenge.id, CoSponsor.name == entry.body.name
            )
        )
        _forget_shares(session, challenge)
        letters.tell_left(session, challenge, entry, clock)
        _record(session, challenge, entry, log_words.LEFT, actor, clock, reason=entry.because)


def let_write(
    reference: str, entry_id: uuid.UUID, *, writes: bool, actor: Actor, clock: Clock
) -> None:
    """Let the people of a body that joined change the draft, or no longer.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to say, or not now.
        Invalid: the body has not joined.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_arrange(actor, challenge))
        entry = queries.find(session, challenge, entry_id)
        if entry.joining is not Joining.JOINED:
            raise Invalid(N_("Only a body that has joined can be let write."))
        if entry.writes is not writes:
            entry.writes = writes
            said = "yes" if writes else "no"
            _record(session, challenge, entry, log_words.WRITING, actor, clock, writes=said)


def share(reference: str, wanted: Shares, *, actor: Actor, clock: Clock) -> None:
    """Settle what the lead body and each that joined pays.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to settle, or not now.
        Invalid: a body is missing or one too many is named, or the shares do not add up.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_arrange(actor, challenge))
        names = {challenge.buyer_id: challenge.buyer.name} | {
            entry.body_id: entry.body.name
            for entry in queries.sponsors(session, challenge)
            if entry.joining is Joining.JOINED
        }
        if set(wanted.of) != set(names):
            raise Invalid(N_("Who joins in has changed meanwhile. Check the shares again."))
        if fault := wanted.fault(challenge.value_minor):
            raise _invalid("measure", fault)
        _forget_shares(session, challenge)
        percent = wanted.measure is Measure.PERCENT
        for body_id, part in wanted.of.items():
            session.add(
                CostShare(
                    challenge_id=challenge.id,
                    body_id=body_id,
                    percent=part if percent else None,
                    amount_minor=None if percent else int(part * 100),
                )
            )
        said = "; ".join(
            f"{names[body_id]} {_plain(part)} {'%' if percent else challenge.currency}"
            for body_id, part in sorted(wanted.of.items(), key=lambda each: names[each[0]])
        )
        log.append(
            session,
            clock=clock,
            action=log_words.SHARED,
            chain=challenge.reference,
            actor=actor,
            shares=said,
        )


def _answer(
    session: Session,
    challenge: Challenge,
    entry: JointSponsor,
    accept: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    invited = entry.joining is Joining.INVITED
    entry.joining = Joining.JOINED if accept else Joining.DECLINED
    entry.because = None if accept else _told(reason)
    entry.decided_by_id, entry.decided_at = actor.user_id, clock.now()
    if accept:
        # By its name the body stands wherever sponsors do: page, search, report.
        if session.get(CoSponsor, (challenge.id, entry.body.name)) is None:
            session.add(CoSponsor(challenge_id=challenge.id, name=entry.body.name))
        _forget_shares(session, challenge)
    letters.tell_answer(session, challenge, entry, invited=invited, joined=accept, clock=clock)
    if accept:
        _record(session, challenge, entry, log_words.JOINED, actor, clock)
    else:
        _record(session, challenge, entry, log_words.DECLINED, actor, clock, reason=entry.because)


def _begin(
    session: Session,
    challenge: Challenge,
    body: Organisation,
    joining: Joining,
    message: str,
    actor: Actor,
    clock: Clock,
) -> JointSponsor:
    take_turns(session, actor.user_id)
    lately = queries.begun_since(session, actor.user_id, clock.now() - timedelta(days=1))
    if lately >= DAILY_MOST:
        raise WrongMoment(
            N_("You have written to %(count)s organisations within a day. Go on tomorrow."),
            count=DAILY_MOST,
        )
    entry = JointSponsor(
        challenge_id=challenge.id,
        body=body,
        joining=joining,
        message=message.strip(),
        begun_by_id=actor.user_id,
        begun_at=clock.now(),
    )
    session.add(entry)
    session.flush()
    return entry


def _standing(session: Session, challenge: Challenge, body_id: uuid.UUID) -> JointSponsor | None:
    return session.scalar(
        select(JointSponsor).where(
            JointSponsor.challenge_id == challenge.id,
            JointSponsor.body_id == body_id,
            JointSponsor.joining.in_(STANDING),
        )
    )


def _forget_shares(session: Session, challenge: Challenge) -> None:
    """Drop shares that were settled among others than those who sponsor now."""
    session.execute(delete(CostShare).where(CostShare.challenge_id == challenge.id))


def _told(reason: str) -> str:
    _refuse_long(reason, "reason")
    if not reason.strip():
        raise _invalid("reason", N_("Say why: the other organisation reads it."))
    return reason.strip()


def _refuse_long(text: str, field: str) -> None:
    if len(text) > MESSAGE_MOST:
        raise _invalid(field, N_("Shorten this to 2,000 characters or fewer."))


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(N_("Something needs to be put right."), fields={field: message})


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _record(
    session: Session,
    challenge: Challenge,
    entry: JointSponsor,
    action: str,
    actor: Actor,
    clock: Clock,
    **fields: object,
) -> None:
    log.append(
        session,
        clock=clock,
        action=action,
        chain=challenge.reference,
        actor=actor,
        body=entry.body.name,
        **fields,
    )
