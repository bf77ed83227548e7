"""The messages to suppliers who go on to a later stage."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges import telling
from challenges.models import Challenge, Stage
from challenges.stages.kinds import is_judged
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant


def tell_invited(session: Session, stage: Stage, bids: Sequence[Bid], clock: Clock) -> None:
    """Tell the people of each supplier that it goes on to a stage, and what comes first."""
    challenge = stage.challenge
    for bid in bids:
        parts = [
            challenge.title,
            _(
                "You go on: you are invited to stage %(number)d of this challenge, “%(name)s”. "
                "Only the suppliers who were chosen for it can take part.",
                number=stage.ordinal,
                name=stage.name,
            ),
            *_between(challenge, stage),
            _(
                "You need not do anything yet. We write to you when the stage begins, and say "
                "what is asked and until when."
            ),
        ]
        _post(
            session,
            bid,
            subject=_("You are invited to the next stage: %(title)s", title=challenge.title),
            parts=parts,
            clock=clock,
        )


def _between(challenge: Challenge, stage: Stage) -> list[str]:
    """Say which work comes before a stage, if any does."""
    judged = [
        each.ordinal
        for each in challenge.stages
        if is_judged(each) and each.ordinal < stage.ordinal
    ]
    names = [each.name for each in challenge.stages if judged[-1] < each.ordinal < stage.ordinal]
    return [_("Before it comes: %(stages)s.", stages=", ".join(names))] if names else []


def tell_begun(session: Session, stage: Stage, bids: Sequence[Bid], clock: Clock) -> None:
    """Tell the people of each invited supplier that a stage has begun, and until when to answer."""
    challenge = stage.challenge
    when = format_instant(stage.closes_at) if stage.closes_at else ""
    for bid in bids:
        _post(
            session,
            bid,
            subject=_(
                "Answer for stage %(number)d: %(title)s",
                number=stage.ordinal,
                title=challenge.title,
            ),
            parts=[
                challenge.title,
                _(
                    "Stage %(number)d, “%(name)s”, has begun. You are invited: answer by %(when)s.",
                    number=stage.ordinal,
                    name=stage.name,
                    when=when,
                ),
                _(
                    "Your answer is sealed like your first bid. Two officers open all answers "
                    "together after that time. Your declaration of eligibility holds on, and you "
                    "are asked again only for what has changed."
                ),
                _("If you do not answer you do not take part in this stage."),
            ],
            clock=clock,
        )


def tell_heard(session: Session, stage: Stage, bids: Sequence[Bid], clock: Clock) -> None:
    """Tell the people of each invited supplier that it is heard, and need not write."""
    challenge = stage.challenge
    for bid in bids:
        _post(
            session,
            bid,
            subject=_(
                "You are heard in stage %(number)d: %(title)s",
                number=stage.ordinal,
                title=challenge.title,
            ),
            parts=[
                challenge.title,
                _(
                    "Stage %(number)d, “%(name)s”, has begun. You need not write anything: the "
                    "panel meets you, and scores what it hears by the published criteria.",
                    number=stage.ordinal,
                    name=stage.name,
                ),
                _("You are told when and how you meet."),
            ],
            clock=clock,
        )


def _post(session: Session, bid: Bid, *, subject: str, parts: Sequence[str], clock: Clock) -> None:
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=subject,
        parts=[*parts, f"{current_settings().public_url}/bids/{bid.reference}"],
        clock=clock,
    )
