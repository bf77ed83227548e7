"""Forms of a draft's sections, with the guidance that stands beside each question."""

from challenges.forms.sections.base import SectionForm
from challenges.forms.sections.documents import TermsForm
from challenges.forms.sections.ground import ConstraintsForm, SupportForm, TriedForm
from challenges.forms.sections.money import MoneyForm
from challenges.forms.sections.outcome import BenefitsForm, OutcomeForm
from challenges.forms.sections.people import PeopleForm
from challenges.forms.sections.place import PlaceForm
from challenges.forms.sections.problem import ProblemForm
from challenges.forms.sections.record import RecordForm
from challenges.forms.sections.requirements import RequirementsForm
from challenges.forms.sections.sponsors import SponsorsForm
from challenges.forms.sections.team import TeamForm
from challenges.forms.sections.timeline import TimelineForm
from challenges.sections import Section

__all__ = ["FORMS", "SectionForm"]

FORMS: dict[Section, type[SectionForm]] = {
    Section.PROBLEM: ProblemForm,
    Section.PEOPLE: PeopleForm,
    Section.TRIED: TriedForm,
    Section.OUTCOME: OutcomeForm,
    Section.BENEFITS: BenefitsForm,
    Section.CONSTRAINTS: ConstraintsForm,
    Section.SUPPORT: SupportForm,
    Section.PLACE: PlaceForm,
    Section.MONEY: MoneyForm,
    Section.REQUIREMENTS: RequirementsForm,
    Section.TIMELINE: TimelineForm,
    Section.DOCUMENTS: TermsForm,
    Section.SPONSORS: SponsorsForm,
    Section.TEAM: TeamForm,
    Section.RECORD: RecordForm,
}
