"""What each member of a panel reads and accepts before anything else, version by version. Pure.

A text is never changed once somebody may have accepted it: another one is added below it. So what
a member accepted can be read again by its digest, which stands beside their seat and in the log.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property

from marketplace.core.text import N_


@dataclass(frozen=True)
class Briefing:
    """One version of the text: what the panel does in order, how to score, what stays secret."""

    version: int
    works: tuple[str, ...]
    fairly: tuple[str, ...]
    confidentiality: tuple[str, ...]

    @cached_property
    def sha256(self) -> str:
        """Give the digest of its words: of the three lists as JSON in UTF-8, without spaces."""
        words = [self.works, self.fairly, self.confidentiality]
        told = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()


_FIRST = Briefing(
    version=1,
    works=(
        N_("You declare your interests in the bidders before you read any bid."),
        N_(
            "Evaluators score alone, one question at a time across all bids. Every score needs "
            "its reason."
        ),
        N_(
            "Nobody sees another person’s scores until all are submitted and the chair begins "
            "moderation."
        ),
        N_(
            "Together you agree one score for each question of each bid. The chair records it "
            "with your reason."
        ),
        N_("Prices stay hidden until the agreed scores are locked."),
    ),
    fairly=(
        N_("Judge only what the bid says, by the published guidance and scale."),
        N_("Use the whole scale. 0 is a score too."),
        N_("Write reasons that the bidder could read: they learn them after the decision."),
        N_(
            "You meet the bids in an order of your own, set by a published rule, so that none "
            "gains from being first."
        ),
    ),
    confidentiality=(
        N_(
            "Do not talk about bids, scores or bidders with anybody outside the panel, before "
            "or after the decision."
        ),
        N_(
            "Do not speak with a bidder about this challenge. If one contacts you, tell the "
            "procurement officer."
        ),
        N_("Do not copy bids out of this service, and do not paste them into other tools."),
        N_("Each time you open a bid, this is recorded."),
        N_("Tell the chair at once if you find that you have an interest after all."),
    ),
)
BRIEFINGS = (
    _FIRST,
    # A plan can say that scores stand, or that names are withheld.
    replace(
        _FIRST,
        version=2,
        works=(
            *_FIRST.works[:3],
            N_(
                "Then you talk about the widest differences. As the published plan says, you agree "
                "one score for each question of each bid, which the chair records with your "
                "reason; or everybody’s scores stand as they are."
            ),
            N_("Prices stay hidden until the scores are locked."),
        ),
        fairly=(
            *_FIRST.fairly,
            N_(
                "Where the plan withholds the names of bidders, do not try to find out who a bid "
                "is from."
            ),
        ),
    ),
)
CURRENT = BRIEFINGS[-1]


def with_digest(sha256: str | None) -> Briefing | None:
    """Give the version that has this digest, or nothing."""
    return next((each for each in BRIEFINGS if each.sha256 == sha256), None)
