"""Gathers what bidders were asked after the opening, with the digests that the log has of it."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.asking import log_words, queries
from bids.asking.lifecycle import PART_WORDS
from bids.asking.models import BidQuery
from challenges.models import Challenge
from marketplace.core.audit import log
from scoring.report import facts, values

# What an entry of the log says, by bid, number and action.
_Told = Mapping[tuple[str, int, str], Mapping[str, Any]]
_ACTIONS = frozenset({log_words.ASKED, log_words.ANSWERED, log_words.DECIDED, log_words.WITHDRAWN})


def asked_of_bids(
    session: Session, challenge: Challenge
) -> Mapping[uuid.UUID, tuple[facts.Query, ...]]:
    """Give the queries about each bid of a challenge, in the order of asking, by the bid's id.

    Raises:
        KeyError: the log has no entry of something that the queries say.
    """
    told = {
        (entry.fields["bid"], entry.fields["number"], entry.action): entry.fields
        for entry in log.chain_entries(session, challenge.reference)
        if entry.action in _ACTIONS
    }
    found: dict[uuid.UUID, list[BidQuery]] = defaultdict(list)
    for query in queries.of_challenge(session, challenge):
        found[query.bid_id].append(query)
    return {
        bid_id: tuple(_query(query, told) for query in sorted(asked, key=lambda it: it.number))
        for bid_id, asked in found.items()
    }


def _query(query: BidQuery, told: _Told) -> facts.Query:
    """Say what the tables hold, and of what was decided what the log holds."""
    place = query.bid.reference, query.number
    outcome, reason = values.QueryOutcome.OPEN, ""
    if query.withdrawn_at is not None:
        outcome = values.QueryOutcome.TAKEN_BACK
        reason = told[*place, log_words.WITHDRAWN]["reason"]
    elif query.decided_at is not None:
        decided = told[*place, log_words.DECIDED]
        outcome, reason = values.QueryOutcome(decided["decision"]), decided["reason"]
    answered = query.answer is not None
    return facts.Query(
        number=query.number,
        about=query.criterion.title if query.criterion else _(PART_WORDS[query.part]),
        text=query.text,
        text_sha256=told[*place, log_words.ASKED]["sha256"],
        asked_at=query.asked_at,
        answer=query.answer,
        answer_sha256=told[*place, log_words.ANSWERED]["sha256"] if answered else None,
        answered_at=query.answered_at,
        outcome=outcome,
        reason=reason,
        decided_at=query.withdrawn_at or query.decided_at,
        shown_to_panel=query.shown_at is not None,
    )
