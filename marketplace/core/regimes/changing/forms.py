"""Forms by which administrators change rules. A version's figures make the fields of the first."""

import re
from collections.abc import Collection, Mapping
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField, ValidationError

from marketplace.core.errors import DomainError, Invalid
from marketplace.core.forms import BaseForm, DayField, clean
from marketplace.core.regimes.changing.figures import SPANS, Figure, Unit, Value


class WholeField(StringField):
    """A whole number as people type it, with a pound sign and commas or without; data is an int.

    `says` is what is asked for where it is anything else.
    """

    widget = GovTextInput()

    def __init__(self, *args: Any, says: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.says = says

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the digits."""
        text = (clean(valuelist[0]) or "" if valuelist else "").lstrip("£").replace(",", "")
        self.data: Any = None
        if not re.fullmatch(r"[0-9]{1,12}", text.strip(), re.ASCII):
            raise ValidationError(self.says)
        self.data = int(text)


class ProposalForm(BaseForm):
    """What every proposal says besides its figures."""

    based_on = HiddenField()
    valid_from = DayField(
        _l("From which day are these rules valid?"),
        description=_l(
            "A day to come. What is published from that day on goes by these rules; everything "
            "published before keeps its own."
        ),
    )
    source = TextAreaField(
        _l("Where do the figures come from?"),
        widget=GovTextArea(),
        description=_l("The law or the notice, with its date. Everybody reads this."),
    )
    notes = TextAreaField(
        _l("What does a body have to confirm for itself?"),
        widget=GovTextArea(),
        description=_l("Everybody reads this."),
    )
    reason = TextAreaField(
        _l("Why do the rules change?"),
        widget=GovTextArea(),
        description=_l("For the administrator who decides, and for the log."),
    )

    # Where each figure stands, by its name: many have the same label, each in a band of its own.
    places: Mapping[str, str] = {}

    def refuse(self, error: DomainError) -> None:
        """Put a refusal into the form, and say of a figure which one it is."""
        super().refuse(error)
        for name in error.fields if isinstance(error, Invalid) else ():
            if name in self.places:
                field = self[name]
                field.errors = [_told(self.places[name], message) for message in field.errors]

    def values(self, figures: Collection[Figure]) -> Mapping[str, Value | None]:
        """Give what was typed for each figure, by its name."""
        return {each.name: self[each.name].data for each in figures}

    def asks_for(self, names: Collection[str]) -> bool:
        """Tell whether all that was sent is asked for on the page."""
        return set(names) <= {"csrf_token", *self._fields}


def proposal_form(
    figures: Collection[Figure], bands: Mapping[str, str], **shown: object
) -> ProposalForm:
    """Make the form of a version's figures, with the names of its bands by their keys; what is
    `shown` besides is what it begins with."""
    labels = {
        each.name: f"{_(each.about)}: {_(each.label)}" if each.about else _(each.label)
        for each in figures
    }
    places = {
        each.name: f"{bands[each.band]}, {labels[each.name]}" if each.band else labels[each.name]
        for each in figures
    }
    fields = {each.name: _field(each, labels[each.name], places[each.name]) for each in figures}
    made = type("FiguresForm", (ProposalForm,), {**fields, "places": places})
    data = {**shown, **{each.name: each.value for each in figures}}
    return cast(ProposalForm, made(data=data))


def _field(figure: Figure, label: str, place: str) -> Field:
    if figure.name.endswith(".says"):
        return TextAreaField(label, widget=GovTextArea())
    if figure.unit is Unit.WORDS:
        return StringField(label, widget=GovTextInput())
    return WholeField(label, says=_told(place, _(SPANS[figure.unit].says)))


def _told(place: str, problem: str) -> str:
    return str(_("%(figure)s: %(problem)s", figure=place, problem=problem))


class RefuseForm(BaseForm):
    """Why proposed rules are not to hold."""

    reason = TextAreaField(_l("Why are they refused?"), widget=GovTextArea())


class ChooseForm(BaseForm):
    """By which rules a body buys, and why."""

    regime = RadioField(_l("By which rules does it buy?"), widget=GovRadioInput())
    reason = TextAreaField(
        _l("Why?"), widget=GovTextArea(), description=_l("This goes into the log.")
    )
