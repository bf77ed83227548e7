"""Writes of challenges, one function per use case, gathered under one name."""

from challenges.service.closing import await_closing, close, record_closing
from challenges.service.contents import read
from challenges.service.criteria import add_criterion, arrange, change_criterion, delete_criterion
from challenges.service.deadlines import confirm_deadline, decline_deadline, propose_deadline
from challenges.service.drafts import create, save
from challenges.service.method import choose_method, read_method
from challenges.service.review import (
    advance,
    advance_stage,
    approve,
    cancel,
    end_with_lessons,
    name_openers,
    publish,
    return_to_draft,
    stop,
    submit_for_review,
)

__all__ = [
    "add_criterion",
    "advance",
    "advance_stage",
    "approve",
    "arrange",
    "await_closing",
    "cancel",
    "change_criterion",
    "choose_method",
    "close",
    "confirm_deadline",
    "create",
    "decline_deadline",
    "delete_criterion",
    "end_with_lessons",
    "name_openers",
    "propose_deadline",
    "publish",
    "read",
    "read_method",
    "record_closing",
    "return_to_draft",
    "save",
    "stop",
    "submit_for_review",
]
