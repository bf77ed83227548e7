"""Reminds members of a panel of what they have still to do, and says by when."""

from collections.abc import Mapping
from datetime import date

from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.dates import format_day
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import queries as panels
from scoring.panel.reminding import letters, log_words, policy, queries
from scoring.panel.reminding.lifecycle import STEP_WORDS, Step, day_of, due_faults
from scoring.panel.reminding.models import PanelDue, PanelReminder

__all__ = ["log_words", "remind", "set_due"]


def remind(at: Where, *, label: str = "", actor: Actor, clock: Clock, link: str) -> list[str]:
    """Write to one member, or with no `label` to all for whom the panel waits; give the names of
    those who got a letter. Nobody gets more than one a day.

    `link` is the address of the panel's page.

    Raises:
        NotFound: the challenge is another body's, or nobody who sits has this label.
        Forbidden, WrongMoment: by `policy.can_remind`; or nobody is left to be reminded today.
    """
    with transaction() as session:
        found = panels.meeting(session, at, actor, lock=True)
        ensure(policy.can_remind(actor, found.member, found.phase))
        now = clock.now()
        waits = queries.outstanding(session, found, now)
        asked = [found.labelled(label)] if label else list(found.members)
        if label and asked == [found.member]:
            raise WrongMoment(N_("You need no reminder of your own: go on with your part."))
        reminded = [member for member in asked if waits.of[member.label].remindable]
        if not reminded:
            if any(waits.of[member.label].steps for member in asked):
                raise WrongMoment(N_("A reminder was sent today already. Send another tomorrow."))
            raise WrongMoment(N_("There is nothing left to do, so nobody was reminded."))
        for member in reminded:
            session.add(
                PanelReminder(
                    member_id=member.id, sent_on=day_of(now), sent_at=now, sent_by_id=actor.user_id
                )
            )
            post.queue(
                session,
                to_email=member.user.email,
                user_id=member.user_id,
                subject=letters.REMINDED_SUBJECT.format(title=found.challenge.title),
                text=letters.reminded(
                    name=member.user.name,
                    title=found.challenge.title,
                    reference=found.challenge.reference,
                    steps=[
                        (
                            STEP_WORDS[step],
                            format_day(waits.due[step]) if step in waits.due else None,
                        )
                        for step in waits.of[member.label].steps
                    ],
                    by=actor.name,
                    link=link,
                ),
                clock=clock,
            )
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="panel.reminded",
            actor=actor,
            labels=", ".join(member.label for member in reminded),
        )
        return [member.user.name for member in reminded]


def set_due(at: Where, due: Mapping[Step, date | None], *, actor: Actor, clock: Clock) -> None:
    """Say by which day each step is done; a step without one has none from now on.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_remind`.
        Invalid: a day lies in the past or before that of an earlier step. Fields: `due_` and the
            step.
    """
    with transaction() as session:
        found = panels.meeting(session, at, actor, lock=True)
        ensure(policy.can_remind(actor, found.member, found.phase))
        before = queries.due_days(session, found.stage.id)
        if faults := due_faults(due, before, day_of(clock.now())):
            raise Invalid(N_("The due days do not fit."), faults)
        wanted = {step: day for step in Step if (day := due.get(step)) is not None}
        if wanted == before:
            return
        for step in Step:
            row = session.get(PanelDue, (found.stage.id, step))
            if step not in wanted:
                if row is not None:
                    session.delete(row)
            elif row is None:
                session.add(PanelDue(stage_id=found.stage.id, step=step, due_on=wanted[step]))
            else:
                row.due_on = wanted[step]
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="panel.due_set",
            actor=actor,
            **{step.value: day.isoformat() for step, day in wanted.items()},
        )
