"""Tells of a challenge whether letters wait for an officer, as a condition for statements."""

import uuid

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from challenges.models import Stage
from marketplace.core.notices.models import Notice
from scoring.award.letters.models import Letter, LetterBatch, LetterMessage


def letters_wait(challenge_id: InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    """Give the condition that letters of a sift or answers wait, or that one did not arrive.

    Those of an award are told as a step of their own.
    """
    # As `Shown.undelivered` has it: no e-mail was handed over, and none is still to be.
    undelivered = exists().where(
        Letter.batch_id == LetterBatch.id,
        Letter.available_at.is_not(None),
        Letter.read_at.is_(None),
        Letter.gone_at.is_(None),
        ~exists().where(
            LetterMessage.letter_id == Letter.id,
            Notice.id == LetterMessage.notice_id,
            Notice.failure.is_(None) | Notice.sent_at.is_not(None),
        ),
    )
    # Letters of an earlier stage wait on when the next one has begun, so this is no stage that
    # the statement around it is about.
    any_stage = aliased(Stage)
    return exists().where(
        any_stage.challenge_id == challenge_id,
        LetterBatch.stage_id == any_stage.id,
        or_(
            LetterBatch.sent_at.is_(None) & LetterBatch.recommendation_id.is_(None),
            undelivered,
        ),
    )
