"""Drafts of scores: what an evaluator has written so far, kept while they write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import declarations, policy, queries
from scoring.panel.again.lifecycle import STANDS
from scoring.panel.again.standing import standing_scores
from scoring.panel.desk import notes, windows
from scoring.panel.desk.windows import Overtaken, Verdict
from scoring.panel.lifecycle import FAULT_WORDS, value_fault
from scoring.panel.models import ScoreDraft
from scoring.panel.queries import Meeting


@dataclass(frozen=True)
class DraftCell:
    """What an evaluator has written so far about one bid; either part may be missing.

    `note` is their private note, None where it stays as it is. `seen` is the mark of what stood
    there when their page was made (see `windows`); None where what is sent stands in any case.
    """

    value: Decimal | None
    rationale: str = ""
    note: str | None = None
    seen: str | None = None


def save_draft(
    at: Where, key: str, cells: Mapping[str, DraftCell], *, actor: Actor, clock: Clock
) -> int:
    """Keep what an evaluator has written on one question, by the bid's handle; return how many
    scores changed.

    Incomplete scores are kept too; a bid that `cells` leaves out stays as it is, and so does what
    was not touched in a window while another changed it. Nothing is kept when anything is refused.

    Raises:
        NotFound: the challenge is another body's, or there is no such question, or a bid is not
            among those this evaluator scores.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
        Invalid: a value is outside the scale; fields are named `score-` with the bid's handle.
        Overtaken: another window of the same person saved something newer; fields likewise.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_write_scores(actor, found.own_seat, found.phase))
        question = queries.question_named(found.stage, key)
        return keep_drafts(
            session,
            found,
            {(question.key, handle): cell for handle, cell in cells.items()},
            field=lambda _key, handle: f"score-{handle}",
            clock=clock,
        )


def keep_drafts(
    session: Session,
    found: Meeting,
    cells: Mapping[tuple[str, str], DraftCell],
    *,
    field: Callable[[str, str], str],
    clock: Clock,
) -> int:
    """Keep drafts by question key and bid handle, in the caller's transaction, which has asked the
    policy and holds the challenge's row; return how many changed.

    `field` names the field of a cell where its value is refused.

    Raises:
        NotFound: a cell is not among those this evaluator owes.
        Invalid: a value is outside the scale; nothing is kept then.
        Overtaken: what a cell was typed over is no longer what stands there; nothing is kept then.
    """
    member = found.own_seat
    owed = {
        (question.key, bidder.handle): (bidder, question)
        for bidder, question in queries.expected_cells(
            member,
            found.stage,
            queries.bidders(session, found.stage.id),
            declarations.recusals(session, found.stage.id),
        )
    }
    if not owed.keys() >= cells.keys():
        raise NotFound(N_("That bid is not among those you score."))
    faults = {
        field(*place): FAULT_WORDS[fault]
        for place, cell in cells.items()
        if cell.value is not None
        and (fault := value_fault(cell.value, owed[place][1].max_score)) is not None
    }
    if faults:
        raise Invalid(N_("A score is not on the scale."), faults)

    drafts = {
        (draft.bid_id, draft.criterion_id): draft
        for draft in session.scalars(select(ScoreDraft).where(ScoreDraft.member_id == member.id))
    }
    ids = {place: (bidder.bid_id, question.id) for place, (bidder, question) in owed.items()}
    noted = notes.own(session, member) if any(cell.seen for cell in cells.values()) else {}
    verdicts = {
        place: _verdict(cell, drafts.get(ids[place]), noted.get(ids[place], ""))
        for place, cell in cells.items()
    }
    overtaken = [place for place, verdict in verdicts.items() if verdict is Verdict.OVERTAKEN]
    if overtaken:
        raise Overtaken([field(*place) for place in overtaken])
    cells = {place: cells[place] for place, found in verdicts.items() if found is Verdict.KEEP}
    standing = standing_scores(session, member)
    faults = {
        field(*place): STANDS
        for place, cell in cells.items()
        if (score := standing.get(ids[place])) is not None
        and (cell.value, cell.rationale.strip()) != (score.value, score.rationale)
    }
    if faults:
        raise Invalid(STANDS, faults)
    changed = 0
    for place, cell in cells.items():
        bid_id, criterion_id = ids[place]
        draft = drafts.get(ids[place])
        if draft is None:
            if cell.value is None and not cell.rationale:
                continue
            draft = ScoreDraft(
                member_id=member.id, bid_id=bid_id, criterion_id=criterion_id, rationale=""
            )
            session.add(draft)
        elif (draft.value, draft.rationale) == (cell.value, cell.rationale):
            continue
        draft.value = cell.value
        draft.rationale = cell.rationale
        draft.changed_at = clock.now()
        changed += 1
    notes.keep(
        session,
        member,
        {ids[place]: cell.note for place, cell in cells.items() if cell.note is not None},
        clock=clock,
    )
    return changed


def _verdict(cell: DraftCell, draft: ScoreDraft | None, note: str) -> Verdict:
    """Compare what was sent with what stands and with what stood when the page was made."""
    if cell.seen is None:
        return Verdict.KEEP
    value, rationale = (draft.value, draft.rationale) if draft else (None, "")
    return windows.verdict(
        sent=windows.mark(cell.value, cell.rationale, note if cell.note is None else cell.note),
        seen=cell.seen,
        stands=windows.mark(value, rationale, note),
    )
