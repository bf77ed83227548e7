"""The pictures of an award, as geometry: how totals are made up, what happened when, weight bands.

Owns where each bar, dot and label goes; `templates/report/charts.html` draws them as SVG with title
and description, and a table stands beside each. Pure, so that the PDF and the web pages show the
same picture. Lengths are SVG user units (CSS pixels on a page 680 wide).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from marketplace.core.colours import series, text_on
from marketplace.core.dates import PLACE
from scoring.explanation.shapes import Criterion, Event

WIDTH: Final = 680.0
BAR_LEFT: Final = 0.0
BAR_WIDTH: Final = 600.0
_BAR_HEIGHT: Final = 17.0
_ROW: Final = 43.0
_LABEL_ROOM: Final = 24.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One criterion's share of a bar; `label` is empty where it would not fit."""

    x: float
    width: float
    fill: str
    ink: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bid: its name cut to fit, what stands behind the bar, its segments from the left."""

    name: str
    total: str
    y: float
    end: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the legend: short code, full title, colour and the colour of text on it."""

    code: str
    title: str
    fill: str
    ink: str


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Bars of points by criterion; `x_full` is where a perfect total would end."""

    height: float
    bars: tuple[Bar, ...]
    keys: tuple[Key, ...]
    x_full: float
    full: str


def stacked_bars(
    result: Mapping[str, Any],
    criteria: Sequence[Criterion],
    names: Mapping[str, str],
    *,
    colour: str,
    withheld: str = "",
    start: int = 0,
    count: int | None = None,
) -> StackedBars:
    """Lay out how the total of each ranked bid is made up, best first.

    `result`: an `evaluation-result/1`, or its redacted form, whose withheld parts are not drawn and
    stand as the text `withheld` behind the bar. `names`: bid id to name. `start` and `count` take a
    slice of the ranked bids, for a summary or a page.
    """
    colours = series(len(criteria), colour)
    keys = tuple(
        Key(f"C{place}", criterion.title, fill, text_on(fill))
        for place, (criterion, fill) in enumerate(zip(criteria, colours, strict=True), 1)
    )
    full = sum((Fraction(criterion.weight) for criterion in criteria), Fraction(0))
    ranked = [row for row in result["bids"] if row["rank"] is not None]
    shown = ranked[start : None if count is None else start + count]
    bars = tuple(
        _bar(
            row,
            criteria=criteria,
            keys=keys,
            name=names[row["id"]],
            index=index,
            full=full,
            withheld=withheld,
        )
        for index, row in enumerate(shown)
    )
    return StackedBars(
        height=len(bars) * _ROW + 14,
        bars=bars,
        keys=keys,
        x_full=BAR_LEFT + BAR_WIDTH,
        full=_plain(full),
    )


def _bar(
    row: Mapping[str, Any],
    *,
    criteria: Sequence[Criterion],
    keys: Sequence[Key],
    name: str,
    index: int,
    full: Fraction,
    withheld: str,
) -> Bar:
    x = BAR_LEFT
    segments = []
    for criterion, key in zip(criteria, keys, strict=True):
        points = (row["criteria"].get(criterion.id) or {}).get("points")
        if not points or "exact" not in points:
            continue
        width = float(Fraction(points["exact"]) / full) * BAR_WIDTH
        segments.append(
            Segment(
                x=x,
                width=width,
                fill=key.fill,
                ink=key.ink,
                label=key.code if width >= _LABEL_ROOM else "",
                title=f"{criterion.title}: {points['display']}",
            )
        )
        x += width
    total = row["total"]
    return Bar(
        name=fit(f"{row['rank']}. {name}", 11.5, WIDTH),
        total=total["display"] if total and "display" in total else withheld,
        y=index * _ROW,
        end=x,
        segments=tuple(segments),
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """One milestone; `gap` says how long after the one before."""

    y: float
    at: datetime
    label: str
    gap: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Milestones from top to bottom at equal steps: the words say the distances."""

    height: float
    moments: tuple[Moment, ...]


def timeline(events: Sequence[Event], days: Mapping[str, str]) -> Timeline:
    """Lay out the milestones among the events, earliest first.

    `days`: the words for a gap, with keys `same` ("the same day"), `one` ("1 day later") and
    `many` ("%(days)d days later"), so that they can be translated.
    """
    step = 34.0
    marked = sorted((event for event in events if event.milestone), key=lambda event: event.at)
    gaps = ["", *(_gap(one.at, other.at, days) for one, other in pairwise(marked))]
    moments = tuple(
        Moment(y=12 + index * step, at=event.at, label=fit(event.milestone, 11, 330), gap=gap)
        for index, (event, gap) in enumerate(zip(marked, gaps, strict=True))
    )
    return Timeline(height=len(moments) * step, moments=moments)


def _gap(earlier: datetime, later: datetime, words: Mapping[str, str]) -> str:
    """Say how many dates lie between, as they stand beside the milestones."""
    passed = (later.astimezone(PLACE).date() - earlier.astimezone(PLACE).date()).days
    if passed == 0:
        return words["same"]
    return words["one"] if passed == 1 else words["many"] % {"days": passed}


@dataclass(frozen=True, slots=True)
class Band:
    """How far one criterion's weight could move; `weight` and the ends as shown to people."""

    name: str
    y: float
    x: float
    width: float
    x_weight: float
    fill: str
    low: str
    high: str
    weight: str


@dataclass(frozen=True, slots=True)
class WeightBands:
    """For each criterion the weights at which the same bid stays first; `full` ends the axis."""

    height: float
    bands: tuple[Band, ...]
    x_full: float
    full: str


def weight_bands(
    result: Mapping[str, Any], criteria: Sequence[Criterion], *, colour: str
) -> WeightBands | None:
    """Lay out the weight intervals of a result's sensitivity; None where it has none."""
    intervals = (result.get("sensitivity") or {}).get("weight_intervals")
    if not isinstance(intervals, Mapping):
        return None
    full = sum((Fraction(criterion.weight) for criterion in criteria), Fraction(0))
    colours = series(len(criteria), colour)
    bands = tuple(_bands(intervals, criteria, colours, full))
    if not bands:
        return None
    return WeightBands(
        height=len(bands) * _ROW + 14, bands=bands, x_full=BAR_WIDTH, full=_plain(full)
    )


def _bands(
    intervals: Mapping[str, Any],
    criteria: Sequence[Criterion],
    colours: Sequence[str],
    full: Fraction,
) -> Iterator[Band]:
    place = 0
    for index, (criterion, fill) in enumerate(zip(criteria, colours, strict=True), 1):
        interval = intervals.get(criterion.id)
        ends = interval_ends(interval)
        if ends is None:
            continue
        low, high = ends
        at = [float(Fraction(value) / full) * BAR_WIDTH for value in (low["exact"], high["exact"])]
        yield Band(
            name=fit(f"C{index} {criterion.title}", 11.5, WIDTH),
            y=place * _ROW,
            x=at[0],
            width=max(at[1] - at[0], 1.5),
            x_weight=float(Fraction(criterion.weight) / full) * BAR_WIDTH,
            fill=fill,
            low=low["display"],
            high=high["display"],
            weight=criterion.weight,
        )
        place += 1


def interval_ends(interval: object) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Return the low and high end of a weight interval, None where it has no meaning."""
    if not isinstance(interval, Mapping):
        return None
    low, high = interval.get("low"), interval.get("high")
    if isinstance(low, Mapping) and isinstance(high, Mapping):
        return low, high
    return None


_NARROW: Final = frozenset("iljtfrI.,:;'’|!()[] ")
_WIDE: Final = frozenset("mwMW@%—")


def fit(text: str, size: float, room: float) -> str:
    """Cut a text with an ellipsis where it would be wider than `room` at a font size.

    Widths are estimates for Inter, on the safe side; the full text stands in the table beside.
    """
    used = 0.0
    for index, character in enumerate(text):
        used += _width(character) * size
        if used > room:
            # Room for the ellipsis itself comes out of the last words.
            return text[: max(index - 3, 0)].rstrip() + "…"
    return text


def _width(character: str) -> float:
    if character in _NARROW:
        return 0.34
    if character in _WIDE:
        return 0.95
    return 0.72 if character.isupper() else 0.6


def _plain(value: Fraction) -> str:
    """Write a sum of decimal weights: "100", "99.5"."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.4f}".rstrip("0").rstrip(".")
