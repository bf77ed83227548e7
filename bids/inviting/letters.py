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
            f"{current_settings().public_url}/bids/{bid.reference}",
        ]
        telling.queue(
            session,
            telling.acting_for(session, bid.supplier_id),
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
