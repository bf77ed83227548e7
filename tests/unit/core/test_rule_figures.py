"""The figures of a version: which there are, what may be put in their place, and as a file."""

import copy
import tomllib
import uuid
from datetime import UTC, date, datetime

import pytest

from marketplace.core.accounts.models import BodyType, Organisation, OrganisationKind
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, Ground, Role
from marketplace.core.regimes import book
from marketplace.core.regimes.changing import policy
from marketplace.core.regimes.changing.figures import (
    Value,
    changed,
    differences,
    ensure_fits,
    figures_of,
)
from marketplace.core.regimes.changing.models import RegimeDecision, RegimeProposal
from marketplace.core.regimes.changing.toml_text import toml_text
from marketplace.core.regimes.reading import read_version
from marketplace.core.strict_toml import Table

BASE = book.tables("scotland")[-1]
LOCAL = "bands.above_threshold.from_pounds.local"


@pytest.mark.parametrize("key", book.regimes())
def test_every_version_can_be_written_as_a_file_that_reads_the_same(key: str) -> None:
    for table in book.tables(key):
        assert tomllib.loads(toml_text(table)) == table
        assert read_version(table, key).key == key


def test_file_keeps_quotes_control_characters_and_scripts_of_the_world() -> None:
    table: Table = {
        "says": 'a "b" \\ \x7f\n\t’ \U0001f389 \u202e',
        "on": date(2027, 1, 1),
        "no": False,
    }

    assert tomllib.loads(toml_text(table)) == table
    with pytest.raises(TypeError):
        toml_text({"share": 0.5})


@pytest.mark.parametrize("key", book.regimes())
def test_figures_are_named_once_and_stand_in_the_version(key: str) -> None:
    table = book.tables(key)[-1]
    figures = figures_of(table)

    assert len({each.name for each in figures}) == len(figures)
    assert all(each.fault(each.value) is None for each in figures)
    # To set each to what it is changes nothing but the name and the day.
    same = changed(
        table,
        {each.name: each.value for each in figures},
        version=table["version"],
        valid_from=table["valid_from"],
    )
    assert same == table


def test_thresholds_clocks_caps_and_times_of_keeping_are_figures() -> None:
    names = {each.name for each in figures_of(BASE)}

    assert names >= {
        "vat_percent",
        LOCAL,
        "bands.above_threshold.standstill.days_electronic",
        "bands.above_threshold.contract_change.most_percent",
        "bands.regulated.letters.further_information.days",
        "bands.regulated.keeping.contract.years",
        "bands.regulated.contracts_register.from_pounds",
        "bands.regulated.annual_report.spending_from_pounds",
        "bands.regulated.notices.award_days",
        "routes.open.days_to_bid.above_threshold",
    }
    assert "bands.below_act.standstill.days_electronic" not in names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (LOCAL, -1),
        (LOCAL, 1_000_000_001),
        (LOCAL, None),
        (LOCAL, True),
        (LOCAL, "207720"),
        ("bands.regulated.keeping.file.years", 0),
        ("bands.regulated.keeping.file.years", 101),
        ("bands.regulated.standstill.days_other", 367),
        ("bands.regulated.name", ""),
        ("bands.regulated.name", "x" * 301),
        ("bands.regulated.name", 7),
    ],
)
def test_figure_out_of_its_range_is_refused_by_its_name(name: str, value: Value | None) -> None:
    with pytest.raises(Invalid) as refused:
        ensure_fits(BASE, {name: value})

    assert set(refused.value.fields) == {name}


def test_value_of_no_figure_is_refused() -> None:
    for name in ("bands.regulated.key", "routes.open.provision", "key", "bands.moon.name"):
        with pytest.raises(Invalid):
            ensure_fits(BASE, {name: 1})
    with pytest.raises(KeyError):
        changed(BASE, {"bands.regulated.colour": 1}, version="x", valid_from=date(2027, 1, 1))


def test_change_leaves_the_old_version_as_it_is_and_says_what_is_other() -> None:
    before = copy.deepcopy(BASE)
    values: dict[str, Value] = {LOCAL: 300_000, "vat_percent": 20}

    new = changed(BASE, values, version="v", valid_from=date(2028, 1, 1), source="A notice")

    assert before == BASE
    regime = read_version(new, "test")
    assert regime.bands[2].from_pounds["local"] == 300_000
    assert (regime.version, regime.valid_from, regime.source) == ("v", date(2028, 1, 1), "A notice")
    found = differences(BASE, values)
    assert [(each.figure.name, each.new) for each in found] == [(LOCAL, 300_000)]


ADMIN, OTHER = uuid.uuid4(), uuid.uuid4()
TODAY = date(2026, 12, 1)


def someone(user_id: uuid.UUID = OTHER, role: Role = Role.PLATFORM_ADMIN) -> Actor:
    return Actor(user_id, "Somebody", uuid.uuid4(), frozenset({role}))


def a_proposal(valid_from: date = date(2027, 4, 1), *, decided: bool = False) -> RegimeProposal:
    return RegimeProposal(
        regime="scotland",
        version=valid_from.isoformat(),
        based_on="2026-01",
        valid_from=valid_from,
        proposed_by_id=ADMIN,
        decision=RegimeDecision(version="x") if decided else None,
    )


def may_confirm(actor: Actor, proposal: RegimeProposal, newest: str = "2026-01") -> Ground | None:
    return policy.can_confirm(
        actor, proposal, newest=newest, newest_from=date(2026, 1, 1), today=TODAY
    ).ground


def test_another_administrator_confirms_what_is_based_on_the_newest_rules() -> None:
    assert may_confirm(someone(), a_proposal()) is None
    assert may_confirm(someone(ADMIN), a_proposal()) is Ground.RIGHT
    assert may_confirm(someone(role=Role.PROCUREMENT_OFFICER), a_proposal()) is Ground.RIGHT
    assert may_confirm(someone(), a_proposal(decided=True)) is Ground.MOMENT
    assert may_confirm(someone(), a_proposal(), newest="2026-07") is Ground.MOMENT
    assert may_confirm(someone(), a_proposal(TODAY)) is Ground.MOMENT


def test_rules_hold_from_a_day_to_come_that_is_later_than_that_of_the_newest() -> None:
    def ground(day: date, newest: date = date(2026, 1, 1)) -> Ground | None:
        return policy.can_hold_from(day, newest_from=newest, today=TODAY).ground

    assert ground(date(2026, 12, 2)) is None
    assert ground(TODAY) is Ground.MOMENT
    assert ground(date(2027, 4, 1), newest=date(2027, 4, 1)) is Ground.MOMENT
    assert ground(date(2027, 4, 2), newest=date(2027, 4, 1)) is None


def test_administrator_chooses_rules_for_bodies_alone() -> None:
    body = Organisation(
        kind=OrganisationKind.BODY,
        name="Example Council",
        body_type=BodyType.LOCAL,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    supplier = Organisation(kind=OrganisationKind.SUPPLIER, name="Figment Ltd")

    assert policy.can_choose_for(someone(), body).allowed
    assert not policy.can_choose_for(someone(), supplier).allowed
    assert not policy.can_choose_for(someone(role=Role.FACILITATOR), body).allowed
