"""What a body has not recorded before approval. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.drafting.kinds import Topic
from challenges.readiness.finding import Finding
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_record(challenge: "Challenge") -> Iterator[Finding]:
    """Look for questions without an answer; that one does not apply is an answer too."""
    section = Section.RECORD
    missing = [topic for topic in Topic if topic not in {each.topic for each in challenge.record}]
    if Topic.RUNNING in missing:
        yield Finding(
            section,
            N_("Nothing says who pays to run it after the first year. Find out before you begin."),
        )
        missing.remove(Topic.RUNNING)
    if missing:
        yield Finding(
            section,
            N_(
                "Answer the open questions of your record, or say why they do not apply. "
                "Open: %(count)s."
            ),
            data={"count": len(missing)},
        )
