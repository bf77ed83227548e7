"""Leaves out of a bidder's outcome what is withheld in its letters."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from challenges.models import Stage
from scoring.award.letters import queries
from scoring.award.letters.content import withheld_mark
from scoring.award.letters.lifecycle import hide


class Shielded:
    """What is withheld of a stage, read once."""

    def __init__(self, session: Session, stage: Stage) -> None:
        withheld = queries.withheld_words(session, stage.id)
        rules = queries.rules_of(session, stage) if withheld else None
        self._hidden = queries.hidden_of(withheld, rules) if rules else {}

    def shown(self, text: str, bid: str | None) -> str:
        """Give a reason as bidders read it: of a bid, or under None why the decision was made."""
        return hide(text, self._hidden.get(bid, ()), withheld_mark())

    def row(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Give a bid's row of a result document with its reasons as bidders read them."""
        return {**given, "reasons": [self.shown(each, given["id"]) for each in given["reasons"]]}
