"""Geometry of the pictures: lengths follow the figures, words fit, colours can be read."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.colours import INK, WHITE, Brand, contrast, series, text_on
from scoring.explanation.charts import BAR_WIDTH, fit, stacked_bars, timeline, weight_bands
from scoring.report.editions import public_edition
from scoring.report.facts import Event
from scoring.report.wording import bid_names
from tests.award_reports import Shape, environment, full_report

COLOUR = "#1f5a5a"


def test_stacked_bars_are_as_long_as_the_totals_and_in_the_order_of_ranks() -> None:
    stage = full_report().deciding_stage
    chart = stacked_bars(stage.result, stage.criteria, bid_names(stage, "Bid"), colour=COLOUR)
    assert [bar.total for bar in chart.bars] == ["93.09", "72.00", "69.22", "65.16"]
    for bar in chart.bars:
        assert bar.end / BAR_WIDTH * 100 == pytest.approx(float(bar.total), abs=0.01)
        assert len(bar.segments) == len(stage.criteria)


def test_stacked_bars_of_a_public_edition_end_before_what_is_withheld() -> None:
    stage = public_edition(full_report()).deciding_stage
    chart = stacked_bars(
        stage.result, stage.criteria, bid_names(stage, "Bid"), colour=COLOUR, withheld="withheld"
    )
    for bar in chart.bars:
        assert bar.total == "withheld"
        assert len(bar.segments) == len(stage.criteria) - 1


def test_stacked_bars_take_the_slice_that_was_asked_for() -> None:
    stage = full_report(Shape(bids=9)).deciding_stage
    names = bid_names(stage, "Bid")
    chart = stacked_bars(stage.result, stage.criteria, names, colour=COLOUR, start=7, count=5)
    assert [bar.name[:2] for bar in chart.bars] == ["8.", "9."]


def test_stacked_bars_drawn_escape_what_a_supplier_is_called() -> None:
    stage = full_report().deciding_stage
    names = dict.fromkeys(bid_names(stage, "Bid"), "<script>")
    chart = stacked_bars(stage.result, stage.criteria, names, colour=COLOUR)
    module = environment().get_template("report/charts.html").module
    svg = str(module.stacked_bars(chart, "Title", "Description"))  # type: ignore[attr-defined]  # a macro
    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg


@pytest.mark.parametrize("macro", ["stacked_bars", "weight_bands", "timeline"])
def test_charts_drawn_have_title_and_description_and_no_style(macro: str) -> None:
    report = full_report()
    stage = report.deciding_stage
    charts = {
        "stacked_bars": stacked_bars(
            stage.result, stage.criteria, bid_names(stage, "Bid"), colour=COLOUR
        ),
        "weight_bands": weight_bands(stage.result, stage.criteria, colour=COLOUR),
        "timeline": timeline(
            report.timeline, {"same": "same day", "one": "1 day", "many": "%(days)d days"}
        ),
    }
    extra = (str,) if macro == "timeline" else ()
    module = environment().get_template("report/charts.html").module
    svg = str(getattr(module, macro)(charts[macro], "What it shows", "How to read it", *extra))
    assert "<title>What it shows</title>" in svg
    assert "<desc>How to read it</desc>" in svg
    assert "style=" not in svg


def test_weight_bands_hold_the_published_weight() -> None:
    stage = full_report().deciding_stage
    chart = weight_bands(stage.result, stage.criteria, colour=COLOUR)
    assert chart is not None
    assert len(chart.bands) == len(stage.criteria)
    for band in chart.bands:
        assert band.x <= band.x_weight <= band.x + band.width


def test_weight_bands_without_a_sensitivity_are_not_drawn() -> None:
    stage = full_report(Shape(sensitivity=False)).deciding_stage
    assert weight_bands(stage.result, stage.criteria, colour=COLOUR) is None


def test_timeline_shows_milestones_in_order_with_the_days_between() -> None:
    start = datetime(2026, 9, 22, 14, tzinfo=UTC)
    events = [
        # Fewer than two times 24 hours on, and after midnight in the place alone.
        Event(datetime(2026, 9, 23, 23, 30, tzinfo=UTC), "c", "Third"),
        Event(start, "a", "First"),
        Event(start + timedelta(hours=2), "b", "Second"),
        Event(start + timedelta(days=1), "not in the picture", ""),
    ]
    words = {"same": "same day", "one": "1 day later", "many": "%(days)d days later"}
    assert [(moment.label, moment.gap) for moment in timeline(events, words).moments] == [
        ("First", ""),
        ("Second", "same day"),
        ("Third", "2 days later"),
    ]


def test_fit_of_a_long_name_ends_in_an_ellipsis_within_the_room() -> None:
    cut = fit("W" * 100, 10, 100)
    assert cut.endswith("…")
    assert len(cut) < 12
    assert fit("Short", 10, 100) == "Short"


@pytest.mark.parametrize("background", series(12, COLOUR))
def test_every_part_of_a_bar_bears_readable_text(background: str) -> None:
    assert contrast(background, text_on(background)) >= 4.5


def test_brand_of_a_light_colour_takes_dark_text_and_plain_headings() -> None:
    brand = Brand(colour="#ffd447")
    assert (brand.on_colour, brand.ink) == (INK, INK)


def test_brand_of_a_dark_colour_takes_white_text_and_its_own_headings() -> None:
    brand = Brand(colour=COLOUR)
    assert (brand.on_colour, brand.ink) == (WHITE, COLOUR)


@pytest.mark.parametrize("colour", ["teal", "#fff", "#12345g", "#1f5a5a; } body { display: none"])
def test_brand_of_anything_but_a_hex_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="colour"):
        Brand(colour=colour)
