"""What a draft is written in: its sections, the shape each must have, and their editions. Pure.

A draft may be incomplete, so nothing here asks whether a section is good enough to publish (see
`readiness`); only what could not be kept at all is refused: too long, out of range, contradictory.
"""

from challenges.sections.base import (
    LEAD_ONLY,
    MONEY_MOST,
    OWN_SECTIONS,
    SECTION_GROUPS,
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
from challenges.sections.documents import Terms
from challenges.sections.editions import BY_SECTION, Content, as_texts, edition, is_empty, tidied
from challenges.sections.ground import Constraints, Support, Tried
from challenges.sections.money import Money
from challenges.sections.outcome import Benefits, Outcome
from challenges.sections.people import People
from challenges.sections.place import ROUND_MOST, Place
from challenges.sections.problem import Problem
from challenges.sections.record import Record, Recorded
from challenges.sections.requirements import Requirements
from challenges.sections.sponsors import SPONSORS_MOST, Sponsors
from challenges.sections.stages import STAGES_MOST, Later, Step
from challenges.sections.team import Member, Team
from challenges.sections.timeline import Timeline

__all__ = [
    "BY_SECTION",
    "CRITERIA_MOST",
    "CRITERION_TITLE_MOST",
    "DEFAULT_DESCRIPTORS",
    "DESCRIPTOR_MOST",
    "LEAD_ONLY",
    "MONEY_MOST",
    "OWN_SECTIONS",
    "QUESTION_MOST",
    "ROUND_MOST",
    "SCORE_MOST",
    "SECTION_GROUPS",
    "SECTION_WORDS",
    "SPONSORS_MOST",
    "STAGES_MOST",
    "SUMMARY_MOST",
    "TEXT_MOST",
    "TITLE_MOST",
    "WORDS_MOST",
    "Benefits",
    "Constraints",
    "Content",
    "Later",
    "Member",
    "Money",
    "Outcome",
    "Part",
    "People",
    "Place",
    "Problem",
    "Question",
    "Record",
    "Recorded",
    "Requirements",
    "Section",
    "Sponsors",
    "Step",
    "Support",
    "Team",
    "Terms",
    "Timeline",
    "Tried",
    "as_texts",
    "edition",
    "is_empty",
    "tidied",
    "weight_fault",
]
