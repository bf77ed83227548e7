"""Reads the case files of a challenge."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from challenges.models import Challenge
from challenges.queries import own_challenge
from marketplace.core.permissions import Actor, Answer, ensure
from scoring.panel.aliases.queries import judges_unnamed
from scoring.records.casefile import policy
from scoring.records.casefile.models import CaseFile


@dataclass(frozen=True)
class CaseFiles:
    """The case files of a challenge, the last first, and whether another can be asked for."""

    challenge: Challenge
    files: Sequence[CaseFile]
    may_ask: Answer
    whole: bool

    @property
    def under_way(self) -> bool:
        """Tell whether one is being made."""
        return any(file.made_at is None for file in self.files)


def page_of(session: Session, reference: str, actor: Actor) -> CaseFiles:
    """Gather the page of a challenge's case files.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the case file is nothing for the actor.
    """
    challenge = own_challenge(session, reference, actor)
    ensure(may_download(session, challenge, actor, whole=False))
    files = session.scalars(
        select(CaseFile)
        .where(CaseFile.challenge_id == challenge.id)
        .options(joinedload(CaseFile.asked_by))
        .order_by(CaseFile.number.desc())
    ).all()
    return CaseFiles(
        challenge, files, may_ask(session, challenge, actor), policy.reads_whole(actor)
    )


def may_download(session: Session, challenge: Challenge, actor: Actor, *, whole: bool) -> Answer:
    """Tell whether the actor may have a case file that was made."""
    unnamed = judges_unnamed(session, challenge.reference, actor.user_id)
    return policy.can_download(actor, whole=whole, unnamed=unnamed)


def may_ask(session: Session, challenge: Challenge, actor: Actor) -> Answer:
    """Tell whether the actor may have a case file made now."""
    return policy.can_ask(
        actor,
        challenge.state,
        published=challenge.published_at is not None,
        unnamed=judges_unnamed(session, challenge.reference, actor.user_id),
    )
