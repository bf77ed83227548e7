"""The briefing, the declaration of interests, and the decision about each declared one."""

from collections.abc import Mapping
from dataclasses import dataclass

from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import parties, policy, queries
from scoring.panel.briefing import CURRENT
from scoring.panel.declarations import declared_interests
from scoring.panel.lifecycle import Interest, Measure
from scoring.panel.models import ConflictDecision, ConflictDeclaration


@dataclass(frozen=True)
class Declaration:
    """What a member says about one party; `statement` explains a declared interest."""

    interest: Interest | None
    statement: str = ""


def accept_briefing(at: Where, *, read: str = CURRENT.sha256, actor: Actor, clock: Clock) -> None:
    """Record that a member has read the briefing and accepts to keep the bids confidential.

    `read` is the digest of the text they read. Accepting again changes nothing: the first
    acceptance is what counts.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is not on the panel.
        WrongMoment: moderation has begun, or another version took the place of what they read.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        member = found.own_seat
        ensure(policy.can_accept_briefing(actor, member, found.phase))
        if member.briefed_at is not None:
            return
        if read != CURRENT.sha256:
            raise WrongMoment(
                N_("The briefing has changed since you opened it. Read it again, then accept.")
            )
        member.briefed_at = clock.now()
        member.briefing_sha256 = CURRENT.sha256
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="panel.briefed",
            actor=actor,
            label=member.label,
            version=CURRENT.version,
            briefing_sha256=CURRENT.sha256,
        )


def declare_interests(
    at: Where, declarations: Mapping[str, Declaration], *, actor: Actor, clock: Clock
) -> None:
    """Record what a member declares about every party, by its name, before any content.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is not on the panel.
        WrongMoment: the bids are not opened, moderation has begun, the briefing is not accepted,
            or the member has declared already.
        Invalid: a party is left out, or a declared interest has no statement. Fields are named
            `interest-` and `statement-` with the party's key.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        member = found.own_seat
        ensure(policy.can_declare_interests(actor, member, found.phase))
        known = parties.parties(session, found.stage.id)
        given = {party.key: declarations.get(party.name, Declaration(None)) for party in known}
        faults: dict[str, str] = {}
        for key, declared in given.items():
            if declared.interest is None:
                faults[f"interest-{key}"] = N_("Say whether you have an interest")
            elif declared.interest is Interest.DECLARED and not declared.statement.strip():
                faults[f"statement-{key}"] = N_("Say what the interest is")
        if faults:
            raise Invalid(N_("Answer for every bidder."), faults)

        now = clock.now()
        rows = parties.stored(session, found.stage.id, known)
        for key, declared in given.items():
            session.add(
                ConflictDeclaration(
                    member_id=member.id,
                    party_id=rows[key].id,
                    interest=declared.interest,
                    statement=declared.statement.strip()
                    if declared.interest is Interest.DECLARED
                    else "",
                    declared_at=now,
                )
            )
        member.interests_declared_at = now
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="interest.declared",
            actor=actor,
            label=member.label,
            bidders=len(queries.bidders(session, found.stage.id)),
            interest_in=[
                party.name for party in known if given[party.key].interest is Interest.DECLARED
            ],
        )


def decide_interest(
    at: Where,
    label: str,
    party: str,
    *,
    measure: Measure | None,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Decide what a member's declared interest in one bidder means; a later decision counts.

    Restricting keeps the member on the bid under the conditions that `reason` states.

    Raises:
        NotFound: the challenge is another body's, or there is no such member or declared interest.
        Forbidden: the actor is not the chair (or, for the chair's own interest, no approver), or
            decides about an own interest.
        WrongMoment: the bids are not opened, moderation has begun, or scoring has and this is
            decided already.
        Invalid: there is no measure or no reason.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        declarer = found.labelled(label)
        ensure(policy.can_decide_interest(actor, found.member, declarer, found.phase))
        declared = next(
            (
                item
                for item in declared_interests(session, found.stage.id)
                if item.declaration.member_id == declarer.id
                and item.declaration.party.key == party
                and item.declaration.interest is Interest.DECLARED
                and not item.late
            ),
            None,
        )
        if declared is None:
            raise NotFound(N_("This member declared no interest in that bidder."))
        ensure(
            policy.can_decide_interest(
                actor, found.member, declarer, found.phase, decided=not declared.open
            )
        )
        faults: dict[str, str] = {}
        if measure is None:
            faults["measure"] = N_("Choose what follows from the interest")
        if not reason.strip():
            faults["reason"] = N_("Give the reason for your decision")
        if faults or measure is None:
            raise Invalid(N_("The decision is not complete."), faults)

        session.add(
            ConflictDecision(
                declaration_id=declared.declaration.id,
                measure=measure,
                reason=reason.strip(),
                decided_by_id=actor.user_id,
                decided_at=clock.now(),
            )
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="interest.decided",
            actor=actor,
            label=label,
            party=declared.declaration.party.name,
            measure=measure.value,
        )
