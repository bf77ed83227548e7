"""Forms of a draft's sections, with the guidance that stands beside each question."""

from challenges.forms.sections.base import SectionForm
from challenges.forms.sections.money import MoneyForm
from challenges.forms.sections.outcome import OutcomeForm
from challenges.forms.sections.place import PlaceForm
from challenges.forms.sections.problem import ProblemForm
from challenges.forms.sections.sponsors import SponsorsForm
from challenges.forms.sections.timeline import TimelineForm
from challenges.sections import Section

__all__ = ["FORMS", "SectionForm"]

FORMS: dict[Section, type[SectionForm]] = {
    Section.PROBLEM: ProblemForm,
    Section.OUTCOME: OutcomeForm,
    Section.PLACE: PlaceForm,
    Section.MONEY: MoneyForm,
    Section.TIMELINE: TimelineForm,
    Section.SPONSORS: SponsorsForm,
}
