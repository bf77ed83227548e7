"""Size classes at their edges, by 2003/361/EC and the rate in the data."""

from datetime import date

import pytest

from marketplace.core.regimes.sizes import SizeClass, size_rules_on

RULES = size_rules_on(date(2026, 12, 1))
TWO_MILLION_EUROS = 1_700_000_00  # in pence, at 0.85
MUCH = 10**12


@pytest.mark.parametrize(
    ("staff", "turnover", "balance", "size"),
    [
        (0, 0, 0, SizeClass.MICRO),
        (9, TWO_MILLION_EUROS, MUCH, SizeClass.MICRO),
        (9, MUCH, TWO_MILLION_EUROS, SizeClass.MICRO),
        (10, TWO_MILLION_EUROS, 0, SizeClass.SMALL),
        (9, TWO_MILLION_EUROS + 1, TWO_MILLION_EUROS + 1, SizeClass.SMALL),
        (49, 5 * TWO_MILLION_EUROS, MUCH, SizeClass.SMALL),
        (50, 0, 0, SizeClass.MEDIUM),
        (249, 25 * TWO_MILLION_EUROS, MUCH, SizeClass.MEDIUM),
        (249, MUCH, 36_550_000_00, SizeClass.MEDIUM),
        (249, 25 * TWO_MILLION_EUROS + 1, 36_550_000_01, SizeClass.LARGE),
        (250, 0, 0, SizeClass.LARGE),
    ],
)
def test_size_of_an_enterprise_at_the_edges_of_a_class(
    staff: int, turnover: int, balance: int, size: SizeClass
) -> None:
    assert RULES.size_of(staff, turnover, balance) is size


def test_size_rules_before_the_first_version_are_the_first() -> None:
    assert size_rules_on(date(1999, 1, 1)).version == "2003-361-EC"
