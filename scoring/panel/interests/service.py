"""Says that an interest was found, decides about it, and has everything follow at once."""

import uuid

from sqlalchemy.orm import Session

from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.accounts.models import User
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import declarations, hooks, parties, queries
from scoring.panel.completeness import too_few
from scoring.panel.interests import letters, log_words, policy
from scoring.panel.interests.lifecycle import (
    Agreement,
    agreements_void,
    must_reopen,
    must_unlock,
)
from scoring.panel.interests.models import (
    AgreementVoid,
    FoundDecision,
    FoundInterest,
    QualityUnlock,
    ScoreSetAside,
    ScoringReopened,
)
from scoring.panel.interests.queries import approvers
from scoring.panel.lifecycle import Measure, PanelPhase, Seat
from scoring.panel.models import ConflictDeclaration, ConsensusScore, PanelMember
from scoring.panel.queries import Bidder, Meeting


def find_interest(
    at: Where,
    label: str,
    party: str,
    *,
    statement: str,
    actor: Actor,
    clock: Clock,
    link: str | None = None,
) -> None:
    """Record that a member has an interest in a party, by its key, which stops their access to its
    bids now.

    `link` is the address where it is decided, for the message to whoever does that.

    Raises:
        NotFound: the challenge is another body's, or there is no such member or party.
        Forbidden, WrongMoment: by `policy.can_find`; or the member is kept away from it already.
        Invalid: nothing is said about the interest (`statement`).
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        about = found.labelled(label)
        ensure(policy.can_find(actor, found.member, about, found.phase, found.state))
        about_party = parties.party_named(parties.recorded(session, found.stage.id), party)
        apart = declarations.recusals(session, found.stage.id)
        if all((about.id, bid_id) in apart for bid_id in about_party.bid_ids):
            raise WrongMoment(
                N_("%(person)s is kept away from this bid already."), person=about.user.name
            )
        if not statement.strip():
            message = N_("Say what the interest is")
            raise Invalid(message, {"statement": message})
        assert found.phase is not None  # the policy has said so
        session.add(
            FoundInterest(
                member_id=about.id,
                party_id=about_party.id,
                statement=statement.strip(),
                phase=found.phase,
                found_by_id=actor.user_id,
                found_at=clock.now(),
            )
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=log_words.FOUND,
            actor=actor,
            label=label,
            party=about_party.name,
            phase=found.phase.value,
            own=about.user_id == actor.user_id,
        )
        _tell(session, found, about, actor, clock, link)


def decide_found(
    at: Where,
    label: str,
    party: str,
    *,
    measure: Measure | None,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Decide about an interest that was found later, and have everything follow.

    After a recusal the member's scores of that bid count no longer, nor do agreed scores of it
    that the member was present at: the chair agrees those again, and where quality was locked it
    is unlocked. Where no agreement falls, the result is computed again at once.

    Raises:
        NotFound: the challenge is another body's, or nothing was found of this member there.
        Forbidden, WrongMoment: by `policy.can_decide_found`.
        Invalid: there is no measure or no reason. Fields: `measure`, `reason`.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        about = found.labelled(label)
        state = found.state
        ensure(policy.can_decide_found(actor, found.member, about, found.phase, state))
        interest = open_one(session, found, about, party)
        ensure(
            policy.can_decide_found(
                actor,
                found.member,
                about,
                found.phase,
                state,
                decided=interest.decision is not None,
            )
        )
        faults: dict[str, str] = {}
        if measure is None:
            faults["measure"] = N_("Choose what follows from the interest")
        if not reason.strip():
            faults["reason"] = N_("Give the reason for your decision")
        if faults or measure is None:
            raise Invalid(N_("The decision is not complete."), faults)

        found_id = interest.declaration.id
        session.add(
            FoundDecision(
                found_id=found_id,
                measure=measure,
                reason=reason.strip(),
                decided_by_id=actor.user_id,
                decided_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="interest.decided",
            actor=actor,
            label=label,
            party=interest.declaration.party.name,
            measure=measure.value,
            reason=reason.strip(),
        )
        if measure is Measure.RECUSE:
            _recuse(session, found, about, interest.declaration, reason.strip(), actor, clock)


def reopen_scoring(at: Where, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Let people join and score after a recusal left too few; the panel moderates again after.

    What was scored and agreed stays. Nobody who has seen the others' scores corrects their own.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_reopen`.
        Invalid: there is no reason (`reason`).
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_reopen(actor, found.member, needed=needs_others(session, found)))
        if not reason.strip():
            message = N_("Say who joins and why")
            raise Invalid(message, {"reason": message})
        panel = found.named_panel
        assert panel.moderation_began_at is not None  # the policy has said so
        session.add(
            ScoringReopened(
                stage_id=found.stage.id,
                moderation_began_at=panel.moderation_began_at,
                reason=reason.strip(),
                reopened_by_id=actor.user_id,
                reopened_at=clock.now(),
            )
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=log_words.REOPENED,
            actor=actor,
            moderation_began_at=write_instant(panel.moderation_began_at),
            reason=reason.strip(),
        )
        panel.moderation_began_at = None


def needs_others(session: Session, found: Meeting) -> bool:
    """Tell whether the panel cannot finish without somebody who joins."""
    return must_reopen(found.phase, too_few=too_few(session, found))


def open_one(
    session: Session, found: Meeting, about: PanelMember, party: str
) -> declarations.DeclaredInterest:
    """Give what was found of a member in a party, by its key: the undecided, or else the latest.

    Raises:
        NotFound: nothing was.
    """
    known = [
        item
        for item in declarations.declared_interests(session, found.stage.id)
        if item.late
        and (item.declaration.member_id, item.declaration.party.key) == (about.id, party)
    ]
    if not known:
        raise NotFound(N_("No interest of this member in that bidder was found later."))
    return next((item for item in known if item.open), known[-1])


def _recuse(
    session: Session,
    found: Meeting,
    about: PanelMember,
    interest: ConflictDeclaration | FoundInterest,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Set scores aside, void agreements, and unlock or have the result computed again."""
    assert found.phase is not None  # the policy has said so
    of_party = [
        bidder
        for bidder in queries.bidders(session, found.stage.id)
        if bidder.bid_id in interest.party.bid_ids
    ]
    voided = {
        bidder: _set_aside(session, found, about, bidder, interest.id, reason, actor, clock)
        for bidder in of_party
    }
    session.flush()
    counting = queries.valid(of_party)
    panel = found.named_panel
    if counting and must_unlock(
        found.phase,
        voided=sum(voided[bidder] for bidder in counting),
        too_few=too_few(session, found),
    ):
        assert panel.quality_locked_at is not None  # the phase has said so
        session.add(
            QualityUnlock(
                found_id=interest.id,
                stage_id=found.stage.id,
                locked_at=panel.quality_locked_at,
                unlocked_at=clock.now(),
            )
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=log_words.UNLOCKED,
            actor=actor,
            label=about.label,
            bid=", ".join(bidder.reference for bidder in counting),
            locked_at=write_instant(panel.quality_locked_at),
            prices_were_shown=True,
            names_were_shown=found.stage.names_withheld or None,
            reason=reason,
        )
        panel.quality_locked_at = None
        session.flush()
    elif found.phase is PanelPhase.LOCKED:
        for bidder in of_party:
            hooks.emit_recusal(session, found.stage, bidder.reference, reason, actor, clock)


def _set_aside(
    session: Session,
    found: Meeting,
    about: PanelMember,
    bidder: Bidder,
    found_id: uuid.UUID,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> int:
    """Set aside a member's scores of one bid, and void what was agreed with them about it; return
    how many agreements are void."""
    stage, now = found.stage, clock.now()
    told = {"label": about.label, "bid": bidder.reference}
    scores = [
        score
        for score in queries.current_scores(session, stage.id, member_id=about.id)
        if score.bid_id == bidder.bid_id
    ]
    if scores:
        session.add_all(
            ScoreSetAside(score_id=score.id, found_id=found_id, set_aside_at=now)
            for score in scores
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=log_words.SET_ASIDE,
            actor=actor,
            **told,
            criteria=sorted(score.criterion.key for score in scores),
            reason=reason,
        )
    agreed = [
        row for row in queries.current_consensus(session, stage.id) if row.bid_id == bidder.bid_id
    ]
    void = agreements_void(
        [(row, Agreement(row.criterion.key, _there(row, about))) for row in agreed],
        about.label,
    )
    if void:
        session.add_all(
            AgreementVoid(consensus_id=row.id, found_id=found_id, voided_at=now) for row in void
        )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=log_words.VOIDED,
            actor=actor,
            **told,
            criteria=sorted(row.criterion.key for row in void),
            reason=reason,
        )
    return len(void)


def _there(row: ConsensusScore, about: PanelMember) -> frozenset[str]:
    """Give who was there when a score was agreed: whoever recorded it was, ticked or not."""
    ticked = frozenset(row.present.split(", "))
    return ticked | {about.label} if row.recorded_by_id == about.user_id else ticked


def _tell(
    session: Session,
    found: Meeting,
    about: PanelMember,
    actor: Actor,
    clock: Clock,
    link: str | None,
) -> None:
    """Write to whoever decides, and to the member where somebody else said it."""
    title, reference = found.challenge.title, found.challenge.reference
    deciding: list[User] = [m.user for m in found.members if m.seat is Seat.CHAIR]
    if about.seat is Seat.CHAIR:
        deciding = list(approvers(session, found.challenge.buyer_id))
    for person in deciding:
        if person.id not in (actor.user_id, about.user_id):
            text = letters.to_decide(name=person.name, title=title, reference=reference, link=link)
            _post(session, person, title, text, clock)
    if about.user_id != actor.user_id:
        text = letters.stopped(name=about.user.name, title=title, reference=reference)
        _post(session, about.user, title, text, clock)


def _post(session: Session, person: User, title: str, text: str, clock: Clock) -> None:
    post.queue(
        session,
        to_email=person.email,
        user_id=person.id,
        subject=letters.SUBJECT.format(title=title),
        text=text,
        clock=clock,
    )
