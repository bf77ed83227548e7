"""What a draft is written in: its sections, the shape each must have, and their editions. Pure.

A draft may be incomplete, so nothing here asks whether a section is good enough to publish (see
`readiness`); only what could not be kept at all is refused: too long, out of range, contradictory.
"""

from challenges.sections.base import (
    MONEY_MOST,
    SECTION_WORDS,
    SUMMARY_MOST,
    TEXT_MOST,
    TITLE_MOST,
    Part,
    Section,
    weight_fault,
)
from challenges.sections.criteria import (
    CRITERIA_MOST,
    CRITERION_TITLE_MOST,
    DEFAULT_DESCRIPTORS,
    DESCRIPTOR_MOST,
    QUESTION_MOST,
    SCORE_MOST,
    WORDS_MOST,
    Question,
)
from challenges.sections.editions import BY_SECTION, Content, edition, tidied
from challenges.sections.money import Money
from challenges.sections.outcome import Outcome
from challenges.sections.place import ROUND_MOST, Place
from challenges.sections.problem import Problem
from challenges.sections.sponsors import SPONSORS_MOST, Sponsors
from challenges.sections.stages import STAGES_MOST, Later, Step
from challenges.sections.timeline import Timeline

__all__ = [
    "BY_SECTION",
    "CRITERIA_MOST",
    "CRITERION_TITLE_MOST",
    "DEFAULT_DESCRIPTORS",
    "DESCRIPTOR_MOST",
    "MONEY_MOST",
    "QUESTION_MOST",
    "ROUND_MOST",
    "SCORE_MOST",
    "SECTION_WORDS",
    "SPONSORS_MOST",
    "STAGES_MOST",
    "SUMMARY_MOST",
    "TEXT_MOST",
    "TITLE_MOST",
    "WORDS_MOST",
    "Content",
    "Later",
    "Money",
    "Outcome",
    "Part",
    "Place",
    "Problem",
    "Question",
    "Section",
    "Sponsors",
    "Step",
    "Timeline",
    "edition",
    "tidied",
    "weight_fault",
]
