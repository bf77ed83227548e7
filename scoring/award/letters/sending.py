"""Has letters go out, all at one instant and in one transaction: with an award it is announced."""

import hashlib
import uuid
from collections import defaultdict
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import telling
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Place
from challenges.stages.queries import own_stage
from marketplace.core import jobs
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE, format_instant
from marketplace.core.letterheads.queries import letterhead, template
from marketplace.core.notices import post
from marketplace.core.papers import as_text
from marketplace.core.permissions import Actor
from marketplace.core.regimes.holidays.queries import local_holidays
from marketplace.core.regimes.shapes import LetterKind
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import hooks
from scoring.award import queries as awards
from scoring.award.announcing import begin, outcome_words, standstill_rule
from scoring.award.letters import log_words, queries
from scoring.award.letters.lifecycle import due_after, late_fault
from scoring.award.letters.making import make_all
from scoring.award.letters.models import Letter, LetterBatch, LetterMessage
from scoring.award.letters.queries import LettersPage, Shown

SEND = "letters.send"


def send(
    session: Session,
    stage: Stage,
    found: awards.Decision,
    batch: LetterBatch,
    actor: Actor,
    clock: Clock,
) -> datetime | None:
    """Send all letters of a batch; give when the standstill ends, None where none runs.

    The caller has locked the stage and asked the policy.
    """
    now = clock.now()
    make_all(session, batch, clock)
    _settle(session, stage, batch, actor, now)
    page = queries.gather(session, stage, found, batch, now)
    for shown in page.letters:
        _freeze(shown, page)
        shown.letter.available_at = now
    people = _write_to_all(session, page, clock)
    session.flush()
    _record(session, page, people, now, actor, clock)
    return page.ends


def conclude_elsewhere(
    session: Session,
    stage: Stage,
    found: awards.Decision,
    batch: LetterBatch,
    gone: tuple[datetime, bool],
    actor: Actor,
    clock: Clock,
) -> datetime | None:
    """Announce an award whose letters an officer sent, the last at `gone`, with whether all went
    electronically; give when the standstill ends, None where none runs."""
    sent_at, batch.electronic = gone
    _settle(session, stage, batch, actor, sent_at)
    page = queries.gather(session, stage, found, batch, sent_at)
    for shown in page.letters:
        _freeze(shown, page)
    session.flush()
    _record(
        session,
        page,
        {},
        sent_at,
        actor,
        clock,
        sent=write_instant(sent_at),
        way="electronic" if batch.electronic else "other",
    )
    return page.ends


def _settle(
    session: Session, stage: Stage, batch: LetterBatch, actor: Actor, sent_at: datetime
) -> None:
    """Keep when letters went out, by whom, and how the body presented itself."""
    buyer = stage.challenge.buyer
    batch.head = queries.head_data(letterhead(session, buyer))
    batch.template = template(session, buyer.id)
    batch.sent_at, batch.sent_by_id, batch.hindered = sent_at, actor.user_id, None
    if batch.request is not None:
        batch.request.answered_at = sent_at
    session.flush()


def _freeze(shown: Shown, page: LettersPage) -> None:
    """Keep a letter's words as they go out, and until when its bidder may ask for more."""
    paper = shown.written.paper
    within = page.rules.of(LetterKind.FURTHER_INFORMATION).asked_within_days
    ends = due_after(page.date, within)
    shown.letter.content = {
        **queries.content_of(paper),
        "ask_until": ends.isoformat() if ends else None,
    }
    shown.letter.sha256 = hashlib.sha256(as_text(paper).encode()).hexdigest()


def _write_to_all(session: Session, page: LettersPage, clock: Clock) -> dict[uuid.UUID, int]:
    """Write to each person of each bidder that its letter is there; give how many by letter."""
    letters = {each.letter.bid_id: each.letter for each in page.letters}
    count: dict[uuid.UUID, int] = defaultdict(int)
    for bid, person in queries.people_of(session, page.stage, list(letters.values())):
        letter = letters[bid.id]
        notice = post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=str((letter.content or {}).get("title", "")),
            text=_message(page, letter),
            clock=clock,
        )
        session.add(LetterMessage(letter_id=letter.id, notice_id=notice.id))
        count[letter.id] += 1
    return count


def _message(page: LettersPage, letter: Letter) -> str:
    """Write the short message that leads a bidder to its letter, scores and reasons in the site."""
    facts, parts = letter.facts, [page.challenge.title]
    if facts["about"] == "award" and letter.kind is not LetterKind.FURTHER_INFORMATION:
        names = [each["name"] for each in facts["preferred"] if each["bid"] != facts["bid"]]
        parts.append(outcome_words(names, own=len(names) < len(facts["preferred"])))
        if page.ends is not None:
            parts.append(
                _("No contract is signed before %(instant)s.", instant=format_instant(page.ends))
            )
    elif letter.kind is LetterKind.FURTHER_INFORMATION:
        parts.append(_("Here is the further information that you asked for."))
    else:
        parts.append(
            _(
                "Bid %(bid)s does not go on from stage %(number)d, “%(name)s”. %(count)d go on to "
                "the next stage, “%(next)s”.",
                bid=facts["bid"],
                number=facts["number"],
                name=facts["stage"],
                count=len(facts["going_on"]),
                next=facts["next_stage"],
            )
        )
    parts += [
        _(
            "Sign in and open bid %(bid)s to read our letter, with your scores and the reasons for "
            "them.",
            bid=facts["bid"],
        ),
        page.challenge.buyer.name,
    ]
    return "\n\n".join(parts)


def _record(
    session: Session,
    page: LettersPage,
    people: dict[uuid.UUID, int],
    sent_at: datetime,
    actor: Actor,
    clock: Clock,
    **sent: str,
) -> None:
    stage, recommendation = page.stage, page.decision.recommendation
    announces = page.batch.recommendation_id is not None
    if announces:
        assert recommendation is not None  # the letters tell of it
        ends = page.ends or sent_at
        begin(session, stage, recommendation, sent_at, ends, clock)
        recording.append(
            session,
            stage,
            clock=clock,
            action="intention.announced",
            actor=actor,
            bid=recommendation.references,
            standstill=write_instant(ends),
            **sent,
        )
    for shown in page.letters:
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.SENT if announces else log_words.ISSUED,
            actor=actor,
            bid=shown.letter.facts["bid"],
            letter=_named(shown.letter.kind),
            sha256=shown.letter.sha256,
            people=people.get(shown.letter.id, 0) if not page.elsewhere else None,
        )
    if announces:
        hooks.emit(session, stage, clock)


def _named(kind: LetterKind) -> str:
    return "intention_to_award" if kind is LetterKind.INTENTION else kind.value


@jobs.handles(SEND)
def send_as_planned(payload: dict[str, Any], clock: Clock) -> None:
    """Send letters at the time that was chosen, unless that was changed or called back.

    Where nothing was done for long after that time they wait for an officer: a standstill would
    begin when nobody expects it.
    """
    with transaction() as session:
        batch = session.get(LetterBatch, uuid.UUID(payload["batch"]))
        if batch is None or not _is_due(batch, payload["send_at"]):
            return
        challenge, planner = batch.stage.challenge, batch.planned_by
        assert planner is not None  # somebody chose the time
        # Who chose the time did so by right then; what the letters tell of is asked again now.
        actor = Actor(planner.id, planner.name, challenge.buyer_id, frozenset())
        at = Place(challenge.reference, batch.stage.ordinal)
        stage = own_stage(session, at, actor, lock=True)
        session.refresh(batch)
        if not _is_due(batch, payload["send_at"]):
            return
        found = awards.decision(session, stage)
        standing = queries.standing_of(session, stage, found, batch)
        if not standing.holds or standing.undecided:
            fault = N_("What they tell of no longer stood, or an interest waited for a decision.")
            _say_hindered(session, stage, batch, fault, actor, clock)
        elif (late := _late(session, stage, batch, clock.now())) is not None:
            _say_hindered(session, stage, batch, late, actor, clock)
        else:
            send(session, stage, found, batch, actor, clock)


def _late(session: Session, stage: Stage, batch: LetterBatch, now: datetime) -> str | None:
    assert batch.send_at is not None  # it is due
    days_off = local_holidays(session, stage.challenge.buyer_id, now.astimezone(PLACE).date())
    part = standstill_rule(session, stage).bank_holidays
    return late_fault(batch.send_at, now, days_off, part=part)


def _is_due(batch: LetterBatch, send_at: str) -> bool:
    return (
        batch.sent_at is None
        and batch.send_at is not None
        and write_instant(batch.send_at) == send_at
    )


def _say_hindered(
    session: Session, stage: Stage, batch: LetterBatch, why: str, actor: Actor, clock: Clock
) -> None:
    """Leave the letters where they are, say so on their page, and tell the body's officers."""
    reason = _(why)
    batch.hindered, batch.send_at = reason, None
    title = stage.challenge.title
    telling.queue(
        session,
        telling.officers(session, stage.challenge.buyer_id),
        subject=_("Letters did not go out: %(title)s", title=title),
        parts=[
            title,
            _("The letters to the bidders were to go out now, and did not."),
            reason,
            _(
                "Sign in and look at the letters of %(reference)s.",
                reference=stage.challenge.reference,
            ),
        ],
        clock=clock,
    )
    recording.append(
        session, stage, clock=clock, action=log_words.HINDERED, actor=actor, reason=reason
    )
