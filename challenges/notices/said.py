"""What everybody is told of a challenge's codes and notices."""

from typing import Any

from challenges.models import Challenge
from challenges.notices import codes
from challenges.notices.rules import KIND_WORDS, holding
from challenges.views.room import law_now


def said_of_notices(challenge: Challenge) -> dict[str, Any]:
    """Give the codes and the notices of a challenge with their words, for templates."""
    law = law_now(challenge)
    chosen = [(codes.find(each.code), each.main) for each in challenge.codes]
    return {
        "codes_chosen": [(code, main) for code, main in chosen if code is not None],
        "notices_published": [
            (KIND_WORDS[record.kind], record) for record in holding(challenge.notices).values()
        ],
        "notice_service": law and law.regime.notice_service,
    }
