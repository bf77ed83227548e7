"""Forms of a draft's sections, with the guidance that stands beside each question."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from challenges.forms import typed
from challenges.models import LegalRoute, PriceModel
from challenges.sections import (
    Content,
    Money,
    Outcome,
    Place,
    Problem,
    Section,
    Sponsors,
    Timeline,
)
from challenges.words import (
    PRICE_MODEL_MEANINGS,
    PRICE_MODEL_WORDS,
    REGION_WORDS,
    ROUTE_MEANINGS,
    ROUTE_WORDS,
    SECTOR_WORDS,
)
from marketplace.core.forms import (
    BaseForm,
    ExactDecimalField,
    LondonInstantField,
    MoneyField,
)


class SectionForm(BaseForm):
    """A form of one section; `seen` is the edition of it that the writer began from."""

    seen = HiddenField()

    def content(self) -> Content:
        """Give what was typed."""
        raise NotImplementedError


class ProblemForm(SectionForm):
    """The problem."""

    title = StringField(
        _l("Title"),
        widget=GovTextInput(),
        description=_l("A question that anybody understands. At most 200 characters."),
    )
    summary = TextAreaField(
        _l("Summary"),
        widget=GovTextArea(),
        description=_l(
            "Two or three sentences that tell a stranger what this is about. People see them in "
            "lists. At most 300 characters."
        ),
    )
    problem = TextAreaField(
        _l("What is the problem?"),
        widget=GovTextArea(),
        description=_l(
            "What happens, where, how often, and what it costs people. Describe no solution. You "
            "can use blank lines between paragraphs, * for lists and ** for bold."
        ),
    )
    affected = TextAreaField(
        _l("Who does it affect?"),
        widget=GovTextArea(),
        description=_l("Which people, how many, and what they told you when you asked them."),
    )
    today = TextAreaField(
        _l("What happens today?"),
        widget=GovTextArea(),
        description=_l("How people cope now, with which tools, and what you cannot change."),
    )
    why_now = TextAreaField(
        _l("Why now?"),
        widget=GovTextArea(),
        description=_l("What makes this the moment: a date, a new law, a budget, a change."),
    )

    def content(self) -> Problem:
        """Give what was typed."""
        return Problem(
            title=typed(self.title),
            summary=typed(self.summary),
            problem=typed(self.problem),
            affected=typed(self.affected),
            today=typed(self.today),
            why_now=typed(self.why_now),
        )


class OutcomeForm(SectionForm):
    """The outcome."""

    outcome = TextAreaField(
        _l("What outcome do you want?"),
        widget=GovTextArea(),
        description=_l(
            "What will be different for people when this works. Say the outcome, never the product."
        ),
    )
    measures = TextAreaField(
        _l("How would you know that it works?"),
        widget=GovTextArea(),
        description=_l("Two to four measures that you can take, a line each, beginning with *."),
    )
    tried = TextAreaField(
        _l("What has been tried?"),
        widget=GovTextArea(),
        description=_l("What you or others tried, and why it was not enough. Failures help most."),
    )
    constraints = TextAreaField(
        _l("What must every answer respect?"),
        widget=GovTextArea(),
        description=_l("Laws, safety, systems it must work with. Only what is really fixed."),
    )
    support = TextAreaField(
        _l("What do you offer?"),
        widget=GovTextArea(),
        description=_l("Data, places, people and their time, introductions."),
    )

    def content(self) -> Outcome:
        """Give what was typed."""
        return Outcome(
            outcome=typed(self.outcome),
            measures=typed(self.measures),
            tried=typed(self.tried),
            constraints=typed(self.constraints),
            support=typed(self.support),
        )


class PlaceForm(SectionForm):
    """Place and sector."""

    region = SelectField(
        _l("Region"),
        widget=GovSelect(),
        choices=[("", _l("Choose a region")), *((k, _l(v)) for k, v in REGION_WORDS.items())],
        description=_l("Where the outcome is wanted."),
    )
    sector = SelectField(
        _l("Sector"),
        widget=GovSelect(),
        choices=[("", _l("Choose a sector")), *((k, _l(v)) for k, v in SECTOR_WORDS.items())],
        description=_l("The part of public life that the problem belongs to most."),
    )
    round = StringField(
        _l("Round (optional)"),
        widget=GovTextInput(),
        description=_l("If this belongs to a programme, its round, such as 12."),
    )

    def content(self) -> Place:
        """Give what was typed."""
        return Place(
            region=typed(self.region) or None,
            sector=typed(self.sector) or None,
            round=typed(self.round) or None,
        )


class MoneyForm(SectionForm):
    """Money and legal route."""

    legal_route = RadioField(
        _l("Which legal route do you use?"),
        widget=GovRadioInput(),
        choices=[(route.value, _l(ROUTE_WORDS[route])) for route in LegalRoute],
        validate_choice=False,
        description=_l("If you are not sure, ask your procurement officer."),
    )
    value_minor = MoneyField(
        _l("Total value, in pounds without VAT"),
        description=_l(
            "Everything that may be paid in the end: all stages, options and later purchases. It "
            "decides which rules apply."
        ),
    )
    price_model = RadioField(
        _l("How does money count?"),
        widget=GovRadioInput(),
        choices=[(model.value, _l(PRICE_MODEL_WORDS[model])) for model in PriceModel],
        validate_choice=False,
    )
    budget_minor = MoneyField(
        _l("Budget, in pounds without VAT"),
        description=_l(
            "With a fixed budget: what the supplier is paid. Otherwise: the most that can be paid."
        ),
    )
    best_minor = MoneyField(
        _l("Price that gets all the points"),
        description=_l(
            "If price is measured against two amounts: this one or less. Choose a price at which "
            "good work is still possible."
        ),
    )
    worst_minor = MoneyField(
        _l("Price that gets no points"),
        description=_l("If price is measured against two amounts: this one or more."),
    )
    price_weight = ExactDecimalField(
        _l("Weight of price"),
        description=_l("How many of the 100 points are for price."),
    )

    route_meanings = ROUTE_MEANINGS
    price_model_meanings = PRICE_MODEL_MEANINGS

    def content(self) -> Money:
        """Give what was typed."""
        route, model = self.legal_route.data, self.price_model.data
        return Money(
            # A value that no radio has was not typed by a person.
            price_model=PriceModel(model) if model in set(PriceModel) else PriceModel.FIXED_BUDGET,
            legal_route=LegalRoute(route) if route in set(LegalRoute) else None,
            value_minor=self.value_minor.data,
            budget_minor=self.budget_minor.data,
            best_minor=self.best_minor.data,
            worst_minor=self.worst_minor.data,
            price_weight=self.price_weight.data,
        )


class TimelineForm(SectionForm):
    """Closing time."""

    closes_at = LondonInstantField(_l("When does bidding close?"))

    def content(self) -> Timeline:
        """Give what was typed."""
        return Timeline(self.closes_at.data)


class SponsorsForm(SectionForm):
    """Joint sponsors."""

    names = TextAreaField(
        _l("Which other bodies join in?"),
        widget=GovTextArea(),
        description=_l("One name on each line. Leave this empty if you do it alone."),
    )

    def content(self) -> Sponsors:
        """Give what was typed."""
        return Sponsors(tuple(typed(self.names).splitlines()))


FORMS: dict[Section, type[SectionForm]] = {
    Section.PROBLEM: ProblemForm,
    Section.OUTCOME: OutcomeForm,
    Section.PLACE: PlaceForm,
    Section.MONEY: MoneyForm,
    Section.TIMELINE: TimelineForm,
    Section.SPONSORS: SponsorsForm,
}
