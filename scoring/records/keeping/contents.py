"""Names what of a challenge's records goes when the time to keep them is over, and what stays.

What goes is what people wrote or said of people: bids and their files, evidence, reasons,
declarations, notes, comments, the full report. What stays tells what was bought, from whom, by
which scores and for how much, with every digest and the log, so that an award can still be checked.
"""

from collections.abc import Mapping
from enum import StrEnum

from marketplace.core.audit.models import ERASABLE

# Rows that may change anyhow: these texts of theirs are replaced by words that say so.
EMPTIED: Mapping[str, tuple[str, ...]] = {
    "bid_query": (
        *("text", "answer", "draft", "decided_because", "kept_because", "withdrawn_because"),
    ),
    "adoption": ("interest",),
    "challenge": ("returned_because",),
    "clarification": ("text",),
    "clarification_answer": ("private_because",),
    "draft_comment": ("text", "reply", "hidden_because"),
    "review_comment": ("text",),
    "contact_message": ("text",),
    "information_request": ("words",),
    "joint_sponsor": ("message", "because"),
    "later_purchase": ("note",),
    "letter": ("facts", "content", "addition", "gone_how"),
    "letter_batch": ("head", "addition", "hindered"),
    "partner_connection": ("note",),
    "partner_message": ("text",),
    "interview": ("reason",),
    "interview_slot": ("withdrawn_because",),
    "panel_member": ("left_because",),
    "panel_invitation": ("name", "email", "reason"),
    "record_answer": ("text",),
    "scoring_reopened": ("reason",),
    "debrief": ("wishes", "attended", "notes"),
    "team_invitation": ("email",),
    "trial_score": ("rationale",),
    "team_member": ("name",),
    "withheld_words": ("words", "reason"),
}

# What a letter was made from, and the letterhead it went out with: of the JSON only these go.
WORDS_OF_FACTS = frozenset({"reasons", "why", "asked", "tie"})
WORDS_OF_HEAD = frozenset({"signatory_name", "signatory_role", "contact"})

# Append-only tables of no challenge: what they hold goes with the name of the person it is about.
OF_PEOPLE = frozenset({"own_erasure_end"})

# Rows that go altogether.
DELETED = (
    "private_note",
    "score_draft",
    "bid_field",
    "bid_draft_file",
    "brought_sheet",
    "change_draft",
)

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
    "committee_decision": "stored_sha256",
    "court_order": "stored_sha256",
}

# Tables with stored files that stay: what was published, and files that go with their own rows.
FILES_THAT_STAY = frozenset({"challenge_document", "bid_draft_file", "bringing", "bringing_file"})

# Tables whose rows name a key: with the key, what it opens is gone too.
KEYS: Mapping[str, str] = {
    "evidence_answer": "key_id",
    "committee_decision": "key_id",
    "court_order": "key_id",
    "team_invitation": "key_id",
}


class Stays(StrEnum):
    """Why a text of a challenge's records stays."""

    PUBLISHED = "everybody could read it"
    BOUGHT = "it tells what was bought, from whom, on which terms and for how much"
    PROVES = "an award is checked by it"
    NAMES = "it names a thing or an office and no person"
    LOCKED = "its key or its file goes, so nobody can read it"
    KEEPING = "it tells by which rule records were kept and erased"
    MADE = "it is made from what everybody could read"
    ENDED = "it is emptied when what it waits for ends"


# Texts that stay, by table, each with the reason; what is named nowhere fails a test.
STAYING: Mapping[Stays, Mapping[str, tuple[str, ...]]] = {
    Stays.PUBLISHED: {
        "addendum": ("reason", "before", "after"),
        "approved_text": ("canonical",),
        "benefit_review": ("words", "lessons"),
        "benefit_value": ("measure", "before", "now"),
        "challenge": (
            *("reference", "round", "title", "summary", "problem", "affected", "today", "why_now"),
            *("outcome", "measures", "tried", "constraints", "support", "research", "benefits"),
            *("people_offered", "reach", "pooling", "requirements", "terms", "terms_link"),
            *("contact_name", "contact_email", "region", "sector", "currency", "lessons"),
            *("elsewhere_reference", "elsewhere_link", "cancelled_because"),
        ),
        "challenge_document": ("name", "title"),
        "clarification": ("wording",),
        "clarification_answer": ("text",),
        "clarification_version": ("text", "because"),
        "court_order": ("says",),
        "criterion": ("key", "title", "question", "guidance", "carried_key"),
        "deadline_change": ("reason",),
        "gate": ("lessons",),
        "live_session": (
            *("title", "about", "join_url", "place", "recording_url", "notes"),
            "cancelled_because",
        ),
        "notice_record": ("reference", "url"),
        "prize": ("name",),
        "scale_descriptor": ("text",),
        "rest_end": ("reason",),
        "stage": (
            *("name", "tie_break", "description", "how_paid", "property_note", "prizes_paid"),
            *("milestones", "attach_kinds"),
        ),
    },
    Stays.BOUGHT: {
        "bidder_party": ("key", "name"),
        "co_sponsor": ("name",),
        "contract": ("bought_by", "reference", "ends_when"),
        "contract_change": ("what", "ground"),
        "contract_detail": ("purchase_order",),
        "later_purchase": ("bodies",),
        "milestone_payment": ("reference",),
        "milestone_terms": ("title", "deliverable", "accepted_when"),
    },
    Stays.PROVES: {
        "bid": ("reference",),
        "consensus_score": ("present",),
        "cut_off_decision": ("tied", "chosen"),
        "evaluation_plan": ("canonical", "regime", "regime_version", "band"),
        "frozen_report": ("release", "secret"),
        "low_price_decision": ("detectors",),
        "opening_confirmation": ("statement",),
        "panel_reopening": ("named",),
        "plan": ("canonical",),
        "reading_order": ("seed",),
        "reconsideration": ("named",),
        "result": ("evaluation", "result", "engine_version"),
        "submission": ("receipt",),
    },
    Stays.NAMES: {
        "award_route": ("committee", "exemption"),
        "bid_alias": ("word",),
        "challenge_code": ("code",),
        "committee_decision": ("committee", "minute"),
        "court_order": ("court", "reference"),
        "court_proceedings": ("court", "reference"),
        "debrief": ("place", "join_url"),
        "due_diligence": ("subject", "source"),
        "evidence_check": ("document",),
        "evidence_request": ("document",),
        "gate_finding": ("criterion",),
        "ground_finding": ("party", "ground"),
        "interview_slot": ("place", "join_url"),
        "letter_batch": ("template",),
        "panel_member": ("label",),
        "review_comment": ("section",),
        "trial_example": ("text",),
        "withheld_words": ("ground",),
    },
    Stays.LOCKED: {
        "committee_decision": ("sealed",),
        "court_order": ("sealed",),
        "evidence_answer": ("sealed",),
        "team_invitation": ("terms", "answer"),
    },
    Stays.KEEPING: {
        "erasure": ("rule",),
        "erasure_answer": ("reason",),
        "hold_lift": ("reason",),
        "legal_hold": ("reason",),
    },
    Stays.MADE: {
        "challenge_text": ("title", "summary", "body", "names"),
        "challenge_vector": ("model", "vector"),
    },
    Stays.ENDED: {"bringing": ("rows", "packed", "writers")},
}

# Fields of entries that go: who did it or whom it is about, and what a person wrote. What a proof
# needs of them stays all the same (`marketplace.core.audit.retention.keep`).
FIELDS = frozenset(
    {
        *("actor", "actor_id", "asked_by_id", "supplier_id", "person", "person_id", "manager"),
        *("member", "members", "new_member", "old_member", "officer", "officer_id", "officers"),
        *("proposed_by", "proposed_by_id", "put_down_by", "party", "interest_in"),
        *("reason", "statement", "because", "confirmed_because", "kept_because", "note", "words"),
        *("score_reason", "supplier_check", "evidence", "result", "subject", "source", "how"),
        *("text", "wording", "why", "grounds", "seen", "scores"),
    }
)

# Fields that stay: numbers, instants, digests and references, and what was chosen from a list.
FIELDS_THAT_STAY: frozenset[str] = frozenset(
    {
        *("after", "again", "amount_minor", "answer_by", "archive", "arrived", "asked_at"),
        *("band", "basis", "before", "bid", "bidders", "bids", "body", "briefing_sha256"),
        *("by_other_means", "category", "chain", "chair", "change", "changed", "check"),
        *("choose_by", "chosen", "clarification", "clarifications", "closed", "closes_at"),
        *("comment", "committee", "complaint", "concern", "concerns", "confirm", "contract"),
        *("count", "court", "criteria", "criterion", "decision", "detectors", "differing"),
        *("document", "documents", "drawn", "due", "edition", "ended", "ends_at"),
        *("engine_version", "entries", "envelope", "evaluation_sha256", "evaluators"),
        *("expertise", "facts_sha256", "fields_root", "file", "files", "finding", "first"),
        *("flaws", "former", "gone_at", "ground", "in_time", "invitation", "key", "kind"),
        *("kinds", "label", "labels", "leave", "lessons", "letter", "locked_at"),
        *("looked_for", "measure", "met_on", "minute", "moderation_began_at", "months"),
        *("most", "names_were_shown", "new_label", "notice", "number", "old_label"),
        *("organisation", "outcome", "own", "page", "paid_on", "part", "parts", "people"),
        *("phase", "place", "plan", "point", "population_sha256", "present", "price"),
        *("prices_were_shown", "published", "published_on", "purchase_order", "query"),
        *("received", "reference", "regime", "regime_version", "replaces", "report"),
        *("result_sha256", "roles", "rows", "rule", "score", "scores_set_aside"),
        *("sealing_key", "seat", "seed", "send_at", "sent", "served", "sha256"),
        *("shares", "shown", "size", "sizes", "standstill", "starts_at", "supplier"),
        *("taken_as", "tied", "times", "title", "topic", "url", "valid_until", "value_after"),
        *("value_before", "value_minor", "verdict", "version", "way", "what", "whole"),
        *("words_sha256", "writes", "years"),
    }
)


def append_only() -> Mapping[str, tuple[str, ...]]:
    """Give the append-only tables that can be emptied, each with the columns that are."""
    return {name: columns for name, columns in ERASABLE.items() if name not in OF_PEOPLE}
