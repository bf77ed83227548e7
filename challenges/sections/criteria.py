"""One question by which bids are judged, and its scale. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar, Self

from challenges.sections.base import TOO_LONG, Part, Section, too_fine, too_long, weight_fault
from marketplace.core.text import N_

CRITERION_TITLE_MOST = 120
QUESTION_MOST = 5_000
DESCRIPTOR_MOST = 500
CRITERIA_MOST = 30
WORDS_MOST = 5_000
SCORE_MOST = Decimal(100)

# What most panels need; each challenge can change it.
DEFAULT_DESCRIPTORS: tuple[tuple[Decimal, str], ...] = (
    (Decimal(0), "No answer: the question is not answered."),
    (Decimal(1), "Poor: misses most of what was asked, or leaves serious doubts."),
    (Decimal(2), "Weak: covers part of what was asked, with gaps that are hard to close."),
    (Decimal(3), "Sound: covers what was asked; thin points can be closed while working together."),
    (Decimal(4), "Good: covers all that was asked, with detail and evidence; doubts are small."),
    (Decimal(5), "Excellent: strong evidence throughout, and raises the chance of success."),
)


@dataclass(frozen=True)
class Question(Part):
    """A quality criterion: what is asked, its weight, and the scale on which it is scored.

    Weights and scores have at most three decimal places.
    """

    section: ClassVar[Section] = Section.CRITERIA
    limits: ClassVar[Mapping[str, int]] = {
        "title": CRITERION_TITLE_MOST,
        "question": QUESTION_MOST,
        "guidance": QUESTION_MOST,
    }
    lines: ClassVar[frozenset[str]] = frozenset({"title"})

    title: str
    weight: Decimal
    question: str = ""
    guidance: str = ""
    max_score: Decimal = Decimal(5)
    min_score: Decimal | None = None
    word_limit: int | None = None
    descriptors: tuple[tuple[Decimal, str], ...] = DEFAULT_DESCRIPTORS

    def kept(self) -> Self:
        """Give the descriptors from the lowest score up."""
        return replace(self, descriptors=tuple(sorted(self.descriptors)))

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = too_long(self, self.limits)
        if not self.title:
            found["title"] = N_("Enter a short name for this criterion.")
        if fault := weight_fault(self.weight):
            found["weight"] = fault
        if not 0 < self.max_score <= SCORE_MOST or too_fine(self.max_score):
            found["max_score"] = N_("Enter a highest score above 0 and up to 100.")
        if self.min_score is not None and (
            not 0 <= self.min_score <= self.max_score or too_fine(self.min_score)
        ):
            found["min_score"] = N_("The minimum must be between 0 and the highest score.")
        if self.word_limit is not None and not 1 <= self.word_limit <= WORDS_MOST:
            found["word_limit"] = N_("Enter a word limit between 1 and 5,000.")
        if fault := self._descriptors_fault():
            found["descriptors"] = fault
        return found

    def _descriptors_fault(self) -> str | None:
        scores = [score for score, _text in self.descriptors]
        if len(set(scores)) < len(scores):
            return N_("Describe each score once.")
        if any(not 0 <= score <= self.max_score or too_fine(score) for score in scores):
            return N_("Describe only scores between 0 and the highest score.")
        if any(not text for _score, text in self.descriptors):
            return N_("Say what each score means.")
        if any(len(text) > DESCRIPTOR_MOST for _score, text in self.descriptors):
            return TOO_LONG[DESCRIPTOR_MOST]
        return None
