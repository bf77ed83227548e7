"""The form that filters the public list."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField, ValidationError

from challenges.forms import typed
from challenges.listing import Facets, Filters, Order, StateFilter
from challenges.words import REGION_WORDS, SECTOR_WORDS
from marketplace.core.forms import LONDON, BaseForm, MoneyField


class Chip(NamedTuple):
    """One filter that is set: what it says, and the part of the address without it."""

    label: str
    rest: Mapping[str, str]


class FilterForm(BaseForm):
    """What a visitor looks for in the list; sent in the address, so it can be shared."""

    class Meta(BaseForm.Meta):
        """Reading changes nothing, so no token is needed."""

        csrf = False

    q = StringField(_l("Search"), widget=GovTextInput())
    state = SelectField(
        _l("State"),
        widget=GovSelect(),
        default=StateFilter.ANY.value,
        choices=[
            (StateFilter.ANY.value, _l("All")),
            (StateFilter.OPEN.value, _l("Open for bids now")),
            (StateFilter.CLOSED.value, _l("Closed, being decided")),
            (StateFilter.AWARDED.value, _l("Awarded or about to be")),
            (StateFilter.WORK.value, _l("Work under way or finished")),
            (StateFilter.ENDED.value, _l("Stopped or ended without a contract")),
        ],
    )
    region = SelectField(
        _l("Region"),
        widget=GovSelect(),
        default="",
        choices=[("", _l("All regions")), *((k, _l(v)) for k, v in REGION_WORDS.items())],
    )
    sector = SelectField(
        _l("Sector"),
        widget=GovSelect(),
        default="",
        choices=[("", _l("All sectors")), *((k, _l(v)) for k, v in SECTOR_WORDS.items())],
    )
    body = SelectField(
        _l("Public body"), widget=GovSelect(), default="", choices=[("", _l("All public bodies"))]
    )
    round = SelectField(
        _l("Round"), widget=GovSelect(), default="", choices=[("", _l("All rounds"))]
    )
    least = MoneyField(_l("Value from, in pounds"))
    most = MoneyField(_l("Value up to, in pounds"))
    within = SelectField(
        _l("Closes within"),
        widget=GovSelect(),
        default="",
        choices=[
            ("", _l("Any time")),
            ("7", _l("7 days")),
            ("14", _l("14 days")),
            ("30", _l("30 days")),
        ],
    )
    by = StringField(_l("Closes by"), widget=GovTextInput(), description=_l("Such as 24/12/2026"))
    order = SelectField(
        _l("Order"),
        widget=GovSelect(),
        default=Order.NEWEST.value,
        choices=[
            (Order.MATCH.value, _l("Best match for the words")),
            (Order.NEWEST.value, _l("Newest first")),
            (Order.CLOSING.value, _l("Closing soonest (open only)")),
            (Order.VALUE.value, _l("Highest value first")),
        ],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check; a choice that a list does not have is told with the name of the list."""
        fine = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field, SelectField) and field.errors:
                field.errors = [_("%(field)s: choose one from the list", field=field.label.text)]
        return fine

    def validate_by(self, field: StringField) -> None:
        """Refuse what is no date."""
        if field.data and _day(field.data) is None:
            raise ValidationError(_l("Enter a real date, such as 24/12/2026"))

    def offer(self, bodies: Sequence[tuple[uuid.UUID, str]], rounds: Sequence[str]) -> None:
        """Give the bodies and rounds to choose from."""
        _add(self.body, [(key.hex, name) for key, name in bodies])
        _add(self.round, [(each, each) for each in rounds])

    def accept_any_place(self) -> None:
        """Take also a body or round that is not among those offered, of which there is a most."""
        offered = {value for value, _label in _choices(self.body)}
        with suppress(ValueError):
            key = uuid.UUID(self.body.data or "").hex
            if key == self.body.data and key not in offered:
                _add(self.body, [(key, _("Another public body"))])
        name = self.round.data or ""
        if name not in {value for value, _label in _choices(self.round)}:
            _add(self.round, [(name, name)])

    def filters(self, now: datetime) -> Filters:
        """Give what was asked for at `now`; what cannot be read is left out.

        Words put the best match first unless another order was asked for.
        """
        day = _day(self.by.data or "")
        until = datetime.combine(day + timedelta(days=1), time(), LONDON) if day else None
        within = int(_known(self.within, "") or 0)
        if within:
            soon = now + timedelta(days=within)
            until = min(until, soon) if until else soon
        text = typed(self.q)[:200]
        usual = Order.MATCH if text else Order.NEWEST
        body = _known(self.body, "")
        order = _known(self.order, usual.value) if self.order.raw_data else usual.value
        return Filters(
            text=text,
            state=StateFilter(_known(self.state, StateFilter.ANY.value)),
            region=_known(self.region, "") or None,
            sector=_known(self.sector, "") or None,
            body=uuid.UUID(body) if body else None,
            round=_known(self.round, "") or None,
            least_minor=self.least.data,
            most_minor=self.most.data,
            closes_after=now if within else None,
            closes_before=until,
            order=usual if order == Order.MATCH and not text else Order(order),
        )

    def show(self, filters: Filters) -> None:
        """Show the order and state that hold where none was asked for."""
        self.order.data = filters.order.value
        # Only what is open can close soon.
        if filters.order is Order.CLOSING and filters.state is StateFilter.ANY:
            self.state.data = StateFilter.OPEN.value

    def count(self, facets: Facets | None) -> None:
        """Write beside each choice that can still be made how many it would leave."""
        if facets is None:
            return
        for field, counts, unset in (
            (self.state, facets.state, StateFilter.ANY.value),
            (self.region, facets.region, ""),
            (self.sector, facets.sector, ""),
        ):
            if field.data == unset:
                field.choices = [
                    (value, label if value == unset else f"{label} ({counts.get(value, 0)})")
                    for value, label in cast("list[tuple[str, str]]", field.choices)
                ]

    def chips(self) -> list[Chip]:
        """Give the filters that are set, each with the address that is left without it."""
        asked = self.asked()
        said = {
            "q": _("Words: %(words)s", words=asked.get("q")),
            "least": _("From £%(value)s", value=asked.get("least", "").lstrip("£")),
            "most": _("Up to £%(value)s", value=asked.get("most", "").lstrip("£")),
            "within": _("Closes within %(days)s days", days=asked.get("within")),
            "by": _("Closes by %(day)s", day=asked.get("by")),
        }
        found = []
        for name, value in asked.items():
            field = self._fields[name]
            if name == "order" or field.errors or value == StateFilter.ANY.value:
                continue
            if name in said:
                label = said[name]
            else:
                label = str(dict(cast("list[tuple[str, str]]", field.choices)).get(value, value))
            rest = {key: each for key, each in asked.items() if key != name}
            found.append(Chip(label, rest))
        return found

    def asked(self) -> dict[str, Any]:
        """Give the part of the address that holds the filters, for links to other pages."""
        return {
            name: str(field.raw_data[0]).strip()
            for name, field in self._fields.items()
            if field.raw_data and str(field.raw_data[0]).strip()
        }


def _add(field: SelectField, choices: Sequence[tuple[str, str]]) -> None:
    field.choices = [*cast("list[tuple[str, str]]", field.choices), *choices]


def _choices(field: SelectField) -> list[tuple[str, str]]:
    return cast("list[tuple[str, str]]", field.choices)


def _known(field: SelectField, default: str) -> str:
    known = {choice[0] for choice in cast("list[tuple[str, str]]", field.choices)}
    return field.data if field.data in known else default


def _day(text: str) -> date | None:
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%d %m %Y"):
        try:
            day = datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        return day if day.year < 9999 else None
    return None
