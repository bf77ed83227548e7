"""Shades of any brand's colour."""

import pytest

from marketplace.web.colour import shades


def luminance(colour: str) -> float:
    """Give the relative luminance. Source: WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "colour", ["#14505c", "#000000", "#ffffff", "#ffdd00", "#00703c", "#d4351c"]
)
def test_shades_give_text_that_can_be_read_on_the_colour(colour: str) -> None:
    found = shades(colour)

    assert found["base"] == colour
    assert contrast(found["base"], found["text"]) >= 4.5


def test_shades_are_darker_and_much_lighter_mixes_rounded_to_the_nearest() -> None:
    found = shades("#14505c")

    assert found["dark"] == "#0f3c45"
    assert found["tint"] == "#ecf1f2"


def test_shades_of_black_and_white_stay_in_range() -> None:
    assert shades("#000000")["dark"] == "#000000"
    assert shades("#ffffff")["tint"] == "#ffffff"
