"""What people are told of complaints and of court proceedings. No bidder is told who complained."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges import telling
from challenges.models import Stage
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import User
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from marketplace.core.permissions import Actor
from scoring.award import queries as awards
from scoring.award.complaints.lifecycle import FINDING_WORDS, Way
from scoring.award.complaints.models import AwardComplaint, ComplaintProposal
from scoring.award.complaints.queries import Told
from scoring.panel.interests.queries import approvers


def tell_received(
    session: Session,
    stage: Stage,
    row: AwardComplaint,
    told: Told,
    bid: Bid,
    actor: Actor,
    clock: Clock,
) -> None:
    """Give whoever complains a receipt, and have the body's officers look at it."""
    title = stage.challenge.title
    telling.queue(
        session,
        _bidder(session, bid),
        subject=_("We have your complaint: %(title)s", title=title),
        parts=[
            title,
            _(
                "Your complaint about the decision arrived at %(when)s. It has number %(number)d.",
                when=format_instant(row.arrived_at, seconds=True),
                number=row.number,
            ),
            _("What you said:"),
            row.grounds,
            *([_("What you ask for:"), row.asks] if row.asks else []),
            _(
                "Somebody who did not judge the bids looks at it, and another person decides. We "
                "write to you then."
            )
            + f" {_(told.keeps_back)}"
            if row.way is Way.HERE
            else _("The public body recorded it for you, and writes to you when it is decided."),
            _own_page(bid),
        ],
        clock=clock,
    )
    telling.queue(
        session,
        telling.officers(session, stage.challenge.buyer_id, besides=actor.user_id),
        subject=_("A complaint about a decision: %(title)s", title=title),
        parts=[
            title,
            _(
                "A complaint about the decision arrived at %(when)s. An officer who did not judge "
                "the bids looks at it and proposes what to decide.",
                when=format_instant(row.arrived_at, seconds=True),
            )
            + f" {_(told.keeps_back)}",
            _page(stage, row),
        ],
        clock=clock,
    )


def tell_taken_back(
    session: Session, stage: Stage, row: AwardComplaint, actor: Actor, clock: Clock
) -> None:
    """Tell the body's officers that a complaint was taken back."""
    telling.queue(
        session,
        telling.officers(session, stage.challenge.buyer_id, besides=actor.user_id),
        subject=_("A complaint was taken back: %(title)s", title=stage.challenge.title),
        parts=[
            stage.challenge.title,
            _("Complaint %(number)d was taken back by whoever made it.", number=row.number),
            _page(stage, row),
        ],
        clock=clock,
    )


def tell_approvers(
    session: Session, stage: Stage, row: AwardComplaint, actor: Actor, clock: Clock
) -> None:
    """Ask the body's approvers to decide about a complaint."""
    telling.queue(
        session,
        [each for each in approvers(session, stage.challenge.buyer_id) if each.id != actor.user_id],
        subject=_("Please decide about a complaint: %(title)s", title=stage.challenge.title),
        parts=[
            stage.challenge.title,
            _(
                "%(name)s has looked at complaint %(number)d and proposes what to decide.",
                name=actor.name,
                number=row.number,
            ),
            f"{_page(stage, row)}/decide",
        ],
        clock=clock,
    )


def tell_decided(
    session: Session, stage: Stage, row: AwardComplaint, proposal: ComplaintProposal, clock: Clock
) -> None:
    """Tell whoever complained what was decided and why, and the officers that it was."""
    title = stage.challenge.title
    finding = _(FINDING_WORDS[proposal.finding])
    telling.queue(
        session,
        _bidder(session, row.bid),
        subject=_("Your complaint is decided: %(title)s", title=title),
        parts=[
            title,
            _("Your complaint number %(number)d is decided.", number=row.number),
            f"{finding}.",
            _("The reason:"),
            proposal.reason,
            _own_page(row.bid),
        ],
        clock=clock,
    )
    _tell_officers(
        session,
        stage,
        _("A complaint is decided: %(title)s", title=title),
        [
            _("Complaint %(number)d is decided.", number=row.number),
            f"{finding}.",
            _page(stage, row),
        ],
        clock,
    )


def tell_returned(
    session: Session,
    stage: Stage,
    row: AwardComplaint,
    proposal: ComplaintProposal,
    reason: str,
    clock: Clock,
) -> None:
    """Tell the officer who proposed that an approver returned it."""
    telling.queue(
        session,
        telling.people(session, [proposal.proposed_by_id]),
        subject=_("Your proposal was returned: %(title)s", title=stage.challenge.title),
        parts=[
            stage.challenge.title,
            _("Your proposal about complaint %(number)d was returned.", number=row.number),
            _("Reason: %(reason)s", reason=reason),
            _page(stage, row),
        ],
        clock=clock,
    )


def tell_in_court(session: Session, stage: Stage, told: Told, actor: Actor, clock: Clock) -> None:
    """Tell bidders and officers that the decision is before a court, and what that means."""
    title = stage.challenge.title
    words = (
        _("The decision is before a court.") + f" {_(told.keeps_back)}"
        if told.signed
        else _(
            "The decision is before a court. No contract is signed until the proceedings have "
            "ended, also where the days of the standstill are over."
        )
    )
    _tell_bidders(
        session, stage, _("The decision is before a court: %(title)s", title=title), words, clock
    )
    _tell_officers(
        session,
        stage,
        _("The decision is before a court: %(title)s", title=title),
        [words, _index(stage)],
        clock,
        besides=actor,
    )


def tell_end_to_confirm(session: Session, stage: Stage, actor: Actor, clock: Clock) -> None:
    """Ask officers and approvers to confirm the recorded end of proceedings."""
    officers = telling.officers(session, stage.challenge.buyer_id, besides=actor.user_id)
    people = {each.id: each for each in (*officers, *approvers(session, stage.challenge.buyer_id))}
    people.pop(actor.user_id, None)
    telling.queue(
        session,
        list(people.values()),
        subject=_("Please confirm the end of a case: %(title)s", title=stage.challenge.title),
        parts=[
            stage.challenge.title,
            _(
                "%(name)s has recorded how the proceedings in court ended. A second person "
                "confirms it before a contract is signed.",
                name=actor.name,
            ),
            _index(stage),
        ],
        clock=clock,
    )


def tell_court_ended(session: Session, stage: Stage, actor: Actor, clock: Clock) -> None:
    """Tell bidders and officers that the proceedings have ended."""
    title = stage.challenge.title
    words = _("The proceedings in court about the decision have ended.")
    subject = _("The proceedings in court have ended: %(title)s", title=title)
    _tell_bidders(session, stage, subject, words, clock)
    _tell_officers(session, stage, subject, [words, _index(stage)], clock, besides=actor)


def _tell_bidders(session: Session, stage: Stage, subject: str, words: str, clock: Clock) -> None:
    for bid, person in awards.bidders_people(session, stage):
        telling.queue(
            session,
            [person],
            subject=subject,
            parts=[stage.challenge.title, words, _outcome(bid)],
            clock=clock,
        )


def _tell_officers(
    session: Session,
    stage: Stage,
    subject: str,
    parts: Sequence[str],
    clock: Clock,
    *,
    besides: Actor | None = None,
) -> None:
    telling.queue(
        session,
        telling.officers(
            session, stage.challenge.buyer_id, besides=besides.user_id if besides else None
        ),
        subject=subject,
        parts=[stage.challenge.title, *parts],
        clock=clock,
    )


def _bidder(session: Session, bid: Bid) -> Sequence[User]:
    """Give everybody who acts for the bidder; nobody where its bid was received elsewhere."""
    return telling.acting_for(session, bid.supplier_id)


def _outcome(bid: Bid) -> str:
    return f"{current_settings().public_url}/bids/{bid.reference}/outcome"


def _own_page(bid: Bid) -> str:
    return f"{current_settings().public_url}/bids/{bid.reference}/complaint"


def _index(stage: Stage) -> str:
    at = "" if stage.ordinal == 1 else f"/stages/{stage.ordinal}"
    site = current_settings().public_url
    return f"{site}/work/challenges/{stage.challenge.reference}{at}/decision/complaints"


def _page(stage: Stage, row: AwardComplaint) -> str:
    return f"{_index(stage)}/{row.number}"
