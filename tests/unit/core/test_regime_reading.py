"""A regime's data that contradict themselves are refused, and the place is named."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from marketplace.core.regimes import book
from marketplace.core.regimes.reading import read_version
from marketplace.core.strict_toml import ContentError

Table = dict[str, Any]


def a_version() -> Table:
    return copy.deepcopy(book.tables("scotland")[-1])


def set_to(value: object, *path: str | int) -> Callable[[Table], None]:
    """Make a change of a version: the value at a path, or nothing there for None."""

    def change(table: Table) -> None:
        found: Any = table
        for step in path[:-1]:
            found = found[step]
        if value is None:
            del found[path[-1]]
        else:
            found[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (set_to(1, "thresold"), "thresold: is not a known key"),
        (set_to(None, "source"), "source: is missing"),
        (set_to("20", "vat_percent"), "vat_percent: must be of type int"),
        (set_to(101, "vat_percent"), "vat_percent: must be a percentage"),
        (set_to([], "bands"), "bands: must be one or more"),
        (set_to("below_act", "bands", 1, "key"), "bands: must be one or more, each with a key"),
        (set_to(None, "bands", 0, "from_pounds", "health"), "below_act.from_pounds: must have"),
        (set_to(1, "bands", 0, "from_pounds", "local"), "below_act.from_pounds: must be 0"),
        (set_to(-5, "bands", 1, "from_pounds", "local"), "must not be less than 0"),
        (set_to(200_000, "bands", 1, "from_pounds", "local"), "above_threshold.from_pounds: must"),
        (set_to("maybe", "bands", 1, "standstill", "kind"), "kind: must be one of none"),
        (set_to(0, "bands", 2, "standstill", "days_electronic"), "above_threshold.standstill"),
        (set_to(9, "bands", 2, "standstill", "days_other"), "above_threshold.standstill"),
        (set_to(101, "bands", 2, "standstill", "days_other"), "above_threshold.standstill"),
        (set_to(None, "bands", 1, "letters", "intention"), "regulated.letters: must have"),
        (set_to(-1, "bands", 1, "letters", "intention", "days"), "regulated.letters.intention"),
        (set_to([], "bands", 1, "letters", "intention", "tells"), "regulated.letters.intention"),
        (
            set_to("weather", "bands", 1, "letters", "intention", "tells", 0, "item"),
            "item: must be one of criteria",
        ),
        (set_to(None, "bands", 0, "keeping", "bids"), "below_act.keeping: must have"),
        (set_to(0, "bands", 0, "keeping", "bids", "years"), "below_act.keeping.bids"),
        (
            set_to("award", "bands", 0, "keeping", "no_award", "starts"),
            "below_act.keeping.no_award",
        ),
        (
            set_to(-1, "bands", 2, "contract_change", "most_percent"),
            "above_threshold.contract_chan",
        ),
        (set_to(0, "bands", 2, "notices", "award_days"), "above_threshold.notices.award_days"),
        (
            set_to(["middle"], "routes", 2, "bands"),
            "routes.open: names bands that are none: middle",
        ),
        (set_to("other", "redaction_grounds", 0, "key"), "redaction_grounds: must have commercial"),
        (set_to(["top"], "report_items", 0, "bands"), "report_items.subject: names bands"),
        (set_to(["below_act", "moon"], "routes", 1, "lifted", "bands"), "lifted: is not meant for"),
        (set_to(True, "routes", 1, "lifted", "notices", "poster"), "lifted.notices: has no poster"),
    ],
)
def test_version_that_does_not_hold_together_is_refused_with_the_place(
    change: Callable[[Table], None], said: str
) -> None:
    table = a_version()
    read_version(table, "test.toml")
    change(table)

    with pytest.raises(ContentError) as refused:
        read_version(table, "test.toml")

    assert said in str(refused.value)


def test_threshold_with_vat_may_begin_below_one_without_as_long_as_bands_rise() -> None:
    # £60,001 with VAT of a fifth is just above £50,000 without.
    table = a_version()
    set_to(60_001, "bands", 2, "from_pounds", "local")(table)
    assert read_version(table, "test.toml")

    set_to(60_000, "bands", 2, "from_pounds", "local")(table)
    with pytest.raises(ContentError):
        read_version(table, "test.toml")
