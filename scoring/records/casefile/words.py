"""What the parts of a case file are called, and the kinds of record that they are."""

from collections.abc import Mapping

from marketplace.core.regimes.shapes import Kept
from marketplace.core.text import N_

KEPT_WORDS: Mapping[Kept, str] = {
    Kept.FILE: N_("File of the purchase"),
    Kept.BIDS: N_("Bids"),
    Kept.CONTRACT: N_("Contract"),
    Kept.NO_AWARD: N_("Purchase without an award"),
}

TABLE_WORDS: Mapping[str, str] = {
    "addendum": N_("Changes that were published"),
    "advance": N_("Who was to go on to the next stage"),
    "advance_answer": N_("Who confirmed who goes on"),
    "advancing_bid": N_("Which bids went on"),
    "agreement_void": N_("Agreed scores that stand no longer"),
    "answer_mask": N_("Words that the panel did not read"),
    "bid": N_("Bids"),
    "bid_alias": N_("What the panel called each bid"),
    "bid_query": N_("Queries to bidders, and what came of them"),
    "bidder_party": N_("Whoever has a part in a bid"),
    "challenge": N_("The challenge"),
    "challenge_document": N_("Documents of the challenge"),
    "clarification": N_("Questions"),
    "clarification_answer": N_("Answers"),
    "conflict_declaration": N_("Declarations of interests"),
    "conflict_decision": N_("Decisions about interests"),
    "consensus_score": N_("Agreed scores with their reasons"),
    "contract": N_("Contracts"),
    "contract_change": N_("Changes of contracts"),
    "criterion": N_("Criteria"),
    "deadline_change": N_("Closing times that were moved"),
    "draft_comment": N_("Comments on the draft"),
    "eligibility_decision": N_("Which bids were judged, and why others were not"),
    "evidence_check": N_("Evidence of suppliers that was checked"),
    "intention": N_("Intentions to award"),
    "intention_withdrawal": N_("Decisions that were taken back"),
    "interview": N_("Interviews"),
    "low_price_decision": N_("Prices that seemed too low"),
    "notice_record": N_("Notices that were published"),
    "opening": N_("Opening of the bids"),
    "opening_confirmation": N_("Officers who confirmed the opening"),
    "panel_member": N_("The panel"),
    "private_note": N_("Private notes of evaluators"),
    "recommendation": N_("Recommendations"),
    "recomputation": N_("Results that were computed again"),
    "record_answer": N_("Record of the purchase"),
    "review_comment": N_("Comments of the review"),
    "score": N_("Evaluators’ own scores with their reasons"),
    "score_draft": N_("Drafts of scores"),
    "sign_off": N_("Sign-offs"),
    "stage": N_("Stages"),
    "submission": N_("Submitted versions of bids"),
}
