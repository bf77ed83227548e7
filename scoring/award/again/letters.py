"""Tells bidders and the body's people that a decision is taken again."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import telling
from challenges.models import Stage
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor
from scoring.award import queries as awards
from scoring.award.again.models import Reconsideration
from scoring.panel import queries as panels
from scoring.panel.again.lifecycle import POINT_WORDS, SCORING_AGAIN, Point
from scoring.panel.interests.queries import approvers
from scoring.panel.lifecycle import Seat


def ask_approvers(session: Session, stage: Stage, actor: Actor, clock: Clock) -> None:
    """Ask the body's approvers whether the decision is taken again."""
    people = approvers(session, stage.challenge.buyer_id)
    telling.queue(
        session,
        [each for each in people if each.id != actor.user_id],
        subject=_("Is a decision taken again? %(title)s", title=stage.challenge.title),
        parts=[
            stage.challenge.title,
            _("%(name)s proposes to take the decision again. You decide.", name=actor.name),
            f"{_page(stage)}/again/decide",
        ],
        clock=clock,
    )


def tell_taken_back(
    session: Session,
    stage: Stage,
    made: Reconsideration,
    actor: Actor,
    clock: Clock,
    *,
    announced: bool,
) -> None:
    """Tell bidders, where they knew of the decision, then the panel and the officers."""
    title = stage.challenge.title
    subject = _("The decision is taken again: %(title)s", title=title)
    if announced:
        site = current_settings().public_url
        for bid, person in awards.bidders_people(session, stage):
            telling.queue(
                session,
                [person],
                subject=subject,
                parts=[
                    title,
                    _(
                        "%(body)s has taken its intention to award back. The decision is taken "
                        "again, and no contract is signed meanwhile. Your bid stands: you need "
                        "not do anything. You get a new letter with the new decision, and a new "
                        "standstill begins then.",
                        body=stage.challenge.buyer.name,
                    ),
                    f"{site}/bids/{bid.reference}/outcome",
                ],
                clock=clock,
            )
    _tell_own(session, stage, made, actor, clock, subject=subject, told=announced)


def _tell_own(
    session: Session,
    stage: Stage,
    made: Reconsideration,
    actor: Actor,
    clock: Clock,
    *,
    subject: str,
    told: bool,
) -> None:
    """Tell those of the panel who work again, and the officers; `told` that bidders were."""
    assert made.point is not None  # all of the decision is taken again
    title, point = stage.challenge.title, _(POINT_WORDS[made.point])
    reached = {actor.user_id}
    for member in panels.seats(session, stage.id):
        works = member.seat is Seat.CHAIR or (
            member.seat is Seat.EVALUATOR and made.point in SCORING_AGAIN
        )
        if member.left_at is None and works and member.user_id not in reached:
            reached.add(member.user_id)
            telling.queue(
                session,
                [member.user],
                subject=subject,
                parts=[
                    title,
                    f"{point}.",
                    _("What was given and agreed before stays in the record."),
                    _page(stage) if made.point is Point.RECOMMENDATION else _panel(stage),
                ],
                clock=clock,
            )
    officers = telling.officers(session, stage.challenge.buyer_id)
    telling.queue(
        session,
        [each for each in officers if each.id not in reached],
        subject=subject,
        parts=[
            title,
            f"{point}.",
            *([_told_elsewhere()] if told and stage.challenge.bids_elsewhere else []),
            _page(stage),
        ],
        clock=clock,
    )


def ask_about_rest(session: Session, stage: Stage, actor: Actor, clock: Clock) -> None:
    """Ask the body's approvers whether what is not signed ends without award."""
    people = approvers(session, stage.challenge.buyer_id)
    telling.queue(
        session,
        [each for each in people if each.id != actor.user_id],
        subject=_("Does the rest end without award? %(title)s", title=stage.challenge.title),
        parts=[
            stage.challenge.title,
            _(
                "%(name)s proposes that what is not signed ends without award. What is signed "
                "stands. You decide.",
                name=actor.name,
            ),
            f"{_page(stage)}/again/decide",
        ],
        clock=clock,
    )


def tell_rest_ended(
    session: Session, stage: Stage, reason: str, actor: Actor, clock: Clock
) -> None:
    """Tell every bidder, then the officers, that what was not signed ended without award."""
    title, site = stage.challenge.title, current_settings().public_url
    subject = _("No further contract is awarded: %(title)s", title=title)
    said = _(
        "%(body)s signs no further contract by its decision: what was not signed has ended "
        "without award. A contract that was signed stands.",
        body=stage.challenge.buyer.name,
    )
    for bid, person in awards.bidders_people(session, stage):
        telling.queue(
            session,
            [person],
            subject=subject,
            parts=[title, said, _("Why:"), reason, f"{site}/bids/{bid.reference}/outcome"],
            clock=clock,
        )
    elsewhere = [_told_elsewhere()] if stage.challenge.bids_elsewhere else []
    telling.queue(
        session,
        telling.officers(session, stage.challenge.buyer_id, besides=actor.user_id),
        subject=subject,
        parts=[title, said, reason, *elsewhere, _page(stage)],
        clock=clock,
    )


def tell_sift_again(
    session: Session,
    stage: Stage,
    made: Reconsideration,
    actor: Actor,
    clock: Clock,
    *,
    told_all: bool,
) -> None:
    """Tell that who goes on is decided again: who was invited, everybody else who had been told
    that it does not go on (`told_all`), then the panel and the officers."""
    title, site = stage.challenge.title, current_settings().public_url
    subject = _("Who goes on is decided again: %(title)s", title=title)
    assert made.advance is not None  # the caller has said so
    invited = {bid.id for bid in made.advance.bids}
    for bid, person in awards.bidders_people(session, stage):
        if bid.id not in invited and not told_all:
            continue
        telling.queue(
            session,
            [person],
            subject=subject,
            parts=[
                title,
                _(
                    "%(body)s has taken back its decision on who goes on from stage %(number)d, "
                    "“%(name)s”. It is decided again.",
                    body=stage.challenge.buyer.name,
                    number=stage.ordinal,
                    name=stage.name,
                ),
                *(
                    [_("Your invitation to the next stage is taken back with it.")]
                    if bid.id in invited
                    else []
                ),
                _(
                    "Your bid stands: you need not do anything. We write to you again when it is "
                    "decided."
                ),
                f"{site}/bids/{bid.reference}/outcome",
            ],
            clock=clock,
        )
    _tell_own(session, stage, made, actor, clock, subject=subject, told=True)


def tell_returned(session: Session, stage: Stage, made: Reconsideration, clock: Clock) -> None:
    """Tell whoever proposed it that the decision stands."""
    telling.queue(
        session,
        telling.people(session, [made.proposed_by_id]),
        subject=_("The decision stands: %(title)s", title=stage.challenge.title),
        parts=[
            stage.challenge.title,
            _("Your proposal that the rest ends without award was returned.")
            if made.ends_rest
            else _("Your proposal to take the decision again was returned."),
            _page(stage),
        ],
        clock=clock,
    )


def _told_elsewhere() -> str:
    said: str = _(
        "The bids were received elsewhere, so this service has told no bidder. Tell each of them."
    )
    return said


def _at(stage: Stage) -> str:
    staged = "" if stage.ordinal == 1 else f"/stages/{stage.ordinal}"
    return f"{current_settings().public_url}/work/challenges/{stage.challenge.reference}{staged}"


def _page(stage: Stage) -> str:
    return f"{_at(stage)}/decision"


def _panel(stage: Stage) -> str:
    return f"{_at(stage)}/panel"
