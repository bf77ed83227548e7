"""Naming a panel, adding to it and replacing a member, each told to the person by e-mail."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set

from sqlalchemy import delete
from sqlalchemy.orm import Session

from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.database import new_id
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import letters, policy, queries
from scoring.panel.aliases.policy import READ_UNDER_NAMES
from scoring.panel.aliases.queries import read_under_names
from scoring.panel.desk.models import PrivateNote
from scoring.panel.interests.lifecycle import CANNOT_SCORE
from scoring.panel.interests.queries import any_open, saw_all_scores
from scoring.panel.lifecycle import SEAT_LETTERS, Seat
from scoring.panel.models import Panel, PanelAssignment, PanelMember, ScoreDraft
from scoring.panel.queries import Candidate, Meeting
from scoring.panel.sheets.models import BroughtSheet


def name_panel(
    at: Where,
    *,
    chair: uuid.UUID,
    evaluators: Sequence[uuid.UUID],
    observers: Sequence[uuid.UUID] = (),
    more_follow: bool = False,
    actor: Actor,
    clock: Clock,
    link: str | None = None,
) -> None:
    """Name the panel: a chair, who does not score, the evaluators, and observers if any.

    All are people of the body, by user id, each in one seat. With `more_follow` there may be fewer
    evaluators than the plan's minimum, because others are invited next: scoring waits for them.
    `link` is the address of the panel's page, for the message that everybody gets.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor's role does not name panels.
        WrongMoment: there is a panel already, or the challenge is not between publication and
            evaluation.
        Invalid: somebody may not sit there or sits twice, or there are too few evaluators.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        now = clock.now()
        ensure(policy.can_name_panel(actor, found.state_at(now), found.phase))
        people = _people(session, found)
        wanted = [
            (Seat.CHAIR, [chair]),
            (Seat.EVALUATOR, list(evaluators)),
            (Seat.OBSERVER, list(observers)),
        ]
        least = 0 if more_follow else found.stage.minimum_panel
        _check_seats(wanted, people, least, _biased(session, found))

        session.add(Panel(stage_id=found.stage.id, named_at=now))
        session.flush()
        for seat, user_ids in wanted:
            seat_people(session, found.stage.id, seat, user_ids)
        for user_id in [chair, *evaluators, *observers]:
            _tell(session, found, people[user_id], clock, link)
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="panel.named",
            actor=actor,
            chair=str(chair),
            evaluators=len(evaluators),
            members=sorted(str(user_id) for user_id in [chair, *evaluators, *observers]),
        )


def add_member(
    at: Where,
    *,
    user_id: uuid.UUID,
    seat: Seat,
    reason: str,
    actor: Actor,
    clock: Clock,
    link: str | None = None,
) -> str:
    """Add an evaluator or an observer before moderation; return the new member's label.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor's role does not name panels.
        WrongMoment: there is no panel, or moderation has begun.
        Invalid: the person may not sit there or sits already, or there is no reason.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_change_members(actor, found.phase))
        faults = _new_member_faults(session, found, user_id, seat)
        if seat is Seat.CHAIR:
            faults["seat"] = N_("A panel has one chair: replace the present one.")
        _check_reason(faults, reason)
        person = _people(session, found)[user_id]
        member = seat_people(session, found.stage.id, seat, [user_id])[0]
        _tell(session, found, person, clock, link)
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="panel.member_added",
            actor=actor,
            label=member.label,
            member=str(user_id),
            reason=reason.strip(),
        )
        return member.label


def replace_member(
    at: Where,
    label: str,
    *,
    user_id: uuid.UUID,
    reason: str,
    actor: Actor,
    clock: Clock,
    link: str | None = None,
) -> str:
    """Put another person in a member's seat before moderation begins; return the new label.

    The new member starts afresh: briefing, declaration and scores of their own. What the one who
    leaves has submitted stays on record and counts no longer; what they only drafted is deleted.

    Raises:
        NotFound: the challenge is another body's, or nobody who sits has this label.
        Forbidden: the actor's role does not name panels.
        WrongMoment: there is no panel, moderation has begun, or an interest of whoever leaves waits
            for a decision.
        Invalid: the person may not sit there or sits already, or there is no reason.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_change_members(actor, found.phase))
        leaving = found.labelled(label)
        _check_reason(_new_member_faults(session, found, user_id, leaving.seat), reason)
        person = _people(session, found)[user_id]
        member = take_place(
            session, found.stage, leaving, user_id, reason.strip(), actor=actor, clock=clock
        )
        _tell(session, found, person, clock, link)
        return member.label


def take_place(
    session: Session,
    stage: Stage,
    leaving: PanelMember,
    user_id: uuid.UUID,
    reason: str,
    *,
    actor: Actor,
    clock: Clock,
) -> PanelMember:
    """Let a person have the seat of one who leaves, and the criteria they scored, in the caller's
    transaction, which holds the challenge's row and has asked the policy. Whoever leaves is told.

    Raises:
        WrongMoment: an interest of whoever leaves was found and waits for a decision.
    """
    challenge = stage.challenge
    if any_open(session, stage.id, member_id=leaving.id):
        raise WrongMoment(
            N_(
                "An interest of %(person)s in a bidder waits for a decision. It is decided before "
                "somebody takes their place."
            ),
            person=leaving.user.name,
        )
    set_aside = queries.current_scores(session, stage.id, member_id=leaving.id)
    # What only they could see goes with them.
    for private in (ScoreDraft, BroughtSheet, PrivateNote):
        session.execute(delete(private).where(private.member_id == leaving.id))
    leaving.left_at = clock.now()
    leaving.left_because = reason
    session.flush()  # the seat is free before somebody else takes it
    member = seat_people(session, stage.id, leaving.seat, [user_id])[0]
    session.add_all(
        PanelAssignment(member_id=member.id, criterion_id=row.criterion_id)
        for row in leaving.assigned
    )
    post.queue(
        session,
        to_email=leaving.user.email,
        user_id=leaving.user_id,
        subject=letters.LEFT_SUBJECT.format(title=challenge.title),
        text=letters.left(
            name=leaving.user.name, title=challenge.title, reference=challenge.reference
        ),
        clock=clock,
    )
    recording.append(
        session,
        stage,
        clock=clock,
        action="panel.member_replaced",
        actor=actor,
        old_label=leaving.label,
        new_label=member.label,
        old_member=str(leaving.user_id),
        new_member=str(user_id),
        scores_set_aside=len(set_aside),
        reason=reason,
    )
    return member


_FIELDS = {Seat.CHAIR: "chair", Seat.EVALUATOR: "evaluators", Seat.OBSERVER: "observers"}


def _check_seats(
    wanted: Sequence[tuple[Seat, list[uuid.UUID]]],
    people: Mapping[uuid.UUID, Candidate],
    minimum: int,
    biased: Set[uuid.UUID],
) -> None:
    faults: dict[str, str] = {}
    taken: set[uuid.UUID] = set()
    for seat, user_ids in wanted:
        field = _FIELDS[seat]
        for user_id in user_ids:
            if (fault := _seat_fault(people.get(user_id), seat)) is not None:
                faults.setdefault(field, fault)
            elif user_id in biased:
                faults.setdefault(field, READ_UNDER_NAMES)
            if user_id in taken:
                faults.setdefault(field, N_("Each person can sit in one seat only."))
            taken.add(user_id)
        if seat is Seat.EVALUATOR and len(user_ids) < minimum:
            faults.setdefault(
                field,
                N_("Choose more evaluators: the panel would be smaller than was published."),
            )
    if faults:
        raise Invalid(N_("The panel cannot sit like this."), faults)


def _seat_fault(person: Candidate | None, seat: Seat) -> str | None:
    if person is None:
        return N_("Choose people of your organisation who are evaluators or chairs.")
    if seat is Seat.CHAIR and not person.may_chair:
        return N_("Choose a person who has the role of chair.")
    return None


def _new_member_faults(
    session: Session, found: Meeting, user_id: uuid.UUID, seat: Seat
) -> dict[str, str]:
    if any(member.user_id == user_id for member in found.members):
        return {"person": N_("This person sits on the panel already.")}
    fault = _seat_fault(_people(session, found).get(user_id), seat)
    if fault is None and seat is Seat.EVALUATOR:
        fault = CANNOT_SCORE if saw_all_scores(session, found.stage.id, user_id) else None
    if fault is None and user_id in _biased(session, found):
        fault = READ_UNDER_NAMES
    return {"person": fault} if fault else {}


def _biased(session: Session, found: Meeting) -> Set[uuid.UUID]:
    """Give the people who know what a bidder wrote, where the panel judges without names."""
    return read_under_names(session, found.stage) if found.stage.names_withheld else frozenset()


def _check_reason(faults: dict[str, str], reason: str) -> None:
    if not reason.strip():
        faults["reason"] = N_("Say why the panel changes.")
    if faults:
        raise Invalid(N_("The panel cannot change like this."), faults)


def _people(session: Session, found: Meeting) -> dict[uuid.UUID, Candidate]:
    people = queries.candidates(session, found.challenge.buyer_id)
    return {person.user_id: person for person in people}


def seat_people(
    session: Session, stage_id: uuid.UUID, seat: Seat, user_ids: Iterable[uuid.UUID]
) -> list[PanelMember]:
    """Seat people with labels that nobody had, in an order that tells nothing of their names."""
    used = [member.label for member in queries.seats(session, stage_id)]
    members = [
        PanelMember(id=new_id(), stage_id=stage_id, user_id=user_id, seat=seat)
        for user_id in user_ids
    ]
    letter = SEAT_LETTERS[seat]
    first = 1 + max(
        (number for kind, number in map(queries.numbered, used) if kind == letter), default=0
    )
    members.sort(key=lambda member: hashlib.sha256(member.id.bytes).digest())
    for number, member in enumerate(members, start=first):
        member.label = f"{letter}{number}"
    session.add_all(members)
    session.flush()
    return members


def _tell(
    session: Session, found: Meeting, person: Candidate, clock: Clock, link: str | None
) -> None:
    post.queue(
        session,
        to_email=person.email,
        user_id=person.user_id,
        subject=letters.NAMED_SUBJECT.format(title=found.challenge.title),
        text=letters.named(
            name=person.name,
            title=found.challenge.title,
            reference=found.challenge.reference,
            link=link,
        ),
        clock=clock,
    )
