"""Reading bids: every page with their content is recorded first, in a transaction of its own.

The content comes out of these functions and of no other, so that nobody reads unrecorded.
"""

import io
from collections.abc import Sequence

from sqlalchemy.orm import Session

from bids import opened
from bids.attachments import opening
from bids.documents import Attachment
from bids.lifecycle import BidState
from bids.log_words import READ
from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.access import current_files
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault.envelopes import Reader
from scoring.panel import declarations, evaluator_pages, moderation_pages, policy, queries
from scoring.panel.aliases import files as aliases
from scoring.panel.desk.pages import BidPage, Desk, whole_desk
from scoring.panel.evaluator_pages import QuestionPage
from scoring.panel.interests.lifecycle import SEEN_OTHERS
from scoring.panel.interests.queries import has_seen_others
from scoring.panel.moderation_pages import CellPage
from scoring.panel.queries import Bidder, Meeting

_NO_SUCH_FILE = N_("There is no such file.")


def read_question(at: Where, key: str, *, actor: Actor, clock: Clock) -> QuestionPage:
    """Give one question across all bids that an evaluator may read, and record the read.

    Raises:
        NotFound: the challenge is another body's, or there is no such question.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor)
        ensure(policy.can_write_scores(actor, found.own_seat, found.phase))
        page = evaluator_pages.question_page(session, found, key)
        bids = sorted(score.bidder.reference for score in page.current.scores)
        _record(session, found, bids, key, actor, clock)
    return page


def read_desk(at: Where, taken_as: str, *, actor: Actor, clock: Clock) -> Desk:
    """Give everything that an evaluator may read, all bids with all answers, and record the read.

    `taken_as` says in the record what becomes of it, such as a sheet.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor)
        ensure(policy.can_write_scores(actor, found.own_seat, found.phase))
        desk = whole_desk(session, found)
        bids = sorted({s.bidder.reference for q in desk.questions for s in q.scores})
        _record(session, found, bids, None, actor, clock, taken_as=taken_as)
    return desk


def read_bid(at: Where, handle: str, *, actor: Actor, clock: Clock) -> BidPage:
    """Give one bid across all questions, as an evaluator may read it, and record the read.

    Raises:
        NotFound: the challenge is another body's, or the bid is not among those this evaluator
            scores.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the actor.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor)
        ensure(policy.can_write_scores(actor, found.own_seat, found.phase))
        page = whole_desk(session, found).bid(handle)
        _record(session, found, [page.bidder.reference], None, actor, clock)
    return page


def read_own_score(at: Where, key: str, handle: str, *, actor: Actor, clock: Clock) -> QuestionPage:
    """Give an evaluator the question whose submitted score they mean to correct, with the one
    bid's answer, and record the read.

    Raises:
        NotFound: the challenge is another body's, or there is no such score of the actor's.
        Forbidden: the actor is no evaluator of the panel.
        WrongMoment: the scores are not submitted, or moderation has begun.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor)
        ensure(policy.can_correct_score(actor, found.own_seat, found.phase))
        if has_seen_others(session, found.own_seat):
            raise WrongMoment(SEEN_OTHERS)
        page = evaluator_pages.question_page(session, found, key).only(handle)
        bids = [score.bidder.reference for score in page.current.scores]
        _record(session, found, bids, key, actor, clock)
    return page


def read_cell(at: Where, key: str, handle: str, *, actor: Actor, clock: Clock) -> CellPage:
    """Give a member one cell in moderation with the bid's answer, and record the read.

    Raises:
        NotFound: the challenge is another body's, there is no such question or valid bid, or the
            actor is recused from it.
        Forbidden: the actor does not sit on the panel.
        WrongMoment: moderation has not begun.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor)
        ensure(policy.can_see_all_scores(actor, found.own_seat, found.phase))
        page = moderation_pages.cell_page(session, found, key, handle)
        _record(session, found, [page.cell.bidder.reference], key, actor, clock)
    return page


def read_file(
    at: Where, handle: str, place: int, *, actor: Actor, clock: Clock
) -> tuple[Attachment, Reader]:
    """Give a member what a file of a bid is, and its content, and record the read.

    `place` is the file's place in the bid, from 0. Where names are withheld it is given without
    what names its author.

    Raises:
        NotFound: the challenge is another body's, there is no such file of a valid bid, the bid is
            not as it was submitted, or the actor is recused from it.
        Forbidden: the actor does not sit on the panel, or neither scores nor moderates.
        WrongMoment: not briefed, not declared, or scoring has not begun; or names are withheld
            and the file could hold one.
    """
    # Cleaned before the write lock is asked for: a large file must not keep others waiting.
    _found, bidder, attachment, sha256 = _file(db.session(), at, handle, place, actor)
    content = None
    if bidder.withheld:
        source = current_files().open(sha256)
        attachment, content = aliases.cleaned(bidder, place, attachment, source)
    with transaction() as session:
        found, bidder, original, sha256 = _file(session, at, handle, place, actor)
        _record(session, found, [bidder.reference], None, actor, clock, file=original.sha256)
    return attachment, current_files().open(sha256) if content is None else io.BytesIO(content)


def _file(
    session: Session, at: Where, handle: str, place: int, actor: Actor
) -> tuple[Meeting, Bidder, Attachment, str]:
    found = queries.meeting(session, at, actor)
    ensure(policy.can_read_files(actor, found.member, found.phase))
    bidder = queries.bidder_named(
        queries.bidders(session, found.stage.id, named=found.names_open), handle
    )
    bid = opened.find_opened_bid(session, found.stage.id, bidder.reference)
    apart = declarations.recusals(session, found.stage.id)
    if (
        bid is None
        or bid.state is not BidState.VALID
        or not bid.intact
        or (found.own_seat.id, bid.bid_id) in apart
        or not place < len(bid.attachments)
    ):
        raise NotFound(_NO_SUCH_FILE)
    file = opening.find(session, bid.bid_id, bid.version, place)
    if file is None:
        raise NotFound(_NO_SUCH_FILE)
    return found, bidder, bid.attachments[place], file.sha256


def _record(
    session: Session,
    found: Meeting,
    bid_references: Sequence[str],
    key: str | None,
    actor: Actor,
    clock: Clock,
    **more: str,
) -> None:
    recording.append(
        session,
        found.stage,
        clock=clock,
        action=READ,
        actor=actor,
        bid=", ".join(bid_references),
        criterion=key,
        label=found.own_seat.label,
        **more,
    )
