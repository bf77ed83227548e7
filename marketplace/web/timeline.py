"""Tells a challenge's log to each reader: who may see which entries, and which of their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bids.log_words import OPENING_REFUSED, READ_REFUSED
from bids.opened import is_opened
from bids.service.refusing import ORGANISATION
from challenges.asking.log_words import ASKED
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.stages import disclosing
from challenges.stages.disclosing import disclosed, sealed_from
from marketplace.core.audit import chain_reading, log
from marketplace.core.audit.chain_reading import Sight
from marketplace.core.audit.models import LogEntry
from marketplace.core.audit.stages import FIRST, stage_of
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, NotFound, WrongMoment
from marketplace.core.permissions import Actor, Permission
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.web.log_words import DOWNLOADED
from scoring.panel.aliases.queries import judges_unnamed

KIND_WORDS: Mapping[log.Kind, str] = {
    log.Kind.PUBLICATION: N_("Publication"),
    log.Kind.BIDS: N_("Bids"),
    log.Kind.OPENING: N_("Closing and opening"),
    log.Kind.PANEL: N_("Panel and scoring"),
    log.Kind.DECISION: N_("Decision"),
    log.Kind.READING: N_("Reading"),
    log.Kind.REFUSED: N_("Refused attempts"),
    log.Kind.SERVICE: N_("Upkeep of the log"),
}
LATEST = 5

# What every reader of the body may follow. Single bids, scores and readings are for auditors, and
# for them too only when the bids are opened or never will be.
_FOR_BODY = (
    "challenge.",
    "clarification.",
    "deadline.",
    "session.",
    "draft.",
    "partners.",
    "joining.",
    "adoption.",
    "opening.officer_named",
    "opening.confirmed",
    "bringing.put_down",
    "bringing.discarded",
    "bids.brought",
    "bids.opened",
    "bids.invited",
    "stage.opened",
    "panel.named",
    "moderation.",
    "quality.",
    "award.",
    "intention.",
    "contract.",
    "milestones.",
    "milestone.",
    "gate.",
    "work.",
    "benefits.",
    "report.frozen",
    "report.made",
)
# Auditors see at any time that somebody tried; these name no bid.
_ATTEMPTS = frozenset({OPENING_REFUSED, READ_REFUSED})
_ENDED = frozenset({State.CANCELLED, State.STOPPED})


@dataclass(frozen=True)
class Told:
    """One entry as it is told: `words` and `values` for gettext, `who` None for the service.

    `stage` is the stage that it is about.

    `outsider` tells that it was somebody whose name is not for this reader.
    """

    place: int
    number: int
    at: datetime
    kind: log.Kind
    words: str
    values: Mapping[str, Any]
    who: str | None
    outsider: bool
    stage: int = FIRST


@dataclass(frozen=True)
class Timeline:
    """One page of a challenge's log for one reader.

    `sealed` tells that single bids are not shown yet; `whole` that the reader may have the file.
    """

    reference: str
    title: str
    lines: Sequence[Told]
    next_after: int | None
    kinds: Sequence[log.Kind]
    sealed: bool
    whole: bool


def own_timeline(
    session: Session,
    reference: str,
    actor: Actor,
    *,
    kind: log.Kind | None = None,
    words: str = "",
    after: int = 0,
) -> Timeline:
    """Give a page of the log of a challenge of the actor's body.

    Raises:
        NotFound: the challenge is another body's.
    """
    challenge = own_challenge(session, reference, actor)
    sealed = _sealed(session, challenge)
    audits = _audits(session, reference, actor)
    sight = _sight(audits=audits, sealed=sealed, sealed_from=sealed_from(session, challenge))
    page = chain_reading.page(
        session, reference, sight.of_kind(kind), words=words.strip(), after=after
    )
    return Timeline(
        reference=reference,
        title=challenge.title,
        lines=[_told(entry, sight, sealed=sealed) for entry in page.entries],
        next_after=page.next_after,
        kinds=_kinds(sight),
        sealed=sealed,
        whole=audits and not sealed,
    )


def latest(session: Session, challenge: Challenge, actor: Actor) -> list[Told]:
    """Give the last few entries that the actor may see, the newest first."""
    sealed = _sealed(session, challenge)
    audits = _audits(session, challenge.reference, actor)
    sight = _sight(audits=audits, sealed=sealed, sealed_from=sealed_from(session, challenge))
    found = chain_reading.latest(session, challenge.reference, sight, LATEST)
    return [_told(entry, sight, sealed=sealed) for entry in found]


def public_timeline(
    session: Session,
    reference: str,
    *,
    kind: log.Kind | None = None,
    words: str = "",
    after: int = 0,
) -> Timeline:
    """Give a page of a disclosed chain, with the values that everybody may see.

    Raises:
        NotFound: there is no such challenge, or its chain is not disclosed yet.
    """
    challenge = _public(session, reference)
    sight = public_sight(sealed_from(session, challenge))
    page = chain_reading.page(
        session, reference, sight.of_kind(kind), words=words.strip(), after=after
    )
    return Timeline(
        reference=reference,
        title=challenge.title,
        lines=[_told(entry, sight, sealed=False) for entry in page.entries],
        next_after=page.next_after,
        kinds=_kinds(sight),
        sealed=False,
        whole=True,
    )


def public_file(session: Session, reference: str) -> bytes:
    """Give a disclosed chain as a file, with the values that everybody may see.

    Raises:
        NotFound: there is no such challenge, its chain is not disclosed, or no checkpoint covers
            any of it.
    """
    content = disclosing.public_file(session, reference)
    if content is None:
        raise NotFound(_NO_PAGE)
    return content


def download(reference: str, *, actor: Actor, clock: Clock) -> bytes:
    """Give an auditor the chain as a file with all values still held, and record that first.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no auditor.
        WrongMoment: the bids are still sealed, or no checkpoint covers any of the chain yet.
    """
    session: Session = db.session()
    challenge = own_challenge(session, reference, actor)
    if not actor.may(Permission.RECORD_AUDIT):
        raise Forbidden(N_("The log’s file is for the body’s auditors."))
    if not _audits(session, reference, actor):
        raise WrongMoment(
            N_(
                "You sit on a panel that judges these bids without the names of their bidders. "
                "You can have the log’s file when the panel has finished."
            )
        )
    if _sealed(session, challenge):
        raise WrongMoment(
            N_("The log of this challenge can be downloaded when its bids are opened.")
        )
    # Made before the write lock is asked for: a long chain must not keep bids waiting.
    content = chain_reading.chain_file(
        session, reference, lambda _action: None, sealed_from(session, challenge)
    )
    if content is None:
        raise WrongMoment(
            N_("No checkpoint of the log covers this challenge yet. Try again within the hour.")
        )
    with transaction() as session:
        log.append(session, clock=clock, action=DOWNLOADED, chain=reference, actor=actor)
    return content


def public_sight(sealed_from: int | None = None) -> Sight:
    """Name what everybody may see of a disclosed chain: all actions, and their public fields.

    While bids of a later stage are sealed that is so up to where it began, and its steps after.
    """
    seen = {action: log.public_fields(action) for action in log.recorded_actions()}
    return Sight(seen, sealed_from, _steps())


def _steps() -> frozenset[str]:
    """Name the actions that tell how far a challenge has come, and nothing of single bids."""
    return frozenset(each for each in log.recorded_actions() if each.startswith(_FOR_BODY))


_NO_PAGE = N_("There is no such page.")


def _public(session: Session, reference: str) -> Challenge:
    challenge = disclosed(session, reference)
    if challenge is None:
        raise NotFound(_NO_PAGE)
    return challenge


def _sealed(session: Session, challenge: Challenge) -> bool:
    """Tell whether single bids are still nobody's to see: until the opening or the end."""
    return challenge.state not in _ENDED and not is_opened(session, challenge.stage.id)


def _audits(session: Session, reference: str, actor: Actor) -> bool:
    """Tell whether the actor reads as an auditor: not while on a panel from which names are
    withheld, for an auditor's log tells which bid is whose."""
    return actor.may(Permission.RECORD_AUDIT) and not judges_unnamed(
        session, reference, actor.user_id
    )


def _sight(*, audits: bool, sealed: bool, sealed_from: int | None) -> Sight:
    return Sight(
        {
            action: frozenset({*log.places(action), "actor"})
            for action in log.recorded_actions()
            if (audits and not sealed)
            or action.startswith(_FOR_BODY)
            or (audits and action in _ATTEMPTS)
        },
        sealed_from,
        _steps() | _ATTEMPTS,
    )


def _kinds(sight: Sight) -> list[log.Kind]:
    present = {log.telling(action).kind for action in sight.fields}
    return [kind for kind in KIND_WORDS if kind in present]


def _told(entry: LogEntry, sight: Sight, *, sealed: bool) -> Told:
    seen = sight.fields[entry.action]
    fields = {name: value for name, value in entry.fields.items() if name in seen}
    words, values = log.fill(entry.action, fields)
    # Who asked is hidden from the body. Who of a supplier's tries to read bids may be bidding: no
    # name before the opening.
    outsider = entry.action == ASKED or (
        sealed and fields.get("reason") == ORGANISATION and entry.action in _ATTEMPTS
    )
    named = "actor" in seen and not outsider
    return Told(
        place=entry.n,
        number=entry.cn,
        at=entry.at,
        kind=log.telling(entry.action).kind,
        words=words,
        values=values,
        who=entry.actor_name if named else None,
        outsider=outsider,
        stage=stage_of(entry.fields),
    )
