"""The record that a body keeps before a draft is approved. Pure."""

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, Self

from challenges.drafting.kinds import Topic
from challenges.sections.base import Part, Section
from marketplace.core.text import N_, pasted

ANSWER_MOST = 5_000


class Recorded(NamedTuple):
    """The answer to one question, or why it does not apply."""

    topic: Topic
    text: str
    not_applicable: bool = False


@dataclass(frozen=True)
class Record(Part):
    """What is recorded; a question without an answer is absent."""

    section: ClassVar[Section] = Section.RECORD

    answers: tuple[Recorded, ...] = ()

    def kept(self) -> Self:
        """Leave out what was not answered, in the order of the questions."""
        tidy = [each._replace(text=pasted(each.text)) for each in self.answers]
        order = list(Topic)
        return replace(
            self,
            answers=tuple(
                sorted(
                    (each for each in tidy if each.text or each.not_applicable),
                    key=lambda each: order.index(each.topic),
                )
            ),
        )

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = {}
        for each in self.answers:
            if each.not_applicable and not each.text:
                found[str(each.topic)] = N_("Say why this does not apply.")
            elif len(each.text) > ANSWER_MOST:
                found[str(each.topic)] = N_("Shorten this to 5,000 characters or fewer.")
        return found
