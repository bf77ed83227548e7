"""Gives what observers and auditors read of a panel, each time with an entry that says who did."""

from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor, ensure
from marketplace.core.transaction import transaction
from scoring.panel import queries as panels
from scoring.panel.observing import log_words, policy, queries
from scoring.panel.observing.queries import Record
from scoring.panel.policy import can_see_all_scores

__all__ = ["log_words", "note_moderation", "read_record"]


def read_record(at: Where, *, actor: Actor, clock: Clock) -> Record:
    """Give the record of a panel and record the read, before anything of it leaves here.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_read_record`.
    """
    with transaction() as session:
        found = panels.meeting(session, at, actor)
        ensure(policy.can_read_record(actor, found.member, found.phase))
        record = queries.record(session, found)
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="panel.read",
            actor=actor,
            label=found.member.label if found.member else None,
            bid=", ".join(record.bids),
        )
    return record


def note_moderation(at: Where, *, actor: Actor, clock: Clock) -> None:
    """Record that an observer looks at everybody's scores in moderation.

    Those who scored or moderate work with that list: of them each bid that they read is recorded.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_see_all_scores` of the panel.
    """
    with transaction() as session:
        found = panels.meeting(session, at, actor)
        ensure(can_see_all_scores(actor, found.own_seat, found.phase))
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="panel.read",
            actor=actor,
            label=found.own_seat.label,
            page="moderation",
        )
