"""Taking a sheet, bringing one, and taking it in: as drafts, all of it or nothing."""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bids.asking.queries import ShownQuery
from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import evaluator_pages, policy, queries, service
from scoring.panel.desk.pages import Desk
from scoring.panel.evaluator_pages import OwnQuestion, OwnScore, OwnWork
from scoring.panel.queries import Meeting
from scoring.panel.service import DraftCell
from scoring.panel.sheets import reading, writing
from scoring.panel.sheets.comparing import Brought, Comparison, compare, is_foreign
from scoring.panel.sheets.layout import Line, identifier_of
from scoring.panel.sheets.models import BroughtSheet
from scoring.panel.sheets.reading import BadSheet

_NONE_WAITS = N_("No sheet of yours waits to be checked. Bring one.")
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Waiting:
    """A sheet that was brought, held against the scores as they are now."""

    comparison: Comparison
    brought_at: datetime


def take_sheet(
    at: Where,
    *,
    actor: Actor,
    clock: Clock,
    translate: Callable[..., str],
    told: Callable[[datetime], str],
) -> bytes:
    """Give an evaluator the own sheet, and record that all those bids were read.

    `told` says an instant to people.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
    """
    desk = service.read_desk(at, "sheet", actor=actor, clock=clock)
    now = clock.now()
    return writing.write(
        _lines_to_read(desk, translate),
        title=desk.challenge_title,
        reference=desk.reference,
        label=desk.label,
        when=told(now),
        now=now,
        translate=translate,
    )


def bring_sheet(at: Where, name: str, file: BinaryIO, *, actor: Actor, clock: Clock) -> None:
    """Keep the rows of a sheet for its owner to check; nothing of it counts yet.

    Call it only once the policy allows it: the file is read before anything is held.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
        BadSheet: the file cannot be taken, or none of its rows is the actor's own.
    """
    rows = reading.read(name, file)
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_write_scores(actor, found.own_seat, found.phase))
        if is_foreign(_lines(evaluator_pages.own_work(session, found)), rows):
            raise BadSheet(
                N_(
                    "This is not your sheet for this challenge: none of its rows is one of yours. "
                    "It may be another person’s, or another challenge’s. Take your sheet here."
                )
            )
        member_id = found.own_seat.id
        session.merge(
            BroughtSheet(
                member_id=member_id,
                sha256=digest.hexdigest(),
                rows=[row.stored() for row in rows],
                brought_at=clock.now(),
            )
        )


def waiting(session: Session, found: Meeting) -> Waiting | None:
    """Give the sheet that waits for its owner, the actor, or nothing.

    Raises:
        Forbidden: the actor does not sit on the panel.
    """
    brought = session.get(BroughtSheet, found.own_seat.id)
    if brought is None:
        return None
    return Waiting(_held_against(session, found, brought), brought.brought_at)


def waits(session: Session, found: Meeting) -> bool:
    """Tell whether a sheet waits for its owner, the actor.

    Raises:
        Forbidden: the actor does not sit on the panel.
    """
    return session.get(BroughtSheet, found.own_seat.id) is not None


def take_in(at: Where, *, seen: str, from_sheet: Set[str], actor: Actor, clock: Clock) -> int:
    """Keep as drafts what a brought sheet changes; return how many scores changed.

    `seen` is the digest of the comparison that the person was shown. `from_sheet` names, by their
    identifiers, the rows changed in both places of which the sheet's counts.

    Raises:
        NotFound: the challenge is another body's, or no sheet waits.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
        StaleEdit: scores were changed since the person was shown the comparison.
        Invalid: a row is wrong. Nothing is kept in any of these cases.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_write_scores(actor, found.own_seat, found.phase))
        brought = session.get(BroughtSheet, found.own_seat.id)
        if brought is None:
            raise NotFound(_NONE_WAITS)
        comparison = _held_against(session, found, brought)
        if comparison.wrong:
            raise Invalid(N_("Some rows are wrong, so nothing was saved."))
        if comparison.digest != seen:
            raise StaleEdit(
                N_("Scores were changed since this page was shown. Look at the changes again.")
            )
        changed = service.keep_drafts(
            session,
            found,
            {
                (change.line.key, change.line.bid): DraftCell(change.value, change.rationale)
                for change in comparison.changes
                if not change.conflict or change.line.identifier in from_sheet
            },
            field=lambda key, bid: f"{key}/{bid}",
            clock=clock,
        )
        session.delete(brought)
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="sheet.imported",
            actor=actor,
            label=found.own_seat.label,
            sha256=brought.sha256,
            changed=changed,
        )
        return changed


def throw_away(at: Where, *, actor: Actor) -> None:
    """Forget the sheet that waits; scores stay as they are. Twice is as once.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is not on the panel.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        session.execute(delete(BroughtSheet).where(BroughtSheet.member_id == found.own_seat.id))


def _held_against(session: Session, found: Meeting, brought: BroughtSheet) -> Comparison:
    work = evaluator_pages.own_work(session, found)
    lines = _lines(work)
    every = {
        identifier_of(work.member.id, bidder.bid_id, question.id)
        for bidder in work.bidders
        for question in queries.questions(found.stage)
    }
    rows = [Brought.of(row) for row in brought.rows]
    return compare(lines, rows, every - {line.identifier for line in lines})


def _lines(work: OwnWork) -> list[Line]:
    """Give the rows as they are now, without what bids say."""
    return [
        _line(work.member.id, item, own, guidance="", answer="")
        for item in work.questions
        for own in item.scores
    ]


def _lines_to_read(desk: Desk, translate: Callable[..., str]) -> list[Line]:
    return [
        _line(
            desk.member_id,
            item,
            own,
            guidance=_guidance(desk, item),
            answer=_answer(desk, item, own, translate),
        )
        for item in desk.questions
        for own in item.scores
    ]


def _line(
    member_id: uuid.UUID, item: OwnQuestion, own: OwnScore, *, guidance: str, answer: str
) -> Line:
    question = item.question
    return Line(
        identifier=identifier_of(member_id, own.bidder.bid_id, question.id),
        bid=own.bidder.handle,
        key=question.key,
        shown=own.bidder.shown,
        question=f"{question.number}. {question.title}",
        guidance=guidance,
        answer=answer,
        max_score=question.max_score,
        value=own.value,
        rationale=own.rationale,
    )


def _guidance(desk: Desk, item: OwnQuestion) -> str:
    scale = (f"{score.normalize():f}: {text}" for score, text in desk.scales[item.question.id])
    parts = (item.question.text, item.question.guidance, "\n".join(scale))
    return "\n\n".join(part for part in parts if part)


def _answer(desk: Desk, item: OwnQuestion, own: OwnScore, translate: Callable[..., str]) -> str:
    """Give an answer with everything that the page says beside it."""
    bid_id, key = own.bidder.bid_id, item.question.key
    parts = []
    if own.conditions:
        parts.append(
            translate(N_("Conditions on you for this bid: %(words)s"), words=own.conditions)
        )
    if bid_id in desk.flaws:
        parts.append(translate(N_("This bid is not as it was submitted.")))
        parts.append(translate(desk.flaws[bid_id]))
    answer = desk.answers.get(bid_id, _NOTHING).get(key, "")
    parts.append(answer or translate(N_("Nothing is written in answer to this question.")))
    for query in _asked(desk.asked.get(bid_id, ()), key):
        parts.append(
            translate(N_("Asked of this bidder after the opening: %(text)s"), text=query.text)
        )
        if query.answer is not None:
            parts.append(translate(N_("Its answer: %(text)s"), text=query.answer))
        parts.append(translate(N_("An officer decided: %(text)s"), text=query.because))
    return "\n\n".join(parts)


_NOTHING: Mapping[str, str] = {}


def _asked(shown: Sequence[ShownQuery], key: str) -> list[ShownQuery]:
    return [query for query in shown if query.key in (None, key)]
