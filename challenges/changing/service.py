"""Prepares a change to a published challenge, and publishes it under the next number.

The challenge stays as it is until an officer who wrote nothing of the change publishes it. Then its
text, the plan where that changes, the number with its reason, and the log's entry are one
transaction; everybody whom it concerns is told in it too.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from sqlalchemy.orm import Session

from challenges import hooks, log_words, readiness
from challenges.changing import letters, policy, queries
from challenges.changing.contents import CHANGEABLE, text_of
from challenges.changing.models import Addendum, ChangeDraft
from challenges.changing.working import apply, as_changed, sections_of
from challenges.models import Challenge
from challenges.plan import frozen_plan
from challenges.queries import own_challenge
from challenges.sections import Content, Question, edition, tidied
from challenges.service.contents import put, read
from challenges.service.criteria import (
    append_question,
    find_question,
    put_question,
    read_question,
    refuse_weights,
    weigh,
)
from challenges.service.drafts import refuse_faults, refuse_stale
from challenges.service.freezing import freeze
from challenges.similar.vectors import await_vector
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.engine.canonical import canonical

REASON_MOST = 5_000

_SETTLED = {
    "closes_at": N_(
        "The closing time is moved on a page of its own, by two officers. Leave it as it is here."
    ),
    "legal_route": N_(
        "The legal route cannot be changed after publication. End the challenge without a "
        "contract, and publish another."
    ),
    "value_minor": N_(
        "The total value cannot be changed after publication, for the rules that hold follow from "
        "it. End the challenge without a contract, and publish another."
    ),
}


def changed(session: Session, challenge: Challenge) -> Challenge:
    """Give a copy of a challenge as it will read after the change in hand."""
    draft = queries.in_hand(session, challenge)
    return as_changed(challenge, draft.sections if draft else {})


def save_section(
    reference: str, content: Content, *, actor: Actor, clock: Clock, seen: str | None = None
) -> None:
    """Have the change in hand say what a section will say; without one, begin it.

    Raises:
        NotFound: there is no such challenge of the actor's body, or the section cannot be changed.
        Forbidden, WrongMoment: by `policy.can_change`.
        Invalid: something is too long, contradictory or settled for good; `fields` says what.
        StaleEdit: the section was changed since it was `seen`, to something else.
    """
    content = tidied(content)
    refuse_faults(content)
    if content.section not in CHANGEABLE:
        raise NotFound(N_("There is no such section."))

    def write(copy: Challenge) -> None:
        present = read(copy, content.section)
        refuse_stale(edition(present), edition(content), seen)
        _refuse_settled(present, content)
        put(copy, content)

    _write(reference, write, actor, clock)


def add_criterion(reference: str, content: Question, *, actor: Actor, clock: Clock) -> None:
    """Have the change in hand add a criterion.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `save_section`.
        Invalid: something is too long or out of range, or there are too many criteria.
    """
    content = tidied(content)
    refuse_faults(content)

    def write(copy: Challenge) -> None:
        append_question(copy.stage, content, former=queries.keys_ever(db.session(), copy))

    _write(reference, write, actor, clock)


def change_criterion(
    reference: str,
    key: str,
    content: Question,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> None:
    """Have the change in hand say what a criterion will be.

    Raises:
        NotFound, Forbidden, WrongMoment, Invalid, StaleEdit: as for `save_section`.
    """
    content = tidied(content)
    refuse_faults(content)

    def write(copy: Challenge) -> None:
        criterion = find_question(copy.stage, key)
        refuse_stale(edition(read_question(criterion)), edition(content), seen)
        put_question(criterion, content)

    _write(reference, write, actor, clock)


def delete_criterion(reference: str, key: str, *, actor: Actor, clock: Clock) -> None:
    """Have the change in hand take a criterion out.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `save_section`.
    """
    _write(
        reference,
        lambda copy: copy.stage.criteria.remove(find_question(copy.stage, key)),
        actor,
        clock,
    )


def arrange(
    reference: str,
    weights: Mapping[str, Decimal],
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> None:
    """Have the change in hand weigh the criteria by key, price included.

    Raises:
        NotFound, Forbidden, WrongMoment, StaleEdit: as for `save_section`.
        Invalid: a weight is out of range; `fields` names it by key.
    """
    refuse_weights(weights)

    _write(reference, lambda copy: weigh(copy.stage, weights, seen=seen), actor, clock)


def hand_over(reference: str, *, reason: str, confirm: bool, actor: Actor, clock: Clock) -> None:
    """Finish a change: say why, and whether bids must be confirmed; the other officers are asked.

    A change of the plan asks for it in any case.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no change in hand.
        Forbidden, WrongMoment: by `policy.can_change`; or too little time is left to confirm bids,
            or every officer of the body wrote in it.
        Invalid: there is no reason, the change changes nothing, or what it makes is not complete.
    """
    reason = _told(reason)
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True, whole=True)
        now = clock.now()
        ensure(policy.can_change(actor, challenge, now))
        draft = _found(queries.in_hand(session, challenge, lock=True))
        _refuse_unfit(challenge, draft, now)
        draft.reason = reason
        draft.confirm = confirm or makes_new_plan(challenge, as_changed(challenge, draft.sections))
        if draft.confirm and not policy.time_to_confirm(challenge, now):
            raise WrongMoment(
                N_(
                    "Bids close in fewer than 5 days, and bidders need that long to confirm their "
                    "bids. Move the closing time first: two officers do."
                )
            )
        _touch(draft, actor, now)
        if not letters.publishers(session, challenge, draft):
            raise WrongMoment(N_("Nobody is left who may publish it: name another officer."))
        draft.handed_over_at = now
        session.flush()
        letters.ask_to_publish(session, challenge, draft, clock)


def discard(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Give up the change in hand; the challenge stays as it is published.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no change in hand.
        Forbidden, WrongMoment: by `policy.can_change`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_change(actor, challenge, clock.now()))
        session.delete(_found(queries.in_hand(session, challenge, lock=True)))


def publish(reference: str, *, actor: Actor, clock: Clock, seen: int | None = None) -> Addendum:
    """Publish the change in hand under the next number, and tell everybody whom it concerns.

    `seen` is the row version of the change that the officer read.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no change in hand.
        Forbidden, WrongMoment: by `policy.can_publish`; or bids closed meanwhile.
        StaleEdit: the change was written in since.
        Invalid: what it makes of the challenge is not complete, or somebody on the panel scores
            nothing but what it takes out.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True, whole=True)
        draft = _found(queries.in_hand(session, challenge, lock=True))
        now = clock.now()
        _refuse_unfit(challenge, draft, now)
        new_plan = makes_new_plan(challenge, as_changed(challenge, draft.sections))
        confirm = draft.confirm or new_plan
        ensure(
            policy.can_publish(
                actor,
                challenge,
                now,
                writers=draft.writers,
                handed_over=draft.handed_over_at is not None,
                confirm=confirm,
            )
        )
        if seen is not None and draft.row_version != seen:
            raise StaleEdit(
                N_("The change was written in since you opened this page. Read it again first.")
            )
        before = text_of(challenge)
        standing = list(challenge.stage.criteria)
        with session.no_autoflush:
            apply(challenge, draft.sections)
            gone = [each for each in standing if each not in challenge.stage.criteria]
            for hook in hooks.before_criteria_go if gone else ():
                hook(session, challenge.stage, gone)
        session.flush()
        session.refresh(challenge.stage, ["criteria"])
        after = text_of(challenge)
        if challenge.plan is None:
            raise LookupError(f"{reference} was published without a plan")
        plan = challenge.plan
        if new_plan:
            _evaluation, plan = freeze(session, challenge, clock, plan.version + 1)
        change = Addendum(
            challenge_id=challenge.id,
            number=queries.count(session, challenge) + 1,
            reason=draft.reason,
            confirm=confirm,
            new_plan=new_plan,
            plan_version=plan.version,
            before=before,
            before_sha256=sha256(before).hexdigest(),
            after=after,
            after_sha256=sha256(after).hexdigest(),
            written_by_id=draft.changed_by_id,
            published_by_id=actor.user_id,
        )
        session.delete(draft)
        await_vector(session, challenge, clock)
        # Letters to many take a while, and the log is locked from its entry on.
        letters.tell_changed(session, challenge, change, actor, clock)
        if confirm:
            hooks.of_bids().await_confirmation(session, challenge, change.number, clock)
        session.flush()
        entry = log.append(
            session,
            clock=clock,
            action=log_words.CHANGED,
            chain=challenge.reference,
            actor=actor,
            number=change.number,
            reason=change.reason,
            confirm=change.confirm,
            plan=plan.sha256,
            before=change.before_sha256,
            after=change.after_sha256,
        )
        if challenge.stage.closes_at is None or entry.at >= challenge.stage.closes_at:
            raise WrongMoment(policy.NOT_OPEN)
        change.entry_n, change.published_at = entry.n, entry.at
        session.add(change)
        session.flush()
    return change


def makes_new_plan(challenge: Challenge, copy: Challenge) -> bool:
    """Tell whether a copy of a published challenge has another plan than the one that holds."""
    if challenge.plan is None:
        return True
    held = json.loads(challenge.plan.canonical)
    made = frozen_plan(
        copy,
        version=held["version"],
        regime=held["regime"]["name"],
        regime_version=held["regime"]["version"],
        band=held["regime"]["band"],
    )
    return canonical(made) != challenge.plan.canonical


def lacks(challenge: Challenge, copy: Challenge, now: datetime) -> list[readiness.Finding]:
    """Name what a change would take from a challenge that every challenge needs.

    What the published challenge lacked already is not asked of a change.
    """
    before = [(each.section, each.message) for each in readiness.needed(challenge, now)]
    return [
        each for each in readiness.needed(copy, now) if (each.section, each.message) not in before
    ]


def _write(
    reference: str, write: Callable[[Challenge], object], actor: Actor, clock: Clock
) -> None:
    """Write in the copy that the change in hand makes, and keep in what it differs."""
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True, whole=True)
        now = clock.now()
        ensure(policy.can_change(actor, challenge, now))
        draft = queries.in_hand(session, challenge, lock=True)
        copy = as_changed(challenge, draft.sections if draft else {})
        write(copy)
        sections = sections_of(challenge, copy)
        if draft is None:
            if not sections:
                return
            draft = ChangeDraft(
                challenge_id=challenge.id,
                begun_by_id=actor.user_id,
                begun_at=now,
                writers=[],
                reason="",
                confirm=False,
            )
            session.add(draft)
        draft.sections = sections
        _touch(draft, actor, now)


def _touch(draft: ChangeDraft, actor: Actor, now: datetime) -> None:
    draft.changed_by_id, draft.changed_at = actor.user_id, now
    draft.handed_over_at = None
    if str(actor.user_id) not in draft.writers:
        draft.writers = [*draft.writers, str(actor.user_id)]


def _found(draft: ChangeDraft | None) -> ChangeDraft:
    if draft is None:
        raise NotFound(N_("There is no change being prepared to this challenge."))
    return draft


def _refuse_unfit(challenge: Challenge, draft: ChangeDraft, now: datetime) -> None:
    """Refuse a change of nothing, and one after which the challenge could not stand."""
    copy = as_changed(challenge, draft.sections)
    if not sections_of(challenge, copy):
        raise Invalid(N_("This change changes nothing. Change a section first, or give it up."))
    if findings := lacks(challenge, copy, now):
        raise Invalid(findings[0].message, None, **findings[0].data)


def _refuse_settled(present: Content, content: Content) -> None:
    """Refuse to change what publication settled for good, or what two officers change."""
    faults = {
        name: fault
        for name, fault in _SETTLED.items()
        if hasattr(present, name) and getattr(content, name) != getattr(present, name)
    }
    if faults:
        raise Invalid(N_("Something needs to be put right."), fields=faults)


def _told(reason: str) -> str:
    reason = reason.replace("\r\n", "\n").strip()
    if not reason:
        message = N_("Say why the challenge changes. Everybody can read it.")
        raise Invalid(message, fields={"reason": message})
    if len(reason) > REASON_MOST:
        message = N_("Shorten this to 5,000 characters or fewer.")
        raise Invalid(message, fields={"reason": message})
    return reason
