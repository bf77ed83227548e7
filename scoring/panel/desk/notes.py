"""Private notes: read by their owner alone, written with the scores beside them, then forgotten."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import cast, delete, literal, null, select, union_all
from sqlalchemy.orm import Session

from challenges import hooks
from challenges.models import Challenge
from marketplace.core.clock import Clock
from scoring.panel.desk.models import PrivateNote
from scoring.panel.models import PanelMember, ScoreDraft

Place = tuple[uuid.UUID, uuid.UUID]


def own(session: Session, member: PanelMember) -> dict[Place, str]:
    """Give a member's notes by bid and criterion id: for that member's own eyes."""
    rows = session.execute(
        select(PrivateNote.bid_id, PrivateNote.criterion_id, PrivateNote.text).where(
            PrivateNote.member_id == member.id
        )
    )
    return {(bid_id, criterion_id): text for bid_id, criterion_id, text in rows}


def with_drafts(
    session: Session, member: PanelMember
) -> tuple[dict[Place, tuple[Decimal | None, str, datetime | None, bool]], dict[Place, str]]:
    """Give a member's drafts (score, reason, when saved, and that none is a correction) and notes,
    in one statement: a page of all bids has few to spend."""
    no_score = cast(null(), ScoreDraft.value.type)
    rows = session.execute(
        union_all(
            select(
                literal(False).label("is_note"),
                ScoreDraft.bid_id,
                ScoreDraft.criterion_id,
                ScoreDraft.value,
                ScoreDraft.rationale,
                ScoreDraft.changed_at,
            ).where(ScoreDraft.member_id == member.id),
            select(
                literal(True),
                PrivateNote.bid_id,
                PrivateNote.criterion_id,
                no_score,
                PrivateNote.text,
                PrivateNote.changed_at,
            ).where(PrivateNote.member_id == member.id),
        )
    )
    drafts: dict[Place, tuple[Decimal | None, str, datetime | None, bool]] = {}
    noted: dict[Place, str] = {}
    for is_note, bid_id, criterion_id, value, text, changed_at in rows:
        if is_note:
            noted[bid_id, criterion_id] = text
        else:
            drafts[bid_id, criterion_id] = (value, text, changed_at, False)
    return drafts, noted


def keep(
    session: Session, member: PanelMember, notes: Mapping[Place, str], *, clock: Clock
) -> None:
    """Keep notes in the caller's transaction, which has asked the policy; an empty one is deleted.

    Nothing of it is recorded, not even that there is one.
    """
    if not notes:
        return
    present = {
        (note.bid_id, note.criterion_id): note
        for note in session.scalars(select(PrivateNote).where(PrivateNote.member_id == member.id))
    }
    for place, text in notes.items():
        note = present.get(place)
        if not text.strip():
            if note is not None:
                session.delete(note)
        elif note is None:
            bid_id, criterion_id = place
            session.add(
                PrivateNote(
                    member_id=member.id,
                    bid_id=bid_id,
                    criterion_id=criterion_id,
                    text=text,
                    changed_at=clock.now(),
                )
            )
        elif note.text != text:
            note.text = text
            note.changed_at = clock.now()


def forget(session: Session, stage_id: uuid.UUID) -> None:
    """Delete all notes of a stage's panel, in the caller's transaction; of those who left too."""
    sat = select(PanelMember.id).where(PanelMember.stage_id == stage_id)
    session.execute(delete(PrivateNote).where(PrivateNote.member_id.in_(sat)))


def _forget_all(session: Session, challenge: Challenge, _clock: Clock) -> None:
    """Delete the notes about a challenge that ended: nobody scores it any more."""
    for stage in challenge.stages:
        forget(session, stage.id)


hooks.after_end.append(_forget_all)
