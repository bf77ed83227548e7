"""What people do with a panel, one function per use case, from naming to the lock."""

from scoring.panel import log_words
from scoring.panel.service.drafts import DraftCell, keep_drafts, save_draft
from scoring.panel.service.interests import (
    Declaration,
    accept_briefing,
    decide_interest,
    declare_interests,
)
from scoring.panel.service.moderation import begin_moderation, lock_quality, record_consensus
from scoring.panel.service.naming import add_member, name_panel, replace_member
from scoring.panel.service.reading import (
    read_bid,
    read_cell,
    read_desk,
    read_file,
    read_own_score,
    read_question,
)
from scoring.panel.service.scores import (
    begin_scoring,
    correct_score,
    submit_scores,
)

__all__ = [
    "Declaration",
    "DraftCell",
    "accept_briefing",
    "add_member",
    "begin_moderation",
    "begin_scoring",
    "correct_score",
    "decide_interest",
    "declare_interests",
    "keep_drafts",
    "lock_quality",
    "log_words",
    "name_panel",
    "read_bid",
    "read_cell",
    "read_desk",
    "read_file",
    "read_own_score",
    "read_question",
    "record_consensus",
    "replace_member",
    "save_draft",
    "submit_scores",
]
