"""Chooses a challenge's codes, and records where its notices stand."""

from sqlalchemy.orm import Session

from challenges.models import Challenge
from challenges.notices import codes, log_words, policy
from challenges.notices.kinds import NoticeKind
from challenges.notices.models import ChosenCode, NoticeRecord
from challenges.notices.rules import CODES_MOST, Noticed
from challenges.queries import own_challenge
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def choose_code(reference: str, text: str, *, main: bool, actor: Actor, clock: Clock) -> codes.Code:
    """Give a challenge a code, as its main one or an additional one; give the code.

    A code that it has already changes its part. Where another code was the main one, that becomes
    additional.

    Raises:
        NotFound, Forbidden, WrongMoment: the challenge is not the actor's to classify, or not now.
        Invalid: there is no such code, or it has 20 additional codes already.
    """
    code = codes.find(text)
    if code is None:
        raise _wrong("code", N_("There is no such code. Search for it by words."))
    with transaction() as session:
        challenge = _to_classify(session, reference, actor, clock)
        chosen = {each.code: each for each in challenge.codes}
        for each in challenge.codes:
            if main and each.code != code.code:
                each.main = False
        # Two main codes even for a moment are refused by the database.
        session.flush()
        present = chosen.get(code.code)
        if present is None:
            challenge.codes.append(ChosenCode(code=code.code, main=main))
        else:
            present.main = main
        if sum(not each.main for each in challenge.codes) > CODES_MOST:
            raise _wrong("code", N_("A challenge has at most 20 additional codes. Remove one."))
    return code


def remove_code(reference: str, text: str, *, actor: Actor, clock: Clock) -> None:
    """Take a code from a challenge; one that it does not have is gone already.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `choose_code`.
    """
    with transaction() as session:
        challenge = _to_classify(session, reference, actor, clock)
        challenge.codes = [each for each in challenge.codes if each.code != text]


def record_notice(
    reference: str,
    kind: NoticeKind,
    noticed: Noticed,
    *,
    actor: Actor,
    clock: Clock,
    number: int = 1,
) -> None:
    """Record where and since when a notice stands; what was recorded before stays in the log.

    Recording the same again does nothing. `number` counts the modifications of a contract.

    Raises:
        NotFound, Forbidden, WrongMoment: the challenge is not the actor's, or it is not the time.
        Invalid: reference, date or address cannot be right; `fields` says what.
    """
    noticed = noticed.kept()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_record(actor, challenge, kind, clock.now()))
        if faults := noticed.faults(clock.now()):
            raise Invalid(N_("Something needs to be put right."), fields=faults)
        keep_record(session, challenge, kind, noticed, number=number, actor=actor, clock=clock)


def keep_record(
    session: Session,
    challenge: Challenge,
    kind: NoticeKind,
    noticed: Noticed,
    *,
    number: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Keep a record of a challenge whose row the caller holds locked, and log it.

    The caller has asked the policy and looked for faults.
    """
    same = [each for each in challenge.notices if (each.kind, each.number) == (kind, number)]
    assert noticed.published_on is not None
    wanted = (noticed.reference, noticed.published_on, noticed.url)
    if same and (same[-1].reference, same[-1].published_on, same[-1].url) == wanted:
        return
    session.add(
        NoticeRecord(
            challenge_id=challenge.id,
            kind=kind,
            number=number,
            reference=noticed.reference,
            published_on=noticed.published_on,
            url=noticed.url,
            recorded_by_id=actor.user_id,
            recorded_at=clock.now(),
        )
    )
    session.flush()
    session.expire(challenge, ["notices"])
    log.append(
        session,
        clock=clock,
        action=log_words.NOTICED,
        chain=challenge.reference,
        actor=actor,
        kind=kind.value,
        number=number,
        notice=noticed.reference,
        published_on=noticed.published_on.isoformat(),
        url=noticed.url,
    )


def _to_classify(session: Session, reference: str, actor: Actor, clock: Clock) -> Challenge:
    challenge = own_challenge(session, reference, actor, lock=True)
    ensure(policy.can_choose_codes(actor, challenge, clock.now()))
    return challenge


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, fields={field: message})
