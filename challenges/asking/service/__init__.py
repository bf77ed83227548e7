"""Writes of questions and answers, one function per use case, gathered under one name."""

from challenges.asking.service.answering import (
    correct_answer,
    discard_answer,
    publish_answer,
    save_answer,
)
from challenges.asking.service.asking import ask, reword
from challenges.asking.service.telling import remind, tell

__all__ = [
    "ask",
    "correct_answer",
    "discard_answer",
    "publish_answer",
    "remind",
    "reword",
    "save_answer",
    "tell",
]
