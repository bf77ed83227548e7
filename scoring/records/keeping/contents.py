"""Names what of a challenge's records goes when the time to keep them is over, and what stays.

What goes is what people wrote or said of people: bids and their files, evidence, reasons,
declarations, notes, comments, the full report. What stays tells what was bought, from whom, by
which scores and for how much, with every digest and the log, so that an award can still be checked.
"""

from collections.abc import Mapping

from marketplace.core.audit.models import ERASABLE

# Rows that may change anyhow: these texts of theirs are replaced by words that say so.
EMPTIED: Mapping[str, tuple[str, ...]] = {
    "bid_query": (
        *("text", "answer", "draft", "decided_because", "kept_because", "withdrawn_because"),
    ),
    "draft_comment": ("text", "reply"),
    "review_comment": ("text",),
    "contact_message": ("text",),
    "partner_message": ("text",),
    "interview": ("reason",),
    "panel_member": ("left_because",),
    "panel_invitation": ("name", "email", "reason"),
    "debrief": ("wishes", "attended", "notes"),
    "team_invitation": ("email",),
    "trial_score": ("rationale",),
    "team_member": ("name",),
}

# Rows that go altogether.
DELETED = ("private_note", "score_draft", "bid_field", "bid_draft_file", "brought_sheet")

# Tables with stored files whose bytes go; of reports the public edition stays.
FILES: Mapping[str, str] = {
    "submission": "sha256",
    "opened_file": "sha256",
    "brought_file": "sha256",
    "report_file": "sha256",
    "debrief_file": "sha256",
    "case_file": "stored_sha256",
    "milestone_file": "sha256",
    "evidence_answer": "stored_sha256",
}

# Tables with stored files that stay: what was published, and files that go with their own rows.
FILES_THAT_STAY = frozenset({"challenge_document", "bid_draft_file", "bringing", "bringing_file"})

# Tables whose rows name a key: with the key, what it opens is gone too.
KEYS: Mapping[str, str] = {"evidence_answer": "key_id"}

# Fields of entries: who did it, and what a person wrote. All else proves what happened.
FIELDS = frozenset({"actor", "actor_id", "reason", "statement", "because", "note"})


def append_only() -> Mapping[str, tuple[str, ...]]:
    """Give the append-only tables that can be emptied, each with the columns that are."""
    return ERASABLE
