"""The form that filters the public list."""

from datetime import date, datetime, time, timedelta
from typing import cast

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import SelectField, StringField, ValidationError

from challenges.forms import typed
from challenges.listing import Filters, Order, StateFilter
from challenges.words import REGION_WORDS, SECTOR_WORDS
from marketplace.core.forms import LONDON, BaseForm, MoneyField


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
            (StateFilter.ENDED.value, _l("Stopped or cancelled")),
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
    least = MoneyField(_l("Value from, in pounds"))
    most = MoneyField(_l("Value up to, in pounds"))
    by = StringField(_l("Closes by"), widget=GovTextInput(), description=_l("Such as 24/12/2026"))
    order = SelectField(
        _l("Order"),
        widget=GovSelect(),
        default=Order.NEWEST.value,
        choices=[
            (Order.NEWEST.value, _l("Newest first")),
            (Order.CLOSING.value, _l("Closing soonest (open only)")),
            (Order.VALUE.value, _l("Highest value first")),
        ],
    )

    def validate_by(self, field: StringField) -> None:
        """Refuse what is no date."""
        if field.data and _day(field.data) is None:
            raise ValidationError(_l("Enter a real date, such as 24/12/2026"))

    def filters(self) -> Filters:
        """Give what was asked for; what cannot be read is left out."""
        day = _day(self.by.data or "")
        return Filters(
            text=typed(self.q)[:200],
            state=StateFilter(_known(self.state, StateFilter.ANY.value)),
            region=_known(self.region, "") or None,
            sector=_known(self.sector, "") or None,
            least_minor=self.least.data,
            most_minor=self.most.data,
            closes_before=datetime.combine(day + timedelta(days=1), time(), LONDON)
            if day
            else None,
            order=Order(_known(self.order, Order.NEWEST.value)),
        )

    def asked(self) -> dict[str, str]:
        """Give the part of the address that holds the filters, for links to other pages."""
        return {
            name: str(field.raw_data[0]).strip()
            for name, field in self._fields.items()
            if field.raw_data and str(field.raw_data[0]).strip()
        }


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
