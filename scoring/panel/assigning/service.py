"""Says which criteria an evaluator scores, and what they know best."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from challenges import hooks
from challenges.models import Criterion, Stage
from challenges.stages import recording
from challenges.stages.place import Where
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import queries
from scoring.panel.assigning import log_words, policy
from scoring.panel.lifecycle import Expertise
from scoring.panel.models import PanelAssignment, PanelMember
from scoring.panel.trial.models import TrialExample, TrialScore

__all__ = ["assign", "let_go", "log_words"]


def assign(
    at: Where,
    label: str,
    *,
    keys: Collection[str],
    expertise: Expertise | None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Let an evaluator score the questions with these keys alone; none or all of them means all,
    those too that a change to the challenge adds.

    Whether each question of each bid keeps enough evaluators is asked before scoring begins and
    before moderation does: until then the panel can be put together in any order.

    Raises:
        NotFound: the challenge is another body's, nobody who sits has this label, or there is no
            question with one of the keys.
        Forbidden, WrongMoment: by `policy.can_assign` and `policy.can_assign_to`.
    """
    with transaction() as session:
        found = queries.meeting(session, at, actor, lock=True)
        ensure(policy.can_assign(actor, found.member, found.phase))
        evaluator = found.labelled(label)
        ensure(policy.can_assign_to(evaluator))
        known = {question.key: question.id for question in queries.questions(found.stage)}
        if not known.keys() >= set(keys):
            raise NotFound(N_("There is no such question."))
        wanted = set() if len(set(keys)) == len(known) else set(keys)
        had = {
            key for key in known if evaluator.assigned and evaluator.scores_criterion(known[key])
        }
        if (wanted, expertise) == (had, evaluator.expertise):
            return
        session.execute(delete(PanelAssignment).where(PanelAssignment.member_id == evaluator.id))
        session.add_all(
            PanelAssignment(member_id=evaluator.id, criterion_id=known[key]) for key in wanted
        )
        evaluator.expertise = expertise
        session.flush()
        session.expire(evaluator, ["assigned"])
        recording.append(
            session,
            found.stage,
            clock=clock,
            action="panel.assigned",
            actor=actor,
            label=label,
            criteria=sorted(wanted) or None,
            expertise=expertise.value if expertise else None,
        )


def let_go(session: Session, stage: Stage, gone: Sequence[Criterion]) -> None:
    """Let go of what the panel has on criteria that a change takes out: who scores them, and the
    example that was scored for a trial.

    Raises:
        Invalid: somebody who sits scores nothing else, and would score everything instead.
    """
    ids = {criterion.id for criterion in gone}
    members = session.scalars(select(PanelMember).where(PanelMember.stage_id == stage.id)).all()
    for member in members:
        given = {row.criterion_id for row in member.assigned}
        if given and given <= ids and member.left_at is None:
            raise Invalid(
                N_(
                    "%(person)s scores nothing but what this change takes out. Say first on the "
                    "panel’s page what else they score."
                ),
                person=member.user.name,
            )
    session.execute(delete(PanelAssignment).where(PanelAssignment.criterion_id.in_(ids)))
    example = session.get(TrialExample, stage.id)
    if example is not None and example.criterion_id in ids:
        scored = [member.id for member in members]
        session.execute(delete(TrialScore).where(TrialScore.member_id.in_(scored)))
        session.delete(example)
        session.flush([example])


hooks.before_criteria_go.append(let_go)
