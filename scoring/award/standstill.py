"""Says of a standstill which day is its last, and why that day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from marketplace.core.dates import PLACE, format_day
from marketplace.core.regimes.shapes import Standstill
from marketplace.core.regimes.working_days import standstill_last_day
from marketplace.core.text import N_


@dataclass(frozen=True)
class Why:
    """A sentence in untranslated words, with what fills them."""

    message: str
    data: Mapping[str, object]


def last_day(ends_at: datetime) -> date:
    """Give the last day of a standstill that ends at an instant, as London has it."""
    return (ends_at - timedelta.resolution).astimezone(PLACE).date()


def why(rule: Standstill, sent_at: datetime, ends_at: datetime) -> list[Why]:
    """Say why a standstill of letters that went out at `sent_at` ends when it does.

    It says nothing where none runs. What counted is read off the end: the longer time where a
    letter went by other means, and a later day where the rule's own is no working day.
    """
    if rule.kind == "none" or ends_at <= sent_at:
        return []
    last = last_day(ends_at)
    plain = replace(rule, ends="any_day")
    other = standstill_last_day(plain, sent_at, electronic=False)
    by_post = rule.days_other > rule.days_electronic and other <= last
    own = other if by_post else standstill_last_day(plain, sent_at)
    days = rule.days_other if by_post else rule.days_electronic
    counted = (
        N_("Its last day is %(last)s: %(days)d working days after the letters of %(sent)s.")
        if rule.counts == "working_days"
        else N_("Its last day is %(last)s: %(days)d days after the letters of %(sent)s.")
    )
    said = [
        Why(
            counted,
            {
                "last": format_day(last),
                "days": days,
                "sent": format_day(sent_at.astimezone(PLACE)),
            },
        )
    ]
    if by_post:
        said.append(Why(N_("It is the longer time, because not every letter went by e-mail."), {}))
    if own < last:
        said.append(
            Why(
                N_("%(day)s is no working day, so the next one that is counts."),
                {"day": format_day(own)},
            )
        )
    return said
