"""Reads one version of a regime from its table, and refuses one that does not hold together. Pure.

What is wrong is named with its place: a figure that is silently ignored would be law that nobody
keeps.
"""

from collections.abc import Iterator
from itertools import pairwise

from marketplace.core.regimes.shapes import (
    Band,
    Kept,
    KeptFrom,
    LetterKind,
    Notices,
    Regime,
    Standstill,
)
from marketplace.core.strict_toml import ContentError, Table, build, read_list

# Every type of body has a threshold in every band.
BODY_TYPES = frozenset({"central", "local", "health", "other"})


# What the editions of an award report are held back on.
REDACTION_GROUNDS = frozenset({"commercial", "confidential", "personal", "advice"})


def read_version(table: Table, where: str) -> Regime:
    """Read one version; `table` has the regime's key and name too.

    Raises:
        ContentError: a key is unknown or missing, a value is of another type, or two parts of the
            version contradict each other.
    """
    routes = {str(route.get("key")): route for route in read_list(table, "routes", where)}
    regime = build(Regime, {**table, "routes": routes}, where)
    for key, problem in _faults(regime):
        raise ContentError(f"{where}, version {regime.version}", key, problem)
    return regime


def _faults(regime: Regime) -> Iterator[tuple[str, str]]:
    """Find what contradicts something else: the key, and what is wrong with it."""
    keys = [band.key for band in regime.bands]
    if not keys or len(set(keys)) < len(keys):
        yield "bands", "must be one or more, each with a key of its own"
        return
    if not 0 <= regime.vat_percent <= 100:
        yield "vat_percent", "must be a percentage"
    for band in regime.bands:
        for key, problem in _faults_of_band(band):
            yield f"{band.key}.{key}", problem
    yield from _faults_of_thresholds(regime)
    named = [
        (f"routes.{route.key}", {*route.bands, *route.days_to_bid})
        for route in regime.routes.values()
    ]
    named += [(f"report_items.{item.answer}", set(item.bands)) for item in regime.report_items]
    for where, bands in named:
        if stray := sorted(bands.difference(keys)):
            yield where, f"names bands that are none: {', '.join(stray)}"
    if missing := sorted(REDACTION_GROUNDS - {ground.key for ground in regime.redaction_grounds}):
        yield "redaction_grounds", f"must have {', '.join(missing)}"
    for route in regime.routes.values():
        if route.lifted and (stray := sorted({*route.lifted.bands}.difference(route.bands))):
            yield f"routes.{route.key}.lifted", f"is not meant for {', '.join(stray)}"
        known = set(Notices.__dataclass_fields__)
        if route.lifted and (stray := sorted(set(route.lifted.notices) - known)):
            yield f"routes.{route.key}.lifted.notices", f"has no {', '.join(stray)}"


def _faults_of_thresholds(regime: Regime) -> Iterator[tuple[str, str]]:
    complete = [band for band in regime.bands if set(band.from_pounds) == BODY_TYPES]
    for body in sorted(BODY_TYPES):
        starts = [(band.from_pounds[body], band.includes_vat, band.key) for band in complete]
        if starts and starts[0][0] != 0:
            yield f"{starts[0][2]}.from_pounds", "must be 0 in the lowest band"
        for (below, vat_below, _), (above, vat, key) in pairwise(starts):
            # With VAT a threshold begins at less than it says.
            rate = 100 + regime.vat_percent
            lower = below * (100 if vat_below else rate)
            if above * (100 if vat else rate) <= lower:
                yield f"{key}.from_pounds", f"must rise from band to band ({body})"


def _faults_of_band(band: Band) -> Iterator[tuple[str, str]]:
    if set(band.from_pounds) != BODY_TYPES:
        yield "from_pounds", f"must have {', '.join(sorted(BODY_TYPES))}"
    if any(pounds < 0 for pounds in band.from_pounds.values()):
        yield "from_pounds", "must not be less than 0"
    if problem := _fault_of_standstill(band.standstill):
        yield "standstill", problem
    if set(band.letters) != set(LetterKind):
        yield "letters", f"must have {', '.join(LetterKind)}"
    for kind, letter in band.letters.items():
        if not letter.tells or letter.days < 0 or letter.asked_within_days < 0:
            yield f"letters.{kind}", "must tell something, and have no days less than 0"
    if set(band.keeping) != set(Kept):
        yield "keeping", f"must have {', '.join(Kept)}"
    for kind, keeping in band.keeping.items():
        if not 0 < keeping.years <= 100:
            yield f"keeping.{kind}", "must be 1 year to 100 years"
        if (keeping.starts is KeptFrom.END_WITHOUT_AWARD) != (kind == Kept.NO_AWARD):
            yield f"keeping.{kind}", "must start where its records come to an end"
    most = band.contract_change.most_percent
    if most is not None and not 0 <= most <= 1000:
        yield "contract_change", "must be a percentage"
    if band.notices.award_days < 1:
        yield "notices.award_days", "must be 1 or more"


def _fault_of_standstill(rule: Standstill) -> str | None:
    if rule.kind == "none":
        return None
    if not 0 < rule.days_electronic <= rule.days_other <= 100:
        return "must be 1 to 100 days, and no shorter for letters that go by other means"
    return None
