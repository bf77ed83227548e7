"""What publication and changes froze, held against the log before anything is decided by it."""

import hashlib

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from challenges.log_words import CHANGED, DEADLINE_EXTENDED, PUBLISHED, REOPENED, STAGE_OPENED
from challenges.models import EvaluationPlan, Stage
from challenges.plan import evaluations
from challenges.stages.running import last_entry
from marketplace.core.audit.entries import write_instant
from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_


class PlanDiffers(WrongMoment):
    """The stored criteria and method are not those that were published; nothing is decided."""


class ClosingDiffers(WrongMoment):
    """The stored closing instant or sealing key is not what the log says; nothing is opened."""


def frozen_evaluation(session: Session, stage: Stage) -> EvaluationPlan:
    """Give the criteria and method of a stage, which are those of its challenge's logged plan.

    Raises:
        PlanDiffers: they are not, or the stored plan is not the one whose digest the log holds.
    """
    challenge = stage.challenge
    evaluation, plan = stage.plan, challenge.plan
    # Publication names the plan, and so does each change, whether it made a new one or not.
    logged = last_entry(session, challenge.stage, PUBLISHED, CHANGED)
    if evaluation is None:
        raise NoResultFound(f"{challenge.reference} has no plan")
    if (
        plan is None
        or logged is None
        or hashlib.sha256(plan.canonical).hexdigest() != logged.fields.get("plan")
        or evaluations(plan.canonical).get(stage.ordinal) != evaluation.canonical
    ):
        raise PlanDiffers(
            N_(
                "The criteria and weights stored for this challenge are not the ones that were "
                "published, so nothing can be decided by them. Tell the people who run this "
                "service: “marketplace log verify” says what was changed."
            )
        )
    return evaluation


def ensure_as_logged(session: Session, stage: Stage) -> None:
    """Refuse to go on where a stage's closing instant or sealing key is not what the log says.

    Raises:
        ClosingDiffers: one of them is another than the last publication, extension or reopening
            says; of a stage after the first, than the entry that opened it.
    """
    began = PUBLISHED if stage.ordinal == 1 else STAGE_OPENED
    published = last_entry(session, stage, began)
    closing = last_entry(session, stage, began, DEADLINE_EXTENDED, REOPENED)
    if closing is None and stage.ordinal == 1:
        # Publication is always recorded in the transaction that sets what is compared here, so
        # this challenge was never published; “log verify” tells of one that only says it was.
        return
    if (
        published is None
        or closing is None
        or stage.closes_at is None
        or write_instant(stage.closes_at) != closing.fields.get("closes_at")
        or stage.sealing_key is None
        or stage.sealing_key.recipient != published.fields.get("sealing_key")
    ):
        raise ClosingDiffers(
            N_(
                "The closing time or the key stored for this challenge is not the one in the "
                "record, so its bids cannot be opened. Tell the people who run this service: "
                "“marketplace log verify” says what was changed."
            )
        )
