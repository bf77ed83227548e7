"""The form of money and legal route."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField

from challenges.forms.sections.base import SectionForm
from challenges.kinds import LegalRoute, PriceModel
from challenges.law import route_meanings, route_names
from challenges.method.rules import USUAL_MODELS
from challenges.sections import Money
from challenges.words import PRICE_MODEL_MEANINGS, PRICE_MODEL_WORDS
from marketplace.core.forms import ExactDecimalField, MoneyField


class MoneyForm(SectionForm):
    """Money and legal route."""

    legal_route = RadioField(
        _l("Which legal route do you use?"),
        widget=GovRadioInput(),
        choices=[(route.value, _l(route_names(None)[route])) for route in LegalRoute],
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
        choices=[(model, _l(PRICE_MODEL_WORDS[model])) for model in USUAL_MODELS],
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

    route_meanings = route_meanings(None)
    price_model_meanings = PRICE_MODEL_MEANINGS

    def name_routes(self, names: Mapping[str, str], meanings: Mapping[str, str]) -> None:
        """Call the legal routes what the rules call them by which the body buys."""
        self.legal_route.choices = [(route.value, _l(names[route])) for route in LegalRoute]
        self.route_meanings = meanings

    def offer(self, model: PriceModel) -> None:
        """Offer the draft's own price model too, where it is one of the further ones."""
        if model not in USUAL_MODELS:
            usual = [(each, _l(PRICE_MODEL_WORDS[each])) for each in USUAL_MODELS]
            self.price_model.choices = [*usual, (model.value, _l(PRICE_MODEL_WORDS[model]))]

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
