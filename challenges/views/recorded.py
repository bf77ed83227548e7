"""What a body wrote of a challenge for itself, as its templates show it."""

from typing import Any

from challenges.drafting.kinds import DUTY_WORDS, TOPIC_GROUPS, TOPIC_WORDS, Duty
from challenges.models import Challenge


def recorded_of(challenge: Challenge) -> dict[str, Any]:
    """Give the team in the order of duties, and the record by its headings, for templates."""
    answers = {answer.topic: answer for answer in challenge.record}
    order = list(Duty)
    return {
        "team": sorted(challenge.team, key=lambda member: order.index(member.duty)),
        "duty_words": DUTY_WORDS,
        "topic_groups": [
            (heading, [(TOPIC_WORDS[topic], answers.get(topic)) for topic in topics])
            for heading, topics in TOPIC_GROUPS.items()
        ],
    }
